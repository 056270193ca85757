//! The student's five minutes: each line of the tables is typed.

use anyhow::Result;
use caracola_testing::TestServer;

use crate::book::README;
use crate::home::{Home, text};

fn each_line_works(heading: &str, home: &Home) -> Result<()> {
    let server = TestServer::builder().start()?;
    let lines = README.lines_to_type(heading)?;
    assert!(lines.len() > 5, "{lines:?}");
    for line in lines {
        let output = home.run(&server, line)?;
        let expected = if line == "lss" { 127 } else { 0 };
        assert_eq!(output.status.code(), Some(expected), "{line}: {}", text(&output.stderr));
    }
    Ok(())
}

#[test]
fn what_students_type_works() -> Result<()> {
    each_line_works("Five minutes for a student", &Home::new()?)
}

#[test]
fn lo_que_escriben_los_estudiantes_funciona() -> Result<()> {
    each_line_works("Cinco minutos para estudiantes", &Home::spanish()?)
}

/// The commands by which people meet, in both languages.
#[test]
fn what_people_say_to_each_other_works() -> Result<()> {
    let server = TestServer::builder().start()?;
    for [rename, who, say, tell, quit] in [
        ["name", "who", "say hello", "tell ana lunch?", "quit"],
        ["nombre", "quien", "decir hola", "avisar ana ¿almorzamos?", "salir"],
    ] {
        let (mut first, mut second) = (server.shell("one")?, server.shell("two")?);
        for (person, name) in [(&mut first, "ana"), (&mut second, "ben")] {
            let line = format!("`{rename} {name}`");
            assert!(README.text.contains(&line), "{line}");
            assert_eq!(person.run(&[rename, name])?, format!("You are ~{name}."));
        }
        for line in [who, say, tell, quit] {
            assert!(README.text.replace('\n', " ").contains(&format!("`{line}`")), "{line}");
            let words: Vec<_> = line.split(' ').collect();
            let answer = second.request(&[&["RUN"], &words[..]].concat())?;
            assert!(caracola_testing::error_code(&answer).is_empty(), "{line}: {answer:?}");
        }
        first.run(&["quit"])?;
    }
    Ok(())
}
