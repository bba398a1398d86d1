//! `/settings`: what is somebody's own: who they are, their tokens, keys and sessions, and what they are told.

pub(crate) mod keys;
pub(crate) mod notices;
pub(crate) mod profile;
pub(crate) mod sessions;
pub(crate) mod tokens;

use crate::pages::repo::Tab;
use crate::pages::words::Words;

/// A page of the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Profile,
    Tokens,
    Keys,
    Sessions,
    Notices,
}

/// The way between them.
pub(crate) fn tabs(open: Section, t: Words) -> Vec<Tab> {
    let tab = |section: Section, label: &str, address: &str| Tab {
        label: t.say(label),
        address: address.to_owned(),
        is_open: section == open,
    };
    vec![
        tab(Section::Profile, "settings-profile", "/settings"),
        tab(Section::Tokens, "settings-tokens", "/settings/tokens"),
        tab(Section::Keys, "settings-keys", "/settings/keys"),
        tab(Section::Sessions, "settings-sessions", "/settings/sessions"),
        tab(Section::Notices, "settings-notices", "/settings/notices"),
    ]
}
