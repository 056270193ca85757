//! `caracolad init`: an editable copy that loads, and never over somebody's work. And which file is served.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use caracola_testing::{Connection, Finished, Process};
use caracola_wire::Reply;

use super::{assert_refused, caracolad};

fn init(folder: &Path) -> Result<Finished> {
    Process::finish(caracolad().arg("init").arg(folder))
}

/// Starts a server in `folder` and waits until it says which file it took.
fn serve(folder: &Path, environment: Option<&Path>, flag: Option<&Path>) -> Result<(Process, String)> {
    let mut command = caracolad();
    command.current_dir(folder).args(["--listen", "127.0.0.1:0"]);
    command.arg("--state-dir").arg(folder.join("state"));
    if let Some(path) = environment {
        command.env("CARACOLA_CONFIG", path);
    }
    if let Some(path) = flag {
        command.arg("--config").arg(path);
    }
    let process = Process::start(&mut command)?;
    process.wait_for_stderr(" ready ")?;
    let stderr = process.stderr();
    let loaded = stderr.lines().find(|line| line.contains("loaded the commands"));
    let loaded = loaded.context("no line about the commands")?.to_owned();
    Ok((process, loaded))
}

#[test]
fn a_copy_is_written_and_it_serves() -> Result<()> {
    let parent = tempfile::tempdir()?;
    let folder = parent.path().join("my/lab");
    let said = init(&folder)?.success()?;
    assert!(
        said.contains(&folder.join("commands.toml").display().to_string()),
        "{said}"
    );
    let copy = fs::read_to_string(folder.join("commands.toml"))?;
    assert!(
        copy.contains("[commands.ls]") && !copy.contains("core/assets"),
        "{}",
        &copy[..200]
    );

    let config = folder.join("commands.toml");
    let more = "\n[commands.wifi]\nsummary = 'The network'\nreply = 'lab-guest'\n";
    fs::write(&config, copy + more)?;
    let (process, loaded) = serve(parent.path(), None, Some(&config))?;
    assert!(loaded.contains("commands.toml (--config)"), "{loaded}");
    let line = process.first_line()?;
    let address = line.split(' ').nth(1).context("no address")?.parse()?;
    let mut ana = Connection::open(address, &parent.path().join("state/tls/cert.pem"))?;
    ana.be_shell("ana", "en")?;
    assert_eq!(ana.run(&["wifi"])?, "lab-guest");
    assert!(matches!(ana.run_typed(&["ls"])?, Reply::Card(card) if card.image.is_some()));
    Ok(())
}

#[test]
fn nothing_is_written_over() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let config = folder.path().join("commands.toml");
    fs::write(&config, "# mine\n")?;
    let finished = init(folder.path())?;
    assert_refused(
        &finished,
        1,
        &[&config.display().to_string(), "choose a folder without one"],
    );
    assert_eq!(fs::read_to_string(&config)?, "# mine\n");
    Ok(())
}

#[test]
fn the_log_says_which_file_is_served() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let paths = ["one.toml", "two.toml", "commands.toml"].map(|name| folder.path().join(name));
    let [flag, environment, beside] = &paths;
    fs::write(flag, "")?;
    fs::write(environment, "")?;
    let (_, loaded) = serve(folder.path(), Some(environment), Some(flag))?;
    assert!(loaded.contains("one.toml (--config)"), "{loaded}");
    let (_, loaded) = serve(folder.path(), Some(environment), None)?;
    assert!(loaded.contains("two.toml ($CARACOLA_CONFIG)"), "{loaded}");
    if Path::new("/etc/caracola/commands.toml").exists() {
        eprintln!("this machine has commands of its own: the built-in ones are not tested");
    } else {
        let (_, loaded) = serve(folder.path(), None, None)?;
        assert!(loaded.contains("built into the server"), "{loaded}");
    }
    fs::write(beside, "")?;
    let (_, loaded) = serve(folder.path(), None, None)?;
    assert!(loaded.contains("commands.toml (current folder)"), "{loaded}");
    Ok(())
}
