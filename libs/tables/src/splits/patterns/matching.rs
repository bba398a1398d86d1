//! Holds a path against a pattern with wildcards, letter by letter and never going back.
//!
//! All ways in which the pattern may go on are followed at once, so that the work is at most the letters of the path
//! times the steps of the pattern, whatever a stranger writes.

use super::shortened;

/// A pattern, read once and held against many paths.
pub(super) struct Glob {
    steps: Vec<Step>,
    word: String,
    /// The steps that may take the next letter, and those that may take the one after it.
    now: Vec<usize>,
    next: Vec<usize>,
    /// For each step the last letter for which it was put into `next`.
    seen: Vec<usize>,
    letter: usize,
}

enum Step {
    Letter(char),
    /// `?`: any letter but a `/`.
    Any,
    /// `[…]`: a letter between two others, or none of them. It may be a `/`.
    Set {
        negated: bool,
        ranges: Vec<(char, char)>,
    },
    /// `*`: letters within a folder, or nothing.
    Star,
    /// `**` before a `/`: the first letter of some folders. To leave them out is to go on after `InFolders`.
    Folders,
    /// The letters that follow, up to any `/`.
    InFolders,
    /// `**` at the end: everything.
    Rest,
}

impl Glob {
    pub(super) fn new(pattern: &str) -> Result<Glob, String> {
        let mut steps = Vec::new();
        let mut parts = pattern.split('/').peekable();
        while let Some(part) = parts.next() {
            let is_last = parts.peek().is_none();
            match part {
                "**" if is_last => steps.push(Step::Rest),
                "**" => steps.extend([Step::Folders, Step::InFolders]),
                "*" => steps.extend([Step::Any, Step::Star]),
                part if part.contains("**") => {
                    let part = shortened(part);
                    return Err(format!("has `{part}`, where `**` is not a whole part of the path"));
                }
                part => read_part(part, &mut steps),
            }
            if !is_last && part != "**" {
                steps.push(Step::Letter('/'));
            }
        }
        let seen = vec![0; steps.len() + 1];
        Ok(Glob { word: longest_word(&steps), steps, now: Vec::new(), next: Vec::new(), seen, letter: 0 })
    }

    /// Letters that a part of every path with a match holds one after the other; few other paths hold them.
    pub(super) fn word(&self) -> &str {
        &self.word
    }

    /// Whether the pattern matches the whole path. Nothing matches when no work is left.
    pub(super) fn matches(&mut self, path: &str, work_left: &mut usize) -> bool {
        self.next.clear();
        self.letter += 1;
        self.reach(0);
        for letter in path.chars() {
            std::mem::swap(&mut self.now, &mut self.next);
            self.next.clear();
            self.letter += 1;
            *work_left = work_left.saturating_sub(self.now.len());
            if self.now.is_empty() || *work_left == 0 {
                return false;
            }
            for place in 0..self.now.len() {
                let at = self.now[place];
                match self.steps.get(at) {
                    Some(Step::Rest) => return true,
                    Some(Step::Letter(wanted)) if letter == *wanted => self.reach(at + 1),
                    Some(Step::Any) if letter != '/' => self.reach(at + 1),
                    Some(Step::Set { negated, ranges }) if *negated != is_in(letter, ranges) => {
                        self.reach(at + 1);
                    }
                    Some(Step::Star) if letter != '/' => self.reach(at),
                    Some(Step::Folders) => self.reach(at + 1),
                    Some(Step::InFolders) => {
                        self.reach(at);
                        if letter == '/' {
                            self.reach(at + 1);
                        }
                    }
                    _ => {}
                }
            }
        }
        let end = self.steps.len();
        self.next.iter().any(|at| *at == end || matches!(self.steps.get(*at), Some(Step::Rest)))
    }

    /// Notes that the next letter may be taken by this step, or by those that follow what may be left out.
    fn reach(&mut self, mut at: usize) {
        while self.seen[at] != self.letter {
            self.seen[at] = self.letter;
            self.next.push(at);
            match self.steps.get(at) {
                Some(Step::Star) => at += 1,
                Some(Step::Folders) => at += 2,
                _ => return,
            }
        }
    }
}

fn is_in(letter: char, ranges: &[(char, char)]) -> bool {
    ranges.iter().any(|(first, last)| (*first..=*last).contains(&letter))
}

fn longest_word(steps: &[Step]) -> String {
    let mut longest = String::new();
    let mut word = String::new();
    for step in steps {
        match step {
            Step::Letter(letter) if *letter != '/' => word.push(*letter),
            _ => word.clear(),
        }
        if word.len() > longest.len() {
            longest.clone_from(&word);
        }
    }
    longest
}

fn read_part(part: &str, steps: &mut Vec<Step>) {
    let letters: Vec<char> = part.chars().collect();
    let mut at = 0;
    while let Some(letter) = letters.get(at) {
        at += 1;
        steps.push(match letter {
            '*' => Step::Star,
            '?' => Step::Any,
            '[' => match end_of_set(&letters, at) {
                Some(end) => {
                    let set = read_set(&letters[at..end]);
                    at = end + 1;
                    set
                }
                None => Step::Letter('['),
            },
            letter => Step::Letter(*letter),
        });
    }
}

/// Where the `]` of the set is; one that comes first is a member.
fn end_of_set(letters: &[char], start: usize) -> Option<usize> {
    let negated = usize::from(letters.get(start) == Some(&'!'));
    let first = start + negated;
    let from = first + usize::from(letters.get(first) == Some(&']'));
    letters.get(from..)?.iter().position(|letter| *letter == ']').map(|place| from + place)
}

/// The letters of the set one by one, and the ranges between its chunks.
fn read_set(inside: &[char]) -> Step {
    let chunks = chunks_between_ranges(inside);
    let negated = chunks.first().and_then(|chunk| chunk.first()) == Some(&'!');
    let single = chunks.iter().flatten().skip(usize::from(negated)).map(|letter| (*letter, *letter));
    let between = chunks.windows(2).filter_map(|pair| Some((*pair[0].last()?, *pair[1].first()?)));
    Step::Set { negated, ranges: single.chain(between).collect() }
}

/// The set cut at the dashes that make a range: from the end of one chunk to the start of the next.
///
/// A range that runs backwards is empty, and its two ends are dropped.
fn chunks_between_ranges(inside: &[char]) -> Vec<Vec<char>> {
    let mut chunks: Vec<Vec<char>> = Vec::new();
    let mut start = 0;
    let mut from = if inside.first() == Some(&'!') { 2 } else { 1 };
    while let Some(dash) = (from..inside.len()).find(|place| inside[*place] == '-') {
        chunks.push(inside[start..dash].to_vec());
        start = dash + 1;
        from = dash + 3;
    }
    match chunks.last_mut() {
        Some(last) if start >= inside.len() => last.push('-'),
        _ => chunks.push(inside[start..].to_vec()),
    }
    for place in (1..chunks.len()).rev() {
        if chunks[place - 1].last() > chunks[place].first() {
            let rest = chunks.remove(place);
            chunks[place - 1].pop();
            chunks[place - 1].extend(rest.into_iter().skip(1));
        }
    }
    chunks
}
