//! Takes a push in: what git sends becomes objects, commits and refs of the database, all at once or not at all.
//!
//! The pack lies apart until everything is known to be good ([`limpide_git::Incoming`]). [`graph`] finds the commits that
//! are new, [`walk`] looks at each thing that they change, [`rules`] are what it must keep to, and [`record`] writes, in
//! one transaction, whatever the refs need; they move in it, last of all. When the repository has changed in a way that
//! matters meanwhile, all but the first is done anew.

mod graph;
mod record;
mod rules;
mod walk;

use std::collections::{HashMap, HashSet};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{self, StreamExt};
use limpide_db::git_objects;
use limpide_git::advertise_receive;
use limpide_git::{
    Answer, Command, Incoming, Input, ObjectReader, Outcome, Output, Protocol, PushRequest, Sent,
};
use limpide_words::{ObjectId, RefName};
use tokio::sync::oneshot;

use crate::Hub;
use crate::access::Writable;
use crate::error::{Error, Result};
use crate::fetch::tend;
use crate::push::graph::Graph;
use crate::push::record::{Plan, Recorded};
use crate::push::walk::Walk;

/// The repository may change meanwhile, but not for ever.
const PATIENCE: usize = 20;

/// A client hears of us this often.
const STILL_HERE: Duration = Duration::from_secs(5);

impl Hub {
    /// What git tells a client that begins to push.
    ///
    /// # Errors
    /// `NotFound` when the repository has just been deleted.
    pub async fn git_advertise_push(&self, repo: &Writable, protocol: Protocol) -> Result<Bytes> {
        Ok(advertise_receive(&self.git_refs(&repo.repo().id).await?, protocol).into())
    }

    /// Takes a push in, and gives what git answers. It is told once the client has sent everything: many listen only
    /// then. From there on the push goes on, whether the client waits or not.
    ///
    /// # Errors
    /// `Invalid` for what no client sends; `Unsupported` when git is not installed.
    pub async fn git_receive_pack(&self, repo: &Writable, input: Input) -> Result<Output> {
        let (request, pack) = PushRequest::read(input).await?;
        if request.commands.is_empty() {
            return Ok(stream::empty().boxed());
        }
        // What is only deleted rests on nothing.
        let mirror = match request.has_pack() {
            true => self.mirror(&repo.repo().id).await?,
            false => self.mirrors().mirror(&repo.repo().id).await?,
        };
        let incoming = self.mirrors().incoming(mirror).await?;
        let (answer, output) = request.answer();
        let push = Push { hub: self.clone(), repo: repo.clone(), request, incoming };
        let (sent, all_sent) = oneshot::channel();
        tokio::spawn(push.run(until_its_end(pack, sent), answer));
        // No news is as good: the push has ended before its time.
        let _ = all_sent.await;
        Ok(output)
    }
}

/// A push on its way.
struct Push {
    hub: Hub,
    repo: Writable,
    request: PushRequest,
    incoming: Incoming,
}

/// What became of a push.
struct Verdict {
    /// Whether the pack was good.
    unpacked: Outcome,
    /// What became of each ref, in the order of the commands.
    outcomes: Vec<Outcome>,
    /// What is said of it.
    words: String,
}

/// What came of doing it all.
enum Attempt {
    Ended(Verdict),
    /// The repository has changed in a way that matters.
    Overtaken,
    /// Some of the refs cannot be moved: it is to be done without them.
    Refused(Vec<Outcome>),
}

impl Push {
    async fn run(self, pack: Input, answer: Answer) {
        let names: Vec<String> = self.request.commands.iter().map(|command| command.name.clone()).collect();
        let verdict = {
            let mut working = std::pin::pin!(self.work(pack));
            loop {
                tokio::select! {
                    verdict = &mut working => break verdict,
                    () = tokio::time::sleep(STILL_HERE) => answer.still_here(),
                }
            }
        };
        let Verdict { unpacked, outcomes, words } = verdict.unwrap_or_else(|error| self.failed(&error));
        answer.say(&words).await;
        let outcomes: Vec<(String, Outcome)> = names.into_iter().zip(outcomes).collect();
        answer.end(&unpacked, &outcomes).await;
    }

    async fn work(&self, pack: Input) -> Result<Verdict> {
        let limits = &self.hub.settings().limits;
        if self.request.has_pack()
            && let Err(error) = self.incoming.take_in(pack, limits.push).await
        {
            return match error {
                limpide_git::Error::BadPack(why) => Ok(self.bad_pack(&why)),
                other => Err(other.into()),
            };
        }
        let mut named: Vec<Outcome> = self.request.commands.iter().map(nameable).collect();
        if self.request.atomic && named.iter().any(Outcome::is_err) {
            return Ok(Verdict::of(record::all_or_nothing(named)));
        }
        let sent = self.incoming.list().await?;
        let oversized = rules::oversized(&sent);
        if !oversized.is_empty() {
            return Ok(self.declined(&oversized));
        }
        let sent: HashMap<ObjectId, Sent> = sent.into_iter().map(|sent| (sent.id, sent)).collect();
        let mut reader = self.incoming.reader()?;
        for _ in 0..PATIENCE {
            match self.attempt(&sent, &mut reader, &named).await? {
                Attempt::Ended(verdict) => return Ok(verdict),
                Attempt::Overtaken => {}
                Attempt::Refused(outcomes) => named = outcomes,
            }
        }
        Err(Error::Conflict("This repository changes too fast to be pushed to; try again.".into()))
    }

    /// Does it all, unless something comes in between.
    async fn attempt(
        &self,
        sent: &HashMap<ObjectId, Sent>,
        reader: &mut ObjectReader,
        named: &[Outcome],
    ) -> Result<Attempt> {
        let graph = Graph::read(self, sent, reader, named).await?;
        let mut walk = Walk::begin(self, sent, reader, graph.commits.len()).await?;
        for commit in &graph.commits {
            walk.look_at(&graph, commit).await?;
        }
        walk.look_at_contents().await?;
        walk.look_at_cards(&self.request.commands, &graph).await?;
        let seen = walk.end(&graph);
        let broken = seen.broken.words();
        if !broken.is_empty() {
            return Ok(Attempt::Ended(self.declined(&broken)));
        }
        let kept = self.keep(&seen, sent, reader).await?;
        let plan = Plan { graph, seen, kept };
        Ok(match self.record(&plan, sent, reader).await? {
            Recorded::Done(outcomes) => {
                // Without this the mirror is as good: it reads the same from the database.
                if let Err(error) = self.hand_over(&plan.seen.reached, sent).await {
                    tracing::warn!("what was pushed could not be put into its mirror: {error}");
                }
                Attempt::Ended(Verdict::of(outcomes))
            }
            Recorded::Overtaken => Attempt::Overtaken,
            Recorded::Refused(outcomes) => Attempt::Refused(outcomes),
        })
    }

    /// Lets the mirror have what was sent, when that is just what it lacks, and nothing else.
    async fn hand_over(&self, reached: &HashSet<ObjectId>, sent: &HashMap<ObjectId, Sent>) -> Result<()> {
        let (db, repository_id) = (self.hub.db(), &self.repo.repo().id);
        let mut update = self.incoming.mirror().update().await?;
        let until = git_objects::last_added(db, repository_id).await?;
        let lacking = git_objects::ids_added(db, repository_id, update.known(), until).await?;
        // What packs with deltas rest on is in them, too.
        let others: Vec<ObjectId> = sent.keys().filter(|id| !reached.contains(*id)).copied().collect();
        let stored = git_objects::blob_facts(db, repository_id, others.iter().copied()).await?;
        if !lacking.is_empty()
            && lacking.iter().all(|id| sent.contains_key(id))
            && stored.len() == others.len()
        {
            update.take_over(&self.incoming, until).await?;
            tend(self.incoming.mirror());
        }
        Ok(())
    }

    /// The push is not what this hub takes.
    fn declined(&self, words: &str) -> Verdict {
        let outcome = Err("the rules of this hub do not allow it".into());
        Verdict {
            unpacked: Ok(()),
            outcomes: vec![outcome; self.request.commands.len()],
            words: words.to_owned(),
        }
    }

    fn bad_pack(&self, why: &str) -> Verdict {
        let limit = self.hub.settings().limits.push;
        let words = match why {
            _ if why.contains("maximum allowed size") => {
                format!(
                    "A push to this hub has at most {} MiB. Push older commits first, then the others.\n",
                    limit >> 20
                )
            }
            _ => format!("Git refuses what was sent:\n{why}\n"),
        };
        let outcome = Err("unpacker error".into());
        let unpacked = Err(why.lines().last().unwrap_or("the pack is refused").to_owned());
        Verdict { unpacked, outcomes: vec![outcome; self.request.commands.len()], words }
    }

    fn failed(&self, error: &Error) -> Verdict {
        match error {
            Error::Internal(cause) => tracing::error!("git push to {}: {cause:#}", self.repo.repo().id()),
            Error::Busy(cause) => tracing::warn!("git push to {}: {cause:#}", self.repo.repo().id()),
            _ => {}
        }
        let outcome = Err("nothing was changed".into());
        let outcomes = vec![outcome; self.request.commands.len()];
        Verdict { unpacked: Ok(()), outcomes, words: format!("{error}\n") }
    }
}

impl Verdict {
    fn of(outcomes: Vec<Outcome>) -> Self {
        Self { unpacked: Ok(()), outcomes, words: String::new() }
    }
}

/// Whether people may do this to a ref of this name, whatever it stands on.
fn nameable(command: &Command) -> Outcome {
    let name: RefName = command.name.parse().map_err(|_| "this is no name for a ref".to_owned())?;
    if name.as_branch().or(name.as_tag()).is_none() {
        return Err("only branches and tags can be pushed to".into());
    }
    if name == RefName::main() && command.new.is_none() {
        return Err("the default branch cannot be deleted".into());
    }
    Ok(())
}

/// The same, and a word to `told` when all has come.
fn until_its_end(input: Input, told: oneshot::Sender<()>) -> Input {
    let mut told = Some(told);
    let end = stream::poll_fn(move |_| {
        if let Some(told) = told.take() {
            let _ = told.send(());
        }
        Poll::Ready(None)
    });
    input.chain(end).boxed()
}
