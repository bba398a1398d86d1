//! `/settings/notices`: what scans found in what is somebody's, the newest first.

use askama::Template;
use limpide_hub::Notice;
use limpide_words::Moment;

use crate::pages::page::{Shown, page};
use crate::pages::repo::{Tab, path_segments};
use crate::pages::settings::{Section, tabs};
use crate::pages::visit::{Frame, Visit};

#[derive(Template)]
#[template(path = "settings/notices.html")]
struct Notices {
    frame: Frame,
    tabs: Vec<Tab>,
    notices: Vec<Row>,
    more: Option<String>,
}

struct Row {
    repo: String,
    root: String,
    path: String,
    address: String,
    level: String,
    class: &'static str,
    date: String,
}

/// So many notices come at a time.
const PAGE: usize = 100;

pub(crate) async fn show(visit: Visit) -> Shown {
    let t = visit.words;
    let before = visit.number::<i64>("before")?.map(Moment);
    let notices = visit.hub.notices(&visit.caller, before).await?;
    let row = |notice: &Notice| {
        let repo = format!("{}/{}", notice.owner, notice.name);
        let root = format!("/{}{repo}", notice.kind.prefix());
        let (level, class) = match notice.level.as_str() {
            "malicious" => ("level-malicious", "level-malicious"),
            _ => ("level-suspicious", "level-suspicious"),
        };
        Row {
            address: format!("{root}/blob/{}/{}", notice.commit_id, path_segments(&notice.path)),
            path: notice.path.clone(),
            level: t.say(level),
            class,
            date: t.moment(notice.created),
            root,
            repo,
        }
    };
    let more = match notices.last() {
        Some(last) if notices.len() >= PAGE => Some(format!("/settings/notices?before={}", last.created.0)),
        _ => None,
    };
    let rows = notices.iter().map(row).collect();
    page(&Notices { frame: visit.frame(), tabs: tabs(Section::Notices, t), notices: rows, more })
}
