//! What the assessor asks: does the text say what the tag says?

use limpide_licences::{Agreement, Restriction, Tag, Verdict, identify, tag_against_text};

fn text(id: &str) -> &'static str {
    spdx::text::LICENSE_TEXTS.iter().find(|(known, _)| *known == id).unwrap().1
}

fn compare(tag: &str, text: &str) -> Agreement {
    tag_against_text(&Tag::parse(tag), &identify(text).unwrap())
}

#[test]
fn a_tag_agrees_with_its_text() {
    assert_eq!(compare("mit", text("MIT")), Agreement::Same);
    assert_eq!(compare("gpl-3.0", text("GPL-3.0-or-later")), Agreement::Same);
    assert_eq!(compare("mit or apache-2.0", text("Apache-2.0")), Agreement::Same);
    assert_eq!(compare("other", text("MIT")), Agreement::NothingClaimed);
}

#[test]
fn a_file_as_people_write_it_is_exact() {
    let mit = text("MIT").replace("<year> <copyright holders>", "2021-2024 Ada Lovelace <ada@example.org>");
    assert_eq!(compare("mit", &format!("# The MIT License (MIT)\n\n{mit}")), Agreement::Same);
    let commented: String = mit.lines().map(|line| format!(" * {line}\r\n")).collect();
    assert_eq!(compare("mit", &format!("/*\r\n{commented} */")), Agreement::Same);
    let bsd = text("BSD-3-Clause").replace("the copyright holder nor", "Example Labs, Inc. nor");
    assert_eq!(compare("bsd-3-clause", &bsd), Agreement::Same);
    let (body, _) = text("Apache-2.0").split_once("APPENDIX").unwrap();
    assert_eq!(compare("apache-2.0", body), Agreement::Same);
    let signed = text("Apache-2.0").replace("[yyyy] [name of copyright owner]", "2024 Example Labs");
    assert_eq!(compare("apache-2.0", &signed), Agreement::Same);
}

#[test]
fn another_text_is_named_with_what_the_tag_does_not_say() {
    let found = compare("mit", text("CC-BY-NC-SA-4.0"));
    let Agreement::Other { licence, unsaid } = found else { panic!("{found:?}") };
    assert_eq!(licence, "CC-BY-NC-SA-4.0");
    assert_eq!(unsaid, [Restriction::NonCommercial, Restriction::ShareAlike]);
}

#[test]
fn additional_terms_are_found_with_their_words() {
    let added =
        "Additional terms: products with more than 700 million monthly active users need our permission.";
    let changed = format!("{}\n\n{added}\n", text("Apache-2.0"));
    let found = identify(&changed).unwrap();
    let Verdict::Modified { licence, similarity, inserted, removed } = &found.verdict else {
        panic!("{found:?}")
    };
    assert_eq!((licence.as_str(), removed.len()), ("Apache-2.0", 0));
    assert!((950..1000).contains(similarity));
    assert_eq!(
        inserted.iter().map(|span| span.of(&changed)).collect::<Vec<_>>(),
        [added.trim_end_matches('.')]
    );
    assert!(
        found.clauses.iter().all(|clause| added.contains(clause.span.of(&changed)))
            && !found.clauses.is_empty()
    );
    assert_eq!(compare("apache-2.0", &changed), Agreement::Changed);
    assert_eq!(compare("mit", &changed), Agreement::Custom { contains_the_tag: false });
}

#[test]
fn a_missing_sentence_is_counted_where_it_should_be() {
    let whole = text("Apache-2.0");
    let (before, rest) = whole.split_once("You may add Your own attribution notices").unwrap();
    let (_, after) = rest.split_once(". ").unwrap_or((rest, ""));
    let changed = format!("{before}{after}");
    let Verdict::Modified { removed, .. } = identify(&changed).unwrap().verdict else { panic!() };
    assert!(removed.iter().any(|gone| gone.restricts && gone.at.abs_diff(before.len()) < 200), "{removed:?}");
}

#[test]
fn a_harmless_change_is_probable() {
    let changed = text("Apache-2.0").replace("Apache License\n", "Apache Licence, as of the day we began\n");
    let found = identify(&changed).unwrap();
    assert!(
        matches!(&found.verdict, Verdict::Probable { licence, .. } if licence == "Apache-2.0"),
        "{found:?}"
    );
    assert_eq!(compare("apache-2.0", &changed), Agreement::ProbablySame);
}

#[test]
fn a_text_within_another_is_seen() {
    let both = format!("{}\n\n-----\n\n{}", text("MIT"), text("BSD-3-Clause"));
    assert_eq!(compare("mit", &both), Agreement::Custom { contains_the_tag: true });
    assert_eq!(compare("isc", &both), Agreement::Custom { contains_the_tag: false });
}

#[test]
fn openmdw_1_1_is_not_1_0_although_very_like_it() {
    let later = text("OpenMDW-1.0").replace("any patent", "any patent or copyright");
    assert_ne!(compare("openmdw-1.0", &later), Agreement::Same);
}

#[test]
fn nothing_but_notices_is_no_licence() {
    for empty in [
        "",
        "\n\n",
        "Copyright (c) 2024 Ada",
        "MIT License\n\nCopyright (c) 2024 Ada\n\nAll rights reserved.",
    ] {
        let found = identify(empty).unwrap();
        assert_eq!(found.verdict, Verdict::Custom { contains: vec![] });
        assert!(found.clauses.is_empty());
    }
}
