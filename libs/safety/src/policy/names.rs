//! The rules about what pickles import and call. What is not allowed is suspicious; lists of what is known to be bad, and
//! names that tell what a function does, only make it worse.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use super::{Level, Opinion, PolicyProblem, Uses};
use crate::event::CallKind;

/// The rules as they are written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PickleRules {
    allow: Vec<Allow>,
    trampoline: Vec<Named>,
    review: Vec<Review>,
    family: Vec<Family>,
    deny: Vec<Deny>,
    verbs: Verbs,
    standard: Standard,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Allow {
    by: Vec<String>,
    names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Review {
    names: Vec<String>,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Family {
    by: Vec<String>,
    modules: Vec<String>,
    #[serde(default)]
    suffixes: Vec<String>,
    #[serde(default)]
    prefixes: Vec<String>,
    #[serde(default)]
    exactly: Vec<String>,
    #[serde(default)]
    arguments: Vec<Vec<String>>,
    #[serde(default)]
    functions: bool,
    #[serde(default)]
    compiled: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Deny {
    rule: String,
    reason: String,
    modules: Vec<String>,
    #[serde(default)]
    names: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Verbs {
    reason: String,
    words: HashSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Standard {
    reason: String,
    modules: HashSet<String>,
}

/// The rules, ready to be asked.
#[derive(Debug, Clone)]
pub(super) struct Pickle {
    allow: HashMap<String, Uses>,
    trampolines: HashSet<String>,
    review: HashMap<String, usize>,
    reviews: Vec<String>,
    families: Vec<(Kin, Uses)>,
    by_module: HashMap<String, Vec<usize>>,
    deny_modules: HashMap<String, usize>,
    deny_names: HashMap<String, usize>,
    denials: Vec<(String, String)>,
    verbs: (HashSet<String>, String),
    standard: (HashSet<String>, String),
}

/// Which names of a package are meant.
#[derive(Debug, Clone)]
struct Kin {
    suffixes: Vec<String>,
    prefixes: Vec<String>,
    exactly: HashSet<String>,
    arguments: Vec<Vec<String>>,
    functions: bool,
    compiled: bool,
}

impl Pickle {
    pub(super) fn new(rules: PickleRules) -> Result<Self, PolicyProblem> {
        let mut allow: HashMap<String, Uses> = HashMap::new();
        for row in rules.allow {
            let uses = Uses::named(&row.by)?;
            for name in row.names {
                let all = allow.entry(name).or_default();
                *all = all.and(uses);
            }
        }
        let trampolines: HashSet<_> = rules.trampoline.into_iter().flat_map(|row| row.names).collect();
        for name in &trampolines {
            let all = allow.entry(name.clone()).or_default();
            *all = all.and(Uses::of(CallKind::Reduce)).and(Uses::of(CallKind::Build)).and(Uses::ITEMS);
        }
        let (mut families, mut by_module) = (Vec::new(), HashMap::<_, Vec<_>>::new());
        for (index, row) in rules.family.into_iter().enumerate() {
            families.push((Kin::of(&row), Uses::named(&row.by)?));
            for module in row.modules {
                by_module.entry(module).or_default().push(index);
            }
        }
        let (mut review, mut reviews) = (HashMap::new(), Vec::new());
        for (index, row) in rules.review.into_iter().enumerate() {
            review.extend(row.names.into_iter().map(|name| (name, index)));
            reviews.push(row.reason);
        }
        let (mut deny_modules, mut deny_names, mut denials) = (HashMap::new(), HashMap::new(), Vec::new());
        for (index, row) in rules.deny.into_iter().enumerate() {
            deny_modules.extend(row.modules.into_iter().map(|module| (module, index)));
            deny_names.extend(row.names.into_iter().map(|name| (name, index)));
            denials.push((row.rule, row.reason));
        }
        let verbs = (rules.verbs.words, rules.verbs.reason);
        let standard = (rules.standard.modules, rules.standard.reason);
        #[rustfmt::skip]
        let pickle = Self {
            allow, trampolines, review, reviews, families, by_module, deny_modules, deny_names, denials, verbs, standard,
        };
        Ok(pickle)
    }

    /// What is to be thought of an import.
    pub(super) fn import<'a>(&'a self, module: &'a str, name: &'a str) -> Option<Opinion<'a>> {
        let text = format!("{module}.{name}");
        if let Some(denial) = self.denied_part(name) {
            return Some(denial);
        }
        if self.allow.contains_key(&text) {
            return None;
        }
        if let Some(index) = self.review.get(&text) {
            return Some(Opinion {
                rule: "builds-a-function",
                level: Level::NeedsReview,
                says: &self.reviews[*index],
            });
        }
        if let Some(denial) = self.denied(&text) {
            return Some(denial);
        }
        let is_plain = !name.contains('.') || name.split('.').all(is_class);
        if is_plain && self.families(&text).next().is_some() {
            return None;
        }
        if name.contains('.') {
            let says = "It imports an attribute of something that is not allowed to be imported by itself.";
            return Some(Opinion { rule: "dotted-import", level: Level::Suspicious, says });
        }
        let says = "It imports something that no rule allows.";
        Some(Opinion { rule: "unknown-import", level: Level::Suspicious, says })
    }

    /// What is to be thought of a call.
    pub(super) fn call<'a>(
        &'a self,
        how: CallKind,
        callee: &str,
        arguments: &[String],
    ) -> Option<Opinion<'a>> {
        if callee == "?" {
            let says = "It calls something that comes out only when the pickle is loaded.";
            return Some(Opinion { rule: "dynamic-call", level: Level::Malicious, says });
        }
        if callee.ends_with("()") {
            return self.call_of_result(callee);
        }
        let uses = Uses::of(how);
        if self.allow.get(callee).is_some_and(|allowed| allowed.has(uses)) {
            return self.trampoline(callee, arguments);
        }
        if let Some(index) = self.review.get(callee) {
            return self.assembly(*index, how, arguments);
        }
        if let Some(denial) = self.denied(callee) {
            return Some(denial);
        }
        if self.families(callee).any(|(kin, allowed)| allowed.has(uses) && kin.takes(arguments)) {
            return None;
        }
        Some(self.unknown_call(how, callee))
    }

    fn unknown_call(&self, how: CallKind, callee: &str) -> Opinion<'_> {
        let last = callee.rsplit('.').next().unwrap_or(callee);
        if how != CallKind::Build && !is_class(last) {
            let package = callee.split('.').next().unwrap_or(callee);
            if self.standard.0.contains(package) {
                return Opinion { rule: "standard-library", level: Level::Malicious, says: &self.standard.1 };
            }
            if words(last).any(|word| self.verbs.0.contains(word)) {
                return Opinion { rule: "named-like-a-loader", level: Level::Malicious, says: &self.verbs.1 };
            }
        }
        let says = match how {
            CallKind::Reduce | CallKind::Inst => "It calls something that no rule allows to be called.",
            CallKind::New => "It makes an object of a class that no rule allows.",
            CallKind::Build => "It sets the state of an object that no rule allows.",
        };
        Opinion { rule: "unknown-call", level: Level::Suspicious, says }
    }

    /// What a call gave is called in turn.
    fn call_of_result<'a>(&'a self, callee: &str) -> Option<Opinion<'a>> {
        let maker = callee.trim_end_matches("()");
        if self.allow.get(maker).is_some_and(|allowed| allowed.has(Uses::RESULT)) {
            return None;
        }
        if self.review.contains_key(maker) || self.denied(maker).is_some() {
            let says = "It calls a function that it put together from parts.";
            return Some(Opinion { rule: "calls-what-it-built", level: Level::Malicious, says });
        }
        let says = "It calls what another call gave.";
        Some(Opinion { rule: "calls-a-result", level: Level::Suspicious, says })
    }

    /// Items are added to something that is no list, dictionary or set of its own.
    pub(super) fn method<'a>(&'a self, target: &str) -> Option<Opinion<'a>> {
        let Some(maker) = target.strip_suffix("()") else {
            let says = "It changes something that it did not make.";
            let level = if target.contains('.') { Level::Malicious } else { Level::Suspicious };
            return Some(Opinion { rule: "changes-others", level, says });
        };
        let is_allowed = self.allow.get(maker).is_some_and(|allowed| allowed.has(Uses::ITEMS))
            || self.families(maker).any(|(_, allowed)| allowed.has(Uses::ITEMS));
        if is_allowed && self.denied_or_none(maker).is_none() {
            return None;
        }
        let says = "It adds items to an object that no rule allows.";
        Some(Opinion { rule: "unknown-items", level: Level::Suspicious, says })
    }

    /// Denied, unless it is allowed by name.
    fn denied_or_none(&self, text: &str) -> Option<Opinion<'_>> {
        if self.allow.contains_key(text) { None } else { self.denied(text) }
    }

    /// What calls its arguments may be given only what is allowed itself.
    fn trampoline<'a>(&'a self, callee: &str, arguments: &[String]) -> Option<Opinion<'a>> {
        if !self.trampolines.contains(callee) {
            return None;
        }
        let worst = arguments.iter().filter_map(|argument| self.handed(argument)).max();
        let says = "It hands something to a function which calls it.";
        worst.map(|level| Opinion { rule: "calls-an-argument", level, says })
    }

    /// How bad it is to hand something to what calls it.
    fn handed(&self, argument: &str) -> Option<Level> {
        match argument {
            "*" | "?" | "extension" => return Some(Level::Suspicious),
            _ if !argument.contains('.') || argument.starts_with('\'') => return None,
            _ => {}
        }
        let maker = argument.trim_end_matches("()");
        if self.allow.contains_key(maker) {
            return None;
        }
        let is_function = maker.rsplit('.').next().is_some_and(|last| !is_class(last));
        match self.denied(maker) {
            Some(_) => Some(Level::Malicious),
            None if self.families(maker).any(|(kin, _)| !kin.functions) => None,
            None if is_function && maker == argument => Some(Level::Malicious),
            None => Some(Level::Suspicious),
        }
    }

    /// A function is put together; of parts that are denied, it is what they are. Python's own pickler does it by
    /// `REDUCE`, for functions that were there before.
    fn assembly<'a>(&'a self, index: usize, how: CallKind, arguments: &[String]) -> Option<Opinion<'a>> {
        let is_usual = match how {
            CallKind::Reduce => {
                arguments.first().is_some_and(|first| !matches!(first.as_str(), "text" | "*" | "?"))
            }
            CallKind::Build => true,
            CallKind::Inst | CallKind::New => false,
        };
        let mut level = if is_usual { Level::NeedsReview } else { Level::Suspicious };
        for argument in arguments {
            let quoted = argument.strip_prefix('\'').and_then(|text| text.strip_suffix('\''));
            let is_bad = match quoted {
                Some(name) => name.starts_with("__"),
                None => {
                    argument.contains('.') && self.denied_or_none(argument.trim_end_matches("()")).is_some()
                }
            };
            if is_bad {
                level = Level::Malicious;
            } else if matches!(argument.as_str(), "?" | "*")
                || quoted.is_some_and(|name| words(name).any(|word| self.verbs.0.contains(word)))
            {
                level = level.max(Level::Suspicious);
            }
        }
        Some(Opinion { rule: "builds-a-function", level, says: &self.reviews[index] })
    }

    /// Denied by its name, its module or one above.
    fn denied(&self, text: &str) -> Option<Opinion<'_>> {
        let by_name = self.deny_names.get(text).copied();
        let found = by_name.or_else(|| {
            parents(text).find_map(|parent| {
                self.deny_modules.get(parent).or_else(|| self.deny_names.get(parent)).copied()
            })
        });
        let (rule, reason) = self.denials.get(found?)?;
        Some(Opinion { rule, level: Level::Malicious, says: reason })
    }

    /// Denied by what can be reached through a name with dots: `serialization.os.system` is `os.system`.
    fn denied_part(&self, name: &str) -> Option<Opinion<'_>> {
        let mut rest = name;
        while rest.contains('.') {
            if let Some(denial) = self.denied(rest) {
                return Some(denial);
            }
            rest = rest.split_once('.')?.1;
            if rest.starts_with("__") && !rest.contains('.') {
                let says = "It reaches for an attribute that Python itself uses.";
                return Some(Opinion { rule: "special-attribute", level: Level::Suspicious, says });
            }
        }
        None
    }

    /// The families that a name belongs to.
    fn families<'a>(&'a self, text: &'a str) -> impl Iterator<Item = (&'a Kin, Uses)> {
        let indexes = parents(text).filter_map(|parent| self.by_module.get(parent)).flatten();
        let families = indexes.filter_map(|index| self.families.get(*index));
        families.filter(|(kin, _)| kin.has(text)).map(|(kin, uses)| (kin, *uses))
    }
}

impl Kin {
    fn of(row: &Family) -> Self {
        Self {
            suffixes: row.suffixes.clone(),
            prefixes: row.prefixes.clone(),
            exactly: row.exactly.iter().cloned().collect(),
            arguments: row.arguments.clone(),
            functions: row.functions,
            compiled: row.compiled,
        }
    }

    fn has(&self, text: &str) -> bool {
        let Some((module, name)) = text.rsplit_once('.') else { return false };
        if !self.exactly.is_empty() {
            return self.exactly.contains(name);
        }
        if !self.prefixes.is_empty() {
            return self.prefixes.iter().any(|prefix| name.starts_with(prefix));
        }
        if self.functions {
            return !is_class(name);
        }
        let fits = self.suffixes.is_empty() || self.suffixes.iter().any(|suffix| name.ends_with(suffix));
        let is_compiled = module.rsplit('.').next().is_some_and(|last| last.starts_with('_'));
        fits && is_class(name) && (is_compiled || !self.compiled)
    }

    fn takes(&self, arguments: &[String]) -> bool {
        self.arguments.is_empty() || self.arguments.iter().any(|shape| shape == arguments)
    }
}

/// The modules that a name may lie in: all that stands before one of its dots, the longest first.
fn parents(text: &str) -> impl Iterator<Item = &str> {
    let dots = text.char_indices().rev().filter(|(_, letter)| *letter == '.');
    dots.map(move |(dot, _)| &text[..dot])
}

/// Whether a name is written as those of classes are.
fn is_class(name: &str) -> bool {
    name.trim_start_matches('_').starts_with(char::is_uppercase)
}

/// The words of a name: what stands between underscores, in small letters only.
fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split('_').filter(|word| !word.is_empty())
}
