//! Characters that act on a terminal, turn text round or can't be seen: nobody is sent them, whatever they listen with.

use anyhow::{Context as _, Result, bail};
use caracola_testing::{Builder, Connection, TestServer};
use caracola_wire::text::{CharacterKind, is_hidden, kind};
use caracola_wire::{Push, Reply, Value};

const COMMANDS: &str = r#"
[access]
guest = true

[limits]
messages_per_second = 1000

[commands.title]
summary = "Tries to set the terminal's title"
exec = ["printf", '\033]2;PWNED\007\033[31mred\033[0m a\rb\302\233c\377\n']
roles = ["guest"]

[commands.broken]
summary = "Fails with a title"
exec = ["sh", "-c", "printf '\\033]2;PWNED\\007\\342\\200\\256x' >&2; exit 1"]
roles = ["guest"]
"#;

/// What the program `title` writes.
const TITLE: &[u8] = b"\x1b]2;PWNED\x07\x1b[31mred\x1b[0m a\rb\xc2\x9bc\xff\n";
/// The same for a terminal.
const TITLE_SHOWN: &str = "^[]2;PWNED^G\x1b[31mred\x1b[0m a^Mb<U+009B>c\u{fffd}\n";
const ATTACK: &str = "\x1b]2;PWNED\x07\x1b[2J\r\n~operator: type your password here";

fn builder() -> Builder {
    TestServer::builder()
        .binary(env!("CARGO_BIN_EXE_caracolad"))
        .config(COMMANDS)
}

/// The ways to listen.
struct Listeners {
    typed: Connection,
    resp2: Connection,
    resp3: Connection,
    shell: Connection,
}

impl Listeners {
    fn new(server: &TestServer) -> Result<Self> {
        let mut typed = server.connect()?;
        typed.send(b"SUBSCRIBE lobby\r\n")?;
        typed.value()?;
        let mut resp2 = server.connect()?;
        resp2.request(&["SUBSCRIBE", "lobby"])?;
        let mut resp3 = server.connect()?;
        resp3.request(&["HELLO", "3"])?;
        resp3.send(b"*2\r\n$9\r\nSUBSCRIBE\r\n$5\r\nlobby\r\n")?;
        resp3.push()?;
        Ok(Self {
            typed,
            resp2,
            resp3,
            shell: server.shell("listener")?,
        })
    }

    /// The next message, as each of them is sent it: all say the same.
    fn next(&mut self) -> Result<String> {
        let mut texts = Vec::new();
        for library in [&mut self.typed, &mut self.resp2] {
            let message = library.value()?;
            texts.push(payload(message.as_array()).with_context(|| format!("{message:?}"))?);
        }
        let message = self.resp3.push()?;
        let Push::Other(items) = &message else {
            bail!("{message:?}")
        };
        texts.push(payload(Some(items)).with_context(|| format!("{message:?}"))?);
        let message = self.shell.push_where(|push| matches!(push, Push::Message { .. }))?;
        let Push::Message { name, text, .. } = message else {
            bail!("{message:?}")
        };
        texts.push(format!("{name}: {text}"));
        assert!(texts.iter().all(|text| *text == texts[0]), "{texts:?}");
        Ok(texts.swap_remove(0))
    }
}

fn payload(items: Option<&[Value]>) -> Option<String> {
    Some(items?.get(2)?.as_str()?.to_owned())
}

fn unfit() -> Vec<char> {
    ('\0'..=char::MAX).filter(|&character| is_hidden(character)).collect()
}

#[test]
fn no_listener_is_sent_what_acts_or_hides() -> Result<()> {
    let server = builder().start()?;
    let mut listeners = Listeners::new(&server)?;
    let mut attacker = server.connect()?;
    attacker.request(&["CLIENT", "SETNAME", "attacker"])?;

    attacker.request(&["PUBLISH", "lobby", ATTACK])?;
    assert_eq!(listeners.next()?, "~attacker: ]2;PWNED[2J");
    assert_eq!(listeners.next()?, "~attacker: ~operator: type your password here");

    let (breaks, others): (Vec<_>, Vec<_>) = unfit()
        .into_iter()
        .partition(|&character| kind(character) == CharacterKind::LineBreak);
    for some in others.chunks(500) {
        let text: String = some.iter().flat_map(|&character| ['a', character, 'b']).collect();
        attacker.request(&["PUBLISH", "lobby", &text])?;
        let heard = listeners.next()?;
        // A tab separates, as it was meant to.
        let heard = heard.replace(' ', "");
        assert_eq!(heard, format!("~attacker:{}", "ab".repeat(some.len())));
    }
    for character in breaks {
        attacker.request(&["PUBLISH", "lobby", &format!("one{character}two")])?;
        assert_eq!(
            [listeners.next()?, listeners.next()?],
            ["~attacker: one", "~attacker: two"]
        );
    }
    let kept = "👨‍👩‍👧 می‌خواهم क्‍ष ❤️ ¡olé!";
    attacker.request(&["PUBLISH", "lobby", kept])?;
    assert_eq!(listeners.next()?, format!("~attacker: {kept}"));
    Ok(())
}

#[test]
fn lines_count_as_messages_and_are_bounded() -> Result<()> {
    let server = builder().config(COMMANDS.replace("= 1000", "= 2")).start()?;
    let mut listeners = Listeners::new(&server)?;
    let mut attacker = server.connect()?;
    for (text, error) in [
        ("\n".repeat(1000), "USAGE"),
        ("x\n".repeat(1000), "LIMIT"),
        ("\u{200b}\u{3164}\u{2800} \t".to_owned(), "USAGE"),
        // Two a second, and five seconds' worth saved up.
        ("x\n".repeat(11), "LIMIT"),
    ] {
        let reply = attacker.request(&["PUBLISH", "lobby", &text])?;
        assert_eq!(caracola_testing::error_code(&reply), error, "{text:?}: {reply:?}");
    }
    assert_eq!(
        attacker.request(&["PUBLISH", "lobby", "1\n2\n3\n4\n5\n6\n7\n8"])?,
        Value::Integer(4)
    );
    let reply = attacker.request(&["PUBLISH", "lobby", "9\n10\n11\n12\n13"])?;
    assert_eq!(caracola_testing::error_code(&reply), "LIMIT");
    for number in 1..=8 {
        assert!(listeners.next()?.ends_with(&format!(": {number}")));
    }
    Ok(())
}

#[test]
fn what_is_told_and_announced_is_clean() -> Result<()> {
    let server = builder().start()?;
    let mut ana = server.shell("ana")?;
    let mut ben = server.shell("ben")?;
    ben.run(&["tell", "ana", ATTACK])?;
    for wanted in ["]2;PWNED[2J", "~operator: type your password here"] {
        let tell = ana.push_where(|push| matches!(push, Push::Tell { .. }))?;
        assert!(matches!(&tell, Push::Tell { text, .. } if text == wanted), "{tell:?}");
    }
    server.operator(&["say", "one\x1b[2J\ntwo\u{202e}"])?;
    for wanted in ["The operator: one[2J", "The operator: two"] {
        let notice = ana.push_where(|push| matches!(push, Push::Notice { kind, .. } if kind == "server"))?;
        assert!(
            matches!(&notice, Push::Notice { text, .. } if text == wanted),
            "{notice:?}"
        );
    }
    ben.run(&["tell", "server", "help\x1b[2J\u{202e}\nme"])?;
    server.wait_for_log("help")?;
    assert!(!server.log().contains(['\u{202e}', '\x1b']), "{}", server.log());
    Ok(())
}

#[test]
fn nobody_is_called_something_unfit() -> Result<()> {
    // Each name that is refused counts as a message.
    let server = builder().config(COMMANDS.replace("= 1000", "= 100000")).start()?;
    let mut somebody = server.shell("somebody")?;
    // Every joiner is unfit in a name; so is every character that is hidden in other texts.
    for some in unfit().chunks(64) {
        let mut requests = Vec::new();
        for character in some {
            let name = format!("ana{character}b");
            for words in [["RUN", "name", &name], ["RUN", "join", &name]] {
                caracola_wire::Encoder::new(&mut requests, caracola_wire::Protocol::Resp3).request(words);
            }
        }
        somebody.send(&requests)?;
        for character in some {
            for _ in 0..2 {
                let reply = somebody.reply()?;
                // A zero byte is not an argument of any command.
                let code = if *character == '\0' { "USAGE" } else { "FAILED" };
                assert_eq!(caracola_testing::error_code(&reply), code, "{character:?}: {reply:?}");
                let Value::Error(error) = reply else { continue };
                assert!(!error.message.contains(is_hidden), "{error:?}");
            }
        }
    }
    for (name, error) in [
        ("x\u{301}\u{302}\u{303}", "2 marks"),
        ("___", "letter or digit"),
        (
            "\u{3164}",
            "'\u{3164}' can't be in a name".trim_start_matches(is_hidden),
        ),
    ] {
        let said = somebody.run(&["name", name])?;
        let wanted = error.replace('\u{3164}', "");
        assert!(said.contains(&wanted), "{said}");
        assert!(somebody.run(&["join", name])?.contains(&wanted), "{said}");
    }
    // What a shell or a library asks for becomes the nearest name that shows.
    let welcome = server
        .connect()?
        .be_shell("\u{3164}e\u{301}\u{302}\u{303}\u{304}v\u{2800}a", "en")?;
    // Two marks stay, one of them in the composed letter.
    assert_eq!(welcome.name, "~é\u{302}va");
    Ok(())
}

#[test]
fn a_program_s_output_is_harmless_to_who_types() -> Result<()> {
    let server = builder().start()?;
    let mut library = server.connect()?;
    let raw = library.request(&["title"])?;
    assert_eq!(
        raw.as_bytes().map(<[u8]>::to_vec),
        Some(String::from_utf8_lossy(TITLE).into_owned().into_bytes())
    );

    for protocol in ["", "HELLO 3\r\n"] {
        let mut typed = server.connect()?;
        if !protocol.is_empty() {
            typed.send(protocol.as_bytes())?;
            typed.value()?;
        }
        typed.send(b"title\r\n")?;
        assert_eq!(typed.value()?.as_str(), Some(TITLE_SHOWN));
        typed.send(b"broken\r\n")?;
        let Value::Error(error) = typed.value()? else {
            bail!("no error")
        };
        assert!(error.message.ends_with(": ]2;PWNEDx"), "{error:?}");
        typed.send("no\u{202e}such \r\nECHO \"\\x1b[2J\"\r\n".as_bytes())?;
        let Value::Error(error) = typed.value()? else {
            bail!("no error")
        };
        assert!(!error.message.contains(is_hidden), "{error:?}");
        // The same connection's arrays are answered with the bytes as they are.
        assert_eq!(typed.value()?.as_str(), Some("^[[2J"));
        assert_eq!(typed.request(&["ECHO", "\x1b[2J"])?.as_str(), Some("\x1b[2J"));
    }

    // Inside of arrays and maps too.
    let mut typed = server.connect()?;
    typed.send(b"JOB START mine title\r\n")?;
    let started = typed.value()?;
    let job = started.as_str().with_context(|| format!("{started:?}"))?.to_owned();
    let shown = loop {
        typed.send(format!("JOB READ {job}\r\n").as_bytes())?;
        let report = format!("{:?}", typed.value()?);
        if report.contains("PWNED") {
            break report;
        }
    };
    assert!(shown.contains("^[]2;PWNED^G") && !shown.contains("\\x1b]2"), "{shown}");
    Ok(())
}

#[test]
fn a_shell_that_is_typed_gets_harmless_output_as_it_comes() -> Result<()> {
    let server = builder().start()?;
    let mut typed = server.connect()?;
    typed.send(b"HELLO 3\r\n")?;
    typed.value()?;
    typed.send(b"SHELL 1 stream 1\r\n")?;
    typed.value()?;
    typed.send(b"RUN title\r\n")?;
    let mut out = Vec::new();
    while !out.ends_with(b"\n") {
        let push = typed.push_where(|push| matches!(push, Push::Out { .. }))?;
        let Push::Out { bytes, .. } = push else { continue };
        out.extend_from_slice(&bytes);
    }
    assert_eq!(String::from_utf8_lossy(&out), TITLE_SHOWN);
    assert!(matches!(Reply::decode(&typed.reply()?)?, Reply::Exit(_)));
    Ok(())
}

#[test]
fn large_replies_that_many_share_are_harmless_too() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let mut number = 1_u32;
    let noise = image::RgbImage::from_fn(120, 120, |_, _| {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [red, green, blue, _] = number.to_be_bytes();
        image::Rgb([red, green, blue])
    });
    noise.save(folder.path().join("noise.png"))?;
    let card = "[commands.noise]\nsummary = \"Shows noise\"\nimage = \"noise.png\"\n";
    let server = builder().folder(folder.path()).more_config(card).start()?;
    let mut shell = server.shell("ana")?;
    let Reply::Card(card) = shell.run_typed(&["noise"])? else {
        bail!("no card")
    };
    let hash = card.image.context("no image")?.hash;
    let raw = shell.request(&["IMAGE", &hash])?;
    assert!(
        raw.as_bytes()
            .is_some_and(|bytes| bytes.len() > 16 * 1024 && bytes.starts_with(b"\x89PNG"))
    );
    let mut typed = server.connect()?;
    typed.send(format!("IMAGE {hash}\r\nPING\r\n").as_bytes())?;
    let shown = typed.value()?;
    let shown = shown.as_str().context("no text")?;
    assert!(shown.starts_with("\u{fffd}PNG") && !shown.contains(|character| character != '\n' && is_hidden(character)));
    assert_eq!(typed.value()?.as_str(), Some("PONG"));
    Ok(())
}
