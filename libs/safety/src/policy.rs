//! What is to be thought of what a scan saw: rules as data, with a version and a hash, so that a verdict says by what it
//! was reached, and old scans are judged again when the rules change.

mod keras;
mod names;
mod rules;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::event::{CallKind, Event, What};
use crate::scan::{Gap, Scan};
use keras::Keras;
use names::{Pickle, PickleRules};
use rules::{Row, Table};

/// How bad it is. The worst of all reasons counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Every byte was understood, and none does more than hold data.
    Clean,
    /// It may be meant well, but somebody should look at what it does.
    NeedsReview,
    /// Part of it was not understood.
    Partial,
    /// It does what data need not do.
    Suspicious,
    /// It does what nobody who means well lets data do.
    Malicious,
}

/// What is to be thought of a file, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The worst level of the reasons; clean when there are none.
    pub level: Level,
    /// Why, the worst first; what is clean needs none.
    pub reasons: Vec<Reason>,
    /// By which rules.
    pub policy: PolicyId,
}

/// One reason for a level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    /// The rule, by a name that does not change.
    pub rule: String,
    /// The level that it asks for.
    pub level: Level,
    /// What it is about, in one sentence.
    pub says: String,
    /// What was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<Event>,
    /// The bytes that were not understood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gap: Option<Gap>,
}

/// Which rules.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PolicyId {
    /// Their version.
    pub version: String,
    /// The SHA-256 of their text, in hexadecimal digits.
    pub sha256: String,
}

/// Why rules cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyProblem {
    /// They are not TOML of the right form.
    #[error("the rules cannot be read: {0}")]
    Unreadable(#[from] toml::de::Error),
    /// A word in them means nothing.
    #[error("the rules speak of `{0}`, which is nothing they can speak of")]
    Unknown(String),
}

/// Rules, ready to judge by.
#[derive(Debug, Clone)]
pub struct Policy {
    id: PolicyId,
    pickle: Pickle,
    keras: Keras,
    table: Table,
}

/// The rules as they are written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    version: String,
    pickle: PickleRules,
    keras: Keras,
    rule: Vec<Row>,
}

/// What a rule thinks of one event.
struct Opinion<'a> {
    rule: &'a str,
    level: Level,
    says: &'a str,
}

/// The rules that come with this version of the code, as they are written.
pub const RULES: &str = include_str!("../data/policy.toml");

impl Policy {
    /// The rules that come with this version of the code.
    ///
    /// # Errors
    /// Never, as a test shows.
    pub fn built_in() -> Result<Self, PolicyProblem> {
        Self::read(RULES)
    }

    /// Rules as they are written in TOML.
    ///
    /// # Errors
    /// When they are not of the right form.
    pub fn read(text: &str) -> Result<Self, PolicyProblem> {
        let written: Written = toml::from_str(text)?;
        let sha256 = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
        let id = PolicyId { version: written.version, sha256 };
        Ok(Self {
            id,
            pickle: Pickle::new(written.pickle)?,
            keras: written.keras,
            table: Table::new(written.rule)?,
        })
    }

    /// Which rules they are.
    pub fn id(&self) -> &PolicyId {
        &self.id
    }

    /// What is to be thought of what was seen.
    pub fn judge(&self, scan: &Scan) -> Verdict {
        let of_events = scan.events.iter().filter_map(|event| {
            let opinion = self.opinion(&event.what).filter(|opinion| opinion.level > Level::Clean)?;
            Some(reason(&opinion, Some(event.clone()), None))
        });
        let of_gaps = scan.account.gaps.iter().filter_map(|gap| {
            let opinion =
                self.table.opinion("gap", &gap.why, "").filter(|opinion| opinion.level > Level::Clean)?;
            Some(reason(&opinion, None, Some(gap.clone())))
        });
        let mut reasons: Vec<Reason> = of_events.chain(of_gaps).collect();
        reasons.sort_by_key(|reason| std::cmp::Reverse(reason.level));
        let worst = reasons.first().map_or(Level::Clean, |reason| reason.level);
        // A rule may take a gap lightly; a file with one is not clean for all that.
        let level = if scan.account.is_whole() { worst } else { worst.max(Level::Partial) };
        Verdict { level, reasons, policy: self.id.clone() }
    }

    fn opinion<'a>(&'a self, what: &'a What) -> Option<Opinion<'a>> {
        let (event, is, name): (&str, &str, &str) = match what {
            What::Import { module, name } => return self.pickle.import(module, name),
            What::Call { how, callee, arguments } => return self.pickle.call(*how, callee, arguments),
            What::Method { method: _, target } => return self.pickle.method(target),
            What::Patch { target, .. } => ("patch", "", target),
            What::DynamicName => ("dynamic-name", "", ""),
            What::Extension { .. } => ("extension", "", ""),
            What::PersistentId { to } => ("persistent-id", to, ""),
            What::TensorOutOfBounds => ("tensor-out-of-bounds", "", ""),
            What::Structure { kind } => ("structure", kind, ""),
            What::Member { kind, path } => ("member", kind, path),
            What::Template { kind, text } => ("template", kind, text),
            What::Target { by, name } => return self.target(by, name),
            What::Reference { by, path } => ("reference", by, path),
            What::Operation { domain, name } => ("operation", domain, name),
            What::Capability { kind, path } => ("capability", kind, path),
            What::Secret { rule } => ("secret", rule, ""),
            What::Executable { kind } => ("executable", kind, ""),
            What::Virus { name } => ("virus", "", name),
        };
        self.table.opinion(event, is, name)
    }

    /// What is to be thought of a class or function that a configuration names.
    fn target<'a>(&'a self, by: &'a str, name: &'a str) -> Option<Opinion<'a>> {
        if by == "keras" && self.keras.allows(name) {
            return None;
        }
        let of_rows = self.table.opinion("target", by, name);
        if !NAMED_IN_PYTHON.contains(&by) || !name.contains('.') {
            return of_rows;
        }
        let (module, last) = name.rsplit_once('.').unwrap_or(("", name));
        let called = self.pickle.call(CallKind::Reduce, name, &[]);
        let is_known = self.pickle.import(module, last).is_none();
        match called {
            // Trainings call loaders, which pickles have no use for.
            Some(called)
                if matches!(by, "hydra" | "hyperpyyaml" | "mlflow")
                    && matches!(called.rule, "loads-pickles" | "named-like-a-loader") =>
            {
                let is_light = of_rows.as_ref().is_some_and(|row| row.level == Level::Clean);
                if is_light { of_rows } else { Some(Opinion { level: Level::Suspicious, ..called }) }
            }
            Some(called) if called.level == Level::Malicious => Some(called),
            _ if is_known && by != "keras" => None,
            _ => of_rows,
        }
    }
}

/// By what a name of Python is given, so that what pickles may not call is not called here either.
const NAMED_IN_PYTHON: [&str; 9] = [
    "diffusers",
    "hydra",
    "hyperpyyaml",
    "keras",
    "mlflow",
    "peft",
    "sentence-transformers",
    "skops",
    "yaml-python",
];

fn reason(opinion: &Opinion<'_>, event: Option<Event>, gap: Option<Gap>) -> Reason {
    Reason { rule: opinion.rule.to_owned(), level: opinion.level, says: opinion.says.to_owned(), event, gap }
}

/// What can be done with what was imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Uses(u8);

impl Uses {
    const ITEMS: Self = Self(16);
    const RESULT: Self = Self(32);

    fn of(how: CallKind) -> Self {
        Self(match how {
            CallKind::Reduce => 1,
            CallKind::Inst => 2,
            CallKind::New => 4,
            CallKind::Build => 8,
        })
    }

    fn named(words: &[String]) -> Result<Self, PolicyProblem> {
        words.iter().try_fold(Self(0), |uses, word| {
            let use_of = match word.as_str() {
                "reduce" => Self::of(CallKind::Reduce),
                "inst" => Self::of(CallKind::Inst),
                "new" => Self::of(CallKind::New),
                "build" => Self::of(CallKind::Build),
                "items" => Self::ITEMS,
                "result" => Self::RESULT,
                other => return Err(PolicyProblem::Unknown(other.to_owned())),
            };
            Ok(Self(uses.0 | use_of.0))
        })
    }

    fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}
