//! Reports as pages and files: what they say is there, and nothing that a repository says becomes markup.

use std::collections::BTreeMap;

use limpide_formats::card;
use limpide_openness::present::{badge_json, badge_svg, html, markdown, mot_yaml, osai_yaml, sarif};
use limpide_openness::{
    Checker, Claim, Criterion, Evidence, EvidenceKind, Finding, Locator, Remark, Report, Severity, Span,
    Strength, mot,
};
use limpide_words::{Kind, Sha256};
use serde_json::{Value, json};

use crate::made::{Making, contradiction, criterion, whole};

/// What a repository might say.
const HOSTILE: &str = "</title><script>alert(1)</script> \" ' & `x` [a](javascript:1) ![b](http://c.example) *d* | \u{202e}e\n# f\u{0}";

fn remark(text: &str) -> Remark {
    Remark { code: "made".to_owned(), facts: BTreeMap::new(), text: text.to_owned() }
}

fn locator(path: &str) -> Locator {
    let span = Span { start: 100, end: 120, sha256: Sha256([2; 32]) };
    Locator {
        path: Some(path.to_owned()),
        sha256: Some(Sha256([1; 32])),
        span: Some(span),
        ..Locator::default()
    }
}

fn claim(quote: &str, path: &str) -> Claim {
    Claim {
        criterion: criterion("L1"),
        value: "license=mit".to_owned(),
        quote: quote.to_owned(),
        locator: locator(path),
    }
}

fn evidence(code: &str, shows: &str, locator: Locator) -> Evidence {
    Evidence {
        criterion: criterion(code),
        kind: EvidenceKind::Bytes,
        strength: Strength::Exact,
        shows: remark(shows),
        locator,
        checker: Checker { name: "licences".to_owned(), version: 3 },
    }
}

/// A report in which everything that can be shown is there.
fn told(words: &str) -> Report {
    let mut report = whole(Kind::Model).contradicting("L1").claiming("D1").without("T3").0;
    report.claims.insert("c0".to_owned(), claim(words, "README.md"));
    report.evidence.insert("e0".to_owned(), evidence("L1", words, locator("LICENSE")));
    let page = Locator {
        address: Some("https://code.example/x".to_owned()),
        status: Some(404),
        ..Locator::default()
    };
    report.evidence.insert("e1".to_owned(), evidence("C1", "there is no such page", page));
    let other = Locator { address: Some(format!("javascript:alert(1) {words}")), ..Locator::default() };
    report.evidence.insert("e2".to_owned(), evidence("C2", words, other));
    report.contradictions.push(contradiction(criterion("T2"), Severity::Suggests));
    report.contradictions[0].remark = remark(words);
    report.notes.push(remark(words));
    for finding in &mut report.findings {
        finding.remarks.push(remark(words));
        finding.searched.push(words.to_owned());
    }
    let advised: &mut Finding = &mut report.findings[3];
    advised.advice.push(remark("put the licence's text into LICENSE"));
    (report.subject.repository, report.subject.hub) = (Some(format!("ada/{words}")), Some(words.to_owned()));
    report.grades = limpide_openness::grades(&report);
    report
}

#[test]
fn the_page_tells_all_that_there_is() {
    let page = html(&told("MIT is what the card says"));
    for part in [
        "<h1>Openness of <bdi>ada/MIT is what the card says</bdi></h1>",
        "<b>D</b> <span>available</span>",
        "the bytes show otherwise",
        "the bytes suggest otherwise",
        "<q>MIT is what the card says</q> <small>README.md, bytes 100 to 120</small>",
        "put the licence&#39;s text into LICENSE",
        "European Open Source AI Index",
        "not legal advice",
        "<span class=\"status contradicted\">contradicted</span>",
        "<code>0101010101010101010101010101010101010101010101010101010101010101</code>",
        "<a href=\"https://code.example/x\" rel=\"noreferrer nofollow\">",
        "licences 3</td>",
        "report SHA-256",
        "aria-hidden=\"true\"></meter> for review</td>",
    ] {
        assert!(page.contains(part), "{part}");
    }
    for criterion in Criterion::ALL {
        assert!(page.contains(&format!("{criterion} {}", criterion.title())), "{criterion}");
    }
}

#[test]
fn what_a_repository_says_is_text_on_the_page() {
    let page = html(&told(HOSTILE));
    balanced(&page);
    assert!(!page.contains("<script") && !page.contains("href=\"javascript:"));
    assert!(!page.contains('\u{202e}') && !page.contains('\u{0}'));
    assert!(page.contains("&lt;/title&gt;&lt;script&gt;alert(1)"));
    assert!(
        !page.contains("<img") && !page.contains("@import") && !page.contains("url("),
        "nothing is loaded"
    );
}

/// Every element that is opened is closed, in order.
fn balanced(page: &str) {
    let (head, rest) = page.split_once("<style>").unwrap();
    let (_, body) = rest.split_once("</style>").unwrap();
    let mut open: Vec<&str> = Vec::new();
    for piece in head.split('<').chain(body.split('<').skip(1)).skip(1) {
        let (tag, _) = piece.split_once('>').unwrap_or_else(|| panic!("a tag that does not end: {piece}"));
        let name = tag.split_whitespace().next().unwrap();
        match name.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name), "{piece}"),
            None if ["!doctype", "meta", "br"].contains(&name) => (),
            None => {
                assert!(name.chars().all(|character| character.is_ascii_alphanumeric()), "{piece}");
                open.push(name);
            }
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn what_is_not_asked_for_or_not_known_is_no_no() {
    let mut report = told("MIT");
    report.findings = vec![
        Finding::not_applicable(Criterion::BaseWeights),
        Finding::unchecked(Criterion::Checkpoints),
        Finding::missing(Criterion::ModelCard),
    ];
    let (text, page) = (markdown(&report), html(&report));
    for (title, status, answer) in [
        ("Weights of the base model", "n/a", "–"),
        ("Intermediate checkpoints", "unchecked", "–"),
        ("Model card", "missing", "no"),
    ] {
        assert!(text.contains(&format!("{title} | {status} | {answer} | {answer} |")), "{text}");
        assert!(page.contains(&format!("{status}</span></td><td>{answer}</td><td>{answer}</td>")), "{page}");
    }
}

#[test]
fn names_in_sentences_stand_as_code() {
    let mut report = told("MIT");
    let told = |text: &str| {
        let remark = Remark { code: "made".to_owned(), facts: BTreeMap::new(), text: text.to_owned() };
        Finding { remarks: vec![remark], ..Finding::missing(Criterion::ModelCard) }
    };
    report.findings = vec![told("`a.md` is <b>empty</b>")];
    assert!(html(&report).contains("<p><code>a.md</code> is &lt;b&gt;empty&lt;/b&gt;</p>"));
    report.findings = vec![told("`a`.md` is empty")];
    assert!(html(&report).contains("<p>`a`.md` is empty</p>"));
}

#[test]
fn what_a_repository_says_is_text_in_markdown() {
    let text = markdown(&told(HOSTILE));
    assert!(text.starts_with("# Openness of ada/"));
    for line in text.lines() {
        assert!(!line.starts_with("# f"), "a heading from outside");
    }
    for (place, _) in text.match_indices("<script") {
        assert_eq!(&text[place - 1..place], "\\");
    }
    for markup in ["](javascript", "![b]", " *d*"] {
        assert!(!text.contains(markup), "{markup}");
    }
    let rows = text.lines().filter(|line| line.starts_with("| "));
    for row in rows {
        let columns = row.replace("\\|", "").matches('|').count();
        assert!(columns == 5 || columns == 7, "{row}");
    }
}

#[test]
fn markdown_tells_claim_bytes_and_rule() {
    let text = markdown(&told("MIT"));
    assert!(text.contains("- **X1**, L1, the bytes show otherwise: MIT\n  - claim: “MIT” (README.md, bytes 100 to 120)\n  - bytes: MIT (LICENSE, bytes 100 to 120)\n"), "{text}");
    assert!(text.contains("| L1 | Licence of the weights | contradicted | no | no | MIT |"));
    assert!(text.contains("| D1 | Training data | claimed | no | yes | MIT |"));
    assert!(text.contains("- W4 Architecture code: put the licence's text into LICENSE"));
}

#[test]
fn sarif_tells_what_differs_as_errors_and_warnings_and_what_is_not_shown_as_notes() {
    let log = sarif(&told("MIT"));
    assert_eq!(log["version"], "2.1.0");
    let run = &log["runs"][0];
    let results = run["results"].as_array().unwrap();
    let told: Vec<(&str, &str)> = results
        .iter()
        .map(|result| (result["ruleId"].as_str().unwrap(), result["level"].as_str().unwrap()))
        .collect();
    assert_eq!(told, [("X1", "error"), ("X1", "warning"), ("D1", "note"), ("T3", "note")]);
    let place = json!({ "artifactLocation": { "uri": "LICENSE" }, "region": { "byteOffset": 100, "byteLength": 20 } });
    assert_eq!(results[0]["locations"][0]["physicalLocation"], place);
    assert_eq!(results[0]["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"], "README.md");
    assert_eq!(results[3]["message"]["text"], "Peer-reviewed paper: missing; MIT");
    let artifacts = run["artifacts"].as_array().unwrap();
    assert!(
        artifacts
            .contains(&json!({ "location": { "uri": "LICENSE" }, "hashes": { "sha-256": "01".repeat(32) } }))
    );
    let ids: Vec<&Value> =
        run["tool"]["driver"]["rules"].as_array().unwrap().iter().map(|rule| &rule["id"]).collect();
    assert!(results.iter().all(|result| ids.contains(&&result["ruleId"])));
}

#[test]
fn paths_in_sarif_are_addresses() {
    let mut report = told("MIT");
    report.evidence.insert("e0".to_owned(), evidence("L1", "x", locator("a b:%/ü#?.md")));
    let log = sarif(&report);
    let uri = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"];
    assert_eq!(uri, "a%20b%3A%25/%C3%BC%23%3F.md");
}

#[test]
fn the_tools_file_is_classed_as_the_audit_was() {
    let reports = [
        whole(Kind::Model),
        whole(Kind::Model).without("C1 D1"),
        whole(Kind::Model).without("T2"),
        whole(Kind::Model).claiming("D3 W3"),
        whole(Kind::Model).contradicting("L1"),
        whole(Kind::Model).licence("data", |licence| licence.found_id = Some("CC-BY-NC-4.0".to_owned())),
        whole(Kind::Model).licence("code", |licence| licence.text = None),
    ];
    for Making(mut report) in reports {
        report.grades = limpide_openness::grades(&report);
        let yaml = mot_yaml(&report);
        let class =
            mot::classify(&yaml, &mot::is_open).unwrap_or_else(|problem| panic!("{problem}: {yaml}")).class;
        let name = class.map_or("unclassified", |class| ["I", "II", "III"][usize::from(class) - 1]);
        assert_eq!(name, report.grade("mof-1.0-mot").unwrap().verified.name, "{yaml}");
    }
}

#[test]
fn the_tools_file_names_what_is_only_claimed_and_leaves_it_out() {
    let yaml = mot_yaml(&told("MIT"));
    assert!(yaml.contains("# Claimed and not verified: Datasets\n"));
    let read = card::parse(&yaml).unwrap();
    assert_eq!(read["framework"]["date"], "2024-12-15");
    let components = read["release"]["components"].as_array().unwrap();
    assert!(components.iter().all(|component| component["name"] != "Datasets"));
    let code = components.iter().find(|component| component["name"] == "Training code").unwrap();
    assert_eq!(*code, json!({ "name": "Training code", "license": "Apache-2.0", "license_path": "LICENSE" }));
}

#[test]
fn the_indexs_file_has_twelve_entries_with_class_links_and_notes() {
    let mut report = told("said at length: [x]");
    let trained = report.findings.iter_mut().find(|finding| finding.criterion == criterion("C1")).unwrap();
    trained.evidence = vec!["e1".to_owned()];
    let read = card::parse(osai_yaml(&report).trim_start_matches("---")).unwrap();
    let entries: Vec<(&String, &Value)> =
        read.as_object().unwrap().iter().filter(|(_, entry)| entry.get("class").is_some()).collect();
    assert_eq!(entries.len(), 12);
    let class = |id: &str| read[id]["class"].as_str().unwrap();
    assert_eq!([class("trainingcode"), class("paper"), class("licenses")], ["open", "closed", "partial"]);
    assert_eq!(class("datasources_endmodel"), "partial", "data are told of, and only claimed to be there");
    assert_eq!(read["trainingcode"]["link"], "https://code.example/x");
    assert_eq!(read["paper"]["link"], Value::Null);
    assert_eq!(read["paper"]["notes"], "said at length: [x]");
    assert_eq!(read["system"]["endmodellicense"], "Apache-2.0");
}

#[test]
fn whatever_a_repository_says_the_files_of_indexes_can_be_read() {
    let report = told(HOSTILE);
    let read = card::parse(osai_yaml(&report).trim_start_matches("---")).unwrap();
    assert_eq!(read["system"]["name"], HOSTILE);
    let read = card::parse(&mot_yaml(&report)).unwrap();
    assert_eq!(read["release"]["producer"], "ada");
    assert!(mot::classify(&mot_yaml(&report), &mot::is_open).is_ok());
}

#[test]
fn a_dataset_is_in_neither_index() {
    let Making(mut report) = whole(Kind::Dataset);
    report.grades = limpide_openness::grades(&report);
    assert!(mot_yaml(&report).is_empty() && osai_yaml(&report).is_empty());
    balanced(&html(&report));
}

#[test]
fn the_badge_says_what_is_verified_and_what_is_claimed() {
    let Making(mut report) = whole(Kind::Model).claiming("D2");
    assert!(badge_svg(&report).contains("<title id=\"t\">openness: not graded</title>"));
    report.grades = limpide_openness::grades(&report);
    let svg = badge_svg(&report);
    assert!(svg.contains("<title id=\"t\">openness: B verified / A claimed</title>"), "{svg}");
    let badge = badge_json(&report);
    assert_eq!(badge["schemaVersion"], 1);
    assert_eq!([&badge["label"], &badge["message"]], ["openness", "B verified / A claimed"]);
    assert_eq!(badge["verified"], json!({ "name": "B", "score": 849, "label": "open tooling" }));
    assert_eq!(badge["gap"], 151);
    let Making(mut best) = whole(Kind::Model);
    best.grades = limpide_openness::grades(&best);
    assert_eq!(badge_json(&best)["message"], "A verified");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(64))]

    #[test]
    fn any_words_leave_every_form_sound(words in "\\PC{0,40}") {
        let report = told(&words);
        balanced(&html(&report));
        proptest::prop_assert!(card::parse(&mot_yaml(&report)).is_ok());
        proptest::prop_assert!(card::parse(osai_yaml(&report).trim_start_matches("---")).is_ok());
        proptest::prop_assert!(!markdown(&report).is_empty() && sarif(&report).is_object());
    }
}
