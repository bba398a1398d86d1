//! Graphs of TensorFlow: what they do beside calculating, the files that belong to them, and what Keras makes of them.

use std::io;

use limpide_formats::reading::ReadAt;
use limpide_formats::tensorflow::{Message, TensorFlow};

use super::{Walk, cut, hdf5, outside};
use crate::event::What;
use crate::operations::calculates;

/// A saved model, a meta graph, a frozen graph, or what Keras keeps beside a saved model.
pub(super) fn file(
    walk: &mut Walk<'_>,
    file: &dyn ReadAt,
    message: Message,
    format: &'static str,
) -> io::Result<&'static str> {
    let read = TensorFlow::read(file, message)?;
    walk.told(&read.oddities, &read.gaps);
    for (at, path) in &read.assets {
        outside::reference(walk, *at, "tensorflow-asset", path);
    }
    for (name, (at, count)) in &read.operations {
        // A function of the library is made of other operations, which are looked at.
        if !calculates("tensorflow", name) && !read.functions.contains(name) {
            let what = What::Operation { domain: "tensorflow".to_owned(), name: cut(name) };
            walk.recorder.see_often(*at, what, *count);
        }
    }
    for (at, text) in &read.configurations {
        walk.unpacked_member_with(&format!("(keras {at})"), text, &mut |walk, _| {
            hdf5::configuration(walk, text);
        });
    }
    Ok(format)
}
