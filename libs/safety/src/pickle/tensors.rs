//! Which tensors a pickle makes, and what they are called: the keys under which they are kept, from the outermost on. Only
//! listed where somebody asks.

use std::collections::HashMap;
use std::ops::Range;

use limpide_formats::structure;

use super::frameworks::Storage;
use super::machine::Machine;
use super::value::Value;

/// A tensor that a pickle makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tensor {
    /// The keys that lead to it, with dots between; of one in a state dict, its key.
    pub name: String,
    /// The type of its elements, as PyTorch or NumPy calls it.
    pub dtype: String,
    /// Its sides.
    pub shape: Vec<u64>,
    /// Where its bytes lie.
    pub place: Place,
}

/// Where the bytes of a tensor lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// It is not told.
    Nowhere,
    /// Among the bytes of the pickle, or after them.
    Here(Range<u64>),
    /// In a storage beside the pickle.
    Storage {
        /// Its key.
        key: String,
        /// The bytes of it.
        range: Range<u64>,
    },
}

/// The most things that are known to be held by others.
const MOST_HELD: usize = 2 * structure::MOST;
/// The longest key of a name, the longest name, and how many things hold each other.
const LONGEST_KEY: u32 = 256;
const LONGEST_NAME: usize = 512;
const DEEPEST: usize = 32;

/// Something that a name may lead through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Thing {
    /// A dictionary or a list.
    Container(u32),
    /// What a call gave: an object or a tensor.
    Made(u32),
}

impl Thing {
    fn of(value: Value) -> Option<Self> {
        match value {
            Value::Dict(container) | Value::List(container) => Some(Self::Container(container)),
            Value::Made { serial, .. } => Some(Self::Made(serial)),
            _ => None,
        }
    }
}

/// The tensors that were found so far.
#[derive(Default)]
pub(super) struct Tensors {
    found: Vec<(Thing, Tensor)>,
    /// What holds a thing, and under which key; an object holds its attributes without one.
    holders: HashMap<Thing, (Thing, Option<String>)>,
    /// How many items a list has.
    lengths: HashMap<u32, u64>,
    /// Where storages begin that follow the pickle.
    storages: HashMap<String, u64>,
}

impl Tensors {
    /// Says where a storage begins that follows the pickle.
    pub(super) fn follows(&mut self, key: String, begin: u64) {
        if self.storages.len() < structure::MOST {
            self.storages.insert(key, begin);
        }
    }

    /// The tensors with their names and places, and whether these are all.
    pub(super) fn finish(mut self) -> (Vec<Tensor>, bool) {
        let is_whole = self.found.len() < structure::MOST && self.holders.len() < MOST_HELD;
        let found = std::mem::take(&mut self.found);
        let tensors = found.into_iter().map(|(thing, mut tensor)| {
            tensor.name = self.name(thing);
            tensor.place = self.placed(tensor.place);
            tensor
        });
        (tensors.collect(), is_whole)
    }

    fn name(&self, mut thing: Thing) -> String {
        let (mut keys, mut length) = (Vec::new(), 0);
        for _ in 0..DEEPEST {
            let Some((holder, key)) = self.holders.get(&thing) else { break };
            if let Some(key) = key {
                length += key.len() + 1;
                keys.push(key.as_str());
            }
            if length > LONGEST_NAME {
                break;
            }
            thing = *holder;
        }
        keys.reverse();
        keys.join(".")
    }

    /// The place in the file, where the storage follows the pickle.
    fn placed(&self, place: Place) -> Place {
        let Place::Storage { key, range } = place else { return place };
        match self.storages.get(&key) {
            Some(begin) => Place::Here(begin.saturating_add(range.start)..begin.saturating_add(range.end)),
            None => Place::Storage { key, range },
        }
    }

    fn add(&mut self, serial: u32, tensor: Tensor) {
        if self.found.len() < structure::MOST {
            self.found.push((Thing::Made(serial), tensor));
        }
    }

    /// The first that holds a thing gives it its name.
    fn hold(&mut self, holder: Thing, key: Option<String>, thing: Thing) {
        if self.holders.len() < MOST_HELD {
            self.holders.entry(thing).or_insert((holder, key));
        }
    }
}

impl Machine<'_> {
    /// Lists the tensor that the last call made, of which the elements in this range of a storage are part.
    pub(super) fn list_tensor(
        &mut self,
        storage: Storage,
        dtype: Option<(String, u64)>,
        elements: Range<u64>,
        size: Value,
    ) {
        if self.tensors.is_none() {
            return;
        }
        let known = dtype.or_else(|| storage.kind.map(|kind| (kind.name.to_owned(), kind.width)));
        let (dtype, width) = known.unwrap_or_else(|| ("unknown".to_owned(), 0));
        let place = match self.decoder.text(storage.key) {
            Ok(key) if width > 0 => Place::Storage {
                key,
                range: elements.start.saturating_mul(width)..elements.end.saturating_mul(width),
            },
            _ => Place::Nowhere,
        };
        self.add_tensor(self.calls, Tensor { name: String::new(), dtype, shape: self.sides(size), place });
    }

    /// Lists an array of NumPy.
    pub(super) fn list_array(&mut self, serial: u32, shape: Value, dtype: Value, bytes: Option<Range<u64>>) {
        if self.tensors.is_none() {
            return;
        }
        let dtype = self.dtype_name(dtype).unwrap_or_else(|| "unknown".to_owned());
        let place = bytes.map_or(Place::Nowhere, Place::Here);
        self.add_tensor(serial, Tensor { name: String::new(), dtype, shape: self.sides(shape), place });
    }

    /// Lists the array that a state completes: `(version, shape, dtype, is_fortran, bytes)`.
    pub(super) fn list_array_of_state(&mut self, serial: u32, state: Value) {
        if let Some(&[_, shape, dtype, _, bytes]) = self.tuples.get(state) {
            self.list_array(serial, shape, dtype, span(bytes));
        }
    }

    /// Lists the array that `_frombuffer(bytes, dtype, shape, order)` gives.
    pub(super) fn list_array_of_buffer(&mut self, arguments: Value) {
        if let Some(&[bytes, dtype, shape, _]) = self.tuples.get(arguments) {
            self.list_array(self.calls, shape, dtype, span(bytes));
        }
    }

    fn add_tensor(&mut self, serial: u32, tensor: Tensor) {
        if let Some(tensors) = &mut self.tensors {
            tensors.add(serial, tensor);
        }
    }

    /// The sides that are numbers.
    fn sides(&self, shape: Value) -> Vec<u64> {
        let sides = self.tuples.get(shape).unwrap_or_default().iter();
        sides.map(|side| if let Value::Int(side) = side { side.unsigned_abs() } else { 0 }).collect()
    }

    /// Keeps in mind that items from here on, keys and values, belong to a container or an object.
    pub(super) fn hold_items(&mut self, holder: Value, from: usize) {
        let (Some(holder), true) = (Thing::of(holder), self.tensors.is_some()) else { return };
        for at in (from..self.stack.len()).step_by(2) {
            let pair = self.stack.get(at).copied().zip(self.stack.get(at + 1).copied());
            let Some((key, thing)) = pair.and_then(|(key, value)| Some((key, Thing::of(value)?))) else {
                continue;
            };
            let key = self.key(key);
            if let Some(tensors) = &mut self.tensors {
                tensors.hold(holder, Some(key), thing);
            }
        }
    }

    /// The same for the items of a list, whose keys are their places.
    pub(super) fn hold_in_list(&mut self, list: u32, from: usize) {
        let Some(tensors) = &mut self.tensors else { return };
        let items = self.stack.get(from..).unwrap_or_default();
        let before = tensors.lengths.get(&list).copied().unwrap_or_default();
        if tensors.lengths.len() < MOST_HELD {
            tensors.lengths.insert(list, before + items.len() as u64);
        }
        for (place, item) in (before..).zip(items) {
            if let Some(thing) = Thing::of(*item) {
                tensors.hold(Thing::Container(list), Some(place.to_string()), thing);
            }
        }
    }

    /// The same for the state of an object.
    pub(super) fn hold_state(&mut self, object: u32, state: Value) {
        if let (Some(tensors), Some(state)) = (&mut self.tensors, Thing::of(state)) {
            tensors.hold(Thing::Made(object), None, state);
        }
    }

    fn key(&self, key: Value) -> String {
        let text = key.text().filter(|text| text.length <= LONGEST_KEY);
        match (text, key) {
            (Some(text), _) => self.decoder.text(text).unwrap_or_default(),
            (None, Value::Int(number)) => number.to_string(),
            _ => "?".to_owned(),
        }
    }
}

/// Where bytes lie that stand in the pickle.
fn span(bytes: Value) -> Option<Range<u64>> {
    match bytes {
        Value::Bytes { at, length } => Some(at..at.saturating_add(u64::from(length))),
        _ => None,
    }
}
