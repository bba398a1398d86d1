//! Reads the structure of HDF5 files: groups, datasets, where their bytes lie, attributes with their texts, and whatever
//! reaches outside the file. The elements of datasets are passed over.
//!
//! What a file may hold and this does not read (layouts since version 5, messages of a shared table) is told as a gap, by its
//! place.
//! Work is bounded by the metadata that there is, each part of which is read once.
//!
//! The format: <https://support.hdfgroup.org/documentation/hdf5/latest/_f_m_t3.html>, superblocks 0 to 3.

mod attribute;
mod chunks;
mod data;
mod dense;
mod fields;
mod fractal;
mod group;
mod header;
mod heap;
mod store;
mod tree;

use std::collections::HashSet;
use std::io;
use std::ops::Range;

use crate::claims::Oddity;
use crate::reading::ReadAt;
use header::Message;
use store::Store;

/// What each file begins with, at 0 or at 512 and its doubles.
pub const MARK: &[u8; 8] = b"\x89HDF\r\n\x1a\n";

/// The most groups and datasets that are read.
pub const MOST_OBJECTS: usize = 100_000;

/// The longest path that is kept, and so a bound on how deep groups lie in one another.
const LONGEST_PATH: usize = 4096;

/// The structure of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hdf5 {
    /// The version of the superblock.
    pub version: u8,
    /// Where the superblock lies; what stands before belongs to somebody else.
    pub begin: u64,
    /// Groups and datasets, each once, however many links lead there.
    pub objects: Vec<Object>,
    /// What reaches outside the file.
    pub outside: Vec<Outside>,
    /// What the format forbids.
    pub oddities: Vec<Oddity>,
    /// What is not read, with why, in few words that do not change.
    pub gaps: Vec<(Range<u64>, &'static str)>,
    /// Bytes that belong to nothing.
    pub unclaimed: Vec<Range<u64>>,
}

/// A group or a dataset.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Object {
    /// The names that lead there, with `/` before each; the root has none.
    pub path: String,
    /// Where its header lies.
    pub at: u64,
    /// Its attributes.
    pub attributes: Vec<Attribute>,
    /// What it holds, when it is a dataset.
    pub dataset: Option<Dataset>,
}

/// An attribute, with as much of its value as a reader of texts could want.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// The type of its elements, such as `text` or `int64`.
    pub dtype: String,
    /// The bytes of each text; of bytes without a type, all as one.
    pub texts: Vec<Vec<u8>>,
}

/// The elements of a dataset.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Dataset {
    /// Their type, such as `float32`.
    pub dtype: String,
    /// The bytes of one.
    pub item: u64,
    /// The sides; none for one element alone.
    pub shape: Vec<u64>,
    /// Where they lie.
    pub place: Place,
    /// The numbers of the filters that they went through.
    pub filters: Vec<u16>,
}

/// Where the elements of a dataset lie.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Place {
    /// Nowhere: none was ever written, or it could not be told.
    #[default]
    Nowhere,
    /// In one piece.
    Piece(Range<u64>),
    /// In pieces.
    Chunks {
        /// How many.
        count: u64,
        /// Their bytes, as they are stored.
        bytes: u64,
    },
    /// In other files.
    Outside,
}

/// Something that reaches outside the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outside {
    /// Where it is said.
    pub at: u64,
    /// How: `hdf5-external-link`, `hdf5-external-data`, `hdf5-virtual-dataset`.
    pub how: &'static str,
    /// The file.
    pub path: String,
}

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The bytes cannot be read.
    #[error(transparent)]
    Unreadable(#[from] io::Error),
    /// There is no superblock.
    #[error("there is no superblock of HDF5")]
    NotHdf5,
    /// The superblock is of a version or with sizes that are not read.
    #[error("the superblock is not of a kind that is read")]
    Superblock,
}

impl Hdf5 {
    /// The structure of a file.
    ///
    /// ```
    /// # use limpide_formats::hdf5::{Hdf5, Problem};
    /// assert!(matches!(Hdf5::read(&b"no mark".to_vec()), Err(Problem::NotHdf5)));
    /// ```
    ///
    /// # Errors
    /// When the bytes cannot be read, or there is no superblock of a known version.
    pub fn read(file: &dyn ReadAt) -> Result<Self, Problem> {
        let begin = superblock(file)?.ok_or(Problem::NotHdf5)?;
        let (mut store, roots) = Store::open(file, begin)?;
        let mut objects = Vec::new();
        // The way to each object, and where its header lies.
        let mut open: Vec<(String, u64)> = roots;
        let mut seen: HashSet<u64> = HashSet::new();
        while let Some((path, at)) = open.pop() {
            if !seen.insert(at) {
                continue;
            }
            if objects.len() >= MOST_OBJECTS || path.len() > LONGEST_PATH {
                store.gap(at..at, "too-many-objects");
                break;
            }
            match header::read(&mut store, at)? {
                Some(messages) => objects.push(object(&mut store, path, at, &messages, &mut open)?),
                None => store.broken(at, "hdf5-broken-header"),
            }
        }
        Ok(store.finish(objects))
    }
}

/// Where the superblock lies.
fn superblock(file: &dyn ReadAt) -> io::Result<Option<u64>> {
    let mut at = 0;
    while at < file.size() {
        if file.bytes_at(at, 8)? == MARK {
            return Ok(Some(at));
        }
        at = if at == 0 { 512 } else { at.saturating_mul(2) };
    }
    Ok(None)
}

/// What the messages of a header make, with what they lead to.
fn object(
    store: &mut Store<'_>,
    path: String,
    at: u64,
    messages: &[Message],
    open: &mut Vec<(String, u64)>,
) -> io::Result<Object> {
    let mut object = Object { path, at, ..Object::default() };
    for message in messages {
        match message.kind {
            header::LINK_INFO => dense::links(store, &object.path, message, open)?,
            header::ATTRIBUTE_INFO => object.attributes.extend(dense::attributes(store, message)?),
            header::LINK => group::link(store, &object.path, message, open),
            header::SYMBOL_TABLE => group::symbols(store, &object.path, message, open)?,
            header::ATTRIBUTE => match attribute::read(store, message)? {
                Some(attribute) => object.attributes.push(attribute),
                None => store.broken(message.at, "hdf5-broken-attribute"),
            },
            header::EXTERNAL => data::external(store, message)?,
            _ => {}
        }
    }
    object.dataset = data::dataset(store, messages)?;
    Ok(object)
}
