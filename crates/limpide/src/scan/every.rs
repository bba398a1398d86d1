//! Scans every file of a place, several at a time, and says how far it has come to whoever watches.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::Result;
use limpide_openness::{Content, File, FileReader, Source};
use limpide_safety::Policy;

use super::Found;
use crate::place::{OnDisk, Place};
use crate::progress::Progress;

/// What is found in the files of a place, by their paths.
pub(super) fn scan(place: &Place, policy: &Policy) -> Result<Vec<Found>> {
    match place {
        Place::File(path) => {
            let name = path.display().to_string();
            let file = OnDisk::open(path)?;
            Ok(vec![Found::of(&name, limpide_safety::scan(&file, &name), policy)])
        }
        Place::Source(source) => {
            let mut files = source.files()?;
            files.sort_by(|one, other| one.path.cmp(&other.path));
            Ok(scan_all(source.as_ref(), &files, policy))
        }
    }
}

/// As many files at a time as there are processors.
fn scan_all(source: &dyn Source, files: &[File], policy: &Policy) -> Vec<Found> {
    let progress = Progress::new("scanned", files.iter().map(|file| file.size).sum());
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let one = scan_one(source, file, policy);
            found.lock().unwrap_or_else(PoisonError::into_inner).push(one);
            progress.add(file.size);
        }
    };
    let workers = thread::available_parallelism().map_or(1, NonZero::get).min(files.len());
    thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(work);
        }
    });
    let mut found = found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn scan_one(source: &dyn Source, file: &File, policy: &Policy) -> Found {
    let unread = |why: &str| Found::unread(&file.path, why.to_owned());
    match file.content {
        Content::Here => {
            let scan = limpide_safety::scan(&FileReader::new(source, &file.path, file.size), &file.path);
            Found::of(&file.path, scan, policy)
        }
        Content::NotFetched => {
            unread("the file is a pointer, and its object was not fetched: `git lfs pull`")
        }
        Content::Lost => unread("the file is a pointer, and the store does not hold its object"),
        Content::Skipped => unread("the file is a link or a special file, which is not followed"),
    }
}
