//! Plugins in processes of their own, from outside: a real library, real processes, real crashes.
//!
//! It forks before any thread exists, and its own binary is what helpers run, so these tests have a `main` of their own,
//! which takes a part of a name as filter. `cargo test --release -p caracola-core --test isolated -- --thousand` ends a
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

use std::future::Future;
use std::pin::Pin;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use self::fixture::Fixture;

/// No test may take longer.
const LONGEST: Duration = Duration::from_secs(30);

type Test = fn(Fixture) -> Pin<Box<dyn Future<Output = ()> + Send>>;

macro_rules! tests {
    ($($module:ident :: $test:ident,)*) => {
        [$((
            concat!(stringify!($module), "::", stringify!($test)),
            (|fixture| Box::pin($module::$test(fixture))) as Test,
        ),)*]
    };
}

const TESTS: &[(&str, Test)] = &tests![
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
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments
        .first()
        .is_some_and(|first| first == caracola_plugin_host::HELPER)
    {
        return caracola_plugin_host::be_helper();
    }
    if arguments.iter().any(|argument| argument == "--list") {
        for (name, _) in TESTS {
            println!("{name}: test");
        }
        return ExitCode::SUCCESS;
    }
    let starting = caracola_spawner::start().expect("the spawner starts");
    fixture::keep_log();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .expect("the runtime starts");
    let is_chosen = |name: &str| {
        let mut filters = arguments
            .iter()
            .filter(|argument| !argument.starts_with('-'))
            .peekable();
        filters.peek().is_none() || filters.any(|filter| name.contains(filter.as_str()))
    };
    let failed = runtime.block_on(async {
        let fixture = Fixture::new(starting.connect().expect("the spawner is there"));
        if arguments.iter().any(|argument| argument == "--thousand") {
            leaks::thousand(&fixture).await;
            return 0;
        }
        let mut failed = 0;
        for (name, test) in TESTS.iter().filter(|(name, _)| is_chosen(name)) {
            let began = Instant::now();
            let is_good = passes(test(fixture.clone())).await;
            let word = if is_good { "ok" } else { "FAILED" };
            println!("test {name} ... {word} ({} ms)", began.elapsed().as_millis());
            failed += usize::from(!is_good);
        }
        failed
    });
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// A test panics when it fails; the panic's message is on standard error.
async fn passes(test: Pin<Box<dyn Future<Output = ()> + Send>>) -> bool {
    matches!(tokio::time::timeout(LONGEST, tokio::spawn(test)).await, Ok(Ok(())))
}
