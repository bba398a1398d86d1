//! Looks for an order, one act after the other, in which a simple hub would have answered just as the real one
//! did: no act before it was asked, none after it was answered.

use std::collections::HashSet;
use std::time::Instant;

use crate::model::{Answer, Content, Refusal, Request, State};

/// What was asked and answered, and when.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    pub(crate) request: Request,
    pub(crate) asked: Instant,
    pub(crate) answer: Answer,
    /// None when nobody stayed to hear: it may happen at any time, or never.
    pub(crate) answered: Option<Instant>,
}

/// What a race begins with.
pub(crate) struct Start {
    pub(crate) state: State,
    pub(crate) attributes: Content,
}

/// How far an act is: every act first finds its repository and then does something to it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Stage {
    Waiting,
    Found(String),
    Done,
}

/// Where a search stands.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Place {
    stages: Vec<Stage>,
    state: State,
}

pub(crate) fn check(start: &Start, history: &[Event]) {
    let first = Place { stages: vec![Stage::Waiting; history.len()], state: start.state.clone() };
    let mut furthest = first.clone();
    let mut seen = HashSet::from([first.clone()]);
    let mut open = vec![first];
    while let Some(place) = open.pop() {
        if place
            .stages
            .iter()
            .zip(history)
            .all(|(stage, event)| *stage == Stage::Done || event.answered.is_none())
        {
            return;
        }
        if place.done() > furthest.done() {
            furthest = place.clone();
        }
        for next in place.steps(history, start) {
            if seen.insert(next.clone()) {
                open.push(next);
            }
        }
    }
    panic!("{}", furthest.story(history));
}

impl Place {
    fn done(&self) -> usize {
        self.stages.iter().filter(|stage| **stage == Stage::Done).count()
    }

    /// Everything that can come next.
    fn steps(&self, history: &[Event], start: &Start) -> Vec<Self> {
        let unfinished = self.stages.iter().zip(history).filter(|(stage, _)| **stage != Stage::Done);
        // What was asked after another act was answered comes after it.
        let soonest = unfinished.filter_map(|(_, event)| event.answered).min();
        let mut steps = Vec::new();
        // The last first: what a search takes from the end of its list comes in the order it was asked.
        for (place, event) in history.iter().enumerate().rev() {
            if soonest.is_none_or(|soonest| event.asked <= soonest) {
                steps.extend(self.step(place, event, start));
            }
        }
        steps
    }

    fn step(&self, place: usize, event: &Event, start: &Start) -> Option<Self> {
        let (stage, state) = match &self.stages[place] {
            Stage::Done => return None,
            Stage::Found(id) => {
                (Stage::Done, self.state.act(id, &event.request, &event.answer, &start.attributes)?)
            }
            Stage::Waiting if event.request.creates() => {
                (Stage::Done, self.state.act("", &event.request, &event.answer, &start.attributes)?)
            }
            Stage::Waiting => match self.state.find(&event.request) {
                Ok(id) => (Stage::Found(id), self.state.clone()),
                Err(refusal) if refused(&event.answer, refusal) => (Stage::Done, self.state.clone()),
                Err(_) => return None,
            },
        };
        let mut stages = self.stages.clone();
        stages[place] = stage;
        Some(Self { stages, state })
    }

    /// What could not be explained, for whoever reads the failure.
    fn story(&self, history: &[Event]) -> String {
        let begin = history.iter().map(|event| event.asked).min();
        let since = |at: Instant| begin.map_or(0, |begin| (at - begin).as_micros());
        let mut lines =
            vec!["no order explains these answers; the longest that could be found ends here:".to_owned()];
        for (stage, event) in self.stages.iter().zip(history) {
            let answered = event.answered.map_or("never".to_owned(), |at| since(at).to_string());
            let asked = since(event.asked);
            lines.push(format!("{stage:?} {asked}..{answered} {:?} -> {:?}", event.request, event.answer));
        }
        lines.push(format!("{:#?}", self.state));
        lines.join("\n")
    }
}

fn refused(answer: &Answer, refusal: Refusal) -> bool {
    matches!(answer, Answer::Unheard) || *answer == Answer::Refused(refusal)
}
