//! The plugin in a process of its own, which sees of the machine what the admin's file lets it.

use anyhow::{Result, bail};
use caracola_testing::{TestServer, plugin};
use caracola_wire::Reply;

const FUNCTIONS: &[&str] = &["uptime", "load", "memory", "disks", "processes"];

/// A server where it has another name than its own.
fn served(more: &str) -> Result<TestServer> {
    let library = plugin("caracola-system")?;
    let table = format!(
        "[access]\nguest = true\n[plugins.box]\npath = \"{}\"\n",
        library.display()
    );
    let server = TestServer::builder().config(format!("{table}roles = [\"guest\"]\n{more}\n"));
    server.start()
}

#[test]
fn it_tells_what_it_is_not_let_see() -> Result<()> {
    let server = served("")?;
    if !server.operator(&["plugins"])?.success()?.contains("Landlock") {
        // Then nothing keeps it from seeing all.
        return Ok(());
    }
    let mut shell = server.shell("ana")?;
    for function in FUNCTIONS {
        let told = shell.run(&[&format!("box.{function}")])?;
        assert!(
            told.starts_with("FAILED ") && told.contains("/proc"),
            "{function}: {told}"
        );
    }
    Ok(())
}

#[test]
fn it_tells_all_that_it_is_let_see() -> Result<()> {
    let server = served("read = [\"/proc\", \"/sys\"]")?;
    let mut shell = server.shell("ana")?;
    for function in FUNCTIONS {
        match shell.run_typed(&[&format!("box.{function}")])? {
            Reply::Table(table) => assert!(!table.rows.is_empty(), "{function}"),
            Reply::Text(text) => assert!(text.starts_with("Up for "), "{text}"),
            other => bail!("{function}: {other:?}"),
        }
    }
    Ok(())
}

#[test]
fn its_examples_have_the_name_that_it_is_given() -> Result<()> {
    let server = served("")?;
    let mut shell = server.shell("ana")?;
    for function in FUNCTIONS {
        let name = format!("box.{function}");
        let Reply::Card(card) = shell.run_typed(&["help", &name])? else {
            bail!("no card")
        };
        assert!(
            card.examples.iter().all(|example| example.run.starts_with(&name)),
            "{card:?}"
        );
    }
    assert!(!server.log().contains("this example"), "{}", server.log());
    Ok(())
}
