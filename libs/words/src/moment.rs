//! A point in time, as it is stored and as it is printed.

use std::fmt;
use std::ops::{Add, Sub};
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::Unfit;

/// When the year 0 began.
const YEAR_0: i64 = -62_167_219_200_000_000;

/// Microseconds since 1970-01-01 UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Moment(pub i64);

impl Moment {
    /// Whole seconds since 1970-01-01 UTC, as git and tokens count.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// The moment that many seconds after 1970-01-01 UTC.
    pub fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1_000_000))
    }
}

/// Prints `2026-11-23T06:10:00.000Z`: clients accept nothing but UTC, milliseconds and a literal `Z`. What has no year
/// of four digits is printed as the nearest moment that has: whoever writes a text cannot be refused here.
impl fmt::Display for Moment {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let latest = jiff::Timestamp::MAX;
        let nearest = self.0.clamp(YEAR_0, latest.as_microsecond());
        let time = jiff::Timestamp::from_microsecond(nearest).unwrap_or(latest);
        write!(out, "{time:.3}")
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Reads what it prints, and any other time of RFC 3339.
impl FromStr for Moment {
    type Err = Unfit;

    fn from_str(text: &str) -> Result<Self, Unfit> {
        let time: jiff::Timestamp =
            text.parse().map_err(|_| Unfit::new("time", text, "it is written as 2026-11-23T06:10:00Z"))?;
        Ok(Self(time.as_microsecond()))
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

impl Add<Duration> for Moment {
    type Output = Self;

    fn add(self, span: Duration) -> Self {
        Self(self.0.saturating_add(i64::try_from(span.as_micros()).unwrap_or(i64::MAX)))
    }
}

impl Sub<Duration> for Moment {
    type Output = Self;

    fn sub(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(i64::try_from(span.as_micros()).unwrap_or(i64::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_prints_as_clients_parse_it() {
        assert_eq!(Moment(1_795_414_200_123_456).to_string(), "2026-11-23T06:10:00.123Z");
        assert_eq!(Moment(0).to_string(), "1970-01-01T00:00:00.000Z");
    }

    #[test]
    fn what_has_no_year_of_four_digits_is_printed_as_the_nearest_that_has() {
        assert_eq!(Moment(i64::MAX).to_string(), "9999-12-30T22:00:00.999Z");
        assert_eq!(Moment::from_seconds(253_402_300_800).to_string(), "9999-12-30T22:00:00.999Z");
        assert_eq!(Moment(i64::MIN).to_string(), "0000-01-01T00:00:00.000Z");
        assert!(Moment(i64::MIN).to_string().parse::<Moment>().is_ok());
    }

    #[test]
    fn it_reads_what_it_prints() {
        let moment = Moment(1_795_414_200_123_000);
        assert_eq!(moment.to_string().parse(), Ok(moment));
        assert_eq!("2026-11-23T07:10:00+01:00".parse(), Ok(Moment::from_seconds(1_795_414_200)));
        for wrong in ["", "yesterday", "2026-11-23", "2026-11-23T06:10:00"] {
            assert!(wrong.parse::<Moment>().is_err(), "{wrong}");
        }
    }
}
