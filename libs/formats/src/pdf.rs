//! What a PDF says of itself: its version, how many pages it has, its title.
//!
//! A PDF is looked through and not parsed: for the node at the root of its pages, which counts most of them, and for the
//! entries about the document, in its first and last part and in the packed lists of objects that begin there. A file
//! that hides them tells less, and none costs more than what is bounded here.
//!
//! The format: ISO 32000-2, 7.5 (structure), 7.7.3.2 (page tree), 7.9.2 (strings), 14.3.3 (information).

use std::io::{self, Read};

use flate2::read::ZlibDecoder;

use crate::reading::ReadAt;

/// How much is read of the beginning and of the end.
const HEAD: usize = 1 << 20;
const TAIL: usize = 3 << 20;

/// How many lists of objects are unpacked, and how much comes out of all together.
const MOST_LISTS: usize = 200;
const MOST_UNPACKED: u64 = 8 << 20;

/// How far the ends of an object are looked for, and how often.
const LONGEST_OBJECT: usize = 8 << 10;
const MOST_OBJECTS: usize = 1000;

/// How much of a title is kept, in characters.
const LONGEST_TITLE: usize = 300;

/// More pages than this are not believed.
const MOST_PAGES: u64 = 10_000_000;

/// What is known of a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pdf {
    /// As the first line has it: `1.7`.
    pub version: String,
    /// How many pages there are, where that was found.
    pub pages: Option<u64>,
    /// What it is called, where that was found and can be read.
    pub title: Option<String>,
}

impl Pdf {
    /// What the document in these bytes says of itself; none when they are no PDF.
    ///
    /// # Errors
    /// When the bytes cannot be read.
    ///
    /// ```
    /// use limpide_formats::pdf::Pdf;
    ///
    /// let bytes = b"%PDF-1.4\n1 0 obj <</Type /Pages /Count 3>> endobj 2 0 obj <</Title (A paper) /Producer (x)>> endobj";
    /// let pdf = Pdf::read(bytes.as_slice()).unwrap().unwrap();
    /// assert_eq!((pdf.version.as_str(), pdf.pages, pdf.title.as_deref()), ("1.4", Some(3), Some("A paper")));
    /// ```
    pub fn read<R: ReadAt + ?Sized>(file: &R) -> io::Result<Option<Self>> {
        let head = file.bytes_at(0, HEAD)?;
        let Some(version) = version(&head) else { return Ok(None) };
        let mut looking = Looking { pdf: Self { version, ..Self::default() }, ..Looking::default() };
        looking.through(&head);
        if file.size() > head.len() as u64 {
            let at = file.size().saturating_sub(TAIL as u64).max(head.len() as u64);
            looking.through(&file.bytes_at(at, TAIL)?);
        }
        if looking.is_encrypted {
            looking.pdf.title = None;
        }
        Ok(Some(looking.pdf))
    }
}

/// The version in the first line.
fn version(head: &[u8]) -> Option<String> {
    let rest = head.strip_prefix(b"%PDF-")?;
    let version: Vec<u8> =
        rest.iter().copied().take(8).take_while(|byte| byte.is_ascii_digit() || *byte == b'.').collect();
    String::from_utf8(version).ok()
}

#[derive(Default)]
struct Looking {
    pdf: Pdf,
    is_encrypted: bool,
    lists: usize,
    unpacked: u64,
    objects: usize,
}

impl Looking {
    /// Looks through a part of the file, and through the lists of objects that begin in it.
    fn through(&mut self, part: &[u8]) {
        for at in self.objects_in(part) {
            if self.lists < MOST_LISTS && self.unpacked < MOST_UNPACKED {
                self.lists += 1;
                let list = unpacked(part.get(at..).unwrap_or_default(), MOST_UNPACKED - self.unpacked);
                self.unpacked += list.len() as u64;
                self.objects_in(&list);
            }
        }
    }

    /// Looks at the objects in a text, and gives the places of those that are packed lists of others.
    fn objects_in(&mut self, text: &[u8]) -> Vec<usize> {
        let mut lists = Vec::new();
        for (at, _) in text.iter().enumerate().filter(|(_, byte)| **byte == b'/') {
            let rest = text.get(at..).unwrap_or_default();
            if begins(rest, b"/ObjStm") && lists.len() < MOST_LISTS {
                lists.push(at);
            } else if begins(rest, b"/Encrypt") {
                self.is_encrypted = true;
            } else if begins(rest, b"/Pages") && self.may_look() {
                self.pages(object(text, at));
            } else if (begins(rest, b"/Producer") || begins(rest, b"/CreationDate")) && self.may_look() {
                self.title(object(text, at));
            }
        }
        lists
    }

    fn may_look(&mut self) -> bool {
        self.objects += 1;
        self.objects <= MOST_OBJECTS
    }

    /// The node above all others counts most pages.
    fn pages(&mut self, object: &[u8]) {
        let is_node = value(object, b"/Type").is_some_and(|value| begins(value, b"/Pages"));
        let count = value(object, b"/Count").filter(|_| is_node).and_then(number);
        self.pdf.pages = self.pdf.pages.max(count.filter(|count| *count <= MOST_PAGES));
    }

    /// What was written last counts.
    fn title(&mut self, object: &[u8]) {
        let title = value(object, b"/Title").and_then(string).map(|bytes| text(&bytes));
        self.pdf.title = title.filter(|title| !title.is_empty()).or(self.pdf.title.take());
    }
}

/// Whether a text begins with a name, and the name ends there.
fn begins(text: &[u8], name: &[u8]) -> bool {
    text.strip_prefix(name).is_some_and(|rest| rest.first().is_none_or(|next| !next.is_ascii_alphanumeric()))
}

/// The dictionary around a place, as far as it is seen.
fn object(text: &[u8], at: usize) -> &[u8] {
    let from = at.saturating_sub(LONGEST_OBJECT);
    let before = text.get(from..at).unwrap_or_default();
    let begin = before.windows(2).rposition(|pair| pair == b"<<").map_or(at, |place| from + place);
    let after = text.get(at..text.len().min(at + LONGEST_OBJECT)).unwrap_or_default();
    let end = after.windows(2).position(|pair| pair == b">>").map_or(after.len(), |place| place);
    text.get(begin..at + end).unwrap_or_default()
}

/// What stands behind a name.
fn value<'a>(object: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    let mut places = object.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at);
    let at = places.find(|at| object.get(*at..).is_some_and(|rest| begins(rest, name)))?;
    object.get(at + name.len()..).map(<[u8]>::trim_ascii_start)
}

/// A whole number, where no reference begins with it.
fn number(text: &[u8]) -> Option<u64> {
    let digits = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(text.get(..digits)?).ok()?.parse().ok()
}

/// The bytes of a string, in brackets or in hexadecimal.
fn string(text: &[u8]) -> Option<Vec<u8>> {
    match text.first()? {
        b'(' => Some(in_brackets(text.get(1..)?)),
        b'<' => {
            let digits = text.get(1..)?.iter().take_while(|byte| **byte != b'>');
            let digits: Vec<u32> = digits.filter_map(|byte| char::from(*byte).to_digit(16)).collect();
            let byte = |pair: &[u32]| u8::try_from(pair[0] * 16 + pair.get(1).copied().unwrap_or(0));
            digits.chunks(2).map(|pair| byte(pair).ok()).collect()
        }
        _ => None,
    }
}

/// The bytes up to the bracket that ends the string.
fn in_brackets(text: &[u8]) -> Vec<u8> {
    let (mut bytes, mut depth, mut at) = (Vec::new(), 0_usize, 0);
    while let Some(byte) = text.get(at).copied() {
        at += 1;
        match byte {
            b')' if depth == 0 => break,
            b'\\' => at += escape(text.get(at..).unwrap_or_default(), &mut bytes),
            byte => {
                depth =
                    if byte == b'(' { depth + 1 } else { depth.saturating_sub(usize::from(byte == b')')) };
                bytes.push(byte);
            }
        }
    }
    bytes
}

/// What stands behind a back slash; gives how long it is.
fn escape(text: &[u8], bytes: &mut Vec<u8>) -> usize {
    let octal = text.iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
    if octal > 0 {
        let value = text.iter().take(octal).fold(0_u32, |value, digit| value * 8 + u32::from(digit - b'0'));
        bytes.push(u8::try_from(value & 0xff).unwrap_or(b'?'));
        return octal;
    }
    match text.first() {
        Some(b'n' | b'r' | b't' | b'b' | b'f') => bytes.push(b' '),
        // A line that goes on in the next.
        Some(b'\n' | b'\r') | None => {}
        Some(other) => bytes.push(*other),
    }
    1
}

/// A string as text: UTF-16 or UTF-8 where it says so, else one byte a letter.
fn text(bytes: &[u8]) -> String {
    let letters: String = if let Some(pairs) = bytes.strip_prefix(&[0xfe, 0xff]) {
        let units = pairs.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
        char::decode_utf16(units).map(|letter| letter.unwrap_or('\u{fffd}')).collect()
    } else if let Some(rest) = bytes.strip_prefix(&[0xef, 0xbb, 0xbf]) {
        String::from_utf8_lossy(rest).into_owned()
    } else {
        bytes.iter().map(|byte| char::from(*byte)).collect()
    };
    let seen = letters.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let kept: String = seen.take(LONGEST_TITLE).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What is packed behind the dictionary of a list of objects, at most so much.
fn unpacked(text: &[u8], most: u64) -> Vec<u8> {
    let near = text.get(..text.len().min(LONGEST_OBJECT)).unwrap_or_default();
    let Some(at) = near.windows(6).position(|word| word == b"stream") else { return Vec::new() };
    let packed = text.get(at + 6..).unwrap_or_default().trim_ascii_start();
    let mut list = Vec::new();
    // What came out before it broke is looked at, too.
    let _broken = ZlibDecoder::new(packed).take(most).read_to_end(&mut list);
    list
}
