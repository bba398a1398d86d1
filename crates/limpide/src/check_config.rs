//! `limpide check-config`: the settings in force, each with its origin, and whatever is wrong.
//! What it prints is a file of settings again.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::ExitCode;

use anyhow::Result;

use crate::settings::{Effective, Flags, SETTINGS, load};

pub(crate) fn run(flags: Flags<true>) -> Result<ExitCode> {
    let effective = load(&flags.given());
    let mut out = std::io::stdout().lock();
    out.write_all(written(&effective).as_bytes())?;
    for problem in &effective.problems {
        writeln!(std::io::stderr(), "{problem}")?;
    }
    Ok(if effective.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The settings as TOML. Those without a value, and secrets, are commented out.
fn written(effective: &Effective) -> String {
    let mut text = String::new();
    let mut settings = effective.settings.clone();
    // In TOML, what has no group comes first; then the groups, in their order.
    let group = |key: &str| key.split_once('.').map_or(String::new(), |(group, _)| group.to_owned());
    let mut groups: Vec<String> = Vec::new();
    for setting in SETTINGS {
        if !groups.contains(&group(setting.key)) {
            groups.push(group(setting.key));
        }
    }
    groups.sort_by_key(|name| !name.is_empty());
    for name in groups {
        if !name.is_empty() {
            _ = writeln!(text, "\n[{name}]");
        }
        for (setting, origin) in SETTINGS.iter().zip(&effective.origins) {
            if group(setting.key) == name {
                let value = (setting.of)(&mut settings);
                let hidden =
                    if value.show() == value.write() && !value.write().is_empty() { "" } else { "# " };
                let key = setting.key.rsplit('.').next().unwrap_or_default();
                _ = writeln!(text, "{hidden}{key} = {}  # {origin}", bare_or_quoted(value.show()));
            }
        }
    }
    text
}

/// Numbers and truths are written bare, all else in quotes.
fn bare_or_quoted(text: String) -> toml::Value {
    let number = text.parse().map(toml::Value::Integer);
    let truth = || text.parse().map(toml::Value::Boolean);
    number.or_else(|_| truth()).unwrap_or(toml::Value::String(text))
}
