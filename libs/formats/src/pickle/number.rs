//! Numbers that are written as text, as C and Python read them.

use super::Op;

/// The argument of `INT`: `strtol` with any base, else as Python reads a number; `00` and `01` are yes and no.
pub(super) fn int(line: &[u8]) -> Option<Op> {
    match line {
        b"00" => return Some(Op::Bool(false)),
        b"01" => return Some(Op::Bool(true)),
        _ => {}
    }
    strtol(line).or_else(|| python(line))
}

/// The argument of `LONG`, which mostly ends with an `L`.
pub(super) fn long(line: &[u8]) -> Option<Op> {
    python(line.strip_suffix(b"L").unwrap_or(line))
}

/// The argument of `GET` and `PUT`: as `int()` reads it, so with spaces, a sign, leading zeros and underscores.
pub(super) fn decimal(line: &[u8]) -> Option<u64> {
    let line = until_nul(line).trim_ascii_start();
    let (is_negative, digits) = sign(line);
    let value = digits_of(trim_end(digits), 10)?;
    match value {
        Some(0) => Some(0),
        Some(value) if !is_negative => Some(value),
        _ => None,
    }
}

/// Whether Python reads it as a number with a fraction.
pub(super) fn is_float(line: &[u8]) -> bool {
    std::str::from_utf8(until_nul(line)).is_ok_and(|text| text.parse::<f64>().is_ok())
}

/// Bytes with a sign, the lowest first, at most 8.
pub(super) fn little_endian(bytes: &[u8]) -> i64 {
    let is_negative = bytes.last().is_some_and(|last| *last >= 0x80);
    let start = if is_negative { -1 } else { 0 };
    bytes.iter().rev().fold(start, |value: i64, byte| (value << 8) | i64::from(*byte))
}

/// `strtol(line, &end, 0)`, where it takes the whole line: base 8 after a `0`, base 16 after `0x`.
fn strtol(line: &[u8]) -> Option<Op> {
    let line = until_nul(line).trim_ascii_start();
    let (is_negative, digits) = sign(line);
    let (base, digits) = match digits {
        [b'0', b'x' | b'X', rest @ ..] => (16, rest),
        [b'0', _, ..] => (8, digits),
        _ => (10, digits),
    };
    if digits.is_empty() || digits.contains(&b'_') {
        return None;
    }
    // What does not fit is read again, as Python does.
    digits_of(digits, base)?.and_then(|value| signed(value, is_negative)).map(Op::Int)
}

/// `int(line, 0)`.
fn python(line: &[u8]) -> Option<Op> {
    let line = until_nul(line).trim_ascii_start();
    let (is_negative, digits) = sign(line);
    let (base, digits) = match digits {
        [b'0', b'x' | b'X', rest @ ..] => (16, rest.strip_prefix(b"_").unwrap_or(rest)),
        [b'0', b'o' | b'O', rest @ ..] => (8, rest.strip_prefix(b"_").unwrap_or(rest)),
        [b'0', b'b' | b'B', rest @ ..] => (2, rest.strip_prefix(b"_").unwrap_or(rest)),
        _ => (10, digits),
    };
    let digits = trim_end(digits);
    if base == 10
        && digits.len() > 1
        && digits[0] == b'0'
        && digits.iter().any(|digit| !matches!(digit, b'0' | b'_'))
    {
        return None;
    }
    let value = digits_of(digits, base)?;
    Some(value.and_then(|value| signed(value, is_negative)).map_or(Op::BigInt, Op::Int))
}

/// Digits with single underscores between them; nothing when they are none, no value when it does not fit.
#[allow(clippy::option_option, reason = "no number, and a number that is too large, are two things")]
fn digits_of(digits: &[u8], base: u32) -> Option<Option<u64>> {
    let mut value = Some(0_u64);
    let mut may_end = false;
    for byte in digits {
        if *byte == b'_' && may_end {
            may_end = false;
            continue;
        }
        let digit = char::from(*byte).to_digit(base)?;
        may_end = true;
        value = value.and_then(|value| value.checked_mul(u64::from(base))?.checked_add(u64::from(digit)));
    }
    may_end.then_some(value)
}

fn signed(value: u64, is_negative: bool) -> Option<i64> {
    if is_negative { 0_i64.checked_sub_unsigned(value) } else { i64::try_from(value).ok() }
}

fn sign(line: &[u8]) -> (bool, &[u8]) {
    match line {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        _ => (false, line),
    }
}

/// C's texts end at a NUL.
fn until_nul(line: &[u8]) -> &[u8] {
    line.iter().position(|byte| *byte == 0).map_or(line, |end| &line[..end])
}

fn trim_end(digits: &[u8]) -> &[u8] {
    digits.trim_ascii_end()
}
