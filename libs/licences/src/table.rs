//! The table of licences: what each permits and demands, as facts, from `data/licences.toml` and the list of SPDX.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

/// A licence, and what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Licence {
    /// What limpide calls it: its SPDX identifier where there is one.
    pub id: String,
    /// Its full name.
    pub name: String,
    /// Its identifier in the list of SPDX.
    pub spdx: Option<&'static str>,
    /// Where to read it.
    pub url: String,
    /// What it belongs with: `llama`, `cc-by`, `openrail`, …; empty where nothing depends on it.
    pub family: String,
    /// Whether OSI approved it, as SPDX says.
    pub osi_approved: bool,
    /// Whether FSF calls it free, as SPDX says.
    pub fsf_libre: bool,
    /// What it permits and demands; none where nobody checked that against the text.
    pub terms: Option<Terms>,
    /// Where the terms were read.
    pub source: String,
    /// What the terms alone do not tell.
    pub note: String,
}

/// What a licence permits and demands. The defaults are those of a licence that demands nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Terms {
    /// Whether it may be used commercially.
    pub commercial: Permission,
    /// Whether it may be passed on.
    pub redistribution: bool,
    /// Whether changed versions may be made and passed on.
    pub derivatives: bool,
    /// Whether all use is for research only.
    pub research_only: bool,
    /// Whether some uses are forbidden, by a list or by a policy.
    pub field_of_use: bool,
    /// From so many monthly users on another licence is needed.
    pub monthly_users: Option<u64>,
    /// From so many US dollars a month on another licence is needed.
    pub monthly_revenue: Option<u64>,
    /// From so many US dollars a year on another licence is needed.
    pub yearly_revenue: Option<u64>,
    /// Whether what it puts out may train or improve other models.
    pub outputs_may_train: Permission,
    /// Regions where nothing is granted.
    pub not_granted_in: Vec<String>,
    /// Whether it may be taken back without a breach.
    pub revocable: bool,
    /// Whether the licensor may change the terms or the thing itself afterwards.
    pub updates: bool,
    /// Whether notices or credit must be kept.
    pub attribution: bool,
    /// Whether a name or a phrase must be shown.
    pub naming: bool,
    /// Whether what is derived must have the same licence.
    pub share_alike: bool,
    /// Whether who sues over patents or copyright loses what was granted.
    pub patent_retaliation: bool,
}

impl Default for Terms {
    fn default() -> Self {
        Self {
            commercial: Permission::Yes,
            redistribution: true,
            derivatives: true,
            research_only: false,
            field_of_use: false,
            monthly_users: None,
            monthly_revenue: None,
            yearly_revenue: None,
            outputs_may_train: Permission::Yes,
            not_granted_in: Vec::new(),
            revocable: false,
            updates: false,
            attribution: false,
            naming: false,
            share_alike: false,
            patent_retaliation: false,
        }
    }
}

/// Whether something is permitted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Permission {
    /// To everybody.
    Yes,
    /// To nobody.
    No,
    /// To some, or on conditions that not everybody can meet.
    Conditional,
}

/// What is written where a licence should be, and is none: a family, or a word for "something else".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotALicence {
    /// What is written.
    pub tag: String,
    /// Licences that it may stand for.
    #[serde(default)]
    pub candidates: Vec<String>,
    /// Why it says too little.
    pub note: String,
}

/// The version of the table, such as `2026-11.1`: it changes with every change of the table.
pub fn version() -> &'static str {
    &TABLE.version
}

/// All licences that are known, the table's own first.
pub fn licences() -> impl Iterator<Item = &'static Licence> {
    TABLE.licences.iter()
}

/// All words that are none.
pub fn not_licences() -> impl Iterator<Item = &'static NotALicence> {
    TABLE.not_licences.iter()
}

impl Licence {
    /// The licence of this name: an identifier of SPDX, of Hugging Face or of limpide, a full name, a common spelling.
    pub fn find(name: &str) -> Option<&'static Self> {
        TABLE.licences.get(*TABLE.names.get(&key(name)?)?)
    }
}

impl NotALicence {
    /// What is known of a word that stands for no licence.
    pub fn find(word: &str) -> Option<&'static Self> {
        let key = key(word)?;
        TABLE.not_licences.iter().find(|known| known.tag == key)
    }
}

/// Which of several names for the same text to use: the smaller, the better.
pub(crate) fn rank(name: &str) -> u8 {
    let place = TABLE.licences.iter().position(|licence| licence.id == name);
    let deprecated = spdx::license_id(name).is_none_or(|known| known.is_deprecated());
    match place {
        Some(place) if place < TABLE.own => 0,
        _ if !deprecated => 1,
        _ => 2,
    }
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    // A test reads the same text, so that it is never wrong here.
    Table::read(include_str!("../data/licences.toml")).unwrap_or_default()
});

#[derive(Debug, Default)]
struct Table {
    version: String,
    licences: Vec<Licence>,
    /// How many of them are the table's own; the others are what SPDX knows besides.
    own: usize,
    names: BTreeMap<String, usize>,
    not_licences: Vec<NotALicence>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: String,
    licence: Vec<Entry>,
    not_a_licence: Vec<NotALicence>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    aliases: Vec<String>,
    #[serde(default)]
    url: String,
    #[serde(default)]
    family: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    note: String,
    /// Identifiers of SPDX with the same terms: other versions, ports to other countries, "or later".
    #[serde(default)]
    variants: Vec<String>,
    terms: Option<Terms>,
}

/// What is wrong with the table.
#[derive(Debug, thiserror::Error)]
enum Wrong {
    #[error("the table of licences: {0}")]
    Toml(#[from] toml::de::Error),
    #[error("the table of licences: `{0}` means two licences")]
    Twice(String),
}

impl Table {
    fn read(text: &str) -> Result<Self, Wrong> {
        let written: Written = toml::from_str(text)?;
        let mut table =
            Self { version: written.version, not_licences: written.not_a_licence, ..Self::default() };
        for entry in written.licence {
            for id in std::iter::once(&entry.id).chain(&entry.variants) {
                let place = table.licences.len();
                let licence = entry.licence(id);
                let aliases = entry.aliases.iter().filter(|_| *id == entry.id);
                for name in aliases.chain([&licence.id]) {
                    table.name(name, place)?;
                }
                table.licences.push(licence);
            }
        }
        table.own = table.licences.len();
        table.add_spdx();
        table.add_full_names();
        Ok(table)
    }

    fn name(&mut self, name: &str, place: usize) -> Result<(), Wrong> {
        let key = key(name).ok_or_else(|| Wrong::Twice(name.to_owned()))?;
        match self.names.insert(key, place) {
            Some(other) if other != place => Err(Wrong::Twice(name.to_owned())),
            _ => Ok(()),
        }
    }

    /// Licences of SPDX that the table has not: an approved one permits everything; of others nothing is known.
    fn add_spdx(&mut self) {
        for known in spdx::identifiers::LICENSES {
            let Some(key) = key(known.name) else { continue };
            if self.names.contains_key(&key) {
                continue;
            }
            let flags = Flags::of(known.name);
            let approved = flags.osi || flags.fsf;
            let terms = Terms { attribution: true, share_alike: flags.copyleft, ..Terms::default() };
            let entry = Entry { terms: approved.then_some(terms), ..Entry::of_spdx(known.name) };
            self.names.insert(key, self.licences.len());
            self.licences.push(entry.licence(known.name));
        }
    }

    /// Full names, where no identifier or alias is the same.
    fn add_full_names(&mut self) {
        for (place, licence) in self.licences.iter().enumerate() {
            if let Some(key) = key(&licence.name) {
                self.names.entry(key).or_insert(place);
            }
        }
    }
}

impl Entry {
    fn of_spdx(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            name: String::new(),
            aliases: Vec::new(),
            url: String::new(),
            family: String::new(),
            source: "flags of SPDX".to_owned(),
            note: String::new(),
            variants: Vec::new(),
            terms: None,
        }
    }

    /// The licence of this identifier: what SPDX says of it, where the table says nothing.
    fn licence(&self, id: &str) -> Licence {
        let known = spdx::license_id(id);
        let flags = Flags::of(id);
        let named = self.id == id && !self.name.is_empty();
        let linked = self.id == id && !self.url.is_empty();
        Licence {
            id: id.to_owned(),
            name: if named {
                self.name.clone()
            } else {
                known.map_or_else(|| id.to_owned(), |known| known.full_name.to_owned())
            },
            spdx: known.map(|known| known.name),
            url: if linked { self.url.clone() } else { format!("https://spdx.org/licenses/{id}.html") },
            family: self.family.clone(),
            osi_approved: flags.osi,
            fsf_libre: flags.fsf,
            terms: self.terms.clone(),
            source: if self.source.is_empty() {
                format!("SPDX {}", spdx::identifiers::VERSION)
            } else {
                self.source.clone()
            },
            note: self.note.clone(),
        }
    }
}

/// What SPDX says of a licence.
#[derive(Default)]
struct Flags {
    osi: bool,
    fsf: bool,
    copyleft: bool,
}

impl Flags {
    fn of(id: &str) -> Self {
        spdx::license_id(id).map_or_else(Self::default, |known| Self {
            osi: known.is_osi_approved(),
            fsf: known.is_fsf_free_libre(),
            copyleft: known.is_copyleft(),
        })
    }
}

/// A name as it is looked up: letters and digits in lower case, `.` and `+`, and one hyphen for whatever is between.
fn key(name: &str) -> Option<String> {
    const LONGEST_NAME: usize = 256;
    if name.len() > LONGEST_NAME {
        return None;
    }
    let mut key = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_alphanumeric() || c == '+' || c == '.' {
            key.extend(c.to_lowercase());
        } else if !key.is_empty() && !key.ends_with('-') {
            key.push('-');
        }
    }
    let key = key.trim_matches(['-', '.']);
    (!key.is_empty()).then(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_can_be_read() {
        let table = Table::read(include_str!("../data/licences.toml"));
        let table = table.unwrap_or_else(|wrong| panic!("{wrong}"));
        assert!(table.own > 150);
        assert!(!table.version.is_empty());
    }

    #[test]
    fn one_name_is_one_licence() {
        let text = "version = \"1\"\nnot_a_licence = []\n[[licence]]\nid = \"a\"\naliases = [\"x\"]\n[[licence]]\nid = \"X\"\n";
        assert!(matches!(Table::read(text), Err(Wrong::Twice(name)) if name == "X"));
    }

    #[test]
    fn names_are_found_however_they_are_written() {
        for name in ["Apache-2.0", "apache-2.0", "APACHE 2.0", " apache_2.0 "] {
            assert_eq!(key(name).as_deref(), Some("apache-2.0"));
        }
        assert_eq!(key("--"), None);
        assert_eq!(key(&"x".repeat(300)), None);
    }
}
