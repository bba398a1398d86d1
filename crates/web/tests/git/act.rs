//! What people do to a repository, through the API or with `git`.

use proptest::prelude::*;

/// Paths that get in each other's way: files that become folders, folders that become files.
pub(crate) const PATHS: [&str; 8] = ["a", "a/b", "a/b/c", "a.txt", "b/one", "b/two", "README.md", "b"];

/// Branches; the first is always there.
pub(crate) const BRANCHES: [&str; 3] = ["main", "dev", "feature/x"];

/// Tags.
pub(crate) const TAGS: [&str; 2] = ["v1", "v2"];

/// A file and what is in it; none when it is deleted.
pub(crate) type Edit = (usize, Option<u8>);

/// One act.
#[derive(Debug, Clone)]
pub(crate) enum Act {
    /// A commit through the API.
    Commit { branch: usize, edits: Vec<Edit> },
    /// Some commits by git, each a list of edits, on what the hub has now.
    Push { branch: usize, commits: Vec<Vec<Edit>> },
    /// Another branch is merged into this one by git.
    Merge { branch: usize, other: usize },
    /// The last commit of a branch is replaced by another, by force.
    Amend { branch: usize, edits: Vec<Edit> },
    /// A push of somebody who did not see the last commit: it must be refused.
    Stale { branch: usize, edits: Vec<Edit> },
    /// A branch begins where another stands.
    Branch { branch: usize, other: usize, by_git: bool },
    /// A branch is deleted.
    DeleteBranch { branch: usize, by_git: bool },
    /// A tag is set, or moved by force.
    Tag { tag: usize, branch: usize, annotated: bool, by_git: bool },
    /// A tag is deleted.
    DeleteTag { tag: usize, by_git: bool },
    /// The history of a branch becomes one commit.
    Squash { branch: usize },
    /// All mirrors are thrown away.
    Forget,
}

pub(crate) fn act() -> impl Strategy<Value = Act> {
    let branch = || 0..BRANCHES.len();
    prop_oneof![
        4 => (branch(), edits()).prop_map(|(branch, edits)| Act::Commit { branch, edits }),
        6 => (branch(), prop::collection::vec(edits(), 1..4)).prop_map(|(branch, commits)| Act::Push { branch, commits }),
        2 => (branch(), branch()).prop_map(|(branch, other)| Act::Merge { branch, other }),
        2 => (branch(), edits()).prop_map(|(branch, edits)| Act::Amend { branch, edits }),
        2 => (branch(), edits()).prop_map(|(branch, edits)| Act::Stale { branch, edits }),
        3 => (branch(), branch(), any::<bool>()).prop_map(|(branch, other, by_git)| Act::Branch { branch, other, by_git }),
        1 => (branch(), any::<bool>()).prop_map(|(branch, by_git)| Act::DeleteBranch { branch, by_git }),
        2 => (0..TAGS.len(), branch(), any::<bool>(), any::<bool>())
            .prop_map(|(tag, branch, annotated, by_git)| Act::Tag { tag, branch, annotated, by_git }),
        1 => (0..TAGS.len(), any::<bool>()).prop_map(|(tag, by_git)| Act::DeleteTag { tag, by_git }),
        1 => branch().prop_map(|branch| Act::Squash { branch }),
        1 => Just(Act::Forget),
    ]
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    // Few contents: what was there before comes back, under its old id.
    prop::collection::vec((0..PATHS.len(), prop::option::weighted(0.8, 0..4u8)), 1..4)
}
