//! What the machine knows of values, and where it keeps them.

use std::collections::HashMap;

use limpide_formats::pickle::{Coding, Text};

/// A value, as far as it is known. Small, and copied freely: what it holds lies elsewhere and may be forgotten.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Value {
    /// No value: a place in the memo that is empty.
    Absent,
    /// Anything.
    Unknown,
    None,
    Bool,
    Int(i64),
    BigInt,
    /// The number that begins a checkpoint of PyTorch.
    TorchMagic,
    Float,
    Text {
        at: u64,
        length: u32,
        coding: Coding,
    },
    /// Bytes that lie in the file.
    Bytes {
        at: u64,
        length: u32,
    },
    /// Bytes that are too many to be said here.
    LongBytes,
    /// Bytes that are written as text, one letter for a byte.
    Encoded {
        at: u64,
        length: u32,
        coding: Coding,
    },
    Buffer,
    Tuple {
        serial: u64,
        weight: f32,
    },
    List(u32),
    Dict(u32),
    Set(u32),
    FrozenSet,
    Global(u32),
    /// What a call of something gave: its name, and which of all calls it was.
    Made {
        name: u32,
        serial: u32,
    },
    Extension,
    Persistent,
    Storage(u32),
    Dtype(u32),
}

impl Value {
    /// A text.
    #[inline]
    pub(super) fn of_text(Text { at, length, coding }: Text) -> Self {
        Self::Text { at, length, coding }
    }

    /// The text, if it is one.
    #[inline]
    pub(super) fn text(self) -> Option<Text> {
        match self {
            Self::Text { at, length, coding } => Some(Text { at, length, coding }),
            _ => None,
        }
    }
}

/// The tuples that were made last: one that is used is used soon.
pub(super) struct Tuples {
    recent: Vec<(u64, Vec<Value>, usize)>,
    next: u64,
}

const RECENT_TUPLES: usize = 4096;
/// The most values of a tuple that are kept.
const MOST_ITEMS: usize = 40;

impl Tuples {
    pub(super) fn new() -> Self {
        Self { recent: Vec::new(), next: 0 }
    }

    /// Keeps a tuple; gives its number.
    #[inline]
    pub(super) fn keep(&mut self, items: &[Value]) -> u64 {
        let serial = self.next;
        self.next += 1;
        let kept = &items[..items.len().min(MOST_ITEMS)];
        let place = (serial % RECENT_TUPLES as u64) as usize;
        match self.recent.get_mut(place) {
            Some(slot) => {
                slot.0 = serial;
                slot.1.clear();
                slot.1.extend_from_slice(kept);
                slot.2 = items.len();
            }
            None => self.recent.push((serial, kept.to_vec(), items.len())),
        }
        serial
    }

    /// The values of a tuple; none when they are forgotten or too many.
    pub(super) fn get(&self, value: Value) -> Option<&[Value]> {
        self.beginning(value).and_then(|(items, length)| (items.len() == length).then_some(items))
    }

    /// The first values of a tuple, and how many there are.
    pub(super) fn beginning(&self, value: Value) -> Option<(&[Value], usize)> {
        let Value::Tuple { serial, .. } = value else { return None };
        let slot = self.recent.get((serial % RECENT_TUPLES as u64) as usize)?;
        (slot.0 == serial).then_some((slot.1.as_slice(), slot.2))
    }
}

/// Lists, dictionaries and sets: how heavy they are, and the first items of the dictionaries that were made last.
pub(super) struct Containers {
    weights: Vec<f32>,
    recent: Vec<(u32, Vec<(Value, Value)>)>,
}

const RECENT_DICTS: usize = 1024;
const MOST_KEYS: usize = 40;
/// More containers than that are not weighed.
const MOST_WEIGHED: usize = 8 << 20;

impl Containers {
    pub(super) fn new() -> Self {
        Self { weights: Vec::new(), recent: Vec::new() }
    }

    /// A new one.
    #[inline]
    pub(super) fn add(&mut self) -> u32 {
        if self.weights.len() < MOST_WEIGHED {
            self.weights.push(1.0);
        }
        (self.weights.len() - 1) as u32
    }

    #[inline]
    pub(super) fn weight(&self, container: u32) -> f32 {
        self.weights.get(container as usize).copied().unwrap_or(1.0)
    }

    /// Makes one heavier; gives what it weighs then.
    #[inline]
    pub(super) fn grow(&mut self, container: u32, weight: f32) -> f32 {
        if self.weights.len() >= MOST_WEIGHED {
            return 0.0;
        }
        match self.weights.get_mut(container as usize) {
            Some(all) => {
                *all += weight;
                *all
            }
            None => 0.0,
        }
    }

    /// Keeps the items of a dictionary, the first ones.
    pub(super) fn keep_items(&mut self, dict: u32, items: &[Value]) {
        let place = dict as usize % RECENT_DICTS;
        if self.recent.len() <= place {
            self.recent.resize(place + 1, (u32::MAX, Vec::new()));
        }
        let Some(slot) = self.recent.get_mut(place) else { return };
        if slot.0 != dict {
            slot.0 = dict;
            slot.1.clear();
        }
        let room = MOST_KEYS - slot.1.len().min(MOST_KEYS);
        slot.1.extend(items.chunks_exact(2).take(room).map(|pair| (pair[0], pair[1])));
    }

    /// The first items of a dictionary, as far as they are remembered.
    pub(super) fn items(&self, value: Value) -> &[(Value, Value)] {
        let Value::Dict(dict) = value else { return &[] };
        match self.recent.get(dict as usize % RECENT_DICTS) {
            Some(slot) if slot.0 == dict => &slot.1,
            _ => &[],
        }
    }
}

/// The memo. Its numbers mostly follow each other; those that do not cost no more than they are.
#[derive(Clone)]
pub(super) struct Memo {
    dense: Vec<Value>,
    sparse: HashMap<u64, Value>,
    filled: u64,
}

/// How far a number may be ahead before it is kept apart.
const LEAP: u64 = 1024;
/// The most values that are remembered.
const MOST_REMEMBERED: u64 = 16 << 20;
/// No pickler leaves that many numbers out.
const SENSIBLE_LEAP: u64 = 1 << 20;

/// What came of keeping a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kept {
    Yes,
    /// So far ahead that Python takes a lot of memory for it.
    FarAhead,
    /// There are too many.
    No,
}

impl Memo {
    pub(super) fn new() -> Self {
        Self { dense: Vec::new(), sparse: HashMap::new(), filled: 0 }
    }

    pub(super) fn clear(&mut self) {
        self.dense.clear();
        self.sparse.clear();
        self.filled = 0;
    }

    #[inline]
    pub(super) fn get(&self, index: u64) -> Value {
        match self.dense.get(index as usize) {
            Some(value) if *value != Value::Absent => *value,
            _ if self.sparse.is_empty() => Value::Absent,
            _ => self.sparse.get(&index).copied().unwrap_or(Value::Absent),
        }
    }

    /// How many values there are: the number that `MEMOIZE` takes.
    #[inline]
    pub(super) fn filled(&self) -> u64 {
        self.filled
    }

    #[inline]
    pub(super) fn put(&mut self, index: u64, value: Value) -> Kept {
        if index == self.dense.len() as u64 && self.sparse.is_empty() && self.filled < MOST_REMEMBERED {
            self.dense.push(value);
            self.filled += 1;
            return Kept::Yes;
        }
        self.put_anywhere(index, value)
    }

    fn put_anywhere(&mut self, index: u64, value: Value) -> Kept {
        let is_new = self.get(index) == Value::Absent;
        if is_new && self.filled >= MOST_REMEMBERED {
            return Kept::No;
        }
        let length = self.dense.len() as u64;
        if index < length + LEAP && !self.sparse.contains_key(&index) {
            if index >= length {
                self.dense.resize(index as usize + 1, Value::Absent);
            }
            self.dense[index as usize] = value;
        } else {
            self.sparse.insert(index, value);
        }
        self.filled += u64::from(is_new);
        if index > length + SENSIBLE_LEAP { Kept::FarAhead } else { Kept::Yes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_small() {
        assert_eq!(size_of::<Value>(), 16);
    }

    #[test]
    fn the_memo_counts_what_is_filled() {
        let mut memo = Memo::new();
        assert_eq!(memo.put(5, Value::None), Kept::Yes);
        assert_eq!(memo.put(5, Value::Bool), Kept::Yes);
        assert_eq!(memo.put(1 << 31, Value::Float), Kept::FarAhead);
        assert_eq!((memo.filled(), memo.get(5), memo.get(4)), (2, Value::Bool, Value::Absent));
        assert_eq!(memo.get(1 << 31), Value::Float);
        assert!(memo.dense.len() < 10);
    }

    #[test]
    fn tuples_are_forgotten_when_many_came_after() {
        let mut tuples = Tuples::new();
        let first = Value::Tuple { serial: tuples.keep(&[Value::None, Value::Int(3)]), weight: 1.0 };
        assert_eq!(tuples.get(first), Some([Value::None, Value::Int(3)].as_slice()));
        for _ in 0..RECENT_TUPLES {
            tuples.keep(&[]);
        }
        assert_eq!(tuples.get(first), None);
    }
}
