//! Architecture and inference: code in the repository, or a class of a library whose licence is open.

use std::sync::LazyLock;

use std::collections::BTreeMap;

use limpide_formats::code::SignalKind;
use serde::Deserialize;

use super::Desk;
use crate::remark::remark;
use crate::report::{Finding, Locator, Strength};
use crate::source::{File, Reach};
use crate::status::Degree;

/// Libraries of open licences and the classes of models that they hold, as their own source lists them.
static LIBRARIES: LazyLock<Libraries> = LazyLock::new(|| {
    // A test reads the file; without it no class is known, and nothing is verified by it.
    toml::from_str(include_str!("../../data/libraries.toml")).unwrap_or_default()
});

/// The library that holds each class.
static HOLDERS: LazyLock<BTreeMap<&str, &str>> = LazyLock::new(|| {
    let libraries = LIBRARIES.libraries.iter().rev();
    let classes =
        libraries.flat_map(|(name, library)| library.classes.iter().map(move |class| (class, name)));
    classes.map(|(class, name)| (class.as_str(), name.as_str())).collect()
});

#[derive(Debug, Default, Deserialize)]
struct Libraries {
    libraries: BTreeMap<String, Library>,
}

/// A library.
#[derive(Debug, Deserialize)]
struct Library {
    /// The versions whose source was read; none where no class is listed.
    #[serde(default)]
    version: String,
    /// Its licence, by SPDX.
    licence: String,
    /// What cards call it.
    names: Vec<String>,
    /// The classes of models in it.
    #[serde(default)]
    classes: Vec<String>,
}

impl Libraries {
    /// The library that a card means by a name.
    fn named(&self, name: &str) -> Option<(&String, &Library)> {
        self.libraries
            .iter()
            .find(|(_, library)| library.names.iter().any(|known| known.eq_ignore_ascii_case(name)))
    }

    /// The library that holds a class.
    fn holding(&self, class: &str) -> Option<(&String, &Library)> {
        self.libraries.get_key_value(*HOLDERS.get(class)?)
    }
}

/// W4. `config.json` is a description; the code is what runs.
pub(super) fn code(desk: &mut Desk<'_>) -> Finding {
    for find in [own_code, class_in_library, defined_here, defined_elsewhere] {
        if let Some(finding) = find(desk) {
            return finding;
        }
    }
    let criterion = desk.criterion;
    let finding = match (desk.survey.classes().first(), unreached(desk)) {
        (None, Some(_)) => not_reached(desk),
        (Some(class), _) => Finding::claimed(criterion, Degree::Partial).because(remark!(
            "class-unknown",
            "the configuration names `{class}`, whose code was not found",
            class
        )),
        (None, None) => Finding::missing(criterion)
            .because(remark!("no-architecture", "nothing names or holds the code of the architecture")),
    };
    finding
        .raised_by(remark!("add-architecture", "put the code of the architecture into the repository"))
        .searching(desk.all_files())
}

fn class_in_library(desk: &mut Desk<'_>) -> Option<Finding> {
    let classes = desk.survey.classes();
    let (class, (name, library)) =
        classes.iter().find_map(|class| Some((class, LIBRARIES.holding(class)?)))?;
    let (version, licence) = (&library.version, &library.licence);
    let says = remark!(
        "class-in-library",
        "`{class}` is a class of {name} {version}, under {licence}",
        class,
        name,
        version,
        licence
    );
    let place = desk.survey.config_place();
    Some(desk.verified(Degree::Full, says, place).searching("`config.json`"))
}

fn defined_here(desk: &mut Desk<'_>) -> Option<Finding> {
    let (path, place) = here(desk, SignalKind::Architecture)?;
    let says = remark!("defines-model", "`{path}` defines a model", path);
    let finding = desk.verified(Degree::Partial, says, place);
    Some(finding.claiming(Degree::Full).searching(desk.all_files()))
}

fn defined_elsewhere(desk: &mut Desk<'_>) -> Option<Finding> {
    let (address, path, place) = elsewhere(desk, SignalKind::Architecture)?;
    let says = remark!("defines-model-elsewhere", "`{path}` of {address} defines a model", path, address);
    Some(desk.verified(Degree::Full, says, place))
}

/// The first file of the repository that does something, and where.
fn here(desk: &Desk<'_>, kind: SignalKind) -> Option<(String, Locator)> {
    desk.survey.code.iter().find_map(|file| Some((file.path.clone(), file.does.get(&kind)?.place.clone())))
}

/// The first file of linked code that does something, with its address, and where.
fn elsewhere(desk: &Desk<'_>, kind: SignalKind) -> Option<(String, String, Locator)> {
    desk.survey.linked.iter().find_map(|linked| {
        let Reach::Found(repository) = &linked.reach else { return None };
        let file = repository.code.iter().find(|file| file.does.contains_key(&kind))?;
        Some((linked.address.clone(), file.path.clone(), file.does.get(&kind)?.place.clone()))
    })
}

/// Code that the card links to and that could not be looked at.
fn unreached<'a>(desk: &Desk<'a>) -> Option<(&'a String, &'a String)> {
    desk.survey.linked.iter().find_map(|linked| match &linked.reach {
        Reach::Unreachable(why) => Some((&linked.address, why)),
        _ => None,
    })
}

/// What follows when it is linked to code that could not be looked at, or to none.
fn not_reached(desk: &Desk<'_>) -> Finding {
    match unreached(desk) {
        Some((address, why)) => Finding::unchecked(desk.criterion).because(remark!(
            "code-unreached",
            "{address} was not looked at: {why}",
            address,
            why
        )),
        None => Finding::missing(desk.criterion),
    }
}

/// `auto_map` names a class, and the file that it names defines it.
fn own_code(desk: &mut Desk<'_>) -> Option<Finding> {
    let survey = desk.survey;
    let (_, config) = survey.config.as_ref()?;
    let named = config.auto_map.values().flatten().filter(|target| !target.contains("--"));
    let (file, class) = named
        .filter_map(|target| target.rsplit_once('.'))
        .filter(|(module, _)| !module.starts_with("configuration") && !module.starts_with("tokenization"))
        .find_map(|(module, class)| {
            let path = format!("{}.py", module.replace('.', "/"));
            let file = survey.code.iter().find(|file| file.path == path)?;
            file.defines(class).then_some((file, class))
        })?;
    let path = &file.path;
    let says = remark!(
        "class-in-repository",
        "`{path}` defines `{class}`, which the configuration names",
        path,
        class
    );
    let place = file
        .does
        .get(&SignalKind::Architecture)
        .map(|deed| deed.place.clone())
        .unwrap_or_else(|| survey.config_place());
    let shown = desk.shows(Strength::Derived, says.clone(), place);
    let finding = Finding::verified(desk.criterion, Degree::Full, Degree::Full);
    Some(finding.because(says).showing([shown]).searching(desk.all_files()))
}

/// Calls by which the code in a card runs a model.
const RUNS: [&str; 7] =
    ["from_pretrained(", "pipeline(", ".generate(", "LLM(", "vllm serve", "llama-cli", "InferenceClient("];

/// C3. Code that runs the model: here, elsewhere, or in a library that knows its class.
pub(super) fn inference(desk: &mut Desk<'_>) -> Finding {
    for find in [runs_here, library_runs, gguf_runs, runs_elsewhere, snippet] {
        if let Some(finding) = find(desk) {
            return finding;
        }
    }
    let finding = not_reached(desk);
    let finding = match finding.remarks.is_empty() {
        true => finding.because(remark!("no-inference", "nothing shows how to run the model")),
        false => finding,
    };
    finding
        .raised_by(remark!("add-inference", "show how to run the model, with code that can be run"))
        .searching(desk.all_files())
}

fn runs_here(desk: &mut Desk<'_>) -> Option<Finding> {
    let (path, place) = here(desk, SignalKind::Inference)?;
    let finding = desk.verified(Degree::Full, remark!("runs-model", "`{path}` runs a model", path), place);
    Some(finding.searching(desk.all_files()))
}

fn library_runs(desk: &mut Desk<'_>) -> Option<Finding> {
    let classes = desk.survey.classes();
    let (class, (name, _)) = classes.iter().find_map(|class| Some((class, LIBRARIES.holding(class)?)))?;
    let says = remark!("library-runs", "{name} runs `{class}`", name, class);
    let place = desk.survey.config_place();
    Some(desk.verified(Degree::Full, says, place).searching("`config.json`"))
}

fn gguf_runs(desk: &mut Desk<'_>) -> Option<Finding> {
    let weight = desk.survey.weights.files.iter().find(|weight| weight.is_read_gguf())?;
    let (name, _) = LIBRARIES.named("llama.cpp")?;
    let path = &weight.file.path;
    let says = remark!("gguf-runs", "`{path}` is GGUF, which {name} runs", path, name);
    Some(desk.verified(Degree::Partial, says, weight.locator.clone()).claiming(Degree::Full))
}

fn runs_elsewhere(desk: &mut Desk<'_>) -> Option<Finding> {
    let (address, path, place) = elsewhere(desk, SignalKind::Inference)?;
    let says = remark!("runs-model-elsewhere", "`{path}` of {address} runs a model", path, address);
    Some(desk.verified(Degree::Full, says, place))
}

fn snippet(desk: &mut Desk<'_>) -> Option<Finding> {
    let card = &desk.survey.card;
    let (span, _) = card.code_blocks().find(|(_, code)| RUNS.iter().any(|call| code.contains(call)))?;
    let claim = desk.claim("inference-snippet", card.text()?, span.clone());
    let finding = Finding::claimed(desk.criterion, Degree::Partial);
    Some(finding.because(remark!("snippet", "the card shows how to run the model")).saying([claim]))
}

/// C5. What the code needs is listed, or the library is known.
pub(super) fn tooling(desk: &mut Desk<'_>) -> Finding {
    let criterion = desk.criterion;
    let survey = desk.survey;
    let list =
        LISTS.iter().find_map(|(name, mark)| survey.file(name).filter(|file| lists_needs(desk, file, mark)));
    if let Some(file) = list {
        let path = &file.path;
        let says = remark!("needs-listed", "`{path}` lists what the code needs", path);
        let shown = desk.shows(Strength::Derived, says.clone(), survey.place(file));
        return Finding::verified(criterion, Degree::Full, Degree::Full).because(says).showing([shown]);
    }
    let library = survey.card.texts("library_name").into_iter().next();
    let known = library.as_deref().and_then(|name| LIBRARIES.named(name));
    let by_class = || survey.classes().iter().find_map(|class| LIBRARIES.holding(class));
    if let Some((name, library)) = known.or_else(by_class) {
        let licence = &library.licence;
        let says = remark!("library-known", "it is used with {name}, under {licence}", name, licence);
        let place = survey
            .card
            .text()
            .map_or_else(|| survey.config_place(), |text| text.locate(survey.card.span("library_name")));
        let shown = desk.shows(Strength::Derived, says.clone(), place);
        return Finding::verified(criterion, Degree::Partial, Degree::Partial).because(says).showing([shown]);
    }
    Finding::missing(criterion)
        .because(remark!("no-tooling", "nothing says which libraries are needed"))
        .raised_by(remark!("list-needs", "list the libraries that are needed, with their versions"))
        .searching(desk.all_files())
}

/// Files that list what code needs, and what stands in each that does; nothing where a line with a name is enough.
const LISTS: [(&str, &str); 7] = [
    ("requirements.txt", ""),
    ("pyproject.toml", "["),
    ("environment.yml", "dependencies:"),
    ("environment.yaml", "dependencies:"),
    ("setup.py", "setup("),
    ("Dockerfile", "FROM "),
    ("conda.yaml", "dependencies:"),
];

fn lists_needs(desk: &Desk<'_>, file: &File, mark: &str) -> bool {
    let Some(text) = desk.survey.text(file) else { return false };
    let text = String::from_utf8_lossy(&text.bytes);
    match mark {
        "" => text
            .lines()
            .any(|line| line.trim_start().starts_with(|first: char| first.is_ascii_alphanumeric())),
        mark => text.contains(mark),
    }
}

/// The licence of the library that holds one of these classes.
pub(super) fn library_licence(classes: &[String]) -> Option<(String, String)> {
    let (name, library) = classes.iter().find_map(|class| LIBRARIES.holding(class))?;
    Some((name.clone(), library.licence.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_libraries_can_be_read() {
        let libraries: Libraries = toml::from_str(include_str!("../../data/libraries.toml")).unwrap();
        assert_eq!(libraries.holding("LlamaForCausalLM").unwrap().0, "transformers");
        assert!(libraries.holding("EveForCausalLM").is_none());
        assert!(libraries.named("diffusers").is_some());
        for (name, library) in &libraries.libraries {
            assert_eq!(library.version.is_empty(), library.classes.is_empty(), "{name}");
            assert!(!library.licence.is_empty(), "{name}");
        }
    }
}
