//! Checkpoints of PyTorch: tensors in their storages, and the layout from before 1.6.

use limpide_safety::pickle::{Mode, Surroundings};
use limpide_safety::{Level, What};

use crate::assembler::{Found, Pickle, found, found_among, pickle};

/// A tensor of `FloatStorage` under key `0`, with so many elements in the storage.
fn tensor(pickle: Pickle, elements: i32, offset: i32, size: &[i32], stride: &[i32]) -> Pickle {
    let pickle = pickle.stack_global("torch._utils", "_rebuild_tensor_v2").mark().mark().text("storage");
    let pickle = pickle
        .stack_global("torch", "FloatStorage")
        .text("0")
        .text("cpu")
        .int(elements)
        .raw(b"tQ")
        .int(offset);
    let sides = |pickle: Pickle, sides: &[i32]| {
        sides.iter().fold(pickle.mark(), |pickle, side| pickle.int(*side)).raw(b"t")
    };
    let pickle = sides(sides(pickle, size), stride).raw(b"\x89");
    pickle.stack_global("collections", "OrderedDict").raw(b")RtR")
}

/// A storage of so many bytes.
struct Storage(u64);

impl Surroundings for Storage {
    fn storage_size(&self, key: &str) -> Option<u64> {
        (key == "0").then_some(self.0)
    }
}

fn among(bytes: &[u8], size: u64) -> Found {
    found_among(bytes, Mode::Member, &Storage(size))
}

#[test]
fn tensors_lie_in_their_storages() {
    let one =
        |offset, size: &[i32], stride: &[i32]| among(&tensor(pickle(), 16, offset, size, stride).stop(), 64);
    one(0, &[4, 4], &[4, 1])
        .sees(&What::PersistentId { to: "torch-storage".to_owned() })
        .is(Level::Clean)
        .whole();
    one(4, &[3, 4], &[4, 1]).is(Level::Clean);
    one(0, &[], &[]).is(Level::Clean);
    one(16, &[0, 4], &[4, 1]).is(Level::Clean);
    for (offset, size, stride) in [
        (1, &[4, 4][..], &[4, 1][..]),
        (0, &[4, 4], &[5, 1]),
        (0, &[4, 4], &[4, -1]),
        (-1, &[1], &[1]),
        (0, &[i32::MAX, i32::MAX, i32::MAX], &[i32::MAX, i32::MAX, i32::MAX]),
        (0, &[4], &[4, 1]),
    ] {
        one(offset, size, stride).sees(&What::TensorOutOfBounds).is(Level::Suspicious);
    }
}

#[test]
fn storages_hold_what_they_say() {
    let bytes = tensor(pickle(), 16, 0, &[4, 4], &[4, 1]).stop();
    among(&bytes, 63).sees(&What::Structure { kind: "storage-cut-short".to_owned() }).is(Level::Partial);
    found_among(&bytes, Mode::Member, &()).is(Level::Clean);
}

#[test]
fn items_are_set_on_dictionaries_only() {
    let on_tensor = tensor(pickle(), 16, 0, &[4], &[1]).int(1).int(2).raw(b"s").stop();
    among(&on_tensor, 64).is(Level::Suspicious);
    let on_storage =
        pickle().mark().text("storage").stack_global("torch", "FloatStorage").text("0").text("cpu").int(4);
    among(&on_storage.raw(b"tQ").int(1).int(2).raw(b"s").stop(), 16).is(Level::Suspicious);
}

/// The layout from before 1.6, with one tensor of 16 elements.
fn legacy(object: Pickle, storage: &[u8]) -> Vec<u8> {
    let magic = Pickle(vec![0x80, 2]).raw(b"\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19").stop();
    let protocol = Pickle(vec![0x80, 2]).int(1001).stop();
    let machine = Pickle(vec![0x80, 2]).raw(b"}").text("little_endian").raw(b"\x88s").stop();
    let keys = Pickle(vec![0x80, 2]).raw(b"]").text("0").raw(b"a").stop();
    [&magic[..], &protocol, &machine, &object.stop(), &keys, storage].concat()
}

#[test]
fn the_bytes_of_old_checkpoints_are_all_accounted_for() {
    let storage = [&16_u64.to_le_bytes()[..], &[7; 64]].concat();
    let object = || tensor(Pickle(vec![0x80, 2]), 16, 0, &[4, 4], &[4, 1]);
    found(&legacy(object(), &storage)).is(Level::Clean).whole();
    found(&legacy(object(), &storage[..70])).gap("truncated").is(Level::Partial);
    let tail = [&storage[..], b"\xff\xff more"].concat();
    found(&legacy(object(), &tail)).gap("after-the-end").is(Level::Partial);
    let hidden = [&storage[..], &pickle().harm().stop()].concat();
    found(&legacy(object(), &hidden)).is(Level::Malicious);
    found(&legacy(object().raw(b"0").harm(), &storage)).imports("os", "system").is(Level::Malicious);
}

#[test]
fn an_old_checkpoint_is_one_however_its_number_comes_about() {
    let number =
        Pickle(vec![0x80, 2]).harm().raw(b"0\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19").stop();
    let storage = [&16_u64.to_le_bytes()[..], &[7; 64]].concat();
    let usual = legacy(tensor(Pickle(vec![0x80, 2]), 16, 0, &[16], &[1]), &storage);
    let bytes = [&number[..], &usual[15..]].concat();
    found(&bytes).is(Level::Malicious).whole();
}
