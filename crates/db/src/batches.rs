//! Cuts what is to be written into pieces that a statement can carry.

/// As many bytes as one statement carries.
const BATCH: usize = 4 << 20;

/// The items in their order, a batch after the other; `size` tells the bytes of one. An item that is larger than a batch
/// is one.
pub(crate) fn batches<T>(items: &[T], size: impl Fn(&T) -> usize) -> impl Iterator<Item = &[T]> {
    let mut rest = items;
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fits = |item: &&T| {
            bytes += size(item);
            bytes <= BATCH
        };
        let length = rest.iter().take_while(fits).count().max(1);
        let (batch, after) = rest.split_at_checked(length)?;
        rest = after;
        Some(batch)
    })
}

/// The bytes of many rows, one after the other, as one value: each row says where its own begin.
#[derive(Debug)]
pub(crate) struct Joined(Vec<u8>);

impl Joined {
    /// Nothing yet, but for a byte that belongs to no row: SQLite takes a value without bytes for none.
    pub(crate) fn new() -> Self {
        Self(vec![0])
    }

    /// Adds bytes; gives where they begin, as `substr` counts.
    pub(crate) fn add(&mut self, bytes: &[u8]) -> usize {
        let start = self.0.len() + 1;
        self.0.extend_from_slice(bytes);
        start
    }

    /// All of them.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_in_one_batch() {
        let lengths =
            |sizes: &[usize]| -> Vec<usize> { batches(sizes, |size| *size).map(<[_]>::len).collect() };
        assert_eq!(lengths(&[]), [0; 0]);
        assert_eq!(lengths(&[1, BATCH - 1, 1]), [2, 1]);
        assert_eq!(lengths(&[BATCH + 1, 1, BATCH, 1, 1]), [1, 1, 1, 2]);
    }
}
