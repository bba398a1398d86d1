//! Checks the front matter of a card before it is committed, as lenient as the Hub: what it accepts must pass.

use limpide_formats::card::{front_matter, parse};
use limpide_words::Kind;
use serde_json::{Map, Value};

use crate::Hub;
use crate::error::{Error, Result};

/// What is wrong with a card.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CardReport {
    /// What should be better, and may stay.
    pub warnings: Vec<String>,
    /// What must not be committed.
    pub errors: Vec<String>,
}

/// A card is short text; more is not looked at.
const LONGEST: usize = 10 << 20;

/// The licence identifiers of the Hub (its documentation, "Licenses").
const LICENCES: [&str; 80] = [
    "apache-2.0",
    "mit",
    "openrail",
    "bigscience-openrail-m",
    "creativeml-openrail-m",
    "bigscience-bloom-rail-1.0",
    "bigcode-openrail-m",
    "afl-3.0",
    "artistic-2.0",
    "bsl-1.0",
    "bsd",
    "bsd-2-clause",
    "bsd-3-clause",
    "bsd-3-clause-clear",
    "c-uda",
    "cc",
    "cc0-1.0",
    "cc-by-2.0",
    "cc-by-2.5",
    "cc-by-3.0",
    "cc-by-4.0",
    "cc-by-sa-3.0",
    "cc-by-sa-4.0",
    "cc-by-nc-2.0",
    "cc-by-nc-3.0",
    "cc-by-nc-4.0",
    "cc-by-nd-4.0",
    "cc-by-nc-nd-3.0",
    "cc-by-nc-nd-4.0",
    "cc-by-nc-sa-2.0",
    "cc-by-nc-sa-3.0",
    "cc-by-nc-sa-4.0",
    "cdla-sharing-1.0",
    "cdla-permissive-1.0",
    "cdla-permissive-2.0",
    "wtfpl",
    "ecl-2.0",
    "epl-1.0",
    "epl-2.0",
    "etalab-2.0",
    "eupl-1.1",
    "eupl-1.2",
    "agpl-3.0",
    "gfdl",
    "gpl",
    "gpl-2.0",
    "gpl-3.0",
    "lgpl",
    "lgpl-2.1",
    "lgpl-3.0",
    "isc",
    "h-research",
    "intel-research",
    "lppl-1.3c",
    "ms-pl",
    "apple-ascl",
    "apple-amlr",
    "mpl-2.0",
    "odc-by",
    "odbl",
    "openmdw-1.0",
    "openrail++",
    "osl-3.0",
    "postgresql",
    "ofl-1.1",
    "ncsa",
    "unlicense",
    "zlib",
    "pddl",
    "lgpl-lr",
    "deepfloyd-if-license",
    "fair-noncommercial-research-license",
    "llama2",
    "llama3",
    "llama3.1",
    "llama3.2",
    "llama3.3",
    "llama4",
    "gemma",
    "grok2-community",
];
const NO_LICENCE: [&str; 2] = ["unknown", "other"];

const SDKS: [&str; 4] = ["gradio", "docker", "static", "streamlit"];
const COLORS: [&str; 8] = ["red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"];

impl Hub {
    /// What is wrong with the text of a card.
    ///
    /// # Errors
    /// `TooLarge` for more than any card has.
    pub fn validate_card(&self, content: &str, kind: Kind) -> Result<CardReport> {
        if content.len() > LONGEST {
            return Err(Error::TooLarge(format!("A card has at most {LONGEST} bytes.")));
        }
        Ok(report(content, kind))
    }
}

pub(crate) fn report(content: &str, kind: Kind) -> CardReport {
    let mut report = CardReport::default();
    let yaml = front_matter(content).unwrap_or_default();
    let fields = match parse(yaml) {
        _ if yaml.trim().is_empty() => Map::new(),
        Ok(Value::Object(fields)) => fields,
        Ok(Value::Null) => Map::new(),
        Ok(_) => {
            report.errors.push("The metadata must be a list of `key: value` pairs.".into());
            return report;
        }
        Err(error) => {
            report.errors.push(format!("Invalid YAML: {error}"));
            return report;
        }
    };
    if fields.is_empty() {
        report.warnings.push("empty or missing yaml metadata in repo card".into());
    }
    let licences: Vec<&str> = LICENCES.iter().chain(&NO_LICENCE).copied().collect();
    report.errors.extend(one_of(&fields, "license", &licences));
    if fields.get("model-index").is_some_and(|value| !value.is_array() && !value.is_null()) {
        report.errors.push("\"model-index\" must be an array".into());
    }
    if kind == Kind::Space {
        report.errors.extend(one_of(&fields, "sdk", &SDKS));
        report.errors.extend(one_of(&fields, "colorFrom", &COLORS));
        report.errors.extend(one_of(&fields, "colorTo", &COLORS));
    }
    report
}

/// The complaint when a field holds, alone or in a list, something else than these words.
fn one_of(fields: &Map<String, Value>, field: &str, words: &[&str]) -> Option<String> {
    let fits = |value: &Value| value.as_str().is_some_and(|text| words.contains(&text));
    let good = match fields.get(field)? {
        Value::Null => true,
        Value::Array(items) => items.iter().all(fits),
        value => fits(value),
    };
    (!good).then(|| format!("\"{field}\" must be one of [{}]", words.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_without_metadata_is_a_warning() {
        for text in ["", "# Title", "---\n---\n", "---\n# only a comment\n---\n"] {
            let report = report(text, Kind::Model);
            assert_eq!(report.warnings, ["empty or missing yaml metadata in repo card"], "{text:?}");
            assert!(report.errors.is_empty(), "{text:?} {report:?}");
        }
    }

    #[test]
    fn what_the_hub_refuses_is_an_error() {
        let errors = |yaml: &str, kind| report(&format!("---\n{yaml}\n---\n"), kind).errors;
        assert!(
            errors("license: my-own", Kind::Model)[0]
                .starts_with("\"license\" must be one of [apache-2.0, mit, ")
        );
        assert!(errors("license: [mit, other]", Kind::Model).is_empty());
        assert_eq!(errors("model-index: 1", Kind::Model), ["\"model-index\" must be an array"]);
        assert!(errors("a: [", Kind::Model)[0].starts_with("Invalid YAML: "));
        assert_eq!(errors("just text", Kind::Model).len(), 1);
        assert_eq!(
            errors("sdk: flash", Kind::Space),
            ["\"sdk\" must be one of [gradio, docker, static, streamlit]"]
        );
    }
}
