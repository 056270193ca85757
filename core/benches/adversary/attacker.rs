//! The process of the attackers.

use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use caracola_testing::{Connection, Finished, Process, TestServer, plain_command};
use caracola_wire::Value;
use clap::{Args, Subcommand};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use socket2::{Domain, Socket, Type};

use crate::attacks::{self, Attack};
use crate::lab::{self, Lab};

/// What this binary is told to be.
#[derive(Debug, Subcommand)]
pub(crate) enum Role {
    /// The attackers
    #[command(hide = true)]
    Attacker(Orders),
}

/// What attackers are told.
#[derive(Debug, Clone, Args)]
pub(crate) struct Orders {
    #[arg(long)]
    attack: String,
    #[arg(long)]
    address: SocketAddr,
    /// The folder with the server's `commands.toml` and `state`.
    #[arg(long)]
    pub(crate) folder: PathBuf,
    /// The server's process.
    #[arg(long)]
    pub(crate) process: u32,
    /// The server's binary.
    #[arg(long)]
    pub(crate) server: PathBuf,
    /// How long they attack.
    #[arg(long)]
    milliseconds: u64,
    /// Whether this is the short form.
    #[arg(long)]
    pub(crate) short: bool,
}

/// What attackers did.
#[derive(Debug, Default)]
pub(crate) struct Deeds {
    /// In a few words, with numbers.
    pub(crate) did: String,
    /// What they should not have been able to do, each in a sentence.
    pub(crate) broke: Vec<String>,
}

impl From<String> for Deeds {
    fn from(did: String) -> Self {
        let broke = Vec::new();
        Self { did, broke }
    }
}

/// How long attackers may go on after their time: a thread waits for the server for [`TEST_TIMEOUT`] at most.
const GRACE: Duration = Duration::from_secs(15);
/// How long an attacker waits for the server to take or to say something.
const TEST_TIMEOUT: Duration = Duration::from_secs(10);
/// Sessions from one address: fewer than the server takes from one.
const PER_ADDRESS: usize = 200;
/// What an attacker whom the server turned away waits before the next try.
const PAUSE: Duration = Duration::from_millis(5);
const DID: &str = "did: ";
const BROKE: &str = "broke: ";

impl Orders {
    pub(crate) fn new(attack: &Attack, lab: &Lab, server: &TestServer, time: Duration) -> Self {
        Self {
            attack: attack.name.to_owned(),
            address: server.address(),
            folder: server.folder().to_owned(),
            process: server.process(),
            server: lab.server.clone(),
            milliseconds: u64::try_from(time.as_millis()).unwrap_or(u64::MAX),
            short: lab.short,
        }
    }

    /// Starts attackers, and waits until they have left.
    pub(crate) fn carry_out(&self) -> Result<Deeds> {
        // Whatever it is that they spend on their attack, the processor is the honest sessions' first.
        let mut command = Command::new("chrt");
        command.args(["--idle", "0"]).arg(std::env::current_exe()?);
        command.arg("attacker").args(["--attack", &self.attack]);
        command.args(["--address", &self.address.to_string()]);
        command.arg("--folder").arg(&self.folder);
        command.args(["--process", &self.process.to_string()]);
        command.arg("--server").arg(&self.server);
        command.args(["--milliseconds", &self.milliseconds.to_string()]);
        if self.short {
            command.arg("--short");
        }
        let process = Process::start(command.stdin(Stdio::null()))?;
        let end = Instant::now() + Duration::from_millis(self.milliseconds) + GRACE;
        let mut process = process;
        while process.ended()?.is_none() {
            if Instant::now() > end {
                // They are killed with the value.
                bail!("they did not leave in time");
            }
            thread::sleep(PAUSE);
        }
        let finished = process.finished()?;
        if !finished.status.success() {
            bail!("{}: {}", finished.status, finished.stderr.trim());
        }
        let mut deeds = Deeds::default();
        for line in finished.stdout.lines() {
            if let Some(did) = line.strip_prefix(DID) {
                did.clone_into(&mut deeds.did);
            }
            if let Some(broke) = line.strip_prefix(BROKE) {
                deeds.broke.push(broke.to_owned());
            }
        }
        Ok(deeds)
    }
}

/// Attacks, in a process that was started for it.
pub(crate) fn act(orders: &Orders) -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    setrlimit(
        Resource::Nofile,
        Rlimit {
            current: limit.maximum,
            maximum: limit.maximum,
        },
    )?;
    let attack = attacks::all().find(|attack| attack.name == orders.attack);
    let attack = attack.context("no such attack")?;
    let target = Target {
        end: Instant::now() + Duration::from_millis(orders.milliseconds),
        orders: orders.clone(),
        same_address: attack.same_address,
    };
    let deeds = (attack.run)(&target)?;
    println!("{DID}{}", deeds.did);
    for broke in deeds.broke {
        println!("{BROKE}{broke}");
    }
    Ok(())
}

/// The server, as attackers see it.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) orders: Orders,
    end: Instant,
    same_address: bool,
}

impl Target {
    /// Whether the time for the attack is over.
    pub(crate) fn over(&self) -> bool {
        Instant::now() >= self.end
    }

    /// How long the attack takes.
    pub(crate) fn time(&self) -> Duration {
        Duration::from_millis(self.orders.milliseconds)
    }

    /// What is left of it.
    pub(crate) fn left(&self) -> Duration {
        self.end.saturating_duration_since(Instant::now())
    }

    /// Holds what was opened until the time is over.
    pub(crate) fn hold<T>(&self, held: T) {
        thread::sleep(self.left());
        drop(held);
    }

    /// One of two numbers, for the long form and for the short one.
    pub(crate) fn size(&self, long: usize, short: usize) -> usize {
        if self.orders.short { short } else { long }
    }

    /// The address that attacker `number` comes from.
    fn source(&self, number: usize) -> IpAddr {
        let last = if self.same_address {
            return Ipv4Addr::LOCALHOST.into();
        } else {
            number / PER_ADDRESS
        };
        // 127.0.1.1 and on; 127.0.0.1 is the honest people's.
        Ipv4Addr::from(0x7f00_0101 + u32::try_from(last).unwrap_or(0)).into()
    }

    /// A bare TCP connection of attacker `number`.
    pub(crate) fn tcp(&self, number: usize) -> Result<TcpStream> {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None)?;
        socket.bind(&SocketAddr::new(self.source(number), 0).into())?;
        socket.connect_timeout(&self.orders.address.into(), TEST_TIMEOUT)?;
        let tcp = TcpStream::from(socket);
        tcp.set_read_timeout(Some(TEST_TIMEOUT))?;
        tcp.set_write_timeout(Some(TEST_TIMEOUT))?;
        tcp.set_nodelay(true)?;
        Ok(tcp)
    }

    /// A TLS connection of attacker `number`, which has said nothing yet.
    pub(crate) fn connect(&self, number: usize) -> Result<Connection> {
        self.over_tls(self.tcp(number)?)
    }

    /// The same over a TCP connection that is there already.
    pub(crate) fn over_tls(&self, tcp: TcpStream) -> Result<Connection> {
        Connection::over(tcp, &self.orders.folder.join("state/tls/cert.pem"))
    }

    /// A guest's shell, in the lobby.
    pub(crate) fn shell(&self, number: usize) -> Result<Connection> {
        let mut session = self.connect(number)?;
        session.be_shell(&format!("guest-{number}"), "en")?;
        Ok(session)
    }

    /// A session of the account that attackers have.
    pub(crate) fn account(&self, number: usize) -> Result<Connection> {
        let mut session = self.connect(number)?;
        accepted(session.request(&["HELLO", "3", "AUTH", lab::MALLORY, lab::PASSWORD])?)?;
        Ok(session)
    }

    /// The operator's door.
    pub(crate) fn door(&self) -> Result<Connection> {
        Connection::by_door(&self.orders.folder.join("state/door.sock"))
    }

    /// Runs a subcommand of the server's binary on the server.
    pub(crate) fn operator(&self, words: &[&str]) -> Result<Finished> {
        let mut command = plain_command(&self.orders.server);
        command
            .args(words)
            .arg("--state-dir")
            .arg(self.orders.folder.join("state"));
        Process::finish(&mut command)
    }

    /// The server's `commands.toml`.
    pub(crate) fn file(&self) -> PathBuf {
        self.orders.folder.join("commands.toml")
    }

    /// Lets `attackers` threads do a thing again and again until the time is over. Each is told its number and how often
    /// it has done it, and gives how much it did. What the server turns away is counted, and tried again.
    pub(crate) fn again(&self, attackers: usize, act: impl Fn(usize, u64) -> Result<u64> + Sync) -> (u64, u64) {
        let (did, refused) = (AtomicU64::new(0), AtomicU64::new(0));
        thread::scope(|scope| {
            for number in 0..attackers {
                let (act, did, refused) = (&act, &did, &refused);
                scope.spawn(move || {
                    let mut turn = 0;
                    while !self.over() {
                        if let Ok(count) = act(number, turn) {
                            did.fetch_add(count, Ordering::Relaxed);
                        } else {
                            refused.fetch_add(1, Ordering::Relaxed);
                            thread::sleep(PAUSE);
                        }
                        turn += 1;
                    }
                });
            }
        });
        (did.into_inner(), refused.into_inner())
    }
}

/// The reply, unless it is an error.
pub(crate) fn accepted(reply: Value) -> Result<Value> {
    match reply {
        Value::Error(error) => bail!("{error}"),
        reply => Ok(reply),
    }
}
