//! What is served, and to whom.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use caracola_testing::{Process, TestServer, plain_command, resident_memory, write_secret};
use tempfile::TempDir;

use crate::attacks::Attack;
use crate::honest::{Crowd, Stage};
use crate::machine::Cores;
use crate::trial::Times;

/// Accounts of honest people, role `user`.
pub(crate) const PEOPLE: [&str; 5] = ["ana", "ben", "eva", "leo", "zoe"];
/// The account of an attacker who has one, role `user`.
pub(crate) const MALLORY: &str = "mallory";
/// The password of all of them.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// The file of commands that all attacks begin with. `pause` is one program for honest people and attackers, so that they meet
/// in its places and its queue.
const COMMANDS: &str = r#"
[access]
guest = true

[commands.card]
summary = "A card to read"
examples = [{ run = "card one", about = "Read it" }, { run = "card two", about = "Read it again" }]

[commands.pause]
summary = "Wait for some seconds"
exec = ["sleep", "{seconds}"]
params = [{ name = "seconds", type = "integer", min = 0, max = 60 }]
max_running = 8
roles = ["guest"]
examples = [{ run = "pause 0", about = "Don't wait" }]
"#;

/// The server to attack, and what does not change from one attack to the next.
#[derive(Debug)]
pub(crate) struct Lab {
    /// The server's binary.
    pub(crate) server: PathBuf,
    /// Whether this is the short form.
    pub(crate) short: bool,
    workspace: PathBuf,
    /// Has the users' file that each server gets a copy of.
    accounts: TempDir,
    /// What servers of some sizes of configuration take at rest, as far as it was measured.
    memory: RefCell<HashMap<usize, u64>>,
}

impl Lab {
    /// Builds what is missing and makes the accounts.
    pub(crate) fn prepare(server: Option<PathBuf>, short: bool) -> Result<Self> {
        let (server, workspace) = match server {
            Some(path) => {
                let server = fs::canonicalize(&path).with_context(|| format!("no server at {}", path.display()))?;
                let file = format!("libcaracola_workspace{}", std::env::consts::DLL_SUFFIX);
                let workspace = server.with_file_name(file);
                ensure!(
                    workspace.exists(),
                    "no {}: it must be of the server's build",
                    workspace.display()
                );
                (server, workspace)
            }
            // What is beside the binary may be of an older build.
            None => (
                PathBuf::from(env!("CARGO_BIN_EXE_caracolad")),
                caracola_testing::plugin("caracola-workspace")?,
            ),
        };
        let accounts = folder()?;
        for name in PEOPLE.iter().chain([&MALLORY]) {
            add(&server, &state_in(accounts.path())?, name)?;
        }
        Ok(Self {
            server,
            short,
            workspace,
            accounts,
            memory: RefCell::default(),
        })
    }

    /// Starts a server for an attack in `folder`.
    pub(crate) fn serve(&self, attack: &Attack, folder: &Path, cores: Cores) -> Result<TestServer> {
        let accounts = self.accounts.path().join("state/users.toml");
        fs::copy(accounts, state_in(folder)?.join("users.toml"))?;
        let mut builder = TestServer::builder()
            .binary(&self.server)
            .folder(folder)
            .config(self.config(attack))
            .argument("--log-level")
            .argument("warn")
            .wrapper(["taskset", "-c", &cores.server.to_string()]);
        if let Some(files) = attack.descriptors {
            builder = builder.wrapper(["prlimit", &format!("--nofile={files}:{files}")]);
        }
        if attack.small_disk {
            let jobs = state_in(folder)?.join("jobs");
            let workspaces = folder.join("workspaces");
            fs::create_dir(&workspaces)?;
            fs::DirBuilder::new().mode(0o700).create(&jobs)?;
            // In namespaces of its own, where whoever it is may mount; the server's id stays the same for all others.
            let script = format!(
                "mount -t tmpfs -o size=1m,mode=700 disk {0} && mount -t tmpfs -o size=1m,mode=700 disk {1} && exec \"$0\" \"$@\"",
                shell_words::quote(&jobs.to_string_lossy()),
                shell_words::quote(&workspaces.to_string_lossy()),
            );
            builder = builder.wrapper(["unshare", "--user", "--mount", "--map-root-user", "sh", "-c", &script]);
        }
        builder.start()
    }

    /// The memory in bytes that a server for an attack has while honest people are connected and do nothing, once it has
    /// given back what it needed to start and for logins.
    pub(crate) fn memory(&self, attack: &Attack, cores: Cores, times: Times) -> Result<u64> {
        // A command or two more make no difference that could be seen.
        let size = self.config(attack).len() / 4096;
        if let Some(known) = self.memory.borrow().get(&size) {
            return Ok(*known);
        }
        let folder = folder()?;
        let server = self.serve(attack, folder.path(), cores)?;
        let crowd = Crowd::enter(&server, attack)?;
        crowd.go_for(Stage::Warm, times.warm);
        crowd.go_for(Stage::Rest, times.rest);
        let memory = resident_memory(server.process())?;
        crowd.leave();
        self.memory.borrow_mut().insert(size, memory);
        Ok(memory)
    }

    /// The text of the `commands.toml` for an attack.
    pub(crate) fn config(&self, attack: &Attack) -> String {
        let mut text = String::from(COMMANDS);
        // A helper wants a limit of its own, which may be more than the server's: then there is none to start.
        if attack.descriptors.is_none() {
            let _ = writeln!(
                text,
                "[plugins.workspace]\npath = \"{}\"\nwrite = [\"workspaces\"]\n\
                 [commands.pwd]\nplugin = \"workspace.pwd\"\nroles = [\"guest\"]\n\
                 [commands.write]\nplugin = \"workspace.write\"\nroles = [\"guest\"]\n",
                self.workspace.display()
            );
        }
        text.push_str(&(attack.config)(self.short));
        text
    }
}

/// A folder of the server's user alone, which is removed with the value.
pub(crate) fn folder() -> Result<TempDir> {
    Ok(tempfile::Builder::new().prefix("caracola-adversary-").tempdir()?)
}

/// The state folder in a folder, made if need be.
fn state_in(folder: &Path) -> Result<PathBuf> {
    let state = folder.join("state");
    fs::create_dir_all(&state)?;
    fs::set_permissions(&state, fs::Permissions::from_mode(0o700))?;
    Ok(state)
}

/// Makes an account in a state folder.
fn add(server: &Path, state: &Path, name: &str) -> Result<()> {
    let password = state.join("password");
    write_secret(&password, &format!("{PASSWORD}\n"))?;
    let mut command = plain_command(server);
    command.args(["user", "add", name, "--state-dir"]).arg(state);
    Process::finish(command.arg("--password-file").arg(&password))?.success()?;
    Ok(fs::remove_file(&password)?)
}
