//! A client as plain as can be: it sends what it is told, and gives back what comes.

use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::sync::{LazyLock, Mutex, PoisonError};

use anyhow::{Context as _, Result, bail};
use bytes::BytesMut;
use caracola_wire::{
    Encoder, ErrorReply, Protocol, Push, Reply, ShellHello, ShellWelcome, Value, ValueDecoder, ValueLimits,
};
use native_tls::{Certificate, TlsConnector, TlsStream};

use crate::TEST_TIMEOUT;

/// What a connection goes over: TLS, or the Unix socket of the operator's door.
trait Stream: Read + Write + Send {}
impl<S: Read + Write + Send> Stream for S {}

/// A connection to a test's server.
pub struct Connection {
    stream: Box<dyn Stream>,
    input: BytesMut,
    decoder: ValueDecoder,
    pushes: Vec<Push>,
}

/// A connector that trusts this one certificate. Making one takes longer than a handshake, since the TLS library reads the
/// system's roots even if it is told not to trust them; so each is made once.
pub fn tls_connector(certificate: &Path) -> Result<TlsConnector> {
    static MADE: LazyLock<Mutex<HashMap<Vec<u8>, TlsConnector>>> = LazyLock::new(Mutex::default);
    let pem = std::fs::read(certificate)?;
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(connector) = made.get(&pem) {
        return Ok(connector.clone());
    }
    let connector = TlsConnector::builder()
        .disable_built_in_roots(true)
        .add_root_certificate(Certificate::from_pem(&pem)?)
        .build()?;
    made.insert(pem, connector.clone());
    Ok(connector)
}

/// TLS over a TCP connection, once it is verified that `certificate` is the server's and valid for `localhost`.
pub fn handshake(tcp: TcpStream, certificate: &Path) -> Result<TlsStream<TcpStream>> {
    Ok(tls_connector(certificate)?.connect("localhost", tcp)?)
}

impl Connection {
    /// Connects and verifies that `certificate` is the server's, and valid for `localhost`.
    pub fn open(address: SocketAddr, certificate: &Path) -> Result<Self> {
        let tcp = TcpStream::connect(address)?;
        tcp.set_read_timeout(Some(TEST_TIMEOUT))?;
        tcp.set_write_timeout(Some(TEST_TIMEOUT))?;
        tcp.set_nodelay(true)?;
        Self::over(tcp, certificate)
    }

    /// The same over a TCP connection that is there already, with the time-outs that it has.
    pub fn over(tcp: TcpStream, certificate: &Path) -> Result<Self> {
        Ok(Self::new(handshake(tcp, certificate)?))
    }

    /// Comes in by the operator's door, whose socket is at `path`.
    pub fn by_door(path: &Path) -> Result<Self> {
        let stream = UnixStream::connect(path)?;
        stream.set_read_timeout(Some(TEST_TIMEOUT))?;
        stream.set_write_timeout(Some(TEST_TIMEOUT))?;
        Ok(Self::new(stream))
    }

    fn new(stream: impl Stream + 'static) -> Self {
        Self {
            stream: Box::new(stream),
            input: BytesMut::new(),
            decoder: ValueDecoder::new(ValueLimits::default()),
            pushes: Vec::new(),
        }
    }

    /// Introduces itself as a person's shell.
    pub fn be_shell(&mut self, name: &str, language: &str) -> Result<ShellWelcome> {
        self.request(&["HELLO", "3"])?;
        let hello = ShellHello {
            version: 1,
            language: Some(language.to_owned()),
            width: Some(80),
            stream: true,
            name: Some(name.to_owned()),
            token: None,
            quiet: false,
            device: false,
        };
        self.shell_hello(&hello)
    }

    fn shell_hello(&mut self, hello: &ShellHello) -> Result<ShellWelcome> {
        let words = hello.words();
        let words: Vec<_> = words.iter().map(String::as_str).collect();
        let value = self.request(&words)?;
        ShellWelcome::decode(&value).with_context(|| format!("no welcome: {value:?}"))
    }

    /// Logs in with a device secret, if there is one already, and asks for another, as `caracola` does: that one, or the
    /// error that the login was answered with.
    pub fn log_in_for_device(
        &mut self,
        name: &str,
        password: &str,
        device: Option<&str>,
    ) -> Result<Result<String, ErrorReply>> {
        let mut words = vec!["HELLO", "3"];
        words.extend(device.iter().flat_map(|device| ["DEVICE", device]));
        words.extend(["AUTH", name, password]);
        if let Value::Error(error) = self.request(&words)? {
            return Ok(Err(error));
        }
        let welcome = self.shell_hello(&ShellHello {
            device: true,
            ..ShellHello::default()
        })?;
        Ok(Ok(welcome.device.context("no device secret")?))
    }

    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: &[u8]) -> Result<()> {
        Ok(self.stream.write_all(bytes)?)
    }

    /// Sends a request as an array, and waits for its reply. Pushes that come before it are kept for
    /// [`Connection::push`].
    pub fn request(&mut self, words: &[&str]) -> Result<Value> {
        self.send(&framed(words))?;
        self.reply()
    }

    /// The next reply to what was sent. Pushes that come before it are kept for [`Connection::push`].
    pub fn reply(&mut self) -> Result<Value> {
        loop {
            match self.value()? {
                value @ Value::Push(_) => self.pushes.push(Push::decode(&value)?),
                value => return Ok(value),
            }
        }
    }

    /// Runs a command as a shell, which gets typed replies. An error is a failure.
    pub fn run_typed(&mut self, words: &[&str]) -> Result<Reply> {
        let words: Vec<_> = ["RUN"].iter().chain(words).copied().collect();
        match self.request(&words)? {
            Value::Error(error) => bail!("{words:?}: {error}"),
            value => Ok(Reply::decode(&value)?),
        }
    }

    /// Runs a command, and gives the text or the error's `CODE message` of its reply.
    pub fn run(&mut self, words: &[&str]) -> Result<String> {
        let words: Vec<_> = ["RUN"].iter().chain(words).copied().collect();
        let value = self.request(&words)?;
        Ok(match &value {
            Value::Error(error) => error.to_string(),
            Value::Map(_) => value
                .map_value("text")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
            other => other.as_str().unwrap_or_default().to_owned(),
        })
    }

    /// The next push, from those kept or from the server.
    pub fn push(&mut self) -> Result<Push> {
        if !self.pushes.is_empty() {
            return Ok(self.pushes.remove(0));
        }
        match self.value()? {
            value @ Value::Push(_) => Ok(Push::decode(&value)?),
            other => bail!("a reply that nobody asked for: {other:?}"),
        }
    }

    /// The next push that `wanted` says yes to; others are dropped.
    pub fn push_where(&mut self, wanted: impl Fn(&Push) -> bool) -> Result<Push> {
        loop {
            let push = self.push()?;
            if wanted(&push) {
                return Ok(push);
            }
        }
    }

    /// The pushes that came until now, which are not kept any more. Whatever the server had for this session when this is
    /// called is among them: it is asked twice whether it is there, and what it says on its own goes before the second
    /// answer.
    pub fn pushes_until_now(&mut self) -> Result<Vec<Push>> {
        for _ in 0..2 {
            self.request(&["PING"])?;
        }
        Ok(std::mem::take(&mut self.pushes))
    }

    /// The pushes that came with replies until now, which are not kept any more. Nothing is sent and nothing waited for.
    pub fn take_pushes(&mut self) -> Vec<Push> {
        std::mem::take(&mut self.pushes)
    }

    /// The next value, whatever it is.
    pub fn value(&mut self) -> Result<Value> {
        loop {
            if let Some(value) = self.decoder.decode(&mut self.input)? {
                return Ok(value);
            }
            if self.read()? == 0 {
                bail!("the server closed the connection");
            }
        }
    }

    /// Everything until the server closes the connection.
    pub fn rest(&mut self) -> Result<Vec<u8>> {
        while self.read()? > 0 {}
        Ok(self.input.split().to_vec())
    }

    fn read(&mut self) -> Result<usize> {
        let mut bytes = [0; 16 * 1024];
        match self.stream.read(&mut bytes) {
            Ok(count) => {
                self.input.extend_from_slice(&bytes[..count]);
                Ok(count)
            }
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => Ok(0),
            Err(error) => Err(error.into()),
        }
    }
}

/// The code of an error reply; empty for any other value.
pub fn error_code(value: &Value) -> &str {
    match value {
        Value::Error(error) => &error.code,
        _ => "",
    }
}

/// The bytes of a request, whose words may be anything.
pub fn framed<W: AsRef<[u8]>>(words: &[W]) -> Vec<u8> {
    let mut bytes = Vec::new();
    Encoder::new(&mut bytes, Protocol::Resp3).request(words.iter());
    bytes
}
