//! What server, spawner and keepers send each other, in the encoding of `postcard`. Descriptors go beside a message.
//!
//! Only the three of them write here, and yet nothing is believed: a message is cut off at a largest size before it is
//! decoded, a decoder allocates for what is there and not for what was announced, and what is left over, or missing, makes
//! all of it malformed. A keeper decodes before it makes the program's process, in which nothing may be allocated any more.

use std::ffi::{CString, OsStr};
use std::os::unix::ffi::OsStrExt as _;
use std::time::Duration;

use rustix::io::Errno;
use serde::{Deserialize, Serialize};

use super::launch::{DESCRIPTORS, Identity, Launch, LaunchError, ResourceLimits};

/// The longest message to the spawner, in bytes: a path of the kernel's longest, as many bytes for the folders on the way, and
/// what stands before them.
pub(super) const LONGEST_TO_SPAWNER: usize = 2 * 4096 + 16;
/// The longest launch that is sent as a message: well below what a socket takes by default (208 KiB).
pub(super) const LONGEST_MESSAGE: usize = 48 * 1024;
/// The longest launch at all. The kernel takes 6 MiB of arguments and environment at most.
pub(super) const LONGEST_LAUNCH: usize = 8 * 1024 * 1024;
/// The longest report: two variants, and a number of up to five bytes.
pub(super) const LONGEST_REPORT: usize = 16;
/// The most groups of an identity (the kernel's own limit).
const MOST_GROUPS: usize = 65_536;

/// From the server to the spawner.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum ToSpawner<'a> {
    /// Make a keeper, whose end of a socket comes with this.
    NewKeeper,
    /// Hold the descriptor that comes with this open until the end, in each keeper made from now on, too.
    Hold,
    /// Report whether a folder could be hidden. With it comes one end of a socket for the report.
    CanHide,
    /// Hide a folder. With it come the open folder, and then one end of a socket for the report.
    Hide {
        /// Its path, without links.
        path: &'a [u8],
        /// The folders on the way to be pinned, outermost first: how many bytes of the path are theirs.
        pinned: Vec<u16>,
    },
}

/// From the server to a keeper.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum ToKeeper {
    /// Start a program. With it come its descriptors: the standard input, if it has one, output, errors, and all others.
    Launch(Box<LaunchRequest>),
    /// The same, where the launch is too long for a message: it is in the first descriptor, a memory file.
    LaunchInFile,
    /// End what runs.
    End,
}

/// What is to be started, without descriptors and what is read from the standard input.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LaunchRequest {
    pub(super) program: CString,
    pub(super) folder: CString,
    /// From `argv[0]` on.
    pub(super) arguments: Vec<CString>,
    /// `NAME=value` each.
    pub(super) environment: Vec<CString>,
    pub(super) has_stdin: bool,
    pub(super) identity: Option<Identity>,
    pub(super) umask: u32,
    pub(super) limits: ResourceLimits,
    pub(super) grace: Duration,
}

impl TryFrom<&Launch> for LaunchRequest {
    type Error = LaunchError;

    fn try_from(launch: &Launch) -> Result<Self, LaunchError> {
        if !launch.program.is_absolute() || !launch.folder.is_absolute() || launch.descriptors.len() > DESCRIPTORS {
            return Err(LaunchError::Malformed);
        }
        let groups = launch.identity.as_ref().map_or(0, |identity| identity.groups.len());
        if groups > MOST_GROUPS {
            return Err(LaunchError::TooLong);
        }
        let arguments = [&launch.argv0].into_iter().chain(&launch.arguments);
        Ok(Self {
            program: c_string(&[launch.program.as_os_str()])?,
            folder: c_string(&[launch.folder.as_os_str()])?,
            arguments: arguments.map(|word| c_string(&[word])).collect::<Result<_, _>>()?,
            environment: launch
                .environment
                .iter()
                .map(|(name, value)| variable(name, value))
                .collect::<Result<_, _>>()?,
            has_stdin: launch.stdin.is_some(),
            identity: launch.identity.clone(),
            umask: launch.umask,
            limits: launch.limits,
            grace: launch.grace,
        })
    }
}

fn variable(name: &OsStr, value: &OsStr) -> Result<CString, LaunchError> {
    if name.is_empty() || name.as_bytes().contains(&b'=') {
        return Err(LaunchError::Malformed);
    }
    c_string(&[name, OsStr::new("="), value])
}

fn c_string(parts: &[&OsStr]) -> Result<CString, LaunchError> {
    let bytes: Vec<&[u8]> = parts.iter().map(|part| part.as_bytes()).collect();
    CString::new(bytes.concat()).map_err(|_| LaunchError::Malformed)
}

/// From a keeper to the server; also from the spawner, of hiding a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum Report {
    /// The program runs; its process.
    Started(i32),
    /// The program could not be started.
    Refused(Step, #[serde(with = "errno")] Errno),
    /// The program ended by itself with this status, and all its descendants have ended too.
    Exited(i32),
    /// A signal ended the program, and all its descendants have ended too.
    Signalled(i32),
    /// The folder is hidden; with it comes the root folder of those from whom it is, as it does where it is covered and yet to
    /// be reached.
    Hidden,
}

/// What could not be done to start a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Pinning a folder on the way to one that is covered.
    Pin,
    /// Having a user namespace, for the programs of a server of root's.
    Users,
}

/// A system's error as its number.
mod errno {
    use rustix::io::Errno;
    use serde::de::{Error as _, Unexpected};
    use serde::{Deserialize as _, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
    pub(super) fn serialize<S: Serializer>(error: &Errno, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i32(error.raw_os_error())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Errno, D::Error> {
        let number = i32::deserialize(deserializer)?;
        // Linux has no others, and `Errno` panics at some of them.
        if !(1..4096).contains(&number) {
            let number = Unexpected::Signed(number.into());
            return Err(D::Error::invalid_value(number, &"the number of an error"));
        }
        Ok(Errno::from_raw_os_error(number))
    }
}

/// A message in bytes.
pub(super) fn encode(message: &impl Serialize) -> Result<Vec<u8>, Errno> {
    // None of these types can be refused by the encoder.
    postcard::to_stdvec(message).map_err(|_| Errno::PROTO)
}

/// A launch in bytes, as a message or a file has it.
pub(super) fn encode_launch(launch: &Launch) -> Result<Vec<u8>, LaunchError> {
    let request = Box::new(LaunchRequest::try_from(launch)?);
    let bytes = encode(&ToKeeper::Launch(request)).map_err(LaunchError::from_preparing)?;
    if bytes.len() > LONGEST_LAUNCH {
        return Err(LaunchError::TooLong);
    }
    Ok(bytes)
}

/// Reads what [`encode`] wrote; `None` for anything else.
pub(super) fn decode<'a, M: Deserialize<'a>>(bytes: &'a [u8]) -> Option<M> {
    match postcard::take_from_bytes(bytes) {
        Ok((message, [])) => Some(message),
        _ => None,
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

    fn request(bytes: &[u8]) -> Option<LaunchRequest> {
        match decode(bytes)? {
            ToKeeper::Launch(request) => Some(*request),
            ToKeeper::LaunchInFile | ToKeeper::End => None,
        }
    }

    proptest! {
        #[test]
        fn words_arrive_as_they_were_sent(
            words in prop::collection::vec(prop::collection::vec(1..=255_u8, 0..40), 0..20),
        ) {
            let launch = launch(words.clone());
            let request = request(&encode_launch(&launch).unwrap()).unwrap();
            let arguments: Vec<_> = request.arguments.iter().skip(1).map(|word| word.to_bytes().to_vec()).collect();
            prop_assert_eq!(arguments, words.clone());
            let values: Vec<_> = request.environment.iter().map(|word| word.to_bytes()[2..].to_vec()).collect();
            prop_assert_eq!(values, words);
            prop_assert_eq!(request.program.as_c_str(), c"/bin/true");
            prop_assert_eq!(request.identity, launch.identity);
            prop_assert_eq!(request.limits, launch.limits);
            prop_assert_eq!((request.umask, request.grace, request.has_stdin), (launch.umask, launch.grace, true));
        }

        #[test]
        fn a_part_of_a_launch_is_none(cut in 0_usize..90) {
            let bytes = encode_launch(&launch(vec![b"word".to_vec()])).unwrap();
            prop_assume!(cut < bytes.len());
            prop_assert_eq!(request(&bytes[..cut]), None);
        }
    }

    #[test]
    fn what_would_be_cut_short_or_mistaken_is_refused() {
        assert_eq!(
            encode_launch(&launch(vec![b"a\0b".to_vec()])),
            Err(LaunchError::Malformed)
        );
        assert_eq!(
            encode_launch(&launch(vec![vec![b'a'; LONGEST_LAUNCH]])),
            Err(LaunchError::TooLong)
        );
        for name in ["", "A=B"] {
            let mut launch = launch(Vec::new());
            launch.environment = vec![(name.into(), "value".into())];
            assert_eq!(encode_launch(&launch), Err(LaunchError::Malformed));
        }
        let mut relative = launch(Vec::new());
        relative.program = PathBuf::from("bin/true");
        assert_eq!(encode_launch(&relative), Err(LaunchError::Malformed));
    }

    #[test]
    fn what_is_left_over_or_announced_in_vain_is_malformed() {
        let mut bytes = encode_launch(&launch(vec![b"word".to_vec()])).unwrap();
        assert!(request(&bytes).is_some());
        bytes.push(0);
        assert_eq!(request(&bytes), None);
        // A launch, its program and its folder, and then as many arguments as can be counted.
        let endless = [&[0, 1, b'p', 1, b'/'][..], &[0xff; 9], &[0x01]].concat();
        assert_eq!(request(&endless), None);
        // A word that ends within itself.
        let cut = encode_launch(&launch(vec![b"word".to_vec()])).unwrap();
        let cut: Vec<u8> = cut.iter().map(|byte| if *byte == b'r' { 0 } else { *byte }).collect();
        assert_eq!(request(&cut), None);
    }

    #[test]
    fn reports_arrive_as_they_were_sent() {
        let reports = [
            Report::Hidden,
            Report::Started(i32::MAX),
            Report::Refused(Step::Cover, Errno::from_raw_os_error(4095)),
            Report::Started(77),
            Report::Refused(Step::Keeper, Errno::AGAIN),
            Report::Refused(Step::Folder, Errno::NOENT),
            Report::Exited(255),
            Report::Signalled(9),
        ];
        for report in reports {
            let bytes = encode(&report).unwrap();
            assert!(bytes.len() <= LONGEST_REPORT, "{report:?}");
            assert_eq!(decode(&bytes), Some(report));
        }
        assert_eq!(decode::<Report>(b""), None);
        assert_eq!(decode::<Report>(b"?00000"), None);
    }

    #[test]
    fn numbers_that_are_no_error_s_are_refused() {
        for number in [0, -1, 4096, i32::MIN] {
            let bytes = postcard::to_stdvec(&(1_u32, Step::Keeper, number)).unwrap();
            assert_eq!(decode::<Report>(&bytes), None, "{number}");
        }
        let bytes = postcard::to_stdvec(&(1_u32, Step::Keeper, Errno::AGAIN.raw_os_error())).unwrap();
        assert_eq!(decode(&bytes), Some(Report::Refused(Step::Keeper, Errno::AGAIN)));
    }

    #[test]
    fn a_path_needs_no_more_room_than_the_spawner_has() {
        let path = b"/a".repeat(2048);
        let hide = || ToSpawner::Hide {
            path: &path,
            pinned: (0..2048).map(|folder| 2 * folder).collect(),
        };
        let bytes = encode(&hide()).unwrap();
        assert!(bytes.len() <= LONGEST_TO_SPAWNER);
        assert_eq!(decode(&bytes), Some(hide()));
    }
}
