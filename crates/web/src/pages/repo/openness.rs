//! `…/openness`: what a repository claims, what its bytes show, and where the two differ; criterion by criterion.

use askama::Template;
use limpide_hub::{Audited, Made, Past, Pending};
use limpide_openness::{
    AttestationStanding, Belief, Claim, Contradiction, Degree, Evidence, Finding, HEADLINE, Locator, Outcome,
    Report, Severity, Shown as ShownAttestation, Status,
};
use limpide_words::Kind;

use crate::pages::chart;
use crate::pages::page::{Shown, page};
use crate::pages::repo::{Head, Place, Section, path_segments};
use crate::pages::visit::{Frame, Visit};
use crate::pages::words::{Words, with_code};

#[derive(Template)]
#[template(path = "repo/openness.html")]
struct OpennessPage {
    frame: Frame,
    head: Head,
    state: State,
    history: Vec<HistoryRow>,
    api: String,
    again: Option<String>,
}

/// What is known of the commit.
enum State {
    Report(Box<View>),
    Pending(Progress),
}

/// How far background work is.
pub(crate) struct Progress {
    pub(crate) message: &'static str,
    pub(crate) progress: String,
    pub(crate) since: String,
    pub(crate) is_given_up: bool,
}

/// A report, in the visitor's language.
struct View {
    commit: String,
    made: String,
    digest: String,
    is_stale: bool,
    distance: String,
    levels: Vec<Level>,
    contradictions: Vec<ContradictionView>,
    advice: Vec<Advice>,
    rubrics: Vec<RubricView>,
    criteria: Vec<CriterionView>,
    attestations: Vec<AttestationView>,
}

struct Level {
    belief: String,
    letter: String,
    label: String,
    percent: String,
}

struct ContradictionView {
    rule: String,
    severity: String,
    class: &'static str,
    criterion: String,
    says: String,
    claim: Option<Quoted>,
    evidence: Vec<Quoted>,
}

/// Something that stands somewhere: a sentence or a quotation, and a link to the very bytes.
struct Quoted {
    /// As HTML.
    text: String,
    is_quote: bool,
    place: String,
    address: Option<String>,
}

struct Advice {
    criterion: String,
    says: String,
}

struct RubricView {
    title: String,
    version: String,
    source: String,
    grades: [String; 3],
    meter: String,
    notice: String,
    parts: Vec<PartView>,
}

struct PartView {
    title: String,
    values: [String; 3],
}

struct CriterionView {
    code: &'static str,
    title: String,
    about: String,
    status: String,
    class: &'static str,
    degrees: [String; 3],
    remarks: Vec<String>,
    claims: Vec<Quoted>,
    evidence: Vec<Quoted>,
    counter: Vec<Quoted>,
    inherited: Option<String>,
}

struct AttestationView {
    signer: String,
    criterion: String,
    statement: String,
    standing: String,
    until: String,
}

struct HistoryRow {
    date: String,
    title: String,
    address: String,
    grade: String,
    verified: String,
    claimed: String,
    contradictions: String,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let (place, t) = (Place::of(&visit).await?, visit.words);
    let head = Head::of(&visit, &place, Section::Openness).await?;
    let state = match visit.hub.openness(&place.readable, &place.revision).await? {
        Audited::Report(made) => State::Report(Box::new(View::of(&made, &place, t))),
        Audited::Pending(pending) => {
            State::Pending(Progress::of(&pending, "audit-pending", "audit-failed", t))
        }
    };
    let (past, _) = visit.hub.openness_history(&place.readable, None).await?;
    page(&OpennessPage {
        frame: visit.frame(),
        history: past.iter().map(|past| HistoryRow::of(past, &place, t)).collect(),
        api: format!(
            "/api/{}/{}/openness/{}",
            place.kind.plural(),
            place.id,
            crate::pages::repo::segment(place.revision.as_str())
        ),
        again: head.may_write.then(|| place.address("openness", "")),
        head,
        state,
    })
}

/// `POST …/openness/{revision}`: once more.
pub(crate) async fn again(visit: Visit) -> Shown {
    let place = Place::of(&visit).await?;
    let back = place.address("openness", "");
    let (call, _) = visit.form().await?;
    let writable = call.hub.writable(&call.caller, place.kind, &place.id).await?;
    call.hub.audit_anew(&writable, &place.revision).await?;
    crate::pages::page::see(&back)
}

impl Progress {
    pub(crate) fn of(pending: &Pending, waits: &'static str, failed: &'static str, t: Words) -> Self {
        let is_given_up = pending.is_given_up();
        Self {
            message: if is_given_up { failed } else { waits },
            progress: pending.progress.clone(),
            since: t.moment(pending.since),
            is_given_up,
        }
    }
}

impl View {
    fn of(made: &Made, place: &Place, t: Words) -> Self {
        let report = &made.report;
        let reader = Reader { report, place, t };
        let headline = report.grade(HEADLINE);
        Self {
            commit: report.subject.commit.clone().unwrap_or_default(),
            made: t.moment(made.created),
            digest: made.digest.to_string(),
            is_stale: made.is_stale,
            distance: headline.map(|outcome| distance(outcome, t)).unwrap_or_default(),
            levels: headline.map(|outcome| levels(outcome, t)).unwrap_or_default(),
            contradictions: report.contradictions.iter().map(|found| reader.contradiction(found)).collect(),
            advice: reader.advice(),
            rubrics: report.grades.iter().map(|outcome| rubric(outcome, t)).collect(),
            criteria: report.findings.iter().map(|finding| reader.criterion(finding)).collect(),
            attestations: report.attestations.iter().map(|shown| reader.attestation(shown)).collect(),
        }
    }
}

fn distance(outcome: &Outcome, t: Words) -> String {
    match outcome.gap {
        0 => t.say("no-distance"),
        gap => t.count("distance", gap / 10),
    }
}

fn belief(belief: Belief) -> &'static str {
    match belief {
        Belief::Verified => "belief-verified",
        Belief::Attested => "belief-attested",
        Belief::Claimed => "belief-claimed",
    }
}

fn levels(outcome: &Outcome, t: Words) -> Vec<Level> {
    let level = |level: Belief| {
        let grade = outcome.at(level);
        Level {
            belief: t.say(belief(level)),
            letter: grade.name.clone(),
            label: t.named("rubric-label", &grade.label),
            percent: t.percent(grade.score),
        }
    };
    Belief::ALL.into_iter().map(level).collect()
}

fn rubric(outcome: &Outcome, t: Words) -> RubricView {
    let key = |rest: &str| format!("rubric-{}-{rest}", crate::pages::words::slug(&outcome.rubric));
    let written = |level: Belief| {
        let grade = outcome.at(level);
        match grade.label.as_str() {
            "" => t.named("rubric-label", &grade.name),
            label => format!("{} · {}", grade.name, t.named("rubric-label", label)),
        }
    };
    let [verified, attested, claimed] = Belief::ALL.map(|level| i64::from(outcome.at(level).score));
    let says = t.about_both(
        "verified-and-claimed",
        ("verified", &t.percent(verified)),
        ("claimed", &t.percent(claimed)),
    );
    RubricView {
        title: t.or(&key("title"), &outcome.title),
        version: outcome.version.clone(),
        source: outcome.source.clone(),
        grades: Belief::ALL.map(written),
        meter: chart::meter(verified, attested, claimed, &says),
        notice: t.or(&key("notice"), &outcome.notice),
        parts: outcome
            .parts
            .iter()
            .map(|part| PartView {
                title: t.or(&key(&format!("part-{}", crate::pages::words::slug(&part.id))), &part.title),
                values: [part.verified, part.attested, part.claimed].map(|value| t.percent(value)),
            })
            .collect(),
    }
}

/// Reads a report aloud.
struct Reader<'a> {
    report: &'a Report,
    place: &'a Place,
    t: Words,
}

impl Reader<'_> {
    fn criterion(&self, finding: &Finding) -> CriterionView {
        let (criterion, t) = (finding.criterion, self.t);
        let key = criterion.code().to_lowercase();
        let (status, class) = status(finding.status);
        let evidence = |ids: &[String]| {
            ids.iter()
                .filter_map(|id| self.report.evidence.get(id))
                .map(|evidence| self.evidence(evidence))
                .collect()
        };
        CriterionView {
            code: criterion.code(),
            title: self.title(finding),
            about: t.say(&format!("criterion-{key}-about")),
            status: if finding.probable {
                t.about("status-probable", "status", t.say(status))
            } else {
                t.say(status)
            },
            class,
            degrees: Belief::ALL.map(|level| t.say(degree(finding.extent.at(level), finding.status))),
            remarks: finding.remarks.iter().map(|remark| with_code(&t.remark(remark))).collect(),
            claims: finding
                .claims
                .iter()
                .filter_map(|id| self.report.claims.get(id))
                .map(|claim| self.claim(claim))
                .collect(),
            evidence: evidence(&finding.evidence),
            counter: evidence(&finding.counter_evidence),
            inherited: finding.inherited.clone(),
        }
    }

    fn title(&self, finding: &Finding) -> String {
        self.t.say(&format!("criterion-{}", finding.criterion.code().to_lowercase()))
    }

    fn contradiction(&self, found: &Contradiction) -> ContradictionView {
        let (severity, class) = match found.severity {
            Severity::Proves => ("severity-proves", "proves"),
            Severity::Suggests => ("severity-suggests", "suggests"),
        };
        let evidence = found.counter_evidence.iter().filter_map(|id| self.report.evidence.get(id));
        ContradictionView {
            rule: found.rule.clone(),
            severity: self.t.say(severity),
            class,
            criterion: self.t.say(&format!("criterion-{}", found.criterion.code().to_lowercase())),
            says: with_code(&self.t.remark(&found.remark)),
            claim: self.report.claims.get(&found.claim).map(|claim| self.claim(claim)),
            evidence: evidence.map(|evidence| self.evidence(evidence)).collect(),
        }
    }

    fn advice(&self) -> Vec<Advice> {
        let of = |finding: &Finding| {
            let criterion = format!("{} · {}", finding.criterion.code(), self.title(finding));
            let advice =
                |remark| Advice { criterion: criterion.clone(), says: with_code(&self.t.remark(remark)) };
            finding.advice.iter().map(advice).collect::<Vec<_>>()
        };
        self.report.findings.iter().flat_map(of).collect()
    }

    fn claim(&self, claim: &Claim) -> Quoted {
        let text = if claim.quote.is_empty() { claim.value.clone() } else { claim.quote.clone() };
        self.quoted(chart::escaped(&text), true, &claim.locator)
    }

    fn evidence(&self, evidence: &Evidence) -> Quoted {
        self.quoted(with_code(&self.t.remark(&evidence.shows)), false, &evidence.locator)
    }

    fn quoted(&self, text: String, is_quote: bool, locator: &Locator) -> Quoted {
        let mut words: Vec<String> = Vec::new();
        words.extend(locator.repository.clone());
        words.extend(locator.path.clone());
        words.extend(locator.address.clone());
        let mut place = words.join(" ");
        if let Some(span) = locator.span {
            let (start, end) = (self.t.number(span.start as i64), self.t.number(span.end as i64));
            place = format!("{place} {}", self.t.about_both("byte-span", ("start", &start), ("end", &end)));
        }
        Quoted { text, is_quote, place: place.trim().to_owned(), address: self.address(locator) }
    }

    /// Where the bytes can be seen: on this hub at the very commit, or elsewhere at an address of the web.
    fn address(&self, locator: &Locator) -> Option<String> {
        if let Some(path) = &locator.path {
            let (root, commit) = match (&locator.repository, &locator.commit) {
                (None, _) => (self.place.root(), self.report.subject.commit.as_ref()?),
                (Some(repository), Some(commit)) => (root_of(repository)?, commit),
                (Some(_), None) => return None,
            };
            let span = locator
                .span
                .map(|span| format!("?bytes={}-{}#bytes", span.start, span.end))
                .unwrap_or_default();
            return Some(format!("{root}/blob/{commit}/{}{span}", path_segments(path)));
        }
        locator
            .address
            .clone()
            .filter(|address| address.starts_with("https://") || address.starts_with("http://"))
    }

    fn attestation(&self, shown: &ShownAttestation) -> AttestationView {
        let statement = &shown.attestation.statement;
        let standing = match shown.standing {
            AttestationStanding::Valid => "standing-valid",
            AttestationStanding::Beside => "standing-beside",
            AttestationStanding::Expired => "standing-expired",
            _ => "standing-none",
        };
        AttestationView {
            signer: statement.signer.clone(),
            criterion: self.t.say(&format!("criterion-{}", statement.criterion.code().to_lowercase())),
            statement: statement.statement.clone(),
            standing: self.t.say(standing),
            until: self.t.date(statement.expires),
        }
    }
}

/// The pages of a repository that a report names, such as `model:ada/base`.
fn root_of(repository: &str) -> Option<String> {
    let (kind, id) = repository.split_once(':').unwrap_or(("model", repository));
    let kind = Kind::ALL.into_iter().find(|known| known.as_str() == kind)?;
    let id: limpide_words::RepoId = id.parse().ok()?;
    Some(format!("/{}{id}", kind.prefix()))
}

/// The message for a status, and its class.
pub(crate) fn status(status: Status) -> (&'static str, &'static str) {
    match status {
        Status::Contradicted => ("status-contradicted", "contradicted"),
        Status::Verified => ("status-verified", "verified"),
        Status::Attested => ("status-attested", "attested"),
        Status::Claimed => ("status-claimed", "claimed"),
        Status::Missing => ("status-missing", "missing"),
        Status::Unchecked => ("status-unchecked", "unchecked"),
        Status::NotApplicable => ("status-not-applicable", "not-applicable"),
    }
}

fn degree(degree: Degree, status: Status) -> &'static str {
    match (degree, status) {
        (Degree::None, Status::NotApplicable | Status::Unchecked) => "degree-unknown",
        (Degree::None, _) => "degree-none",
        (Degree::Partial, _) => "degree-partial",
        (Degree::Full, _) => "degree-full",
    }
}

impl HistoryRow {
    fn of(past: &Past, place: &Place, t: Words) -> Self {
        Self {
            date: t.date(past.date),
            title: past.title.clone(),
            address: format!("{}/openness/{}", place.root(), past.commit_id),
            grade: past.grade.clone(),
            verified: t.percent(past.verified),
            claimed: t.percent(past.claimed),
            contradictions: t.number(past.contradictions),
        }
    }
}
