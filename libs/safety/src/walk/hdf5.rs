//! HDF5: tensors in groups, and the configuration of a model in attributes.

use std::io;
use std::ops::Range;

use limpide_formats::hdf5::{Hdf5, Object, Problem};
use limpide_formats::reading::{Part, ReadAt};
use limpide_formats::sniff::{self, Kind};
use limpide_formats::tar::not_zero;

use super::{Walk, cut, outside};
use crate::texts::keras_config;

/// Attributes in which Keras keeps what it makes a model of.
const CONFIGURATIONS: [&str; 2] = ["model_config", "training_config"];

/// Groups, datasets and attributes; whatever reaches outside; and bytes that belong to none of them.
pub(super) fn file(walk: &mut Walk<'_>, file: &dyn ReadAt) -> io::Result<&'static str> {
    let hdf5 = match Hdf5::read(file) {
        Ok(hdf5) => hdf5,
        Err(Problem::Unreadable(error)) => return Err(error),
        Err(_) => {
            walk.recorder.structure(0, "hdf5-superblock");
            return Ok(walk.gap(0..file.size(), "broken-header", "hdf5"));
        }
    };
    walk.told(&hdf5.oddities, &hdf5.gaps);
    for reach in &hdf5.outside {
        outside::reference(walk, reach.at, reach.how, &reach.path);
    }
    for object in &hdf5.objects {
        attributes(walk, object)?;
    }
    for range in &hdf5.unclaimed {
        if hdf5.gaps.is_empty() || range.start < hdf5.begin {
            free(walk, file, range.clone(), hdf5.begin)?;
        } else {
            // It may belong to what was not read.
            walk.recorder.gap(range.start, range.end, "hdf5-unread");
        }
    }
    Ok("hdf5")
}

/// Texts of attributes. Some libraries keep pickles there, and load them when the attribute is read.
fn attributes(walk: &mut Walk<'_>, object: &Object) -> io::Result<()> {
    for attribute in &object.attributes {
        let name = cut(&format!("{}@{}", object.path, attribute.name));
        for text in &attribute.texts {
            if CONFIGURATIONS.contains(&&*attribute.name) {
                walk.unpacked_member_with(&name, text, &mut |walk, _| configuration(walk, text));
            } else if !matches!(sniff::kind(text)?, Kind::Text | Kind::Empty | Kind::Unknown) {
                walk.unpacked_member(&name, text);
            }
        }
    }
    Ok(())
}

/// What Keras would make of this text.
pub(super) fn configuration(walk: &mut Walk<'_>, text: &[u8]) {
    match std::str::from_utf8(text) {
        Ok(text) => keras_config(text, walk.recorder),
        Err(_) => walk.recorder.gap(0, text.len() as u64, "unread-configuration"),
    }
}

/// Space that nothing uses any more. The library leaves there what it wrote before, and reads none of it; what is a file
/// of its own was put there.
fn free(walk: &mut Walk<'_>, file: &dyn ReadAt, range: Range<u64>, begin: u64) -> io::Result<()> {
    if range.start < begin {
        return walk.leftover(file, range.start..range.end.min(begin), "hdf5-before-the-begin");
    }
    let part = Part::new(file, 0, range.end);
    let Some(at) = not_zero(&part, range.start)? else { return Ok(()) };
    if sniff::kind(&Part::new(file, at, range.end - at))? != Kind::Unknown {
        return walk.leftover(file, range, "hdf5-free-space-with-a-file");
    }
    walk.recorder.structure(at, "hdf5-free-space");
    Ok(())
}
