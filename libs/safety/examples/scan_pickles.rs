//! Scans the pickles whose paths come in on standard input, and prints what is to be thought of each, one line of JSON a
//! file: for benches, until the program does it.

use std::fs::File;
use std::io::{self, BufRead, Write};
use std::os::unix::fs::FileExt;

use limpide_formats::pickle::{Looks, looks_like_pickle};
use limpide_formats::reading::ReadAt;
use limpide_safety::pickle::{self, Mode};
use limpide_safety::{Policy, Recorder};

/// A file, read where it is asked for.
struct OnDisk(File, u64);

impl ReadAt for OnDisk {
    fn size(&self) -> u64 {
        self.1
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        self.0.read_at(into, at)
    }
}

fn main() -> anyhow::Result<()> {
    let policy = Policy::built_in()?;
    let mut output = io::stdout().lock();
    for path in io::stdin().lock().lines() {
        let path = path?;
        let file = File::open(&path)?;
        let size = file.metadata()?.len();
        let bytes = OnDisk(file, size);
        let beginning = bytes.bytes_at(0, 64 << 10)?;
        let looks = looks_like_pickle(&beginning, size);
        let mut recorder = Recorder::new();
        let format = match looks {
            Looks::Pickle => "pickle",
            Looks::TorchLegacy => "torch-legacy",
            Looks::Other => "other",
        };
        if looks != Looks::Other {
            pickle::scan(&bytes, Mode::File, &(), &mut recorder);
        }
        let scan = recorder.finish(1, format, size);
        let verdict = policy.judge(&scan);
        let line = serde_json::json!({"path": path, "scan": scan, "verdict": verdict});
        writeln!(output, "{line}")?;
    }
    Ok(())
}
