//! What a program is given, and what it isn't.

use std::ffi::OsString;
use std::io::{Seek as _, Write as _};
use std::os::unix::ffi::OsStringExt as _;

use caracola_spawner::{Ended, ResourceLimits, Spawner};

use crate::fixture::{is_root, program, script};

/// A user without an account.
const NOBODY_ELSE: u32 = 54_321;

pub(crate) async fn status_and_signal_are_told(spawner: Spawner) {
    for status in [0, 1, 7, 255] {
        let mut running = script(&format!("exit {status}")).start(&spawner).await;
        assert_eq!(running.wait().await, Ended::Exited(status));
        assert_eq!(running.wait().await, Ended::Exited(status), "it may be asked again");
    }
    for signal in [1, 9, 11, 15] {
        let mut running = script(&format!("kill -{signal} $$")).start(&spawner).await;
        assert_eq!(running.wait().await, Ended::Signalled(signal));
    }
}

pub(crate) async fn arguments_and_environment_arrive_byte_for_byte(spawner: Spawner) {
    let hostile: [&[u8]; 9] = [
        b"",
        b" ",
        b"a b",
        b"'\"$(id)`id`;&|\\\n\t",
        b"\xff\xfe\x80",
        b"-rf",
        "caf\u{e9} \u{202e}".as_bytes(),
        b"*",
        b"",
    ];
    let words = || hostile.iter().map(|word| OsString::from_vec(word.to_vec()));
    let mut launch = program("/bin/sh")
        .argv0("a name of its own")
        .arguments(["-c", "/bin/cat /proc/$$/cmdline /proc/$$/environ", "sh"])
        .arguments(words());
    for (number, word) in words().enumerate() {
        launch = launch.variable(format!("V{number}"), word);
    }
    let seen = launch.output(&spawner).await;
    let mut expected = b"a name of its own\0-c\0/bin/cat /proc/$$/cmdline /proc/$$/environ\0sh\0".to_vec();
    for word in hostile {
        expected.extend_from_slice(word);
        expected.push(0);
    }
    for (number, word) in hostile.iter().enumerate() {
        expected.extend_from_slice(format!("V{number}=").as_bytes());
        expected.extend_from_slice(word);
        expected.push(0);
    }
    assert_eq!(String::from_utf8_lossy(&seen), String::from_utf8_lossy(&expected));
    assert_eq!(seen, expected);
}

pub(crate) async fn arguments_of_any_length_arrive(spawner: Spawner) {
    // Short enough for a message, too long for one, and as long as one word may be.
    for (count, length) in [(1000, 6), (1000, 1000), (12, 131_071)] {
        let words: Vec<String> = (0..count)
            .map(|number| format!("{}{number:06}", "x".repeat(length - 6)))
            .collect();
        let seen = script("cat /proc/$$/cmdline").arguments(&words).output(&spawner).await;
        let expected = ["sh", "-c", "cat /proc/$$/cmdline", "sh"]
            .into_iter()
            .map(str::to_owned)
            .chain(words);
        let expected: Vec<u8> = expected
            .flat_map(|word| [word.into_bytes(), vec![0]].concat())
            .collect();
        assert!(seen == expected, "{count} words of {length} bytes");
    }
    // Nothing but argv[0].
    let seen = program("/bin/cat").stdin("x").output(&spawner).await;
    assert_eq!(seen, b"x");
}

pub(crate) async fn input_arrives_and_none_is_empty(spawner: Spawner) {
    let long: Vec<u8> = (0..3_000_000_u32).map(|number| number.to_le_bytes()[0]).collect();
    for input in [Vec::new(), b"a\0b\n\xff".to_vec(), long] {
        let seen = program("/bin/cat").stdin(input.clone()).output(&spawner).await;
        assert!(seen == input, "{} bytes", input.len());
    }
    // Nobody can change what the program reads, the program itself included.
    let seen = script("echo more >&0 || cat").stdin("sealed").output(&spawner).await;
    assert_eq!(seen, b"sealed");
    let seen = script("readlink /proc/$$/fd/0; cat").text(&spawner).await;
    assert_eq!(seen, "/dev/null\n");
}

pub(crate) async fn descriptors_begin_at_three(spawner: Spawner) {
    let file = |text: &str| {
        let mut file = tempfile::tempfile().expect("a temporary file");
        file.write_all(text.as_bytes()).expect("it can be written");
        file.rewind().expect("it can be read from its beginning");
        file
    };
    let seen = script("cat <&3; cat <&4; cat <&5; cat")
        .stdin("zero ")
        .descriptor(file("three "))
        .descriptor(file("four "))
        .descriptor(file("five "))
        .text(&spawner)
        .await;
    assert_eq!(seen, "three four five zero ");
    // As many as there may be. `ls` has the folder that it lists open as well.
    let mut many = script("cat <&9; exec ls /proc/self/fd");
    for number in 3..67 {
        many = many.descriptor(file(&format!("{number}\n")));
    }
    let seen = many.text(&spawner).await;
    let mut numbers: Vec<u32> = seen.lines().skip(1).flat_map(str::parse).collect();
    numbers.sort_unstable();
    assert_eq!(seen.lines().next(), Some("9"));
    assert_eq!(numbers, (0..=67).collect::<Vec<_>>());
}

pub(crate) async fn nothing_else_is_inherited(spawner: Spawner) {
    // `ls` has the folder that it lists open as well.
    let seen = program("/bin/ls").arguments(["/proc/self/fd"]).text(&spawner).await;
    assert_eq!(seen, "0\n1\n2\n3\n");
    let seen = program("/bin/cat")
        .arguments(["/proc/self/environ"])
        .text(&spawner)
        .await;
    assert_eq!(seen, "");
    let status = program("/bin/cat")
        .arguments(["/proc/self/status"])
        .text(&spawner)
        .await;
    let field = |name: &str| {
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(name))
            .unwrap_or_default();
        line.trim_start_matches(':').trim().to_owned()
    };
    for signals in ["SigBlk", "SigIgn", "SigCgt", "SigPnd", "ShdPnd"] {
        // The C library keeps signals 32 and 33 for itself: nobody can set them through it.
        let own = u64::from_str_radix(&field(signals), 16).expect("a mask") & !(0b11 << 31);
        assert_eq!(own, 0, "{signals}");
    }
    assert_eq!(field("NoNewPrivs"), "1");
    assert_eq!(field("CapAmb"), "0000000000000000");
    // No terminal, and a session of its own.
    let seen = script("cut -d' ' -f1,5,6,7 /proc/$$/stat").text(&spawner).await;
    let fields: Vec<&str> = seen.split_whitespace().collect();
    assert_eq!(fields, [fields[0], fields[0], fields[0], "0"]);
}

pub(crate) async fn folder_and_umask_are_set(spawner: Spawner) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let folder = folder.path().canonicalize().expect("it has a path");
    for (umask, mode) in [(0o077, "600"), (0, "666"), (0o027, "640")] {
        let seen = script("pwd -P; umask; : > made; stat -c %a made; rm made")
            .folder(&folder)
            .umask(umask)
            .text(&spawner)
            .await;
        assert_eq!(seen, format!("{}\n{umask:04o}\n{mode}\n", folder.display()));
    }
}

pub(crate) async fn limits_are_set(spawner: Spawner) {
    let limits = ResourceLimits {
        cpu_seconds: Some(11),
        address_space: Some(2_000_000_000),
        file_size: Some(4096),
        open_files: Some(33),
        processes: Some(400),
        core: Some(0),
    };
    let limit_of = |text: &str, name: &str| {
        let line = text
            .lines()
            .find(|line| line.starts_with(name))
            .expect("the limit is listed");
        line[name.len()..]
            .split_whitespace()
            .take(2)
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    let ours = std::fs::read_to_string("/proc/self/limits").expect("there is /proc");
    let seen = program("/bin/cat")
        .arguments(["/proc/self/limits"])
        .limits(limits)
        .text(&spawner)
        .await;
    assert_eq!(limit_of(&seen, "Max cpu time"), ["11", "12"]);
    assert_eq!(limit_of(&seen, "Max address space"), ["2000000000", "2000000000"]);
    assert_eq!(limit_of(&seen, "Max file size"), ["4096", "4096"]);
    assert_eq!(limit_of(&seen, "Max open files"), ["33", "33"]);
    assert_eq!(limit_of(&seen, "Max processes"), ["400", "400"]);
    assert_eq!(limit_of(&seen, "Max core file size"), ["0", "0"]);
    // The next program of the same keeper has none of that.
    let seen = program("/bin/cat")
        .arguments(["/proc/self/limits"])
        .text(&spawner)
        .await;
    // All but the mark of programs, which is not a limit.
    let unmarked = |text: &str| {
        let lines = text.lines().filter(|line| !line.starts_with("Max file locks"));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(unmarked(&seen), unmarked(&ours));
    assert_ne!(limit_of(&seen, "Max file locks"), limit_of(&ours, "Max file locks"));
    // They are held.
    let seen = script("head -c 5000 /dev/zero > $PWD/$FILE; stat -c %s $FILE; rm $FILE")
        .variable("FILE", format!("caracola-test-{}", std::process::id()))
        .folder(std::env::temp_dir())
        .limits(limits)
        .text(&spawner)
        .await;
    assert_eq!(seen, "4096\n");
}

pub(crate) async fn identity_is_taken(spawner: Spawner) {
    if !is_root() {
        println!("  skipped: only root can choose a user");
        return;
    }
    let launch = || script("id -u; id -g; id -G").identity(NOBODY_ELSE, NOBODY_ELSE + 1, &[NOBODY_ELSE + 1, 7]);
    assert_eq!(launch().text(&spawner).await, "54321\n54322\n54322 7\n");
    let ids = script("grep -E '^(Uid|Gid|CapEff|CapPrm|CapInh):' /proc/self/status | tr '\\t' ' '");
    let seen = ids.identity(NOBODY_ELSE, NOBODY_ELSE, &[]).text(&spawner).await;
    let none = "0000000000000000";
    assert_eq!(
        seen,
        format!(
            "Uid: 54321 54321 54321 54321\nGid: 54321 54321 54321 54321\nCapInh: {none}\nCapPrm: {none}\nCapEff: {none}\n"
        )
    );
    // The next program of the same keeper is root's again.
    assert_eq!(script("id -u").text(&spawner).await, "0\n");
}

pub(crate) async fn output_can_be_opened_by_name(spawner: Spawner) {
    let launch = || script("echo one > /dev/stdout; cat < /dev/stdin").stdin("two");
    assert_eq!(launch().text(&spawner).await, "one\ntwo");
    if is_root() {
        let seen = launch().identity(NOBODY_ELSE, NOBODY_ELSE, &[]).text(&spawner).await;
        assert_eq!(seen, "one\ntwo");
    }
}
