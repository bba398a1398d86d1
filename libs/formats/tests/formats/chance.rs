//! The same properties, on text that looks a little like what is expected.

use proptest::prelude::*;

use crate::properties;

proptest! {
    #[test]
    fn any_lines_of_a_commit(
        key in "header|file|lfsFile|deletedFile|deletedFolder|x",
        path in "[./a-c\\\\]{0,9}",
        more in "(,\"(summary|content|oid|size|encoding)\":(\"[a-zA-Z0-9+/=-]{0,8}\"|-?[0-9]{1,21}|null)){0,4}",
        end in "\n{0,2}",
    ) {
        let path = path.replace('\\', "\\\\");
        let line = format!("{{\"key\":\"{key}\",\"value\":{{\"path\":\"{path}\"{more}}}}}{end}");
        properties::commit(line.repeat(2).as_bytes());
    }

    #[test]
    fn any_pdf(text in "%PDF-1.[0-9]{0,3}(/(Type|Pages|Count|Title|Producer|ObjStm|Encrypt)|<<|>>|[()<> 0-9\\\\]|stream){0,60}") {
        properties::pdf(text.as_bytes());
    }

    #[test]
    fn any_batch_of_lfs(operation in "upload|download|x", oid in "[0-9a-fA-F]{62,66}", size in "-?[0-9]{1,21}") {
        let batch = format!("{{\"operation\":\"{operation}\",\"objects\":[{{\"oid\":\"{oid}\",\"size\":{size}}}]}}");
        properties::lfs(batch.as_bytes());
    }

    #[test]
    fn any_range_and_query(text in "(bytes=)?[0-9,\\- ]{0,40}\n[a-c=&%+0-9A-F\u{e9}]{0,40}") {
        properties::request(text.as_bytes());
    }

    #[test]
    fn any_card(text in "---\n[a-c:\\-\\[\\]{}&*! \n'\"|>\\\\0]{0,80}\n---\n(arxiv.org/abs/[0-9.]{0,12})?") {
        properties::card(text.as_bytes());
    }

    #[test]
    fn any_document(parts in prop::collection::vec(
        "\n{1,2}|[#>`|*\\-]{1,3} ?|[a-c]{1,2}:? |!?\\[[a-c]?\\]\\(b\\)|https?://[a(),.]{0,4}|<[a!/-]{1,3}|href='b'|>\
         |\\[More Information Needed\\]|\u{e9}|---\n",
        0..30,
    )) {
        properties::card(parts.concat().as_bytes());
    }

    #[test]
    fn any_rules(text in "[ab/{}]{1,9}\n([\\[\\]{}*?!/\\\\a-b\"#:-]{0,20} -?filter(=lfs)?\n){0,5}") {
        properties::attributes(text.as_bytes());
    }

    #[test]
    fn any_header_or_pointer(bytes: Vec<u8>) {
        properties::safetensors(&bytes);
    }

    #[test]
    fn any_tensors(
        dtype in "F4|BF16|I8|x",
        tensors in prop::collection::vec((prop::collection::vec(0_u8..5, 0..3), 0_u8..9, 0_u8..9), 0..4),
        rest in prop::collection::vec(any::<u8>(), 0..20),
    ) {
        let tensor = |(at, (shape, begin, end)): (usize, &(Vec<u8>, u8, u8))| {
            format!("\"{}\":{{\"dtype\":\"{dtype}\",\"shape\":{shape:?},\"data_offsets\":[{begin},{end}]}}", at / 2)
        };
        let header = format!("{{{}}}", tensors.iter().enumerate().map(tensor).collect::<Vec<_>>().join(","));
        let length = u64::try_from(header.len()).unwrap().to_le_bytes();
        properties::safetensors(&[&length, header.as_bytes(), &rest].concat());
    }

    #[test]
    fn any_index_of_weights(file in "[a./\\\\]{0,4}", total in "-?[0-9]{1,20}(\\.0)?", key in "[ab]") {
        let index = format!(
            "{{\"metadata\":{{\"total_size\":{total}}},\"weight_map\":{{\"a\":\"f\",\"{key}\":\"{file}\"}}}}"
        );
        properties::weights_index(index.as_bytes());
    }

    #[test]
    fn any_gguf(version in 1_u32..4, counts in (0_u64..3, 0_u64..3), rest in gguf_words()) {
        let counts = [counts.0.to_le_bytes(), counts.1.to_le_bytes()].concat();
        properties::gguf(&[b"GGUF".as_slice(), &version.to_le_bytes(), &counts, &rest].concat());
    }

    #[test]
    fn any_footer(fields in prop::collection::vec("[\\x00-\\x07\\x15\\x18\\x19\\x1c\\x26\\x2ca]{1,8}", 0..9)) {
        properties::parquet_footer(&[b"\x19\x1c\x48\x01a\x15\x02".as_slice(), fields.concat().as_bytes()].concat());
    }

    #[test]
    fn any_configuration(
        key in "architectures|auto_map|dtype|text_config|log_history|hidden_size|quantization_config",
        value in "-?(NaN|Infinity|[0-9]{1,20}|\"[a-cNI\\\\]{0,3}\"|[\\[\\]{}:,\"ab]{0,9})",
    ) {
        properties::config(format!("{{\"{key}\":{value},\"a\":[{value}]}}").as_bytes());
    }

    #[test]
    fn any_results(value in "[0-9.e+'x_&*!~ -]{0,8}|\u{e9}|\"[a-c]\"|[\\[\\]{}:, a]{0,8}", first in "\u{e9}?") {
        let yaml = format!("{first}: 1\nmodel-index:\n- results: {{metrics: [{{value: {value}}}]}}\nvalue: {value}\n");
        properties::evaluation(yaml.as_bytes());
    }

    #[test]
    fn any_data_file(parts in prop::collection::vec("[a-c]{1,2}|[,;\t|]|\r?\n|\"|\\{\\}|\\[[1,]{0,2}\\]?|\u{e9}|PK\x03\x04|ustar", 0..20)) {
        properties::data_file(parts.concat().as_bytes());
    }

    #[test]
    fn any_source(parts in prop::collection::vec(
        "import a\n|#!/bin/sh\n|\n {0,4}|class A\\(nn\\.Module\\):|def forward\\(|[a-c] ?[=.(,)]|loss\\.backward\\(\\)|opt\\.step\\(|#|\
         '{1,3}|\"|\\\\|lr: 1\n|epochs: 2\n|torchrun |<<E\n|E\n|;|\u{e9}",
        0..20,
    )) {
        properties::code(parts.concat().as_bytes());
    }

    #[test]
    fn any_pickle(parts in prop::collection::vec(prop_oneof![
        prop::sample::select(&b"(.012N\x88\x89)\x85t]lae}dsu\x8f\x90\x91\x93o\x81\x92RbQ\x97\x98\x94"[..]).prop_map(|code| vec![code]),
        "[IFLSVgpPci][0-9'x+ -]{0,5}\n".prop_map(String::into_bytes),
        "[UC][\\x00-\\x05][a-e]{0,5}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..6),
    ], 0..20)) {
        properties::pickle(&parts.concat());
    }
}

/// Small numbers of both lengths, as lengths, types and sides, and letters between them.
fn gguf_words() -> impl Strategy<Value = Vec<u8>> {
    let word = prop_oneof![
        (0_u64..14).prop_map(|number| number.to_le_bytes().to_vec()),
        (0_u32..14).prop_map(|number| number.to_le_bytes().to_vec()),
        "[a-c]{1,3}".prop_map(String::into_bytes),
        any::<u64>().prop_map(|number| number.to_le_bytes().to_vec()),
    ];
    prop::collection::vec(word, 0..24).prop_map(|words| words.concat())
}
