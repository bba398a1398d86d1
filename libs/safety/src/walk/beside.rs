//! Files of data in an archive that hold nothing but what another member tells of: the variables of TensorFlow beside their
//! index, and tensors of ONNX beside their model. Alone, nothing says what their bytes are.

use std::collections::HashMap;
use std::io;

use limpide_formats::bundle::Bundle;
use limpide_formats::claims::Claims;
use limpide_formats::onnx::{Onnx, Place};
use limpide_formats::reading::ReadAt;
use limpide_formats::sniff::{self, Kind};

use super::Walk;

/// The ending of the name of an index, and of a model.
const INDEX: &str = ".index";
const MODEL: &str = ".onnx";

/// The files of data that are told of, by name, with the bytes of each that belong to tensors.
#[derive(Default)]
pub(super) struct Beside(HashMap<String, Claims>);

impl Beside {
    /// Whether a member could tell of others, by its name.
    pub(super) fn may_tell(name: &str) -> bool {
        name.ends_with(INDEX) || name.ends_with(MODEL)
    }

    /// Learns what a member tells of others.
    pub(super) fn learn(&mut self, name: &str, file: &dyn ReadAt) -> io::Result<()> {
        match sniff::kind(file)? {
            Kind::Bundle => self.index(name, &Bundle::read(file)?),
            Kind::Onnx => self.model(name, Onnx::read(file)?),
            _ => {}
        }
        Ok(())
    }

    fn index(&mut self, name: &str, read: &Bundle) {
        let Some(stem) = name.strip_suffix(INDEX) else { return };
        for (shard, claims) in read.claims() {
            self.0.insert(format!("{stem}.data-{shard:05}-of-{:05}", read.shards), claims);
        }
    }

    fn model(&mut self, name: &str, read: Onnx) {
        let folder = name.rsplit_once('/').map(|(folder, _)| format!("{folder}/")).unwrap_or_default();
        for tensor in read.tensors {
            let Place::Outside { location, offset, length: Some(length) } = tensor.place else { continue };
            let begin = offset.unwrap_or_default();
            let claims = self.0.entry(format!("{folder}{location}")).or_default();
            claims.claim(begin..begin.saturating_add(length));
        }
    }

    /// Looks at a member. What others tell of and looks like nothing else is theirs; what is left of it is looked at.
    pub(super) fn look(&self, walk: &mut Walk<'_>, file: &dyn ReadAt, name: &str) {
        let is_data = || sniff::kind(file).is_ok_and(|kind| kind == Kind::Unknown);
        let Some(claims) = self.0.get(name).filter(|_| is_data()) else {
            walk.file(file, name);
            return;
        };
        if claims.end() > file.size() {
            walk.recorder.structure(file.size(), "tensor-past-the-end");
        }
        for range in claims.unclaimed(file.size()) {
            if let Err(error) = walk.leftover(file, range, "between-tensors") {
                walk.unread(file, &error);
            }
        }
    }
}
