//! The plugin as a server drives it, through the C ABI.

use caracola_sdk::testing::{Failure, Harness};
use caracola_system::System;

fn started() -> Result<Harness, Failure> {
    Harness::start::<System>("{}")
}

#[test]
fn uptime_is_told_in_both_languages() -> Result<(), Failure> {
    let plugin = started()?;
    let english = plugin.call("uptime").answer();
    assert!(english.text().starts_with("Up for "), "{english:?}");
    let spanish = plugin.call("uptime").language("es-MX").answer();
    assert!(spanish.text().starts_with("Encendida desde hace "), "{spanish:?}");
    Ok(())
}

#[test]
fn tables_tell_of_this_machine() -> Result<(), Failure> {
    let plugin = started()?;
    for function in ["load", "memory", "disks"] {
        let answer = plugin.call(function).answer();
        assert_ne!(*answer.table(), caracola_sdk::Table::default(), "{function}");
    }
    Ok(())
}

#[test]
fn this_very_process_is_among_all() -> Result<(), Failure> {
    let plugin = started()?;
    let answer = plugin
        .call("processes")
        .argument("by", "memory")
        .argument("count", "1000")
        .answer();
    let table = format!("{:?}", answer.table());
    assert!(table.contains(&format!("\"{}\"", std::process::id())), "{table}");
    Ok(())
}

#[test]
fn no_more_processes_are_shown_than_asked_for() -> Result<(), Failure> {
    let plugin = started()?;
    let answer = plugin.call("processes").argument("count", "1").answer();
    assert!(format!("{:?}", answer.table()).contains("\"1 of "), "{answer:?}");
    Ok(())
}

#[test]
fn settings_that_it_does_not_have_are_refused() {
    let failure = Harness::start::<System>(r#"{"colour": "red"}"#);
    assert!(failure.is_err_and(|failure| failure.to_string().contains("colour")));
}
