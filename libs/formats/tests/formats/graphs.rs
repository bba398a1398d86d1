//! Graphs and arrays in files made byte by byte, and the same properties on files that chance bends.

use limpide_formats::bundle::Bundle;
use limpide_formats::hdf5::{Hdf5, Place, Problem};
use limpide_formats::onnx::{self, Onnx};
use limpide_formats::sniff::{self, Kind};
use limpide_formats::structure;
use limpide_formats::tensorflow::{Message, TensorFlow};
use limpide_formats::tflite::TfLite;
use proptest::prelude::*;

use crate::hdf5_file::{attribute, hdf5, link};
use crate::properties;
use crate::wire_file::{bytes, library, meta_graph, node, number, onnx, operation, outside, saved_model};

#[test]
fn hdf5_tells_of_groups_attributes_and_datasets() {
    let read = Hdf5::read(&include_bytes!("../seeds/hdf5/good_keras2").to_vec()).unwrap();
    let paths: Vec<&str> = read.objects.iter().map(|object| &*object.path).collect();
    assert!(paths.contains(&"/model_weights/dense/dense/kernel:0"), "{paths:?}");
    let dataset = |path: &str| {
        let object = read.objects.iter().find(|object| object.path == path).unwrap();
        object.dataset.clone().unwrap()
    };
    let kernel = dataset("/model_weights/dense/dense/kernel:0");
    assert_eq!((&*kernel.dtype, &*kernel.shape), ("float32", [3, 2].as_slice()));
    assert!(matches!(kernel.place, Place::Piece(range) if range.end - range.start == 24));
    let text = |name: &str| {
        let attributes = read.objects.iter().flat_map(|object| &object.attributes);
        let mut texts = attributes.filter(|attribute| attribute.name == name).flat_map(|found| &found.texts);
        String::from_utf8_lossy(texts.next().unwrap()).into_owned()
    };
    assert!(text("model_config").starts_with("{\"class_name\": \"Sequential\""));
    assert_eq!((&*text("layer_names"), &*text("weight_names")), ("dense", "out/kernel:0"));
}

#[test]
fn hdf5_counts_chunks_with_their_bytes() {
    let read = Hdf5::read(&include_bytes!("../seeds/hdf5/good_chunks").to_vec()).unwrap();
    let find = |path: &str| read.objects.iter().find(|object| object.path == path).unwrap().dataset.clone();
    let packed = find("/a").unwrap();
    assert_eq!((&*packed.filters, packed.shape), ([2, 1].as_slice(), vec![50, 20]));
    assert!(matches!(packed.place, Place::Chunks { count: 10, bytes: 1..4000 }));
    assert_eq!(find("/e").unwrap().place, Place::Chunks { count: 0, bytes: 0 });
}

#[test]
fn hdf5_tells_of_links_and_attributes_that_lie_in_heaps() {
    let read = Hdf5::read(&include_bytes!("../seeds/hdf5/good_dense").to_vec()).unwrap();
    assert!(read.gaps.is_empty() && read.oddities.is_empty(), "{:?} {:?}", read.gaps, read.oddities);
    let root = read.objects.iter().find(|object| object.path.is_empty()).unwrap();
    let text = |name: &str| {
        let attribute = root.attributes.iter().find(|attribute| attribute.name == name).unwrap();
        String::from_utf8(attribute.texts[0].clone()).unwrap()
    };
    assert_eq!(root.attributes.len(), 14);
    assert_eq!((&*text("attribute_07"), text("long").len()), ("text 7", 5000));
    assert_eq!(text("model_config"), "{\"class_name\": \"Sequential\", \"config\": {}}");
    // A hundred links lead to one dataset.
    assert_eq!(
        (read.objects.len(), read.objects[1].dataset.as_ref().unwrap().shape.as_slice()),
        (2, [4].as_slice())
    );
    let read = Hdf5::read(&include_bytes!("../seeds/hdf5/good_ordered").to_vec()).unwrap();
    assert_eq!((read.objects.len(), read.objects[0].attributes.len(), read.gaps.len()), (13, 12, 0));
    let read = Hdf5::read(&include_bytes!("../seeds/hdf5/good_dense_external").to_vec()).unwrap();
    assert_eq!((read.outside.len(), read.outside[0].how), (12, "hdf5-external-link"));
    assert!(read.outside.iter().any(|outside| outside.path == "../o11.h5"));
}

#[test]
fn hdf5_counts_chunks_by_every_index() {
    let read = Hdf5::read(&include_bytes!("../seeds/hdf5/good_chunk_indexes").to_vec()).unwrap();
    assert!(read.gaps.is_empty() && read.oddities.is_empty(), "{:?} {:?}", read.gaps, read.oddities);
    let find = |path: &str| read.objects.iter().find(|object| object.path == path).unwrap().dataset.clone();
    for (path, chunks, length) in [
        ("/single", 1, 48),
        ("/implicit", 5, 50),
        ("/fixed", 15, 105),
        ("/paged", 1030, 1030),
        ("/growing", 120, 120),
        ("/tree", 100, 400),
    ] {
        assert_eq!(find(path).unwrap().place, Place::Chunks { count: chunks, bytes: length }, "{path}");
    }
    for (path, chunks) in
        [("/single_packed", 1), ("/fixed_packed", 4), ("/growing_packed", 6), ("/tree_packed", 4)]
    {
        let place = find(path).unwrap().place;
        assert!(matches!(place, Place::Chunks { count, bytes: 1.. } if count == chunks), "{path}: {place:?}");
    }
}

#[test]
fn hdf5_says_what_reaches_outside_and_what_it_does_not_read() {
    let file = hdf5(&[attribute("a", b"text"), link("l", "../b.h5"), (0x50, vec![1])]);
    let read = Hdf5::read(&file).unwrap();
    assert_eq!(read.objects[0].attributes[0].texts, [b"text"]);
    assert_eq!((read.outside[0].how, &*read.outside[0].path), ("hdf5-external-link", "../b.h5"));
    assert_eq!((read.gaps.len(), read.gaps[0].1), (1, "hdf5-unknown-message"));
    assert!(read.unclaimed.is_empty() && read.oddities.is_empty());
    // A link back to the root ends.
    let around = [b"\x01\0\x01l".as_slice(), &48_u64.to_le_bytes()].concat();
    assert_eq!(Hdf5::read(&hdf5(&[(6, around)])).unwrap().objects.len(), 1);
    // A header that goes on in itself ends as well.
    let itself = [58_u64.to_le_bytes(), 20_u64.to_le_bytes()].concat();
    assert_eq!(Hdf5::read(&hdf5(&[(0x10, itself)])).unwrap().oddities[0].kind, "hdf5-broken-header");
    assert!(matches!(Hdf5::read(&file[..20].to_vec()), Err(Problem::Superblock)));
}

#[test]
fn onnx_tells_of_operations_and_tensors_wherever_they_lie() {
    let read = Onnx::read(&include_bytes!("../seeds/onnx/good_nested").to_vec()).unwrap();
    let names: Vec<_> = read.operations.keys().map(|(domain, name)| (&**domain, &**name)).collect();
    assert_eq!(names, [("", "Constant"), ("", "If"), ("com.example", "Custom")]);
    assert_eq!((&*read.producer, read.opsets.len()), ("limpide-test", 2));
    assert_eq!(read.metadata, [("author".to_owned(), "us".to_owned())]);
    let read = Onnx::read(&include_bytes!("../seeds/onnx/good_plain").to_vec()).unwrap();
    let tensor = &read.tensors[0];
    assert_eq!((&*tensor.name, &*tensor.dtype, &*tensor.shape), ("w", "float32", [3, 2].as_slice()));
    assert!(matches!(&tensor.place, onnx::Place::Inside(range) if range.end - range.start == 24));
    let read = Onnx::read(&include_bytes!("../seeds/onnx/good_external").to_vec()).unwrap();
    let place =
        onnx::Place::Outside { location: "weights.bin".to_owned(), offset: Some(0), length: Some(24) };
    assert_eq!(read.tensors[0].place, place);
}

#[test]
fn the_index_of_variables_tells_of_tensors_and_their_places() {
    let file = include_bytes!("../seeds/tensorflow_index/good_variables").to_vec();
    assert_eq!(sniff::kind(&file).unwrap(), Kind::Bundle);
    let read = Bundle::read(&file).unwrap();
    let find = |name: &str| read.tensors.iter().find(|tensor| tensor.name.starts_with(name)).unwrap();
    let weights = find("w/");
    assert_eq!(
        (&*weights.dtype, &*weights.shape, weights.data.clone()),
        ("float32", [2, 3].as_slice(), 0..24)
    );
    assert_eq!((&*find("steps/").dtype, find("steps/").data.clone()), ("int64", 24..32));
    assert_eq!((&*find("names/").dtype, &*find("names/").shape), ("text", [2].as_slice()));
    assert_eq!((read.shards, read.tensors.len(), read.claims()[&0].unclaimed(355)), (1, 4, vec![]));
    let broken = Bundle::read(&include_bytes!("../seeds/tensorflow_index/bad_checksum").to_vec()).unwrap();
    assert!(broken.oddities.iter().any(|odd| odd.kind == "bundle-checksum"));
}

#[test]
fn onnx_is_known_by_its_fields_and_says_what_is_wrong() {
    let kinds = |graph: &[Vec<u8>]| {
        let file = onnx(graph);
        assert_eq!(sniff::kind(&file).unwrap(), Kind::Onnx);
        let read = Onnx::read(&file).unwrap();
        let gaps = read.gaps.iter().map(|gap| gap.1);
        read.oddities.iter().map(|odd| odd.kind).chain(gaps).collect::<Vec<_>>()
    };
    assert!(kinds(&[node("", "Add", &[]), outside("w.bin")]).is_empty());
    assert_eq!(kinds(&[bytes(99, "?")]), ["unknown-field"]);
    assert_eq!(kinds(&[vec![0x0a, 0x7f]]), ["onnx-broken-message", "broken-message"]);
    let twice = bytes(1, [bytes(4, "Add"), bytes(4, "Evil")].concat());
    assert_eq!(kinds(&[twice]), ["onnx-field-twice"]);
    let raw = |sides: u64| bytes(5, [number(1, sides), number(2, 1), bytes(9, [0; 8])].concat());
    assert!(kinds(&[raw(2)]).is_empty());
    assert_eq!(kinds(&[raw(3)]), ["onnx-length-wrong"]);
    assert_eq!(kinds(&[raw(u64::MAX)]), ["onnx-shape-overflow"]);
    let both = [
        number(1, 2),
        number(2, 1),
        bytes(9, [0; 8]),
        bytes(13, [bytes(1, "location"), bytes(2, "a")].concat()),
    ];
    assert_eq!(kinds(&[bytes(5, both.concat())]), ["onnx-places-differ"]);
    // Graphs in graphs end somewhere.
    let deep = (0..100).fold(node("", "Add", &[]), |inner, _| node("", "If", &[bytes(5, bytes(6, inner))]));
    assert_eq!(kinds(&[deep]), ["too-deep"]);
}

#[test]
fn graphs_of_tensorflow_are_told_apart_and_read() {
    let graph = [operation("Add"), library("inner", "ReadFile")];
    let kind = |bytes: &[u8]| sniff::kind(&bytes.to_vec()).unwrap();
    assert_eq!(kind(&saved_model(&graph, &[])), Kind::SavedModel);
    assert_eq!(kind(&meta_graph(&graph, &[])), Kind::MetaGraph);
    assert_eq!(kind(&graph.concat()), Kind::Graph);
    let keras =
        bytes(1, [number(2, 0), bytes(3, "root"), bytes(4, "_tf_keras_layer"), bytes(5, "{}")].concat());
    assert_eq!(kind(&keras), Kind::KerasMetadata);
    for other in [bytes(1, "\u{1}\u{2}"), bytes(1, bytes(1, "a")), [number(1, 1), bytes(2, "\u{1}")].concat()]
    {
        assert_eq!(kind(&other), Kind::Unknown, "{other:?}");
    }
    let asset = bytes(6, bytes(2, "vocabulary.txt"));
    let user = bytes(7, bytes(1, bytes(4, [bytes(1, "_tf_keras_layer"), bytes(3, "{}")].concat())));
    let read = TensorFlow::read(&saved_model(&graph, &[asset, user]), Message::SavedModel).unwrap();
    assert_eq!(read.operations.keys().collect::<Vec<_>>(), ["Add", "ReadFile"]);
    assert!(read.functions.contains("inner") && read.gaps.is_empty() && read.oddities.is_empty());
    assert_eq!(
        (&*read.version, &*read.assets[0].1, &*read.configurations[0].1),
        ("2.15.0", "vocabulary.txt", &b"{}"[..])
    );
    let unknown = TensorFlow::read(&saved_model(&graph, &[bytes(30, "?")]), Message::SavedModel).unwrap();
    assert_eq!(unknown.gaps[0].1, "unknown-field");
}

#[test]
fn a_graph_of_tensorflow_lite_tells_of_tensors_and_operators() {
    let read = TfLite::read(&include_bytes!("../seeds/tflite/good_plain").to_vec()).unwrap().unwrap();
    let tensors: Vec<_> = read.tensors.iter().map(|tensor| (&*tensor.name, &*tensor.shape)).collect();
    assert_eq!(tensors, [("x", [1, 3].as_slice()), ("w", &[3, 2]), ("y", &[1, 2])]);
    assert!(matches!(read.tensors[1].place, structure::Place::Inside { begin, end } if end - begin == 24));
    assert_eq!((read.version, &*read.description), (3, "limpide-test"));
    assert_eq!((read.builtin.len(), read.custom.len(), &*read.metadata[0].0), (1, 0, "min_runtime_version"));
    let read = TfLite::read(&include_bytes!("../seeds/tflite/bad_length").to_vec()).unwrap().unwrap();
    assert_eq!(read.oddities[0].kind, "tflite-length-wrong");
    let read = TfLite::read(&b"\xff\xff\xff\xffTFL3".to_vec()).unwrap().unwrap();
    assert_eq!((read.oddities[0].kind, read.gaps.len()), ("tflite-broken-offset", 1));
}

/// A seed with a few bytes changed.
fn bent(seed: &[u8], flips: &[(prop::sample::Index, u8)]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for (place, byte) in flips {
        let at = place.index(bytes.len());
        bytes[at] = *byte;
    }
    bytes
}

fn flips() -> impl Strategy<Value = Vec<(prop::sample::Index, u8)>> {
    prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8)
}

proptest! {
    #[test]
    fn any_hdf5(which in 0_usize..7, flips in flips()) {
        let seeds: [&[u8]; 7] = [
            include_bytes!("../seeds/hdf5/good_dense_external"),
            include_bytes!("../seeds/hdf5/good_ordered"),
            include_bytes!("../seeds/hdf5/good_chunk_indexes"),
            include_bytes!("../seeds/hdf5/good_new_groups"),
            include_bytes!("../seeds/hdf5/good_external"),
            include_bytes!("../seeds/hdf5/good_latest"),
            &hdf5(&[attribute("model_config", b"{}"), link("a", "b")]),
        ];
        properties::hdf5(&bent(seeds[which], &flips));
    }

    #[test]
    fn any_onnx(which in 0_usize..3, flips in flips()) {
        let seeds: [&[u8]; 3] = [
            include_bytes!("../seeds/onnx/good_nested"),
            include_bytes!("../seeds/onnx/good_function"),
            include_bytes!("../seeds/onnx/good_external"),
        ];
        properties::onnx(&bent(seeds[which], &flips));
    }

    #[test]
    fn any_index_of_tensorflow(flips in flips()) {
        properties::tensorflow_index(&bent(include_bytes!("../seeds/tensorflow_index/good_variables"), &flips));
    }

    #[test]
    fn any_graph_of_tensorflow(flips in flips()) {
        let seed = saved_model(&[operation("Add"), library("f", "Mul")], &[bytes(6, bytes(2, "vocabulary.txt"))]);
        properties::tensorflow(&bent(&seed, &flips));
    }

    #[test]
    fn any_graph_of_tensorflow_lite(flips in flips()) {
        properties::tflite(&bent(include_bytes!("../seeds/tflite/good_custom"), &flips));
    }
}
