//! Classes a model as the Model Openness Tool does, from the tool's own YAML.
//!
//! The same engine and the same data file grade an audit by `mof-1.0-mot`; here the components and licences are those
//! that somebody wrote down. <https://github.com/lfai/model_openness_tool>
//!
//! ```
//! let yaml = "{ release: { name: tiny, license: { distribution: { name: MIT } }, components: [{ name: Model card }] } }";
//! let model = limpide_openness::mot::classify(yaml, &limpide_openness::mot::is_open)?;
//! assert_eq!(model.class, None);
//! assert_eq!(model.progress[0].have, 1);
//! # Ok::<(), limpide_openness::mot::Problem>(())
//! ```

use std::collections::BTreeMap;

use limpide_formats::card;
use serde_json::{Map, Value};

use crate::rubric;
use crate::rubric::classes::{Classes, Component};
use crate::rubric::{Method, PartRule};

pub use crate::rubric::classes::{Progress, State};
pub use limpide_licences::mot::is_open;

/// The rubric whose components, classes and waiver are used.
const RUBRIC: &str = "mof-1.0-mot";

/// The word by which a model file says that something has no licence.
const UNLICENSED: &str = "unlicensed";

/// A model, classed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classed {
    /// 3, 2 or 1, where 1 is the most open; none when it is unclassified.
    pub class: Option<u8>,
    /// How far classes 3, 2 and 1 are reached.
    pub progress: Vec<Progress>,
    /// What is known of each component, by the framework's name for it.
    pub components: BTreeMap<&'static str, State>,
}

/// A model file that cannot be classed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It is no YAML, or exceeds what is read.
    #[error("the model file cannot be read: {0}")]
    Unreadable(String),
    /// Something is not what the tool's schema says.
    #[error("`{place}` of the model file should be {expected}")]
    Shape {
        /// Where, such as `release.components`.
        place: &'static str,
        /// What should be there.
        expected: &'static str,
    },
    /// A component that the framework does not have. (The tool itself takes it for the datasets.)
    #[error("`{0}` is no component of the Model Openness Framework")]
    Component(String),
}

/// Classes the model that a YAML file of the tool describes. `is_open` says which licences are open: [`is_open`] is
/// the tool's own rule.
///
/// # Errors
/// When the file is not one of the tool's.
pub fn classify(yaml: &str, is_open: &dyn Fn(&str) -> bool) -> Result<Classed, Problem> {
    let model = read(yaml)?;
    let (classes, parts) =
        framework().ok_or(Problem::Shape { place: RUBRIC, expected: "a rubric of classes" })?;
    let state = |part: &PartRule, component: &Component| model.state(part, component, is_open);
    let classified = classes.classify(parts, state);
    let reached = classified.complete.checked_sub(1).and_then(|highest| classes.levels.get(highest));
    let components = components(parts).map(|(part, component)| (part.title.as_str(), state(part, component)));
    Ok(Classed {
        class: reached.map(|level| level.class),
        progress: classified.progress,
        components: components.collect(),
    })
}

fn framework() -> Option<(&'static Classes, &'static [PartRule])> {
    let rubric = rubric::rubric(RUBRIC)?;
    match &rubric.method {
        Method::Classes(classes) => Some((classes, &rubric.parts)),
        _ => None,
    }
}

fn components(parts: &[PartRule]) -> impl Iterator<Item = (&PartRule, &Component)> {
    parts.iter().filter_map(|part| part.component.as_ref().map(|component| (part, component)))
}

/// What a model file says that matters here.
struct Model {
    /// The licence of the whole release, or of one kind of content: `distribution`, `code`, `data`, `document`.
    release: BTreeMap<String, String>,
    /// By name, the licence that each component names. None when it names none.
    components: BTreeMap<String, Option<String>>,
}

impl Model {
    fn state(&self, part: &PartRule, component: &Component, is_open: &dyn Fn(&str) -> bool) -> State {
        let Some(own) = self.components.get(&part.title) else { return State::Missing };
        match self.licence(own.as_deref(), component) {
            None | Some("" | UNLICENSED) => State::Unlicensed,
            Some(licence) if is_open(licence) => State::Included,
            Some(_) => State::Invalid,
        }
    }

    /// A component's own licence, else that of its kind of content, else that of the release. One that is said to
    /// be empty is not filled from elsewhere.
    fn licence<'a>(&'a self, own: Option<&'a str>, component: &Component) -> Option<&'a str> {
        let of_release =
            |key: &str| self.release.get(key).map(String::as_str).filter(|name| !name.is_empty());
        own.or_else(|| of_release(&component.content)).or_else(|| of_release("distribution"))
    }
}

fn read(yaml: &str) -> Result<Model, Problem> {
    let root = card::parse(yaml).map_err(Problem::Unreadable)?;
    let release = object(root.get("release"), "release")?.ok_or(shape("release", "a map"))?;
    let mut model = Model { release: BTreeMap::new(), components: BTreeMap::new() };
    for (kind, licence) in object(release.get("license"), "release.license")?.into_iter().flatten() {
        let licence = object(Some(licence), "release.license")?;
        if let Some(name) = licence.and_then(|licence| text(licence.get("name"))) {
            model.release.insert(kind.clone(), name);
        }
    }
    for listed in list(release.get("components"))? {
        let listed = object(Some(listed), "release.components")?;
        let listed = listed.ok_or(shape("release.components", "a list of maps"))?;
        let name =
            text(listed.get("name")).ok_or(shape("release.components", "a list of maps with names"))?;
        if !framework().is_some_and(|(_, parts)| components(parts).any(|(part, _)| part.title == name)) {
            return Err(Problem::Component(name));
        }
        // One that is listed twice is what it is the last time.
        model.components.insert(name, text(listed.get("license")));
    }
    Ok(model)
}

fn shape(place: &'static str, expected: &'static str) -> Problem {
    Problem::Shape { place, expected }
}

fn object<'a>(
    value: Option<&'a Value>,
    place: &'static str,
) -> Result<Option<&'a Map<String, Value>>, Problem> {
    match value {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Object(fields)) => Ok(Some(fields)),
        // An empty map, as PHP writes it.
        Some(Value::Array(items)) if items.is_empty() => Ok(None),
        Some(_) => Err(shape(place, "a map")),
    }
}

fn list(value: Option<&Value>) -> Result<&[Value], Problem> {
    match value {
        None | Some(Value::Null) => Ok(&[]),
        Some(Value::Array(items)) => Ok(items),
        Some(_) => Err(shape("release.components", "a list")),
    }
}

/// A text, or a number that was meant as one.
fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
