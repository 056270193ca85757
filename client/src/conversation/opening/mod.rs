//! The first words between a shell and a server, sent in one write.

mod entering;

use std::time::{Duration, SystemTime};

use caracola_speech::Speech;
use caracola_wire::{CatalogueExport, CatalogueReply, ErrorReply, Push, ShellHello, ShellWelcome, Value};
use tokio::time::timeout;

use crate::address::Address;
use crate::catalogue::Index;
use crate::connection::devices::{Device, Devices};
use crate::connection::{ConnectError, Endpoint, Route};
use crate::exit_status::ExitStatus;
use crate::layout::sanitize;
use crate::login::{Login, PasswordError};
use crate::session::{Incoming, Lost, Session, Ticket};

/// What a client asks for when it comes in.
#[derive(Debug, Clone, Default)]
pub(crate) struct SessionOptions {
    pub(crate) language: Option<String>,
    pub(crate) name: Option<String>,
    /// The secret of an earlier session, to get its name again.
    pub(crate) token: Option<String>,
    pub(crate) columns: Option<u16>,
    /// Nobody sits here: come in without being announced.
    pub(crate) quiet: bool,
    /// Which commands must be known before the first line.
    pub(crate) catalogue: CatalogueScope,
    /// As whom; as a guest, or whoever the door says, without it.
    pub(crate) login: Option<Login>,
}

/// Which part of the catalogue is asked for.
#[derive(Debug, Clone, Default)]
pub(crate) enum CatalogueScope {
    #[default]
    Nothing,
    All,
    /// The command whose name these words begin with: thousands of others need not travel for one line.
    Of(Vec<String>),
}

/// Why no conversation began.
#[derive(Debug)]
pub(crate) enum OpenError {
    Connect(ConnectError),
    /// The server's own words.
    Refused(ErrorReply),
    Lost(Lost),
    OtherVersion(u32),
    Password(PasswordError),
    TimedOut,
}

/// A session that has been let in.
pub(crate) struct Opened {
    pub(crate) session: Session,
    pub(crate) welcome: ShellWelcome,
    /// If it was asked for.
    pub(crate) catalogue: Option<Catalogue>,
    /// What was said meanwhile.
    pub(crate) pushes: Vec<Push>,
}

/// A catalogue that was asked for.
pub(crate) struct Catalogue {
    pub(crate) index: Index,
    /// By which the server says whether there is another now; none of a part, which isn't kept up to date.
    pub(crate) hash: Option<String>,
}

impl OpenError {
    pub(crate) fn status(&self) -> ExitStatus {
        match self {
            Self::Refused(error) => ExitStatus::from(error),
            Self::Password(PasswordError::NobodyToAsk) => ExitStatus::Denied,
            Self::Password(PasswordError::GivenUp) => ExitStatus::Cancelled,
            Self::Password(_) => ExitStatus::OwnUsage,
            _ => ExitStatus::Connection,
        }
    }

    /// The whole story for a person.
    pub(crate) fn explain(&self, endpoint: &Endpoint, speech: Speech) -> String {
        let name = endpoint.name();
        match self {
            Self::Connect(error) => error.explain(&name, speech),
            Self::Refused(error) if entering::is_wrong_password(error) => speech.wrong_password(),
            Self::Password(error) => error.explain(speech),
            Self::Refused(error) => speech.refused_by_server(sanitize::line(&error.message)),
            Self::Lost(lost) => speech.connection_lost(name, lost.explain(speech)),
            Self::OtherVersion(theirs) => speech.other_version(theirs),
            Self::TimedOut => speech.cannot_reach_server(name, speech.no_answer_in_time()),
        }
    }
}

/// Connects and introduces itself. The time-out of the route holds for each exchange; the time in which a person types a
/// password doesn't count.
///
/// The password goes out only once the server's key has been believed, and nothing else goes out before the server has
/// taken it: who mistypes isn't announced as a guest, and no line of theirs is run as one.
pub(crate) async fn open(route: &Route, options: &SessionOptions, speech: Speech) -> Result<Opened, OpenError> {
    let Some(login) = &options.login else {
        let session = connect(route, speech).await?;
        return introduce(session, options, false, route.timeout).await;
    };
    let now = SystemTime::now();
    let keeper = DeviceKeeper::of(route, &login.user);
    let device = keeper.as_ref().and_then(|keeper| keeper.find(now));
    let stale = device.as_ref().is_none_or(|device| device.stale);
    let session = entering::log_in(login, device, route, speech).await?;
    let opened = introduce(session, options, keeper.is_some() && stale, route.timeout).await?;
    if let (Some(keeper), Some(secret)) = (keeper, &opened.welcome.device) {
        keeper.keep(secret, now);
    }
    Ok(opened)
}

/// Where the device secret of one login is kept.
struct DeviceKeeper<'r> {
    devices: &'r Devices,
    address: &'r Address,
    user: &'r str,
}

impl<'r> DeviceKeeper<'r> {
    fn of(route: &'r Route, user: &'r str) -> Option<Self> {
        match &route.endpoint {
            Endpoint::Network(network) => Some(Self {
                devices: network.devices.as_ref()?,
                address: &network.address,
                user,
            }),
            Endpoint::Door(_) => None,
        }
    }

    fn find(&self, now: SystemTime) -> Option<Device> {
        self.devices.find(self.address, self.user, now)
    }

    fn keep(&self, secret: &str, now: SystemTime) {
        // Without it the next login may have to wait behind others' guesses, and works all the same.
        let _ = self.devices.keep(self.address, self.user, secret, now);
    }
}

async fn connect(route: &Route, speech: Speech) -> Result<Session, OpenError> {
    let transport = route.open(speech).await.map_err(OpenError::Connect)?;
    Ok(Session::new(transport))
}

async fn introduce(
    session: Session,
    options: &SessionOptions,
    wants_device: bool,
    limit: Duration,
) -> Result<Opened, OpenError> {
    match timeout(limit, exchange(session, options, wants_device)).await {
        Ok(result) => result,
        Err(_) => Err(OpenError::TimedOut),
    }
}

async fn exchange(mut session: Session, options: &SessionOptions, wants_device: bool) -> Result<Opened, OpenError> {
    // Who logged in has said it.
    let hello = options.login.is_none().then(|| session.queue(["HELLO", "3"]));
    let shell = session.queue(shell_words(options, wants_device));
    let catalogue = queue_catalogue(&mut session, &options.catalogue);
    let mut pushes = Vec::new();
    if let Some(hello) = hello {
        refuse_error(&reply(&mut session, hello, &mut pushes).await?)?;
    }
    let welcome = reply(&mut session, shell, &mut pushes).await?;
    refuse_error(&welcome)?;
    let welcome = ShellWelcome::decode(&welcome).map_err(|error| OpenError::Lost(error.into()))?;
    if welcome.version != ShellHello::VERSION {
        return Err(OpenError::OtherVersion(welcome.version));
    }
    let catalogue = match catalogue {
        Some(ticket) => {
            let value = reply(&mut session, ticket, &mut pushes).await?;
            refuse_error(&value)?;
            self::catalogue(&value).map(|catalogue| Catalogue {
                hash: catalogue
                    .hash
                    .filter(|_| matches!(options.catalogue, CatalogueScope::All)),
                ..catalogue
            })
        }
        None => None,
    };
    Ok(Opened {
        session,
        welcome,
        catalogue,
        pushes,
    })
}

fn queue_catalogue(session: &mut Session, scope: &CatalogueScope) -> Option<Ticket> {
    match scope {
        CatalogueScope::Nothing => None,
        CatalogueScope::All => Some(session.queue(["CATALOGUE"])),
        CatalogueScope::Of(words) => {
            let words: Vec<&str> = ["CATALOGUE", "OF"]
                .into_iter()
                .chain(words.iter().map(String::as_str))
                .collect();
            Some(session.queue(words))
        }
    }
}

/// The catalogue in the reply to `CATALOGUE`; none if the server says that ours is still the one, or if it can't be read.
pub(super) fn catalogue(value: &Value) -> Option<Catalogue> {
    let reply = CatalogueReply::decode(value).ok()?;
    let export = CatalogueExport::decode_payload(&reply.payload?).ok()?;
    Some(Catalogue {
        index: Index::new(export),
        hash: Some(reply.hash),
    })
}

fn shell_words(options: &SessionOptions, wants_device: bool) -> Vec<String> {
    let hello = ShellHello {
        language: options.language.clone(),
        // A server that lets no guests in takes ten words from strangers; a width would be one too many then. The client folds by
        // itself anyway.
        width: options.columns.filter(|_| options.token.is_none() && !options.quiet),
        stream: true,
        quiet: options.quiet,
        name: options.name.clone(),
        token: options.token.clone(),
        // Only of who logged in, so a stranger's words don't become more.
        device: wants_device,
        ..ShellHello::default()
    };
    hello.words()
}

async fn reply(session: &mut Session, wanted: Ticket, pushes: &mut Vec<Push>) -> Result<Value, OpenError> {
    loop {
        match session.next().await.map_err(OpenError::Lost)? {
            Incoming::Push(push) => pushes.push(push),
            Incoming::Reply { ticket, value } if ticket == wanted => return Ok(value),
            // Replies come in order, so this one was asked for by nobody here.
            Incoming::Reply { .. } => {}
        }
    }
}

fn refuse_error(value: &Value) -> Result<(), OpenError> {
    match value {
        Value::Error(error) => Err(OpenError::Refused(error.clone())),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use caracola_wire::{Encoder, Protocol, RequestLimits};
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex};

    use super::*;

    fn pair() -> (Session, DuplexStream) {
        let (client, server) = duplex(64 * 1024);
        (Session::new(Box::new(client)), server)
    }

    fn welcome(version: u32) -> Vec<u8> {
        let mut bytes = b"%0\r\n".to_vec();
        let welcome = ShellWelcome {
            version,
            name: "~ana".to_owned(),
            ..ShellWelcome::default()
        };
        welcome.encode(&mut Encoder::new(&mut bytes, Protocol::Resp3));
        bytes
    }

    async fn opened(server_says: &[u8], options: &SessionOptions) -> (Result<Opened, OpenError>, Vec<u8>) {
        let (session, mut server) = pair();
        server.write_all(server_says).await.expect("written");
        let result = introduce(session, options, false, Duration::from_secs(5)).await;
        let mut sent = vec![0; 4096];
        let length = server.read(&mut sent).await.expect("read");
        sent.truncate(length);
        (result, sent)
    }

    #[tokio::test(flavor = "current_thread")]
    async fn everything_goes_out_in_one_write() {
        let options = SessionOptions {
            language: Some("es".to_owned()),
            catalogue: CatalogueScope::Of(vec!["ls".to_owned()]),
            ..SessionOptions::default()
        };
        let mut said = welcome(1);
        said.extend_from_slice(b"*2\r\n$1\r\nx\r\n_\r\n");
        let (result, sent) = opened(&said, &options).await;
        let Ok(opened) = result else {
            panic!("not let in");
        };
        assert_eq!(opened.welcome.name, "~ana");
        assert!(opened.catalogue.is_none());
        let sent = String::from_utf8_lossy(&sent);
        let words: Vec<&str> = sent
            .split("\r\n")
            .filter(|part| !part.starts_with(['*', '$']) && !part.is_empty())
            .collect();
        assert_eq!(
            words,
            [
                "HELLO",
                "3",
                "SHELL",
                "1",
                "lang",
                "es",
                "stream",
                "1",
                "CATALOGUE",
                "OF",
                "ls"
            ]
        );
    }

    #[test]
    fn a_stranger_is_not_too_wordy() {
        let options = SessionOptions {
            language: Some("es".to_owned()),
            name: Some("ana".to_owned()),
            columns: Some(80),
            ..SessionOptions::default()
        };
        assert!(shell_words(&options, false).contains(&"width".to_owned()));
        let again = SessionOptions {
            token: Some("secret".to_owned()),
            ..options.clone()
        };
        let script = SessionOptions {
            quiet: true,
            ..options.clone()
        };
        for options in [options, again, script] {
            assert!(shell_words(&options, false).len() <= RequestLimits::STRANGER.words);
        }
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_refusal_is_the_servers_own_words() {
        let (result, _) = opened(
            b"-NOAUTH nobody comes in without login\r\n-NOAUTH x\r\n",
            &SessionOptions::default(),
        )
        .await;
        assert!(matches!(result, Err(OpenError::Refused(error)) if error.code == "NOAUTH"));
    }

    #[tokio::test(flavor = "current_thread")]
    async fn another_version_is_named() {
        let (result, _) = opened(&welcome(2), &SessionOptions::default()).await;
        assert!(matches!(result, Err(OpenError::OtherVersion(2))));
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_silent_server_is_not_waited_for_for_ever() {
        let (session, _server) = pair();
        let result = introduce(session, &SessionOptions::default(), false, Duration::from_millis(20)).await;
        assert!(matches!(result, Err(OpenError::TimedOut)));
    }
}
