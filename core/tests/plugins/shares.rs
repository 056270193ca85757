//! The places of a plugin, shared between those who call it.

use anyhow::Result;

use crate::fixture::{Plugin, code};
use crate::overstays::{FOR_ALL, busy};

#[test]
fn who_has_their_share_of_the_line_is_told_so() -> Result<()> {
    let plugin = Plugin::new()?;
    let server = plugin.serve("process", &format!("{FOR_ALL}\nmax_running = 1\nqueue = 2"))?;
    let mut busy = busy(&server, "t.wait")?;
    let (sender, replies) = std::sync::mpsc::channel();
    for number in 0..3 {
        let mut shell = server.shell(&format!("shell{number}"))?;
        let sender = sender.clone();
        std::thread::spawn(move || sender.send(shell.request(&["RUN", "t.greet", "ana"])));
    }
    // One of the guests waits. The others of the same address may not.
    for _ in 0..2 {
        let reply = replies.recv_timeout(caracola_testing::TEST_TIMEOUT)??;
        assert_eq!(code(&reply), "BUSY");
        let said = format!("{reply:?}");
        assert!(said.contains("as one user may"), "{said}");
    }
    server.wait_for_log("no place for another call of a plugin: refused")?;
    busy.send(b"*1\r\n$6\r\nCANCEL\r\n")?;
    assert_eq!(code(&busy.reply()?), "CANCELLED");
    let reply = replies.recv_timeout(caracola_testing::TEST_TIMEOUT)??;
    assert_eq!(code(&reply), "", "{reply:?}");
    Ok(())
}
