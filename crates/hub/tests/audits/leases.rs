//! Many workers, some of which die at their work: no two ever hold the same job, and each job is done once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use limpide_db::Db;
use limpide_db::jobs::{self, NewJob};
use limpide_testkit::hub::TestHub;
use limpide_words::Moment;
use proptest::prelude::*;

const KIND: &[&str] = &["audit"];
const JOBS: usize = 12;
const LEASE: Duration = Duration::from_secs(60);

/// What a worker does with the job it has taken.
#[derive(Debug, Clone, Copy)]
enum Fate {
    Finish,
    Die,
    GiveBack,
    Retry,
    Fail,
}

/// Who holds what until when, and what has been done.
#[derive(Debug, Default)]
struct Seen {
    held: BTreeMap<String, Moment>,
    done: BTreeMap<String, usize>,
    failed: usize,
}

fn fate() -> impl Strategy<Value = Fate> {
    prop_oneof![
        4 => Just(Fate::Finish),
        2 => Just(Fate::Die),
        1 => Just(Fate::GiveBack),
        1 => Just(Fate::Retry),
        1 => Just(Fate::Fail),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, max_shrink_iters: 20, ..ProptestConfig::default() })]

    #[test]
    fn whoever_dies_meanwhile_each_job_is_done_once_and_by_one_at_a_time(
        fates in prop::collection::vec(prop::collection::vec(fate(), 1..8), 4)
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
        runtime.block_on(race(fates));
    }
}

async fn race(fates: Vec<Vec<Fate>>) {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    for number in 0..JOBS {
        hub.model(&ada, &format!("ada/tiny-{number}")).await;
    }
    let seen = Arc::new(Mutex::new(Seen::default()));
    let workers = fates.into_iter().enumerate().map(|(number, fates)| {
        let worker = Worker { db: hub.db.db.clone(), clock: hub.clock.clone(), seen: seen.clone(), number };
        tokio::spawn(async move {
            for fate in fates {
                worker.work(fate).await;
            }
        })
    });
    for worker in workers.collect::<Vec<_>>() {
        worker.await.expect("no worker breaks");
    }
    // What is left is done by one that does not die.
    let last = Worker { db: hub.db.db.clone(), clock: hub.clock.clone(), seen: seen.clone(), number: 99 };
    loop {
        hub.clock.advance(LEASE);
        if !last.work(Fate::Finish).await {
            break;
        }
    }
    let seen = seen.lock().unwrap();
    assert!(seen.done.values().all(|times| *times == 1), "{seen:?}");
    assert_eq!(seen.done.len() + seen.failed, JOBS, "{seen:?}");
}

struct Worker {
    db: Db,
    clock: limpide_hub::Clock,
    seen: Arc<Mutex<Seen>>,
    number: usize,
}

impl Worker {
    /// Takes a job, if there is one, and meets its fate.
    async fn work(&self, fate: Fate) -> bool {
        let now = self.clock.now();
        let (lease, until) = (format!("{}-{:?}", self.number, std::time::Instant::now()), now + LEASE);
        let mut tx = self.db.begin().await.unwrap();
        let Some(job) = jobs::take(&mut tx, KIND, &lease, now, until).await.unwrap() else { return false };
        // Before it is committed: nobody can have taken it since.
        let before = self.seen.lock().unwrap().held.insert(job.id.clone(), until);
        assert!(before.is_none_or(|until| until <= now), "{} is held until {before:?}, now {now:?}", job.id);
        tx.commit().await.unwrap();
        tokio::task::yield_now().await;
        if let Fate::Die = fate {
            // Others see that the lease has ended.
            self.clock.advance(LEASE);
            return true;
        }
        let mut tx = self.db.begin().await.unwrap();
        let now = self.clock.now();
        let is_ours = jobs::extend(&mut tx, &job, now + LEASE, "").await.unwrap();
        match fate {
            Fate::Finish => assert_eq!(jobs::finish(&mut tx, &job, now).await.unwrap(), is_ours),
            Fate::Retry => jobs::retry(&mut tx, &job, now, "once more").await.unwrap(),
            Fate::Fail => jobs::fail(&mut tx, &job, "for good").await.unwrap(),
            Fate::GiveBack | Fate::Die => jobs::give_back(&mut tx, &job, now).await.unwrap(),
        }
        if is_ours {
            let mut seen = self.seen.lock().unwrap();
            seen.held.remove(&job.id);
            match fate {
                Fate::Finish => *seen.done.entry(job.id.clone()).or_default() += 1,
                Fate::Fail => seen.failed += 1,
                Fate::Retry | Fate::GiveBack | Fate::Die => {}
            }
        }
        tx.commit().await.unwrap();
        true
    }
}

#[tokio::test]
async fn asked_for_twice_a_job_is_there_once() {
    let hub = TestHub::start().await;
    let ada = hub.user("ada").await;
    let id = hub.model(&ada, "ada/tiny").await;
    let repo = hub.readable(&ada, limpide_words::Kind::Model, &id).await.unwrap();
    let now = hub.clock.now();
    for anew in [false, true, false] {
        let job = NewJob {
            id: "0".into(),
            kind: "audit",
            repository_id: &repo.repo().id,
            subject: "same".into(),
            now,
        };
        let mut tx = hub.db.db.begin().await.unwrap();
        match anew {
            true => jobs::insert_anew(&mut tx, &job).await.unwrap(),
            false => jobs::insert(&mut tx, &job).await.unwrap(),
        }
        tx.commit().await.unwrap();
    }
    let figures = hub.job_figures().await.unwrap();
    let audits = figures.iter().filter(|figure| figure.kind == "audit");
    let figures: Vec<(&str, &str, i64)> =
        audits.map(|figure| (&*figure.kind, &*figure.state, figure.jobs)).collect();
    assert_eq!(figures, [("audit", "waiting", 2)], "this one and that of the first commit");
}
