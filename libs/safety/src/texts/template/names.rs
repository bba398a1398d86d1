//! The names in a template: what they may stand for, and which of them hold what a user wrote.

use std::cell::Cell;
use std::collections::{HashMap, HashSet};

use limpide_formats::jinja::{Expression, Node, NodeKind, Step};

use super::fold::Value;
use super::{poison, walk};

/// How many steps of putting constants together a template may cost.
const MOST_STEPS: usize = 200_000;

/// How often it is gone through the assignments to follow what users wrote from name to name.
const ROUNDS: usize = 4;

/// Fields of messages that hold what was written.
pub(super) const CONTENT: [&str; 9] =
    ["content", "text", "query", "prompt", "question", "user_input", "input", "user_message", "body"];

/// The names in a template.
pub(super) struct Names<'t> {
    /// What is assigned to a name, wherever; `a.b` for an attribute of a namespace.
    pub(super) values: HashMap<String, Vec<&'t Expression>>,
    /// Names that are bound in the template, and macros.
    pub(super) bound: HashSet<&'t str>,
    /// Names that hold what a user wrote.
    written: HashSet<String>,
    /// Names that hold messages.
    messages: HashSet<String>,
    /// Names that tell whether a user wrote something certain.
    pub(super) signals: HashSet<String>,
    steps: Cell<usize>,
}

impl<'t> Names<'t> {
    pub(super) fn of(nodes: &'t [Node]) -> Self {
        let mut names = Self {
            values: HashMap::new(),
            bound: HashSet::new(),
            written: CONTENT.iter().map(|name| (*name).to_owned()).collect(),
            messages: HashSet::from(["messages".to_owned(), "conversation".to_owned(), "message".to_owned()]),
            signals: HashSet::new(),
            steps: Cell::new(0),
        };
        let mut flows = Vec::new();
        walk(nodes, &mut |node| names.bind(node, &mut flows));
        names.macros(nodes, &mut flows);
        for _ in 0..ROUNDS {
            for (name, value) in &flows {
                names.follow(name, value);
            }
        }
        names
    }

    /// Counts a step of putting constants together; false when there were too many.
    pub(super) fn step(&self) -> bool {
        self.steps.set(self.steps.get() + 1);
        !self.is_exhausted()
    }

    pub(super) fn is_exhausted(&self) -> bool {
        self.steps.get() > MOST_STEPS
    }

    fn bind(&mut self, node: &'t Node, flows: &mut Vec<(String, &'t Expression)>) {
        match &node.kind {
            NodeKind::For { target, over, .. } => self.assign(target, over, flows),
            NodeKind::Set { target, value: Some(value), .. } => self.assign(target, value, flows),
            NodeKind::Set { target, value: None, .. } => self.bound.extend(targets(target).filter_map(plain)),
            NodeKind::Macro { name, parameters, .. } => {
                self.bound.insert(name);
                self.bound.extend(parameters.iter().map(|(name, _)| &**name));
            }
            _ => {}
        }
    }

    fn assign(
        &mut self,
        target: &'t Expression,
        value: &'t Expression,
        flows: &mut Vec<(String, &'t Expression)>,
    ) {
        let parts = match value {
            Expression::List(values) if matches!(target, Expression::List(_)) => values.as_slice(),
            _ => &[],
        };
        for (index, target) in targets(target).enumerate() {
            self.bound.extend(plain(target));
            if let Some(name) = path_name(target) {
                let value = parts.get(index).unwrap_or(value);
                self.values.entry(name.clone()).or_default().push(value);
                flows.push((name, value));
            }
        }
    }

    /// What macros are called with flows into their parameters.
    fn macros(&self, nodes: &'t [Node], flows: &mut Vec<(String, &'t Expression)>) {
        let mut parameters: HashMap<&str, Vec<&str>> = HashMap::new();
        walk(nodes, &mut |node| {
            if let NodeKind::Macro { name, parameters: names, .. } = &node.kind {
                parameters.insert(name, names.iter().map(|(name, _)| &**name).collect());
            }
        });
        walk(nodes, &mut |node| {
            for expression in expressions(node) {
                each(expression, &mut |inner| {
                    let Expression::Path(base, steps) = inner else { return };
                    let (Expression::Name(name), Some(Step::Call(given))) = (&**base, steps.first()) else {
                        return;
                    };
                    let Some(names) = parameters.get(&**name) else { return };
                    flows.extend(
                        names.iter().zip(&given.values).map(|(name, value)| ((*name).to_owned(), value)),
                    );
                    flows.extend(given.named.iter().map(|(name, value)| (name.clone(), value)));
                });
            }
        });
    }

    fn follow(&mut self, name: &str, value: &Expression) {
        if self.is_written(value) {
            self.written.insert(name.to_owned());
        }
        if poison::trigger(value, self).is_some() {
            self.signals.insert(name.to_owned());
        }
        if let Expression::Path(base, steps) = value {
            let is_part = steps.iter().all(|step| !matches!(step, Step::Attribute(_) | Step::Test(..)));
            if is_part && self.is_message(base) {
                self.messages.insert(name.to_owned());
            }
        } else if self.is_message(value) {
            self.messages.insert(name.to_owned());
        }
    }

    fn is_message(&self, expression: &Expression) -> bool {
        matches!(expression, Expression::Name(name) if self.messages.contains(name))
    }

    /// Whether a value holds what a user wrote: the last field that is asked for tells.
    pub(super) fn is_written(&self, expression: &Expression) -> bool {
        match expression {
            Expression::Name(name) => self.written.contains(name),
            Expression::Path(base, steps) => {
                if let Some(name) = path_name(expression)
                    && self.written.contains(&name)
                {
                    return true;
                }
                let mut fields =
                    steps.iter().enumerate().filter_map(|(index, step)| field(step, steps.get(index + 1)));
                match fields.next_back() {
                    Some(field) => CONTENT.contains(&field) || (field == "values" && self.is_message(base)),
                    None => {
                        self.is_written(base) || (self.is_message(base) && steps.iter().any(is_text_of_all))
                    }
                }
            }
            Expression::List(parts) | Expression::Operation(_, parts) => {
                parts.iter().any(|part| self.is_written(part))
            }
            Expression::Choice(parts) => parts[1..].iter().any(|part| self.is_written(part)),
            Expression::Not(_)
            | Expression::Text(_)
            | Expression::Number(_)
            | Expression::Constant
            | Expression::Dictionary(_) => false,
        }
    }

    /// What a name may stand for, as far as that is written out.
    pub(super) fn constants(&self, name: &str) -> Vec<Value> {
        let values = self.values.get(name).map(Vec::as_slice).unwrap_or_default();
        values.iter().take(8).filter_map(|value| super::fold::fold(value, self, 1)).collect()
    }
}

/// The field that a step asks for; what a method does to a value is no field.
fn field<'s>(step: &'s Step, next: Option<&'s Step>) -> Option<&'s str> {
    match (step, next) {
        (Step::Attribute(name), Some(Step::Call(given))) if name == "get" => match given.values.first() {
            Some(Expression::Text(name)) => Some(name),
            _ => None,
        },
        (Step::Attribute(name), Some(Step::Call(_))) => (name == "values").then_some(name),
        (Step::Attribute(name), _) | (Step::Item(Expression::Text(name)), _) => Some(name),
        _ => None,
    }
}

fn is_text_of_all(step: &Step) -> bool {
    matches!(step, Step::Filter(name, _) if matches!(&**name, "string" | "tojson" | "join" | "map"))
}

fn targets(target: &Expression) -> impl Iterator<Item = &Expression> {
    match target {
        Expression::List(parts) => parts.iter(),
        other => std::slice::from_ref(other).iter(),
    }
}

fn plain(target: &Expression) -> Option<&str> {
    match target {
        Expression::Name(name) => Some(name),
        _ => None,
    }
}

/// `a`, or `a.b`.
pub(super) fn path_name(expression: &Expression) -> Option<String> {
    match expression {
        Expression::Name(name) => Some(name.clone()),
        Expression::Path(base, steps) => match (&**base, steps.as_slice()) {
            (Expression::Name(name), [Step::Attribute(part)]) => Some(format!("{name}.{part}")),
            _ => None,
        },
        _ => None,
    }
}

/// The expressions that stand in a node itself.
pub(super) fn expressions(node: &Node) -> Vec<&Expression> {
    match &node.kind {
        NodeKind::Output(expression) | NodeKind::Load { from: expression, .. } => vec![expression],
        NodeKind::For { target, over, when, .. } => {
            [Some(target), Some(over), when.as_ref()].into_iter().flatten().collect()
        }
        NodeKind::If(branches) => branches.iter().filter_map(|(condition, _)| condition.as_ref()).collect(),
        NodeKind::Set { target, value, .. } => std::iter::once(target).chain(value).collect(),
        NodeKind::Macro { parameters, .. } => {
            parameters.iter().filter_map(|(_, value)| value.as_ref()).collect()
        }
        NodeKind::Block { expressions, .. } => expressions.iter().collect(),
        NodeKind::Text(_) | NodeKind::Unknown(_) => Vec::new(),
    }
}

/// An expression and all within it.
pub(super) fn each<'e>(expression: &'e Expression, visit: &mut dyn FnMut(&'e Expression)) {
    visit(expression);
    match expression {
        Expression::List(parts) | Expression::Operation(_, parts) => {
            for part in parts {
                each(part, visit);
            }
        }
        Expression::Dictionary(items) => {
            for (key, value) in items {
                each(key, visit);
                each(value, visit);
            }
        }
        Expression::Not(inner) => each(inner, visit),
        Expression::Choice(parts) => {
            for part in parts.iter() {
                each(part, visit);
            }
        }
        Expression::Path(base, steps) => {
            each(base, visit);
            for part in steps.iter().flat_map(in_step) {
                each(part, visit);
            }
        }
        Expression::Text(_) | Expression::Number(_) | Expression::Constant | Expression::Name(_) => {}
    }
}

/// The expressions within a step.
pub(super) fn in_step(step: &Step) -> Vec<&Expression> {
    match step {
        Step::Attribute(_) => Vec::new(),
        Step::Item(key) => vec![key],
        Step::Slice(parts) => parts.iter().flatten().collect(),
        Step::Call(given) | Step::Filter(_, given) | Step::Test(_, given) => {
            given.values.iter().chain(given.named.iter().map(|(_, value)| value)).collect()
        }
    }
}
