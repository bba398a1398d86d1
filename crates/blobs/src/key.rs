//! Every path in the bucket: what is stored where.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

/// The name of one stored object; it prints as its path.
///
/// ```
/// use limpide_blobs::Key;
///
/// let key = Key::Xorb("0192e4a0-0000-7000-8000-0000000000c5".parse().unwrap());
/// assert_eq!(key.to_string(), "x/c5/0192e4a0-0000-7000-8000-0000000000c5");
/// assert_eq!(key.to_string().parse(), Ok(key));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    /// The body of a xorb, exactly as uploaded.
    Xorb(Uuid),
    /// Where each chunk of the xorb of the same id lies. Another encoding of a xorb is another object, with
    /// another id and another table.
    ChunkTable(Uuid),
    /// A shard in our own serialization: from these the rows of files could be rebuilt.
    Shard(Uuid),
    /// A git object too large for the database.
    GitBlob(Uuid),
    /// A part of an object of LFS that has not arrived whole.
    LfsPart(Uuid),
}

/// What kinds of objects there are: each has a folder of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// Objects named [`Key::Xorb`].
    Xorbs,
    /// Objects named [`Key::ChunkTable`].
    ChunkTables,
    /// Objects named [`Key::Shard`].
    Shards,
    /// Objects named [`Key::GitBlob`].
    GitBlobs,
    /// Objects named [`Key::LfsPart`].
    LfsParts,
}

/// Text that is not the path of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the path of a stored object")]
pub struct NotAKey;

impl Key {
    /// The kind of object that this names.
    pub fn family(&self) -> Family {
        match self {
            Self::Xorb(_) => Family::Xorbs,
            Self::ChunkTable(_) => Family::ChunkTables,
            Self::Shard(_) => Family::Shards,
            Self::GitBlob(_) => Family::GitBlobs,
            Self::LfsPart(_) => Family::LfsParts,
        }
    }

    /// The id of the object: none of another family has the same, except that a chunk table shares that of its xorb.
    pub fn id(&self) -> Uuid {
        match *self {
            Self::Xorb(id)
            | Self::ChunkTable(id)
            | Self::Shard(id)
            | Self::GitBlob(id)
            | Self::LfsPart(id) => id,
        }
    }

    /// Which of the 256 folders of its family the object lies in.
    ///
    /// Ids made in the same hours begin alike (UUIDv7 counts time first): only their tail spreads them.
    fn shelf(&self) -> u8 {
        self.id().as_bytes()[15]
    }
}

/// Prints the path, such as `x/c5/0192e4a0-0000-7000-8000-0000000000c5`.
impl fmt::Display for Key {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{:02x}/{}", self.family().letter(), self.shelf(), self.id())
    }
}

/// Reads a path back, for listings: only what [`Display`](fmt::Display) prints is accepted.
impl FromStr for Key {
    type Err = NotAKey;

    fn from_str(path: &str) -> Result<Self, NotAKey> {
        let Some((letter, rest)) = path.split_once('/') else { return Err(NotAKey) };
        let Some((_, name)) = rest.split_once('/') else { return Err(NotAKey) };
        let id = name.parse().map_err(|_| NotAKey)?;
        let family = Family::ALL.into_iter().find(|family| family.letter() == letter).ok_or(NotAKey)?;
        let key = family.key(id);
        // Uuids parse from many spellings and the shelf was not looked at: one object has one path.
        if key.to_string() == path { Ok(key) } else { Err(NotAKey) }
    }
}

impl Family {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Xorbs, Self::ChunkTables, Self::Shards, Self::GitBlobs, Self::LfsParts];

    /// The name of an object of this family.
    pub fn key(self, id: Uuid) -> Key {
        match self {
            Self::Xorbs => Key::Xorb(id),
            Self::ChunkTables => Key::ChunkTable(id),
            Self::Shards => Key::Shard(id),
            Self::GitBlobs => Key::GitBlob(id),
            Self::LfsParts => Key::LfsPart(id),
        }
    }

    /// The folder of this family, one letter.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Xorbs => "x",
            Self::ChunkTables => "m",
            Self::Shards => "s",
            Self::GitBlobs => "g",
            Self::LfsParts => "p",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ID: &str = "0192e4a0-0000-7000-8000-0000000000c5";

    #[test]
    fn each_kind_has_its_own_folder() {
        let id: Uuid = ID.parse().unwrap();
        assert_eq!(Key::Xorb(id).to_string(), format!("x/c5/{ID}"));
        assert_eq!(Key::ChunkTable(id).to_string(), format!("m/c5/{ID}"));
        assert_eq!(Key::Shard(id).to_string(), format!("s/c5/{ID}"));
        assert_eq!(Key::GitBlob(id).to_string(), format!("g/c5/{ID}"));
        assert_eq!(Key::LfsPart(id).to_string(), format!("p/c5/{ID}"));
    }

    #[test]
    fn ids_made_together_are_spread_apart() {
        let shelves: std::collections::HashSet<_> =
            (0..1000).map(|_| Key::Xorb(Uuid::now_v7()).shelf()).collect();
        assert!(shelves.len() > 200, "only {} of 256 shelves are used", shelves.len());
    }

    #[test]
    fn only_the_one_spelling_of_a_path_is_a_key() {
        let strange = [
            "".into(),
            "x".into(),
            "x/c5".into(),
            format!("q/c5/{ID}"),
            format!("x/c4/{ID}"),
            format!("x/C5/{ID}"),
            format!("x/c5/{}", ID.to_uppercase()),
            format!("x/c5/{}", ID.replace('-', "")),
            format!("x/c5/{ID}/"),
            format!("/x/c5/{ID}"),
            format!("x/c5/{}", "1f".repeat(32)),
            format!("\u{e9}/c5/{ID}"),
        ];
        for path in strange {
            assert_eq!(path.parse::<Key>(), Err(NotAKey), "{path}");
        }
    }

    proptest! {
        #[test]
        fn a_path_reads_back_as_its_key(id: [u8; 16]) {
            for key in Family::ALL.map(|family| family.key(Uuid::from_bytes(id))) {
                prop_assert_eq!(key.to_string().parse(), Ok(key));
            }
        }

        #[test]
        fn any_text_is_read_without_panic(text: String) {
            let _ = text.parse::<Key>();
        }
    }
}
