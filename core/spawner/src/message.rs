//! What server, spawner and keeper say to each other. Numbers are little-endian; words end with a NUL byte, so a decoded
//! request points into the message and nothing is copied again.

use std::ffi::{CStr, OsStr};
use std::os::unix::ffi::OsStrExt as _;
use std::time::Duration;

use rustix::io::Errno;

use super::launch::{DESCRIPTORS, Identity, Launch, LaunchError, ResourceLimits};

/// What the server sends the spawner, with the keeper's end of a socket.
pub(super) const NEW_KEEPER: &[u8] = b"k";
/// What it sends with a descriptor that the spawner, and each keeper that it makes from then on, holds open until its end.
pub(super) const HOLD: &[u8] = b"h";

/// What it sends to hide a folder: this, then the folder's path without links; with it the open folder, and one end of a socket
/// for the report. Without a folder, the report tells whether one could be hidden.
pub(super) const HIDE: &[u8] = b"c";
/// The longest message to the spawner: a path of the kernel's longest.
pub(super) const LONGEST_TO_SPAWNER: usize = 4096 + HIDE.len();

/// End what runs.
pub(super) const END: &[u8] = b"e";
/// Begins a launch.
const LAUNCH: u8 = b'l';
/// A launch that is in the first descriptor that comes with this, a memory file.
pub(super) const LAUNCH_IN_FILE: &[u8] = b"f";

/// The longest launch, in bytes, that is sent as a message: well below what a socket takes by default (208 KiB).
pub(super) const LONGEST_MESSAGE: usize = 48 * 1024;
/// The longest launch at all. The kernel takes 6 MiB of arguments and environment at most.
pub(super) const LONGEST_LAUNCH: usize = 8 * 1024 * 1024;
/// The most groups of an identity (the kernel's own limit).
const MOST_GROUPS: usize = 65_536;

/// `stdin` comes with it.
const HAS_STDIN: u8 = 1;
/// An identity is in it.
const HAS_IDENTITY: u8 = 2;

/// A launch as the keeper reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LaunchRequest<'a> {
    pub(super) program: &'a CStr,
    pub(super) folder: &'a CStr,
    /// From `argv[0]` on.
    pub(super) arguments: Vec<&'a CStr>,
    /// `NAME=value` each.
    pub(super) environment: Vec<&'a CStr>,
    pub(super) has_stdin: bool,
    pub(super) identity: Option<Identity>,
    pub(super) umask: u32,
    pub(super) limits: ResourceLimits,
    pub(super) grace: Duration,
}

/// The launch in bytes, without its descriptors and `stdin`.
pub(super) fn encode(launch: &Launch) -> Result<Vec<u8>, LaunchError> {
    if !launch.program.is_absolute() || !launch.folder.is_absolute() || launch.descriptors.len() > DESCRIPTORS {
        return Err(LaunchError::Malformed);
    }
    let mut out = vec![LAUNCH];
    let stdin = if launch.stdin.is_some() { HAS_STDIN } else { 0 };
    let identity = if launch.identity.is_some() { HAS_IDENTITY } else { 0 };
    out.push(stdin | identity);
    out.extend(launch.umask.to_le_bytes());
    let grace = u64::try_from(launch.grace.as_millis()).unwrap_or(u64::MAX);
    out.extend(grace.to_le_bytes());
    for limit in limits_in_order(&launch.limits) {
        out.push(u8::from(limit.is_some()));
        out.extend(limit.unwrap_or(0).to_le_bytes());
    }
    if let Some(identity) = &launch.identity {
        out.extend(identity.uid.to_le_bytes());
        out.extend(identity.gid.to_le_bytes());
        put_count(&mut out, identity.groups.len(), MOST_GROUPS)?;
        for group in &identity.groups {
            out.extend(group.to_le_bytes());
        }
    }
    put_word(&mut out, &[launch.program.as_os_str()])?;
    put_word(&mut out, &[launch.folder.as_os_str()])?;
    put_count(&mut out, launch.arguments.len().saturating_add(1), LONGEST_LAUNCH)?;
    put_word(&mut out, &[&launch.argv0])?;
    for argument in &launch.arguments {
        put_word(&mut out, &[argument])?;
    }
    put_count(&mut out, launch.environment.len(), LONGEST_LAUNCH)?;
    for (name, value) in &launch.environment {
        if name.is_empty() || name.as_bytes().contains(&b'=') {
            return Err(LaunchError::Malformed);
        }
        put_word(&mut out, &[name, OsStr::new("="), value])?;
    }
    Ok(out)
}

fn put_count(out: &mut Vec<u8>, count: usize, most: usize) -> Result<(), LaunchError> {
    let count = u32::try_from(count).ok().filter(|_| count <= most);
    out.extend(count.ok_or(LaunchError::TooLong)?.to_le_bytes());
    Ok(())
}

fn put_word(out: &mut Vec<u8>, parts: &[&OsStr]) -> Result<(), LaunchError> {
    for part in parts {
        if part.as_bytes().contains(&0) {
            return Err(LaunchError::Malformed);
        }
        if out.len() + part.len() >= LONGEST_LAUNCH {
            return Err(LaunchError::TooLong);
        }
        out.extend_from_slice(part.as_bytes());
    }
    out.push(0);
    Ok(())
}

fn limits_in_order(limits: &ResourceLimits) -> [Option<u64>; 6] {
    let ResourceLimits {
        cpu_seconds,
        address_space,
        file_size,
        open_files,
        processes,
        core,
    } = *limits;
    [cpu_seconds, address_space, file_size, open_files, processes, core]
}

/// Reads what [`encode`] wrote; `None` for anything else.
pub(super) fn decode(message: &[u8]) -> Option<LaunchRequest<'_>> {
    let mut input = Input(message);
    if input.byte()? != LAUNCH {
        return None;
    }
    let has = input.byte()?;
    let umask = input.number32()?;
    let grace = Duration::from_millis(input.number64()?);
    let mut limits = [None; 6];
    for limit in &mut limits {
        let is_set = input.byte()? != 0;
        *limit = Some(input.number64()?).filter(|_| is_set);
    }
    let [cpu_seconds, address_space, file_size, open_files, processes, core] = limits;
    let identity = if has & HAS_IDENTITY == 0 {
        None
    } else {
        Some(Identity {
            uid: input.number32()?,
            gid: input.number32()?,
            groups: input.list(Input::number32)?,
        })
    };
    let request = LaunchRequest {
        program: input.word()?,
        folder: input.word()?,
        arguments: input.list(Input::word)?,
        environment: input.list(Input::word)?,
        has_stdin: has & HAS_STDIN != 0,
        identity,
        umask,
        limits: ResourceLimits {
            cpu_seconds,
            address_space,
            file_size,
            open_files,
            processes,
            core,
        },
        grace,
    };
    input.0.is_empty().then_some(request)
}

/// What is left to read.
struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    fn number32(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    fn number64(&mut self) -> Option<u64> {
        self.array().map(u64::from_le_bytes)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (array, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(*array)
    }

    fn word(&mut self) -> Option<&'a CStr> {
        let word = CStr::from_bytes_until_nul(self.0).ok()?;
        self.0 = &self.0[word.to_bytes_with_nul().len()..];
        Some(word)
    }

    /// Grows with what is there, not with what was announced.
    fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.number32()?;
        (0..count).map(|_| item(self)).collect()
    }
}

/// What a keeper tells the server, or the spawner of hiding a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Report {
    /// The program runs; its process.
    Started(i32),
    /// The program could not be started.
    Refused(Step, Errno),
    /// The program ended by itself with this status, and all its descendants have ended too.
    Exited(i32),
    /// A signal ended the program, and all its descendants have ended too.
    Signalled(i32),
    /// The folder is hidden; with it comes the root folder of those from whom it is.
    Hidden,
}

/// What could not be done to start a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Making a process, or preparing it.
    Prepare,
    /// Becoming the user.
    Identity,
    /// Entering the folder.
    Folder,
    /// Executing the file.
    Execute,
    /// Making a keeper: there is none now.
    Keeper,
    /// Having a mount namespace.
    Namespace,
    /// Covering a folder.
    Cover,
}

impl Step {
    const ALL: [Self; 7] = [
        Self::Prepare,
        Self::Identity,
        Self::Folder,
        Self::Execute,
        Self::Keeper,
        Self::Namespace,
        Self::Cover,
    ];
}

/// The length of a report in bytes.
pub(super) const REPORT_BYTES: usize = 6;

impl Report {
    pub(super) fn encode(self) -> [u8; REPORT_BYTES] {
        let (kind, step, number) = match self {
            Self::Started(process) => (b's', 0, process),
            Self::Refused(step, error) => (b'r', step as u8, error.raw_os_error()),
            Self::Exited(status) => (b'x', 0, status),
            Self::Signalled(signal) => (b'k', 0, signal),
            Self::Hidden => (b'h', 0, 0),
        };
        let [a, b, c, d] = number.to_le_bytes();
        [kind, step, a, b, c, d]
    }

    pub(super) fn decode(message: &[u8]) -> Option<Self> {
        let [kind, step, number @ ..]: [u8; REPORT_BYTES] = message.try_into().ok()?;
        let number = i32::from_le_bytes(number);
        Some(match kind {
            b's' => Self::Started(number),
            b'r' => Self::Refused(*Step::ALL.get(usize::from(step))?, Errno::from_raw_os_error(number)),
            b'x' => Self::Exited(number),
            b'k' => Self::Signalled(number),
            b'h' => Self::Hidden,
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt as _;
    use std::path::PathBuf;

    use proptest::prelude::*;

    use super::*;

    fn launch(words: Vec<Vec<u8>>) -> Launch {
        let words: Vec<_> = words.into_iter().map(std::ffi::OsString::from_vec).collect();
        Launch {
            program: PathBuf::from("/bin/true"),
            argv0: "true".into(),
            environment: words.iter().map(|word| ("A".into(), word.clone())).collect(),
            arguments: words,
            folder: PathBuf::from("/"),
            stdin: Some(Vec::new().into()),
            identity: Some(Identity {
                uid: 1,
                gid: 2,
                groups: vec![3, 4],
            }),
            umask: 0o27,
            limits: ResourceLimits {
                processes: Some(7),
                ..ResourceLimits::default()
            },
            descriptors: Vec::new(),
            grace: Duration::from_millis(1500),
        }
    }

    proptest! {
        #[test]
        fn words_arrive_as_they_were_sent(
            words in prop::collection::vec(prop::collection::vec(1..=255_u8, 0..40), 0..20),
        ) {
            let launch = launch(words.clone());
            let bytes = encode(&launch).unwrap();
            let request = decode(&bytes).unwrap();
            let arguments: Vec<_> = request.arguments.iter().skip(1).map(|word| word.to_bytes().to_vec()).collect();
            prop_assert_eq!(arguments, words.clone());
            let values: Vec<_> = request.environment.iter().map(|word| word.to_bytes()[2..].to_vec()).collect();
            prop_assert_eq!(values, words);
            prop_assert_eq!(request.program, c"/bin/true");
            prop_assert_eq!(request.identity, launch.identity);
            prop_assert_eq!(request.limits, launch.limits);
            prop_assert_eq!((request.umask, request.grace, request.has_stdin), (launch.umask, launch.grace, true));
        }

        #[test]
        fn a_part_of_a_launch_is_none(cut in 0_usize..90) {
            let bytes = encode(&launch(vec![b"word".to_vec()])).unwrap();
            prop_assume!(cut < bytes.len());
            prop_assert_eq!(decode(&bytes[..cut]), None);
        }
    }

    #[test]
    fn what_would_be_cut_short_or_mistaken_is_refused() {
        assert_eq!(encode(&launch(vec![b"a\0b".to_vec()])), Err(LaunchError::Malformed));
        assert_eq!(
            encode(&launch(vec![vec![b'a'; LONGEST_LAUNCH]])),
            Err(LaunchError::TooLong)
        );
        for name in ["", "A=B"] {
            let mut launch = launch(Vec::new());
            launch.environment = vec![(name.into(), "value".into())];
            assert_eq!(encode(&launch), Err(LaunchError::Malformed));
        }
        let mut relative = launch(Vec::new());
        relative.program = PathBuf::from("bin/true");
        assert_eq!(encode(&relative), Err(LaunchError::Malformed));
    }

    #[test]
    fn reports_arrive_as_they_were_sent() {
        let reports = [
            Report::Started(77),
            Report::Refused(Step::Keeper, Errno::AGAIN),
            Report::Refused(Step::Folder, Errno::NOENT),
            Report::Exited(255),
            Report::Signalled(9),
        ];
        for report in reports {
            assert_eq!(Report::decode(&report.encode()), Some(report));
        }
        assert_eq!(Report::decode(b"x"), None);
        assert_eq!(Report::decode(b"?00000"), None);
    }
}
