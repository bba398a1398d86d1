//! Gathers the settings: command line before environment before file before default. Whatever is wrong is
//! said all at once, with the name, the value and where it was found.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command};

use super::{Matters, SETTINGS, Setting, Settings};

/// Where a value was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// On the command line.
    Flag(String),
    /// In the environment.
    Variable(String),
    /// In a file.
    File(PathBuf),
    /// Nowhere.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(name) => write!(out, "--{name}"),
            Self::Variable(name) => write!(out, "{name}"),
            Self::File(path) => write!(out, "{}", path.display()),
            Self::Default => write!(out, "default"),
        }
    }
}

/// The settings in force, and where each comes from.
#[derive(Debug)]
pub(crate) struct Effective {
    /// The settings.
    pub(crate) settings: Settings,
    /// The origin of each, in the order of the table.
    pub(crate) origins: Vec<Origin>,
    /// Everything that is wrong; what is wrong has kept its default.
    pub(crate) problems: Vec<String>,
}

/// What was given to this process.
#[derive(Debug, Default)]
pub(crate) struct Given {
    /// On the command line.
    pub(crate) flags: Vec<(&'static str, String)>,
    /// The file named on the command line.
    pub(crate) file: Option<PathBuf>,
    /// The environment.
    pub(crate) variables: Vec<(OsString, OsString)>,
}

/// The file that is read when none is named, if it is there.
const FILE: &str = "limpide.toml";

/// Variables that start with `LIMPIDE_` and are no settings: for tests and scripts.
fn is_other(variable: &str) -> bool {
    variable == "LIMPIDE_CONFIG" || variable == "LIMPIDE_CACHE" || variable.starts_with("LIMPIDE_TEST")
}

/// Gathers the settings from all that was given.
pub(crate) fn load(given: &Given) -> Effective {
    let origins = vec![Origin::Default; SETTINGS.len()];
    let mut effective = Effective { settings: Settings::default(), origins, problems: Vec::new() };
    if let Some(path) = file_of(given) {
        effective.take_file(&path);
    }
    effective.take_variables(&given.variables);
    for (key, text) in &given.flags {
        let flag = key.replace('.', "-");
        effective.take(key, text, Origin::Flag(flag));
    }
    effective.problems.extend(effective.settings.contradictions());
    effective.problems.extend(effective.settings.read_files());
    effective
}

/// The file to read: the one named, by `--config` or `LIMPIDE_CONFIG`, or the usual one where it is there.
fn file_of(given: &Given) -> Option<PathBuf> {
    let named = || {
        let mut all = given.variables.iter();
        all.find(|(name, _)| name == "LIMPIDE_CONFIG").map(|(_, value)| PathBuf::from(value))
    };
    given.file.clone().or_else(named).or_else(|| Path::new(FILE).exists().then(|| PathBuf::from(FILE)))
}

impl Effective {
    fn take_file(&mut self, path: &Path) {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(cause) => return self.problems.push(format!("{} cannot be read: {cause}", path.display())),
        };
        let table: toml::Table = match text.parse() {
            Ok(table) => table,
            Err(cause) => return self.problems.push(format!("{} is not TOML: {cause}", path.display())),
        };
        for (key, value) in flat(&table) {
            let text = match value {
                toml::Value::String(text) => text.clone(),
                toml::Value::Integer(number) => number.to_string(),
                toml::Value::Boolean(truth) => truth.to_string(),
                other => other.to_string(),
            };
            self.take(&key, &text, Origin::File(path.to_owned()));
        }
    }

    fn take_variables(&mut self, variables: &[(OsString, OsString)]) {
        for (name, value) in variables {
            let Some(name) = name.to_str().filter(|name| name.starts_with("LIMPIDE_")) else { continue };
            if is_other(name) {
                continue;
            }
            let Some(setting) = SETTINGS.iter().find(|setting| setting.variable() == name) else {
                let near = nearest(name, SETTINGS.iter().map(Setting::variable));
                self.problems.push(format!("There is no setting {name}; did you mean {near}?"));
                continue;
            };
            match value.to_str() {
                Some(text) => self.take(setting.key, text, Origin::Variable(name.to_owned())),
                None => self.problems.push(format!("{name} is not valid UTF-8.")),
            }
        }
    }

    fn take(&mut self, key: &str, text: &str, origin: Origin) {
        let Some(at) = SETTINGS.iter().position(|setting| setting.key == key) else {
            let near = nearest(key, SETTINGS.iter().map(|setting| setting.key.to_owned()));
            self.problems.push(format!("There is no setting `{key}` ({origin}); did you mean `{near}`?"));
            return;
        };
        let setting = &SETTINGS[at];
        let mut changed = self.settings.clone();
        match (setting.of)(&mut changed).read(text) {
            Ok(()) => {
                self.settings = changed;
                self.origins[at] = origin;
            }
            Err(rule) => {
                let text = if setting.form == "SECRET" { "…" } else { text };
                self.problems.push(format!("`{key}` cannot be `{text}` ({origin}): {rule}."));
            }
        }
    }
}

/// The values of a file, with the dotted names of their keys.
fn flat(table: &toml::Table) -> Vec<(String, &toml::Value)> {
    let mut pairs = Vec::new();
    for (key, value) in table {
        match value {
            toml::Value::Table(group) => {
                pairs.extend(group.iter().map(|(name, value)| (format!("{key}.{name}"), value)));
            }
            other => pairs.push((key.clone(), other)),
        }
    }
    pairs
}

/// The known name that shares most pairs of letters with a misspelt one.
fn nearest(name: &str, known: impl Iterator<Item = String>) -> String {
    let pairs = |text: &str| -> Vec<[u8; 2]> {
        let lower = text.to_ascii_lowercase().into_bytes();
        lower.windows(2).map(|pair| [pair[0], pair[1]]).collect()
    };
    let asked = pairs(name);
    let score = |candidate: &String| {
        let theirs = pairs(candidate);
        let shared = asked.iter().filter(|pair| theirs.contains(pair)).count();
        shared * 2000 / (asked.len() + theirs.len()).max(1)
    };
    known.max_by_key(score).unwrap_or_default()
}

/// The settings given on a command line; `SERVER` tells whether the command is the server, which knows all of
/// them. Other commands know where the hub is.
#[derive(Debug, Clone)]
pub(crate) struct Flags<const SERVER: bool> {
    flags: Vec<(&'static str, String)>,
    file: Option<PathBuf>,
}

impl<const SERVER: bool> Flags<SERVER> {
    /// Everything that was given to this process, with its environment.
    pub(crate) fn given(self) -> Given {
        Given { flags: self.flags, file: self.file, variables: std::env::vars_os().collect() }
    }

    fn known() -> impl Iterator<Item = &'static Setting> {
        SETTINGS.iter().filter(|setting| SERVER || setting.matters == Matters::ToAll)
    }
}

impl<const SERVER: bool> clap::Args for Flags<SERVER> {
    fn augment_args(command: Command) -> Command {
        let config = Arg::new("config")
            .long("config")
            .value_name("FILE")
            .value_parser(clap::value_parser!(PathBuf))
            .help(format!("A file of settings [env: LIMPIDE_CONFIG] [default: {FILE}, if it is there]"));
        let mut command = command.next_help_heading("Settings").arg(config);
        for setting in Self::known() {
            if let Some(flag) = setting.flag() {
                command = command.arg(argument(setting, flag));
            }
        }
        command
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

fn argument(setting: &'static Setting, flag: String) -> Arg {
    let default = match (setting.of)(&mut Settings::default()).show() {
        text if text.is_empty() => setting.unset.to_owned(),
        text => text,
    };
    let default = if default.is_empty() { default } else { format!(" [default: {default}]") };
    let help = format!("{} [env: {}]{default}", setting.about, setting.variable());
    Arg::new(setting.key).long(flag).value_name(setting.form).help(help).allow_negative_numbers(true)
}

impl<const SERVER: bool> clap::FromArgMatches for Flags<SERVER> {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let value = |setting: &'static Setting| {
            setting.flag()?;
            Some((setting.key, matches.get_one::<String>(setting.key)?.clone()))
        };
        Ok(Self {
            flags: Self::known().filter_map(value).collect(),
            file: matches.get_one::<PathBuf>("config").cloned(),
        })
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}
