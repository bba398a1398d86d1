//! Graphs and arrays: what they reach for outside themselves, and what they hold beside numbers.

#[allow(dead_code)]
#[path = "../../../formats/tests/formats/hdf5_file.rs"]
mod hdf5_file;

#[allow(dead_code)]
#[path = "../../../formats/tests/formats/wire_file.rs"]
mod wire_file;

use hdf5_file::{attribute, hdf5, link};
use limpide_safety::{Level, Scan, What};

use wire_file::{bytes, library, meta_graph, node, number, onnx, operation, outside, saved_model};

use super::{clean, found, gaps, kinds, level, look, zip};
use crate::archives::{InZip, in_tar, tar};

/// How a file refers to others.
fn references(scan: &Scan) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    for event in &scan.events {
        if let What::Reference { by, path } = &event.what {
            found.push((&**by, &**path));
        }
    }
    found
}

/// Operations that do more than calculate.
fn operations(scan: &Scan) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    for event in &scan.events {
        if let What::Operation { domain, name } = &event.what {
            found.push((&**domain, &**name));
        }
    }
    found
}

#[test]
fn weights_in_hdf5_are_clean() {
    clean(include_bytes!("../../../formats/tests/seeds/hdf5/good_keras3_weights"), "hdf5");
    clean(include_bytes!("../../../formats/tests/seeds/hdf5/good_new_groups"), "hdf5");
    clean(include_bytes!("../../../formats/tests/seeds/hdf5/good_chunks"), "hdf5");
    clean(&hdf5(&[attribute("layer_names", b"dense")]), "hdf5");
}

#[test]
fn hdf5_as_the_newest_version_of_the_format_writes_it_is_read_as_well() {
    clean(include_bytes!("../../../formats/tests/seeds/hdf5/good_dense_links"), "hdf5");
    clean(include_bytes!("../../../formats/tests/seeds/hdf5/good_ordered"), "hdf5");
    clean(include_bytes!("../../../formats/tests/seeds/hdf5/good_chunk_indexes"), "hdf5");
    let dense = include_bytes!("../../../formats/tests/seeds/hdf5/good_dense");
    clean(dense, "hdf5");
    // What Keras would make is found among many attributes, too.
    let bent = bent(dense, b"\"Sequential\", \"config\": {}", b"\"Lambda\", \"config\": {}    ");
    assert_eq!(level(&look(&bent)), Level::Malicious);
    let scan = look(include_bytes!("../../../formats/tests/seeds/hdf5/good_dense_external"));
    assert_eq!((references(&scan).len(), level(&scan)), (12, Level::Malicious));
}

/// A file in which some bytes are others.
fn bent(file: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let at = file.windows(from.len()).position(|bytes| bytes == from).unwrap();
    [&file[..at], to, &file[at + from.len()..]].concat()
}

#[test]
fn hdf5_that_reaches_for_other_files_is_not() {
    let scan = look(include_bytes!("../../../formats/tests/seeds/hdf5/good_external"));
    assert_eq!(
        references(&scan),
        [
            ("hdf5-external-data-outside", "/etc/passwd"),
            ("hdf5-external-link", "other.h5"),
            ("hdf5-external-link-outside", "../secret.h5")
        ]
    );
    assert_eq!(level(&scan), Level::Malicious);
    assert_eq!(level(&look(&hdf5(&[link("a", "b.h5")]))), Level::Suspicious);
    for path in ["a/../../b", "C:\\b", "\\\\host\\b", "https://b", "~/b"] {
        assert_eq!(level(&look(&hdf5(&[link("a", path)]))), Level::Malicious, "{path}");
    }
    let kept = zip(&[InZip::stored("model.weights.h5", &hdf5(&[link("a", "/b.h5")]))]);
    assert_eq!(level(&look(&kept)), Level::Malicious);
}

#[test]
fn a_pickle_in_an_attribute_or_in_free_space_of_hdf5_is_found() {
    let scan = look(&hdf5(&[attribute("CLASS", super::PAYLOAD)]));
    assert_eq!((found(&scan), level(&scan)), (vec![Some("@CLASS")], Level::Malicious));
    let after = [hdf5(&[]), super::MARKED.to_vec()].concat();
    let scan = look(&after);
    assert_eq!((found(&scan).len(), level(&scan)), (1, Level::Malicious));
}

#[test]
fn what_is_not_read_of_hdf5_is_a_gap() {
    let scan = look(include_bytes!("../../../formats/tests/seeds/hdf5/bad_cut"));
    assert!(level(&scan) >= Level::Partial && kinds(&scan).contains(&"hdf5-cut"));
    let scan = look(&hdf5(&[(0x50, vec![1])]));
    assert_eq!((level(&scan), gaps(&scan)), (Level::Partial, vec!["hdf5-unknown-message"]));
}

#[test]
fn onnx_that_calculates_is_clean() {
    clean(include_bytes!("../../../formats/tests/seeds/onnx/good_plain"), "onnx");
    clean(include_bytes!("../../../formats/tests/seeds/onnx/good_external"), "onnx");
    clean(include_bytes!("../../../formats/tests/seeds/onnx/good_function"), "onnx");
    clean(&onnx(&[node("com.microsoft", "MatMulNBits", &[]), node("ai.onnx.ml", "Scaler", &[])]), "onnx");
}

#[test]
fn onnx_that_reads_files_elsewhere_is_malicious() {
    for path in ["../w", "a/../../w", "/etc/passwd", "..\\w", "C:\\w", "file:///etc/passwd", "~/w"] {
        let scan = look(&onnx(&[outside(path)]));
        assert_eq!(references(&scan), [("onnx-external-data-outside", path)]);
        assert_eq!(level(&scan), Level::Malicious, "{path}");
        // In an attribute of a node in a graph in an attribute as well.
        let tensor = bytes(5, &outside(path)[2..]);
        let inner = node("", "Constant", &[bytes(5, tensor)]);
        let scan = look(&onnx(&[node("", "If", &[bytes(5, bytes(6, inner))])]));
        assert_eq!(level(&scan), Level::Malicious, "{path}");
    }
    assert_eq!(level(&look(&onnx(&[outside("")]))), Level::Suspicious);
}

#[test]
fn onnx_with_places_in_other_files_that_cannot_be_is_suspicious() {
    let with = |key: &str, value: &str| {
        let entry = |key: &str, value: &str| bytes(13, [bytes(1, key), bytes(2, value)].concat());
        let tensor = [number(1, 2), number(2, 1), entry("location", "w"), entry(key, value), number(14, 1)];
        kinds(&look(&onnx(&[bytes(5, tensor.concat())]))).join(" ")
    };
    assert_eq!((with("offset", "4096"), with("length", "8")), (String::new(), String::new()));
    for number in ["-1", "1e3", "", "9223372036854775808", "9223372036854775807"] {
        assert_eq!(with("offset", number), "onnx-external-number", "{number}");
    }
    assert_eq!(with("length", "9"), "onnx-length-wrong");
    assert_eq!(with("location", "v"), "onnx-places-differ");
}

#[test]
fn data_beside_a_model_of_onnx_in_an_archive_is_accounted_for() {
    let entry = |key: &str, value: &str| bytes(13, [bytes(1, key), bytes(2, value)].concat());
    let places = [entry("location", "w.bin"), entry("offset", "4"), entry("length", "8")].concat();
    let model = onnx(&[bytes(5, [number(1, 2), number(2, 1), places, number(14, 1)].concat())]);
    let with = |data: &[u8]| {
        let model = InZip::stored("a/m.onnx", &model);
        look(&zip(&[model, InZip::stored("a/w.bin", data)]))
    };
    let scan = with(b"\0\0\0\0\x01\xff\x02\xff\x03\xff\x04\xff");
    assert_eq!((level(&scan), scan.account.is_whole()), (Level::Clean, true), "{scan:?}");
    assert_eq!(kinds(&with(b"\0\0\0\0\x01\xff\x02\xff")), ["tensor-past-the-end"]);
    let hidden = [b"\0\0\0\0\x01\xff\x02\xff\x03\xff\x04\xff", super::MARKED].concat();
    assert_eq!(level(&with(&hidden)), Level::Malicious);
    // What a pickle could be is one, whoever says that it is data.
    assert_eq!(level(&with(super::MARKED)), Level::Malicious);
}

#[test]
fn variables_of_tensorflow_are_accounted_for_where_their_index_is_beside_them() {
    let index = include_bytes!("../../../formats/tests/seeds/tensorflow_index/good_variables");
    let data = include_bytes!("variables.data");
    clean(index, "tensorflow-index");
    let names = ["sm/variables/variables.index", "sm/variables/variables.data-00000-of-00001"];
    let both = |data: &[u8]| {
        [
            zip(&[InZip::deflated(names[0], index), InZip::stored(names[1], data)]),
            tar(&[
                in_tar(names[0].as_bytes(), b'0', b"", index),
                in_tar(names[1].as_bytes(), b'0', b"", data),
            ]),
        ]
    };
    for archive in both(data) {
        let scan = look(&archive);
        assert_eq!((level(&scan), scan.account.is_whole()), (Level::Clean, true), "{scan:?}");
    }
    for archive in both(&[data, super::MARKED].concat()) {
        assert_eq!(level(&look(&archive)), Level::Malicious);
    }
    for archive in both(&data[..300]) {
        assert!(kinds(&look(&archive)).contains(&"tensor-past-the-end"));
    }
    // Nothing says what they are where they lie alone.
    assert_eq!(gaps(&look(data)), ["unknown-format"]);
    let held = limpide_safety::inspect(&index.to_vec()).unwrap();
    assert_eq!(
        (held.tensors.len(), &*held.tensors[3].dtype, &*held.tensors[3].shape),
        (4, "float32", [2, 3].as_slice())
    );
}

#[test]
fn onnx_with_operations_that_nobody_knows_is_told() {
    let scan = look(include_bytes!("../../../formats/tests/seeds/onnx/good_nested"));
    assert_eq!(operations(&scan), [("com.example", "Custom")]);
    assert_eq!(level(&scan), Level::NeedsReview);
    let scan = look(&onnx(&[node("", "NoSuchOperation", &[])]));
    assert_eq!((operations(&scan), level(&scan)), (vec![("ai.onnx", "NoSuchOperation")], Level::NeedsReview));
    assert_eq!(level(&look(&onnx(&[node("com.microsoft", "PythonOp", &[])]))), Level::Malicious);
    assert_eq!(level(&look(&onnx(&[node("com.microsoft", "EPContext", &[])]))), Level::Suspicious);
    let scan = look(&onnx(&[bytes(99, "?")]));
    assert_eq!((level(&scan), gaps(&scan)), (Level::Partial, vec!["unknown-field"]));
}

#[test]
fn graphs_of_tensorflow_that_calculate_are_clean() {
    let graph = [operation("MatMul"), operation("inner"), library("inner", "Relu")];
    clean(&saved_model(&graph, &[bytes(6, bytes(2, "vocabulary.txt"))]), "savedmodel");
    clean(&meta_graph(&graph, &[]), "metagraph");
    clean(&graph.concat(), "graphdef");
}

#[test]
fn operations_of_tensorflow_that_reach_out_are_found_in_functions_too() {
    let expected = [
        ("WriteFile", Level::Malicious),
        ("ReadFile", Level::Suspicious),
        ("MatchingFiles", Level::Suspicious),
        ("EagerPyFunc", Level::Suspicious),
        ("PyFuncStateless", Level::Suspicious),
        ("XlaCustomCallV2", Level::Suspicious),
        ("PrintV2", Level::NeedsReview),
        ("NobodyKnows", Level::NeedsReview),
    ];
    for (name, expected) in expected {
        let calls = [operation("MatMul"), operation("inner"), library("inner", name)];
        for file in [saved_model(&calls, &[]), meta_graph(&[operation(name)], &[]), calls.concat()] {
            let scan = look(&file);
            assert_eq!((operations(&scan), level(&scan)), (vec![("tensorflow", name)], expected));
        }
    }
    // A node with two names is both.
    let both = bytes(1, [bytes(1, "x"), bytes(2, "WriteFile"), bytes(2, "Add")].concat());
    assert_eq!(
        operations(&look(&saved_model(&[operation("Add"), both], &[]))),
        [("tensorflow", "WriteFile")]
    );
}

#[test]
fn assets_elsewhere_and_configurations_of_keras_are_told() {
    let graph = [operation("MatMul")];
    let scan = look(&saved_model(&graph, &[bytes(6, bytes(2, "../../etc/passwd"))]));
    assert_eq!(references(&scan), [("tensorflow-asset-outside", "../../etc/passwd")]);
    assert_eq!(level(&scan), Level::Malicious);
    let layer = |class: &str| {
        let text = format!("{{\"class_name\": \"{class}\", \"config\": {{}}}}");
        let user = bytes(4, [bytes(1, "_tf_keras_layer"), bytes(3, text)].concat());
        level(&look(&saved_model(&graph, &[bytes(7, bytes(1, user))])))
    };
    assert_eq!(layer("Lambda"), Level::Malicious);
    assert_eq!(layer("Dense"), Level::Clean);
}

#[test]
fn graphs_of_tensorflow_lite_are_clean_without_operators_of_others() {
    let plain = include_bytes!("../../../formats/tests/seeds/tflite/good_plain");
    clean(plain, "tflite");
    clean(include_bytes!("../../../formats/tests/seeds/tflite/good_flex"), "tflite");
    let labels = [plain.to_vec(), zip(&[InZip::stored("labels.txt", b"cat\ndog\n")])].concat();
    let scan = look(&labels);
    assert_eq!((level(&scan), scan.events.len()), (Level::Clean, 0), "{scan:?}");
    let scan = look(include_bytes!("../../../formats/tests/seeds/tflite/good_custom"));
    assert_eq!((operations(&scan), level(&scan)), (vec![("tflite-custom", "Custom")], Level::NeedsReview));
    let scan = look(include_bytes!("../../../formats/tests/seeds/tflite/good_flex_reads"));
    assert_eq!((operations(&scan), level(&scan)), (vec![("tensorflow", "ReadFile")], Level::Suspicious));
    let scan = look(include_bytes!("../../../formats/tests/seeds/tflite/bad_cut"));
    assert!(level(&scan) >= Level::Partial, "{scan:?}");
}

#[test]
fn what_stands_behind_a_graph_of_tensorflow_lite_is_looked_at() {
    let plain = include_bytes!("../../../formats/tests/seeds/tflite/good_plain").to_vec();
    for rest in [super::MARKED.to_vec(), zip(&[InZip::stored("a.pkl", super::MARKED)])] {
        let scan = look(&[plain.clone(), rest].concat());
        assert_eq!((found(&scan).len(), level(&scan)), (1, Level::Malicious), "{scan:?}");
    }
}

#[test]
fn what_a_file_holds_is_told_alike_for_all_formats() {
    let hold = |bytes: &[u8]| limpide_safety::inspect(&bytes.to_vec()).unwrap();
    let expected: [(&[u8], &str, &str, &[u64]); 4] = [
        (include_bytes!("../../../formats/tests/seeds/hdf5/good_keras3_weights"), "hdf5", "/layers/dense/vars/0", &[4, 3]),
        (include_bytes!("../../../formats/tests/seeds/onnx/good_plain"), "onnx", "w", &[3, 2]),
        (include_bytes!("../../../formats/tests/seeds/tflite/good_plain"), "tflite", "w", &[3, 2]),
        (b"\x3c\0\0\0\0\0\0\0{\"w\":{\"dtype\":\"U8\",\"shape\":[3,2],\"data_offsets\":[0,6]}}      123456", "safetensors", "w", &[3, 2]),
    ];
    for (bytes, format, name, shape) in expected {
        let structure = hold(bytes);
        let tensor = structure.tensors.iter().find(|tensor| tensor.name == name);
        assert_eq!((&*structure.format, structure.is_partial), (format, false), "{structure:?}");
        assert_eq!(tensor.map(|tensor| &*tensor.shape), Some(shape), "{structure:?}");
    }
    let archive = zip(&[InZip::stored("a/data.pkl", super::PAYLOAD)]);
    let structure = hold(&archive);
    assert_eq!((&*structure.members[0].name, structure.imports.len()), ("a/data.pkl", 1));
    assert_eq!(hold(&saved_model(&[operation("ReadFile")], &[])).imports[0].1, "ReadFile");
    assert!(hold(include_bytes!("../../../formats/tests/seeds/hdf5/bad_virtual")).is_partial);
    assert_eq!(hold(super::PAYLOAD).imports, [("os".to_owned(), "system".to_owned())]);
}
