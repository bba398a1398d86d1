//! What people write as a licence.

use limpide_licences::{Artefact, Openness, Tag};

fn ids(tag: &Tag) -> Vec<&str> {
    tag.licences().into_iter().map(|licence| licence.id.as_str()).collect()
}

#[test]
fn tags_and_names_are_read_in_any_spelling() {
    for (written, id) in [
        ("apache-2.0", "Apache-2.0"),
        ("Apache License 2.0", "Apache-2.0"),
        ("MIT", "MIT"),
        ("bsl-1.0", "BSL-1.0"),
        ("gpl-3.0", "GPL-3.0-only"),
        ("GPL-3.0-or-later", "GPL-3.0-or-later"),
        ("GPL-2.0+", "GPL-2.0+"),
        ("llama-3.1", "llama3.1"),
        ("Llama 3.1 Community License Agreement", "llama3.1"),
        ("tongyi-qianwen", "tongyi-qianwen"),
        ("CreativeML Open RAIL-M", "creativeml-openrail-m"),
        ("openrail++", "openrail++"),
        ("OpenMDW 1.1", "OpenMDW-1.1"),
        ("curl", "curl"),
    ] {
        assert_eq!(ids(&Tag::parse(written)), [id], "{written}");
    }
}

#[test]
fn words_that_are_no_licence_are_said_to_be_none() {
    for written in ["other", "unknown", "CC", "gpl", "openrail", "cc-by", "Llama", "public domain"] {
        assert!(matches!(Tag::parse(written), Tag::NotALicence(_)), "{written}");
    }
    for written in [
        "my-own-licence",
        "mit-but-nicer",
        "MIT OR",
        "(mit or isc",
        "mit apache-2.0",
        "mit AND whatever",
        "a WITH b",
    ] {
        assert!(matches!(Tag::parse(written), Tag::Unrecognised(text) if text == written), "{written}");
    }
    assert_eq!(Tag::parse("  "), Tag::Missing);
    assert_eq!(Tag::parse_list(&["", " "]), Tag::Missing);
}

#[test]
fn expressions_are_read_by_their_binding() {
    let tag = Tag::parse("MIT OR Apache-2.0 AND (llama2 or isc)");
    let Tag::AnyOf(either) = &tag else { panic!("{tag:?}") };
    assert_eq!(ids(&either[0]), ["MIT"]);
    assert!(matches!(&either[1], Tag::AllOf(both) if matches!(&both[1], Tag::AnyOf(_))));
    assert_eq!(ids(&tag), ["MIT", "Apache-2.0", "llama2", "ISC"]);
    assert_eq!(ids(&Tag::parse("Apache-2.0 WITH LLVM-exception")), ["Apache-2.0"]);
}

#[test]
fn a_choice_is_as_open_as_its_best_and_a_list_as_its_worst() {
    assert_eq!(Tag::parse("mit or cc-by-nc-4.0").openness(Artefact::Weights), Openness::Open);
    let all = Tag::parse_list(&["mit", "cc-by-nc-4.0"]);
    assert!(matches!(all.openness(Artefact::Weights), Openness::NotOpen(_)));
    assert_eq!(Tag::parse_list(&["mit", "other"]).openness(Artefact::Code), Openness::Unknown);
    assert_eq!(Tag::parse_list(&["mit"]), Tag::parse("MIT"));
}

#[test]
fn nesting_is_bounded() {
    let nested = |depth: usize| format!("{}mit or mit{}", "(".repeat(depth), ")".repeat(depth));
    assert_eq!(ids(&Tag::parse(&nested(10))), ["MIT", "MIT"]);
    assert!(matches!(Tag::parse(&nested(100)), Tag::Unrecognised(_)));
    assert!(matches!(Tag::parse(&nested(100_000)), Tag::Unrecognised(_)));
    assert!(matches!(Tag::parse(&"mit or ".repeat(100_000)), Tag::Unrecognised(_)));
}
