//! An account that is removed while the server has no file descriptor left: its rights end all the same, and nobody is told
//! that they have before they have.

use anyhow::{Context as _, Result};
use caracola_testing::{PASSWORD, Process, TestServer, error_code};
use caracola_wire::Push;
use rustix::process::{Pid, Resource, Rlimit, getrlimit, prlimit};

use crate::builder;

/// Leaves the server without a descriptor to open, as a crowd does; what is open stays so.
fn take_descriptors(server: &TestServer) -> Result<()> {
    limit(server, Some(3))
}

fn give_descriptors(server: &TestServer) -> Result<()> {
    limit(server, getrlimit(Resource::Nofile).maximum)
}

fn limit(server: &TestServer, current: Option<u64>) -> Result<()> {
    let process = Pid::from_raw(i32::try_from(server.process())?).context("no process")?;
    let maximum = getrlimit(Resource::Nofile).maximum;
    prlimit(Some(process), Resource::Nofile, Rlimit { current, maximum })?;
    Ok(())
}

fn users_file_names(server: &TestServer, name: &str) -> Result<bool> {
    Ok(std::fs::read_to_string(server.state().join("users.toml"))?.contains(name))
}

#[test]
fn an_account_removed_while_the_file_cannot_be_read_is_out_once_it_can() -> Result<()> {
    let server = builder().start()?;
    server.add_user("ana", "operator")?;
    server.add_user("ben", "user")?;
    let (mut ana, mut ben) = (server.shell_logged_in("ana")?, server.shell_logged_in("ben")?);
    take_descriptors(&server)?;
    // Nobody can tell the server, and the command says so.
    let removed = server.user(&["remove", "ana"])?;
    assert_eq!(removed.status.code(), Some(1), "{removed:?}");
    assert_eq!(removed.stdout, "Removed ana.\n");
    let why = "has not taken the change over yet";
    assert!(removed.stderr.contains(why), "{}", removed.stderr);
    server.wait_for_log("the users' file can't be read now")?;
    // One line a minute, however often it is tried.
    let told = server.log().matches("the users' file can't be read now").count();
    assert_eq!(told, 1, "{}", server.log());
    give_descriptors(&server)?;
    // Nobody has to do anything for it.
    let bye = ana.push_where(|push| matches!(push, Push::Bye { .. }))?;
    assert!(
        matches!(&bye, Push::Bye { reason } if reason == "your account was removed"),
        "{bye:?}"
    );
    let again = server.connect()?.request(&["AUTH", "ana", PASSWORD])?;
    assert_eq!(error_code(&again), "WRONGPASS");
    assert_eq!(ben.request(&["PING"])?.as_str(), Some("PONG"));
    Ok(())
}

#[test]
fn the_command_waits_until_the_server_has_taken_the_change_over() -> Result<()> {
    let server = builder().start()?;
    server.add_user("ben", "user")?;
    let mut ben = server.shell_logged_in("ben")?;
    take_descriptors(&server)?;
    let removing = Process::start(&mut server.user_command(&["remove", "ben"]))?;
    while users_file_names(&server, "ben")? {
        std::thread::yield_now();
    }
    server.wait_for_log("cannot take a connection at the door")?;
    give_descriptors(&server)?;
    removing.finished()?.success()?;
    // It is over already: what is left to read is the farewell.
    let rest = String::from_utf8_lossy(&ben.rest()?).into_owned();
    assert!(rest.contains("your account was removed"), "{rest}");
    let asked = server.user(&["reload"])?.success()?;
    assert_eq!(asked, "The server has read who may log in.\n");
    Ok(())
}

#[test]
fn commands_saved_while_they_cannot_be_read_are_applied_once_they_can() -> Result<()> {
    let file = "include = [\"commands.d/*.toml\"]\n[access]\nguest = true\n";
    let server = builder().config(file).start()?;
    let mut ana = server.shell("ana")?;
    take_descriptors(&server)?;
    let command = |name: &str| format!("[commands.{name}]\nsummary = \"S\"\nreply = \"{name}\"\n");
    std::fs::write(
        server.folder().join("commands.toml"),
        format!("{file}{}", command("one")),
    )?;
    server.wait_for_log("the commands can't be read now")?;
    std::fs::create_dir(server.folder().join("commands.d"))?;
    std::fs::write(server.folder().join("commands.d/two.toml"), command("two"))?;
    give_descriptors(&server)?;
    ana.push_where(|push| matches!(push, Push::Catalogue { .. }))?;
    assert_eq!(ana.run(&["one"])?, "one");
    assert_eq!(ana.run(&["two"])?, "two");
    // The errors of the machine were none of the file.
    assert!(
        !server.log().contains("what was active stays active"),
        "{}",
        server.log()
    );
    Ok(())
}
