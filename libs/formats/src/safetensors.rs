//! Reads the headers of safetensors files, a few kilobytes of each: which tensors there are, where their bytes lie, how
//! many parameters that makes, and what does not add up.

use std::collections::{BTreeMap, HashSet};

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::json::Entries;

/// The longest header that is read (the limit of the format's own library).
pub const LONGEST_HEADER: u64 = 100_000_000;

/// The most tensors that a header is read of; the largest published models have some thousands in a file.
const MOST_TENSORS: usize = 100_000;

/// Parameters by element type, such as `BF16`.
pub type Parameters = BTreeMap<String, u64>;

/// A header that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderProblem {
    /// It is longer than any that is read.
    #[error("a header of {0} bytes, more than the {LONGEST_HEADER} allowed")]
    TooLong(u64),
    /// It is not what the format says.
    #[error("the header is not the JSON of the format: {0}")]
    NotJson(String),
    /// It ends after the file does.
    #[error("a header of {length} bytes in a file of {file}")]
    PastEnd {
        /// What the first eight bytes say.
        length: u64,
        /// The length of the file.
        file: u64,
    },
    /// It lists more tensors than are read.
    #[error("{0} tensors, more than the {MOST_TENSORS} allowed")]
    TooMany(usize),
    /// It tells of more elements than there are numbers for.
    #[error("the shape of a tensor has more elements than can be counted")]
    Overflow,
}

/// What a header says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Header {
    /// The tensors, in the order of their bytes.
    pub tensors: Vec<Tensor>,
    /// The texts under `__metadata__`.
    pub metadata: BTreeMap<String, String>,
    /// What does not add up, in the order of the tensors.
    pub flaws: Vec<Flaw>,
}

/// One tensor of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tensor {
    /// Its name, as written; nothing says that it is fit for a path or a page.
    pub name: String,
    /// The type of its elements, such as `BF16`.
    pub dtype: String,
    /// Its sides.
    pub shape: Vec<u64>,
    /// Where its bytes begin, counted from the end of the header.
    pub begin: u64,
    /// Where its bytes end, counted alike.
    pub end: u64,
}

/// What does not add up in a header that could be read. The format allows none of these; readers disagree on what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// The header does not start with a brace.
    #[error("the header does not start with `{{`")]
    Padding,
    /// A key stands there twice; the first is read.
    #[error("`{0}` is there twice")]
    Twice(String),
    /// Something under `__metadata__` is not a text.
    #[error("the metadata `{0}` is not a text")]
    NotText(String),
    /// The type is none of the format's.
    #[error("tensor `{tensor}` has the unknown type `{dtype}`")]
    UnknownType {
        /// Whose.
        tensor: String,
        /// The type, as written.
        dtype: String,
    },
    /// There are more or fewer bytes than shape and type need.
    #[error("tensor `{tensor}` needs {needed} bytes and has {found}")]
    WrongLength {
        /// Whose.
        tensor: String,
        /// What shape and type need.
        needed: u64,
        /// What the offsets say.
        found: u64,
    },
    /// The bytes end before they begin.
    #[error("tensor `{0}` ends before it begins")]
    Backwards(String),
    /// The bytes begin among those of the tensor before.
    #[error("tensor `{0}` overlaps the one before it")]
    Overlap(String),
    /// Bytes that belong to no tensor lie before this one.
    #[error("{bytes} bytes before tensor `{tensor}` belong to none")]
    Hole {
        /// The tensor after the hole.
        tensor: String,
        /// How many.
        bytes: u64,
    },
    /// The bytes end after the file does.
    #[error("tensor `{0}` ends after the file")]
    OutOfFile(String),
    /// Bytes that belong to no tensor lie after the last.
    #[error("{0} bytes after the last tensor belong to none")]
    Trailing(u64),
}

impl HeaderProblem {
    /// What it is, in few words that do not change.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::TooLong(_) => "safetensors-header-too-long",
            Self::NotJson(_) => "safetensors-header-not-json",
            Self::PastEnd { .. } => "safetensors-header-past-end",
            Self::TooMany(_) => "safetensors-too-many-tensors",
            Self::Overflow => "safetensors-shape-overflow",
        }
    }
}

impl Flaw {
    /// What it is, in few words that do not change.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Padding => "safetensors-padding-first",
            Self::Twice(_) => "safetensors-key-twice",
            Self::NotText(_) => "safetensors-metadata-not-text",
            Self::UnknownType { .. } => "safetensors-unknown-type",
            Self::WrongLength { .. } => "safetensors-wrong-length",
            Self::Backwards(_) => "safetensors-backwards",
            Self::Overlap(_) => "safetensors-overlap",
            Self::Hole { .. } => "safetensors-hole",
            Self::OutOfFile(_) => "safetensors-out-of-file",
            Self::Trailing(_) => "safetensors-trailing",
        }
    }
}

/// What stands in the header for a tensor: all that is needed to count it.
#[derive(Deserialize)]
struct Shaped {
    dtype: String,
    shape: Vec<u64>,
}

/// All that stands there.
#[derive(Deserialize)]
struct Placed {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: (u64, u64),
}

/// The types of the format, with the bits of an element
/// (`safetensors/src/tensor.rs` of <https://github.com/huggingface/safetensors>, 0.8).
const TYPES: [(&str, u64); 22] = [
    ("BOOL", 8),
    ("F4", 4),
    ("F6_E2M3", 6),
    ("F6_E3M2", 6),
    ("U8", 8),
    ("I8", 8),
    ("F8_E5M2", 8),
    ("F8_E4M3", 8),
    ("F8_E8M0", 8),
    ("F8_E4M3FNUZ", 8),
    ("F8_E5M2FNUZ", 8),
    ("I16", 16),
    ("U16", 16),
    ("F16", 16),
    ("BF16", 16),
    ("I32", 32),
    ("U32", 32),
    ("F32", 32),
    ("C64", 64),
    ("F64", 64),
    ("I64", 64),
    ("U64", 64),
];

/// The name in a header under which texts stand, not a tensor.
const METADATA: &str = "__metadata__";

/// The length of the header, from the first eight bytes of a file (little endian).
///
/// # Errors
/// When it is longer than any that is read.
pub fn header_length(first: [u8; 8]) -> Result<u64, HeaderProblem> {
    match u64::from_le_bytes(first) {
        length if length <= LONGEST_HEADER => Ok(length),
        length => Err(HeaderProblem::TooLong(length)),
    }
}

/// How many bytes come after the header.
///
/// # Errors
/// When the header is longer than the file.
pub fn data_length(header: u64, file: u64) -> Result<u64, HeaderProblem> {
    file.checked_sub(8)
        .and_then(|rest| rest.checked_sub(header))
        .ok_or(HeaderProblem::PastEnd { length: header, file })
}

impl Header {
    /// The header in these bytes, of a file that has so many bytes after it. What can be read although the format
    /// forbids it becomes a [`Flaw`].
    ///
    /// ```
    /// # use limpide_formats::safetensors::Header;
    /// let header = Header::read(br#"{"a":{"dtype":"F16","shape":[2,3],"data_offsets":[0,12]}}"#, 12)?;
    /// assert!(header.flaws.is_empty());
    /// assert_eq!(header.parameters()?["F16"], 6);
    /// # Ok::<(), limpide_formats::safetensors::HeaderProblem>(())
    /// ```
    ///
    /// # Errors
    /// When it is too long, not the JSON of the format, or tells of more than can be counted.
    pub fn read(header: &[u8], data_length: u64) -> Result<Self, HeaderProblem> {
        let length = u64::try_from(header.len()).unwrap_or(u64::MAX);
        if length > LONGEST_HEADER {
            return Err(HeaderProblem::TooLong(length));
        }
        let Entries(entries) = serde_json::from_slice::<Entries<&RawValue>>(header).map_err(not_json)?;
        let tensors = entries.iter().filter(|(name, _)| name != METADATA).count();
        if tensors > MOST_TENSORS {
            return Err(HeaderProblem::TooMany(tensors));
        }
        let mut read = Self::default();
        if header.first() != Some(&b'{') {
            read.flaws.push(Flaw::Padding);
        }
        let again = twice(&entries);
        for (number, (name, item)) in entries.into_iter().enumerate() {
            if again.contains(&number) {
                read.flaws.push(Flaw::Twice(name));
            } else if name == METADATA {
                read.add_metadata(item)?;
            } else {
                read.add_tensor(name, item)?;
            }
        }
        read.lay_out(data_length);
        Ok(read)
    }

    /// The parameters by element type.
    ///
    /// # Errors
    /// When there are more than can be counted.
    pub fn parameters(&self) -> Result<Parameters, HeaderProblem> {
        let mut parameters = Parameters::new();
        for tensor in &self.tensors {
            let total = parameters.entry(tensor.dtype.clone()).or_default();
            *total = total.checked_add(tensor.elements()).ok_or(HeaderProblem::Overflow)?;
        }
        Ok(parameters)
    }

    fn add_metadata(&mut self, item: &RawValue) -> Result<(), HeaderProblem> {
        let Entries(entries) = serde_json::from_str::<Entries<&RawValue>>(item.get()).map_err(not_json)?;
        for (key, value) in entries {
            match serde_json::from_str(value.get()) {
                Ok(_) if self.metadata.contains_key(&key) => self.flaws.push(Flaw::Twice(key)),
                Ok(text) => {
                    self.metadata.insert(key, text);
                }
                Err(_) => self.flaws.push(Flaw::NotText(key)),
            }
        }
        Ok(())
    }

    fn add_tensor(&mut self, name: String, item: &RawValue) -> Result<(), HeaderProblem> {
        let Placed { dtype, shape, data_offsets: (begin, end) } =
            serde_json::from_str(item.get()).map_err(not_json)?;
        let count = product(&shape).ok_or(HeaderProblem::Overflow)?;
        if end < begin {
            self.flaws.push(Flaw::Backwards(name.clone()));
        } else if let Some(needed) = bytes(&dtype, count)? {
            if needed != end - begin {
                self.flaws.push(Flaw::WrongLength { tensor: name.clone(), needed, found: end - begin });
            }
        } else {
            self.flaws.push(Flaw::UnknownType { tensor: name.clone(), dtype: dtype.clone() });
        }
        self.tensors.push(Tensor { name, dtype, shape, begin, end });
        Ok(())
    }

    /// Sorts the tensors by their bytes, and notes where these do not follow each other from the first to the last.
    fn lay_out(&mut self, data_length: u64) {
        self.tensors.sort_by(|a, b| (a.begin, a.end, &a.name).cmp(&(b.begin, b.end, &b.name)));
        let mut at = 0;
        for tensor in &self.tensors {
            if tensor.begin > at {
                self.flaws.push(Flaw::Hole { tensor: tensor.name.clone(), bytes: tensor.begin - at });
            } else if tensor.begin < at {
                self.flaws.push(Flaw::Overlap(tensor.name.clone()));
            }
            if tensor.begin.max(tensor.end) > data_length {
                self.flaws.push(Flaw::OutOfFile(tensor.name.clone()));
            }
            at = at.max(tensor.end);
        }
        if at < data_length {
            self.flaws.push(Flaw::Trailing(data_length - at));
        }
    }
}

/// Which of these have the name of one before them.
fn twice(entries: &[(String, &RawValue)]) -> HashSet<usize> {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|number| &entries[*number].0);
    let pairs = order.windows(2).filter(|pair| entries[pair[0]].0 == entries[pair[1]].0);
    pairs.map(|pair| pair[1]).collect()
}

impl Tensor {
    /// The number of elements; those of packed types are counted as stored.
    pub fn elements(&self) -> u64 {
        product(&self.shape).unwrap_or(u64::MAX)
    }

    /// One line that is the same exactly for tensors of the same name, type, shape and place: what is put into a digest
    /// to tell whether two files hold the same layout.
    pub fn signature(&self) -> String {
        serde_json::json!([self.name, self.dtype, self.shape, self.begin, self.end]).to_string()
    }
}

/// The bytes that so many elements of a type take, when the type is known. Elements smaller than a byte are packed.
fn bytes(dtype: &str, count: u64) -> Result<Option<u64>, HeaderProblem> {
    let Some((_, bits)) = TYPES.iter().find(|(name, _)| *name == dtype) else { return Ok(None) };
    let total = count.checked_mul(*bits).ok_or(HeaderProblem::Overflow)?;
    Ok(Some(total.div_ceil(8)))
}

fn product(shape: &[u64]) -> Option<u64> {
    shape.iter().try_fold(1_u64, |product, side| product.checked_mul(*side))
}

fn not_json(error: serde_json::Error) -> HeaderProblem {
    HeaderProblem::NotJson(error.to_string())
}

/// The parameters that a header tells of.
///
/// # Errors
/// When it is not as the format says.
pub fn parameters(header: &[u8]) -> Result<Parameters, HeaderProblem> {
    let items: BTreeMap<String, &RawValue> = serde_json::from_slice(header).map_err(not_json)?;
    let mut parameters = Parameters::new();
    for (_, item) in items.into_iter().filter(|(name, _)| name != METADATA) {
        let tensor: Shaped = serde_json::from_str(item.get()).map_err(not_json)?;
        let count = product(&tensor.shape).ok_or(HeaderProblem::Overflow)?;
        let total = parameters.entry(tensor.dtype).or_default();
        *total = total.checked_add(count).ok_or(HeaderProblem::Overflow)?;
    }
    Ok(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_counted_by_type() {
        let header = br#"{"__metadata__":{"format":"pt"},
            "a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},
            "b":{"dtype":"F32","shape":[],"data_offsets":[24,28]},
            "c":{"dtype":"BF16","shape":[4,0],"data_offsets":[28,28]}}"#;
        let expected = Parameters::from([("F32".to_owned(), 7), ("BF16".to_owned(), 0)]);
        assert_eq!(parameters(header), Ok(expected));
    }

    #[test]
    fn hostile_headers_are_refused() {
        assert_eq!(header_length(u64::MAX.to_le_bytes()), Err(HeaderProblem::TooLong(u64::MAX)));
        assert!(matches!(parameters(b"[]"), Err(HeaderProblem::NotJson(_))));
        let huge = br#"{"a":{"dtype":"F32","shape":[18446744073709551615,2]}}"#;
        assert_eq!(parameters(huge), Err(HeaderProblem::Overflow));
    }

    fn flaws(header: &str, data_length: u64) -> Vec<Flaw> {
        Header::read(header.as_bytes(), data_length).unwrap().flaws
    }

    #[test]
    fn tensors_come_in_the_order_of_their_bytes() {
        let header = br#"{"__metadata__":{"format":"pt"},
            "z":{"dtype":"F32","shape":[],"data_offsets":[24,28]},
            "a":{"dtype":"F4","shape":[2,3],"data_offsets":[28,31]},
            "m":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]}}  "#;
        let header = Header::read(header, 31).unwrap();
        assert_eq!(header.flaws, []);
        assert_eq!(header.tensors.iter().map(|tensor| &*tensor.name).collect::<Vec<_>>(), ["m", "z", "a"]);
        assert_eq!(header.metadata["format"], "pt");
        assert_eq!(header.parameters(), Ok(Parameters::from([("F32".to_owned(), 7), ("F4".to_owned(), 6)])));
        assert_eq!(header.tensors[1].signature(), r#"["z","F32",[],24,28]"#);
    }

    #[test]
    fn what_does_not_add_up_is_told() {
        let one =
            |offsets: &str| format!(r#"{{"a":{{"dtype":"I8","shape":[4],"data_offsets":[{offsets}]}}}}"#);
        let a = || "a".to_owned();
        assert_eq!(flaws(&one("0,4"), 4), []);
        assert_eq!(flaws(&one("0,4"), 9), [Flaw::Trailing(5)]);
        assert_eq!(flaws(&one("0,4"), 3), [Flaw::OutOfFile(a())]);
        assert_eq!(flaws(&one("4,8"), 8), [Flaw::Hole { tensor: a(), bytes: 4 }]);
        assert_eq!(flaws(&one("0,5"), 5), [Flaw::WrongLength { tensor: a(), needed: 4, found: 5 }]);
        assert!(flaws(&one("4,0"), 4).contains(&Flaw::Backwards(a())));
        assert_eq!(flaws(&format!(" {}", one("0,4")), 4), [Flaw::Padding]);
        let unknown = one("0,4").replace("I8", "Q9");
        assert_eq!(flaws(&unknown, 4), [Flaw::UnknownType { tensor: a(), dtype: "Q9".to_owned() }]);
    }

    #[test]
    fn tensors_that_share_a_name_or_bytes_are_told() {
        let tensor = |name: &str, begin: u64| {
            format!(r#""{name}":{{"dtype":"I8","shape":[4],"data_offsets":[{begin},{}]}}"#, begin + 4)
        };
        let overlap = format!("{{{},{}}}", tensor("a", 0), tensor("b", 2));
        assert_eq!(flaws(&overlap, 6), [Flaw::Overlap("b".to_owned())]);
        let twice = format!("{{{},{}}}", tensor("a", 0), tensor("a", 4));
        assert_eq!(flaws(&twice, 4), [Flaw::Twice("a".to_owned())]);
        let metadata = r#"{"__metadata__":{"a":1,"b":"c","b":"d"}}"#;
        assert_eq!(flaws(metadata, 0), [Flaw::NotText("a".to_owned()), Flaw::Twice("b".to_owned())]);
    }

    #[test]
    fn a_header_that_cannot_be_read_is_refused() {
        for (header, what) in [
            ("", "EOF"),
            ("[]", "an object"),
            (r#"{"a":{"dtype":"I8","shape":[4]}}"#, "data_offsets"),
            (r#"{"a":{"dtype":"I8","shape":[4],"data_offsets":[-1,4]}}"#, "-1"),
            (r#"{"a":{"dtype":"I8","shape":[4.5],"data_offsets":[0,4]}}"#, "4.5"),
            (r#"{"a":{"dtype":"F64","shape":[4611686018427387904],"data_offsets":[0,4]}}"#, "counted"),
        ] {
            let problem = Header::read(header.as_bytes(), 4).unwrap_err().to_string();
            assert!(problem.contains(what), "{header}: {problem}");
        }
        let many = (0..=MOST_TENSORS).map(|at| format!("\"{at}\":0")).collect::<Vec<_>>().join(",");
        let many = format!("{{{many}}}");
        assert_eq!(Header::read(many.as_bytes(), 0), Err(HeaderProblem::TooMany(MOST_TENSORS + 1)));
        assert_eq!(data_length(10, 17), Err(HeaderProblem::PastEnd { length: 10, file: 17 }));
        assert_eq!(data_length(10, 30), Ok(12));
    }

    proptest::proptest! {
        #[test]
        fn no_header_breaks_the_reader(header in "[\\[\\]{}\":,a-z0-9]{0,80}") {
            let _ = parameters(header.as_bytes());
        }
    }
}
