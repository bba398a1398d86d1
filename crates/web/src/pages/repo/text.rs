//! A text, line by line: each with a number to link to, and those marked that an address asks for.

use crate::pages::repo::bytes::Asked;

/// One line.
pub(crate) struct Line {
    pub(crate) number: usize,
    /// Safe HTML, with the line's own text in it and nothing else.
    pub(crate) html: String,
    pub(crate) is_marked: bool,
    /// Whether it is the first that is marked: where the address jumps to.
    pub(crate) is_first: bool,
}

/// The lines of `bytes`, as `highlighted` writes them; those that hold bytes of `asked` are marked.
pub(crate) fn lines(bytes: &[u8], highlighted: Vec<String>, asked: Option<Asked>) -> Vec<Line> {
    let mut at = 0_u64;
    let mut starts = bytes.split_inclusive(|byte| *byte == b'\n').map(|line| {
        let begin = at;
        at += line.len() as u64;
        (begin, at)
    });
    let mut is_found = false;
    let line = |(index, html): (usize, String)| {
        let (begin, end) = starts.next().unwrap_or((u64::MAX, u64::MAX));
        let is_marked = asked.is_some_and(|asked| begin < asked.end && asked.begin < end);
        let is_first = is_marked && !is_found;
        is_found |= is_marked;
        Line { number: index + 1, html, is_marked, is_first }
    };
    highlighted.into_iter().enumerate().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_that_hold_the_asked_bytes_are_marked() {
        let text = b"one\ntwo\nthree\n";
        let marked = |begin, end| {
            let plain = ["one", "two", "three"].map(str::to_owned).to_vec();
            let lines = lines(text, plain, Some(Asked { begin, end }));
            let first: Vec<_> = lines.iter().filter(|line| line.is_first).map(|line| line.number).collect();
            let all: Vec<_> = lines.iter().filter(|line| line.is_marked).map(|line| line.number).collect();
            (first, all)
        };
        assert_eq!(marked(0, 3), (vec![1], vec![1]));
        assert_eq!(marked(3, 5), (vec![1], vec![1, 2]));
        assert_eq!(marked(4, 14), (vec![2], vec![2, 3]));
    }
}
