//! A report as one page: no script, nothing loaded from elsewhere, readable on paper and in the dark.

use std::fmt::{self, Display, Write};

use super::{
    belief, degree, distance, grade, headline, name, others, percent, place, readable, severity, status,
    worth,
};
use crate::report::{Contradiction, Evidence, Finding, Grade, Outcome, Part, Report};
use crate::status::Belief;

const STYLE: &str = include_str!("page.css");

/// The report as a page.
pub fn html(report: &Report) -> String {
    let mut out = String::new();
    // Writing to a text cannot fail.
    let _ = write(report, &mut out);
    out
}

fn write(report: &Report, out: &mut String) -> fmt::Result {
    let title = Text(name(&report.subject));
    write!(
        out,
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<meta name=\"referrer\" content=\"no-referrer\">\n\
         <title>Openness of {title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n"
    )?;
    header(report, out)?;
    out.push_str("<main>\n");
    top(report, out)?;
    contradictions(report, out)?;
    advice(report, out)?;
    rubrics(report, out)?;
    criteria(report, out)?;
    attestations(report, out)?;
    details(report, out)?;
    evidence(report, out)?;
    notes(report, out)?;
    out.push_str("</main>\n");
    footer(report, out)?;
    out.push_str("</body>\n</html>\n");
    Ok(())
}

fn header(report: &Report, out: &mut String) -> fmt::Result {
    let subject = &report.subject;
    write!(out, "<header>\n<h1>Openness of <bdi>{}</bdi></h1>\n<p>{}", Text(name(subject)), subject.kind)?;
    if let Some(hub) = &subject.hub {
        write!(out, " on {}", Link(hub))?;
    }
    if let Some(commit) = &subject.commit {
        write!(out, " at commit <code>{}</code>", Text(commit))?;
    }
    out.push_str("</p>\n</header>\n");
    Ok(())
}

/// The three grades, and the distance between them.
fn top(report: &Report, out: &mut String) -> fmt::Result {
    let Some(outcome) = headline(report) else { return Ok(()) };
    out.push_str("<section aria-label=\"Grade\">\n<dl class=\"grades\">\n");
    for level in Belief::ALL {
        let Grade { name, score, label } = outcome.at(level);
        writeln!(
            out,
            "<div class=\"grade g{}\"><dt>{}</dt><dd><b>{}</b> <span>{}</span> <small>{}</small></dd></div>",
            Text(name),
            belief(level),
            Text(name),
            Text(label),
            percent(*score)
        )?;
    }
    writeln!(out, "</dl>\n<p>{}</p>\n</section>", Text(&distance(outcome)))
}

fn contradictions(report: &Report, out: &mut String) -> fmt::Result {
    if report.contradictions.is_empty() {
        return Ok(());
    }
    out.push_str("<section>\n<h2>Claims and bytes that differ</h2>\n<ol class=\"cards\">\n");
    for found in &report.contradictions {
        contradiction(report, found, out)?;
    }
    out.push_str("</ol>\n</section>\n");
    Ok(())
}

fn contradiction(report: &Report, found: &Contradiction, out: &mut String) -> fmt::Result {
    let (rule, criterion) = (Text(&found.rule), found.criterion);
    writeln!(
        out,
        "<li><p><b>{rule}</b> {criterion} {}: {}</p>\n<p>{}</p>\n<dl>",
        criterion.title(),
        severity(found.severity),
        Sentence(&found.remark.text)
    )?;
    if let Some(claim) = report.claims.get(&found.claim) {
        let (quote, at) = (Text(&claim.quote), place(&claim.locator));
        writeln!(out, "<dt>Claim</dt><dd><q>{quote}</q> <small>{}</small></dd>", Text(&at))?;
    }
    for id in &found.counter_evidence {
        if let Some(evidence) = report.evidence.get(id) {
            let shows = Sentence(&evidence.shows.text);
            writeln!(
                out,
                "<dt>Bytes</dt><dd>{shows} <small>{}</small> {}</dd>",
                Text(&place(&evidence.locator)),
                Reference(id)
            )?;
        }
    }
    out.push_str("</dl></li>\n");
    Ok(())
}

fn advice(report: &Report, out: &mut String) -> fmt::Result {
    let advised: Vec<&Finding> =
        report.findings.iter().filter(|finding| !finding.advice.is_empty()).collect();
    if advised.is_empty() {
        return Ok(());
    }
    out.push_str("<section>\n<h2>What would raise the grade</h2>\n<ul>\n");
    for finding in advised {
        for advice in &finding.advice {
            let criterion = finding.criterion;
            writeln!(out, "<li><b>{criterion}</b> {}: {}</li>", criterion.title(), Sentence(&advice.text))?;
        }
    }
    out.push_str("</ul>\n</section>\n");
    Ok(())
}

/// All rubrics side by side.
fn rubrics(report: &Report, out: &mut String) -> fmt::Result {
    if report.grades.is_empty() {
        return Ok(());
    }
    out.push_str("<section>\n<h2>By rubric</h2>\n");
    head(
        out,
        &["rubric", belief(Belief::Verified), belief(Belief::Attested), belief(Belief::Claimed), "gap"],
    )?;
    for outcome in headline(report).into_iter().chain(others(report)) {
        let [verified, attested, claimed] = Belief::ALL.map(|level| grade(outcome.at(level)));
        let (title, gap) = (Text(&outcome.title), outcome.gap / 10);
        writeln!(
            out,
            "<tr><th scope=\"row\">{title}<br><small>{}, version {}</small></th><td>{}</td><td>{}</td><td>{}</td>\
             <td>{gap}</td></tr>",
            Text(&outcome.rubric),
            Text(&outcome.version),
            Text(&verified),
            Text(&attested),
            Text(&claimed)
        )?;
    }
    out.push_str("</tbody></table></div>\n");
    for outcome in report.grades.iter().filter(|outcome| !outcome.notice.is_empty()) {
        writeln!(out, "<p class=\"notice\">{}: {}</p>", Text(&outcome.title), Text(&outcome.notice))?;
    }
    out.push_str("</section>\n");
    Ok(())
}

/// How each rubric comes to its grade.
fn details(report: &Report, out: &mut String) -> fmt::Result {
    if report.grades.is_empty() {
        return Ok(());
    }
    out.push_str("<section>\n<h2>How each rubric comes to its grade</h2>\n");
    for outcome in headline(report).into_iter().chain(others(report)) {
        parts(outcome, out)?;
    }
    out.push_str("</section>\n");
    Ok(())
}

fn parts(outcome: &Outcome, out: &mut String) -> fmt::Result {
    writeln!(out, "<h3>{}</h3>\n<p><small>{}</small></p>", Text(&outcome.title), Text(&outcome.source))?;
    head(out, &["part", belief(Belief::Verified), belief(Belief::Attested), belief(Belief::Claimed)])?;
    for part in &outcome.parts {
        let Part { id, title, source, verified, attested, claimed } = part;
        write!(
            out,
            "<tr><th scope=\"row\">{} <small>{} {}</small></th>",
            Text(title),
            Text(id),
            Text(source)
        )?;
        for value in [*verified, *attested, *claimed] {
            let worth = worth(outcome, value);
            write!(
                out,
                "<td><meter min=\"0\" max=\"1000\" value=\"{value}\" aria-hidden=\"true\"></meter> {worth}</td>"
            )?;
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>\n");
    Ok(())
}

fn criteria(report: &Report, out: &mut String) -> fmt::Result {
    out.push_str("<section>\n<h2>By criterion</h2>\n");
    head(out, &["criterion", "status", "verified", "with claims", "why", "evidence"])?;
    for finding in report.findings.iter().filter(|finding| finding.criterion.concerns(report.subject.kind)) {
        criterion(finding, out)?;
    }
    out.push_str("</tbody></table></div>\n</section>\n");
    Ok(())
}

fn criterion(finding: &Finding, out: &mut String) -> fmt::Result {
    let (code, title) = (finding.criterion, finding.criterion.title());
    let class = finding.status.as_str().replace('/', "");
    write!(
        out,
        "<tr><th scope=\"row\">{code} {title}</th><td><span class=\"status {class}\">{}</span></td><td>{}</td><td>{}</td><td>",
        status(finding),
        degree(finding, Belief::Verified),
        degree(finding, Belief::Claimed)
    )?;
    for remark in &finding.remarks {
        write!(out, "<p>{}</p>", Sentence(&remark.text))?;
    }
    if let Some(base) = &finding.inherited {
        write!(out, "<p>As in {}.</p>", Text(base))?;
    }
    if !finding.searched.is_empty() {
        let searched: Vec<String> =
            finding.searched.iter().map(|scope| Sentence(scope).to_string()).collect();
        write!(out, "<p><small>Searched: {}</small></p>", searched.join("; "))?;
    }
    out.push_str("</td><td>");
    for id in finding.evidence.iter().chain(&finding.counter_evidence) {
        write!(out, "{} ", Reference(id))?;
    }
    out.push_str("</td></tr>\n");
    Ok(())
}

fn attestations(report: &Report, out: &mut String) -> fmt::Result {
    if report.attestations.is_empty() {
        return Ok(());
    }
    out.push_str("<section>\n<h2>Attestations</h2>\n<ul class=\"cards\">\n");
    for shown in &report.attestations {
        let statement = &shown.attestation.statement;
        let (criterion, title) = (statement.criterion, statement.criterion.title());
        writeln!(
            out,
            "<li><p><b>{criterion}</b> {title}, signed by <bdi>{}</bdi>: {}</p>\n<blockquote>{}</blockquote>\n\
             <p><small>{} to {}, key <code>{}</code>{}</small></p></li>",
            Text(&statement.signer),
            shown.standing.as_str(),
            Text(&statement.statement),
            statement.issued,
            statement.expires,
            shown.attestation.key,
            match &statement.answers {
                Some(rule) => format!(", in answer to {}", Text(rule)),
                None => String::new(),
            }
        )?;
    }
    out.push_str("</ul>\n</section>\n");
    Ok(())
}

fn evidence(report: &Report, out: &mut String) -> fmt::Result {
    if report.evidence.is_empty() {
        return Ok(());
    }
    out.push_str("<section>\n<h2>Evidence</h2>\n");
    head(out, &["id", "criterion", "shows", "where", "SHA-256", "by"])?;
    for (id, evidence) in &report.evidence {
        piece(id, evidence, out)?;
    }
    out.push_str("</tbody></table></div>\n</section>\n");
    Ok(())
}

fn piece(id: &str, evidence: &Evidence, out: &mut String) -> fmt::Result {
    let Evidence { criterion, shows, locator, checker, .. } = evidence;
    let id = Text(id);
    write!(
        out,
        "<tr id=\"{id}\"><th scope=\"row\"><code>{id}</code></th><td>{criterion}</td><td>{}</td><td>",
        Sentence(&shows.text)
    )?;
    match &locator.address {
        Some(address) => write!(out, "{}", Link(address))?,
        None => write!(out, "{}", Text(&place(locator)))?,
    }
    out.push_str("</td><td>");
    if let Some(hash) = locator.sha256 {
        write!(out, "<code>{hash}</code>")?;
    }
    if let Some(span) = locator.span {
        write!(out, "<br><small>of the bytes: <code>{}</code></small>", span.sha256)?;
    }
    writeln!(out, "</td><td>{} {}</td></tr>", Text(&checker.name), checker.version)
}

fn notes(report: &Report, out: &mut String) -> fmt::Result {
    if report.notes.is_empty() {
        return Ok(());
    }
    out.push_str("<section>\n<h2>Notes</h2>\n<ul>\n");
    for note in &report.notes {
        writeln!(out, "<li>{}</li>", Sentence(&note.text))?;
    }
    out.push_str("</ul>\n</section>\n");
    Ok(())
}

fn footer(report: &Report, out: &mut String) -> fmt::Result {
    let (made, schema) = (&report.made, Text(&report.schema));
    write!(out, "<footer><p>limpide {}, licences {}, {schema}", Text(&made.checkers), Text(&made.licences))?;
    if let Ok(digest) = crate::digest(report) {
        write!(out, ", report SHA-256 <code>{digest}</code>")?;
    }
    out.push_str("</p></footer>\n");
    Ok(())
}

/// The head of a table, in a frame that scrolls by itself on narrow screens.
fn head(out: &mut String, columns: &[&str]) -> fmt::Result {
    out.push_str("<div class=\"table\"><table><thead><tr>");
    for column in columns {
        write!(out, "<th scope=\"col\">{}</th>", Text(column))?;
    }
    out.push_str("</tr></thead><tbody>\n");
    Ok(())
}

/// Text, with everything escaped that HTML gives a meaning to.
struct Text<'a>(&'a str);

impl Display for Text<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in readable(self.0) {
            match character {
                '&' => out.write_str("&amp;")?,
                '<' => out.write_str("&lt;")?,
                '>' => out.write_str("&gt;")?,
                '"' => out.write_str("&quot;")?,
                '\'' => out.write_str("&#39;")?,
                character => out.write_char(character)?,
            }
        }
        Ok(())
    }
}

/// A sentence of ours: names between backticks stand as code.
struct Sentence<'a>(&'a str);

impl Display for Sentence<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<&str> = self.0.split('`').collect();
        // A name may hold a backtick itself; then nobody knows where names end.
        if parts.len().is_multiple_of(2) {
            return write!(out, "{}", Text(self.0));
        }
        for (at, part) in parts.into_iter().enumerate() {
            match at % 2 {
                0 => write!(out, "{}", Text(part))?,
                _ => write!(out, "<code>{}</code>", Text(part))?,
            }
        }
        Ok(())
    }
}

/// An address: a link where it is one of the web, else text.
struct Link<'a>(&'a str);

impl Display for Link<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = Text(self.0);
        match self.0.starts_with("https://") || self.0.starts_with("http://") {
            true => write!(out, "<a href=\"{text}\" rel=\"noreferrer nofollow\">{text}</a>"),
            false => write!(out, "{text}"),
        }
    }
}

/// The way to a piece of evidence further down.
struct Reference<'a>(&'a str);

impl Display for Reference<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let id = Text(self.0);
        write!(out, "<a href=\"#{id}\"><code>{id}</code></a>")
    }
}
