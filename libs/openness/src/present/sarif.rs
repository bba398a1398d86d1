//! A report as SARIF 2.1.0, which code forges and editors show beside the files.
//! Source: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>

use std::collections::{BTreeMap, BTreeSet};

use limpide_words::Sha256;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value, json};

use super::{severity, status};
use crate::report::{Contradiction, Finding, Locator, Report, Severity};
use crate::status::Status;

/// The address of the schema of SARIF 2.1.0.
pub const SARIF_SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What a path in an address may hold as it is (RFC 3986, without the colon, which would end a scheme).
const IN_PATHS: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What an address holds as it is.
const IN_ADDRESSES: &AsciiSet = &IN_PATHS
    .remove(b':')
    .remove(b'?')
    .remove(b'#')
    .remove(b'&')
    .remove(b'=')
    .remove(b'@')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'%');

/// The report as SARIF. Claims that the bytes show to be otherwise are errors, those of which they suggest so are
/// warnings, and criteria that are missing or only claimed are notes.
pub fn sarif(report: &Report) -> Value {
    let contradictions = report.contradictions.iter().map(|found| contradiction(report, found));
    let open = report.findings.iter().filter(|finding| finding.criterion.concerns(report.subject.kind));
    let open = open.filter(|finding| matches!(finding.status, Status::Missing | Status::Claimed));
    let results: Vec<Value> = contradictions.chain(open.map(|finding| note(report, finding))).collect();
    let mut run = json!({
        "tool": { "driver": { "name": "limpide", "version": report.made.checkers, "rules": rules(report) } },
        "results": results,
        "artifacts": artifacts(report),
    });
    if let (Some(origin), Some(run)) = (origin(report), run.as_object_mut()) {
        run.insert("versionControlProvenance".to_owned(), json!([origin]));
    }
    json!({ "$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run] })
}

fn contradiction(report: &Report, found: &Contradiction) -> Value {
    let level = match found.severity {
        Severity::Proves => "error",
        Severity::Suggests => "warning",
    };
    let claim = report.claims.get(&found.claim);
    let counter = found.counter_evidence.iter().filter_map(|id| report.evidence.get(id));
    let mut locations: Vec<Value> = counter.filter_map(|evidence| location(&evidence.locator)).collect();
    let claimed = claim.and_then(|claim| location(&claim.locator));
    if locations.is_empty() {
        locations.extend(claimed.clone());
    }
    json!({
        "ruleId": found.rule,
        "level": level,
        "message": { "text": found.remark.text },
        "locations": locations,
        "relatedLocations": claimed.into_iter().collect::<Vec<_>>(),
        "properties": {
            "criterion": found.criterion,
            "severity": severity(found.severity),
            "claim": claim.map(|claim| claim.quote.as_str()).unwrap_or_default(),
            "counterEvidence": found.counter_evidence,
        },
    })
}

fn note(report: &Report, finding: &Finding) -> Value {
    let remarks: Vec<&str> = finding.remarks.iter().map(|remark| remark.text.as_str()).collect();
    let (title, status) = (finding.criterion.title(), status(finding));
    let text = match remarks.is_empty() {
        true => format!("{title}: {status}"),
        false => format!("{title}: {status}; {}", remarks.join("; ")),
    };
    let claims = finding.claims.iter().filter_map(|id| report.claims.get(id));
    let locations: Vec<Value> = claims.filter_map(|claim| location(&claim.locator)).collect();
    json!({
        "ruleId": finding.criterion,
        "level": "note",
        "message": { "text": text },
        "locations": locations,
    })
}

/// Each rule that a result names, once.
fn rules(report: &Report) -> Vec<Value> {
    let mut rules: BTreeMap<&str, String> = BTreeMap::new();
    for finding in &report.findings {
        rules.insert(finding.criterion.code(), finding.criterion.title().to_owned());
    }
    for found in &report.contradictions {
        rules.insert(&found.rule, format!("A claim on {} and the bytes differ", found.criterion.title()));
    }
    rules.into_iter().map(|(id, text)| json!({ "id": id, "shortDescription": { "text": text } })).collect()
}

/// Where something stands; none for what has no place.
fn location(locator: &Locator) -> Option<Value> {
    let uri = uri(locator)?;
    let mut physical = json!({ "artifactLocation": { "uri": uri } });
    if let (Some(span), Some(physical)) = (locator.span, physical.as_object_mut()) {
        let length = span.end.saturating_sub(span.start);
        physical.insert("region".to_owned(), json!({ "byteOffset": span.start, "byteLength": length }));
    }
    let mut location = Map::from_iter([("physicalLocation".to_owned(), physical)]);
    if let Some(repository) = &locator.repository {
        let logical = json!([{ "fullyQualifiedName": repository, "kind": "module" }]);
        location.insert("logicalLocations".to_owned(), logical);
    }
    Some(Value::Object(location))
}

/// A path of a repository as an address that stands in SARIF.
pub fn path_in_address(path: &str) -> String {
    utf8_percent_encode(path, IN_PATHS).to_string()
}

fn uri(locator: &Locator) -> Option<String> {
    let path = locator.path.as_deref().map(path_in_address);
    path.or_else(|| locator.address.as_deref().map(|at| utf8_percent_encode(at, IN_ADDRESSES).to_string()))
}

/// Each file that was looked at, with its hash.
fn artifacts(report: &Report) -> Vec<Value> {
    let claims = report.claims.values().map(|claim| &claim.locator);
    let locators = report.evidence.values().map(|evidence| &evidence.locator).chain(claims);
    let files: BTreeSet<(String, Option<Sha256>)> =
        locators.filter_map(|locator| Some((uri(locator)?, locator.sha256))).collect();
    let artifact = |(uri, sha256): (String, Option<Sha256>)| match sha256 {
        Some(sha256) => json!({ "location": { "uri": uri }, "hashes": { "sha-256": sha256 } }),
        None => json!({ "location": { "uri": uri } }),
    };
    files.into_iter().map(artifact).collect()
}

fn origin(report: &Report) -> Option<Value> {
    let subject = &report.subject;
    let (hub, repository, commit) = (&subject.hub, &subject.repository, &subject.commit);
    let address = format!("{}/{}{}", hub.as_ref()?, subject.kind.prefix(), repository.as_ref()?);
    Some(
        json!({ "repositoryUri": utf8_percent_encode(&address, IN_ADDRESSES).to_string(), "revisionId": commit.as_ref()? }),
    )
}
