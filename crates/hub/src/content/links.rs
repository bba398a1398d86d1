//! Signed links to parts of xorbs: whoever holds one may read those bytes for a while, and no others.

use std::fmt::Write;
use std::ops::Range;

use limpide_blobs::{ByteStream, Key};
use limpide_words::Moment;
use limpide_xet::FetchRange;
use uuid::Uuid;

use crate::Hub;
use crate::error::{Error, Result};

const PURPOSE: &str = "link to bytes";

/// How links are to be cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinksFor {
    /// One link for each range.
    OneRange,
    /// One link for many ranges of a xorb.
    SeveralRanges,
}

impl LinksFor {
    /// How many ranges one link may be for: many more would not fit into an address.
    pub(super) fn ranges(self) -> usize {
        match self {
            Self::OneRange => 1,
            Self::SeveralRanges => 64,
        }
    }
}

/// Where a client finds bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Link {
    /// At the store's own address, which this is to be appended to: `x/{object}?r=…&e=…&s=…`.
    Here(String),
    /// At the object store.
    Elsewhere(String),
}

/// Bytes of an object that the holder of a link may read.
#[derive(Debug, Clone)]
pub struct LinkedBytes {
    object: Uuid,
    /// In the order of the link.
    ranges: Vec<Range<u64>>,
}

impl Hub {
    /// A link to these ranges of an object, served by the hub itself.
    pub(super) fn link_here(&self, object: Uuid, ranges: &[FetchRange]) -> Result<Link> {
        let mut written = String::new();
        for range in ranges {
            let comma = if written.is_empty() { "" } else { "," };
            // Writing to a String does not fail.
            let _ = write!(written, "{comma}{}-{}", range.bytes.start, range.bytes.last);
        }
        let expires = (self.clock().now() + self.settings().limits.link).seconds();
        let signature = self.signature(PURPOSE, message(object, &written, expires).as_bytes())?;
        Ok(Link::Here(format!("x/{object}?r={written}&e={expires}&s={signature}")))
    }

    /// A link to a whole object, served by the object store; none when bytes lie on the hub's own disk.
    pub(super) async fn link_elsewhere(&self, object: Uuid) -> Result<Option<Link>> {
        let url = self.blobs().sign(&Key::Xorb(object), self.settings().limits.link).await?;
        Ok(url.map(|url| Link::Elsewhere(url.into())))
    }

    /// The bytes that a link is for, given the parts of its address.
    ///
    /// # Errors
    /// `Expired` when the hub has not written it, or too long ago: the client asks for new ones.
    pub fn open_link(
        &self,
        object: &str,
        ranges: &str,
        expires: &str,
        signature: &str,
    ) -> Result<LinkedBytes> {
        let refusal = || Error::Expired("This link has expired, or was changed: ask for a new one.".into());
        let object: Uuid = object.parse().map_err(|_| refusal())?;
        let expires: i64 = expires.parse().map_err(|_| refusal())?;
        if !self.has_signed(PURPOSE, message(object, ranges, expires).as_bytes(), signature)? {
            return Err(refusal());
        }
        if Moment::from_seconds(expires) <= self.clock().now() {
            return Err(refusal());
        }
        let ranges: Option<Vec<Range<u64>>> = ranges.split(',').map(parse_range).collect();
        Ok(LinkedBytes { object, ranges: ranges.ok_or_else(refusal)? })
    }

    /// The bytes of a range that lies within one of the link's.
    ///
    /// # Errors
    /// `Expired` when it does not: a link is for its own bytes alone, because a xorb also holds others' files.
    pub async fn read_link(&self, link: &LinkedBytes, range: Range<u64>) -> Result<ByteStream> {
        if !link.covers(&range) {
            return Err(Error::Expired(format!(
                "This link is not for the bytes {} to {}: ask for one that is.",
                range.start, range.end
            )));
        }
        Ok(self.blobs().stream(&Key::Xorb(link.object), range).await?)
    }
}

impl LinkedBytes {
    /// The ranges that the link is for.
    pub fn ranges(&self) -> &[Range<u64>] {
        &self.ranges
    }

    /// Whether a range lies within one of the link's.
    pub fn covers(&self, range: &Range<u64>) -> bool {
        !range.is_empty() && self.ranges.iter().any(|own| own.start <= range.start && range.end <= own.end)
    }
}

fn message(object: Uuid, ranges: &str, expires: i64) -> String {
    format!("{object}\n{ranges}\n{expires}")
}

/// `first-last` as HTTP writes it, the last byte included.
fn parse_range(text: &str) -> Option<Range<u64>> {
    let (first, last) = text.split_once('-')?;
    let (first, last): (u64, u64) = (first.parse().ok()?, last.parse().ok()?);
    (first <= last).then_some(first..last.checked_add(1)?)
}
