//! Rooms: who hears what, how often and in which order.

use std::collections::HashMap;
use std::thread;

use anyhow::{Context as _, Result, bail};
use caracola_testing::{Connection, TestServer, error_code};
use caracola_wire::{Push, Reply, Value};

use crate::builder;

fn notice<'p>(push: &'p Push, wanted: &str) -> Option<&'p str> {
    match push {
        Push::Notice { kind, text } if kind == wanted => Some(text),
        _ => None,
    }
}

fn next_notice(listener: &mut Connection, kind: &str) -> Result<String> {
    let push = listener.push_where(|push| notice(push, kind).is_some())?;
    Ok(notice(&push, kind).unwrap_or_default().to_owned())
}

/// One line that was heard: who said it, and what.
type Line = (String, String);

/// The line of a push to a shell or to a library; `None` for all other pushes.
fn line(push: &Push) -> Option<Line> {
    match push {
        Push::Message { name, text, .. } => Some((name.clone(), text.clone())),
        Push::Other(items) if items.first().and_then(Value::as_str) == Some("message") => {
            let (name, text) = items.get(2)?.as_str()?.split_once(": ")?;
            Some((name.to_owned(), text.to_owned()))
        }
        _ => None,
    }
}

fn lines(pushes: &[Push]) -> Vec<Line> {
    pushes.iter().filter_map(line).collect()
}

/// A library that listens and speaks on one connection, as RESP3 allows.
fn library(server: &TestServer, name: &str) -> Result<Connection> {
    let mut library = server.connect()?;
    library.request(&["HELLO", "3", "SETNAME", name])?;
    library.send(b"SUBSCRIBE lobby\r\n")?;
    library.push_where(|push| matches!(push, Push::Other(_)))?;
    Ok(library)
}

const PEOPLE: usize = 100;
const EACH: usize = 10;

/// Says ten lines and listens until everybody's ten have come.
fn talk(person: &mut Connection, number: usize) -> Result<Vec<Line>> {
    for count in 0..EACH {
        let words = format!("{number} says {count}");
        let reply = if number.is_multiple_of(2) {
            person.request(&["RUN", "say", &words])?
        } else {
            person.request(&["PUBLISH", "lobby", &words])?
        };
        if let Value::Error(error) = reply {
            bail!("{words}: {error}");
        }
    }
    let mut heard = Vec::with_capacity(PEOPLE * EACH);
    while heard.len() < PEOPLE * EACH {
        heard.extend(line(&person.push()?));
    }
    Ok(heard)
}

fn check(listener: usize, heard: &[Line]) {
    let mut by_name: HashMap<&str, Vec<&str>> = HashMap::new();
    for (name, text) in heard {
        by_name.entry(name).or_default().push(text);
    }
    assert_eq!(by_name.len(), PEOPLE, "{listener} did not hear everybody");
    for (name, texts) in by_name {
        let number = name.trim_start_matches("~person-");
        let wanted: Vec<_> = (0..EACH).map(|count| format!("{number} says {count}")).collect();
        assert_eq!(texts, wanted, "{listener} heard {name} wrongly");
    }
}

#[test]
fn a_hundred_people_hear_every_line_once_and_in_order() -> Result<()> {
    let server = builder()
        .more_config("[limits]\nmessages_per_second = 1000\n")
        .start()?;
    let come_in = |number| {
        let name = format!("person-{number}");
        if number % 2 == 0 {
            server.shell(&name)
        } else {
            library(&server, &name)
        }
    };
    let people: Result<Vec<_>> = (0..PEOPLE).map(come_in).collect();
    let mut people = people?;
    thread::scope(|scope| -> Result<()> {
        let talks = people.iter_mut().enumerate();
        let talks: Vec<_> = talks
            .map(|(number, person)| scope.spawn(move || talk(person, number)))
            .collect();
        for (number, talk) in talks.into_iter().enumerate() {
            let Ok(heard) = talk.join() else {
                bail!("{number} panicked");
            };
            check(number, &heard.with_context(|| format!("person {number}"))?);
        }
        Ok(())
    })?;
    for (number, person) in people.iter_mut().enumerate() {
        let more = lines(&person.pushes_until_now()?);
        assert!(more.is_empty(), "{number} heard more than was said: {more:?}");
    }
    Ok(())
}

#[test]
fn who_comes_late_reads_the_last_twenty_lines() -> Result<()> {
    let server = builder().start()?;
    let mut ana = server.shell("ana")?;
    for count in 0..25 {
        ana.request(&["RUN", "say", &format!("line {count}")])?;
    }
    let mut late = server.shell("late")?;
    ana.request(&["RUN", "say", "welcome"])?;
    let heard = lines(&late.pushes_until_now()?);
    let wanted = (5..25).map(|count| format!("line {count}"));
    let wanted: Vec<_> = wanted.chain(["welcome".to_owned()]).collect();
    assert_eq!(heard.into_iter().map(|(_, text)| text).collect::<Vec<_>>(), wanted);

    // Each room remembers its own.
    ana.request(&["RUN", "join", "garden"])?;
    ana.request(&["RUN", "say", "among roses"])?;
    late.request(&["RUN", "join", "Garden"])?;
    let heard = lines(&late.pushes_until_now()?);
    assert_eq!(heard, [("~ana".to_owned(), "among roses".to_owned())]);
    Ok(())
}

#[test]
fn a_message_says_where_from_whom_and_when() -> Result<()> {
    let server = builder().start()?;
    let (mut ana, mut ben) = (server.shell("ana")?, server.shell("ben")?);
    ana.request(&["RUN", "say", "ñandú ☕"])?;
    let Push::Message {
        room,
        name,
        user,
        text,
        ms,
    } = ben.push_where(|push| line(push).is_some())?
    else {
        bail!("no message");
    };
    let said = (room.as_str(), name.as_str(), user.as_str(), text.as_str());
    assert_eq!(said, ("lobby", "~ana", "guest", "ñandú ☕"));
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH)?;
    assert!(now.as_millis().abs_diff(ms.into()) < 60_000, "{ms}");
    Ok(())
}

#[test]
fn those_in_the_room_are_told_who_comes_and_goes() -> Result<()> {
    let server = builder().start()?;
    let mut ana = server.shell("ana")?;
    let mut eva = server.connect()?;
    eva.be_shell("eva", "es")?;
    assert_eq!(next_notice(&mut ana, "join")?, "~eva joined lobby");
    let mut ben = server.shell("ben")?;
    assert_eq!(next_notice(&mut ana, "join")?, "~ben joined lobby");
    assert_eq!(next_notice(&mut eva, "join")?, "~ben entró en lobby");
    ben.request(&["RUN", "quit"])?;
    assert_eq!(next_notice(&mut ana, "leave")?, "~ben left");
    assert_eq!(next_notice(&mut eva, "leave")?, "~ben se fue");
    drop(eva);
    assert_eq!(next_notice(&mut ana, "leave")?, "~eva left");
    // Pooled connections announce nobody.
    drop(library(&server, "pool")?);
    server.connect()?.request(&["PING"])?;
    let told = ana.pushes_until_now()?;
    assert_eq!(told, [], "{told:?}");
    Ok(())
}

#[test]
fn rooms_keep_what_is_said_apart() -> Result<()> {
    let server = builder().start()?;
    let (mut ana, mut ben, mut eva) = (server.shell("ana")?, server.shell("ben")?, server.shell("eva")?);
    eva.request(&["RUN", "join", "garden"])?;
    let joined = ben.run(&["join", "garden"])?;
    assert!(joined.contains("garden") && joined.contains('2'), "{joined}");
    let room = ben.push_where(|push| matches!(push, Push::Room { .. }))?;
    assert_eq!(room, Push::Room { room: "garden".into() });
    assert_eq!(next_notice(&mut eva, "join")?, "~ben joined garden");

    ben.request(&["RUN", "say", "only here"])?;
    let heard = eva.push_where(|push| line(push).is_some())?;
    assert!(matches!(&heard, Push::Message { room, text, .. } if room == "garden" && text == "only here"));
    assert_eq!(lines(&ana.pushes_until_now()?), []);
    // Ben still listens to the lobby, where Ana speaks.
    ana.request(&["RUN", "say", "anybody?"])?;
    let heard = ben.push_where(|push| matches!(push, Push::Message { room, .. } if room == "lobby"))?;
    assert!(line(&heard).is_some_and(|(_, text)| text == "anybody?"));

    let Reply::Table(rooms) = ben.run_typed(&["rooms"])? else {
        bail!("no table");
    };
    assert_eq!(
        rooms.rows,
        [["garden", "2", "you speak here"], ["lobby", "3", "you listen"]]
    );

    let left = ben.run(&["leave"])?;
    assert!(left.contains("garden") && left.contains("lobby"), "{left}");
    assert_eq!(next_notice(&mut eva, "leave")?, "~ben left garden");
    eva.request(&["RUN", "say", "alone"])?;
    assert_eq!(lines(&ben.pushes_until_now()?), []);
    Ok(())
}

#[test]
fn outside_all_rooms_there_is_nobody_to_speak_to() -> Result<()> {
    let server = builder().start()?;
    let mut ana = server.shell("ana")?;
    ana.request(&["RUN", "leave"])?;
    let reply = ana.request(&["RUN", "say", "hello?"])?;
    assert_eq!(error_code(&reply), "FAILED", "{reply:?}");
    let reply = ana.request(&["RUN", "leave", "garden"])?;
    assert_eq!(error_code(&reply), "FAILED");
    let reply = ana.request(&["RUN", "join", "two words"])?;
    assert_eq!(error_code(&reply), "FAILED");
    // The lobby is always there, and the other rooms go with the last who leaves.
    ana.request(&["RUN", "join", "garden"])?;
    ana.request(&["RUN", "leave", "garden"])?;
    let Reply::Table(rooms) = ana.run_typed(&["rooms"])? else {
        bail!("no table");
    };
    assert_eq!(rooms.rows, [["lobby", "0", ""]]);
    Ok(())
}

#[test]
fn one_session_is_in_a_bounded_number_of_rooms() -> Result<()> {
    let server = builder().start()?;
    let mut ana = server.shell("ana")?;
    for count in 0..31 {
        let reply = ana.request(&["RUN", "join", &format!("room-{count}")])?;
        assert_eq!(error_code(&reply), "", "{count}");
    }
    let reply = ana.request(&["RUN", "join", "one-more"])?;
    assert_eq!(error_code(&reply), "LIMIT", "{reply:?}");
    ana.request(&["RUN", "leave", "room-0"])?;
    let reply = ana.request(&["RUN", "join", "one-more"])?;
    assert_eq!(error_code(&reply), "");
    Ok(())
}

#[test]
fn who_shows_people_and_no_pools() -> Result<()> {
    let server = builder().start()?;
    let mut ana = server.shell("ana")?;
    let mut pooled = server.connect()?;
    pooled.request(&["CLIENT", "SETNAME", "pool"])?;
    let mut bot = library(&server, "bot")?;
    bot.request(&["PUBLISH", "lobby", "beep"])?;
    let Reply::Table(who) = ana.run_typed(&["quien"])? else {
        bail!("no table");
    };
    let names: Vec<_> = who.rows.iter().map(|row| (row[0].as_str(), row[1].as_str())).collect();
    assert_eq!(names, [("~ana (you)", "lobby"), ("~bot", "lobby")]);
    assert_eq!(who.note.as_deref(), Some("People online: 2"));
    Ok(())
}

#[test]
fn more_than_one_can_mean_is_refused_and_nobody_hears_it() -> Result<()> {
    let server = builder().more_config("[limits]\nmessages_per_second = 1\n").start()?;
    let (mut ana, mut ben) = (server.shell("ana")?, server.shell("ben")?);
    let mut said = 0;
    loop {
        let reply = ana.request(&["RUN", "say", "hey"])?;
        match error_code(&reply) {
            "" => said += 1,
            "LIMIT" => break,
            other => bail!("{other}"),
        }
        assert!(said < 100, "a flood is let through");
    }
    assert!(said >= 5, "a burst of five seconds' worth passes, {said} did");
    let reply = ana.request(&["RUN", "tell", "ben", "hey"])?;
    assert_eq!(error_code(&reply), "LIMIT", "in private too");
    let reply = ana.request(&["PUBLISH", "lobby", "hey"])?;
    assert_eq!(error_code(&reply), "LIMIT");
    assert_eq!(lines(&ben.pushes_until_now()?).len(), said);
    // Reading cards is not a message.
    assert!(matches!(ana.run_typed(&["ls"])?, Reply::Card(_)));
    Ok(())
}

#[test]
fn what_is_told_is_heard_by_one() -> Result<()> {
    let server = builder().start()?;
    let (mut ana, mut ben, mut eva) = (server.shell("ana")?, server.shell("ben")?, server.shell("eva")?);
    for to in ["ana", "~ana", "@ANA"] {
        assert_eq!(ben.run(&["tell", to, "lunch?"])?, "Told ~ana.");
        let told = ana.push_where(|push| matches!(push, Push::Tell { .. }))?;
        assert!(
            matches!(&told, Push::Tell { name, text, .. } if name == "~ben" && text == "lunch?"),
            "{told:?}"
        );
    }
    let overheard = eva.pushes_until_now()?;
    assert!(
        !overheard.iter().any(|push| format!("{push:?}").contains("lunch")),
        "{overheard:?}"
    );
    assert!(!server.log().contains("lunch"), "private words are not logged");

    let reply = ben.request(&["RUN", "tell", "zoe", "hey"])?;
    assert_eq!(error_code(&reply), "FAILED");
    let mut bot = library(&server, "bot")?;
    bot.request(&["PUBLISH", "lobby", "beep"])?;
    let reply = ben.request(&["RUN", "tell", "bot", "hey"])?;
    assert_eq!(error_code(&reply), "FAILED", "a program takes no messages");
    Ok(())
}

#[test]
fn what_is_told_to_the_server_reaches_its_log() -> Result<()> {
    let server = builder().start()?;
    let (mut ana, mut ben) = (server.shell("ana")?, server.shell("ben")?);
    assert_eq!(ana.run(&["tell", "server", "the projector is off"])?, "Told server.");
    server.wait_for_log("the projector is off")?;
    ben.request(&[
        "RUN",
        "avisar",
        "SERVIDOR",
        "forged\n2026-01-01 00:00:00 line \u{1b}[2J",
    ])?;
    server.wait_for_log("00:00:00 line")?;
    let log = server.log();
    // Each line is a message of its own, with who said it.
    for said in ["forged", "2026-01-01 00:00:00 line"] {
        let line = log.lines().find(|line| line.contains(said)).unwrap_or_default();
        assert!(
            line.contains("message for the operator") && line.contains("~ben"),
            "{line:?}"
        );
    }
    assert!(!log.contains('\u{1b}'), "{log}");
    Ok(())
}
