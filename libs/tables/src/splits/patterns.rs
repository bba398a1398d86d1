//! Which paths of a repository a pattern names, as `datasets` asks a hub's file system for them.
//!
//! The patterns are those of fsspec: `*` and `?` stay within a folder, `**` is a whole part of the path and crosses
//! folders, `[a-z]` and `[!a]` are sets, and braces are plain letters. A set may match a `/`, as it does there.

use std::ops::Range;

use matching::Glob;

mod matching;

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

/// How many letters of paths may be held against patterns for any dataset: well under a second of work.
const WORK_FOR_ALL: usize = 60_000_000;

/// How many times every letter may be looked at beyond that, so that no dataset is refused for its size.
const LOOKS_AT_EVERY_LETTER: usize = 32;

/// What it costs to see that a path does not hold the words of a pattern.
const GLANCE: usize = 24;

/// How many files the configurations of one dataset may list together, unless it has half as many itself.
const MOST_FILES: usize = 1_000_000;

/// The sorted paths of a repository, and how much may still be asked of them.
pub(super) struct Listing<'a> {
    paths: Vec<&'a str>,
    near: Near<'a>,
    work_left: usize,
    files_left: usize,
}

/// The paths that may match a pattern, kept for the next one: patterns with the same word often follow each other.
#[derive(Default)]
struct Near<'a> {
    plain: String,
    word: String,
    paths: Vec<&'a str>,
}

impl<'a> Listing<'a> {
    pub(super) fn new(mut paths: Vec<&'a str>) -> Self {
        paths.sort_unstable();
        paths.dedup();
        let letters: usize = paths.iter().map(|path| path.len() + GLANCE).sum();
        Listing {
            files_left: MOST_FILES.max(paths.len().saturating_mul(2)),
            paths,
            near: Near::default(),
            work_left: WORK_FOR_ALL.saturating_add(letters.saturating_mul(LOOKS_AT_EVERY_LETTER)),
        }
    }

    /// The files that the pattern names below the folder, in the order of their names, or why it can't be asked.
    pub(super) fn named(&mut self, folder: &str, pattern: &str) -> Result<Vec<&'a str>, String> {
        self.first_named(folder, pattern, usize::MAX)
    }

    /// Whether the pattern names a file below the folder.
    pub(super) fn names_any(&mut self, folder: &str, pattern: &str) -> Result<bool, String> {
        Ok(!self.first_named(folder, pattern, 1)?.is_empty())
    }

    fn first_named(&mut self, folder: &str, pattern: &str, most: usize) -> Result<Vec<&'a str>, String> {
        let pattern = Pattern::below(folder, pattern)?;
        if !pattern.has_wildcard {
            let found = self.paths.binary_search(&pattern.text.as_str()).map(|place| self.paths[place]);
            return Ok(found.into_iter().filter(|path| pattern.asks_for(path)).collect());
        }
        let mut glob = Glob::new(&pattern.text[pattern.root..])?;
        self.come_near(&pattern, glob.word())?;
        let mut found = Vec::new();
        for path in &self.near.paths {
            let inside = &path[pattern.root..];
            if glob.matches(inside, &mut self.work_left) && pattern.reaches(inside) && pattern.asks_for(path)
            {
                found.push(*path);
                if found.len() == most {
                    break;
                }
            }
        }
        self.spend(0)?;
        Ok(found)
    }

    /// Counts files that are given back, and says when they are too many.
    pub(super) fn take_files(&mut self, count: usize) -> Result<(), String> {
        let left = self.files_left.checked_sub(count);
        self.files_left = left.ok_or_else(|| {
            "lists too many files together with the other configurations; name fewer files".to_owned()
        })?;
        Ok(())
    }

    /// Gathers the paths that begin as the pattern does before its first wildcard, and that hold a word of it.
    fn come_near(&mut self, pattern: &Pattern, word: &str) -> Result<(), String> {
        if self.near.word == word && self.near.plain == pattern.plain && !word.is_empty() {
            return Ok(());
        }
        let range = self.beginning_with(&pattern.plain);
        self.spend(range.len().saturating_mul(GLANCE))?;
        let holding = self.paths[range].iter().filter(|path| path[pattern.root..].contains(word));
        let paths = holding.copied().collect();
        self.near = Near { plain: pattern.plain.clone(), word: word.to_owned(), paths };
        Ok(())
    }

    fn beginning_with(&self, plain: &str) -> Range<usize> {
        let start = self.paths.partition_point(|path| *path < plain);
        let count = self.paths[start..].partition_point(|path| path.starts_with(plain));
        start..start + count
    }

    /// Counts work, and says when there was too much of it.
    fn spend(&mut self, work: usize) -> Result<(), String> {
        self.work_left = self.work_left.saturating_sub(work);
        if self.work_left == 0 {
            return Err(
                "asks for too much work; begin patterns with a folder, or write fewer of them".to_owned()
            );
        }
        Ok(())
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
    /// How many folders below `root` are listed at all.
    depth: usize,
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
            return Err(format!("has `{}`, and no path has `//`", shortened(&written)));
        }
        if written.len() > LONGEST_PATTERN {
            return Err(format!("has a pattern that is longer than {LONGEST_PATTERN} bytes"));
        }
        let last = written.rsplit('/').next().unwrap_or_default().to_owned();
        let text = written.trim_end_matches('/').to_owned();
        let wildcard = text.find(['*', '?', '[']);
        let plain = text[..wildcard.unwrap_or(text.len())].to_owned();
        let root = plain.rfind('/').map_or(0, |slash| slash + 1);
        Ok(Pattern {
            root,
            depth: if text.contains("**") { usize::MAX } else { text[root..].matches('/').count() },
            has_wildcard: wildcard.is_some(),
            hidden_parts: hidden_parts(&text),
            special_folders: special_folders(&text),
            plain,
            text,
            last,
        })
    }

    /// Whether the path is listed for the pattern: a set may match a `/`, but only `**` looks into more folders.
    fn reaches(&self, inside: &str) -> bool {
        self.depth == usize::MAX || inside.matches('/').count() <= self.depth
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
        return Err(format!("has `{}`, which is no path of this repository", shortened(pattern)));
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
