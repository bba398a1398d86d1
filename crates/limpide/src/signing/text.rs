//! What was signed, and what a signature covers, for people.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use anstyle::{AnsiColor, Style};
use limpide_signing::{
    Bundle, Changed, Coverage, IgnoredPath, Manifest, Material, Order, Signer, Uncovered, Verified, Why,
};

use super::verify::Outcome;
use crate::page::{bytes, counted, plain};

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();
const GOOD: Style = AnsiColor::Green.on_default().bold();
const BAD: Style = AnsiColor::Red.on_default().bold();

/// Paths that are shown of each kind; the JSON form has all.
const SHOWN: usize = 20;

/// What was signed.
pub(super) fn signed(manifest: &Manifest, bundle: &Bundle, size: u64, output: &Path) -> String {
    let mut out = String::new();
    let files = counted(manifest.resources().len() as u64, "file");
    line(
        &mut out,
        &format!("{GOOD}signed{GOOD:#} {files}, {}, in {}", bytes(size), plain(&output.to_string_lossy())),
    );
    match bundle.material() {
        Material::Key(Some(hint)) => field(&mut out, "key", hint),
        Material::Key(None) | Material::Keyless(_) => {}
        Material::Certificates(_) => field(&mut out, "with", "the certificate that was given"),
    }
    root(&mut out, manifest);
    let ignored: Vec<String> =
        manifest.serialization().ignored.iter().map(|rule| plain(rule.as_str())).collect();
    field(&mut out, "not covered", &ignored.join(", "));
    out
}

/// Whether a folder is as it was signed.
pub(super) fn verified(outcome: &Outcome, folder: &Path) -> String {
    let mut out = String::new();
    let folder = plain(&folder.to_string_lossy());
    match outcome {
        Err(refused) => {
            line(&mut out, &format!("{BAD}not verified{BAD:#}: {folder}"));
            line(&mut out, &format!("  {}", plain(&refused.to_string())));
        }
        Ok((verified, coverage)) => {
            line(&mut out, &verdict(coverage, &folder));
            signer(&mut out, &verified.signer);
            root(&mut out, &verified.manifest);
            differences(&mut out, verified, coverage);
            uncovered(&mut out, coverage);
        }
    }
    out
}

fn verdict(coverage: &Coverage, folder: &str) -> String {
    let signed = coverage.covered.len() + coverage.changed.len() + coverage.missing.len();
    if coverage.holds() {
        let files = counted(coverage.covered.len() as u64, "file");
        return format!("{GOOD}verified{GOOD:#}: {BOLD}{folder}{BOLD:#} is as it was signed, {files}");
    }
    if signed == 0 {
        return format!("{BAD}not verified{BAD:#}: the signature covers no file of {BOLD}{folder}{BOLD:#}");
    }
    let parts = [
        (coverage.changed.len(), "changed"),
        (coverage.missing.len(), "missing"),
        (coverage.extra.len(), "not signed"),
        (coverage.not_files.len(), "no file"),
    ];
    let parts: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    format!("{BAD}not verified{BAD:#}: {BOLD}{folder}{BOLD:#} is not as it was signed: {}", parts.join(", "))
}

fn signer(out: &mut String, signer: &Signer) {
    match signer {
        Signer::Key { kind, hint } => field(out, "signed by", &format!("the {kind} key {hint}")),
        Signer::Certificate { kind, identity } => {
            field(out, "signed by", &format!("{}, with a {kind} key", plain(&identity.subject)));
            if !identity.names.is_empty() {
                field(out, "names", &plain(&identity.names.join(", ")));
            }
            let days = format!("from {} until {}", identity.from, identity.until);
            field(out, "certified by", &format!("{}, {days}", plain(&identity.issuer)));
        }
        Signer::Sigstore { identity, issuer, at } => {
            let at = at.map(|at| format!(", on {at}")).unwrap_or_default();
            field(out, "signed by", &format!("{}, signed in at {}{at}", plain(identity), plain(issuer)));
        }
    }
}

fn root(out: &mut String, manifest: &Manifest) {
    let algorithm = manifest.serialization().algorithm;
    field(out, "root", &format!("{} over the {algorithm} of each file", manifest.root()));
}

fn differences(out: &mut String, verified: &Verified, coverage: &Coverage) {
    let Coverage { changed, missing, extra, not_files, .. } = coverage;
    let differ = |Changed { path, signed, found }: &Changed| {
        format!("{}\n{:16}signed {signed}\n{:16}found  {found}", plain(path), "", "")
    };
    listed(out, "changed", changed.iter().map(differ));
    listed(out, "missing", missing.iter().map(|path| plain(path)));
    listed(out, "not signed", extra.iter().map(|path| plain(path)));
    listed(
        out,
        "no file",
        not_files.iter().map(|path| format!("{}: a link, a pipe or the like", plain(path))),
    );
    if verified.manifest.order() == Order::Other {
        field(out, "order", "the signer listed the files in another order than is usual");
    }
}

/// What nobody vouches for. What the signer left out is counted by the path that leaves it out.
fn uncovered(out: &mut String, coverage: &Coverage) {
    let mut by_rule: BTreeMap<&str, u64> = BTreeMap::new();
    let mut lines = Vec::new();
    for Uncovered { path, why } in &coverage.uncovered {
        match why {
            Why::Signature => lines.push(format!("{}: the signature itself", plain(path))),
            Why::Reader => lines.push(format!("{}: you left it out", plain(path))),
            Why::Signer => {
                let rule = coverage.ignored.iter().find(|rule| rule.covers(path));
                *by_rule.entry(rule.map_or("", IgnoredPath::as_str)).or_default() += 1;
            }
        }
    }
    for (rule, count) in by_rule {
        lines.push(format!("{}: the signer left it out, {} here", plain(rule), counted(count, "file")));
    }
    listed(out, "not covered", lines.into_iter());
}

fn listed(out: &mut String, title: &str, lines: impl Iterator<Item = String>) {
    let (mut title, mut more) = (title, 0);
    for (at, text) in lines.enumerate() {
        match at < SHOWN {
            true => field(out, std::mem::take(&mut title), &text),
            false => more += 1,
        }
    }
    if more > 0 {
        field(out, "", &format!("{DIM}and {more} more; --format json lists all{DIM:#}"));
    }
}

fn field(out: &mut String, title: &str, text: &str) {
    line(out, &format!("  {title:<14}{text}"));
}

fn line(out: &mut String, text: &str) {
    // Writing to a string does not fail.
    _ = writeln!(out, "{text}");
}
