//! What a pickle does when it is loaded, found out without doing it.
//!
//! The program is run on a machine that knows of every value only what it must: texts by where they lie, numbers, what a
//! tuple holds, what was imported, what a call was made of. So it sees each import and call in the place where Python
//! would make it, wherever the names come from.

mod calls;
mod frameworks;
mod legacy;
mod machine;
mod names;
mod renames;
mod seen;
mod tensors;
mod value;

use limpide_formats::reading::ReadAt;

use crate::event::What;
use crate::scan::Recorder;
pub use tensors::{Place, Tensor};

/// The deepest that pickles in pickles are followed.
pub const DEEPEST: u32 = 8;

/// What the bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A file of its own: one or several streams, a checkpoint as PyTorch wrote it before 1.6, or what joblib writes.
    File,
    /// A member or a value: one or several streams and nothing else.
    Member,
}

/// What lies around a pickle.
pub trait Surroundings {
    /// How many bytes there are of a storage that the pickle names, when they lie outside it.
    fn storage_size(&self, _key: &str) -> Option<u64> {
        None
    }

    /// Scans bytes that the pickle hands to a loader and that are no pickle, such as an archive; false when they are
    /// not understood either.
    fn scan_value(&self, _bytes: &dyn ReadAt, _depth: u32, _recorder: &mut Recorder) -> bool {
        false
    }
}

/// Nothing lies around it.
impl Surroundings for () {}

/// Writes down what a pickle does, and which of its bytes are no part of it.
pub fn scan(bytes: &dyn ReadAt, mode: Mode, surroundings: &dyn Surroundings, recorder: &mut Recorder) {
    scan_at_depth(bytes, mode, 0, surroundings, recorder);
}

/// The same, so many pickles deep already.
pub fn scan_at_depth(
    bytes: &dyn ReadAt,
    mode: Mode,
    depth: u32,
    surroundings: &dyn Surroundings,
    recorder: &mut Recorder,
) {
    let mut machine = machine::Machine::new(bytes, surroundings, depth, recorder);
    machine.run(mode);
    machine.finish();
}

/// What a pickle holds, as far as it can be told without loading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    /// What it imports, as modules and names, each once.
    pub imports: Vec<(String, String)>,
    /// The tensors and arrays that it makes.
    pub tensors: Vec<Tensor>,
    /// Whether there is more, or part of it was not understood.
    pub is_partial: bool,
}

/// What a file holds that is a pickle, several, or a checkpoint as PyTorch wrote it before 1.6.
pub fn outline(bytes: &dyn ReadAt) -> Outline {
    let mut recorder = Recorder::new();
    let mut machine = machine::Machine::new(bytes, &(), 0, &mut recorder);
    machine.tensors = Some(tensors::Tensors::default());
    machine.run(Mode::File);
    let (tensors, are_all) = machine.tensors.take().unwrap_or_default().finish();
    machine.finish();
    let scan = recorder.finish(0, "pickle", bytes.size());
    let imports = scan.events.into_iter().filter_map(|event| match event.what {
        What::Import { module, name } => Some((module, name)),
        _ => None,
    });
    let mut imports: Vec<_> = imports.collect();
    imports.sort_unstable();
    imports.dedup();
    Outline { imports, tensors, is_partial: !are_all || !scan.account.is_whole() }
}
