//! A program that runs as the server's own user, and wants what the server has: its key, its users, its memory, its door.
//!
//! Run by root, these tests start their servers as somebody else, since nothing can be hidden from root. Run by anybody
//! else, the servers are their own.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use caracola_testing::{Builder, Finished, Process, TestServer, plain_command};
use rustix::process::{getgid, getuid};
use tempfile::TempDir;

/// Whom root's servers run as: user and group of this number have nothing on any machine.
const SOMEBODY: u32 = 65_534;
/// A group that no user of the machine has.
const GROUP: u32 = 64_321;
/// How many attempts `attack.c` makes at least, where next to nothing runs on the machine. It counts them, so that one which
/// does nothing isn't taken for a fence.
pub(crate) const ATTEMPTS: u32 = 50;
/// What the server says where there is no fence.
const UNFENCED: &str = "can read and change the state folder";

pub(crate) fn is_root() -> bool {
    getuid().is_root()
}

/// The words before a program that let it run as the server's user, and in [`GROUP`] where that can be had.
fn as_somebody() -> Vec<String> {
    if is_root() {
        let groups = format!("--groups={GROUP}");
        ["setpriv", "--reuid=65534", "--regid=65534", &groups]
            .map(str::to_owned)
            .into()
    } else {
        vec!["env".into()]
    }
}

/// The words before a program that take from it what a mount namespace needs.
fn without_namespaces() -> Vec<&'static str> {
    let setpriv = ["setpriv", "--bounding-set=-sys_admin"];
    if is_root() {
        setpriv.into()
    } else {
        // The same as the root of a namespace.
        ["unshare", "--map-root-user"].into_iter().chain(setpriv).collect()
    }
}

/// A folder that everybody can reach, with the attacking program, and a copy of the server's binary: that one may be where
/// only root can.
pub(crate) struct Ground(TempDir);

impl Ground {
    pub(crate) fn prepare() -> Result<Self> {
        let ground = Self(tempfile::Builder::new().prefix("caracola-fence-").tempdir()?);
        fs::set_permissions(ground.0.path(), fs::Permissions::from_mode(0o755))?;
        fs::copy(env!("CARGO_BIN_EXE_caracolad"), ground.at("caracolad"))?;
        let mut compiler = Command::new("cc");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/adversary/attack.c");
        compiler
            .args(["-Wall", "-Werror", "-O1", "-o"])
            .arg(ground.at("attack"));
        Process::finish(compiler.arg(source))?.success()?;
        for folder in ["serve", "beside"] {
            fs::create_dir(ground.at(folder))?;
            ground.give(folder)?;
        }
        Ok(ground)
    }

    pub(crate) fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Makes the server's user the owner.
    fn give(&self, name: &str) -> Result<()> {
        if is_root() {
            chown(self.at(name), Some(SOMEBODY), Some(SOMEBODY))?;
        }
        Ok(())
    }

    /// The text of a file with the attack and other programs for guests, and this under `[server]`.
    pub(crate) fn config(&self, server: &str) -> String {
        format!(
            "[server]\n{server}\n[access]\nguest = true\n\
             [commands.attack]\nsummary = \"Try all\"\nroles = [\"guest\"]\ntimeout = \"1m\"\n\
             exec = [\"{attack}\", \"{state}\", \"{moved}\", \"{{server}}\", \"{{spawner}}\", \"parent\"]\n\
             params = [{{ name = \"server\" }}, {{ name = \"spawner\" }}]\n\
             [commands.sh]\nsummary = \"Run a script\"\nroles = [\"guest\"]\ncwd = \"{beside}\"\n\
             exec = [\"sh\", \"-c\", \"{{script}}\"]\nparams = [{{ name = \"script\" }}]\n\
             [commands.walk]\nsummary = \"List what is below\"\nroles = [\"guest\"]\n\
             exec = [\"sh\", \"-c\", 'ls -a \"$1/$2\"', \"sh\", \"{{place}}\", \"{{below}}\"]\n\
             params = [{{ name = \"place\", type = \"path\", root = \"/\", as = \"fd\" }}, {{ name = \"below\" }}]\n\
             [commands.find]\nsummary = \"Tell whether it is there\"\nroles = [\"guest\"]\n\
             exec = [\"echo\", \"{{place}}\"]\n\
             params = [{{ name = \"place\", type = \"path\", root = \"/\", must_exist = true }}]\n",
            attack = self.at("attack").display(),
            state = self.at("serve/state").display(),
            moved = self.at("beside/moved").display(),
            beside = self.at("beside").display(),
        )
    }

    fn builder(&self) -> Builder {
        let builder = TestServer::builder().binary(self.at("caracolad"));
        builder.folder(self.at("serve")).config(self.config(""))
    }

    /// A server of the user's, and whether its machine has what a fence takes.
    fn serve(&self) -> Result<(TestServer, bool)> {
        let builder = self.builder().wrapper(as_somebody());
        let builder = if is_root() { builder.owner(SOMEBODY) } else { builder };
        let server = builder.start()?;
        server.wait_for_log("ready")?;
        let is_fenced = !server.log().contains(UNFENCED);
        if !is_fenced {
            // Then the server and `check` say so, and that is all there is to test.
            ensure!(!is_root(), "root always has mount namespaces to give: {}", server.log());
            eprintln!("this machine allows no user namespaces: {}", server.log());
            assert!(self.check(&as_somebody())?.stdout.contains("They cannot be hidden"));
        }
        Ok((server, is_fenced))
    }

    fn check(&self, under: &[impl AsRef<str>]) -> Result<Finished> {
        let mut command = plain_command(under[0].as_ref().as_ref());
        command
            .args(under[1..].iter().map(AsRef::as_ref))
            .arg(self.at("caracolad"));
        command.arg("check").arg(self.at("serve/commands.toml"));
        Process::finish(command.arg("--state-dir").arg(self.at("serve/state")))
    }
}

/// What a guest's command prints.
pub(crate) fn run(server: &TestServer, words: &[&str]) -> Result<String> {
    server.connect()?.run(words)
}

/// The server's spawner.
pub(crate) fn spawner_of(server: &TestServer) -> Result<String> {
    let process = server.process();
    let children = fs::read_to_string(format!("/proc/{process}/task/{process}/children"))?;
    let spawner = children.split_whitespace().find(|child| {
        fs::read_to_string(format!("/proc/{child}/comm")).is_ok_and(|name| name.trim() == "caracola-spawn")
    });
    Ok(spawner.context("no spawner")?.to_owned())
}

pub(crate) fn attempts(told: &str) -> u32 {
    let count = told.lines().find_map(|line| line.strip_prefix("tried: "));
    count.and_then(|count| count.parse().ok()).unwrap_or(0)
}

#[test]
fn a_program_of_the_servers_own_user_gets_nothing_of_the_servers() -> Result<()> {
    let ground = Ground::prepare()?;
    let (server, is_fenced) = ground.serve()?;
    if !is_fenced {
        return Ok(());
    }
    let processes = [server.process().to_string(), spawner_of(&server)?];
    let told = run(&server, &["attack", &processes[0], &processes[1]])?;
    assert!(attempts(&told) > ATTEMPTS, "{told}");
    assert!(!told.contains("did:"), "{told}");
    // Nothing has changed, and all goes on.
    assert!(ground.at("serve/state/tls/key.pem").is_file());
    assert!(!ground.at("serve/state/users.toml").exists());
    assert_eq!(server.door()?.request(&["PING"])?.as_str(), Some("PONG"));
    assert_eq!(run(&server, &["sh", "echo here"])?, "here\n");
    Ok(())
}

/// The same attempts on what has no fence: they can succeed.
#[test]
fn the_attack_works_where_there_is_no_fence() -> Result<()> {
    let ground = Ground::prepare()?;
    let state = ground.at("serve/state");
    fs::create_dir_all(state.join("tls"))?;
    for file in ["tls/key.pem", "users.toml"] {
        fs::write(state.join(file), "")?;
    }
    let _door = UnixListener::bind(state.join("door.sock"))?;
    for path in [
        "state",
        "state/tls",
        "state/tls/key.pem",
        "state/users.toml",
        "state/door.sock",
    ] {
        ground.give(&format!("serve/{path}"))?;
    }
    let words = as_somebody();
    let mut victim = Command::new(&words[0]);
    let victim = Process::start(victim.args(&words[1..]).args(["sh", "-c", "echo up; exec sleep 60"]))?;
    victim.wait_for_stdout("its start", |text| text.contains("up").then_some(()))?;
    let mut attack = Command::new(&words[0]);
    attack.args(&words[1..]).arg(ground.at("attack")).arg(&state);
    attack.arg(ground.at("beside/moved")).arg(victim.id().to_string());
    let told = Process::finish(&mut attack)?.stdout;
    assert!(attempts(&told) > ATTEMPTS / 4, "{told}");
    let (state, victim) = (state.display(), victim.id());
    for done in [
        format!("did: read {state}/tls/key.pem\n"),
        format!("did: write {state}/users.toml\n"),
        format!("did: write {state}/new\n"),
        format!("did: list {state}\n"),
        format!("did: connect {state}/door.sock\n"),
        format!("did: read /proc/{victim}/root{state}/tls/key.pem\n"),
        format!("did: list /proc/{victim}/fd\n"),
        format!("did: list /proc/{victim}/cwd\n"),
        "did: rename as-it-is\n".to_owned(),
    ] {
        assert!(told.contains(&done), "{done}{told}");
    }
    Ok(())
}

/// What the server opens for a program doesn't lead there either, nor does it tell what is there.
#[test]
fn neither_descriptors_nor_checks_of_paths_lead_into_the_state_folder() -> Result<()> {
    let ground = Ground::prepare()?;
    let (server, is_fenced) = ground.serve()?;
    if !is_fenced {
        return Ok(());
    }
    let serve = ground.at("serve").display().to_string();
    let nothing = ".\n..\n";
    assert_eq!(run(&server, &["walk", &serve, "state"])?, nothing);
    assert_eq!(run(&server, &["walk", "/", &format!("{serve}/state")])?, nothing);
    assert_eq!(run(&server, &["walk", &format!("{serve}/state"), "."])?, nothing);
    assert!(run(&server, &["walk", "/proc/self/root", "."])?.contains("etc"));
    assert!(run(&server, &["walk", &serve, "."])?.contains("commands.toml"));
    for hidden in ["state/tls/key.pem", "state/version", "state/door.sock"] {
        for command in ["walk", "find"] {
            let told = run(
                &server,
                &[command, &format!("{serve}/{hidden}"), "."][..if command == "find" { 2 } else { 3 }],
            )?;
            assert!(told.starts_with("USAGE"), "{hidden}: {told}");
        }
    }
    assert_eq!(
        run(&server, &["find", &format!("{serve}/state")])?,
        format!("{serve}/state\n")
    );
    Ok(())
}

#[test]
fn what_programs_do_elsewhere_goes_on() -> Result<()> {
    let ground = Ground::prepare()?;
    let (server, _) = ground.serve()?;
    let user = if is_root() { SOMEBODY } else { getuid().as_raw() };
    let group = if is_root() { SOMEBODY } else { getgid().as_raw() };
    // Files are the same user's, inside and outside.
    assert_eq!(run(&server, &["sh", "id -u; id -g"])?, format!("{user}\n{group}\n"));
    assert_eq!(
        run(&server, &["sh", "echo x > made; mkdir new; stat -c %u:%g made"])?,
        format!("{user}:{group}\n")
    );
    let made = fs::metadata(ground.at("beside/made"))?;
    assert_eq!((made.uid(), made.gid(), made.len()), (user, group, 2));
    // Beside the state folder too: it alone is covered, and neither listed by df nor in the way of who walks over it.
    let serve = ground.at("serve").display().to_string();
    let script = format!("echo x > {serve}/beside; find {serve} -name state; df | grep -c {serve}");
    let told = run(&server, &["sh", &format!("{script}; exit 0")])?;
    assert_eq!(told, format!("{serve}/state\n0\n"));
    // df, devices, links of /proc, an executable of one's own.
    let script = "df -P . | wc -l; echo x > /dev/null; head -c 3 /dev/zero | wc -c; readlink /proc/self/cwd; \
                  printf '#!/bin/sh\\necho ran\\n' > own; chmod +x own; ./own";
    let beside = ground.at("beside").display().to_string();
    assert_eq!(run(&server, &["sh", script])?, format!("2\n3\n{beside}\nran\n"));
    // Its other groups open what they opened. Their numbers aren't seen without root, and they can't be given away.
    if is_root() {
        fs::create_dir(ground.at("groups"))?;
        chown(ground.at("groups"), Some(0), Some(GROUP))?;
        fs::set_permissions(ground.at("groups"), fs::Permissions::from_mode(0o2770))?;
        let script = format!("echo x > {0}/made && cat {0}/made", ground.at("groups").display());
        assert_eq!(run(&server, &["sh", &script])?, "x\n");
        assert_eq!(fs::metadata(ground.at("groups/made"))?.gid(), GROUP);
    }
    // It hears signals of its keeper.
    let mut door = server.door()?;
    door.send(b"RUN sh \"echo waits > started; sleep 60\"\r\n")?;
    while !ground.at("beside/started").exists() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    door.send(b"CANCEL\r\n")?;
    let cancelled = door.reply()?;
    assert!(format!("{cancelled:?}").contains("CANCELLED"), "{cancelled:?}");
    Ok(())
}

/// Whoever could put another folder in place of one on the way to the state folder would give the server its own users, or read
/// the key there after a restart.
#[test]
fn programs_can_replace_no_folder_on_the_way() -> Result<()> {
    let ground = Ground::prepare()?;
    // The ground itself, too, then.
    ground.give("")?;
    let (server, is_fenced) = ground.serve()?;
    if !is_fenced {
        return Ok(());
    }
    let inode = |name: &str| fs::metadata(ground.at(name)).map(|about| about.ino());
    let before = (inode("")?, inode("serve")?, inode("serve/state")?);
    let (all, serve) = (ground.at(""), ground.at("serve"));
    let all = all.display().to_string();
    let (all, serve) = (all.trim_end_matches('/'), serve.display().to_string());
    let attempts = format!(
        "mv -T {serve} {all}/moved && echo did; mv -T {all} {all}-moved && echo did; \
         cd {all} && mv -T serve moved && echo did; cd /proc/self/cwd && mv -T serve moved && echo did"
    );
    let told = run(&server, &["sh", &format!("({attempts}; echo tried) 2>&1")])?;
    assert!(told.matches("busy").count() == 4 && told.ends_with("tried\n"), "{told}");
    let namespace = format!(
        "unshare --user --map-root-user --mount sh -c 'umount -l {serve} && echo did; umount -l {all} && echo did; \
         {attempts}; mount --bind {all} {all}/beside && mv -T {all}/beside/serve {all}/beside/moved && echo did; \
         mount --rbind {all} {all}/beside && umount -l {all}/beside/serve && echo did; echo tried' 2>&1"
    );
    let told = run(&server, &["sh", &namespace])?;
    assert!(!told.contains("did"), "{told}");
    assert!(told.ends_with("tried\n"), "{told}");
    assert_eq!((inode("")?, inode("serve")?, inode("serve/state")?), before);
    // What is in them can be used as ever, and they aren't mounts that anybody is told of.
    let script = format!(
        "cd {serve} && echo x > made && mkdir new && mv made new/made && cat new/made && rm -r new && pwd; \
         df | grep -c {all}; exit 0"
    );
    assert_eq!(run(&server, &["sh", &script])?, format!("x\n{serve}\n0\n"));
    assert!(run(&server, &["walk", &serve, "."])?.contains("commands.toml"));
    // And that these programs can write themselves commands is said.
    assert!(server.log().contains("can be written by programs"), "{}", server.log());
    let told = ground.check(&as_somebody())?.success()?;
    assert!(
        told.contains("note: what says which programs run can be written: "),
        "{told}"
    );
    assert!(
        told.contains("serve/commands.toml, by programs that run as user"),
        "{told}"
    );
    Ok(())
}

/// git looks at owners, walks up to the root, locks, renames, forks and reads its user's configuration: it works as outside.
#[test]
#[ignore = "needs git"]
fn git_works_in_a_program() -> Result<()> {
    let ground = Ground::prepare()?;
    let (server, _) = ground.serve()?;
    let git = "git -c user.name=ana -c user.email=ana@example.org";
    let script = format!(
        "export HOME=$PWD; git init -q -b main work && cd work && echo one > file && git add file \
         && {git} commit -q -m first && git clone -q . ../copy && cd ../copy && echo two >> file \
         && {git} commit -q -a -m second && git push -q origin HEAD:next && cd ../work && {git} merge -q next \
         && git log --format=%an:%s && git status --porcelain && cat file"
    );
    assert_eq!(run(&server, &["sh", &script])?, "ana:second\nana:first\none\ntwo\n");
    // Outside the fence the repository is the same user's, and whole.
    let mut verify = plain_command("git".as_ref());
    verify.args(["-c", "safe.directory=*", "-C"]);
    let told = Process::finish(verify.arg(ground.at("beside/work")).args(["fsck", "--strict"]))?;
    told.success()?;
    Ok(())
}

/// Where a container or an admin forbids namespaces, all works but the fence, and that is said once.
#[test]
fn without_namespaces_the_server_starts_and_says_so() -> Result<()> {
    let ground = Ground::prepare()?;
    let under = without_namespaces();
    let server = ground.builder().wrapper(under.clone()).start()?;
    server.wait_for_log("ready")?;
    assert_eq!(server.log().matches(UNFENCED).count(), 1, "{}", server.log());
    assert!(server.log().contains("allows no mount namespace"), "{}", server.log());
    assert_eq!(run(&server, &["sh", "echo x > made; cat made"])?, "x\n");
    drop(server);
    let told = ground.check(&under)?.success()?;
    assert!(
        told.contains("note: 4 programs run as the server's own user, and can read what it can: its key"),
        "{told}"
    );
    Ok(())
}

/// A server of root's, where programs may be other users: theirs is the covered folder, root's own programs have the
/// machine's mounts as ever.
#[test]
fn a_root_server_covers_it_for_other_users() -> Result<()> {
    if !is_root() {
        eprintln!("only root can run programs as others");
        return Ok(());
    }
    let ground = Ground::prepare()?;
    let other = "user = \"nobody\"\nroles = [\"guest\"]\ncwd = \"/\"\nexec = [\"sh\", \"-c\", \"{script}\"]\nparams = [{ name = \"script\" }]";
    let server = ground
        .builder()
        .more_config(&format!("[commands.other]\nsummary = \"X\"\n{other}"))
        .start()?;
    let state = ground.at("serve/state");
    // Readable for all: what keeps a program of another user out is not the mode.
    fs::set_permissions(&state, fs::Permissions::from_mode(0o755))?;
    let list = format!("ls -A {}", state.display());
    assert_eq!(run(&server, &["other", &list])?, "");
    assert!(run(&server, &["sh", &list])?.contains("tls"));
    let own = fs::read_link(format!("/proc/{}/ns/mnt", server.process()))?;
    let mounts = "readlink /proc/self/ns/mnt";
    assert_eq!(run(&server, &["sh", mounts])?.trim(), own.display().to_string());
    assert_ne!(run(&server, &["other", mounts])?.trim(), own.display().to_string());
    assert!(
        ground
            .check(&["env"])?
            .success()?
            .contains("Nothing can be hidden from root")
    );
    Ok(())
}
