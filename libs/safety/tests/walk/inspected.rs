//! What files hold, as their own libraries wrote them: tensors with their names, types, sides and places.

use limpide_formats::structure::{Place, Structure};

use super::zip;
use crate::archives::InZip;

fn hold(bytes: &[u8]) -> Structure {
    limpide_safety::inspect(&bytes.to_vec()).unwrap()
}

/// Names, types and sides.
fn tensors(structure: &Structure) -> Vec<(&str, &str, &[u64])> {
    structure.tensors.iter().map(|tensor| (&*tensor.name, &*tensor.dtype, &*tensor.shape)).collect()
}

/// The bytes of a tensor, where it lies in one piece.
fn bytes<'f>(file: &'f [u8], structure: &Structure, name: &str) -> &'f [u8] {
    let tensor = structure.tensors.iter().find(|tensor| tensor.name == name).unwrap();
    let Place::Inside { begin, end } = tensor.place else { panic!("{tensor:?}") };
    &file[begin as usize..end as usize]
}

fn member<'s>(structure: &'s Structure, name: &str) -> Option<&'s str> {
    structure.tensors.iter().find(|tensor| tensor.name == name).unwrap().member.as_deref()
}

#[test]
fn a_checkpoint_of_pytorch_tells_its_tensors() {
    let file = include_bytes!("../seeds/scan/good_torch_zip");
    let structure = hold(file);
    assert_eq!(
        tensors(&structure),
        [
            ("state_dict.steps", "int64", [].as_slice()),
            ("state_dict.conv.weight", "float32", &[2, 3]),
            ("state_dict.conv.bias", "float32", &[2]),
            ("optimizer.state.0.exp_avg", "float16", &[2, 3]),
            ("list.0", "int64", &[2]),
            ("list.1", "float32", &[2, 2]),
        ]
    );
    assert!(!structure.is_partial);
    assert_eq!(bytes(file, &structure, "state_dict.steps"), 7_i64.to_le_bytes());
    assert_eq!(bytes(file, &structure, "list.0"), [1_i64, 2].map(i64::to_le_bytes).concat());
    assert_eq!(member(&structure, "state_dict.steps"), Some("torch_zip/data/0"));
}

#[test]
fn checkpoints_from_before_version_1_6_and_of_torchscript_tell_their_tensors() {
    let legacy = include_bytes!("../seeds/scan/good_torch_legacy");
    let script = include_bytes!("../seeds/scan/good_torchscript");
    for file in [legacy.as_slice(), script] {
        let structure = hold(file);
        let expected = [
            ("steps", "int64", [].as_slice()),
            ("conv.weight", "float32", &[2, 3]),
            ("conv.bias", "float32", &[2]),
        ];
        assert_eq!(tensors(&structure), expected);
        assert_eq!(bytes(file, &structure, "steps"), 7_i64.to_le_bytes());
    }
    assert_eq!((hold(legacy).imports.len(), member(&hold(legacy), "steps")), (4, None));
    assert_eq!(member(&hold(script), "conv.bias"), Some("torchscript/data/2"));
}

#[test]
fn arrays_of_numpy_are_told_of_archives_and_pickles() {
    let file = include_bytes!("../seeds/scan/good_npz");
    let structure = hold(file);
    assert_eq!(tensors(&structure), [("a", "<f4", [2, 3].as_slice()), ("b", "<i8", &[4])]);
    assert_eq!(bytes(file, &structure, "b"), [0_i64, 1, 2, 3].map(i64::to_le_bytes).concat());
    assert_eq!(member(&structure, "b"), Some("b.npy"));
    let packed = hold(include_bytes!("../seeds/scan/good_npz_packed"));
    assert_eq!((tensors(&packed), packed.is_partial), (vec![("a", "<f4", [2, 3].as_slice())], false));
    for file in
        [include_bytes!("../seeds/scan/good_numpy4").as_slice(), include_bytes!("../seeds/scan/good_numpy5")]
    {
        let structure = hold(file);
        assert_eq!(tensors(&structure), [("w", "f8", [2, 3].as_slice()), ("o.b", "i8", &[3])]);
        assert_eq!(bytes(file, &structure, "o.b"), [0_i64, 1, 2].map(i64::to_le_bytes).concat());
    }
}

#[test]
fn arrays_that_joblib_writes_between_opcodes_are_told() {
    let file = include_bytes!("../seeds/scan/good_joblib");
    let structure = hold(file);
    assert_eq!(tensors(&structure), [("w", "f4", [2, 3].as_slice()), ("o.0", "i8", &[3])]);
    assert_eq!(bytes(file, &structure, "o.0"), [0_i64, 1, 2].map(i64::to_le_bytes).concat());
    assert!(!structure.is_partial);
}

#[test]
fn a_compressed_pickle_and_one_without_its_storages_are_told_as_well() {
    let pickle = super::tensor(4);
    let with = |member: InZip| hold(&zip(&[member, InZip::stored("a/data/0", &[7; 16])]));
    let structure = with(InZip::deflated("a/data.pkl", &pickle));
    assert_eq!(tensors(&structure), [("", "float32", [4].as_slice())]);
    assert_eq!(member(&structure, ""), Some("a/data/0"));
    let structure = with(InZip::stored("b/data.pkl", &pickle));
    assert_eq!((structure.tensors[0].place.clone(), member(&structure, "")), (Place::Nowhere, None));
}

#[test]
fn containers_that_hold_themselves_end_a_name() {
    // A dictionary that is its own item, with a tensor in it.
    let tensor = super::tensor(4);
    let inner = &tensor[2..tensor.len() - 1];
    let file = [b"\x80\x02}q\x00X\x01\0\0\0ah\x00sX\x01\0\0\0t", inner, b"s."].concat();
    let structure = hold(&file);
    assert!(structure.tensors[0].name.ends_with("a.a.t"), "{structure:?}");
    assert!(structure.tensors[0].name.len() < 100);
}
