//! A job of a server that it has killed knocks at the door of the next one, as the same user.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use caracola_testing::{Builder, Connection, Mark, TEST_TIMEOUT, TestServer};

/// The variable by which this binary, run as a job, learns the folder of what it attacks.
const FOLDER: &str = "CARACOLA_TEST_KNOCK_IN";
/// Nothing tells a test of a file that a job writes, so one looks again after this.
const PAUSE: Duration = Duration::from_millis(20);

/// The attacker's program, which the jobs of these tests run: knocks as often as it can, by the door's own path and by
/// another name of its socket, until the file `enough` is there. It notes how often it knocked, was turned away, and whether it
/// was ever answered.
#[test]
#[ignore = "needs to be run as a job of a server, by the tests here"]
fn knocker() -> Result<()> {
    let Some(folder) = std::env::var_os(FOLDER).map(PathBuf::from) else {
        return Ok(());
    };
    let doors = [folder.join("state/door.sock"), folder.join("other-name.sock")];
    let began = Instant::now();
    let (mut knocks, mut refusals) = (0_u32, 0_u32);
    while began.elapsed() < 2 * TEST_TIMEOUT && !folder.join("enough").exists() {
        for door in &doors {
            knocks += 1;
            let Ok(mut door) = Connection::by_door(door) else {
                continue;
            };
            match door.request(&["RUN", "whoami"]) {
                Ok(answer) => fs::write(folder.join("answered"), format!("{answer:?}"))?,
                Err(_) => refusals += 1,
            }
        }
        fs::write(folder.join("new"), format!("{knocks} {refusals}"))?;
        fs::rename(folder.join("new"), folder.join("knocks"))?;
    }
    Ok(())
}

/// How the job attacks: what it kills before it knocks.
const KILLS_SERVER: &str = "$server";
const KILLS_ALL: &str = "$server $spawner $keeper";

struct Attack {
    folder: tempfile::TempDir,
    mark: Mark,
    binary: PathBuf,
}

impl Attack {
    fn new(binary: impl Into<PathBuf>) -> Result<Self> {
        Ok(Self {
            folder: tempfile::tempdir()?,
            mark: Mark::new(),
            binary: binary.into(),
        })
    }

    fn builder(&self, killed: &str) -> Result<Builder> {
        let knocker = std::env::current_exe()?;
        let script = format!(
            "trap '' TERM
keeper=$PPID
spawner=$(cut -d ' ' -f 4 /proc/$keeper/stat)
server=$(cut -d ' ' -f 4 /proc/$spawner/stat)
kill -KILL {killed}
export {FOLDER}=\"$1\"
exec \"$2\" --exact door::knocker --ignored > /dev/null 2>&1"
        );
        let config = format!(
            "[commands.attack]
summary = \"Kill the server, and knock at the door of the next\"
exec = [\"/bin/sh\", \"-c\", '''{script}''', \"sh\", \"{}\", \"{}\"]
{}
",
            self.folder.path().display(),
            knocker.display(),
            self.mark.toml(),
        );
        Ok(TestServer::builder()
            .binary(&self.binary)
            .folder(self.folder.path())
            .more_config(&config))
    }

    /// A server that its job kills, and the next one.
    fn restarted(&self, killed: &str) -> Result<TestServer> {
        let mut first = self.builder(killed)?.start()?;
        // The reply may be lost with the server.
        let _ = first.door()?.request(&["JOB", "START", "a", "attack"]);
        ensure!(!first.wait()?.success(), "the job kills it");
        self.builder(killed)?.start()
    }

    /// How often was knocked, and how often without an answer.
    fn knocks(&self) -> (u32, u32) {
        let counts = fs::read_to_string(self.folder.path().join("knocks")).unwrap_or_default();
        let mut counts = counts.split(' ').filter_map(|count| count.parse().ok());
        (counts.next().unwrap_or(0), counts.next().unwrap_or(0))
    }

    /// Waits until the counts are what is wanted.
    fn knocks_until(&self, wanted: impl Fn((u32, u32)) -> bool) -> Result<()> {
        let began = Instant::now();
        while !wanted(self.knocks()) {
            ensure!(began.elapsed() < TEST_TIMEOUT, "knocked only {:?} times", self.knocks());
            thread::sleep(PAUSE);
        }
        Ok(())
    }

    fn assert_unanswered(&self, server: &TestServer) -> Result<()> {
        let answer = fs::read_to_string(self.folder.path().join("answered"));
        ensure!(answer.is_err(), "the job is the operator: {answer:?}\n{}", server.log());
        Ok(())
    }
}

impl Drop for Attack {
    fn drop(&mut self) {
        // Ends a knocker whose server is dead and whose test has failed.
        let _ = fs::write(self.folder.path().join("enough"), "");
        let _ = self.mark.all_gone(TEST_TIMEOUT);
    }
}

#[test]
fn the_door_stays_shut_until_the_jobs_of_the_server_before_are_gone() -> Result<()> {
    for _ in 0..3 {
        let attack = Attack::new(env!("CARGO_BIN_EXE_caracolad"))?;
        let server = attack.restarted(KILLS_SERVER)?;
        let (before, _) = attack.knocks();
        server.wait_for_log("the operator's door stays shut")?;
        server.connect()?.request(&["PING"])?;
        attack.knocks_until(|(knocks, _)| knocks > before + 20)?;
        // It waits by itself, and says what for.
        let sessions = server.operator(&["sessions"])?;
        assert!(sessions.stderr.contains("being ended: waiting"), "{sessions:?}");
        assert!(sessions.success()?.contains("Sessions: 1"));
        attack.mark.none_left()?;
        attack.assert_unanswered(&server)?;
        server.wait_for_log("the operator's door is open")?;
    }
    Ok(())
}

/// The door opens to the operator while a job of the server before, which has escaped from its dead keeper, knocks in vain.
fn escaped(binary: &Path) -> Result<()> {
    let attack = Attack::new(binary)?;
    let server = attack.restarted(KILLS_ALL)?;
    server.door()?;
    fs::hard_link(
        server.state().join("door.sock"),
        attack.folder.path().join("other-name.sock"),
    )?;
    attack.knocks_until(|(_, refusals)| refusals > 50)?;
    server.wait_for_log("the mark of a server's programs")?;
    assert!(server.operator(&["sessions"])?.success()?.contains("Sessions: 1"));
    server.operator(&["reload"])?.success()?;
    assert!(!attack.mark.processes()?.is_empty(), "it has knocked all the time");
    let refusals = server.log().matches("the mark of a server's programs").count();
    ensure!(refusals == 1, "one line a minute, not {refusals}:\n{}", server.log());
    attack.assert_unanswered(&server)
}

#[test]
fn a_job_that_lost_all_its_parents_is_no_operator() -> Result<()> {
    escaped(Path::new(env!("CARGO_BIN_EXE_caracolad")))
}

/// A script that runs the server's binary where nothing may gain privileges, as a service manager does.
fn fenced(folder: &Path) -> Result<PathBuf> {
    let script = folder.join("fenced");
    let binary = env!("CARGO_BIN_EXE_caracolad");
    fs::write(
        &script,
        format!("#!/bin/sh\nexec setpriv --no-new-privs -- '{binary}' \"$@\"\n"),
    )?;
    fs::set_permissions(&script, fs::Permissions::from_mode(0o700))?;
    Ok(script)
}

#[test]
fn nor_where_the_server_may_gain_no_privileges_itself() -> Result<()> {
    let folder = tempfile::tempdir()?;
    escaped(&fenced(folder.path())?)
}

#[test]
fn an_operator_may_be_as_fenced_as_the_server_and_no_more() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let script = fenced(folder.path())?;
    let server = TestServer::builder().binary(&script).start()?;
    server.operator(&["reload"])?.success()?;
    // Who isn't fenced comes in too.
    server.door()?.request(&["RUN", "whoami"])?;

    let server = TestServer::builder().binary(env!("CARGO_BIN_EXE_caracolad")).start()?;
    let mut fenced = caracola_testing::plain_command(&script);
    fenced.arg("reload").arg("--state-dir").arg(server.state());
    let refused = caracola_testing::Process::finish(&mut fenced)?;
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    server.wait_for_log("no_new_privs").context("the log says why")
}
