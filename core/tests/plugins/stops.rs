//! How plugins end with their server.

use std::time::{Duration, Instant};

use anyhow::Result;
use caracola_wire::Push;

use crate::fixture::{ISOLATIONS, Plugin, code};

const FOR_ALL: &str = "roles = [\"guest\"]";

#[test]
fn a_server_that_stops_lets_them_put_everything_in_order() -> Result<()> {
    let plugin = Plugin::new()?;
    for isolation in ISOLATIONS {
        let mut server = plugin.serve(isolation, FOR_ALL)?;
        let mut shell = server.shell("ana")?;
        // A call that runs is told, and returns first.
        shell.send(b"*2\r\n$3\r\nRUN\r\n$6\r\nt.wait\r\n")?;
        shell.push_where(|push| matches!(push, Push::Out { .. }))?;
        server.signal("TERM")?;
        assert!(server.wait()?.success());
        let log = server.log();
        assert_eq!(
            log.matches("version 1 puts everything in order").count(),
            1,
            "{isolation}: {log}"
        );
    }
    Ok(())
}

#[test]
fn one_that_never_returns_does_not_keep_the_server() -> Result<()> {
    let plugin = Plugin::new()?;
    for isolation in ISOLATIONS {
        let mut server = plugin.serve(isolation, FOR_ALL)?;
        let mut shell = server.shell("ana")?;
        assert_eq!(code(&shell.request(&["RUN", "t.hang"])?), "TIMEOUT");
        let began = Instant::now();
        server.signal("TERM")?;
        assert!(server.wait()?.success());
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "{isolation}: {:?}",
            began.elapsed()
        );
    }
    Ok(())
}
