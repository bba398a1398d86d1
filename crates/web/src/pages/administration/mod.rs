//! `/administration`: for those who administer the hub.

pub(crate) mod events;
pub(crate) mod storage;
pub(crate) mod users;
pub(crate) mod work;

use crate::pages::repo::Tab;
use crate::pages::words::Words;

/// Rows of a page.
const PAGE: usize = 50;

/// How many are asked for: one more tells that there is a next page.
const ASKED: i64 = 51;

/// A page of the administration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Users,
    Storage,
    Work,
    Events,
}

/// The way between them.
pub(crate) fn tabs(open: Section, t: Words) -> Vec<Tab> {
    let tab = |section: Section, label: &str, address: &str| Tab {
        label: t.say(label),
        address: address.to_owned(),
        is_open: section == open,
    };
    vec![
        tab(Section::Users, "administration-users", "/administration"),
        tab(Section::Storage, "administration-storage", "/administration/storage"),
        tab(Section::Work, "administration-work", "/administration/work"),
        tab(Section::Events, "administration-events", "/administration/events"),
    ]
}

/// The rows of this page, and whether others follow.
fn cut<T>(mut rows: Vec<T>) -> (Vec<T>, bool) {
    let goes_on = rows.len() > PAGE;
    rows.truncate(PAGE);
    (rows, goes_on)
}
