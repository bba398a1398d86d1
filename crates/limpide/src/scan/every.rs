//! Scans every file of a place, several at a time, and says how far it has come to whoever watches.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use anyhow::Result;
use limpide_clamav::Clamav;
use limpide_formats::reading::ReadAt;
use limpide_openness::{Content, File, FileReader, Source};
use limpide_safety::Policy;

use super::Found;
use crate::place::{OnDisk, Place};
use crate::progress::Progress;

/// How files are looked at.
pub(super) struct Look<'a> {
    /// The rules that judge.
    pub(super) policy: &'a Policy,
    /// The virus scanner that is asked, too.
    pub(super) clamav: Option<&'a Clamav>,
}

impl Look<'_> {
    fn at(&self, path: &str, bytes: &dyn ReadAt) -> Found {
        let scan = limpide_safety::scan(bytes, path);
        let scan = match self.clamav {
            Some(clamav) => scan.looked_at(clamav.look(bytes)),
            None => scan,
        };
        Found::of(path, scan, self.policy)
    }
}

/// What is found in the files of a place, by their paths.
pub(super) fn scan(place: &Place, look: &Look<'_>) -> Result<Vec<Found>> {
    match place {
        Place::File(path) => {
            let name = path.display().to_string();
            let file = OnDisk::open(path)?;
            Ok(vec![look.at(&name, &file)])
        }
        Place::Source(source) => {
            let mut files = source.files()?;
            files.sort_by(|one, other| one.path.cmp(&other.path));
            Ok(scan_all(source.as_ref(), &files, look))
        }
    }
}

/// As many files at a time as there are processors.
fn scan_all(source: &dyn Source, files: &[File], look: &Look<'_>) -> Vec<Found> {
    let progress = Progress::new("scanned", files.iter().map(|file| file.size).sum());
    let (next, found) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let work = || {
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            let one = scan_one(source, file, look);
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

fn scan_one(source: &dyn Source, file: &File, look: &Look<'_>) -> Found {
    let unread = |why: &str| Found::unread(&file.path, why.to_owned());
    match file.content {
        Content::Here => look.at(&file.path, &FileReader::new(source, &file.path, file.size)),
        Content::NotFetched => {
            unread("the file is a pointer, and its object was not fetched: `git lfs pull`")
        }
        Content::Lost => unread("the file is a pointer, and the store does not hold its object"),
        Content::Skipped => unread("the file is a link or a special file, which is not followed"),
    }
}
