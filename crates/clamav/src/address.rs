//! Where the daemon listens: `unix:/run/clamav/clamd.ctl` or `tcp:127.0.0.1:3310`.

use std::fmt;
use std::io;
use std::net::ToSocketAddrs;
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use socket2::{SockAddr, Socket, Type};

/// Where the daemon listens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Address {
    /// At a socket in the file system.
    Unix(PathBuf),
    /// At a port of a host, `127.0.0.1:3310` or `clamav:3310`.
    Tcp(String),
}

/// Debian's.
impl Default for Address {
    fn default() -> Self {
        Self::Unix("/run/clamav/clamd.ctl".into())
    }
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = "it is `unix:/PATH` of a socket, or `tcp:HOST:PORT`, such as `tcp:127.0.0.1:3310`";
        if let Some(path) = text.strip_prefix("unix:").filter(|path| path.starts_with('/')) {
            return Ok(Self::Unix(path.into()));
        }
        let named = text.strip_prefix("tcp:").and_then(|place| place.rsplit_once(':'));
        match named {
            Some((host, port)) if !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port > 0) => {
                Ok(Self::Tcp(format!("{host}:{port}")))
            }
            _ => Err(wrong.to_owned()),
        }
    }
}

impl TryFrom<String> for Address {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Address> for String {
    fn from(address: Address) -> Self {
        address.to_string()
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(out, "unix:{}", path.display()),
            Self::Tcp(place) => write!(out, "tcp:{place}"),
        }
    }
}

impl Address {
    /// A connection, if there is one within this time.
    pub(crate) fn connect(&self, within: Duration) -> io::Result<Socket> {
        let place = match self {
            Self::Unix(path) => return connected(&SockAddr::unix(path)?, within),
            Self::Tcp(place) => place,
        };
        let mut outcome = Err(io::Error::new(io::ErrorKind::NotFound, "the host has no address"));
        for address in place.to_socket_addrs()? {
            outcome = connected(&address.into(), within);
            if outcome.is_ok() {
                break;
            }
        }
        outcome
    }
}

/// The standard library waits without end for a socket of the file system whose daemon takes no connections.
fn connected(address: &SockAddr, within: Duration) -> io::Result<Socket> {
    let socket = Socket::new(address.domain(), Type::STREAM, None)?;
    socket.connect_timeout(address, within)?;
    Ok(socket)
}
