//! What numpy, joblib and PyTorch mean by some of the calls.

use std::collections::HashMap;

use limpide_formats::pickle::{Decoder, Op, Text};

use super::machine::{Fault, Machine};
use super::seen::Fact;
use super::value::Value;

/// What is known of their values.
#[derive(Default)]
pub(super) struct Frameworks {
    dtypes: Vec<Dtype>,
    pub(super) storages: Vec<Storage>,
    sizes: HashMap<String, Option<u64>>,
    /// The texts that are appended to lists, when they are wanted.
    collected: Option<Vec<Text>>,
    /// How many values were copied to go back to them.
    copied: u64,
}

/// The type of the elements of a numpy array.
#[derive(Debug, Clone, Copy)]
struct Dtype {
    /// How it is written.
    text: Text,
    /// The bytes of an element, if they are known.
    size: Option<u64>,
    /// Whether elements are objects, so pickled one by one.
    has_objects: bool,
}

/// Where a tensor's elements lie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Storage {
    pub(super) key: Text,
    /// The type of its elements, if it is known.
    pub(super) kind: Option<ElementKind>,
    elements: Option<u64>,
    /// Whether it was said to be of bytes.
    is_untyped: bool,
}

/// A type of elements.
#[derive(Debug, Clone, Copy)]
pub(super) struct ElementKind {
    /// What PyTorch calls it.
    pub(super) name: &'static str,
    /// The bytes of one.
    pub(super) width: u64,
}

/// Bytes of numbers mostly fail as opcodes after so many.
const SOON: usize = 4;
/// The most values that are copied to go back to them.
const MOST_COPIED: u64 = 32 << 20;

/// The most types and storages that are kept.
const MOST_KEPT: usize = 1 << 20;

impl Frameworks {
    /// Keeps the texts that go into lists from now on.
    pub(super) fn start_collecting(&mut self) {
        self.collected = Some(Vec::new());
    }

    pub(super) fn stop_collecting(&mut self) -> Vec<Text> {
        self.collected.take().unwrap_or_default()
    }

    #[inline]
    pub(super) fn collect(&mut self, items: &[Value]) {
        let Some(collected) = &mut self.collected else { return };
        let texts = items.iter().filter_map(|item| item.text());
        collected.extend(texts.take(MOST_KEPT - collected.len().min(MOST_KEPT)));
    }
}

impl Machine<'_> {
    /// `numpy.dtype('f8', …)`.
    pub(super) fn dtype(&mut self, arguments: Value) -> Option<Value> {
        let (items, _) = self.tuples.beginning(arguments)?;
        let written = items.first()?.text()?;
        let text = self.decoder.text(written).ok()?;
        let dtypes = &mut self.frameworks.dtypes;
        if dtypes.len() >= MOST_KEPT {
            return None;
        }
        dtypes.push(Dtype { text: written, size: element_size(&text), has_objects: text.contains('O') });
        Some(Value::Dtype((dtypes.len() - 1) as u32))
    }

    /// The state of a dtype tells its size, and whether a field of it is an object.
    pub(super) fn complete_dtype(&mut self, dtype: u32, state: Value) {
        let Some((items, _)) = self.tuples.beginning(state) else { return };
        let (size, flags) = (items.get(5).copied(), items.get(7).copied());
        let Some(dtype) = self.frameworks.dtypes.get_mut(dtype as usize) else { return };
        if let Some(Value::Int(size @ 1..)) = size {
            dtype.size = Some(size.unsigned_abs());
        }
        if let Some(Value::Int(flags)) = flags {
            dtype.has_objects |= flags & 1 == 1;
        }
    }

    /// How the type of an array is written.
    pub(super) fn dtype_name(&self, value: Value) -> Option<String> {
        let Value::Dtype(dtype) = value else { return None };
        self.decoder.text(self.frameworks.dtypes.get(dtype as usize)?.text).ok()
    }

    pub(super) fn is_of_objects(&self, arguments: Value) -> bool {
        match self.tuples.beginning(arguments).and_then(|(items, _)| items.first().copied()) {
            Some(Value::Dtype(dtype)) => {
                self.frameworks.dtypes.get(dtype as usize).is_none_or(|dtype| dtype.has_objects)
            }
            _ => true,
        }
    }

    /// joblib writes the bytes of an array right behind the opcode that completes its wrapper.
    pub(super) fn array_inline(&mut self, serial: u32, state: Value) -> Result<(), Fault> {
        if self.frame_end != u64::MAX && self.frame_end != self.decoder.position() {
            self.structure("array-inside-frame");
            return Err(Fault("array-inside-frame"));
        }
        self.frame_end = u64::MAX;
        let shape = self.attribute(state, "shape");
        let dtype = self.attribute(state, "dtype");
        let Some(named @ Value::Dtype(dtype)) = dtype else { return Err(Fault("array-of-unknown-type")) };
        let Some(dtype) = self.frameworks.dtypes.get(dtype as usize).copied() else {
            return Err(Fault("array-of-unknown-type"));
        };
        let begin = self.decoder.position();
        if dtype.has_objects {
            self.list_array(serial, shape.unwrap_or(Value::Unknown), named, None);
            self.objects_inline()?;
            self.without_array(begin, self.decoder.position());
            return Ok(());
        }
        if matches!(self.attribute(state, "numpy_array_alignment_bytes"), Some(Value::Int(_))) {
            let padding = self.decoder.byte().ok_or(Fault("truncated"))?;
            if !self.decoder.pass(u64::from(padding)) {
                return Err(Fault("truncated"));
            }
        }
        let elements = shape.and_then(|shape| self.product(shape));
        let length = elements.zip(dtype.size).and_then(|(elements, size)| elements.checked_mul(size));
        let elements_at = self.decoder.position();
        match length.map(|length| self.decoder.pass(length)) {
            Some(true) => {
                let end = self.decoder.position();
                self.list_array(serial, shape.unwrap_or(Value::Unknown), named, Some(elements_at..end));
                self.without_array(begin, end);
                Ok(())
            }
            Some(false) => Err(Fault("truncated")),
            None => Err(Fault("array-of-unknown-size")),
        }
    }

    /// Python's own loader knows nothing of arrays, and takes their bytes for opcodes: follows what it would do until the
    /// array ends, and goes back.
    fn without_array(&mut self, begin: u64, end: u64) {
        let mut look = Decoder::new(self.bytes, begin);
        for _ in 0..SOON {
            match look.next_op() {
                Ok(Op::Stop) | Err(_) => return self.go_to(end),
                Ok(_) if look.position() == end => return self.go_to(end),
                Ok(_) => {}
            }
        }
        self.frameworks.copied += self.stack.len() as u64 + self.memo.filled();
        if self.frameworks.copied > MOST_COPIED {
            self.recorder.gap(begin, begin, "budget");
            return self.go_to(end);
        }
        let (stack, marks, memo) = (self.stack.clone(), self.marks.clone(), self.memo.clone());
        let (fence, protocol) = (self.fence, self.protocol);
        (self.has_arrays_inline, self.is_doubtful) = (false, true);
        self.go_to(begin);
        self.steps_until(end);
        if self.decoder.position() > end {
            self.structure("opcodes-in-an-array");
        }
        (self.has_arrays_inline, self.is_doubtful) = (true, false);
        (self.stack, self.marks, self.memo) = (stack, marks, memo);
        (self.fence, self.protocol, self.frame_end) = (fence, protocol, u64::MAX);
        self.go_to(end);
    }

    fn go_to(&mut self, place: u64) {
        if self.decoder.position() != place {
            self.decoder = Decoder::new(self.bytes, place);
        }
    }

    /// The elements of an array of objects are one pickle, with a memo of its own.
    fn objects_inline(&mut self) -> Result<(), Fault> {
        if self.depth >= super::DEEPEST {
            return Err(Fault("too-deep"));
        }
        let stack = std::mem::take(&mut self.stack);
        let marks = std::mem::take(&mut self.marks);
        let memo = std::mem::replace(&mut self.memo, super::value::Memo::new());
        let (fence, protocol) = (self.fence, self.protocol);
        self.has_arrays_inline = false;
        self.depth += 1;
        let result = self.stream(self.decoder.position());
        self.depth -= 1;
        self.has_arrays_inline = true;
        (self.stack, self.marks, self.memo) = (stack, marks, memo);
        (self.fence, self.protocol, self.frame_end) = (fence, protocol, u64::MAX);
        result.map(|_| ())
    }

    /// The value under a name in a dictionary.
    fn attribute(&self, state: Value, name: &str) -> Option<Value> {
        let items = self.containers.items(state);
        let is_it = |key: &Value| {
            key.text().is_some_and(|text| self.decoder.text(text).is_ok_and(|text| text == name))
        };
        let found = items.iter().rev().find(|(key, _)| is_it(key));
        found.map(|(_, value)| *value)
    }

    /// The number of elements of a shape.
    fn product(&self, shape: Value) -> Option<u64> {
        self.tuples.get(shape)?.iter().try_fold(1_u64, |product, side| match side {
            Value::Int(side) => product.checked_mul(u64::try_from(*side).ok()?),
            _ => None,
        })
    }

    /// `BINPERSID`.
    pub(super) fn persistent(&mut self) -> Result<(), Fault> {
        let id = self.pop()?;
        let at = self.decoder.at();
        let (to, value) = match self.tuples.beginning(id).map(|(items, _)| items.to_vec()) {
            Some(items) => self.torch_id(&items),
            None => (self.word(id), Value::Persistent),
        };
        self.seen.see(at, Fact::Persistent(to));
        self.push(value)
    }

    fn word(&self, value: Value) -> &'static str {
        self.kind(value).as_word().unwrap_or("object")
    }

    /// `('storage', type, key, location, elements)`, or `('module', …)` for the source of a class.
    fn torch_id(&mut self, items: &[Value]) -> (&'static str, Value) {
        let Some(first) = items.first().and_then(|item| item.text()) else {
            return ("tuple", Value::Persistent);
        };
        let first = self.decoder.text(first).unwrap_or_default();
        match (first.as_str(), items) {
            ("module", _) => ("torch-module", Value::Persistent),
            ("storage", [_, Value::Global(kind), key @ Value::Text { .. }, _, elements, ..]) => {
                let Some(key) = key.text() else { return ("tuple", Value::Persistent) };
                let storages = self.frameworks.storages.len();
                if storages >= MOST_KEPT {
                    return ("torch-storage", Value::Persistent);
                }
                let kind = self.names.get(*kind).parts.as_ref();
                let elements_are = kind.and_then(|(_, name)| storage_kind(name));
                let is_untyped = kind.is_some_and(|(_, name)| name == "UntypedStorage");
                let elements = match elements {
                    Value::Int(elements) => u64::try_from(*elements).ok(),
                    _ => None,
                };
                let storage = Storage { key, kind: elements_are, elements, is_untyped };
                self.check_storage(storage);
                self.frameworks.storages.push(storage);
                ("torch-storage", Value::Storage(storages as u32))
            }
            _ => ("tuple", Value::Persistent),
        }
    }

    /// A storage holds as many bytes as it says, when they can be seen.
    fn check_storage(&mut self, storage: Storage) {
        let Ok(key) = self.decoder.text(storage.key) else { return };
        let there = match self.frameworks.sizes.get(&key) {
            Some(size) => *size,
            None => {
                let size = self.surroundings.storage_size(&key);
                if self.frameworks.sizes.len() < MOST_KEPT {
                    self.frameworks.sizes.insert(key, size);
                }
                size
            }
        };
        let said =
            storage.elements.zip(storage.kind).map(|(elements, kind)| elements.checked_mul(kind.width));
        match (said, there) {
            (Some(Some(said)), Some(there)) if said > there => {
                self.seen.see(self.decoder.at(), Fact::Structure("storage-cut-short"));
            }
            (Some(None), _) => self.seen.see(self.decoder.at(), Fact::TensorOutOfBounds),
            _ if storage.elements.is_none() => self.seen.see(self.decoder.at(), Fact::TensorOutOfBounds),
            _ => {}
        }
    }

    /// Whether a tensor lies in its storage: `(storage, offset, size, stride, …)`.
    pub(super) fn check_tensor(&mut self, callee: u32, arguments: Value) {
        let at = self.decoder.at();
        let Some((items, _)) = self.tuples.beginning(arguments) else {
            return self.seen.see(at, Fact::Structure("tensor-of-unknown-bounds"));
        };
        let items = items.to_vec();
        let [Value::Storage(storage), Value::Int(offset), size, stride, ..] = items[..] else {
            // The storage may come from elsewhere; PyTorch looks itself then. Numbers are always numbers.
            if !matches!(items[..], [Value::Made { .. } | Value::Persistent, Value::Int(0..), ..]) {
                self.seen.see(at, Fact::Structure("tensor-of-unknown-bounds"));
            }
            return;
        };
        let Some(storage) = self.frameworks.storages.get(storage as usize).copied() else { return };
        let Some(end) = self.extent(offset, size, stride) else {
            return self.seen.see(at, Fact::TensorOutOfBounds);
        };
        let named = self.named_type(callee, items.get(6).copied());
        let width = if storage.is_untyped { named.as_ref().map(|(_, width)| *width) } else { Some(1) };
        let elements = storage.elements.zip(width).map(|(elements, width)| elements / width.max(1));
        if elements.is_some_and(|elements| end > elements) {
            self.seen.see(at, Fact::TensorOutOfBounds);
        }
        self.list_tensor(storage, named, offset.unsigned_abs()..end, size);
    }

    /// Where the last element ends, counted in elements; none when that is before the first, or cannot be said.
    fn extent(&self, offset: i64, size: Value, stride: Value) -> Option<u64> {
        let offset = u64::try_from(offset).ok()?;
        let (sizes, strides) = (self.tuples.get(size)?, self.tuples.get(stride)?);
        if sizes.len() != strides.len() {
            return None;
        }
        let (mut last, mut is_empty) = (0_u64, false);
        for pair in sizes.iter().zip(strides) {
            let (Value::Int(size), Value::Int(stride)) = pair else { return None };
            let (size, stride) = (u64::try_from(*size).ok()?, u64::try_from(*stride).ok()?);
            is_empty |= size == 0;
            last = last.checked_add(size.saturating_sub(1).checked_mul(stride)?)?;
        }
        if is_empty { Some(offset) } else { offset.checked_add(last)?.checked_add(1) }
    }

    /// The type of the elements of `_rebuild_tensor_v3`, which names it, and the bytes of one.
    fn named_type(&self, callee: u32, dtype: Option<Value>) -> Option<(String, u64)> {
        let is_v3 = self.names.get(callee).text.ends_with("_v3");
        let Some(Value::Global(name)) = dtype.filter(|_| is_v3) else { return None };
        let (_, name) = self.names.get(name).parts.as_ref()?;
        let width = match name.as_str() {
            "float64" | "int64" | "uint64" | "complex64" => 8,
            "float32" | "int32" | "uint32" | "complex32" => 4,
            "float16" | "bfloat16" | "int16" | "uint16" => 2,
            "complex128" => 16,
            _ => 1,
        };
        Some((name.clone(), width))
    }
}

/// The type of elements, by the class of the storage.
fn storage_kind(name: &str) -> Option<ElementKind> {
    let (name, width) = match name {
        "ComplexDoubleStorage" => ("complex128", 16),
        "ComplexFloatStorage" => ("complex64", 8),
        "DoubleStorage" => ("float64", 8),
        "LongStorage" => ("int64", 8),
        "FloatStorage" => ("float32", 4),
        "IntStorage" => ("int32", 4),
        "QInt32Storage" => ("qint32", 4),
        "HalfStorage" => ("float16", 2),
        "BFloat16Storage" => ("bfloat16", 2),
        "ShortStorage" => ("int16", 2),
        "CharStorage" => ("int8", 1),
        "ByteStorage" => ("uint8", 1),
        "BoolStorage" => ("bool", 1),
        "QInt8Storage" => ("qint8", 1),
        "QUInt8Storage" => ("quint8", 1),
        "QUInt4x2Storage" => ("quint4x2", 1),
        "QUInt2x4Storage" => ("quint2x4", 1),
        "UntypedStorage" => ("uint8", 1),
        _ => return None,
    };
    Some(ElementKind { name, width })
}

/// The bytes of an element, by the text of a dtype, such as `f8` or `<U10`.
fn element_size(text: &str) -> Option<u64> {
    let text = text.trim_start_matches(['<', '>', '=', '|']);
    let mut letters = text.chars();
    let kind = letters.next()?;
    let count = letters.as_str();
    let count: u64 = if count.is_empty() { 1 } else { count.parse().ok()? };
    match kind {
        'U' => count.checked_mul(4),
        'b' | 'i' | 'u' | 'f' | 'c' | 'M' | 'm' | 'S' | 'V' | 'a' => Some(count),
        '?' => Some(1),
        'O' => Some(8),
        _ => None,
    }
}
