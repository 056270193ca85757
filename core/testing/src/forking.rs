//! Test binaries with a `main` of their own, for what forks: that only a process without threads may, and the harness of the
//! standard library begins with one for each test.
//!
//! They take a part of a name as filter, and `--list`, as that harness does.

use std::future::Future;
use std::pin::Pin;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;

use crate::TEST_TIMEOUT;

/// A test that runs. It panics when it fails.
pub type TestFuture = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A test by its name. It gets a clone of what all of them share.
pub type ForkingTest<F> = (&'static str, fn(F) -> TestFuture);

/// The tests of these names, each an asynchronous function of a module that takes the fixture:
/// `forking_tests![Fixture: words::answers_arrive, hangs::a_hang_costs_one_call]`.
#[macro_export]
macro_rules! forking_tests {
    ($fixture:ty: $($module:ident :: $test:ident),* $(,)?) => {
        [$((
            concat!(stringify!($module), "::", stringify!($test)),
            (|fixture| Box::pin($module::$test(fixture))) as fn($fixture) -> $crate::TestFuture,
        ),)*]
    };
}

/// Runs the tests that the arguments choose, one after the other, and says which of them fail. `fork` is called before there is
/// a second thread, and `fixture` inside the runtime with what that gave. Where `instead`'s name is an argument, that runs and
/// no test.
pub fn run_forking_tests<S, F: Clone>(
    tests: &[ForkingTest<F>],
    instead: ForkingTest<F>,
    fork: impl FnOnce() -> S,
    fixture: impl FnOnce(S) -> F,
) -> Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |option: &str| arguments.iter().any(|argument| argument == option);
    if has("--list") {
        for (name, _) in tests {
            print_line(&format!("{name}: test"));
        }
        return Ok(ExitCode::SUCCESS);
    }
    let forked = fork();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let filters: Vec<_> = arguments.iter().filter(|argument| !argument.starts_with('-')).collect();
    let is_chosen = |name: &str| filters.is_empty() || filters.iter().any(|filter| name.contains(filter.as_str()));
    let failed = runtime.block_on(async {
        let fixture = fixture(forked);
        let (name, other) = instead;
        if has(name) {
            other(fixture).await;
            return 0;
        }
        let mut failed = 0;
        for (name, test) in tests.iter().filter(|(name, _)| is_chosen(name)) {
            let began = Instant::now();
            let is_good = passes(test(fixture.clone())).await;
            let word = if is_good { "ok" } else { "FAILED" };
            print_line(&format!("test {name} ... {word} ({} ms)", began.elapsed().as_millis()));
            failed += usize::from(!is_good);
        }
        failed
    });
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// The message of a test's panic is on standard error.
async fn passes(test: TestFuture) -> bool {
    matches!(tokio::time::timeout(TEST_TIMEOUT, tokio::spawn(test)).await, Ok(Ok(())))
}

#[expect(clippy::print_stdout, reason = "cargo and people read here how the tests go")]
fn print_line(line: &str) {
    println!("{line}");
}
