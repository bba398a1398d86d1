//! What tasks do: acts on a few names, so that they meet.

use proptest::prelude::*;

/// The repositories, all `ada/…`.
pub(crate) const NAMES: [&str; 3] = ["one", "two", "three"];
pub(crate) const BRANCHES: [&str; 2] = ["main", "dev"];
pub(crate) const PATHS: [&str; 4] = ["a.txt", "b.txt", "d/a.txt", "d/e/b.txt"];
/// Contents that were uploaded for the first repository before the race.
pub(crate) const UPLOADED: [&str; 2] = ["large one", "large two"];

/// An act on the repository `NAMES[name]`.
#[derive(Debug, Clone)]
pub(crate) struct Act {
    pub(crate) name: usize,
    pub(crate) what: What,
}

#[derive(Debug, Clone)]
pub(crate) enum What {
    Create,
    Delete,
    Move {
        to: usize,
    },
    Duplicate {
        to: usize,
    },
    Commit {
        branch: usize,
        changes: Vec<Change>,
        /// Only if the branch stands where this task last saw it.
        careful: bool,
        /// The caller goes away after so many microseconds.
        cut_after: Option<u64>,
    },
    Squash {
        branch: usize,
    },
    /// Takes the commits that no ref leads to.
    Collect,
    CreateBranch {
        from: At,
    },
    DeleteBranch,
    CreateTag {
        at: At,
        annotated: bool,
    },
    DeleteTag,
    Like {
        eve: bool,
        liked: bool,
    },
    Settings {
        private: Option<bool>,
        gated: Option<bool>,
    },
    /// The row of the repository.
    Look {
        eve: bool,
    },
    Refs,
    History {
        at: At,
    },
    Tree {
        at: At,
    },
}

/// A revision.
#[derive(Debug, Clone)]
pub(crate) enum At {
    Branch(usize),
    Tag,
    /// The commit that this task saw last.
    Seen,
}

#[derive(Debug, Clone)]
pub(crate) enum Change {
    Put(usize, u8),
    Lfs(usize, usize),
    Delete(usize),
}

pub(crate) fn act() -> impl Strategy<Value = Act> {
    // Most acts meet in one repository.
    let name = prop_oneof![6 => Just(0_usize), 1 => 1..NAMES.len()];
    (name, what()).prop_map(|(name, what)| Act { name, what })
}

fn what() -> impl Strategy<Value = What> {
    let other = 0..NAMES.len();
    prop_oneof![
        2 => Just(What::Create),
        1 => Just(What::Delete),
        2 => other.clone().prop_map(|to| What::Move { to }),
        1 => other.prop_map(|to| What::Duplicate { to }),
        14 => commit(),
        2 => branch().prop_map(|branch| What::Squash { branch }),
        2 => Just(What::Collect),
        2 => at().prop_map(|from| What::CreateBranch { from }),
        1 => Just(What::DeleteBranch),
        2 => (at(), any::<bool>()).prop_map(|(at, annotated)| What::CreateTag { at, annotated }),
        1 => Just(What::DeleteTag),
        2 => (any::<bool>(), any::<bool>()).prop_map(|(eve, liked)| What::Like { eve, liked }),
        2 => (any::<Option<bool>>(), any::<Option<bool>>())
            .prop_map(|(private, gated)| What::Settings { private, gated }),
        2 => any::<bool>().prop_map(|eve| What::Look { eve }),
        2 => Just(What::Refs),
        3 => at().prop_map(|at| What::History { at }),
        4 => at().prop_map(|at| What::Tree { at }),
    ]
}

fn commit() -> impl Strategy<Value = What> {
    let change = prop_oneof![
        6 => (0..PATHS.len(), 0..6_u8).prop_map(|(path, content)| Change::Put(path, content)),
        1 => (0..PATHS.len(), 0..UPLOADED.len()).prop_map(|(path, content)| Change::Lfs(path, content)),
        1 => (0..PATHS.len()).prop_map(Change::Delete),
    ];
    let cut_after = prop_oneof![5 => Just(None), 1 => (0..6000_u64).prop_map(Some)];
    (branch(), prop::collection::vec(change, 1..3), prop::bool::weighted(0.25), cut_after).prop_map(
        |(branch, changes, careful, cut_after)| What::Commit { branch, changes, careful, cut_after },
    )
}

fn branch() -> impl Strategy<Value = usize> {
    prop_oneof![3 => Just(0_usize), 1 => Just(1_usize)]
}

fn at() -> impl Strategy<Value = At> {
    prop_oneof![4 => branch().prop_map(At::Branch), 1 => Just(At::Tag), 2 => Just(At::Seen)]
}
