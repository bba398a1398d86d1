//! Findings for people on a terminal: the worst files first, and why.

use std::collections::BTreeMap;
use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use limpide_safety::{Level, Reason, Scan, Verdict, What};

use super::{Findings, Found, Seen, not_looked_at};
use crate::page::{Page, bytes, counted, plain};

/// Reasons that are shown of a file, unless all are asked for.
const MOST_REASONS: usize = 5;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// The findings as text. Styles are written as escapes; whoever prints leaves them out where there is no terminal.
pub(super) fn of(findings: &Findings, page: &Page) -> String {
    let mut out = String::new();
    let mut files: Vec<&Found> = findings.files.iter().collect();
    files.sort_by_key(|file| std::cmp::Reverse(file.level));
    for file in files.iter().filter(|file| is_shown(file, page)) {
        one(file, page, &mut out);
    }
    if !out.is_empty() {
        out.push('\n');
    }
    summary(findings, page, &mut out);
    out
}

/// What is clean is not in the way, unless it was not looked at by all who were asked.
fn is_shown(file: &Found, page: &Page) -> bool {
    let unlooked = matches!(&file.seen, Seen::Scanned { scan, .. } if not_looked_at(scan).is_some());
    file.level > Level::Clean || unlooked || page.verbose
}

fn one(file: &Found, page: &Page, out: &mut String) {
    let (style, word) = look(file.level);
    page.line(0, &format!("{style}{word}{style:#}  {BOLD}{}{BOLD:#}", plain(&file.path)), out);
    match &file.seen {
        Seen::Unread { error } => page.line(4, &format!("not scanned: {}", plain(error)), out),
        Seen::Scanned { scan, verdict } => {
            reasons(verdict, page, out);
            if let Some(why) = not_looked_at(scan) {
                page.line(4, &format!("not looked at by the virus scanner: {}", plain(why)), out);
            }
            if page.verbose {
                seen(scan, page, out);
            }
        }
    }
}

fn reasons(verdict: &Verdict, page: &Page, out: &mut String) {
    let most = if page.verbose { usize::MAX } else { MOST_REASONS };
    for reason in verdict.reasons.iter().take(most) {
        page.line(4, &format!("{}{DIM}{}{DIM:#}", reason.says, place(reason)), out);
    }
    let left = verdict.reasons.len().saturating_sub(most);
    if left > 0 {
        page.line(
            4,
            &format!("{DIM}and {} more: --verbose shows them{DIM:#}", counted(left as u64, "reason")),
            out,
        );
    }
}

/// ` os.system, in `data.pkl` at byte 12`.
fn place(reason: &Reason) -> String {
    let mut words = String::new();
    if let Some(event) = &reason.event {
        let name = subject(&event.what);
        if !name.is_empty() {
            words = format!(" {}", plain(&name));
        }
    }
    let (member, at) = match (&reason.event, &reason.gap) {
        (Some(event), _) => (event.member.as_deref(), event.at),
        (None, Some(gap)) => (gap.member.as_deref(), gap.begin),
        (None, None) => return words,
    };
    let member = member.map(|member| format!(" in {}", plain(member))).unwrap_or_default();
    // A text here is a `String`: writing to it does not fail.
    _ = write!(words, "{member} at byte {at}");
    words
}

/// What an event is about, by name.
fn subject(what: &What) -> String {
    match what {
        What::Import { module, name } => format!("{module}.{name}"),
        What::Call { callee, arguments, .. } => format!("{callee}({})", arguments.join(", ")),
        What::Patch { target, .. } | What::Method { target, .. } => target.clone(),
        What::Structure { kind } | What::Executable { kind } => kind.clone(),
        What::Member { path, .. } | What::Reference { path, .. } | What::Capability { path, .. } => {
            path.clone()
        }
        What::Template { text, .. } => text.clone(),
        What::Target { name, .. } | What::Operation { name, .. } | What::Virus { name } => name.clone(),
        What::Secret { rule } => rule.clone(),
        What::DynamicName | What::Extension { .. } | What::PersistentId { .. } | What::TensorOutOfBounds => {
            String::new()
        }
    }
}

/// What the file is, and how much of it was understood.
fn seen(scan: &Scan, page: &Page, out: &mut String) {
    let account = match scan.account.is_whole() {
        true => "all of it understood".to_owned(),
        false => format!("{} understood", bytes(scan.account.accounted)),
    };
    let events = counted(scan.events.len() as u64, "thing");
    page.line(
        4,
        &format!("{DIM}{}, {}, {account}, {events} seen{DIM:#}", scan.format, bytes(scan.size)),
        out,
    );
    if let Some(engine) = scan.antivirus.as_ref().and_then(|antivirus| antivirus.engine.as_deref()) {
        page.line(4, &format!("{DIM}asked {}{DIM:#}", plain(engine)), out);
    }
}

fn summary(findings: &Findings, page: &Page, out: &mut String) {
    let mut counts: BTreeMap<Level, u64> = BTreeMap::new();
    for file in &findings.files {
        *counts.entry(file.level).or_default() += 1;
    }
    let counts: Vec<String> = counts
        .iter()
        .rev()
        .map(|(level, count)| {
            let (style, word) = look(*level);
            format!("{count} {style}{word}{style:#}")
        })
        .collect();
    let files = counted(findings.files.len() as u64, "file");
    page.line(0, &format!("{files}: {}", counts.join(", ")), out);
    let policy = &findings.policy;
    page.line(
        0,
        &format!("{DIM}rules {} ({}){DIM:#}", policy.version, &policy.sha256[..12.min(policy.sha256.len())]),
        out,
    );
}

fn look(level: Level) -> (Style, &'static str) {
    let style = |color: AnsiColor| Style::new().bold().fg_color(Some(color.into()));
    match level {
        Level::Clean => (style(AnsiColor::Green), "clean"),
        Level::NeedsReview => (style(AnsiColor::Cyan), "needs review"),
        Level::Partial => (style(AnsiColor::Yellow), "partial"),
        Level::Suspicious => (style(AnsiColor::Yellow), "suspicious"),
        Level::Malicious => (style(AnsiColor::Red), "malicious"),
    }
}
