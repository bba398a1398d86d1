//! `/administration/storage`: whose repositories take how much room.

use askama::Template;
use limpide_hub::{Error, Room};
use limpide_words::OwnerName;

use crate::pages::administration::{ASKED, Section, cut, tabs};
use crate::pages::list::address;
use crate::pages::page::{Shown, page};
use crate::pages::repo::Tab;
use crate::pages::visit::{Frame, Visit};

#[derive(Template)]
#[template(path = "administration/storage.html")]
struct Storage {
    frame: Frame,
    tabs: Vec<Tab>,
    total: String,
    quota: String,
    owners: Vec<Row>,
    more: Option<String>,
}

struct Row {
    name: String,
    repositories: String,
    size: String,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    visit.caller.administrator()?;
    let t = visit.words;
    let after: Option<OwnerName> = visit.asked("after").map(str::parse).transpose().map_err(Error::from)?;
    let after = after.as_ref().zip(visit.number::<i64>("size")?).map(|(name, size)| (size, name));
    let (rooms, goes_on) = cut(visit.hub.rooms(&visit.caller, after, ASKED).await?);
    let last = rooms.last().filter(|_| goes_on).map(|room| (room.size.to_string(), room.name.to_string()));
    let row = |room: &Room| Row {
        name: room.name.to_string(),
        repositories: t.number(room.repositories),
        size: t.size(room.size),
    };
    let total = t.size(visit.hub.room_of_all(&visit.caller).await?);
    let quota = visit.hub.settings().limits.owner.map(|quota| t.size(quota));
    page(&Storage {
        frame: visit.frame(),
        tabs: tabs(Section::Storage, t),
        total: t.about("storage-total", "size", total),
        quota: quota.map(|quota| t.about("storage-quota", "size", quota)).unwrap_or_default(),
        owners: rooms.iter().map(row).collect(),
        more: last.map(|(size, name)| {
            let pairs = [("size", size.as_str()), ("after", name.as_str())];
            address("/administration/storage", pairs.into_iter())
        }),
    })
}
