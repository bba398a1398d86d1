//! Byte grouping: first every fourth byte from the first, then from the second, and so on, so that the like bytes
//! of 32-bit numbers stand together and compress. Called BG4 in `xet-core-structures`.

/// Writes the bytes of `data` into `grouped` in groups; both have the same length.
pub(crate) fn split(data: &[u8], grouped: &mut [u8]) {
    let (first, second, third, fourth) = groups_mut(grouped);
    let (whole, rest) = data.as_chunks::<4>();
    let places = first.iter_mut().zip(second.iter_mut()).zip(third.iter_mut()).zip(fourth.iter_mut());
    for ((((a, b), c), d), four) in places.zip(whole) {
        // As one number, which the compiler turns into wide instructions; four bytes it would move one by one.
        let number = u32::from_le_bytes(*four);
        *a = number as u8;
        *b = (number >> 8) as u8;
        *c = (number >> 16) as u8;
        *d = (number >> 24) as u8;
    }
    for (group, byte) in [first, second, third].into_iter().zip(rest) {
        if let Some(last) = group.last_mut() {
            *last = *byte;
        }
    }
}

/// Writes the bytes of `grouped` into `data` in their original order; both have the same length.
pub(crate) fn regroup(grouped: &[u8], data: &mut [u8]) {
    let (first, second, third, fourth) = groups(grouped);
    let (whole, rest) = data.as_chunks_mut::<4>();
    for ((((four, a), b), c), d) in whole.iter_mut().zip(first).zip(second).zip(third).zip(fourth) {
        let number = u32::from(*a) | u32::from(*b) << 8 | u32::from(*c) << 16 | u32::from(*d) << 24;
        *four = number.to_le_bytes();
    }
    for (byte, group) in rest.iter_mut().zip([first, second, third]) {
        if let Some(last) = group.last() {
            *byte = *last;
        }
    }
}

/// Returns where the second, third and fourth group start: the first groups take the bytes left over.
fn starts(len: usize) -> (usize, usize, usize) {
    let (whole, rest) = (len / 4, len % 4);
    let second = whole + usize::from(rest > 0);
    let third = second + whole + usize::from(rest > 1);
    (second, third, third + whole + usize::from(rest > 2))
}

fn groups(grouped: &[u8]) -> (&[u8], &[u8], &[u8], &[u8]) {
    let (second, third, fourth) = starts(grouped.len());
    (&grouped[..second], &grouped[second..third], &grouped[third..fourth], &grouped[fourth..])
}

fn groups_mut(grouped: &mut [u8]) -> (&mut [u8], &mut [u8], &mut [u8], &mut [u8]) {
    let (second, third, fourth) = starts(grouped.len());
    let (rest, fourth_group) = grouped.split_at_mut(fourth);
    let (rest, third_group) = rest.split_at_mut(third);
    let (first_group, second_group) = rest.split_at_mut(second);
    (first_group, second_group, third_group, fourth_group)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_comes_back() {
        for len in 0..40u8 {
            let data: Vec<u8> = (0..len).collect();
            let (mut grouped, mut back) = (vec![0; data.len()], vec![0; data.len()]);
            split(&data, &mut grouped);
            regroup(&grouped, &mut back);
            assert_eq!(back, data);
        }
    }

    #[test]
    fn the_first_groups_take_the_bytes_left_over() {
        let mut grouped = [0; 7];
        split(&[0, 1, 2, 3, 10, 11, 12], &mut grouped);
        assert_eq!(grouped, [0, 10, 1, 11, 2, 12, 3]);
    }
}
