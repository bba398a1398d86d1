//! Hashes whole files, with all processors.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::Mutex;
use std::thread;

use limpide_openness::Content;
use limpide_words::Sha256;
use sha2::Digest;

use super::Hashed;
use super::bounds::Bounds;
use super::walk::Entry;

/// How much is read at once.
const PIECE: usize = 1 << 20;

/// The SHA-256 of every file that is there and can be read.
pub(super) fn all(
    bounds: &Bounds,
    entries: &BTreeMap<String, Entry>,
    progress: &(dyn Fn(u64) + Sync),
) -> Vec<Hashed> {
    let mut waiting: Vec<_> = entries.iter().filter(|(_, entry)| entry.content == Content::Here).collect();
    // The largest are taken first: none of them is begun when all others are done.
    waiting.sort_by_key(|(_, entry)| entry.size);
    let waiting = Mutex::new(waiting);
    let work = || {
        let mut hashed = Vec::new();
        while let Some((path, entry)) = waiting.lock().ok().and_then(|mut waiting| waiting.pop()) {
            if let Ok(sha256) = bounds.file(&entry.place).and_then(|file| of(file, progress)) {
                hashed.push((path.clone(), sha256));
            }
        }
        hashed
    };
    thread::scope(|scope| {
        let workers = thread::available_parallelism().map_or(1, usize::from);
        let workers: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        workers.into_iter().filter_map(|worker| worker.join().ok()).flatten().collect()
    })
}

fn of(mut file: impl Read, progress: &(dyn Fn(u64) + Sync)) -> io::Result<Sha256> {
    let (mut hasher, mut piece) = (sha2::Sha256::new(), vec![0; PIECE]);
    loop {
        let read = match file.read(&mut piece) {
            Ok(0) => return Ok(Sha256(hasher.finalize().into())),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        hasher.update(&piece[..read]);
        progress(read as u64);
    }
}
