//! What holds a plugin's process to its settings: Landlock, as far as the kernel has it. To be put up in the process
//! itself, while it has one thread and before anything of the plugin's is loaded.
//!
//! Landlock knows of files, TCP, signals and abstract sockets; of UDP only from Linux 7.2 on. Sockets in the file
//! system, such as the door, are left to their owners to guard. Where the kernel has no Landlock, the log says so once
//! and the plugin runs all the same: its process still can't gain privileges.

use std::fmt;
use std::path::{Path, PathBuf};

use landlock::{
    ABI, Access as _, AccessFs, AccessNet, BitFlags, CompatLevel, Compatible as _, LandlockStatus, PathFd, Ruleset,
    RulesetAttr as _, RulesetCreatedAttr as _, RulesetError, RulesetStatus, Scope, path_beneath_rules,
};
use serde::{Deserialize, Serialize};

/// What is asked of Landlock for files, and has been tried. Older kernels hold to less of it.
const FILES: ABI = ABI::V7;
/// The same for the network: nothing is ever allowed there, so what newer kernels know besides TCP can be asked for too.
const NETWORK: ABI = ABI::V10;
/// The first that knows of TCP ports.
const FIRST_WITH_NETWORK: i32 = 4;

/// Folders of libraries and programs, which any process may read and execute.
const LIBRARIES: &[&str] = &["/usr", "/lib", "/lib32", "/lib64", "/nix/store", "/gnu/store"];
/// What ordinary libraries read. Certificates, but no keys.
const SETTINGS: &[&str] = &[
    "/dev/random",
    "/dev/urandom",
    "/dev/zero",
    "/etc/ca-certificates",
    "/etc/gai.conf",
    "/etc/group",
    "/etc/host.conf",
    "/etc/hosts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/etc/pki/ca-trust",
    "/etc/protocols",
    "/etc/resolv.conf",
    "/etc/services",
    "/etc/ssl/certs",
    "/etc/ssl/openssl.cnf",
    "/etc/timezone",
];
/// Where anything may be written, and is gone.
const SINK: &str = "/dev/null";

/// What holds a process.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Held {
    /// This version of Landlock, to all that was asked.
    Wholly(i32),
    /// This version of Landlock, which doesn't know of the network, though that was to be kept from the process.
    NotFromNetwork(i32),
    /// Nothing; why.
    Not(String),
}

impl Held {
    /// Whether the settings hold.
    pub(super) fn is_whole(&self) -> bool {
        matches!(self, Held::Wholly(_))
    }
}

impl fmt::Display for Held {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Held::Wholly(version) => write!(formatter, "Landlock {version}"),
            Held::NotFromNetwork(version) => write!(formatter, "Landlock {version}, which doesn't know of the network"),
            Held::Not(why) => write!(formatter, "nothing: {why}"),
        }
    }
}

/// Puts the fence up around this thread, and all that it starts. What may be read is below `read` and `write`, beside
/// what every process needs; what may be written is below `write`. Without `network`, no TCP, and where the kernel knows of it
/// (Linux 7.2) no UDP. In any case no signal, and no abstract socket, reaches a process outside.
///
/// Also returns those of the paths that can't be opened.
pub(super) fn put_up(read: &[PathBuf], write: &[PathBuf], network: bool) -> (Held, Vec<PathBuf>) {
    let lost = read.iter().chain(write).filter(|path| PathFd::new(path).is_err());
    let lost = lost.cloned().collect();
    let held = match restrict(read, write, network) {
        Ok(held) => held,
        Err(error) => Held::Not(error.to_string()),
    };
    (held, lost)
}

fn restrict(read: &[PathBuf], write: &[PathBuf], network: bool) -> Result<Held, RulesetError> {
    let mut ruleset = Ruleset::default()
        .set_compatibility(CompatLevel::BestEffort)
        .handle_access(AccessFs::from_all(FILES))?
        .scope(Scope::AbstractUnixSocket | Scope::Signal)?;
    if !network {
        ruleset = ruleset.handle_access(AccessNet::from_all(NETWORK))?;
    }
    let sink: BitFlags<AccessFs> = AccessFs::ReadFile | AccessFs::WriteFile;
    let status = ruleset
        .create()?
        .add_rules(path_beneath_rules(LIBRARIES, AccessFs::from_read(FILES)))?
        .add_rules(path_beneath_rules(SETTINGS, reading()))?
        .add_rules(path_beneath_rules([SINK], sink))?
        .add_rules(path_beneath_rules(read, reading()))?
        .add_rules(path_beneath_rules(write, writing()))?
        .restrict_self()?;
    Ok(match (status.ruleset, status.landlock) {
        (RulesetStatus::NotEnforced, LandlockStatus::NotImplemented) => Held::Not("this kernel has no Landlock".into()),
        (RulesetStatus::NotEnforced, _) => Held::Not("Landlock is off on this machine".into()),
        (_, LandlockStatus::Available { effective_abi, .. }) => {
            let version = effective_abi as i32;
            if network || version >= FIRST_WITH_NETWORK {
                Held::Wholly(version)
            } else {
                Held::NotFromNetwork(version)
            }
        }
        (_, LandlockStatus::NotEnabled | LandlockStatus::NotImplemented) => {
            Held::Not("Landlock is off on this machine".into())
        }
    })
}

fn reading() -> BitFlags<AccessFs> {
    AccessFs::ReadFile | AccessFs::ReadDir
}

/// All but executing what was written, and making devices.
fn writing() -> BitFlags<AccessFs> {
    AccessFs::from_all(FILES) & !(AccessFs::Execute | AccessFs::MakeChar | AccessFs::MakeBlock)
}

/// The line for the log on paths that can't be opened.
pub(super) fn lost(path: &Path) -> String {
    format!(
        "cannot open {}, which its settings name: it can't be reached",
        path.display()
    )
}
