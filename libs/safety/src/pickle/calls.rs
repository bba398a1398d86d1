//! Calls that a pickle makes, and what it does to what it did not make.

use limpide_formats::pickle::{Looks, Text, looks_like_pickle};
use limpide_formats::reading::ReadAt;

use super::machine::{Fault, Machine};
use super::names::{DYNAMIC, Special};
use super::seen::{Arguments, Fact, Kind, MOST_ARGUMENTS, cut};
use super::value::Value;
use super::{DEEPEST, Mode, scan_at_depth};
use crate::event::{CallKind, What};

/// The most attributes of a patch that are told.
const MOST_ATTRIBUTES: usize = 20;
/// The most patches that are told.
const MOST_PATCHES: usize = 1000;
/// Bytes that are written as text are read into memory to be followed.
const LONGEST_ENCODED: u32 = 16 << 20;
/// What is looked at to tell what bytes are.
const BEGINNING: usize = 64 << 10;

impl Machine<'_> {
    /// `REDUCE`.
    pub(super) fn reduce(&mut self) -> Result<(), Fault> {
        let arguments = self.pop()?;
        let function = self.pop()?;
        if !may_be_tuple(arguments) {
            return Err(Fault("call-without-tuple"));
        }
        let made = self.call(CallKind::Reduce, function, arguments);
        self.push(made)
    }

    /// `NEWOBJ`, `NEWOBJ_EX`.
    pub(super) fn new_object(&mut self, has_keywords: bool) -> Result<(), Fault> {
        if has_keywords {
            self.pop()?;
        }
        let arguments = self.pop()?;
        let class = self.pop()?;
        if !may_be_tuple(arguments) {
            return Err(Fault("call-without-tuple"));
        }
        let made = self.call(CallKind::New, class, arguments);
        self.push(made)
    }

    /// `INST`.
    pub(super) fn instance(&mut self, module: Text, name: Text) -> Result<(), Fault> {
        let mark = self.marked()?;
        let class = self.import(module, name);
        self.make(class, mark)
    }

    /// `OBJ`.
    pub(super) fn object(&mut self) -> Result<(), Fault> {
        let mark = self.marked()?;
        let class = self.stack.get(mark).copied().ok_or(Fault("stack-underflow"))?;
        self.stack.remove(mark);
        self.make(class, mark)
    }

    fn make(&mut self, class: Value, mark: usize) -> Result<(), Fault> {
        self.tuple_from(mark)?;
        let arguments = self.pop()?;
        let made = self.call(CallKind::Inst, class, arguments);
        self.push(made)
    }

    /// Notes a call, and gives what is known of what comes out.
    fn call(&mut self, how: CallKind, function: Value, arguments: Value) -> Value {
        let at = self.decoder.at();
        self.calls = self.calls.wrapping_add(1);
        let callee = self.callee(function);
        let special = self.names.get(callee).special;
        let shape = self.shape(arguments, special);
        self.seen.see(at, Fact::Call { how, callee, arguments: shape });
        let is_known = match special {
            Special::No => None,
            Special::Dtype => self.dtype(arguments),
            Special::Size => self.first_tuple(arguments),
            Special::Encode => self.encoded(arguments),
            Special::Tensor => {
                self.check_tensor(callee, arguments);
                None
            }
            Special::Loader => {
                self.follow(callee, arguments, 0);
                None
            }
            Special::Scalar => {
                if self.is_of_objects(arguments) {
                    self.follow(callee, arguments, 1);
                }
                None
            }
            Special::Buffer => {
                self.list_array_of_buffer(arguments);
                None
            }
            Special::Attribute | Special::ArrayWrapper | Special::Array | Special::Parameter => None,
        };
        is_known.unwrap_or_else(|| match self.names.made(callee) {
            DYNAMIC => Value::Unknown,
            name => Value::Made { name, serial: self.serial(special, arguments) },
        })
    }

    /// Which of all calls gave the value: a parameter is the tensor that it is made of.
    fn serial(&self, special: Special, arguments: Value) -> u32 {
        match (special, self.tuples.beginning(arguments)) {
            (Special::Parameter, Some(([Value::Made { serial, .. }, ..], _))) => *serial,
            _ => self.calls,
        }
    }

    /// The name of what is called.
    fn callee(&mut self, function: Value) -> u32 {
        match function {
            Value::Global(name) | Value::Made { name, .. } => name,
            Value::Dtype(_) => self.names.global("numpy", "dtype"),
            _ => DYNAMIC,
        }
    }

    fn shape(&mut self, arguments: Value, special: Special) -> Arguments {
        let Some((items, length)) = self.tuples.beginning(arguments) else { return Arguments::Any };
        let mut values = [Value::None; MOST_ARGUMENTS];
        let told = items.len().min(MOST_ARGUMENTS);
        values[..told].copy_from_slice(&items[..told]);
        let is_longer = length > told;
        let mut kinds = [const { Kind::word("none") }; MOST_ARGUMENTS];
        for (kind, value) in kinds.iter_mut().zip(&values[..told]) {
            *kind = match value.text().filter(|_| special == Special::Attribute) {
                Some(text) => self.quoted(text),
                None => self.kind(*value),
            };
        }
        if is_longer {
            kinds[MOST_ARGUMENTS - 1] = const { Kind::word("*") };
        }
        Arguments::These(told as u8, kinds)
    }

    fn quoted(&mut self, text: Text) -> Kind {
        match self.decoder.text(text) {
            Ok(text) => Kind::named(self.names.quoted(&cut(&text))),
            Err(_) => const { Kind::word("text") },
        }
    }

    /// The kind of a value, for a report.
    pub(super) fn kind(&self, value: Value) -> Kind {
        match value {
            Value::Global(name) | Value::Made { name, .. } => Kind::named(name),
            Value::None => const { Kind::word("none") },
            Value::Bool => const { Kind::word("bool") },
            Value::Int(_) | Value::BigInt | Value::TorchMagic => const { Kind::word("int") },
            Value::Float => const { Kind::word("float") },
            Value::Text { .. } => const { Kind::word("text") },
            Value::Bytes { .. } | Value::LongBytes | Value::Encoded { .. } => const { Kind::word("bytes") },
            Value::Buffer => const { Kind::word("buffer") },
            Value::Tuple { .. } => const { Kind::word("tuple") },
            Value::List(_) => const { Kind::word("list") },
            Value::Dict(_) => const { Kind::word("dict") },
            Value::Set(_) => const { Kind::word("set") },
            Value::FrozenSet => const { Kind::word("frozenset") },
            Value::Extension => const { Kind::word("extension") },
            Value::Persistent => const { Kind::word("persistent") },
            Value::Storage(_) => const { Kind::word("storage") },
            Value::Dtype(_) => const { Kind::word("dtype") },
            Value::Absent | Value::Unknown => const { Kind::word("?") },
        }
    }

    /// `BUILD`.
    pub(super) fn build(&mut self) -> Result<(), Fault> {
        if self.stack.len() < self.fence + 2 {
            return Err(Fault("stack-underflow"));
        }
        let state = self.pop()?;
        let object = self.top()?;
        let at = self.decoder.at();
        match object {
            Value::Made { name: made, serial } => {
                let callee = self.maker(made);
                let mut kinds = [const { Kind::word("none") }; MOST_ARGUMENTS];
                kinds[0] = self.kind(state);
                self.seen.see(
                    at,
                    Fact::Call { how: CallKind::Build, callee, arguments: Arguments::These(1, kinds) },
                );
                self.check_slots(made, state);
                self.hold_state(serial, state);
                match self.names.get(callee).special {
                    Special::Array => self.list_array_of_state(serial, state),
                    Special::ArrayWrapper if self.has_arrays_inline => self.array_inline(serial, state)?,
                    _ => {}
                }
            }
            Value::Dtype(dtype) => self.complete_dtype(dtype, state),
            Value::Global(name) => self.patch(name, state),
            Value::Unknown | Value::Extension | Value::Persistent | Value::Storage(_) => {
                self.patch(DYNAMIC, state);
            }
            _ => self.structure("state-for-a-plain-value"),
        }
        Ok(())
    }

    /// What made an object.
    fn maker(&self, made: u32) -> u32 {
        self.names.maker(made)
    }

    /// Attributes that are set one by one may be those that Python itself calls.
    fn check_slots(&mut self, made: u32, state: Value) {
        let Some([_, slots @ Value::Dict(_)]) = self.tuples.get(state) else { return };
        let slots = *slots;
        if self.attributes(slots).iter().any(|name| name.starts_with("__") && name.ends_with("__")) {
            self.patch(made, state);
        }
    }

    fn patch(&mut self, name: u32, state: Value) {
        self.patches += 1;
        if self.patches > MOST_PATCHES {
            return;
        }
        let mut attributes = self.attributes(state);
        if let Some(&[first, second]) = self.tuples.get(state) {
            attributes.extend(self.attributes(first));
            attributes.extend(self.attributes(second));
        }
        attributes.truncate(MOST_ATTRIBUTES);
        let target = cut(&self.names.get(name).text);
        self.recorder.see(self.decoder.at(), What::Patch { target, attributes });
    }

    fn attributes(&self, state: Value) -> Vec<String> {
        let texts =
            self.containers.items(state).iter().filter_map(|(key, _)| self.decoder.text(key.text()?).ok());
        texts.take(MOST_ATTRIBUTES).map(|text| cut(&text)).collect()
    }

    fn first_tuple(&self, arguments: Value) -> Option<Value> {
        match self.tuples.get(arguments) {
            Some([tuple @ Value::Tuple { .. }]) => Some(*tuple),
            _ => None,
        }
    }

    /// `_codecs.encode(text, 'latin1')` gives the bytes that were written as text.
    fn encoded(&self, arguments: Value) -> Option<Value> {
        let &[text, coding] = self.tuples.get(arguments)? else { return None };
        let (Text { at, length, coding: written }, coding) =
            (text.text()?, self.decoder.text(coding.text()?).ok()?);
        let is_latin = matches!(coding.as_str(), "latin1" | "latin-1" | "iso-8859-1");
        is_latin.then_some(Value::Encoded { at, length, coding: written })
    }

    /// Follows the bytes that a loader is given.
    fn follow(&mut self, callee: u32, arguments: Value, index: usize) {
        let value = self.tuples.beginning(arguments).and_then(|(items, _)| items.get(index).copied());
        let place = match value {
            Some(Value::Bytes { at, .. }) => at,
            Some(Value::Encoded { at, .. }) => at,
            Some(Value::LongBytes) => {
                return self.recorder.gap(self.decoder.at(), self.decoder.at(), "value-unread");
            }
            // What cannot be told beforehand: the call itself is seen.
            _ => return,
        };
        if !self.followed.insert(place) {
            return;
        }
        let name = format!("{}@{place}", self.names.get(callee).text);
        self.recorder.enter(&name);
        match value {
            Some(Value::Bytes { at, length }) => self.scan_value(&self.part(at, u64::from(length))),
            Some(Value::Encoded { at, length, coding }) if length <= LONGEST_ENCODED => {
                let bytes = self.decoded(Text { at, length, coding });
                self.scan_value(&bytes);
            }
            _ => self.recorder.gap(0, 0, "value-unread"),
        }
        self.recorder.leave();
    }

    /// The bytes for the letters of a text.
    fn decoded(&self, text: Text) -> Vec<u8> {
        let bytes = self.bytes.bytes_at(text.at, text.length as usize).unwrap_or_default();
        let text = limpide_formats::pickle::decode_text(&bytes, text.coding);
        text.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap_or(b'?')).collect()
    }

    fn scan_value(&mut self, bytes: &dyn ReadAt) {
        let depth = self.depth + 1;
        if depth > DEEPEST {
            return self.recorder.gap(0, bytes.size(), "too-deep");
        }
        let beginning = bytes.bytes_at(0, BEGINNING).unwrap_or_default();
        if looks_like_pickle(&beginning, bytes.size()) == Looks::Other {
            if !self.surroundings.scan_value(bytes, depth, self.recorder) {
                self.recorder.gap(0, bytes.size(), "value-unread");
            }
            return;
        }
        scan_at_depth(bytes, Mode::File, depth, self.surroundings, self.recorder);
    }
}

/// Calls take their arguments from a tuple, and Python refuses all else.
fn may_be_tuple(value: Value) -> bool {
    matches!(
        value,
        Value::Tuple { .. }
            | Value::Unknown
            | Value::Made { .. }
            | Value::Extension
            | Value::Persistent
            | Value::Storage(_)
    )
}
