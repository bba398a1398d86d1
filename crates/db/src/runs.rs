//! How the numbers of a folder are written: as runs, for most entries of a large folder came with the same few
//! commits. Each run is its length and its number, both in LEB128 (seven bits a byte, the lowest first, the high bit
//! says that more follow).

/// Numbers as runs.
pub fn write(numbers: &[u32]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for run in numbers.chunk_by(|one, next| one == next) {
        push(&mut bytes, run.len() as u64);
        push(&mut bytes, u64::from(run[0]));
    }
    bytes
}

/// The numbers again; none when the bytes are not the runs of so many numbers.
pub fn read(mut bytes: &[u8], count: usize) -> Option<Vec<u32>> {
    let mut numbers = Vec::new();
    while !bytes.is_empty() {
        let length = usize::try_from(take(&mut bytes)?).ok()?;
        let number = u32::try_from(take(&mut bytes)?).ok()?;
        if length > count - numbers.len() {
            return None;
        }
        numbers.resize(numbers.len() + length, number);
    }
    (numbers.len() == count).then_some(numbers)
}

fn push(bytes: &mut Vec<u8>, mut value: u64) {
    while value > 0x7f {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

fn take(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_hundred_thousand_entries_of_three_commits_take_a_few_bytes() {
        let mut numbers = vec![1; 50_000];
        numbers.extend([300].repeat(250));
        numbers.resize(100_000, 2);
        let bytes = write(&numbers);
        assert_eq!(bytes.len(), 4 + 4 + 4);
        assert_eq!(read(&bytes, 100_000), Some(numbers));
    }

    #[test]
    fn what_are_no_runs_of_so_many_numbers_is_refused() {
        let bytes = write(&[7, 7, 300]);
        assert_eq!(bytes, [2, 7, 1, 0xac, 2]);
        for (bytes, count) in [(&bytes[..], 2), (&bytes[..], 4), (&bytes[..4], 3), (&[], 1), (&[0xff; 30], 3)]
        {
            assert_eq!(read(bytes, count), None, "{bytes:?}");
        }
        // A number of more than 32 bits, and a run of more than there is memory.
        assert_eq!(read(&[1, 0xff, 0xff, 0xff, 0xff, 0x7f], 1), None);
        assert_eq!(read(&[0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 1], 3), None);
        assert_eq!(read(&[], 0), Some(vec![]));
    }

    proptest! {
        #[test]
        fn numbers_come_back(numbers in vec(prop_oneof![0..3u32, any::<u32>()], 0..200)) {
            prop_assert_eq!(read(&write(&numbers), numbers.len()), Some(numbers));
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in vec(any::<u8>(), 0..60), count in 0..1000usize) {
            if let Some(numbers) = read(&bytes, count) {
                prop_assert_eq!(numbers.len(), count);
            }
        }
    }
}
