//! The machine: a stack, marks and a memo, as in Python's C code.

use std::collections::HashSet;

use limpide_formats::pickle::{Decoder, Op, Problem, Text};
use limpide_formats::reading::{Part, ReadAt};

use super::names::{DYNAMIC, Names};
use super::seen::{Fact, Seen};
use super::tensors::Tensors;
use super::value::{Containers, Kept, Memo, Tuples, Value};
use super::{Mode, Surroundings, renames};
use crate::scan::Recorder;

/// The most values on the stack: 64 MiB of them.
const MOST_VALUES: usize = 4 << 20;

/// Python stops reading numbers of more digits.
const MOST_DIGITS: u64 = 4300;

/// What holds so many values, most of them the same ones, costs whoever goes through it.
const HEAVY: f32 = 1e9;

/// Why a stream cannot be followed further: what Python would not do either, or what takes too much.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Fault(pub(super) &'static str);

pub(super) struct Machine<'a> {
    pub(super) bytes: &'a dyn ReadAt,
    pub(super) surroundings: &'a dyn Surroundings,
    pub(super) depth: u32,
    pub(super) recorder: &'a mut Recorder,
    pub(super) decoder: Decoder<'a>,
    pub(super) stack: Vec<Value>,
    pub(super) marks: Vec<usize>,
    /// What lies below the last mark is out of reach.
    pub(super) fence: usize,
    pub(super) memo: Memo,
    pub(super) tuples: Tuples,
    pub(super) containers: Containers,
    pub(super) names: Names,
    pub(super) seen: Seen,
    pub(super) protocol: u8,
    pub(super) frame_end: u64,
    /// Whether bytes of arrays follow their wrappers.
    pub(super) has_arrays_inline: bool,
    /// Whether what is followed may be no opcodes at all.
    pub(super) is_doubtful: bool,
    pub(super) frameworks: super::frameworks::Frameworks,
    /// The values that were followed as pickles of their own.
    pub(super) followed: HashSet<u64>,
    pub(super) patches: usize,
    /// How many calls there were.
    pub(super) calls: u32,
    /// The tensors, where they are listed.
    pub(super) tensors: Option<Tensors>,
}

impl<'a> Machine<'a> {
    pub(super) fn new(
        bytes: &'a dyn ReadAt,
        surroundings: &'a dyn Surroundings,
        depth: u32,
        recorder: &'a mut Recorder,
    ) -> Self {
        Self {
            bytes,
            surroundings,
            depth,
            recorder,
            decoder: Decoder::new(bytes, 0),
            stack: Vec::new(),
            marks: Vec::new(),
            fence: 0,
            memo: Memo::new(),
            tuples: Tuples::new(),
            containers: Containers::new(),
            names: Names::new(),
            seen: Seen::new(),
            protocol: 0,
            frame_end: u64::MAX,
            has_arrays_inline: false,
            is_doubtful: false,
            frameworks: super::frameworks::Frameworks::default(),
            followed: HashSet::new(),
            patches: 0,
            calls: 0,
            tensors: None,
        }
    }

    /// Follows all streams there are.
    pub(super) fn run(&mut self, mode: Mode) {
        self.has_arrays_inline = mode == Mode::File;
        match self.stream(0) {
            Ok(Value::TorchMagic) if mode == Mode::File => self.torch_legacy(),
            Ok(_) => self.further_streams(self.decoder.position(), 1),
            Err(Fault(why)) => self.recorder.gap(self.decoder.at(), self.bytes.size(), why),
        }
    }

    /// Writes down what was seen.
    pub(super) fn finish(self) {
        if self.names.is_full() {
            self.recorder.gap(0, 0, "budget");
        }
        self.seen.write(&self.names, self.recorder);
    }

    /// Follows the streams from here to the end: who loads more than once comes there.
    pub(super) fn further_streams(&mut self, mut at: u64, mut count: u64) {
        loop {
            let begin = self.after_padding(at);
            if begin > at {
                let kind =
                    if begin == self.bytes.size() { "padding-at-the-end" } else { "padding-between-streams" };
                self.seen.see(at, Fact::Structure(kind));
            }
            if begin >= self.bytes.size() {
                break;
            }
            match self.stream(begin) {
                Ok(_) => at = self.decoder.position(),
                Err(_) => {
                    self.recorder.gap(at, self.bytes.size(), "after-the-end");
                    break;
                }
            }
            count += 1;
        }
        if count > 1 {
            self.seen.see(0, Fact::Structure("several-streams"));
        }
    }

    /// Where something else comes than NULs and line ends.
    pub(super) fn after_padding(&self, at: u64) -> u64 {
        let mut rest = Decoder::new(self.bytes, at);
        loop {
            let here = rest.position();
            match rest.byte() {
                Some(0 | b'\n' | b'\r' | b' ') => {}
                _ => return here,
            }
        }
    }

    /// Follows one stream; gives what it leaves.
    pub(super) fn stream(&mut self, begin: u64) -> Result<Value, Fault> {
        if begin != self.decoder.position() {
            self.decoder = Decoder::new(self.bytes, begin);
        }
        self.stack.clear();
        self.marks.clear();
        self.fence = 0;
        self.memo.clear();
        self.protocol = 0;
        self.frame_end = u64::MAX;
        self.steps(begin)
    }

    fn steps(&mut self, begin: u64) -> Result<Value, Fault> {
        loop {
            let op = self.decoder.next_op().map_err(|problem| fault(&problem))?;
            if op == Op::Stop {
                if self.frame_end != u64::MAX && self.frame_end != self.decoder.position() {
                    self.seen.see(self.decoder.at(), Fact::Structure("frame-straddle"));
                }
                return self.pop();
            }
            self.step(op, begin)?;
            let position = self.decoder.position();
            if position >= self.frame_end {
                if position > self.frame_end {
                    self.seen.see(self.decoder.at(), Fact::Structure("frame-straddle"));
                }
                self.frame_end = u64::MAX;
            }
        }
    }

    /// Follows opcodes to a place, or until something is wrong; frames mean nothing there.
    pub(super) fn steps_until(&mut self, end: u64) {
        let begin = self.decoder.position();
        while self.decoder.position() < end {
            match self.decoder.next_op() {
                Ok(Op::Frame(_)) => {}
                Ok(Op::Stop) | Err(_) => return,
                Ok(op) if self.step(op, begin).is_err() => return,
                Ok(_) => {}
            }
        }
    }

    #[inline]
    fn step(&mut self, op: Op, begin: u64) -> Result<(), Fault> {
        match op {
            Op::Int(value) => self.push(Value::Int(value)),
            Op::Text(text) => self.push(Value::of_text(text)),
            Op::Float => self.push(Value::Float),
            Op::Memoize => self.put(self.memo.filled()),
            Op::Put(index) => self.put(index),
            Op::Get(index) => match self.memo.get(index) {
                Value::Absent => Err(Fault("memo-miss")),
                value => self.push(value),
            },
            Op::Mark => self.mark(),
            Op::TupleOf(count) => self.tuple_of(usize::from(count)),
            Op::None => self.push(Value::None),
            Op::Bool(_) => self.push(Value::Bool),
            Op::Bytes(span) => {
                let value = match u32::try_from(span.length) {
                    Ok(length) => Value::Bytes { at: span.at, length },
                    Err(_) => Value::LongBytes,
                };
                self.push(value)
            }
            Op::ByteArray(span) => {
                let length = u32::try_from(span.length).unwrap_or(u32::MAX);
                self.push(Value::Bytes { at: span.at, length })
            }
            Op::EmptyList => self.push_new(Value::List),
            Op::EmptyDict => self.push_new(Value::Dict),
            Op::EmptySet => self.push_new(Value::Set),
            Op::Append => self.append(self.stack.len().wrapping_sub(1)),
            Op::Appends => self.marked().and_then(|mark| self.append(mark)),
            Op::SetItem => self.set_items(self.stack.len().wrapping_sub(2)),
            Op::SetItems => self.marked().and_then(|mark| self.set_items(mark)),
            Op::Global(module, name) => {
                let global = self.import(module, name);
                self.push(global)
            }
            Op::Reduce => self.reduce(),
            Op::Build => self.build(),
            Op::NewObj => self.new_object(false),
            Op::BinPersId => self.persistent(),
            _ => self.seldom(op, begin),
        }
    }

    fn seldom(&mut self, op: Op, begin: u64) -> Result<(), Fault> {
        match op {
            Op::Proto(protocol) => {
                if self.decoder.at() != begin {
                    self.structure("misplaced-protocol");
                }
                self.protocol = protocol;
                Ok(())
            }
            Op::Frame(length) => {
                self.frame(length);
                Ok(())
            }
            Op::BigInt => {
                let length = self.decoder.position() - self.decoder.at();
                if length > MOST_DIGITS && self.is_written_out() {
                    self.structure("number-of-many-digits");
                }
                let value =
                    if length == 12 && self.is_torch_magic() { Value::TorchMagic } else { Value::BigInt };
                self.push(value)
            }
            Op::NextBuffer => self.push(Value::Buffer),
            Op::ReadOnlyBuffer => self.top().map(|_| ()),
            Op::Pop => self.pop_one(),
            Op::PopMark => self.marked().map(|mark| self.stack.truncate(mark)),
            Op::Dup => self.top().and_then(|top| self.push(top)),
            Op::Tuple => self.tuple(),
            Op::List => self.list(),
            Op::Dict => self.dict(),
            Op::FrozenSet => {
                let mark = self.marked()?;
                self.stack.truncate(mark);
                self.push(Value::FrozenSet)
            }
            Op::AddItems => self.marked().and_then(|mark| self.add_items(mark)),
            Op::StackGlobal => self.stack_global(),
            Op::Inst(module, name) => self.instance(module, name),
            Op::Obj => self.object(),
            Op::NewObjEx => self.new_object(true),
            Op::PersId(_) => {
                self.seen.see(self.decoder.at(), Fact::Persistent("text"));
                self.push(Value::Persistent)
            }
            Op::Ext(code) => {
                self.seen.see(self.decoder.at(), Fact::Extension(code));
                self.push(Value::Extension)
            }
            // All others are done.
            _ => Ok(()),
        }
    }

    /// Frames are for reading ahead. Python's two readers do not agree on what to do when they are wrong.
    fn frame(&mut self, length: u64) {
        if self.frame_end != u64::MAX {
            self.structure("nested-frame");
        }
        let end = self.decoder.position().saturating_add(length);
        if end > self.bytes.size() {
            self.structure("frame-after-the-end");
        }
        self.frame_end = end;
    }

    fn is_torch_magic(&self) -> bool {
        const MAGIC: &[u8] = b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19";
        self.bytes.bytes_at(self.decoder.at(), 12).is_ok_and(|bytes| bytes == MAGIC)
    }

    /// Whether a number is written in digits: Python takes long for those.
    fn is_written_out(&self) -> bool {
        self.bytes
            .bytes_at(self.decoder.at(), 1)
            .is_ok_and(|bytes| matches!(bytes.first(), Some(b'I' | b'L')))
    }

    #[inline]
    pub(super) fn push(&mut self, value: Value) -> Result<(), Fault> {
        if self.stack.len() >= MOST_VALUES {
            return Err(Fault("budget"));
        }
        self.stack.push(value);
        Ok(())
    }

    #[inline]
    fn push_new(&mut self, kind: fn(u32) -> Value) -> Result<(), Fault> {
        let container = self.containers.add();
        self.push(kind(container))
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Result<Value, Fault> {
        let value = self.top()?;
        self.stack.pop();
        Ok(value)
    }

    #[inline]
    pub(super) fn top(&self) -> Result<Value, Fault> {
        match self.stack.last() {
            Some(value) if self.stack.len() > self.fence => Ok(*value),
            _ => Err(Fault("stack-underflow")),
        }
    }

    fn pop_one(&mut self) -> Result<(), Fault> {
        if self.marks.last() == Some(&self.stack.len()) {
            return self.marked().map(|_| ());
        }
        self.pop().map(|_| ())
    }

    #[inline]
    fn mark(&mut self) -> Result<(), Fault> {
        if self.marks.len() >= MOST_VALUES {
            return Err(Fault("budget"));
        }
        self.fence = self.stack.len();
        self.marks.push(self.fence);
        Ok(())
    }

    /// Takes the last mark away; gives where it was.
    #[inline]
    pub(super) fn marked(&mut self) -> Result<usize, Fault> {
        let mark = self.marks.pop().ok_or(Fault("mark-missing"))?;
        self.fence = self.marks.last().copied().unwrap_or(0);
        Ok(mark)
    }

    #[inline]
    fn put(&mut self, index: u64) -> Result<(), Fault> {
        let top = self.top()?;
        match self.memo.put(index, top) {
            Kept::Yes => {}
            Kept::FarAhead => self.structure("memo-number-far-ahead"),
            Kept::No => return Err(Fault("budget")),
        }
        Ok(())
    }

    pub(super) fn structure(&mut self, kind: &'static str) {
        self.seen.see(self.decoder.at(), Fact::Structure(kind));
    }

    /// How many values there are in it, each as often as it is reached.
    #[inline]
    fn weight(&self, value: Value) -> f32 {
        match value {
            Value::Tuple { weight, .. } => weight,
            Value::List(container) | Value::Dict(container) | Value::Set(container) => {
                self.containers.weight(container)
            }
            _ => 1.0,
        }
    }

    #[inline]
    fn weight_from(&mut self, from: usize) -> f32 {
        let weight = self.stack[from..].iter().map(|value| self.weight(*value)).sum();
        if weight > HEAVY {
            self.structure("grows-without-bound");
        }
        weight
    }

    #[inline]
    fn tuple_of(&mut self, count: usize) -> Result<(), Fault> {
        let from = self.stack.len().wrapping_sub(count);
        if count > self.stack.len() || from < self.fence {
            return Err(Fault("stack-underflow"));
        }
        self.tuple_from(from)
    }

    fn tuple(&mut self) -> Result<(), Fault> {
        let mark = self.marked()?;
        self.tuple_from(mark)
    }

    #[inline]
    pub(super) fn tuple_from(&mut self, from: usize) -> Result<(), Fault> {
        let weight = 1.0 + self.weight_from(from);
        let serial = self.tuples.keep(&self.stack[from..]);
        self.stack.truncate(from);
        self.push(Value::Tuple { serial, weight })
    }

    fn list(&mut self) -> Result<(), Fault> {
        let mark = self.marked()?;
        let list = self.containers.add();
        let weight = self.weight_from(mark);
        self.containers.grow(list, weight);
        self.hold_in_list(list, mark);
        self.stack.truncate(mark);
        self.push(Value::List(list))
    }

    fn dict(&mut self) -> Result<(), Fault> {
        let mark = self.marked()?;
        if !(self.stack.len() - mark).is_multiple_of(2) {
            return Err(Fault("odd-items"));
        }
        let dict = self.containers.add();
        self.fill(dict, mark);
        self.stack.truncate(mark);
        self.push(Value::Dict(dict))
    }

    fn fill(&mut self, dict: u32, from: usize) {
        let weight = self.weight_from(from);
        if self.containers.grow(dict, weight) > HEAVY {
            self.structure("grows-without-bound");
        }
        self.containers.keep_items(dict, &self.stack[from..]);
        self.hold_items(Value::Dict(dict), from);
    }

    /// Where the container lies that items from here on go into; none when there are no items.
    fn container(&self, from: usize) -> Result<Option<Value>, Fault> {
        if from > self.stack.len() || from <= self.fence {
            return Err(Fault("stack-underflow"));
        }
        Ok((from < self.stack.len()).then(|| self.stack[from - 1]))
    }

    fn append(&mut self, from: usize) -> Result<(), Fault> {
        match self.container(from)? {
            None => {}
            Some(Value::List(list)) => {
                let weight = self.weight_from(from);
                if self.containers.grow(list, weight) > HEAVY {
                    self.structure("grows-without-bound");
                }
                self.frameworks.collect(&self.stack[from..]);
                self.hold_in_list(list, from);
            }
            Some(other) => self.method("extend", other),
        }
        self.stack.truncate(from);
        Ok(())
    }

    fn set_items(&mut self, from: usize) -> Result<(), Fault> {
        let container = self.container(from)?;
        if !(self.stack.len() - from).is_multiple_of(2) {
            return Err(Fault("odd-items"));
        }
        match container {
            None => {}
            Some(Value::Dict(dict)) => self.fill(dict, from),
            Some(other) => {
                self.method("__setitem__", other);
                self.hold_items(other, from);
            }
        }
        self.stack.truncate(from);
        Ok(())
    }

    fn add_items(&mut self, from: usize) -> Result<(), Fault> {
        match self.container(from)? {
            None => {}
            Some(Value::Set(set)) => {
                let weight = self.weight_from(from);
                self.containers.grow(set, weight);
            }
            Some(other) => self.method("add", other),
        }
        self.stack.truncate(from);
        Ok(())
    }

    fn method(&mut self, method: &'static str, target: Value) {
        let target = self.kind(target);
        self.seen.see(self.decoder.at(), Fact::Method { method, target });
    }

    /// Imports what two texts name.
    pub(super) fn import(&mut self, module: Text, name: Text) -> Value {
        let at = self.decoder.at();
        let place = (module.at, name.at, self.protocol < 3);
        if let Some(known) = self.names.at(place) {
            self.names.count(known, at);
            return Value::Global(known);
        }
        let (Ok(module), Ok(name)) = (self.decoder.text(module), self.decoder.text(name)) else {
            return Value::Unknown;
        };
        let (module, name) = if self.protocol < 3 {
            renames::renamed(&module, &name)
        } else {
            (module.as_str(), name.as_str())
        };
        let known = self.names.global(module, name);
        if known == DYNAMIC {
            return Value::Unknown;
        }
        self.names.remember(place, known);
        self.names.count(known, at);
        Value::Global(known)
    }

    fn stack_global(&mut self) -> Result<(), Fault> {
        let name = self.pop()?;
        let module = self.pop()?;
        let may_be_text = |value| {
            matches!(
                value,
                Value::Text { .. }
                    | Value::Unknown
                    | Value::Made { .. }
                    | Value::Persistent
                    | Value::Extension
            )
        };
        match (module.text(), name.text()) {
            (Some(module), Some(name)) => {
                let global = self.import(module, name);
                self.push(global)
            }
            _ if may_be_text(module) && may_be_text(name) && !self.is_doubtful => {
                self.seen.see(self.decoder.at(), Fact::DynamicName);
                self.push(Value::Unknown)
            }
            _ => Err(Fault("name-without-text")),
        }
    }

    /// Bytes of the file as if there were no more.
    pub(super) fn part(&self, at: u64, length: u64) -> Part<'a> {
        Part::new(self.bytes, at, length)
    }
}

fn fault(problem: &Problem) -> Fault {
    Fault(match problem {
        Problem::Truncated { .. } => "truncated",
        Problem::Opcode { .. } => "no-opcode",
        Problem::Malformed { .. } => "malformed",
        Problem::Unreadable { .. } => "unreadable",
    })
}
