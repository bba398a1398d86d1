//! The books of one audit: every claim and every piece of evidence, under an id that follows from its content.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::canonical::sha256;
use crate::report::{Claim, Evidence};

/// Claims and evidence by id. What is entered twice stands once.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    claims: BTreeMap<String, Claim>,
    evidence: BTreeMap<String, Evidence>,
}

/// Characters of a quote that are kept.
const LONGEST_QUOTE: usize = 300;

impl Ledger {
    /// Enters a claim, its quote shortened; gives its id.
    pub fn claim(&mut self, mut claim: Claim) -> String {
        claim.quote = shortened(&claim.quote);
        let id = id("c", &claim);
        self.claims.insert(id.clone(), claim);
        id
    }

    /// Enters a piece of evidence; gives its id.
    pub fn evidence(&mut self, evidence: Evidence) -> String {
        let id = id("e", &evidence);
        self.evidence.insert(id.clone(), evidence);
        id
    }

    /// A claim by its id.
    pub fn claimed(&self, id: &str) -> Option<&Claim> {
        self.claims.get(id)
    }

    /// The books, closed.
    pub fn close(self) -> (BTreeMap<String, Claim>, BTreeMap<String, Evidence>) {
        (self.claims, self.evidence)
    }
}

/// Sixteen hexadecimal digits of the SHA-256 of the content: equal content has equal ids in every report.
fn id(prefix: &str, content: &impl Serialize) -> String {
    // These types are plain data: they always have JSON.
    let bytes = crate::canonical(content).unwrap_or_default();
    let digest = sha256(&bytes).to_string();
    format!("{prefix}{}", &digest[..16])
}

/// Quotes are shown to people: one line, not too long.
fn shortened(quote: &str) -> String {
    let line: Vec<&str> = quote.split_whitespace().collect();
    let line = line.join(" ");
    match line.char_indices().nth(LONGEST_QUOTE) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}
