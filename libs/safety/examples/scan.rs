//! Scans files and folders, and prints one line of JSON for each file: `cargo run --release -p limpide-safety --example
//! scan -- PATH…`. Without paths on the command line they come in on standard input, a line each: that is how
//! `benches/safety.py` hands it thousands.

#![allow(clippy::print_stdout, reason = "that is what it is for")]

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use limpide_formats::reading::ReadAt;
use limpide_safety::Policy;

fn main() -> anyhow::Result<()> {
    let policy = Policy::built_in()?;
    let mut paths: Vec<String> = std::env::args().skip(1).collect();
    if paths.is_empty() {
        paths = io::stdin().lines().collect::<io::Result<_>>()?;
    }
    for path in paths {
        for path in files(Path::new(&path))? {
            let file = OnDisk::open(&path)?;
            let start = Instant::now();
            let scan = limpide_safety::scan(&file, &path.to_string_lossy());
            let seconds = start.elapsed().as_secs_f64();
            let verdict = policy.judge(&scan);
            println!(
                "{}",
                serde_json::json!({ "path": path, "seconds": seconds, "scan": scan, "verdict": verdict })
            );
        }
    }
    Ok(())
}

fn files(path: &Path) -> io::Result<Vec<PathBuf>> {
    if !path.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    let mut entries = fs::read_dir(path)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
    entries.sort();
    for entry in entries {
        found.extend(files(&entry)?);
    }
    Ok(found)
}

struct OnDisk {
    file: File,
    size: u64,
}

impl OnDisk {
    fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        Ok(Self { file, size })
    }
}

impl ReadAt for OnDisk {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        self.file.read_at(into, at)
    }
}
