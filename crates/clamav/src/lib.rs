//! Asks ClamAV's daemon what it knows of a file: the only place that speaks to it. A file is sent piece by piece, never
//! held whole, and nobody is waited for longer than was said beforehand.
//!
//! The protocol is that of `clamd(8)`, with commands that end with a zero byte: `zVERSION` and `zINSTREAM`.

mod address;

use std::io::{self, Read, Write};
use std::time::Duration;

use limpide_formats::reading::ReadAt;
use limpide_safety::{Antivirus, Said};
use socket2::Socket;

pub use address::Address;

/// Bytes of a file that are sent at once.
const PIECE: usize = 256 << 10;

/// The longest answer that is read; more follows only from something that is no daemon of ClamAV.
const LONGEST_ANSWER: u64 = 4096;

/// What the daemon calls files that hold more than it looks at, where it is told to name them at all.
const BEYOND_LIMITS: &str = "Heuristics.Limits.Exceeded";

/// A daemon of ClamAV.
#[derive(Debug, Clone)]
pub struct Clamav {
    address: Address,
    patience: Patience,
}

/// How long the daemon is waited for.
#[derive(Debug, Clone)]
pub struct Patience {
    /// Until it takes a connection, or the next piece of a file, or says what it is.
    pub take: Duration,
    /// Until it says what it thinks of what it was sent. By itself it ends after two minutes (`MaxScanTime`).
    pub answer: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { take: Duration::from_secs(10), answer: Duration::from_secs(180) }
    }
}

impl Clamav {
    /// The daemon at an address. It is not asked anything yet.
    pub fn new(address: Address) -> Self {
        Self { address, patience: Patience::default() }
    }

    /// The same, waited for as long as this.
    #[must_use]
    pub fn patient(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// What it is, its version, and that of what it knows: `ClamAV 1.4.6/27800/Fri Nov 27 08:00:00 2026`. Waits.
    ///
    /// # Errors
    /// Why it could not be reached, with its address.
    pub fn version(&self) -> Result<String, String> {
        let asked = || {
            let mut connection = self.connect(self.patience.take)?;
            connection.write_all(b"zVERSION\0")?;
            answer(&mut connection)
        };
        match asked() {
            Ok(version) if version.starts_with("ClamAV ") => Ok(version),
            Ok(other) => Err(format!("what listens at {} is not ClamAV: it says `{other}`", self.address)),
            Err(error) => Err(format!("ClamAV cannot be reached at {}: {error}", self.address)),
        }
    }

    /// Sends a file and gives what is said of it. Waits.
    pub fn look(&self, bytes: &dyn ReadAt) -> Antivirus {
        let engine = match self.version() {
            Ok(engine) => engine,
            Err(why) => return Antivirus::away(why),
        };
        let said = match self.stream(bytes) {
            Ok(answer) => understood(&answer),
            Err(Broken::File(error)) => Said::Failed { why: format!("the file cannot be read: {error}") },
            // Not away: a file at which the daemon ends shall not be sent to it again and again.
            Err(Broken::Daemon(error)) => Said::Failed { why: format!("ClamAV gave no answer: {error}") },
        };
        Antivirus { engine: Some(engine), said }
    }

    fn stream(&self, bytes: &dyn ReadAt) -> Result<String, Broken> {
        let mut connection = self.connect(self.patience.answer).map_err(Broken::Daemon)?;
        connection.write_all(b"zINSTREAM\0").map_err(Broken::Daemon)?;
        // A daemon that has seen enough answers and closes its end, so an answer counts more than a failure to send.
        let sent = send(bytes, &mut connection);
        if let Err(Broken::File(error)) = sent {
            return Err(Broken::File(error));
        }
        match (answer(&mut connection), sent) {
            (Ok(answer), Ok(())) => Ok(answer),
            (Ok(answer), Err(_)) if !answer.is_empty() => Ok(answer),
            (_, Err(broken)) => Err(broken),
            (Err(error), Ok(())) => Err(Broken::Daemon(error)),
        }
    }

    /// A connection over which an answer comes within this time, or never.
    fn connect(&self, answer: Duration) -> io::Result<Socket> {
        let connection = self.address.connect(self.patience.take)?;
        connection.set_write_timeout(Some(self.patience.take))?;
        connection.set_read_timeout(Some(answer))?;
        Ok(connection)
    }
}

/// Where sending a file ended before its end.
#[derive(Debug)]
enum Broken {
    /// The file could not be read.
    File(io::Error),
    /// The daemon took no more of it, or did not answer.
    Daemon(io::Error),
}

/// Sends a file in pieces, each after its length; one without bytes is the end.
fn send(bytes: &dyn ReadAt, connection: &mut Socket) -> Result<(), Broken> {
    let (mut piece, mut at) = (vec![0; PIECE], 0_u64);
    loop {
        let length = bytes.read_at(at, &mut piece).map_err(Broken::File)?;
        connection.write_all(&(length as u32).to_be_bytes()).map_err(Broken::Daemon)?;
        connection.write_all(&piece[..length]).map_err(Broken::Daemon)?;
        if length == 0 {
            return Ok(());
        }
        at += length as u64;
    }
}

/// What it says, up to the zero byte or until it closes the connection. One that was closed before it took everything
/// is reset after its answer, which counts all the same.
fn answer(connection: &mut Socket) -> io::Result<String> {
    let mut said = Vec::new();
    let read = connection.take(LONGEST_ANSWER).read_to_end(&mut said);
    if said.is_empty() {
        read?;
    }
    let end = said.iter().position(|byte| *byte == 0).unwrap_or(said.len());
    let text = String::from_utf8_lossy(&said[..end]);
    Ok(text.trim().chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect())
}

/// What an answer to `zINSTREAM` means.
fn understood(answer: &str) -> Said {
    let of_file = answer.strip_prefix("stream: ");
    if of_file == Some("OK") {
        return Said::Clean;
    }
    if let Some(name) = of_file.and_then(|rest| rest.strip_suffix(" FOUND")) {
        return match name.starts_with(BEYOND_LIMITS) {
            true => Said::TooLarge,
            false => Said::Found { name: name.to_owned() },
        };
    }
    if answer == "INSTREAM size limit exceeded. ERROR" {
        return Said::TooLarge;
    }
    Said::Failed { why: format!("ClamAV answered `{answer}`") }
}
