//! ONNX: what a graph does beside calculating, and the files that its tensors lie in.

use std::collections::HashSet;
use std::io;

use limpide_formats::onnx::{Onnx, Place};
use limpide_formats::reading::ReadAt;

use super::{Walk, cut, outside};
use crate::event::What;
use crate::operations::calculates;

/// A model: operations, tensors, and what is not understood.
pub(super) fn file(walk: &mut Walk<'_>, file: &dyn ReadAt) -> io::Result<&'static str> {
    let model = Onnx::read(file)?;
    walk.told(&model.oddities, &model.gaps);
    for tensor in &model.tensors {
        if let Place::Outside { location, .. } = &tensor.place {
            if location.is_empty() {
                walk.recorder.structure(tensor.at, "onnx-empty-location");
            }
            outside::reference(walk, tensor.at, "onnx-external-data", location);
        }
    }
    // An operation that the model defines is made of others, which are looked at.
    let defined: HashSet<&(String, String)> = model.functions.iter().collect();
    for (operation, (at, count)) in &model.operations {
        let (domain, name) = operation;
        let set = if domain.is_empty() { "ai.onnx" } else { domain };
        if !calculates(set, name) && !defined.contains(operation) {
            let what = What::Operation { domain: cut(set), name: cut(name) };
            walk.recorder.see_often(*at, what, *count);
        }
    }
    Ok("onnx")
}
