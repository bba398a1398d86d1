//! Checkpoints as PyTorch wrote them before 1.6: a number, a version, the machine, the object, the keys of its storages,
//! each a pickle; then the bytes of the storages.

use std::collections::HashMap;

use super::machine::{Fault, Machine};
use super::seen::Fact;

/// The length of the number of elements that stands before a storage.
const NUMBER: u64 = 8;

impl Machine<'_> {
    /// Follows what comes after the number.
    pub(super) fn torch_legacy(&mut self) {
        for stream in 2..=5 {
            if stream == 5 {
                self.frameworks.start_collecting();
            }
            if let Err(Fault(why)) = self.stream(self.decoder.position()) {
                return self.recorder.gap(self.decoder.at(), self.bytes.size(), why);
            }
        }
        let keys = self.frameworks.stop_collecting();
        let mut known = HashMap::new();
        for storage in &self.frameworks.storages {
            if let Ok(key) = self.decoder.text(storage.key) {
                known.insert(key, *storage);
            }
        }
        let mut at = self.decoder.position();
        for key in keys {
            let key = self.decoder.text(key).unwrap_or_default();
            let storage = known.get(&key);
            let Some(kind) = storage.and_then(|storage| storage.kind) else {
                return self.recorder.gap(at, self.bytes.size(), "storage-of-unknown-type");
            };
            match self.storage_end(at, kind.width) {
                Some(end) => {
                    if let Some(tensors) = &mut self.tensors {
                        tensors.follows(key, at + NUMBER);
                    }
                    at = end;
                }
                None => return self.recorder.gap(at, self.bytes.size(), "truncated"),
            }
        }
        if at < self.bytes.size() {
            if self.after_padding(at) < self.bytes.size() {
                self.seen.see(at, Fact::Structure("after-the-storages"));
            }
            self.further_streams(at, 0);
        }
    }

    /// Where a storage ends: its number of elements stands before them.
    fn storage_end(&self, at: u64, width: u64) -> Option<u64> {
        let elements = self.bytes.bytes_at(at, NUMBER as usize).ok()?;
        let elements = u64::from_le_bytes(*elements.first_chunk()?);
        let end = at.checked_add(NUMBER)?.checked_add(elements.checked_mul(width)?)?;
        (end <= self.bytes.size()).then_some(end)
    }
}
