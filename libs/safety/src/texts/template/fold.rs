//! Puts constants together, so that a name written in pieces is read as what it becomes.

use limpide_formats::jinja::{Arguments, Expression, Step};

use super::names::Names;

/// What constants come to.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Text(String),
    Number(i64),
    List(Vec<Value>),
}

/// The longest text that is put together.
const LONGEST: usize = 4096;

/// How deep names are followed to what they stand for.
const DEEPEST: usize = 12;

impl Value {
    pub(super) fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Number(number) => Some(number.to_string()),
            Self::List(_) => None,
        }
    }

    /// The text, or all texts of a list.
    pub(super) fn texts(self) -> Vec<String> {
        match self {
            Self::Text(text) => vec![text],
            Self::Number(_) => Vec::new(),
            Self::List(values) => values.into_iter().flat_map(Self::texts).collect(),
        }
    }
}

/// What an expression comes to, when that is written out.
pub(super) fn fold(expression: &Expression, names: &Names<'_>, depth: usize) -> Option<Value> {
    if depth > DEEPEST || !names.step() {
        return None;
    }
    let deeper = |inner: &Expression| fold(inner, names, depth + 1);
    match expression {
        Expression::Text(text) => (text.len() <= LONGEST).then(|| Value::Text(text.clone())),
        Expression::Number(number) => Some(Value::Number(*number)),
        Expression::List(parts) => parts.iter().map(deeper).collect::<Option<_>>().map(Value::List),
        Expression::Dictionary(items) => {
            items.iter().map(|(key, _)| deeper(key)).collect::<Option<_>>().map(Value::List)
        }
        Expression::Name(name) => match names.values.get(name).map(Vec::as_slice) {
            Some([value]) => deeper(value),
            _ => None,
        },
        Expression::Operation(signs, parts) => {
            let mut values = parts.iter().map(deeper);
            let first = values.next()??;
            signs.iter().zip(values).try_fold(first, |left, (sign, right)| operate(left, sign, right?))
        }
        Expression::Choice(parts) => deeper(&parts[1]).or_else(|| deeper(&parts[2])),
        Expression::Path(base, steps) => path(base, steps, names, depth),
        Expression::Constant | Expression::Not(_) => None,
    }
}

fn operate(left: Value, sign: &str, right: Value) -> Option<Value> {
    let together = match (left, sign, right) {
        (Value::Text(left), "*", Value::Number(times)) | (Value::Number(times), "*", Value::Text(left)) => {
            let times = usize::try_from(times).unwrap_or_default();
            if left.len().saturating_mul(times) > LONGEST {
                return None;
            }
            left.repeat(times)
        }
        (Value::Text(pattern), "%", value) => printed(&pattern, &[value])?,
        (Value::Number(left), "+", Value::Number(right)) => {
            return left.checked_add(right).map(Value::Number);
        }
        (Value::Number(left), "-", Value::Number(right)) => {
            return left.checked_sub(right).map(Value::Number);
        }
        (Value::List(mut left), "+", Value::List(right)) => {
            left.extend(right);
            return Some(Value::List(left));
        }
        (left, "+" | "~", right) => left.text()? + &right.text()?,
        _ => return None,
    };
    (together.len() <= LONGEST).then_some(Value::Text(together))
}

fn path(base: &Expression, steps: &[Step], names: &Names<'_>, depth: usize) -> Option<Value> {
    // `dict(name=…)|list` writes names as keywords.
    let (mut value, mut steps) = match (base, steps) {
        (Expression::Name(name), [Step::Call(given), rest @ ..]) if name == "dict" => {
            (Value::List(given.named.iter().map(|(name, _)| Value::Text(name.clone())).collect()), rest)
        }
        _ => (fold(base, names, depth + 1)?, steps),
    };
    while let Some((step, rest)) = steps.split_first() {
        steps = rest;
        value = match (step, rest) {
            (Step::Attribute(method), [Step::Call(given), after @ ..]) => {
                steps = after;
                let given = constants(given, names, depth)?;
                called(value, method, &given)?
            }
            (Step::Filter(name, given), _) => filtered(value, name, &constants(given, names, depth)?)?,
            (Step::Item(key), _) => item(value, &fold(key, names, depth + 1)?)?,
            (Step::Slice(parts), _) => sliced(value, parts, names, depth)?,
            _ => return None,
        };
    }
    Some(value)
}

fn constants(given: &Arguments, names: &Names<'_>, depth: usize) -> Option<Vec<Value>> {
    given.values.iter().map(|value| fold(value, names, depth + 1)).collect()
}

fn called(value: Value, method: &str, given: &[Value]) -> Option<Value> {
    match (method, value, given) {
        ("join", Value::Text(between), [parts]) => joined(parts.clone(), &between),
        ("format", Value::Text(pattern), given) => formatted(&pattern, given).map(Value::Text),
        ("strip" | "replace" | "lower" | "upper" | "lstrip" | "rstrip", value, given) => {
            filtered(value, method, given)
        }
        ("keys" | "copy", value @ Value::List(_), []) => Some(value),
        _ => None,
    }
}

fn filtered(value: Value, name: &str, given: &[Value]) -> Option<Value> {
    Some(match (name, value) {
        ("join", value) => {
            let between = given.first().cloned().and_then(Value::text).unwrap_or_default();
            return joined(value, &between);
        }
        ("first", value) => return item(value, &Value::Number(0)),
        ("last", value) => return item(value, &Value::Number(-1)),
        ("list" | "safe" | "string" | "e" | "escape" | "default" | "d" | "unique", value) => value,
        ("sort", Value::List(mut values)) => {
            values.sort_by_cached_key(|value| value.clone().text());
            Value::List(values)
        }
        ("reverse", Value::List(mut values)) => {
            values.reverse();
            Value::List(values)
        }
        ("reverse", Value::Text(text)) => Value::Text(text.chars().rev().collect()),
        ("format", Value::Text(pattern)) => Value::Text(printed(&pattern, given)?),
        ("replace", Value::Text(text)) => match given {
            [Value::Text(from), Value::Text(to), ..] => {
                let replaced = text.replace(&**from, to);
                Value::Text(Some(replaced).filter(|text| text.len() <= LONGEST)?)
            }
            _ => return None,
        },
        ("lower", Value::Text(text)) => Value::Text(text.to_lowercase()),
        ("upper", Value::Text(text)) => Value::Text(text.to_uppercase()),
        ("trim" | "strip" | "lstrip" | "rstrip", Value::Text(text)) => match given {
            [Value::Text(signs), ..] => {
                Value::Text(text.trim_matches(|sign| signs.contains(sign)).to_owned())
            }
            _ => Value::Text(text.trim().to_owned()),
        },
        _ => return None,
    })
}

fn joined(value: Value, between: &str) -> Option<Value> {
    let texts: Vec<String> = match value {
        Value::List(values) => values.into_iter().map(Value::text).collect::<Option<_>>()?,
        Value::Text(text) => text.chars().map(String::from).collect(),
        Value::Number(_) => return None,
    };
    let joined = texts.join(between);
    (joined.len() <= LONGEST).then_some(Value::Text(joined))
}

fn item(value: Value, key: &Value) -> Option<Value> {
    let Value::Number(index) = key else { return None };
    let place = |length: usize| {
        let length = i64::try_from(length).ok()?;
        usize::try_from(if *index < 0 { length.checked_add(*index)? } else { *index }).ok()
    };
    match value {
        Value::List(values) => values.get(place(values.len())?).cloned(),
        Value::Text(text) => {
            let signs: Vec<char> = text.chars().collect();
            signs.get(place(signs.len())?).map(|sign| Value::Text(sign.to_string()))
        }
        Value::Number(_) => None,
    }
}

fn sliced(value: Value, parts: &[Option<Expression>], names: &Names<'_>, depth: usize) -> Option<Value> {
    let signs: Vec<Value> = match value {
        Value::Text(ref text) => text.chars().map(|sign| Value::Text(sign.to_string())).collect(),
        Value::List(ref values) => values.clone(),
        Value::Number(_) => return None,
    };
    let length = i64::try_from(signs.len()).ok()?;
    let number = |index: usize| match parts.get(index).and_then(Option::as_ref) {
        None => Some(None),
        Some(part) => match fold(part, names, depth + 1)? {
            Value::Number(number) => Some(Some(number)),
            _ => None,
        },
    };
    let (begin, end, step) = (number(0)?, number(1)?, number(2)?.unwrap_or(1));
    let clamp = |place: i64| if place < 0 { (place + length).max(0) } else { place.min(length) };
    let mut places: Vec<i64> = if step < 0 {
        (end.map_or(0, |end| clamp(end) + 1)..=begin.map_or(length - 1, |begin| clamp(begin).min(length - 1)))
            .rev()
            .collect()
    } else {
        (begin.map_or(0, clamp)..end.map_or(length, clamp)).collect()
    };
    let step = usize::try_from(step.unsigned_abs()).ok()?;
    if step > 1 {
        places = places.into_iter().step_by(step).collect();
    }
    let taken =
        places.into_iter().filter_map(|place| signs.get(usize::try_from(place).ok()?).cloned()).collect();
    match value {
        Value::Text(_) => joined(Value::List(taken), ""),
        _ => Some(Value::List(taken)),
    }
}

/// `"%s%s" % (…)`, `"%c"|format(…)`.
fn printed(pattern: &str, given: &[Value]) -> Option<String> {
    let mut given = given.iter().flat_map(|value| match value {
        Value::List(values) => values.clone(),
        other => vec![other.clone()],
    });
    let (mut text, mut signs) = (String::new(), pattern.chars());
    while let Some(sign) = signs.next() {
        if sign != '%' {
            text.push(sign);
            continue;
        }
        match signs.next()? {
            '%' => text.push('%'),
            'c' => match given.next()? {
                Value::Number(number) => text.push(char::from_u32(u32::try_from(number).ok()?)?),
                other => text.push_str(&other.text()?),
            },
            's' | 'd' | 'i' => text.push_str(&given.next()?.text()?),
            _ => return None,
        }
    }
    (text.len() <= LONGEST).then_some(text)
}

/// `"{}{}".format(…)`, with plain fields.
fn formatted(pattern: &str, given: &[Value]) -> Option<String> {
    let (mut text, mut rest, mut next) = (String::new(), pattern, 0);
    while let Some(open) = rest.find('{') {
        text.push_str(&rest[..open]);
        let close = rest[open..].find('}')? + open;
        let field = &rest[open + 1..close];
        let (field, kind) = field.split_once(':').unwrap_or((field, ""));
        let index = if field.is_empty() { next } else { field.parse().ok()? };
        next += 1;
        match (given.get(index)?.clone(), kind) {
            (Value::Number(number), "c") => text.push(char::from_u32(u32::try_from(number).ok()?)?),
            (value, _) => text.push_str(&value.text()?),
        }
        rest = &rest[close + 1..];
        if text.len() > LONGEST {
            return None;
        }
    }
    text.push_str(rest);
    Some(text)
}
