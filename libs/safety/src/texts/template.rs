//! Chat templates: what they reach for beyond putting texts together, and what they say only to some. They are read as
//! trees and never rendered.

mod fold;
mod names;
mod poison;
mod reach;

use limpide_formats::jinja::{self, Node, NodeKind};

use crate::event::What;
use crate::scan::Recorder;
use names::Names;

/// How sure it is that a text is a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sure {
    /// It is used as one: what cannot be read is a gap.
    Yes,
    /// It may be one: only what no other text has is noted.
    Perhaps,
}

/// Kinds that are noted even where a text may be no template.
const CERTAIN: [&str; 5] = ["attribute", "dynamic-attribute", "global", "format-fields", "loads-template"];

/// Looks at a template that begins here.
pub(crate) fn look(template: &str, at: u64, sure: Sure, recorder: &mut Recorder) {
    let mut notes = Notes { begin: at, at: 0, sure, recorder };
    match jinja::read(template) {
        Ok(nodes) => look_at(&nodes, &mut notes),
        Err(_) if sure == Sure::Perhaps => {}
        Err(problem) => {
            let why = match problem {
                jinja::Problem::TooLong | jinja::Problem::TooDeep(_) => "budget",
                jinja::Problem::Syntax(_) => "template-broken",
            };
            notes.recorder.structure(at, "template-broken");
            notes.recorder.gap(at, at, why);
        }
    }
}

fn look_at(nodes: &[Node], notes: &mut Notes<'_>) {
    let names = Names::of(nodes);
    walk(nodes, &mut |node| {
        notes.at = node.at;
        reach::look(node, &names, notes);
        poison::look(node, &names, notes);
    });
    if names.is_exhausted() {
        notes.recorder.gap(notes.begin, notes.begin, "budget");
    }
}

/// Every node, outer ones first.
fn walk<'n>(nodes: &'n [Node], visit: &mut dyn FnMut(&'n Node)) {
    for node in nodes {
        visit(node);
        for body in bodies(node) {
            walk(body, visit);
        }
    }
}

/// What stands within a node.
fn bodies(node: &Node) -> Vec<&[Node]> {
    match &node.kind {
        NodeKind::For { body, .. }
        | NodeKind::Set { body, .. }
        | NodeKind::Macro { body, .. }
        | NodeKind::Block { body, .. } => vec![body],
        NodeKind::If(branches) => branches.iter().map(|(_, body)| body.as_slice()).collect(),
        NodeKind::Text(_) | NodeKind::Output(_) | NodeKind::Load { .. } | NodeKind::Unknown(_) => Vec::new(),
    }
}

/// Writes down what is seen.
struct Notes<'r> {
    begin: u64,
    at: usize,
    sure: Sure,
    recorder: &'r mut Recorder,
}

impl Notes<'_> {
    fn see(&mut self, kind: &str, text: &str) {
        if self.sure == Sure::Yes || CERTAIN.contains(&kind) {
            let what = What::Template { kind: kind.to_owned(), text: super::cut(text) };
            self.recorder.see(self.begin + self.at as u64, what);
        }
    }
}
