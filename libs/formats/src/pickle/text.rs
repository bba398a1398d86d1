//! Texts, as their opcodes write them.

use super::Coding;

/// The text; what cannot be one is replaced.
pub fn decode(bytes: &[u8], coding: Coding) -> String {
    match coding {
        Coding::Plain => String::from_utf8_lossy(bytes).into_owned(),
        Coding::Escaped => String::from_utf8_lossy(&unescaped(bytes)).into_owned(),
        Coding::RawUnicode => raw_unicode(bytes),
    }
}

/// Whether Python takes the bytes as text: UTF-8, where lone surrogates are allowed.
#[inline]
pub(super) fn is_unicode(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok() || has_only_surrogates(bytes)
}

#[cold]
fn has_only_surrogates(mut bytes: &[u8]) -> bool {
    while let Err(error) = std::str::from_utf8(bytes) {
        let Some([0xed, 0xa0..=0xbf, 0x80..=0xbf, rest @ ..]) = bytes.get(error.valid_up_to()..) else {
            return false;
        };
        bytes = rest;
    }
    true
}

/// The escapes of bytes: those of C, octal and hexadecimal ones; others stay as they are.
fn unescaped(bytes: &[u8]) -> Vec<u8> {
    let mut found = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte != b'\\' {
            found.push(byte);
            continue;
        }
        let Some((&kind, after)) = rest.split_first() else { break };
        rest = after;
        match kind {
            b'\n' => {}
            b'\\' | b'\'' | b'"' => found.push(kind),
            b'a' => found.push(7),
            b'b' => found.push(8),
            b'f' => found.push(12),
            b'n' => found.push(b'\n'),
            b'r' => found.push(b'\r'),
            b't' => found.push(b'\t'),
            b'v' => found.push(11),
            b'0'..=b'7' => {
                let (value, used) = digits(after, 8, 2, u32::from(kind - b'0'));
                found.push(value as u8);
                rest = &after[used..];
            }
            b'x' if digits(after, 16, 2, 0).1 == 2 => {
                found.push(digits(after, 16, 2, 0).0 as u8);
                rest = &after[2..];
            }
            _ => found.extend([b'\\', kind]),
        }
    }
    found
}

/// Latin-1 with `\uXXXX` and `\UXXXXXXXX`; a backslash before anything else takes that with it.
fn raw_unicode(bytes: &[u8]) -> String {
    let mut found = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        let Some((&kind, after)) = rest.split_first().filter(|_| byte == b'\\') else {
            found.push(char::from(byte));
            continue;
        };
        rest = after;
        let width = match kind {
            b'u' => 4,
            b'U' => 8,
            _ => 0,
        };
        match digits(after, 16, width, 0) {
            (value, used) if width > 0 && used == width => {
                found.push(char::from_u32(value).unwrap_or(char::REPLACEMENT_CHARACTER));
                rest = &after[used..];
            }
            _ => found.extend(['\\', char::from(kind)]),
        }
    }
    found
}

/// A number of at most so many digits, and how many they were.
fn digits(bytes: &[u8], base: u32, most: usize, start: u32) -> (u32, usize) {
    let digits = bytes.iter().take(most).map_while(|byte| char::from(*byte).to_digit(base));
    digits.fold((start, 0), |(value, used), digit| (value.wrapping_mul(base).wrapping_add(digit), used + 1))
}
