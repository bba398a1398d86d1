//! What comes of drawing: a picture or a problem, and how both go from one process to another.

use std::str::FromStr;

/// The first bytes of every PNG.
const SIGNATURE: &[u8] = b"\x89PNG\r\n\x1a\n";

/// The longest line of figures.
const LONGEST_LINE: usize = 64;

/// A page, drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// How many pages the document has.
    pub pages: u32,
    /// How wide the picture is, in points.
    pub width: u32,
    /// How high it is.
    pub height: u32,
    /// What is written on the page, line by line, as far as its letters are known.
    pub text: String,
    /// The picture itself.
    pub png: Vec<u8>,
}

/// Why nothing was drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The document is larger than is drawn.
    #[error("the document is too large to be drawn")]
    TooLarge,
    /// It opens by a password, or by something that is not known.
    #[error("the document is encrypted")]
    Encrypted,
    /// It is no PDF, or one that makes no sense.
    #[error("the document is damaged")]
    Broken,
    /// It has only so many pages.
    #[error("the document has {0} pages")]
    NoPage(u32),
}

impl Picture {
    /// The picture as bytes: a line of figures, the text, the PNG.
    pub fn to_bytes(&self) -> Vec<u8> {
        let line = format!("{} {} {} {}\n", self.pages, self.width, self.height, self.text.len());
        [line.as_bytes(), self.text.as_bytes(), &self.png].concat()
    }

    /// The picture in bytes that another process gave; none where they are no picture. Nothing in them is believed but
    /// that they are a PNG of the size that they say.
    ///
    /// ```
    /// assert_eq!(limpide_drawing::Picture::from_bytes(b"1 1 1 0\nGIF89a"), None);
    /// ```
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let start = bytes.get(..bytes.len().min(LONGEST_LINE))?;
        let end = start.iter().position(|byte| *byte == b'\n')?;
        let line = std::str::from_utf8(start.get(..end)?).ok()?;
        let figures: Vec<u32> = line.split(' ').map(str::parse).collect::<Result<_, _>>().ok()?;
        let [pages, width, height, length] = figures.try_into().ok()?;
        let (text, png) = bytes.get(end + 1..)?.split_at_checked(length as usize)?;
        let text = std::str::from_utf8(text).ok()?.to_owned();
        let is_whole = pages > 0 && size(png) == Some((width, height));
        is_whole.then(|| Self { pages, width, height, text, png: png.to_vec() })
    }
}

/// The size that a PNG says it has.
fn size(png: &[u8]) -> Option<(u32, u32)> {
    let header = png.strip_prefix(SIGNATURE)?.get(4..)?.strip_prefix(b"IHDR")?;
    let (width, rest) = header.split_first_chunk()?;
    let (height, _) = rest.split_first_chunk()?;
    Some((u32::from_be_bytes(*width), u32::from_be_bytes(*height)))
}

impl Problem {
    /// The problem in a word or two, for another process: what [`Problem::from_str`] reads.
    pub fn word(self) -> String {
        match self {
            Self::TooLarge => "too-large".to_owned(),
            Self::Encrypted => "encrypted".to_owned(),
            Self::Broken => "broken".to_owned(),
            Self::NoPage(pages) => format!("pages {pages}"),
        }
    }
}

impl FromStr for Problem {
    type Err = ();

    /// # Errors
    /// For what is no such word.
    fn from_str(word: &str) -> Result<Self, ()> {
        match word.trim() {
            "too-large" => Ok(Self::TooLarge),
            "encrypted" => Ok(Self::Encrypted),
            "broken" => Ok(Self::Broken),
            other => {
                other.strip_prefix("pages ").and_then(|pages| pages.parse().ok()).map(Self::NoPage).ok_or(())
            }
        }
    }
}
