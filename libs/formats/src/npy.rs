//! The header of an array of NumPy, versions 1 to 3: what its items are, how many there are, and whether Python objects
//! are among them, which lie there as a pickle.
//!
//! The header is a literal of Python. It is parsed, never evaluated.
//!
//! The format: <https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html>.

mod literal;

use std::io;
use std::ops::Range;

use literal::Literal;

use crate::reading::ReadAt;

/// The longest header that is read.
const LONGEST_HEADER: u64 = 1 << 20;

/// The header of an array.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Array {
    /// The type of the items as it is written, when that is one word.
    pub dtype: Option<String>,
    /// The sides.
    pub shape: Vec<u64>,
    /// Whether Python objects are among the items, at any depth of their type.
    pub has_objects: bool,
    /// Where the items lie, or the pickle that holds them: from after the header to where they end.
    pub data: Range<u64>,
    /// Whether the file ends before the items do.
    pub is_cut: bool,
}

/// Why a header cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The bytes cannot be read.
    #[error(transparent)]
    Unreadable(#[from] io::Error),
    /// There is no header of a known version.
    #[error("no header of an array of a known version")]
    NotNpy,
    /// It does not follow the format.
    #[error("{0}")]
    Malformed(&'static str),
}

impl Array {
    /// The header of the array in these bytes.
    ///
    /// # Errors
    /// When the bytes cannot be read, or do not follow the format.
    pub fn read(file: &dyn ReadAt) -> Result<Self, Problem> {
        let begin = file.bytes_at(0, 12)?;
        let (at, length) = match begin.get(..8) {
            Some([0x93, b'N', b'U', b'M', b'P', b'Y', 1, _]) => (10, number(&begin, 8..10)),
            Some([0x93, b'N', b'U', b'M', b'P', b'Y', 2 | 3, _]) => (12, number(&begin, 8..12)),
            _ => return Err(Problem::NotNpy),
        };
        if length > LONGEST_HEADER || at + length > file.size() {
            return Err(Problem::Malformed(
                "a header that is longer than the file, or than any that is read",
            ));
        }
        let header = file.bytes_at(at, usize::try_from(length).unwrap_or_default())?;
        Self::of(&String::from_utf8_lossy(&header), at + length, file.size())
    }

    fn of(header: &str, begin: u64, file_length: u64) -> Result<Self, Problem> {
        let literal = Literal::read(header).ok_or(Problem::Malformed("a header that is no literal"))?;
        let Literal::Dict(entries) = literal else {
            return Err(Problem::Malformed("a header that is no dict"));
        };
        let mut keys: Vec<_> = entries.iter().map(|(key, _)| key.text().unwrap_or_default()).collect();
        keys.sort_unstable();
        if keys != ["descr", "fortran_order", "shape"] {
            return Err(Problem::Malformed(
                "a header with other keys than `descr`, `fortran_order` and `shape`",
            ));
        }
        let value =
            |name: &str| entries.iter().find(|(key, _)| key.text() == Some(name)).map(|(_, value)| value);
        let dtype = value("descr").ok_or(Problem::Malformed("no type"))?;
        let shape = value("shape").and_then(sides).ok_or(Problem::Malformed("a shape that is none"))?;
        let item = Item::of(dtype).ok_or(Problem::Malformed("a type that is not known"))?;
        let needed = shape
            .iter()
            .try_fold(item.size, |bytes, side| bytes.checked_mul(*side))
            .ok_or(Problem::Malformed("more items than can be counted"))?;
        // How long a pickle is, it says itself.
        let end = if item.is_object { file_length } else { begin.saturating_add(needed) };
        Ok(Self {
            dtype: dtype.text().map(str::to_owned),
            shape,
            has_objects: item.is_object,
            data: begin..end.min(file_length),
            is_cut: end > file_length,
        })
    }
}

fn number(bytes: &[u8], range: Range<usize>) -> u64 {
    bytes.get(range).unwrap_or_default().iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}

fn sides(literal: &Literal) -> Option<Vec<u64>> {
    let Literal::Tuple(sides) = literal else { return None };
    sides.iter().map(|side| side.int().and_then(|side| u64::try_from(side).ok())).collect()
}

/// An item of an array: its bytes, and whether it is or holds an object.
struct Item {
    size: u64,
    is_object: bool,
}

impl Item {
    fn of(dtype: &Literal) -> Option<Self> {
        match dtype {
            Literal::Text(text) => Self::plain(text),
            // The type of an item, and the sides of a small array of them.
            Literal::Tuple(parts) => match &parts[..] {
                [inner, sides] => Self::of(inner)?.times(sides),
                _ => None,
            },
            Literal::List(fields) => Self::structured(fields),
            _ => None,
        }
    }

    fn plain(text: &str) -> Option<Self> {
        // NumPy reads more than it writes: `object`, and several types with commas between them.
        if text.contains('O') || text.contains("object") {
            return Some(Self { size: 0, is_object: true });
        }
        let text = text.trim_start_matches(['<', '>', '=', '|']);
        let mut letters = text.chars();
        let letter = letters.next()?;
        let rest = letters.as_str();
        let digits = &rest[..rest.find(|sign: char| !sign.is_ascii_digit()).unwrap_or(rest.len())];
        // After the length of a time stands its unit.
        let is_time = matches!(letter, 'M' | 'm');
        if digits.len() < rest.len() && !is_time {
            return None;
        }
        let count = digits.parse::<u64>().ok();
        let size = match letter {
            'U' => count?.checked_mul(4)?,
            'b' | 'i' | 'u' | 'f' | 'c' | 'S' | 'V' | 'a' | 'M' | 'm' => match (letter, count) {
                (_, Some(count)) => count,
                // One letter alone, as C has them.
                ('b', None) => 1,
                ('i' | 'f', None) => 4,
                ('M' | 'm', None) => 8,
                _ => return None,
            },
            '?' | 'B' => 1,
            'h' | 'H' | 'e' => 2,
            'I' => 4,
            'q' | 'Q' | 'd' | 'l' | 'L' | 'F' => 8,
            'D' | 'g' => 16,
            'G' => 32,
            _ => return None,
        };
        Some(Self { size, is_object: false })
    }

    fn structured(fields: &[Literal]) -> Option<Self> {
        let mut whole = Self { size: 0, is_object: false };
        for field in fields {
            let Literal::Tuple(parts) = field else { return None };
            let item = match &parts[..] {
                [_, inner] => Self::of(inner)?,
                [_, inner, sides] => Self::of(inner)?.times(sides)?,
                _ => return None,
            };
            whole.size = whole.size.checked_add(item.size)?;
            whole.is_object |= item.is_object;
        }
        Some(whole)
    }

    /// So many of them, told by one number or by the sides of an array.
    fn times(self, many: &Literal) -> Option<Self> {
        let count = match many {
            Literal::Int(side) => u64::try_from(*side).ok()?,
            _ => sides(many)?.iter().try_fold(1_u64, |product, side| product.checked_mul(*side))?,
        };
        Some(Self { size: self.size.checked_mul(count)?, ..self })
    }
}
