//! `/administration/work`: what is done in the background, and what came to nothing.

use askama::Template;
use limpide_hub::ListedJob;

use crate::pages::administration::{ASKED, Section, cut, tabs};
use crate::pages::list::address;
use crate::pages::new::Choice;
use crate::pages::page::{Shown, page};
use crate::pages::repo::Tab;
use crate::pages::visit::{Frame, Visit};

#[derive(Template)]
#[template(path = "administration/work.html")]
struct Work {
    frame: Frame,
    tabs: Vec<Tab>,
    figures: Vec<(String, String, String)>,
    states: Vec<Choice>,
    jobs: Vec<Row>,
    more: Option<String>,
}

struct Row {
    work: String,
    repo: String,
    root: String,
    state: String,
    class: &'static str,
    attempts: String,
    progress: String,
    error: String,
    since: String,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    visit.caller.administrator()?;
    let t = visit.words;
    let state = visit.asked("state").filter(|state| !state.is_empty());
    let before = visit.asked("before");
    let (jobs, goes_on) = cut(visit.hub.jobs_before(&visit.caller, state, before, ASKED).await?);
    let last = jobs.last().filter(|_| goes_on).map(|job| job.id.clone());
    let row = |job: &ListedJob| {
        let repo = format!("{}/{}", job.owner, job.name);
        Row {
            work: t.named("work", &job.work),
            root: format!("/{}{repo}", job.kind.prefix()),
            repo,
            state: t.named("state", &job.state),
            class: if job.state == "failed" { "level-malicious" } else { "level-clean" },
            attempts: t.number(job.attempts),
            progress: job.progress.clone(),
            error: job.error.clone().unwrap_or_default(),
            since: t.moment(job.created),
        }
    };
    let choice = |(value, label): (&str, &str)| Choice {
        value: value.to_owned(),
        label: t.say(label),
        is_chosen: value == state.unwrap_or_default(),
    };
    let figures = visit.hub.job_figures().await?;
    let figure = |figure: &limpide_hub::JobFigure| {
        (t.named("work", &figure.kind), t.named("state", &figure.state), t.number(figure.jobs))
    };
    page(&Work {
        frame: visit.frame(),
        tabs: tabs(Section::Work, t),
        figures: figures.iter().map(figure).collect(),
        states: [
            ("", "work-all"),
            ("waiting", "state-waiting"),
            ("running", "state-running"),
            ("failed", "state-failed"),
        ]
        .map(choice)
        .into(),
        jobs: jobs.iter().map(row).collect(),
        more: last.map(|last| {
            let pairs = [("state", state.unwrap_or_default()), ("before", last.as_str())];
            address("/administration/work", pairs.into_iter())
        }),
    })
}
