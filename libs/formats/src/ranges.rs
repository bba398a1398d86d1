//! What `Range: bytes=…` asks for.

use std::ops::Range;

/// One range, as it was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// From the first byte given to the last, which is included; to the end when none is given.
    From(u64, Option<u64>),
    /// The last bytes.
    Last(u64),
}

/// More ranges than this are no download.
const MOST: usize = 256;

/// The ranges that a header asks for; none when it asks for the whole, or in a way that may be ignored.
pub fn parse(text: &str) -> Option<Vec<Asked>> {
    let (unit, ranges) = text.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let ranges: Vec<&str> =
        ranges.split(',').map(str::trim).filter(|range| !range.is_empty()).take(MOST + 1).collect();
    if ranges.is_empty() || ranges.len() > MOST {
        return None;
    }
    ranges.into_iter().map(parse_one).collect()
}

fn parse_one(text: &str) -> Option<Asked> {
    let (first, last) = text.split_once('-')?;
    let number =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok())?;
    match (first, last) {
        ("", last) => number(last).map(Asked::Last),
        (first, "") => Some(Asked::From(number(first)?, None)),
        (first, last) => {
            let (first, last) = (number(first)?, number(last)?);
            (first <= last).then_some(Asked::From(first, Some(last)))
        }
    }
}

impl Asked {
    /// The bytes that are meant of something of this length; none when it has no such bytes.
    pub fn within(self, size: u64) -> Option<Range<u64>> {
        let range = match self {
            Self::From(first, last) => first..last.map_or(size, |last| size.min(last.saturating_add(1))),
            Self::Last(count) => size.saturating_sub(count)..size,
        };
        (!range.is_empty()).then_some(range)
    }

    /// The bytes that are meant of something of unknown length.
    pub fn exact(self) -> Option<Range<u64>> {
        match self {
            Self::From(first, Some(last)) => Some(first..last.checked_add(1)?),
            Self::From(..) | Self::Last(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_http_writes_them() {
        assert_eq!(parse("bytes=0-0"), Some(vec![Asked::From(0, Some(0))]));
        assert_eq!(parse("Bytes = 5-, -3"), Some(vec![Asked::From(5, None), Asked::Last(3)]));
        for ignored in [
            "",
            "bytes",
            "bytes=",
            "bytes=a-b",
            "bytes=5-3",
            "bytes=+5-6",
            "lines=0-1",
            "bytes=1-99999999999999999999",
        ] {
            assert_eq!(parse(ignored), None, "{ignored}");
        }
        assert_eq!(parse(&format!("bytes={}", "0-1,".repeat(300))), None);
    }

    #[test]
    fn a_range_is_cut_down_to_what_there_is() {
        assert_eq!(Asked::From(2, Some(100)).within(10), Some(2..10));
        assert_eq!(Asked::From(2, Some(u64::MAX)).within(10), Some(2..10));
        assert_eq!(Asked::Last(3).within(10), Some(7..10));
        assert_eq!(Asked::Last(30).within(10), Some(0..10));
        for nothing in [Asked::From(10, None), Asked::Last(0), Asked::From(10, Some(20))] {
            assert_eq!(nothing.within(10), None);
        }
        assert_eq!(Asked::From(0, Some(0)).within(0), None);
    }
}
