//! `/settings/sessions`: where somebody is signed in.

use askama::Template;
use limpide_hub::{Error, Session};

use crate::pages::note::{Note, no_such_act};
use crate::pages::page::{Shown, page, see};
use crate::pages::repo::Tab;
use crate::pages::settings::{Section, tabs};
use crate::pages::visit::{Frame, Visit};
use crate::pages::words::Words;

/// How browsers and systems call themselves, and what people call them. The first that fits counts: most browsers name
/// others, too.
const BROWSERS: [(&str, &str); 7] = [
    ("Firefox/", "Firefox"),
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
    ("curl/", "curl"),
];
const SYSTEMS: [(&str, &str); 6] = [
    ("Android", "Android"),
    ("iPhone", "iOS"),
    ("iPad", "iPadOS"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
];

#[derive(Template)]
#[template(path = "settings/sessions.html")]
struct Sessions {
    frame: Frame,
    tabs: Vec<Tab>,
    note: Note,
    sessions: Vec<Row>,
    has_others: bool,
}

struct Row {
    id: String,
    browser: String,
    agent: String,
    begun: String,
    ends: String,
    is_this: bool,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let (t, note) = (visit.words, Note::done(&visit, &["done-ended"]));
    let sessions = visit.hub.sessions(&visit.caller).await?;
    let row = |session: &Session| Row {
        id: session.id.clone(),
        browser: browser(&session.agent, t),
        agent: session.agent.clone(),
        begun: t.moment(session.created),
        ends: t.date(session.expires),
        is_this: visit.session() == Some(session.id.as_str()),
    };
    let sessions: Vec<Row> = sessions.iter().map(row).collect();
    let has_others = sessions.iter().any(|row| !row.is_this);
    page(&Sessions { frame: visit.frame(), tabs: tabs(Section::Sessions, t), note, sessions, has_others })
}

pub(crate) async fn change(visit: Visit) -> Shown {
    visit.caller.user()?;
    let form = visit.fields().await?;
    let (hub, caller) = (&visit.hub, &visit.caller);
    match form.get("act") {
        // It may have ended just now by itself.
        "end" => match hub.end_session(caller, form.get("session")).await {
            Ok(()) | Err(Error::NotFound(..)) => {}
            Err(refused) => return Err(refused.into()),
        },
        "end-others" => {
            hub.end_other_sessions(caller, visit.session().unwrap_or_default()).await?;
        }
        other => return Err(no_such_act(other).into()),
    }
    see("/settings/sessions?done=done-ended")
}

/// A browser as people know it.
fn browser(agent: &str, t: Words) -> String {
    let known = |names: &[(&str, &'static str)]| {
        names.iter().find(|(sign, _)| agent.contains(sign)).map(|(_, name)| *name)
    };
    match (known(&BROWSERS), known(&SYSTEMS)) {
        (Some(browser), Some(system)) => {
            t.about_both("browser-on-system", ("browser", browser), ("system", system))
        }
        (Some(browser), None) => browser.to_owned(),
        _ => t.say("browser-unknown"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_called_as_people_call_them() {
        let t = Words { language: limpide_hub::Language::English };
        for (agent, expected) in [
            ("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0", "Firefox on Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/130.0 Safari/537.36 Edg/130.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
                "Safari on iOS",
            ),
            ("curl/8.5.0", "curl"),
            ("", "Unknown browser"),
        ] {
            assert_eq!(browser(agent, t), expected);
        }
    }
}
