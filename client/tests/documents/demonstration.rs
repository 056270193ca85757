//! The teacher's demonstration, played: a real server, and the real client on three terminals.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use caracola_testing::TestServer;

use crate::book::CLASS;
use crate::home::{Home, Terminal};
use crate::play::{Step, steps};

/// Who speaks to the server's own program; all others are clients.
const OPERATOR: &str = "operator";
/// The port in the script, in place of which the server takes a free one.
const PORT: &str = ":22722";

/// A client at a terminal.
struct Client {
    terminal: Terminal,
    /// What appeared before the first prompt and was not looked for yet.
    welcome: String,
    /// The prompt, and the line that was typed last: these appear by themselves and prove nothing.
    own: [String; 2],
    _home: Home,
}

impl Client {
    fn start(name: &str, command: &str, server: &TestServer) -> Result<Self> {
        let home = Home::new()?;
        let address = format!("localhost:{}", server.address().port());
        let mut arguments = vec!["--fingerprint", server.fingerprint()];
        let mut words = command.split_whitespace();
        ensure!(words.next() == Some("caracola"), "{command}: it isn't the client");
        for word in words {
            arguments.push(if word == "localhost" { &address } else { word });
        }
        let mut terminal = home.terminal(&arguments)?;
        let prompt = "lobby> ";
        let welcome = terminal.expect(prompt)?;
        Ok(Self {
            terminal,
            welcome,
            own: [format!("~{name}@caracola {prompt}"), String::new()],
            _home: home,
        })
    }

    fn type_line(&mut self, line: &str) -> Result<()> {
        // What is there already isn't an answer to this line.
        self.welcome.clear();
        while self.terminal.try_read().is_some() {}
        if line == "^D" {
            return Ok(self.terminal.send_control('d')?);
        }
        line.clone_into(&mut self.own[1]);
        self.terminal.send_line(line)?;
        Ok(())
    }

    fn see(&mut self, text: &str) -> Result<()> {
        let by_itself = self.own.iter().any(|own| own.contains(text));
        ensure!(!by_itself, "{text:?} appears without the server");
        if let Some((_, rest)) = self.welcome.split_once(text) {
            self.welcome = rest.to_owned();
            return Ok(());
        }
        self.welcome.clear();
        while is_within_escape(&self.terminal.expect(text)?) {}
        Ok(())
    }
}

/// Whether the text breaks off in an escape sequence: a number that comes next is a column, not what a person reads.
fn is_within_escape(text: &str) -> bool {
    let last = text.rsplit_once("\x1b[");
    last.is_some_and(|(_, rest)| rest.chars().all(|letter| letter.is_ascii_digit() || letter == ';'))
}

/// What has been started and has not ended.
#[derive(Default)]
struct Stage {
    server: Option<TestServer>,
    /// What the operator's last command said and was not looked for yet, if there was one since the server's start.
    said: Option<String>,
    clients: BTreeMap<String, Client>,
}

impl Stage {
    fn server(&self) -> Result<&TestServer> {
        self.server.as_ref().context("no server is running")
    }

    fn client(&mut self, name: &str) -> Result<&mut Client> {
        self.clients.get_mut(name).context("no client is running")
    }

    fn take(&mut self, who: &str, step: Step<'_>) -> Result<()> {
        match (who, step) {
            (OPERATOR, Step::Start(command)) => self.operate(command),
            (OPERATOR, Step::See(text)) => self.operator_sees(text),
            (OPERATOR, Step::End) => self.server_ends(),
            (OPERATOR, Step::Type(_)) => bail!("the operator has no prompt here"),
            (name, Step::Start(command)) => {
                let client = Client::start(name, command, self.server()?)?;
                let before = self.clients.insert(name.to_owned(), client);
                ensure!(before.is_none(), "the one before is still running");
                Ok(())
            }
            (name, Step::Type(line)) => self.client(name)?.type_line(line),
            (name, Step::See(text)) => self.client(name)?.see(text),
            (name, Step::End) => {
                let client = self.clients.remove(name).context("no client is running")?;
                client.terminal.status().map(drop)
            }
        }
    }

    /// The first command starts the server, the others go to it.
    fn operate(&mut self, command: &str) -> Result<()> {
        let words: Vec<_> = command.split_whitespace().collect();
        let (program, arguments) = words.split_first().context("no command")?;
        ensure!(*program == "caracolad", "{program} isn't the server");
        if let Some(server) = &self.server {
            self.said = Some(server.operator(arguments)?.success()?);
            return Ok(());
        }
        let builder = arguments
            .iter()
            .fold(TestServer::builder(), |builder, argument| builder.argument(*argument));
        self.server = Some(builder.start()?);
        Ok(())
    }

    fn operator_sees(&mut self, text: &str) -> Result<()> {
        let server = self.server()?;
        let text = text.replace(PORT, &format!(":{}", server.address().port()));
        let Some(said) = &self.said else {
            return if server.stdout().contains(&text) {
                Ok(())
            } else {
                server.wait_for_log(&text)
            };
        };
        let (_, rest) = said
            .split_once(&text)
            .with_context(|| format!("it isn't in {said:?}"))?;
        self.said = Some(rest.to_owned());
        Ok(())
    }

    fn server_ends(&mut self) -> Result<()> {
        let status = self.server.as_mut().context("no server is running")?.wait()?;
        ensure!(status.success(), "the server ended with {status}");
        Ok(())
    }
}

/// Plays it to the end, where nothing may be left running.
fn perform(play: &str) -> Result<()> {
    let mut stage = Stage::default();
    for step in steps(play) {
        let (who, step, line) = step?;
        stage.take(who, step).with_context(|| format!("at: {line}"))?;
    }
    ensure!(stage.clients.is_empty(), "clients are left: {:?}", stage.clients.keys());
    Ok(())
}

#[test]
fn it_goes_as_the_page_says() -> Result<()> {
    perform(&CLASS.block("demonstration")?)
}

#[test]
fn it_has_seven_steps_and_three_clients() -> Result<()> {
    let play = CLASS.block("demonstration")?;
    let titles: Vec<_> = play.lines().filter(|line| line.starts_with("# ")).collect();
    let numbers: Vec<_> = titles.iter().filter_map(|title| title.get(2..4)).collect();
    assert_eq!(numbers, ["1.", "2.", "3.", "4.", "5.", "6.", "7."]);
    for name in ["ana", "ben", "eva"] {
        for (sign, what) in [
            ("$ caracola ", "comes"),
            (">", "types"),
            ("<", "sees"),
            ("$\n", "leaves"),
        ] {
            assert!(play.contains(&format!("\n{name}{sign}")), "{name} {what}");
        }
    }
    Ok(())
}

/// How a play that isn't true ends.
fn failure(play: &str) -> String {
    perform(play).map_or_else(|error| format!("{error:#}"), |()| "it went well".to_owned())
}

#[test]
fn a_line_that_is_not_true_fails() {
    let start = "operator$ caracolad\nana$ caracola localhost\n";
    for (line, why) in [
        (
            "operator$ caracolad sessions\noperator< ~nobody",
            "at: operator< ~nobody",
        ),
        ("operator$ caracolad nonsense", "at: operator$ caracolad nonsense"),
        ("ana> lss\nana< ls", "appears without the server"),
        ("ana< lobby", "appears without the server"),
        ("ana> quit\nana< Welcome", "at: ana< Welcome"),
        ("ben> ls", "no client is running"),
        ("ana$ caracola localhost", "still running"),
        ("", "clients are left"),
    ] {
        let failure = failure(&format!("{start}{line}\n"));
        assert!(failure.contains(why), "{line}: {failure}");
    }
}

#[test]
fn a_column_is_no_text() {
    assert!(is_within_escape("text \x1b[K\x1b[") && is_within_escape("\x1b[1;"));
    assert!(!is_within_escape("") && !is_within_escape("\x1b[K") && !is_within_escape("\x1b[1mbold "));
}
