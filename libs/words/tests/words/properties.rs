//! What must hold for any bytes. The fuzz targets are these functions; the tests here give them seeds and chance.
//! Each returns whether the bytes were accepted.

use std::path::{Component, Path};
use std::str::FromStr;

use limpide_words::{FilePath, ObjectId, OwnerName, RefName, RepoId, RepoName, Revision, Sha256};

/// A path that is accepted stays below the folder it is written to, and git takes it.
pub(crate) fn path(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let Some(path) = read::<FilePath>(text) else { return false };
    assert!(Path::new(text).components().all(|part| matches!(part, Component::Normal(_))));
    assert_eq!(path.parts().collect::<Vec<_>>().join("/"), text);
    assert_eq!(path.parts().next_back(), Some(path.file_name()));
    assert!(path.is_within(&path));
    let options = gix_validate::path::component::Options {
        protect_windows: false,
        protect_hfs: true,
        protect_ntfs: true,
    };
    for part in path.parts() {
        assert!(!part.is_empty() && part.len() <= 255 && !part.chars().any(char::is_control));
        assert!(!part.eq_ignore_ascii_case(".git"));
        let verdict = gix_validate::path::component(part.into(), None, options);
        assert!(verdict.is_ok(), "git refuses {part:?}: {verdict:?}");
    }
    true
}

/// A ref that is accepted is one of git's; names that are accepted make an id.
pub(crate) fn revision(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    let names = [read::<RefName>(text), RefName::branch(text).ok(), RefName::tag(text).ok()];
    for name in names.iter().flatten() {
        let verdict = gix_validate::reference::name(name.as_str().into());
        assert!(verdict.is_ok(), "git refuses {name}: {verdict:?}");
        assert_eq!(read::<RefName>(name.as_str()).as_ref(), Some(name));
    }
    assert_eq!(names[1].as_ref().and_then(RefName::as_branch), names[1].as_ref().map(|_| text));
    assert_eq!(names[2].as_ref().and_then(RefName::as_tag), names[2].as_ref().map(|_| text));
    if let (Some((owner, name)), Some(id)) = (text.split_once('/'), read::<RepoId>(text)) {
        assert_eq!((read::<OwnerName>(owner), read::<RepoName>(name)), (Some(id.owner), Some(id.name)));
    }
    read_folded::<ObjectId>(text);
    read_folded::<Sha256>(text);
    let Some(revision) = read::<Revision>(text) else { return false };
    if let Some(commit) = revision.as_commit() {
        assert_eq!(revision.as_commit_prefix(), Some(commit.to_string()));
    }
    true
}

/// Reads a word, which then prints as it was written.
fn read<T: FromStr + ToString>(text: &str) -> Option<T> {
    let word: T = text.parse().ok()?;
    assert_eq!(word.to_string(), text);
    Some(word)
}

/// Reads a word that may be written in capitals.
fn read_folded<T: FromStr + ToString>(text: &str) {
    if let Ok(word) = text.parse::<T>() {
        assert_eq!(word.to_string(), text.to_ascii_lowercase());
    }
}
