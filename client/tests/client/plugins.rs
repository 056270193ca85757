//! What plugins say, on a person's terminal.

use anyhow::Result;
use caracola_testing::TestServer;

use crate::home::{Home, text};

#[test]
fn what_would_take_the_terminal_over_is_made_harmless() -> Result<()> {
    let library = caracola_testing::plugin("caracola-hostile")?;
    let config = format!(
        "[access]\nguest = true\n[plugins.h]\npath = \"{}\"\nroles = [\"guest\"]\n",
        library.display()
    );
    let server = TestServer::builder().config(config).start()?;
    let home = Home::new()?;
    let address = server.address().to_string();
    let output = home.piped(
        &[&address, "--fingerprint", server.fingerprint(), "-c", "h.terminal"],
        b"",
    )?;
    let said = text(&output.stdout);
    assert!(output.status.success() && said.contains("red"), "{output:?}");
    // No title, nothing cleared, no text turned around.
    for sequence in ["\u{1b}]", "\u{7}", "\u{1b}[2J", "\u{202e}"] {
        assert!(!said.contains(sequence), "{sequence:?} in {said:?}");
    }
    let mut terminal = home.terminal(&[&address, "--fingerprint", server.fingerprint()])?;
    terminal.expect("lobby> ")?;
    terminal.send_line("h.terminal")?;
    let shown = terminal.expect("red")?;
    for sequence in ["\u{1b}]0;", "\u{7}"] {
        assert!(!shown.contains(sequence), "{sequence:?} in {shown:?}");
    }
    Ok(())
}
