//! A sentence of a report: said in English, and told to machines and translators as a code with its facts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// One sentence: factual, about bytes and claims, never about people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// Which sentence it is, such as `shards-missing`: translations are found by it.
    pub code: String,
    /// What it is about, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, String>,
    /// The sentence in English.
    pub text: String,
}

/// `remark!("shards-missing", "{missing} of {total} shards are not there", missing, total = all.len())`: each name is a
/// word of the sentence and becomes a fact.
macro_rules! remark {
    ($code:literal, $text:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {{
        $($(let $name = &$value;)?)*
        $crate::Remark {
            code: $code.to_owned(),
            facts: std::collections::BTreeMap::from([$((stringify!($name).to_owned(), $name.to_string())),*]),
            text: format!($text),
        }
    }};
}

pub(crate) use remark;

#[cfg(test)]
mod tests {
    #[test]
    fn a_remark_tells_people_and_machines_the_same() {
        let missing = 2;
        let remark =
            remark!("shards-missing", "{missing} of {total} shards are not there", missing, total = "7");
        assert_eq!(remark.text, "2 of 7 shards are not there");
        assert_eq!(remark.facts["missing"], "2");
        assert_eq!(remark.facts["total"], "7");
    }
}
