//! `/docs`: the guide in the visitor's language, the documents of the project, and the reference of the API.

use std::collections::BTreeMap;

use askama::Template;
use limpide_hub::{Error, Language};
use limpide_rendering::markdown;
use serde_json::Value;

use crate::openapi;
use crate::pages::page::{Shown, page};
use crate::pages::repo::rendering_words;
use crate::pages::visit::{Frame, Visit};

/// A document of the project, which is in English.
struct Written {
    name: &'static str,
    title: &'static str,
    text: &'static str,
}

const GUIDES: [&str; 2] =
    [include_str!("../../../../docs/guide.en.md"), include_str!("../../../../docs/guide.fr.md")];

const WRITTEN: [Written; 7] = [
    Written { name: "audit.md", title: "Audits", text: include_str!("../../../../docs/audit.md") },
    Written { name: "safety.md", title: "Safety", text: include_str!("../../../../docs/safety.md") },
    Written { name: "signing.md", title: "Signing", text: include_str!("../../../../docs/signing.md") },
    Written {
        name: "openness-rubrics.md",
        title: "Rubrics",
        text: include_str!("../../../../docs/openness-rubrics.md"),
    },
    Written {
        name: "openness-accuracy.md",
        title: "Accuracy of audits",
        text: include_str!("../../../../docs/openness-accuracy.md"),
    },
    Written { name: "clients.md", title: "Clients", text: include_str!("../../../../docs/clients.md") },
    Written {
        name: "benchmarks.md",
        title: "Benchmarks",
        text: include_str!("../../../../docs/benchmarks.md"),
    },
];

#[derive(Template)]
#[template(path = "docs.html")]
struct Docs {
    frame: Frame,
    title: String,
    /// The language of the text.
    language: Language,
    html: String,
    others: Vec<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "api.html")]
struct Api {
    frame: Frame,
    groups: Vec<Group>,
}

struct Group {
    name: String,
    operations: Vec<Operation>,
}

struct Operation {
    method: String,
    path: String,
    summary: String,
    parameters: Vec<(String, String)>,
    statuses: Vec<(String, String)>,
}

pub(crate) async fn index(visit: Visit) -> Shown {
    let language = visit.words.language;
    let text = match language {
        Language::English => GUIDES[0],
        Language::French => GUIDES[1],
    };
    page(&document(&visit, (visit.words.say("nav-guide"), language), text))
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let name = visit.param("page");
    let found = WRITTEN.iter().find(|written| written.name == name);
    let written = found.ok_or_else(|| Error::missing(format!("There is no document `{name}` here.")))?;
    page(&document(&visit, (written.title.to_owned(), Language::English), written.text))
}

fn document(visit: &Visit, (title, language): (String, Language), text: &str) -> Docs {
    let words = rendering_words(visit.words);
    let place = limpide_rendering::Place { files: "/docs/", bytes: "/docs/", folder: "", words: &words };
    let others = WRITTEN.iter().map(|written| (written.name, written.title)).collect();
    Docs { frame: visit.frame(), title, language, html: markdown::render(text, &place).html, others }
}

/// `/docs/api`: what the code generates for programs, for people.
pub(crate) async fn api(visit: Visit) -> Shown {
    let mut groups: BTreeMap<String, Vec<Operation>> = BTreeMap::new();
    for (path, methods) in openapi::document()["paths"].as_object().into_iter().flatten() {
        for (method, described) in methods.as_object().into_iter().flatten() {
            let group = described["tags"][0].as_str().unwrap_or_default().to_owned();
            groups.entry(group).or_default().push(operation(method, path, described));
        }
    }
    let groups = groups.into_iter().map(|(name, operations)| Group { name, operations }).collect();
    page(&Api { frame: visit.frame(), groups })
}

fn operation(method: &str, path: &str, described: &Value) -> Operation {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let parameters = described["parameters"].as_array().into_iter().flatten();
    let statuses = described["responses"].as_object().into_iter().flatten();
    Operation {
        method: method.to_uppercase(),
        path: path.to_owned(),
        summary: text(&described["summary"]),
        parameters: parameters.map(|parameter| (text(&parameter["name"]), text(&parameter["in"]))).collect(),
        statuses: statuses.map(|(status, answer)| (status.clone(), text(&answer["description"]))).collect(),
    }
}
