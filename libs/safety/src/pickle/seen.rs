//! What the machine saw, counted before it is written down: some of it is seen a million times.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{Hash, Hasher};

use super::names::Names;
use crate::event::{CallKind, What};
use crate::scan::Recorder;

/// The most arguments of a call that are told.
pub(super) const MOST_ARGUMENTS: usize = 8;

/// Something that was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Fact {
    Call { how: CallKind, callee: u32, arguments: Arguments },
    Method { method: &'static str, target: Kind },
    DynamicName,
    Extension(u32),
    Persistent(&'static str),
    TensorOutOfBounds,
    Structure(&'static str),
}

/// The kinds of arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Arguments {
    /// They come out at run time.
    Any,
    /// So many, of these kinds.
    These(u8, [Kind; MOST_ARGUMENTS]),
}

/// The kind of a value: a word of its own, or something that has a name. As a number, for it is counted often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Kind(u32);

const WORDS: [&str; 17] = [
    "none",
    "bool",
    "int",
    "float",
    "text",
    "bytes",
    "buffer",
    "tuple",
    "list",
    "dict",
    "set",
    "frozenset",
    "extension",
    "persistent",
    "storage",
    "dtype",
    "*",
];
const UNKNOWN: &str = "?";

impl Kind {
    /// Of one of the words; made when this is compiled.
    pub(super) const fn word(word: &'static str) -> Self {
        let mut found = 0;
        while found < WORDS.len() && !is_same(WORDS[found], word) {
            found += 1;
        }
        Self(found as u32)
    }

    #[inline]
    pub(super) fn named(name: u32) -> Self {
        Self(name + 1 + WORDS.len() as u32)
    }

    pub(super) fn as_word(self) -> Option<&'static str> {
        match self.0 as usize {
            word if word < WORDS.len() => Some(WORDS[word]),
            word if word == WORDS.len() => Some(UNKNOWN),
            _ => None,
        }
    }

    fn text(self, names: &Names) -> String {
        match self.as_word() {
            Some(word) => word.to_owned(),
            None => names.get(self.0 - 1 - WORDS.len() as u32).text.clone(),
        }
    }
}

const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

/// All that was seen, with where first and how often.
pub(super) struct Seen {
    facts: HashMap<Fact, (u64, u64)>,
    has_too_many: bool,
    /// The facts that were seen last, each in the place that its hash gives it, with where first and how often since.
    recent: [Option<(Fact, u64, u64)>; RECENT],
}

const RECENT: usize = 64;

const MOST_FACTS: usize = 20_000;

impl Seen {
    pub(super) fn new() -> Self {
        Self { facts: HashMap::new(), has_too_many: false, recent: [None; RECENT] }
    }

    /// Counts a fact. The same few come again and again.
    #[inline]
    pub(super) fn see(&mut self, at: u64, fact: Fact) {
        let mut hasher = Quick(0);
        fact.hash(&mut hasher);
        let place = &mut self.recent[(hasher.0 >> 58) as usize % RECENT];
        match place {
            Some((recent, _, times)) if *recent == fact => *times += 1,
            _ => {
                if let Some(before) = place.replace((fact, at, 1)) {
                    self.keep(before);
                }
            }
        }
    }

    fn keep(&mut self, (fact, at, times): (Fact, u64, u64)) {
        let is_full = self.facts.len() >= MOST_FACTS;
        match self.facts.entry(fact) {
            Entry::Occupied(mut seen) => {
                let seen = seen.get_mut();
                *seen = (seen.0.min(at), seen.1 + times);
            }
            Entry::Vacant(place) if !is_full => {
                place.insert((at, times));
            }
            Entry::Vacant(_) => self.has_too_many = true,
        }
    }

    /// Writes it down.
    pub(super) fn write(mut self, names: &Names, recorder: &mut Recorder) {
        for recent in self.recent.into_iter().flatten() {
            self.keep(recent);
        }
        for known in names.all() {
            if let (Some((module, name)), (at, times @ 1..)) = (&known.parts, known.imported) {
                recorder.see_often(at, What::Import { module: cut(module), name: cut(name) }, times);
            }
        }
        let mut facts: Vec<_> = self.facts.into_iter().collect();
        facts.sort_unstable_by_key(|(_, (at, _))| *at);
        for (fact, (at, times)) in facts {
            recorder.see_often(at, what(fact, names), times);
        }
        if self.has_too_many {
            recorder.gap(0, 0, "too-many-events");
        }
    }
}

/// A hash that is good enough to tell the last few facts apart. The map has another: its keys come from outside.
struct Quick(u64);

impl Hasher for Quick {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u8(&mut self, number: u8) {
        self.write_u64(u64::from(number));
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_isize(&mut self, number: isize) {
        self.write_u64(number as u64);
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
}

fn what(fact: Fact, names: &Names) -> What {
    match fact {
        Fact::Call { how, callee, arguments } => {
            What::Call { how, callee: cut(&names.get(callee).text), arguments: texts(arguments, names) }
        }
        Fact::Method { method, target } => {
            What::Method { method: method.to_owned(), target: cut(&target.text(names)) }
        }
        Fact::DynamicName => What::DynamicName,
        Fact::Extension(code) => What::Extension { code },
        Fact::Persistent(to) => What::PersistentId { to: to.to_owned() },
        Fact::TensorOutOfBounds => What::TensorOutOfBounds,
        Fact::Structure(kind) => What::Structure { kind: kind.to_owned() },
    }
}

fn texts(arguments: Arguments, names: &Names) -> Vec<String> {
    match arguments {
        Arguments::Any => vec!["*".to_owned()],
        Arguments::These(count, kinds) => {
            kinds.iter().take(usize::from(count)).map(|kind| cut(&kind.text(names))).collect()
        }
    }
}

pub(super) fn cut(text: &str) -> String {
    text[..text.floor_char_boundary(Recorder::LONGEST_TEXT)].to_owned()
}
