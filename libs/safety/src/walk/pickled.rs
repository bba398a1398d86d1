//! Pickles, and what lies around them.

use std::cell::RefCell;
use std::collections::BTreeSet;

use limpide_formats::reading::ReadAt;
use limpide_formats::sniff::{self, Kind};

use super::torch::Storages;
use super::{Bounds, Walk};
use crate::pickle::{self, Mode, Surroundings};
use crate::scan::Recorder;

/// A file that is one pickle, or several with what a framework writes between them.
pub(super) fn file(walk: &mut Walk<'_>, file: &dyn ReadAt) {
    let around = Around::of(walk, None);
    pickle::scan(file, Mode::File, &around, walk.recorder);
}

/// A pickle that something else leads to, where nothing else is looked for.
pub(super) fn member(walk: &mut Walk<'_>, file: &dyn ReadAt) {
    let around = Around::of(walk, None);
    pickle::scan(file, Mode::Member, &around, walk.recorder);
}

/// A pickle in an archive of PyTorch; gives the keys of the storages that it names.
pub(super) fn torch(walk: &mut Walk<'_>, file: &dyn ReadAt, storages: &Storages) -> BTreeSet<String> {
    let around = Around::of(walk, Some(storages));
    pickle::scan(file, Mode::Member, &around, walk.recorder);
    around.named.into_inner()
}

/// What lies around a pickle.
struct Around<'a> {
    bounds: &'a Bounds,
    depth: usize,
    storages: Option<&'a Storages>,
    /// The storages that the pickle asked for.
    named: RefCell<BTreeSet<String>>,
}

impl<'a> Around<'a> {
    fn of(walk: &Walk<'a>, storages: Option<&'a Storages>) -> Self {
        Self { bounds: walk.bounds, depth: walk.depth, storages, named: RefCell::default() }
    }
}

impl Surroundings for Around<'_> {
    fn storage_size(&self, key: &str) -> Option<u64> {
        let storage = self.storages?.get(key)?;
        self.named.borrow_mut().insert(key.to_owned());
        Some(storage.size)
    }

    fn scan_value(&self, bytes: &dyn ReadAt, depth: u32, recorder: &mut Recorder) -> bool {
        if !sniff::kind(bytes).is_ok_and(|kind| kind != Kind::Unknown) {
            return false;
        }
        // A pickle in an archive in a pickle is as deep as both.
        let depth = self.depth + usize::try_from(depth).unwrap_or(usize::MAX).min(super::DEEPEST);
        Walk { recorder, bounds: self.bounds, depth }.member("(value)", bytes);
        true
    }
}
