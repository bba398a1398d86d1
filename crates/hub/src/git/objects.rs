//! Writes commits and tags in git's format, and gives objects their ids.

use bytes::Bytes;
use gix_object::bstr::BStr;
use gix_object::{CommitRef, Kind, TagRef, WriteTo};
use limpide_db::commits::Commit;
use limpide_words::{Moment, ObjectId, OwnerName};

use crate::error::{Error, Result};

/// Objects of more bytes lie in the store.
pub(crate) const LARGE: u64 = 64 << 10;

/// An object, whole.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) id: ObjectId,
    pub(crate) kind: Kind,
    pub(crate) bytes: Bytes,
}

/// What a commit says.
#[derive(Debug, Clone)]
pub(crate) struct CommitText<'a> {
    pub(crate) tree: ObjectId,
    pub(crate) parents: &'a [ObjectId],
    pub(crate) author: &'a OwnerName,
    pub(crate) title: &'a str,
    pub(crate) message: &'a str,
    pub(crate) date: Moment,
}

/// What an annotated tag says.
#[derive(Debug, Clone)]
pub(crate) struct TagText<'a> {
    pub(crate) target: ObjectId,
    pub(crate) name: &'a str,
    pub(crate) author: &'a OwnerName,
    pub(crate) message: &'a str,
    pub(crate) date: Moment,
}

impl Object {
    /// An object of these bytes, with its id.
    pub(crate) fn new(kind: Kind, bytes: impl Into<Bytes>) -> Result<Self> {
        let bytes = bytes.into();
        Ok(Self { id: id_of(kind, &bytes)?, kind, bytes })
    }

    /// Whether it has more bytes than the database takes: these lie in the store.
    pub(crate) fn is_large(&self) -> bool {
        self.bytes.len() as u64 > LARGE
    }

    /// A commit.
    pub(crate) fn commit(text: &CommitText<'_>) -> Result<Self> {
        let signature = signature(text.author, text.date);
        let tree = text.tree.to_string();
        let parents: Vec<String> = text.parents.iter().map(ToString::to_string).collect();
        let message = match text.message {
            "" => format!("{}\n", text.title),
            message => format!("{}\n\n{message}\n", text.title),
        };
        Self::written(&CommitRef {
            tree: tree.as_str().into(),
            parents: parents.iter().map(|id| BStr::new(id.as_str())).collect(),
            author: signature.as_str().into(),
            committer: signature.as_str().into(),
            encoding: None,
            message: message.as_str().into(),
            extra_headers: Vec::new(),
        })
    }

    /// An annotated tag.
    pub(crate) fn tag(text: &TagText<'_>) -> Result<Self> {
        let signature = signature(text.author, text.date);
        let target = text.target.to_string();
        let message = format!("{}\n", text.message);
        Self::written(&TagRef {
            target: target.as_str().into(),
            target_kind: Kind::Commit,
            name: text.name.into(),
            tagger: Some(signature.as_str().into()),
            message: message.as_str().into(),
            signature: None,
        })
    }

    fn written(object: &impl WriteTo) -> Result<Self> {
        let mut bytes = Vec::new();
        object.write_to(&mut bytes).map_err(|error| Error::Internal(error.into()))?;
        Self::new(object.kind(), bytes)
    }
}

/// `Ada <ada@users.noreply.limpide> 1767225600 +0000`: addresses of users are nobody's business.
fn signature(author: &OwnerName, date: Moment) -> String {
    format!("{author} <{author}@users.noreply.limpide> {} +0000", date.seconds())
}

/// The id git gives to an object of these bytes.
pub(crate) fn id_of(kind: Kind, bytes: &[u8]) -> Result<ObjectId> {
    // Git refuses the same: two files of one SHA-1 are only ever made to deceive.
    let refusal =
        |_| Error::Invalid("These bytes are made to have the SHA-1 of others (a SHA-1 collision).".into());
    let id = gix_object::compute_hash(gix_hash::Kind::Sha1, kind, bytes).map_err(refusal)?;
    Ok(object_id(&id))
}

pub(crate) fn object_id(id: &gix_hash::oid) -> ObjectId {
    let mut bytes = [0; 20];
    bytes.copy_from_slice(&id.as_bytes()[..20]);
    ObjectId(bytes)
}

/// What a commit of any program says, as far as the database tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CommitFacts {
    pub(crate) tree: ObjectId,
    pub(crate) parents: Vec<ObjectId>,
    /// The name of who wrote it.
    pub(crate) author: String,
    /// The first line of its message.
    pub(crate) title: String,
    /// What follows the title.
    pub(crate) message: String,
    /// When it was made. Who wrote it may have done so before.
    pub(crate) date: Moment,
}

/// Dates beyond the year 9999 are nobody's.
const LAST_SECOND: i64 = 253_402_207_199;

impl CommitFacts {
    /// Reads a commit. Text that is not UTF-8 is told as well as it can be.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self> {
        let commit =
            CommitRef::from_bytes(bytes, gix_hash::Kind::Sha1).map_err(|error| damaged("commit", &error))?;
        let message = commit.message.to_string();
        let (title, rest) = message.trim_start().split_once('\n').unwrap_or((message.trim_start(), ""));
        let author = commit.author.to_string();
        let author = author.split_once('<').map_or(author.as_str(), |(name, _)| name).trim();
        let committer = commit.committer.to_string();
        let seconds = committer.rsplit(' ').nth(1).and_then(|digits| digits.parse().ok()).unwrap_or(0_i64);
        Ok(Self {
            tree: object_id(&commit.tree()),
            parents: commit.parents().map(|id| object_id(&id)).collect(),
            author: author.to_owned(),
            title: title.trim_end().to_owned(),
            message: rest.trim().to_owned(),
            date: Moment::from_seconds(seconds.clamp(0, LAST_SECOND)),
        })
    }

    /// The row of this commit, without its number.
    pub(crate) fn row(self, id: ObjectId) -> Commit {
        let Self { tree, author, title, message, date, .. } = self;
        Commit { id, number: 0, tree, author, title, message, date }
    }
}

/// The commit that an annotated tag stands for; tags of tags are followed by the caller.
pub(crate) fn tag_target(bytes: &[u8]) -> Result<ObjectId> {
    let tag = TagRef::from_bytes(bytes, gix_hash::Kind::Sha1).map_err(|error| damaged("tag", &error))?;
    Ok(object_id(&tag.target()))
}

/// What to say of an object of the database that is none.
pub(crate) fn damaged(what: &str, error: &dyn std::fmt::Display) -> Error {
    Error::Internal(anyhow::anyhow!("a stored {what} cannot be read: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_those_that_git_gives() {
        assert_eq!(
            id_of(Kind::Blob, b"hello\n").unwrap().to_string(),
            "ce013625030ba8dba906f756967f9e9ca394464a"
        );
        let empty = Object::new(Kind::Tree, Bytes::new()).unwrap();
        assert_eq!(empty.id.to_string(), "4b825dc642cb6eb9a060e54bf8d69288fbee4904");
    }
}
