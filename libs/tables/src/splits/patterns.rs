//! Which paths of a repository a pattern names, as `datasets` asks a hub's file system for them.
//!
//! The patterns are those of fsspec: `*` and `?` stay within a folder, `**` is a whole part of the path and crosses
//! folders, `[a-z]` and `[!a]` are sets, and braces are plain letters. A set may match a `/`, as it does there.

use std::collections::HashMap;
use std::fmt::Write;
use std::ops::Range;

use regex::Regex;

/// Names that are about a dataset and never its data, unless a pattern ends with the very name.
const NEVER_DATA: [&str; 6] = [
    "README.md",
    "config.json",
    "dataset_info.json",
    "dataset_infos.json",
    "dummy_data.zip",
    "dataset_dict.json",
];

/// Longer patterns are refused: no path of a repository needs one.
const LONGEST_PATTERN: usize = 1024;

/// How many bytes the expressions of one dataset may have together: making one takes time too.
const MOST_EXPRESSIONS: usize = 1_000_000;

/// How many expressions are kept to be used again; each may hold some hundred kilobytes.
const KEPT_EXPRESSIONS: usize = 256;

/// How many bytes of paths may be held against patterns for any dataset: less than a second of work.
const WORK_FOR_ALL: usize = 400_000_000;

/// How many times all paths may be looked at beyond that, so that a large dataset is not refused for its size.
const LOOKS_AT_ALL_PATHS: usize = 32;

/// How many files the configurations of one dataset may list together.
const MOST_FILES: usize = 1_000_000;

/// The sorted paths of a repository, and how much may still be asked of them.
pub(super) struct Listing<'a> {
    paths: Vec<&'a str>,
    kept: HashMap<String, Regex>,
    expressions_left: usize,
    work_left: usize,
    files_left: usize,
}

impl<'a> Listing<'a> {
    pub(super) fn new(mut paths: Vec<&'a str>) -> Self {
        paths.sort_unstable();
        paths.dedup();
        let bytes = bytes(&paths);
        Listing {
            paths,
            kept: HashMap::new(),
            expressions_left: MOST_EXPRESSIONS,
            work_left: WORK_FOR_ALL.saturating_add(bytes.saturating_mul(LOOKS_AT_ALL_PATHS)),
            files_left: MOST_FILES,
        }
    }

    /// The files that the pattern names below the folder, in the order of their names, or why it can't be asked.
    pub(super) fn named(&mut self, folder: &str, pattern: &str) -> Result<Vec<&'a str>, String> {
        let pattern = Pattern::below(folder, pattern)?;
        if pattern.has_wildcard {
            let near = self.paths[self.near(&pattern)].to_vec();
            return self.among(&near, &pattern);
        }
        let found = self.paths.binary_search(&pattern.text.as_str()).map(|place| self.paths[place]);
        Ok(found.into_iter().filter(|path| pattern.asks_for(path)).collect())
    }

    /// The files that each of the patterns names below the folder.
    ///
    /// All patterns begin with a wildcard and most paths match none: one look at each path spares most of the work.
    pub(super) fn named_by_any(
        &mut self,
        folder: &str,
        patterns: &[&str],
    ) -> Result<Vec<Vec<&'a str>>, String> {
        let read = patterns.iter().map(|pattern| Pattern::below(folder, pattern));
        let read: Vec<Pattern> = read.collect::<Result<_, _>>()?;
        let Some(first) = read.first() else { return Ok(Vec::new()) };
        let any = read.iter().map(|one| expression(&one.text[one.root..]));
        let any = self.compiled(&any.collect::<Result<Vec<_>, _>>()?.join("|"))?;
        let near = self.near(first);
        self.spend(bytes(&self.paths[near.clone()]))?;
        let near = self.paths[near].iter().filter(|path| any.is_match(&path[first.root..]));
        let near: Vec<&str> = near.copied().collect();
        if near.is_empty() {
            return Ok(vec![Vec::new(); read.len()]);
        }
        read.iter().map(|pattern| self.among(&near, pattern)).collect()
    }

    /// Counts files that are given back, and says when they are too many.
    pub(super) fn take_files(&mut self, count: usize) -> Result<(), String> {
        let left = self.files_left.checked_sub(count);
        self.files_left = left.ok_or_else(|| {
            format!("the configurations list more than {MOST_FILES} files together; name fewer files or fewer configurations")
        })?;
        Ok(())
    }

    /// The places of the paths that begin as the pattern does before its first wildcard.
    fn near(&self, pattern: &Pattern) -> Range<usize> {
        let plain = pattern.plain.as_str();
        let start = self.paths.partition_point(|path| *path < plain);
        let count = self.paths[start..].partition_point(|path| path.starts_with(plain));
        start..start + count
    }

    /// Those of the paths that match the pattern and that it does not leave out.
    fn among(&mut self, near: &[&'a str], pattern: &Pattern) -> Result<Vec<&'a str>, String> {
        let rest = &pattern.text[pattern.root..];
        let written = expression(rest)?;
        self.spend(bytes(near).saturating_mul(1 + written.len() / 256))?;
        let glob = self.compiled(&written)?;
        let depth = if rest.contains("**") { usize::MAX } else { rest.matches('/').count() };
        let found = near.iter().filter(|path| {
            let inside = &path[pattern.root..];
            glob.is_match(inside) && inside.matches('/').count() <= depth && pattern.asks_for(path)
        });
        Ok(found.copied().collect())
    }

    /// Counts bytes of paths that are held against a pattern, and says when they are too many.
    fn spend(&mut self, bytes: usize) -> Result<(), String> {
        self.work_left = self.work_left.checked_sub(bytes).ok_or(
            "the patterns of this dataset ask for too much work; begin them with a folder, or write fewer of them",
        )?;
        Ok(())
    }

    /// The regular expression, which is made once for all folders with the same pattern in them.
    fn compiled(&mut self, expression: &str) -> Result<Regex, String> {
        if let Some(known) = self.kept.get(expression) {
            return Ok(known.clone());
        }
        let left = self.expressions_left.checked_sub(expression.len());
        self.expressions_left = left.ok_or("the patterns of this dataset are too long together")?;
        let made =
            Regex::new(&format!(r"\A(?s:{expression})\z")).map_err(|_| "the pattern is too intricate")?;
        if self.kept.len() >= KEPT_EXPRESSIONS {
            self.kept.clear();
        }
        self.kept.insert(expression.to_owned(), made.clone());
        Ok(made)
    }
}

/// A pattern together with the folder it is looked for in.
struct Pattern {
    text: String,
    /// What comes before the first wildcard: every path that matches begins with it.
    plain: String,
    /// The length of the folders in `plain`.
    root: usize,
    has_wildcard: bool,
    /// The last part as it was written, which may lift one of the names of `NEVER_DATA`.
    last: String,
    hidden_parts: usize,
    special_folders: usize,
}

impl Pattern {
    fn below(folder: &str, pattern: &str) -> Result<Self, String> {
        refuse_what_is_no_path(folder)?;
        refuse_what_is_no_path(pattern)?;
        let written = match folder {
            "" => pattern.to_owned(),
            folder if folder.ends_with('/') => format!("{folder}{pattern}"),
            folder => format!("{folder}/{pattern}"),
        };
        if written.contains("//") {
            return Err(format!("`{written}` has a `//`, which no path has"));
        }
        if written.len() > LONGEST_PATTERN {
            return Err(format!("a pattern is longer than {LONGEST_PATTERN} bytes"));
        }
        let last = written.rsplit('/').next().unwrap_or_default().to_owned();
        let text = written.trim_end_matches('/').to_owned();
        let wildcard = text.find(['*', '?', '[']);
        let plain = text[..wildcard.unwrap_or(text.len())].to_owned();
        Ok(Pattern {
            root: plain.rfind('/').map_or(0, |slash| slash + 1),
            has_wildcard: wildcard.is_some(),
            hidden_parts: hidden_parts(&text),
            special_folders: special_folders(&text),
            plain,
            text,
            last,
        })
    }

    /// Whether the pattern asks for this path, which it matches: a star asks for nothing hidden.
    fn asks_for(&self, path: &str) -> bool {
        let name = file_name(path);
        (!NEVER_DATA.contains(&name) || name == self.last)
            && special_folders(path) == self.special_folders
            && hidden_parts(path) == self.hidden_parts
    }
}

/// The name of a file. What follows `::` is for `datasets` the archive in which the file lies.
pub(super) fn file_name(path: &str) -> &str {
    let path = path.split_once("::").map_or(path, |(path, _)| path);
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// Whether the pattern is the name of one file, so that it is a fault if the file is missing.
pub(super) fn is_plain(pattern: &str) -> bool {
    !pattern.contains(['*', '?', '['])
}

fn refuse_what_is_no_path(pattern: &str) -> Result<(), String> {
    let scheme = pattern.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|one| one.is_ascii_alphanumeric() || "+-.".contains(one))
    });
    if scheme || pattern.starts_with('/') || pattern.contains("::") {
        return Err(format!("`{}` is no path of this repository", shortened(pattern)));
    }
    Ok(())
}

/// The pattern for a sentence, where a stranger's text should not run on.
pub(super) fn shortened(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn bytes(paths: &[&str]) -> usize {
    paths.iter().map(|path| path.len() + 8).sum()
}

fn parts(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|part| !part.is_empty() && *part != ".")
}

fn hidden_parts(path: &str) -> usize {
    parts(path).filter(|part| part.starts_with('.') && part.contains(|letter| letter != '.')).count()
}

fn special_folders(path: &str) -> usize {
    let special = parts(path).filter(|part| part.starts_with("__")).count();
    special - usize::from(parts(path).last().is_some_and(|part| part.starts_with("__")))
}

/// The pattern as a regular expression.
fn expression(pattern: &str) -> Result<String, String> {
    let mut made = String::new();
    let mut parts = pattern.split('/').peekable();
    while let Some(part) = parts.next() {
        let is_last = parts.peek().is_none();
        match part {
            "**" if is_last => made.push_str(".*"),
            "**" => made.push_str("(?:.+/)?"),
            "*" => made.push_str("[^/]+"),
            part if part.contains("**") => {
                return Err(format!(
                    "`{}` has a `**` that is not a whole part of the path",
                    shortened(pattern)
                ));
            }
            part => write_part(part, &mut made),
        }
        if !is_last && part != "**" {
            made.push('/');
        }
    }
    Ok(made)
}

fn write_part(part: &str, made: &mut String) {
    let letters: Vec<char> = part.chars().collect();
    let mut at = 0;
    while let Some(letter) = letters.get(at) {
        at += 1;
        match letter {
            '*' => made.push_str("[^/]*"),
            '?' => made.push_str("[^/]"),
            '[' => match end_of_set(&letters, at) {
                Some(end) => {
                    write_set(&letters[at..end], made);
                    at = end + 1;
                }
                None => made.push_str(r"\["),
            },
            letter => write_letter(*letter, made),
        }
    }
}

/// Where the `]` of the set is; one that comes first is a member.
fn end_of_set(letters: &[char], start: usize) -> Option<usize> {
    let negated = usize::from(letters.get(start) == Some(&'!'));
    let first = start + negated;
    let from = first + usize::from(letters.get(first) == Some(&']'));
    letters.get(from..)?.iter().position(|letter| *letter == ']').map(|place| from + place)
}

fn write_set(inside: &[char], made: &mut String) {
    let chunks = chunks_between_ranges(inside);
    let empty = chunks.iter().all(Vec::is_empty);
    match chunks.as_slice() {
        // An empty set matches nothing, and what is not in an empty set is everything.
        _ if empty => return made.push_str("[a&&b]"),
        [one] if one.as_slice() == ['!'] => return made.push('.'),
        _ => made.push('['),
    }
    let negated = chunks[0].first() == Some(&'!');
    if negated {
        made.push('^');
    }
    for (place, chunk) in chunks.iter().enumerate() {
        if place > 0 {
            made.push('-');
        }
        let skipped = usize::from(negated && place == 0);
        chunk.iter().skip(skipped).for_each(|letter| write_letter(*letter, made));
    }
    made.push(']');
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

fn write_letter(letter: char, made: &mut String) {
    // Any letter may be given by its number, whatever it means in an expression.
    if letter.is_ascii_alphanumeric() {
        made.push(letter);
    } else {
        let _ = write!(made, r"\x{{{:x}}}", u32::from(letter));
    }
}
