//! `/new`: a repository is made, with a licence from its first commit on.

use askama::Template;
use axum::http::StatusCode;
use limpide_hub::{Error, NewRepo};
use limpide_licences::Tag;
use limpide_words::{Kind, OwnerName, RepoId};

use crate::pages::note::Note;
use crate::pages::page::{Shown, see, with_status};
use crate::pages::visit::{Form, Frame, Visit};

/// The licences that the form offers, as cards write them: open ones for code, data and documents, then those that
/// bind more.
const LICENCES: [&str; 19] = [
    "apache-2.0",
    "mit",
    "bsd-3-clause",
    "mpl-2.0",
    "eupl-1.2",
    "lgpl-3.0",
    "gpl-3.0",
    "agpl-3.0",
    "openmdw-1.0",
    "cc0-1.0",
    "cc-by-4.0",
    "cc-by-sa-4.0",
    "odc-by",
    "odbl",
    "pddl",
    "etalab-2.0",
    "cdla-permissive-2.0",
    "bigscience-openrail-m",
    "cc-by-nc-4.0",
];

/// What a space may run on, as cards write it: the first is what needs no server.
const SDKS: [&str; 4] = ["static", "gradio", "docker", "streamlit"];

#[derive(Template)]
#[template(path = "new.html")]
struct NewPage {
    frame: Frame,
    note: Note,
    kinds: Vec<Choice>,
    owners: Vec<Choice>,
    licences: Vec<Choice>,
    sdks: Vec<Choice>,
    name: String,
    private: bool,
}

/// One of several.
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) is_chosen: bool,
}

/// What was chosen and typed so far.
#[derive(Default)]
struct Asked {
    kind: String,
    owner: String,
    name: String,
    licence: String,
    sdk: String,
    private: bool,
}

pub(crate) async fn ask(visit: Visit) -> Shown {
    let text = |name: &str| visit.asked(name).unwrap_or_default().to_owned();
    let asked = Asked { kind: text("kind"), owner: text("owner"), name: text("name"), ..Asked::default() };
    again(&visit, StatusCode::OK, Note::default(), asked).await
}

pub(crate) async fn create(visit: Visit) -> Shown {
    visit.caller.user()?;
    let form = visit.fields().await?;
    let refused = match make(&visit, &form).await {
        Ok(address) => return see(&address),
        Err(refused) => refused,
    };
    let message = match &refused {
        Error::RepoExists(..) => Some("new-taken"),
        Error::Forbidden(_) => Some("new-forbidden"),
        Error::Invalid(_) => Some("name-invalid"),
        Error::Unprocessable(_) => Some("new-incomplete"),
        _ => None,
    };
    let text = |name: &str| form.get(name).trim().to_owned();
    let asked = Asked {
        kind: text("kind"),
        owner: text("owner"),
        name: text("name"),
        licence: text("licence"),
        sdk: text("sdk"),
        private: form.get("visibility") == "private",
    };
    let (status, note) = Note::refused(refused, message, form, visit.words)?;
    again(&visit, status, note, asked).await
}

/// Makes the repository, and gives its address.
async fn make(visit: &Visit, form: &Form) -> Result<String, Error> {
    let incomplete = |what: &str| Error::Unprocessable(format!("Choose the {what}."));
    let kind = form.get("kind");
    let kind =
        Kind::ALL.into_iter().find(|known| known.as_str() == kind).ok_or_else(|| incomplete("kind"))?;
    let owner: OwnerName = form.get("owner").parse().map_err(|_| incomplete("owner"))?;
    let id: RepoId = format!("{owner}/{}", form.get("name").trim()).parse()?;
    let licence = LICENCES.into_iter().find(|known| *known == form.get("licence"));
    let private = match form.get("visibility") {
        "public" => false,
        "private" => true,
        _ => return Err(incomplete("visibility")),
    };
    let sdk = match (kind, form.get("sdk")) {
        (Kind::Space, "") => Some(SDKS[0].to_owned()),
        (Kind::Space, sdk) => Some(known_sdk(sdk).ok_or_else(|| incomplete("SDK"))?),
        _ => None,
    };
    let new = NewRepo { kind, id, private, sdk };
    let repo = visit.hub.create_licensed_repo(&visit.caller, new, licence).await?;
    Ok(format!("/{}{}", kind.prefix(), repo.id()))
}

fn known_sdk(word: &str) -> Option<String> {
    SDKS.into_iter().find(|known| *known == word).map(str::to_owned)
}

async fn again(visit: &Visit, status: StatusCode, note: Note, asked: Asked) -> Shown {
    let t = visit.words;
    let owners = visit.hub.places(&visit.caller).await?;
    let kind = |kind: &Kind| Choice {
        value: kind.as_str().to_owned(),
        label: t.say(match kind {
            Kind::Model => "new-model",
            Kind::Dataset => "new-dataset",
            Kind::Space => "new-space",
        }),
        is_chosen: kind.as_str() == asked.kind || *kind == Kind::Model && asked.kind.is_empty(),
    };
    let owner = |owner: &OwnerName| Choice {
        value: owner.to_string(),
        label: owner.to_string(),
        is_chosen: owner.as_str() == asked.owner,
    };
    let licence = |tag: &&str| Choice {
        value: (*tag).to_owned(),
        label: name_of(tag),
        is_chosen: **tag == asked.licence,
    };
    let sdk = |sdk: &&str| Choice {
        value: (*sdk).to_owned(),
        label: t.named("sdk", sdk),
        is_chosen: **sdk == asked.sdk,
    };
    let page = NewPage {
        frame: visit.frame(),
        note,
        kinds: Kind::ALL.iter().map(kind).collect(),
        owners: owners.iter().map(owner).collect(),
        licences: LICENCES.iter().map(licence).collect(),
        sdks: SDKS.iter().map(sdk).collect(),
        name: asked.name,
        private: asked.private,
    };
    with_status(status, &page)
}

/// What a licence is called.
fn name_of(tag: &str) -> String {
    match Tag::parse(tag).licences()[..] {
        [licence] => licence.name.clone(),
        _ => tag.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_licence_that_is_offered_is_known() {
        for tag in LICENCES {
            assert_eq!(Tag::parse(tag).licences().len(), 1, "{tag}");
        }
    }
}
