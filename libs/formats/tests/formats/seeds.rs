//! Replays what the fuzzers start from, and what they once found.

use limpide_formats::pdf::Pdf;

use crate::each_seed::each_seed;
use crate::properties;

#[test]
fn commits_are_read_or_refused_alike_however_cut() {
    each_seed("commit_ndjson", properties::commit);
}

#[test]
fn batches_of_lfs_are_read_or_refused() {
    each_seed("lfs_batch", properties::lfs);
}

#[test]
fn ranges_and_queries_are_read_or_passed_over() {
    each_seed("request", properties::request);
}

#[test]
fn cards_are_read_or_empty() {
    each_seed("card", properties::card);
}

#[test]
fn rules_about_lfs_speak_or_are_silent() {
    each_seed("attributes", properties::attributes);
}

#[test]
fn headers_of_safetensors_and_pointers_are_read_or_refused() {
    each_seed("safetensors", properties::safetensors);
}

#[test]
fn indexes_of_weights_are_read_or_refused() {
    each_seed("weights_index", properties::weights_index);
}

#[test]
fn headers_of_gguf_are_read_or_refused() {
    each_seed("gguf", properties::gguf);
}

#[test]
fn footers_of_parquet_are_read_or_refused() {
    each_seed("parquet_footer", properties::parquet_footer);
}

#[test]
fn configurations_are_read_or_refused() {
    each_seed("config", properties::config);
}

#[test]
fn results_of_evaluations_are_read_or_none() {
    each_seed("evaluation", properties::evaluation);
}

#[test]
fn data_files_are_told_apart() {
    each_seed("data_file", properties::data_file);
}

#[test]
fn sources_are_surveyed_or_passed_over() {
    each_seed("code", properties::code);
}

#[test]
fn containers_are_told_apart() {
    each_seed("containers", properties::containers);
}

#[test]
fn pickles_are_decoded_to_their_end_or_refused() {
    each_seed("pickle", properties::pickle);
}

#[test]
fn files_of_hdf5_are_read_or_leave_a_gap() {
    each_seed("hdf5", properties::hdf5);
}

#[test]
fn models_of_onnx_are_read_or_leave_a_gap() {
    each_seed("onnx", properties::onnx);
}

#[test]
fn graphs_of_tensorflow_are_read_or_leave_a_gap() {
    each_seed("tensorflow", properties::tensorflow);
}

#[test]
fn indexes_of_tensorflow_are_read_or_leave_a_gap() {
    each_seed("tensorflow_index", properties::tensorflow_index);
}

#[test]
fn graphs_of_tensorflow_lite_are_read_or_leave_a_gap() {
    each_seed("tflite", properties::tflite);
}

#[test]
fn documents_say_their_pages_and_title_or_less() {
    each_seed("pdf", properties::pdf);
    let read = |bytes: &[u8]| Pdf::read(bytes).unwrap().unwrap();
    let said = |pdf: &Pdf| (pdf.pages, pdf.title.clone());
    let plain = read(include_bytes!("../seeds/pdf/good_plain"));
    assert_eq!(plain.version, "1.4");
    assert_eq!(said(&plain), (Some(12), Some("Water (and stone) at \u{e9} 100%".to_owned())));
    let packed = read(include_bytes!("../seeds/pdf/good_packed"));
    assert_eq!(said(&packed), (Some(31), Some("L\u{2019}eau limpide".to_owned())));
    assert_eq!(said(&read(include_bytes!("../seeds/pdf/encrypted"))), (Some(2), None), "a title in cipher");
    assert_eq!(
        said(&read(b"%PDF-1.7\n1 0 obj <</Title (A chapter)>> endobj")),
        (None, None),
        "not the document's"
    );
}
