//! How a shell and a server introduce themselves.

use caracola_wire::{MessageError, ShellHello, ShellWelcome};

use super::{golden, parsed, strings};

#[test]
fn hello_as_words() {
    let hello = ShellHello {
        language: Some("es".into()),
        width: Some(80),
        stream: true,
        name: Some("ana".into()),
        token: Some("X".into()),
        ..ShellHello::default()
    };
    let words = hello.words();
    assert_eq!(words.join(" "), "SHELL 1 lang es width 80 stream 1 name ana token X");
    assert_eq!(ShellHello::parse(words[1..].iter().map(String::as_bytes)), Ok(hello));
    assert_eq!(ShellHello::default().words(), ["SHELL", "1"]);
    let keeps = ShellHello {
        device: true,
        ..ShellHello::default()
    };
    assert_eq!(keeps.words(), ["SHELL", "1", "device", "1"]);
    assert_eq!(ShellHello::parse([&b"1"[..], b"DEVICE", b"1"]), Ok(keeps));
}

fn hello(line: &str) -> Result<ShellHello, MessageError> {
    ShellHello::parse(line.split(' ').filter(|word| !word.is_empty()).map(str::as_bytes))
}

#[test]
fn hello_of_other_versions() {
    assert_eq!(
        hello("2 hat red LANG es lang mx").map(|hello| (hello.version, hello.language)),
        Ok((2, Some("mx".into())))
    );
    let none = ShellHello::parse([b"1".as_slice(), b"name", b"", b"stream", b"0"]);
    assert_eq!(none, Ok(ShellHello::default()));
}

#[test]
fn hello_that_is_none() {
    let number = "a number in range";
    assert_eq!(hello(""), Err(MessageError::Missing { field: "version" }));
    assert_eq!(
        hello("one"),
        Err(MessageError::Wrong {
            field: "version",
            expected: number
        })
    );
    assert_eq!(
        hello("1 lang"),
        Err(MessageError::Missing {
            field: "value of the last key"
        })
    );
    assert_eq!(
        hello("1 width wide"),
        Err(MessageError::Wrong {
            field: "width",
            expected: number
        })
    );
    assert_eq!(
        hello("1 stream yes"),
        Err(MessageError::Wrong {
            field: "stream",
            expected: number
        })
    );
    let bytes = ShellHello::parse([b"1".as_slice(), b"name", b"\xff"]);
    assert_eq!(
        bytes,
        Err(MessageError::Wrong {
            field: "name",
            expected: "UTF-8"
        })
    );
}

#[test]
fn welcome() {
    let welcome = ShellWelcome {
        version: 1,
        server: "lab".into(),
        server_version: "0.1.0".into(),
        features: strings(["images"]),
        welcome: "Hi.".into(),
        token: "T".into(),
        name: "~ana".into(),
        user: "guest".into(),
        language: "en".into(),
        room: "lobby".into(),
        catalogue: "ab12".into(),
        device: None,
    };
    golden(
        &welcome,
        "%11|$7|version|:1|$6|server|$3|lab|$14|server_version|$5|0.1.0|$8|features|*1|$6|images|$7|welcome|$3|Hi.|\
         $5|token|$1|T|$4|name|$4|~ana|$4|user|$5|guest|$8|language|$2|en|$4|room|$5|lobby|$9|catalogue|$4|ab12|",
        ShellWelcome::encode,
        ShellWelcome::decode,
    );
    let device = ShellWelcome {
        version: 1,
        device: Some("D".into()),
        ..ShellWelcome::default()
    };
    golden(
        &device,
        "%12|$7|version|:1|$6|server|$0||$14|server_version|$0||$8|features|*0|$7|welcome|$0||\
         $5|token|$0||$4|name|$0||$4|user|$0||$8|language|$0||$4|room|$0||$9|catalogue|$0||$6|device|$1|D|",
        ShellWelcome::encode,
        ShellWelcome::decode,
    );
    let bare = ShellWelcome {
        version: 9,
        ..ShellWelcome::default()
    };
    assert_eq!(ShellWelcome::decode(&parsed("%2|$7|version|:9|$3|new|*0|")), Ok(bare));
}
