//! Counts the parameters of a model from the headers of its safetensors files: a few kilobytes of each.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

/// The longest header that is read (the limit of the format's own library).
pub const LONGEST_HEADER: u64 = 25_000_000;

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
    /// It tells of more elements than there are numbers for.
    #[error("the shape of a tensor has more elements than can be counted")]
    Overflow,
}

#[derive(Deserialize)]
struct Tensor {
    dtype: String,
    shape: Vec<u64>,
}

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

/// The parameters that a header tells of.
///
/// # Errors
/// When it is not as the format says.
pub fn parameters(header: &[u8]) -> Result<Parameters, HeaderProblem> {
    let not_json = |error: serde_json::Error| HeaderProblem::NotJson(error.to_string());
    let items: BTreeMap<String, &RawValue> = serde_json::from_slice(header).map_err(not_json)?;
    let mut parameters = Parameters::new();
    for (_, item) in items.into_iter().filter(|(name, _)| name != METADATA) {
        let tensor: Tensor = serde_json::from_str(item.get()).map_err(not_json)?;
        let count = tensor.shape.iter().try_fold(1_u64, |product, side| product.checked_mul(*side));
        let total = parameters.entry(tensor.dtype).or_default();
        *total = count.and_then(|count| total.checked_add(count)).ok_or(HeaderProblem::Overflow)?;
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

    proptest::proptest! {
        #[test]
        fn no_header_breaks_the_reader(header in "[\\[\\]{}\":,a-z0-9]{0,80}") {
            let _ = parameters(header.as_bytes());
        }
    }
}
