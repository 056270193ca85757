//! Plugins in processes of their own, from outside: a real library, real processes, real crashes.
//!
//! It forks before any thread exists, and its own binary is what helpers run, so these tests have a `main` of their own,
//! which takes a part of a name as filter. `cargo test --release -p caracola-plugin-host --test isolated -- --thousand` ends a
//! thousand helpers.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "what a test may do, its helpers may"
)]

mod crashes;
mod fences;
mod fixture;
mod hangs;
mod leaks;
mod shares;
mod words;

use std::process::ExitCode;

use caracola_testing::{ForkingTest, forking_tests, run_forking_tests};

use self::fixture::Fixture;

const TESTS: &[ForkingTest<Fixture>] = &forking_tests![
    Fixture:
    words::answers_arrive,
    words::output_arrives_as_it_comes,
    words::values_are_offered,
    words::many_at_once_get_their_own,
    words::what_it_prints_is_logged,
    words::a_flood_of_lines_is_cut,
    crashes::a_crash_costs_one_reply,
    crashes::those_who_wait_are_told,
    crashes::what_is_asked_meanwhile_waits,
    crashes::who_breaks_the_rules_is_ended,
    crashes::who_hears_nothing_any_more_is_ended,
    crashes::who_cannot_be_asked_stalls_nobody,
    crashes::too_much_is_too_much,
    crashes::a_beginning_that_fails_is_told,
    hangs::a_hang_costs_one_call,
    hangs::who_leaves_is_heard_of,
    hangs::a_forsaken_call_that_hangs_is_ended,
    shares::one_tenant_takes_neither_all_places_nor_the_line,
    fences::only_what_the_settings_name_is_reached,
    fences::the_network_is_reached_if_the_settings_say_so,
    fences::the_state_folder_is_never_in_the_fence,
    fences::memory_is_limited,
    fences::it_has_nothing_of_the_servers,
    fences::it_runs_as_another_user,
    leaks::what_it_started_goes_with_it,
    leaks::it_is_stopped_when_nobody_needs_it,
    leaks::a_server_that_stops_stops_it,
    leaks::ends_leave_nothing,
];

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(caracola_plugin_host::HELPER) {
        return caracola_plugin_host::be_helper();
    }
    let thousand: ForkingTest<Fixture> = ("--thousand", |fixture| {
        Box::pin(async move { leaks::thousand(&fixture).await })
    });
    let fork = || {
        let starting = caracola_spawner::start().expect("the spawner starts");
        fixture::keep_log();
        starting
    };
    run_forking_tests(TESTS, thousand, fork, |starting| {
        Fixture::new(starting.connect().expect("the spawner is there"))
    })
    .expect("the tests run")
}
