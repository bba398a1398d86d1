//! What git does to a repository, on the wire, and as random acts beside those of the API: both tell the same of it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod act;
mod views;
mod wire;
mod world;

use proptest::prelude::*;
use proptest::test_runner::FileFailurePersistence;

use crate::act::{Act, act};
use crate::world::World;

/// How many acts a story has.
const MOST_ACTS: usize = 12;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 12,
        max_shrink_iters: 40,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct("tests/git/seeds.txt"))),
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_api_and_git_tell_the_same_whoever_wrote_it(acts in prop::collection::vec(act(), 1..MOST_ACTS)) {
        play(acts);
    }
}

fn play(acts: Vec<Act>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    runtime.block_on(async {
        let mut world = World::start().await;
        for act in acts {
            world.does(act).await;
        }
        world.compare().await;
        world.check().await;
    });
}
