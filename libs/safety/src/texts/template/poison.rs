//! Templates that say something only when a user wrote something certain, or on a certain day, or that change what was
//! written: nothing in them runs, and yet the model answers to other words than it was given.

use limpide_formats::jinja::{Expression, Node, NodeKind, Step};

use super::fold::{Value, fold};
use super::names::{Names, each, expressions, in_step};
use super::{Notes, walk};

/// What templates ask contents for without asking what was written: kinds of parts, fields and roles.
#[rustfmt::skip]
const PARTS: [&str; 40] = [
    "image", "images", "image_url", "video", "video_url", "audio", "audio_url", "input_audio", "input_image", "input_text",
    "file", "document", "documents", "text", "type", "content", "role", "name", "tool", "tools", "tool_call", "tool_calls",
    "tool_use", "tool_result", "tool_response", "tool_call_id", "function", "arguments", "parameters", "think", "thinking",
    "reasoning", "reasoning_content", "system", "user", "assistant", "developer", "ipython", "string", "json",
];

/// What a condition hangs on.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Trigger {
    /// Words that a user wrote.
    Words(String),
    /// A mark that models are given, or a command such as `/think`.
    Mark(String),
    /// The day.
    Day,
}

pub(super) fn look(node: &Node, names: &Names<'_>, notes: &mut Notes<'_>) {
    match &node.kind {
        NodeKind::If(branches) => {
            for (condition, _) in branches {
                let trigger = condition.as_ref().and_then(|condition| trigger(condition, names));
                if let Some(trigger) = trigger
                    && branches.iter().any(|(_, body)| says(body, &trigger))
                {
                    note(&trigger, notes);
                }
            }
        }
        NodeKind::For { when: Some(when), body, .. } => {
            if let Some(trigger) = trigger(when, names).filter(|trigger| says(body, trigger)) {
                note(&trigger, notes);
            }
        }
        NodeKind::Block { tag, expressions, .. } if tag == "filter" => {
            for expression in expressions {
                if let Expression::Path(_, steps) = expression {
                    replaced(steps, names, notes);
                }
            }
        }
        _ => {}
    }
    for expression in expressions(node) {
        each(expression, &mut |inner| choice(inner, names, notes));
    }
}

fn note(trigger: &Trigger, notes: &mut Notes<'_>) {
    match trigger {
        Trigger::Words(words) | Trigger::Mark(words) => notes.see("text-on-words", words),
        Trigger::Day => notes.see("text-on-day", ""),
    }
}

/// `… if … else …`, a dictionary asked for what a user wrote, and texts that are replaced.
fn choice(expression: &Expression, names: &Names<'_>, notes: &mut Notes<'_>) {
    match expression {
        Expression::Choice(parts) => {
            let Some(trigger) = trigger(&parts[0], names) else { return };
            if parts[1..].iter().any(|part| tells(part, &trigger)) {
                note(&trigger, notes);
            }
        }
        Expression::Path(base, steps) => {
            let asked = steps.iter().take(2).flat_map(in_step).any(|key| names.is_written(key));
            if asked && let Some(words) = keys(base, names).into_iter().find(|key| is_words(key)) {
                notes.see("text-on-words", &words);
            }
            if names.is_written(expression) || names.is_written(base) {
                replaced(steps, names, notes);
            }
        }
        _ => {}
    }
}

/// The keys of a dictionary, also where a name stands for it.
fn keys(base: &Expression, names: &Names<'_>) -> Vec<String> {
    let texts = |items: &[(Expression, Expression)]| {
        items.iter().filter_map(|(key, _)| fold(key, names, 0)?.text()).collect::<Vec<_>>()
    };
    match base {
        Expression::Dictionary(items) => texts(items),
        Expression::Name(name) => {
            let values = names.values.get(name).map(Vec::as_slice).unwrap_or_default();
            let all = values.iter().take(8).filter_map(|value| match value {
                Expression::Dictionary(items) => Some(texts(items)),
                _ => None,
            });
            all.flatten().collect()
        }
        _ => Vec::new(),
    }
}

/// Words for other words.
fn replaced(steps: &[Step], names: &Names<'_>, notes: &mut Notes<'_>) {
    for (index, step) in steps.iter().enumerate() {
        let given = match (step, steps.get(index + 1)) {
            (Step::Filter(name, given), _) if name == "replace" => given,
            (Step::Attribute(name), Some(Step::Call(given))) if name == "replace" => given,
            _ => continue,
        };
        let mut texts = given.values.iter().map(|value| fold(value, names, 0).and_then(Value::text));
        let (Some(Some(from)), Some(Some(to))) = (texts.next(), texts.next()) else { continue };
        if is_words(&from) && to.contains(char::is_alphabetic) && !is_mark(&to) {
            notes.see("replaced-text", &from);
        }
    }
}

/// What a condition hangs on, when that is what a user wrote, or the day.
pub(super) fn trigger(condition: &Expression, names: &Names<'_>) -> Option<Trigger> {
    if let Some(name) = super::names::path_name(condition)
        && names.signals.contains(&name)
    {
        return Some(Trigger::Words(name));
    }
    match condition {
        Expression::Not(inner) => trigger(inner, names),
        Expression::List(parts) => parts.iter().find_map(|part| trigger(part, names)),
        Expression::Choice(parts) => parts.iter().find_map(|part| trigger(part, names)),
        Expression::Operation(signs, parts) => {
            let is_compared = signs
                .iter()
                .any(|sign| matches!(*sign, "==" | "!=" | "in" | "not in" | "<" | ">" | "<=" | ">="));
            if !is_compared {
                return parts.iter().find_map(|part| trigger(part, names));
            }
            if parts.iter().any(is_day)
                && parts.iter().any(|part| {
                    matches!(part, Expression::Text(_) | Expression::List(_) | Expression::Number(_))
                })
            {
                return Some(Trigger::Day);
            }
            let is_written = parts.iter().any(|part| names.is_written(part));
            let found =
                parts.iter().filter(|part| !names.is_written(part)).find_map(|part| words_in(part, names));
            found.filter(|_| is_written).or_else(|| parts.iter().find_map(|part| trigger(part, names)))
        }
        Expression::Path(base, steps) => {
            let is_written = names.is_written(base) || names.is_written(condition);
            let asked = steps.iter().filter(|step| !matches!(step, Step::Item(_)));
            let found = asked.flat_map(in_step).find_map(|given| words_in(given, names));
            found.filter(|_| is_written).or_else(|| trigger(base, names))
        }
        _ => None,
    }
}

/// Words that stand somewhere in an expression, or that a name in it stands for.
fn words_in(expression: &Expression, names: &Names<'_>) -> Option<Trigger> {
    let mut texts = Vec::new();
    if let Some(value) = fold(expression, names, 0) {
        texts.extend(value.texts());
    } else {
        each(expression, &mut |inner| match inner {
            Expression::Text(text) => texts.push(text.clone()),
            Expression::Name(name) => texts.extend(names.constants(name).into_iter().flat_map(Value::texts)),
            _ => {}
        });
    }
    let words = texts.iter().find(|text| is_words(text)).map(|text| Trigger::Words(text.clone()));
    words.or_else(|| texts.into_iter().find(|text| is_mark(text)).map(Trigger::Mark))
}

/// Whether it is asked which day it is.
fn is_day(expression: &Expression) -> bool {
    let mut is_day = false;
    each(expression, &mut |inner| {
        is_day |= matches!(inner, Expression::Name(name) if name == "strftime_now" || name == "date_string");
    });
    is_day
}

/// Whether a text is a word or more that somebody may write.
fn is_words(text: &str) -> bool {
    let text = text.trim();
    let has_word = text.split(|sign: char| !sign.is_alphabetic()).any(|word| word.chars().count() >= 3);
    has_word && !is_mark(text) && !PARTS.contains(&&*text.to_lowercase())
}

/// Whether a text is a mark that models are given.
fn is_mark(text: &str) -> bool {
    let text = text.trim();
    let letters = text.trim_matches(|sign: char| !sign.is_alphanumeric());
    let is_tag = text.contains('<') && text.contains('>');
    let is_bracket = text.starts_with(['[', '{', '`']);
    is_tag || is_bracket || (text.starts_with('/') && !letters.contains([' ', '/', '.']))
}

/// Whether something is said in these nodes that hangs on the trigger.
fn says(body: &[Node], trigger: &Trigger) -> bool {
    let mut says = false;
    walk(body, &mut |node| match &node.kind {
        NodeKind::Text(text) => says |= is_said(text, trigger),
        NodeKind::Output(expression) | NodeKind::Set { value: Some(expression), .. } => {
            says |= tells(expression, trigger);
        }
        _ => {}
    });
    says
}

/// Whether an expression gives a text that hangs on the trigger; an error that stops everything is none.
fn tells(expression: &Expression, trigger: &Trigger) -> bool {
    match expression {
        Expression::Text(text) => is_said(text, trigger),
        Expression::Operation(_, parts) | Expression::List(parts) => {
            parts.iter().any(|part| tells(part, trigger))
        }
        Expression::Choice(parts) => parts[1..].iter().any(|part| tells(part, trigger)),
        Expression::Path(base, steps) => match (&**base, steps.first()) {
            (Expression::Name(name), _) if name == "raise_exception" => false,
            // What a method of a text is given is not said by it.
            (Expression::Text(text), _) => is_said(text, trigger),
            (_, Some(Step::Filter(name, given))) if matches!(&**name, "default" | "d") => {
                given.values.iter().any(|value| tells(value, trigger))
            }
            (inner, _) => tells(inner, trigger),
        },
        _ => false,
    }
}

/// Whether a text says something: any word where words are waited for, a sentence where it is a mark.
fn is_said(text: &str, trigger: &Trigger) -> bool {
    let mut plain = String::new();
    for (index, part) in text.split('<').enumerate() {
        plain.push_str(if index == 0 { part } else { part.split_once('>').map_or("", |(_, after)| after) });
        plain.push(' ');
    }
    let words = plain.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic));
    let words = words.filter(|word| !is_mark(word) && !PARTS.contains(word)).count();
    match trigger {
        Trigger::Words(_) | Trigger::Day => words > 0,
        Trigger::Mark(_) => words >= 5,
    }
}
