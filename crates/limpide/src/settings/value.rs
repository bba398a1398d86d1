//! How the value of a setting is read and written, whatever its origin.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use limpide_clamav::Address;
use limpide_hub::{Deduplication, WhenMalicious};
use tracing_subscriber::EnvFilter;

/// A value that can be set from text.
pub(crate) trait Value {
    /// Takes the value from text, or says what it should look like.
    fn read(&mut self, text: &str) -> Result<(), String>;
    /// The text that [`Self::read`] takes it from.
    fn write(&self) -> String;
    /// What may be shown to people.
    fn show(&self) -> String {
        self.write()
    }
}

/// Nothing is written as an empty text.
impl<T: Value + Default> Value for Option<T> {
    fn read(&mut self, text: &str) -> Result<(), String> {
        *self = None;
        if !text.is_empty() {
            self.insert(T::default()).read(text)?;
        }
        Ok(())
    }

    fn write(&self) -> String {
        self.as_ref().map(T::write).unwrap_or_default()
    }

    fn show(&self) -> String {
        self.as_ref().map(T::show).unwrap_or_default()
    }
}

impl Value for String {
    fn read(&mut self, text: &str) -> Result<(), String> {
        if text.is_empty() || text.chars().any(|each| each.is_control() || each.is_whitespace()) {
            return Err("it is a word without spaces".into());
        }
        text.clone_into(self);
        Ok(())
    }

    fn write(&self) -> String {
        self.clone()
    }
}

impl Value for bool {
    fn read(&mut self, text: &str) -> Result<(), String> {
        *self = text.parse().map_err(|_| "it is `true` or `false`")?;
        Ok(())
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

impl Value for PathBuf {
    fn read(&mut self, text: &str) -> Result<(), String> {
        if text.is_empty() {
            return Err("it is a path".into());
        }
        *self = Self::from(text);
        Ok(())
    }

    fn write(&self) -> String {
        self.to_string_lossy().into_owned()
    }
}

impl Value for SocketAddr {
    fn read(&mut self, text: &str) -> Result<(), String> {
        *self = text.parse().map_err(
            |_| "it is an IP address and a port, such as `127.0.0.1:8080`, `0.0.0.0:80` or `[::]:8080`",
        )?;
        Ok(())
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

/// A number of things.
impl Value for usize {
    fn read(&mut self, text: &str) -> Result<(), String> {
        *self = text.parse().ok().filter(|count| *count > 0).ok_or("it is a whole number above 0")?;
        Ok(())
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

/// A number of things, or none.
impl Value for u32 {
    fn read(&mut self, text: &str) -> Result<(), String> {
        *self = text.parse().map_err(|_| "it is a whole number")?;
        Ok(())
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

const SIZES: [(&str, u64); 5] =
    [("TiB", 1 << 40), ("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];
const TIMES: [(&str, u64); 4] = [("d", 86_400), ("h", 3600), ("min", 60), ("s", 1)];

/// A number of bytes.
impl Value for u64 {
    fn read(&mut self, text: &str) -> Result<(), String> {
        let rule = "it is a whole number with a unit (B, KiB, MiB, GiB, TiB), such as `512 MiB`";
        *self = with_unit(text, &SIZES).ok_or(rule)?;
        Ok(())
    }

    fn write(&self) -> String {
        in_units(*self, &SIZES)
    }
}

impl Value for Duration {
    fn read(&mut self, text: &str) -> Result<(), String> {
        let rule = "it is a whole number with a unit (s, min, h, d), such as `15 min`";
        *self = Self::from_secs(with_unit(text, &TIMES).ok_or(rule)?);
        Ok(())
    }

    fn write(&self) -> String {
        in_units(self.as_secs(), &TIMES)
    }
}

/// `512 MiB`; a number alone counts the smallest unit. What could never fit in the database is refused.
fn with_unit(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.find(|each: char| !each.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(digits);
    let factor = match unit.trim() {
        "" => 1,
        unit => units.iter().find(|(name, _)| name.eq_ignore_ascii_case(unit))?.1,
    };
    let total = number.parse::<u64>().ok()?.checked_mul(factor)?;
    (1..1 << 62).contains(&total).then_some(total)
}

fn in_units(total: u64, units: &[(&str, u64)]) -> String {
    let fits = |(_, factor): &&(&str, u64)| total > 0 && total.is_multiple_of(*factor);
    match units.iter().find(fits) {
        Some((name, factor)) => format!("{} {name}", total / factor),
        None => total.to_string(),
    }
}

impl Value for Deduplication {
    fn read(&mut self, text: &str) -> Result<(), String> {
        *self = match text {
            "instance" => Self::Instance,
            "owner" => Self::Owner,
            _ => return Err("it is `instance` or `owner`".into()),
        };
        Ok(())
    }

    fn write(&self) -> String {
        match self {
            Self::Instance => "instance".into(),
            Self::Owner => "owner".into(),
        }
    }
}

impl Value for WhenMalicious {
    fn read(&mut self, text: &str) -> Result<(), String> {
        *self = text.parse().map_err(|_| "it is `show`, `warn` or `quarantine`")?;
        Ok(())
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

/// Where ClamAV listens.
impl Value for Address {
    fn read(&mut self, text: &str) -> Result<(), String> {
        *self = text.parse()?;
        Ok(())
    }

    fn write(&self) -> String {
        self.to_string()
    }
}

/// An address on the web, without a slash at its end.
#[derive(Debug, Clone, Default)]
pub(crate) struct WebAddress(String);

impl WebAddress {
    /// Whether it is without encryption.
    pub(crate) fn is_plain(&self) -> bool {
        self.0.starts_with("http://")
    }
}

impl fmt::Display for WebAddress {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl Value for WebAddress {
    fn read(&mut self, text: &str) -> Result<(), String> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        let plain = |each: char| each.is_ascii_graphic() && !"?#@\\\"<>".contains(each);
        if !rest.is_some_and(|rest| !rest.is_empty() && !rest.starts_with('/') && rest.chars().all(plain)) {
            return Err("it is an address such as `https://hub.example.org`".into());
        }
        self.0 = text.trim_end_matches('/').to_owned();
        Ok(())
    }

    fn write(&self) -> String {
        self.0.clone()
    }
}

/// The address of a database.
#[derive(Debug, Clone, Default)]
pub(crate) struct DatabaseUrl(String);

impl DatabaseUrl {
    /// The address as the database's driver reads it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl Value for DatabaseUrl {
    fn read(&mut self, text: &str) -> Result<(), String> {
        let known = ["sqlite:", "postgres://", "postgresql://"];
        let rest = known.iter().find_map(|start| text.strip_prefix(start));
        if rest.is_none_or(|rest| rest.trim_matches('/').is_empty() || rest.contains(":memory:")) {
            return Err("it is `sqlite:FILE` or `postgres://USER:PASSWORD@HOST/NAME`".into());
        }
        text.clone_into(&mut self.0);
        Ok(())
    }

    fn write(&self) -> String {
        self.0.clone()
    }

    /// The same address, with its password covered.
    fn show(&self) -> String {
        let covered = || {
            let (start, rest) = self.0.split_once("://")?;
            let (who, place) = rest.rsplit_once('@')?;
            let (user, _) = who.split_once(':')?;
            Some(format!("{start}://{user}:…@{place}"))
        };
        covered().unwrap_or_else(|| self.0.clone())
    }
}

/// Where the root of trust of a Sigstore service is.
#[derive(Debug, Clone, Default)]
pub(crate) enum TrustedRootAt {
    /// That of the public service is built in.
    #[default]
    Public,
    /// In this file.
    File(PathBuf),
}

impl Value for TrustedRootAt {
    fn read(&mut self, text: &str) -> Result<(), String> {
        *self = match text {
            "public" => Self::Public,
            path => Self::File(path.into()),
        };
        Ok(())
    }

    fn write(&self) -> String {
        match self {
            Self::Public => "public".into(),
            Self::File(path) => path.write(),
        }
    }
}

/// A text that is never shown.
#[derive(Clone, Default)]
pub(crate) struct Secret(pub(crate) String);

impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("…")
    }
}

impl Value for Secret {
    fn read(&mut self, text: &str) -> Result<(), String> {
        self.0.read(text)
    }

    fn write(&self) -> String {
        self.0.clone()
    }

    fn show(&self) -> String {
        "…".into()
    }
}

/// What is logged, in the words of `RUST_LOG`.
#[derive(Debug, Clone)]
pub(crate) struct LogLevel(pub(crate) String);

impl Default for LogLevel {
    fn default() -> Self {
        // The database's driver warns of each statement that takes a second; that is ours to know.
        Self("info".to_owned())
    }
}

impl Value for LogLevel {
    fn read(&mut self, text: &str) -> Result<(), String> {
        if text.is_empty() || EnvFilter::try_new(text).is_err() {
            return Err("it is error, warn, info, debug or trace, or parts such as `info,sqlx=warn`".into());
        }
        text.clone_into(&mut self.0);
        Ok(())
    }

    fn write(&self) -> String {
        self.0.clone()
    }
}

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// For programs.
    Json,
}

impl Value for LogFormat {
    fn read(&mut self, text: &str) -> Result<(), String> {
        *self = match text {
            "text" => Self::Text,
            "json" => Self::Json,
            _ => return Err("it is `text` or `json`".into()),
        };
        Ok(())
    }

    fn write(&self) -> String {
        match self {
            Self::Text => "text".into(),
            Self::Json => "json".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_times_are_read_and_written_with_their_units() {
        for (text, bytes, written) in
            [("512 MiB", 512 << 20, "512 MiB"), ("10mib", 10 << 20, "10 MiB"), ("1500", 1500, "1500 B")]
        {
            let mut size = 0_u64;
            size.read(text).unwrap();
            assert_eq!((size, size.write().as_str()), (bytes, written));
        }
        let mut time = Duration::ZERO;
        time.read("90 min").unwrap();
        assert_eq!((time.as_secs(), time.write().as_str()), (5400, "90 min"));
        for wrong in ["", "MiB", "-1", "0", "1.5 GiB", "1 parsec", "99999999999999999999", "9999999 TiB"] {
            assert!(size_of(wrong).is_err(), "{wrong}");
        }
    }

    fn size_of(text: &str) -> Result<(), String> {
        0_u64.read(text)
    }

    #[test]
    fn passwords_in_addresses_are_covered() {
        let mut url = DatabaseUrl::default();
        url.read("postgres://ada:p@ss:w@db.example.org:5432/limpide?sslmode=require").unwrap();
        assert_eq!(url.show(), "postgres://ada:…@db.example.org:5432/limpide?sslmode=require");
        url.read("sqlite:/srv/limpide.db").unwrap();
        assert_eq!(url.show(), "sqlite:/srv/limpide.db");
    }

    #[test]
    fn addresses_on_the_web_lose_their_last_slash_and_nothing_else() {
        let mut address = WebAddress::default();
        address.read("https://hub.example.org/").unwrap();
        assert_eq!(address.to_string(), "https://hub.example.org");
        for wrong in ["hub.example.org", "https://", "http:///x", "https://a b", "https://ada@hub", "ftp://x"]
        {
            assert!(address.read(wrong).is_err(), "{wrong}");
        }
    }
}
