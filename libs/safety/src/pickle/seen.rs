//! What the machine saw, counted before it is written down: some of it is seen a million times.

use std::collections::HashMap;

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

/// The kind of a value: a word of its own, or something that has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Word(&'static str),
    Named(u32),
}

impl Kind {
    fn text(self, names: &Names) -> String {
        match self {
            Self::Word(word) => word.to_owned(),
            Self::Named(name) => names.get(name).text.clone(),
        }
    }
}

/// All that was seen, with where first and how often.
pub(super) struct Seen {
    facts: HashMap<Fact, (u64, u64)>,
    has_too_many: bool,
}

const MOST_FACTS: usize = 20_000;

impl Seen {
    pub(super) fn new() -> Self {
        Self { facts: HashMap::new(), has_too_many: false }
    }

    pub(super) fn see(&mut self, at: u64, fact: Fact) {
        if let Some(seen) = self.facts.get_mut(&fact) {
            seen.1 += 1;
        } else if self.facts.len() < MOST_FACTS {
            self.facts.insert(fact, (at, 1));
        } else {
            self.has_too_many = true;
        }
    }

    /// Writes it down.
    pub(super) fn write(self, names: &Names, recorder: &mut Recorder) {
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
