//! Many at once: random acts of several tasks on two replicas of one hub, and whether all that was answered
//! could have been answered by a hub that does one thing after the other.

// A story that cannot go on should stop, and say where.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod acts;
mod hub;
mod model;
mod order;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use crate::acts::{Act, At, What, act};

/// How many tasks act at once, and how much each does.
const TASKS: usize = 5;
const MOST_ACTS: usize = 7;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        // What is found depends on who was faster: a shorter case may pass by chance.
        max_shrink_iters: 40,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/racing/seeds.txt"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn whatever_happens_at_once_could_have_happened_one_after_the_other(
        tasks in prop::collection::vec(prop::collection::vec(act(), 1..MOST_ACTS), TASKS)
    ) {
        play(tasks);
    }
}

/// On PostgreSQL, only whoever locks the repository waits for others who did.
#[test]
fn a_tag_that_is_being_deleted_is_no_place_for_another() {
    let act = |what| Act { name: 0, what };
    let tag = |at| act(What::CreateTag { at, annotated: false });
    let changing = vec![vec![tag(At::Branch(0)), act(What::DeleteTag)]; 4].concat();
    let onto_itself = vec![tag(At::Tag); 8];
    for _ in 0..20 {
        play(vec![changing.clone(), onto_itself.clone(), onto_itself.clone()]);
    }
}

fn play(tasks: Vec<Vec<Act>>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let (start, history) = runtime.block_on(hub::play(tasks));
    order::check(&start, &history);
}
