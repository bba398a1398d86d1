//! `/compare?repo=ada/one&repo=ada/two`: two to five models or datasets side by side.

use askama::Template;
use limpide_hub::{Audited, Error, Readable, Safety};
use limpide_licences::{Permission, Tag};
use limpide_openness::{Criterion, HEADLINE, Report, Status};
use limpide_safety::Level;
use limpide_words::{Kind, RepoId};
use serde_json::Value;

use crate::error::ApiError;
use crate::pages::card::first_text;
use crate::pages::page::{Shown, page};
use crate::pages::repo::level_words;
use crate::pages::repo::openness::status;
use crate::pages::visit::{Frame, Visit};
use crate::pages::words::Words;

/// The most that stand side by side.
const MOST: usize = 5;

#[derive(Template)]
#[template(path = "compare.html")]
struct Compare {
    frame: Frame,
    fields: Vec<Field>,
    kind: Kind,
    problem: String,
    columns: Vec<Column>,
    rows: Vec<Row>,
}

/// A field of the form.
struct Field {
    id: String,
    label: String,
    value: String,
}

struct Column {
    name: String,
    address: String,
}

/// A line of the table: what is compared, and each one's value.
struct Row {
    group: Option<String>,
    name: String,
    cells: Vec<Cell>,
    /// Whether the values differ.
    differs: bool,
}

#[derive(PartialEq, Eq)]
struct Cell {
    text: String,
    class: &'static str,
}

/// One of those that are compared.
struct Side {
    readable: Readable,
    report: Option<Box<Report>>,
    safety: Option<Level>,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let t = visit.words;
    let kind = Kind::from_plural(visit.asked("kind").unwrap_or("models")).unwrap_or(Kind::Model);
    let named: Vec<String> = visit
        .all_asked("repo")
        .map(|name| name.trim().to_owned())
        .filter(|name| !name.is_empty())
        .take(MOST)
        .collect();
    let mut sides = Vec::new();
    let mut problem = String::new();
    for name in &named {
        match side(&visit, kind, name).await {
            Ok(side) => sides.push(side),
            Err(refused)
                if matches!(refused.error(), Error::NotFound(..) | Error::Moved(_) | Error::Invalid(_)) =>
            {
                problem = t.about("compare-missing", "name", name.as_str());
            }
            Err(other) => return Err(other),
        }
    }
    let field = |index: usize| Field {
        id: format!("repo-{index}"),
        label: t.count("compare-field", index as i64 + 1),
        value: named.get(index).cloned().unwrap_or_default(),
    };
    page(&Compare {
        frame: visit.frame(),
        fields: (0..MOST).map(field).collect(),
        columns: sides.iter().map(|side| column(side, kind)).collect(),
        rows: if sides.len() < 2 { Vec::new() } else { rows(&sides, kind, t) },
        kind,
        problem,
    })
}

async fn side(visit: &Visit, kind: Kind, name: &str) -> Result<Side, ApiError> {
    let id: RepoId = name.parse()?;
    let readable = visit.hub.readable(&visit.caller, kind, &id).await?;
    let main = "main".parse()?;
    let report = match visit.hub.openness(&readable, &main).await {
        Ok(Audited::Report(made)) => Some(Box::new(made.report)),
        Ok(Audited::Pending(_)) | Err(Error::NotFound(..)) => None,
        Err(other) => return Err(other.into()),
    };
    let safety = match visit.hub.safety(&readable, &main).await {
        Ok(Safety::Scanned(safety)) => Some(safety.flagged.first().map_or(Level::Clean, |worst| worst.level)),
        Ok(Safety::Pending(_)) | Err(Error::NotFound(..)) => None,
        Err(other) => return Err(other.into()),
    };
    Ok(Side { readable, report, safety })
}

fn column(side: &Side, kind: Kind) -> Column {
    let id = side.readable.repo().id();
    Column { name: id.to_string(), address: format!("/{}{id}", kind.prefix()) }
}

fn rows(sides: &[Side], kind: Kind, t: Words) -> Vec<Row> {
    let row = |group: Option<&str>, name: String, value: &dyn Fn(&Side) -> Cell| {
        let cells: Vec<Cell> = sides.iter().map(value).collect();
        let differs = cells.windows(2).any(|pair| pair[0] != pair[1]);
        Row { group: group.map(|group| t.say(group)), name, cells, differs }
    };
    let plain = |text: String| Cell { text, class: "" };
    let mut rows = vec![
        row(Some("compare-facts"), t.say("grade"), &|side| plain(grade(side, t))),
        row(None, t.say("parameters"), &|side| plain(parameters(side, t))),
        row(None, t.say("fact-size"), &|side| plain(t.size(side.readable.repo().size))),
        row(None, t.say("fact-safety"), &|side| safety(side, t)),
        row(Some("compare-licence"), t.say("fact-licence"), &|side| plain(licence_name(side))),
        row(None, t.say("right-commercial"), &|side| right(side, t, |terms| terms.commercial)),
        row(None, t.say("right-change"), &|side| right(side, t, |terms| yes(terms.derivatives))),
        row(None, t.say("right-share"), &|side| right(side, t, |terms| yes(terms.redistribution))),
        row(None, t.say("right-any-use"), &|side| {
            right(side, t, |terms| yes(!terms.field_of_use && !terms.research_only))
        }),
        row(None, t.say("right-train"), &|side| right(side, t, |terms| terms.outputs_may_train)),
    ];
    let mut group = Some("criteria");
    for criterion in Criterion::ALL.iter().copied().filter(|criterion| criterion.concerns(kind)) {
        let title = t.say(&format!("criterion-{}", criterion.code().to_lowercase()));
        rows.push(row(group.take(), format!("{} · {title}", criterion.code()), &|side| {
            finding(side, criterion, t)
        }));
    }
    rows
}

fn grade(side: &Side, t: Words) -> String {
    let headline = side.report.as_ref().and_then(|report| report.grade(HEADLINE));
    headline.map_or_else(
        || t.say("not-audited"),
        |outcome| format!("{} · {}", outcome.verified.name, t.named("rubric-label", &outcome.verified.label)),
    )
}

fn parameters(side: &Side, t: Words) -> String {
    let known = side.report.as_ref().and_then(|report| report.facts.parameters.as_ref());
    known.map_or_else(|| "–".to_owned(), |parameters| t.short(parameters.total as i64))
}

fn safety(side: &Side, t: Words) -> Cell {
    let (key, class) = side.safety.map_or(("safety-pending", ""), level_words);
    Cell { text: t.say(key), class }
}

fn licence_tag(side: &Side) -> Option<String> {
    let fields: Value = serde_json::from_str(&side.readable.repo().card).unwrap_or_default();
    first_text(&fields["license"])
}

fn licence_name(side: &Side) -> String {
    licence_tag(side).unwrap_or_else(|| "–".to_owned())
}

fn yes(permitted: bool) -> Permission {
    if permitted { Permission::Yes } else { Permission::No }
}

/// What the licence of the card says to a right.
fn right(side: &Side, t: Words, of: impl Fn(&limpide_licences::Terms) -> Permission) -> Cell {
    let tag = licence_tag(side).map(|tag| Tag::parse(&tag));
    let licences = tag.as_ref().map(Tag::licences).unwrap_or_default();
    let terms = match licences[..] {
        [licence] => licence.terms.as_ref(),
        _ => None,
    };
    let (key, class) = match terms.map(of) {
        Some(Permission::Yes) => ("degree-full", "level-clean"),
        Some(Permission::Conditional) => ("on-conditions", "level-partial"),
        Some(Permission::No) => ("degree-none", "level-malicious"),
        None => ("degree-unknown", ""),
    };
    Cell { text: t.say(key), class }
}

fn finding(side: &Side, criterion: Criterion, t: Words) -> Cell {
    let known = side.report.as_ref().and_then(|report| report.finding(criterion));
    let (key, class) = status(known.map_or(Status::Unchecked, |finding| finding.status));
    Cell { text: t.say(key), class }
}
