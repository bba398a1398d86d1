//! A stretch of a file's bytes, as an address asks for it (`?bytes=0-144`) and as a page shows it.

use std::fmt::Write;

/// Bytes of a file, from the first to the one after the last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Asked {
    pub(crate) begin: u64,
    pub(crate) end: u64,
}

/// Sixteen bytes.
pub(crate) struct HexRow {
    pub(crate) at: String,
    pub(crate) hex: String,
    pub(crate) text: String,
}

impl Asked {
    /// What an address asks for, within the file; none when it asks for no bytes of it.
    pub(crate) fn of(word: Option<&str>, size: u64) -> Option<Self> {
        let (begin, end) = word?.split_once('-')?;
        let (begin, end) = (begin.parse().ok()?, end.parse::<u64>().ok()?.min(size));
        (begin < end).then_some(Self { begin, end })
    }

    pub(crate) fn length(self) -> u64 {
        self.end - self.begin
    }
}

impl HexRow {
    /// The most bytes that a page shows.
    pub(crate) const MOST: u64 = 2048;
}

/// Bytes as people look at them: sixteen a row, with what is text beside them.
pub(crate) fn hex_rows(begin: u64, bytes: &[u8]) -> Vec<HexRow> {
    let row = |(index, row): (usize, &[u8])| {
        let mut hex = String::new();
        for byte in row {
            let _ = write!(hex, "{byte:02x} ");
        }
        let letter =
            |byte: &u8| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '·' };
        HexRow {
            at: format!("{:08x}", begin + 16 * index as u64),
            hex,
            text: row.iter().map(letter).collect(),
        }
    };
    bytes.chunks(16).enumerate().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_bytes_of_the_file_are_asked_for() {
        assert_eq!(Asked::of(Some("0-144"), 1000), Some(Asked { begin: 0, end: 144 }));
        assert_eq!(Asked::of(Some("10-99999999999"), 20), Some(Asked { begin: 10, end: 20 }));
        for word in ["", "-", "5", "5-5", "9-5", "a-b", "20-30", "-1-5", "0-18446744073709551616"] {
            assert_eq!(Asked::of(Some(word), 20), None, "{word}");
        }
    }

    #[test]
    fn bytes_are_shown_as_numbers_and_as_text() {
        let rows = hex_rows(16, b"\x00{\"a\":1}\xff more than sixteen");
        assert_eq!(
            (rows.len(), rows[0].at.as_str(), rows[0].text.as_str()),
            (2, "00000010", "·{\"a\":1}· more t")
        );
        assert!(rows[0].hex.starts_with("00 7b 22 61 "));
    }
}
