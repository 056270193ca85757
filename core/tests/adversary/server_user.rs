//! A server that root starts, and that becomes another user: what it is then, what its programs are, and what it refuses.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::process::Command;

use anyhow::Result;
use caracola_testing::{Builder, Process, TestServer, error_code};

use crate::fence::{ATTEMPTS, Ground, attempts, is_root, run, spawner_of};

/// A user and a group that the machine doesn't know, so nothing else runs as them.
const USER: u32 = 64_777;

/// A server of root's that becomes [`USER`], in its ground; `None` where the tests aren't root's.
fn builder(ground: &Ground) -> Option<Builder> {
    if !is_root() {
        eprintln!("only root's server can become another user");
        return None;
    }
    let config = ground.config(&format!("user = \"{USER}\""));
    let more = "[commands.other]\nsummary = \"X\"\nroles = [\"guest\"]\nuser = \"nobody\"\nexec = [\"id\", \"-u\"]\n\
                [commands.root]\nsummary = \"X\"\nroles = [\"guest\"]\nuser = \"root\"\nexec = [\"id\", \"-u\"]\n";
    let builder = TestServer::builder()
        .binary(ground.at("caracolad"))
        .folder(ground.at("serve"));
    Some(builder.config(config).more_config(more))
}

/// Real, effective, saved and file system's, as `/proc/PID/status` tells them.
fn numbers(process: &str, field: &str) -> Result<Vec<String>> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(field));
    Ok(line.unwrap_or_default().split_whitespace().map(str::to_owned).collect())
}

#[test]
fn only_the_spawner_stays_root() -> Result<()> {
    let ground = Ground::prepare()?;
    let Some(builder) = builder(&ground) else { return Ok(()) };
    // Programs leave what they make in a folder that is theirs.
    fs::set_permissions(ground.at("beside"), fs::Permissions::from_mode(0o777))?;
    // A port for which it takes root.
    let server = builder.listen("127.77.0.1:1017").start()?;
    let (process, user) = (server.process().to_string(), USER.to_string());
    assert_eq!(numbers(&process, "Uid:")?, vec![user.clone(); 4]);
    assert_eq!(numbers(&process, "Gid:")?, vec![user.clone(); 4]);
    assert_eq!(numbers(&process, "Groups:")?, std::slice::from_ref(&user));
    assert_eq!(numbers(&process, "CapPrm:")?, ["0000000000000000"]);
    assert_eq!(numbers(&spawner_of(&server)?, "Uid:")?, vec!["0"; 4]);
    for path in ["", "tls", "tls/key.pem", "version", "lock", "jobs"] {
        let about = fs::metadata(server.state().join(path))?;
        assert_eq!((about.uid(), about.mode() & 0o077), (USER, 0), "{path}");
    }
    assert_eq!(
        run(&server, &["sh", "id -u; id -g; id -G"])?,
        format!("{user}\n{user}\n{user}\n")
    );
    assert_eq!(run(&server, &["other"])?, "65534\n");
    assert_eq!(run(&server, &["root"])?, "0\n");
    // Root is let in at the door, and what root changes is read.
    let config = ground.at("serve/commands.toml");
    let more = "[commands.later]\nsummary = \"X\"\nroles = [\"guest\"]\nexec = [\"id\", \"-u\"]\n";
    fs::write(&config, fs::read_to_string(&config)? + more)?;
    server.operator(&["reload"])?.success()?;
    assert_eq!(run(&server, &["later"])?, format!("{user}\n"));
    Ok(())
}

#[test]
fn a_file_of_its_programs_gives_them_no_user() -> Result<()> {
    let ground = Ground::prepare()?;
    let Some(builder) = builder(&ground) else { return Ok(()) };
    let server = builder.start()?;
    let config = ground.at("serve/commands.toml");
    let included = ground.at("serve/more.toml");
    let more = "[commands.more]\nsummary = \"X\"\nroles = [\"guest\"]\nuser = \"root\"\nexec = [\"id\", \"-u\"]\n";
    fs::write(&included, more)?;
    std::os::unix::fs::chown(&included, Some(USER), None)?;
    fs::write(
        &config,
        format!("include = [\"more.toml\"]\n{}", fs::read_to_string(&config)?),
    )?;
    let refused = server.operator(&["reload"])?;
    assert!(!refused.status.success(), "{}", refused.stdout);
    let said = format!("belongs to user {USER}, who is not root");
    assert!(refused.stderr.contains(&said), "{}", refused.stderr);
    std::os::unix::fs::chown(&included, Some(0), None)?;
    server.operator(&["reload"])?.success()?;
    assert_eq!(run(&server, &["more"])?, "0\n");
    Ok(())
}

#[test]
fn its_programs_get_nothing_of_the_servers() -> Result<()> {
    let ground = Ground::prepare()?;
    let Some(builder) = builder(&ground) else { return Ok(()) };
    let server = builder.start()?;
    let processes = [server.process().to_string(), spawner_of(&server)?];
    let told = run(&server, &["attack", &processes[0], &processes[1]])?;
    assert!(attempts(&told) > ATTEMPTS && !told.contains("did:"), "{told}");
    assert_eq!(error_code(&server.door()?.request(&["PING"])?), "");
    Ok(())
}

/// What else runs as the server's user sees the true state folder: its programs can't look there by it.
#[test]
fn another_process_of_its_user_leads_nowhere() -> Result<()> {
    let ground = Ground::prepare()?;
    let Some(builder) = builder(&ground) else { return Ok(()) };
    let server = builder.start()?;
    let (state, user) = (server.state().display().to_string(), USER.to_string());
    let as_user = |script: &str| {
        let mut command = Command::new("setpriv");
        command.args(["--reuid", &user, "--regid", &user, "--clear-groups", "sh", "-c", script]);
        command
    };
    let other = Process::start(&mut as_user("echo up; exec sleep 60"))?;
    other.wait_for_stdout("its start", |text| text.contains("up").then_some(()))?;
    let other = other.id();
    let look = format!(
        "(cat /proc/{other}/root/{state}/tls/key.pem; ls /proc/{other}/root/{state}; ls -l /proc/{other}/fd; \
         head -c 1 /proc/{other}/environ) 2>&1; exit 0"
    );
    let outside = Process::finish(&mut as_user(&look))?.success()?;
    assert!(
        outside.contains("PRIVATE KEY") && outside.contains("door.sock"),
        "{outside}"
    );
    let told = run(&server, &["sh", &look])?;
    assert!(told.matches("Permission denied").count() >= 4, "{told}");
    assert!(!told.contains("PRIVATE KEY") && !told.contains("door.sock"), "{told}");
    // They are who they are, among all users.
    let script = "stat -c %U:%u /etc/passwd /proc/self/status; id -G; cat /proc/self/uid_map | wc -l";
    let told = run(&server, &["sh", script])?;
    assert!(told.starts_with(&format!("root:0\nUNKNOWN:{user}\n{user}\n")), "{told}");
    Ok(())
}

#[test]
fn a_state_folder_of_somebody_elses_is_refused() -> Result<()> {
    let ground = Ground::prepare()?;
    let Some(ours) = builder(&ground) else { return Ok(()) };
    drop(ours.start()?);
    let state = ground.at("serve/state");
    // One file is enough: the server couldn't read it, or not write it.
    fs::write(state.join("users.toml"), "")?;
    let Some(ours) = builder(&ground) else { return Ok(()) };
    let refused = ours.finish()?;
    assert!(!refused.status.success());
    let line = format!("chown -R {USER}:{USER} {}", state.display());
    assert!(refused.stderr.contains(&line), "{}", refused.stderr);
    let words: Vec<_> = line.split(' ').collect();
    caracola_testing::Process::finish(std::process::Command::new(words[0]).args(&words[1..]))?.success()?;
    let Some(ours) = builder(&ground) else { return Ok(()) };
    ours.start()?;
    Ok(())
}
