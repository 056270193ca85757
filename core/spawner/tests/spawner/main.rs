//! The spawner from outside: real programs, real trees, real deaths.
//!
//! It forks before any thread exists, so these tests have a `main` of their own, which takes a part of a name as filter.
//! `cargo test --release -p caracola-spawner --test spawner -- --measure` measures instead.
#![allow(
    clippy::expect_used,
    clippy::print_stdout,
    reason = "what a test may do, its helpers may"
)]

mod deaths;
mod delivery;
mod errors;
mod fixture;
mod output;
mod speed;
mod trees;

use std::process::ExitCode;

use caracola_spawner::Spawner;
use caracola_testing::{ForkingTest, forking_tests, run_forking_tests};

const TESTS: &[ForkingTest<Spawner>] = &forking_tests![
    Spawner:
    delivery::status_and_signal_are_told,
    delivery::arguments_and_environment_arrive_byte_for_byte,
    delivery::arguments_of_any_length_arrive,
    delivery::input_arrives_and_none_is_empty,
    delivery::descriptors_begin_at_three,
    delivery::nothing_else_is_inherited,
    delivery::folder_and_umask_are_set,
    delivery::limits_are_set,
    delivery::identity_is_taken,
    delivery::output_can_be_opened_by_name,
    errors::a_reason_is_given,
    errors::what_is_too_long_is_refused,
    errors::a_refused_launch_leaves_nothing,
    output::both_streams_are_apart,
    output::a_reader_that_stops_costs_nothing,
    output::waiting_can_be_interrupted,
    trees::a_single_program_ends_when_asked,
    trees::a_stubborn_program_is_killed_after_the_grace,
    trees::a_stopped_program_ends_when_asked,
    trees::a_detached_stubborn_tree_is_gone_after_end,
    trees::a_detached_stubborn_tree_is_gone_after_drop,
    trees::what_is_left_running_is_ended,
    trees::a_deep_tree_is_ended,
    trees::a_reaper_in_the_tree_is_ended,
    trees::a_fork_bomb_is_cleared,
    trees::a_thousand_launches_leave_nothing,
    trees::a_launch_that_is_given_up_leaves_nothing,
    deaths::a_server_that_is_killed_leaves_nothing,
    deaths::a_server_that_ends_leaves_nothing,
    deaths::a_keeper_that_is_killed_leaves_nothing,
    deaths::a_keeper_that_is_stopped_leaves_nothing,
    deaths::a_keeper_ignores_other_signals,
    deaths::an_idle_keeper_that_is_killed_is_replaced,
    deaths::without_a_spawner_nothing_starts,
    deaths::a_second_thread_is_refused,
];

fn main() -> ExitCode {
    if deaths::is_played_here() {
        return deaths::play();
    }
    let measure: ForkingTest<Spawner> = ("--measure", |spawner| Box::pin(speed::measure(spawner)));
    let fork = || caracola_spawner::start().expect("the spawner starts");
    run_forking_tests(TESTS, measure, fork, |starting| {
        starting.connect().expect("the spawner is there")
    })
    .expect("the tests run")
}
