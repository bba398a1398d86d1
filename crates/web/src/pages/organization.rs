//! `/organizations/new` and `/organizations/{org}/settings`: organisations are founded and looked after by their members.

use askama::Template;
use axum::http::StatusCode;
use limpide_hub::{Error, Membership, Owner, Role, WhenMalicious};
use limpide_words::OwnerName;

use crate::error::ApiError;
use crate::pages::new::Choice;
use crate::pages::note::{Note, no_such_act};
use crate::pages::page::{Shown, page, see, with_status};
use crate::pages::visit::{Form, Frame, Visit};
use crate::pages::words::Words;

/// What somebody can be in an organisation.
const ROLES: [Role; 4] = [Role::Read, Role::Contributor, Role::Write, Role::Admin];

#[derive(Template)]
#[template(path = "organization_new.html")]
struct NewOrganization {
    frame: Frame,
    note: Note,
}

#[derive(Template)]
#[template(path = "organization_settings.html")]
struct Settings {
    frame: Frame,
    note: Note,
    name: String,
    full_name: String,
    roles: Vec<Choice>,
    members: Vec<Member>,
    policies: Vec<Choice>,
}

struct Member {
    name: String,
    full_name: String,
    roles: Vec<Choice>,
}

pub(crate) async fn ask(visit: Visit) -> Shown {
    visit.caller.user()?;
    page(&NewOrganization { frame: visit.frame(), note: Note::default() })
}

pub(crate) async fn found(visit: Visit) -> Shown {
    visit.caller.user()?;
    let form = visit.fields().await?;
    let made = async {
        let name: OwnerName = form.get("name").trim().parse()?;
        visit.hub.found_organization(&visit.caller, name, form.get("fullname")).await
    };
    let refused = match made.await {
        Ok(made) => return see(&format!("/organizations/{}/settings", made.name)),
        Err(refused) => refused,
    };
    let message = match &refused {
        Error::Invalid(_) => Some("name-invalid"),
        Error::Conflict(_) => Some("join-taken"),
        Error::Unprocessable(_) => Some("full-name-invalid"),
        _ => None,
    };
    let (status, note) = Note::refused(refused, message, form, visit.words)?;
    with_status(status, &NewOrganization { frame: visit.frame(), note })
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let organization = administered(&visit).await?;
    let note = Note::done(&visit, &["done-saved"]);
    again(&visit, &organization, StatusCode::OK, note).await
}

/// The organisation of the address, for whoever administers it.
async fn administered(visit: &Visit) -> Result<Owner, ApiError> {
    visit.caller.user()?;
    let name = visit.param("org");
    let name: OwnerName =
        name.parse().map_err(|_| Error::missing(format!("There is no organization {name}.")))?;
    Ok(visit.hub.administered(&visit.caller, &name).await?)
}

pub(crate) async fn change(visit: Visit) -> Shown {
    let organization = administered(&visit).await?;
    let form = visit.fields().await?;
    let refused = match act(&visit, &organization.name, &form).await {
        Ok(address) => return see(&address),
        Err(refused) => refused,
    };
    let message = match &refused {
        Error::NotFound(..) => Some("member-unknown"),
        Error::Conflict(_) => Some("member-last-admin"),
        Error::Unprocessable(_) => Some("full-name-invalid"),
        Error::Invalid(_) => Some("member-invalid"),
        _ => None,
    };
    let (status, note) = Note::refused(refused, message, form, visit.words)?;
    again(&visit, &organization, status, note).await
}

/// Does what the form asks, and says where to go then: whoever leaves may not see the page any more.
async fn act(visit: &Visit, name: &OwnerName, form: &Form) -> Result<String, Error> {
    let (hub, caller) = (&visit.hub, &visit.caller);
    match form.get("act") {
        "profile" => hub.describe_organization(caller, name, form.get("fullname")).await?,
        "safety" => {
            let word = match form.get("malicious") {
                "" => None,
                word => Some(word.parse::<WhenMalicious>()?),
            };
            hub.set_owner_when_malicious(caller, name, word).await?;
        }
        act @ ("member" | "remove") => {
            let member: OwnerName = form.get("user").trim().parse()?;
            let role = match (act, Role::from_word(form.get("role"))) {
                ("remove", _) => None,
                (_, Some(role)) => Some(role),
                (_, None) => return Err(Error::Invalid("Choose a role.".into())),
            };
            hub.change_member(caller, (name, &member), role).await?;
            if hub.administered(caller, name).await.is_err() {
                return Ok(format!("/{name}"));
            }
        }
        other => return Err(no_such_act(other)),
    }
    Ok(format!("/organizations/{name}/settings?done=done-saved"))
}

async fn again(visit: &Visit, organization: &Owner, status: StatusCode, note: Note) -> Shown {
    let t = visit.words;
    let members = visit.hub.members(&organization.name).await?;
    let word = visit.hub.owner_when_malicious(&organization.name).await?.map(WhenMalicious::as_str);
    let policy = |(value, label): (&str, &str)| Choice {
        value: value.to_owned(),
        label: t.say(label),
        is_chosen: value == word.unwrap_or_default(),
    };
    let member = |member: &Membership| Member {
        name: member.name.to_string(),
        full_name: member.full_name.clone(),
        roles: roles(&member.role, t),
    };
    let page = Settings {
        frame: visit.frame(),
        name: organization.name.to_string(),
        full_name: note.typed_or("profile", "fullname", &organization.full_name).to_owned(),
        roles: roles(note.typed_or("member", "role", "contributor"), t),
        members: members.iter().map(member).collect(),
        policies: [
            ("", "malicious-as-hub"),
            ("show", "malicious-show"),
            ("warn", "malicious-warn"),
            ("quarantine", "malicious-quarantine"),
        ]
        .map(policy)
        .into(),
        note,
    };
    with_status(status, &page)
}

fn roles(chosen: &str, t: Words) -> Vec<Choice> {
    let choice = |role: Role| Choice {
        value: role.as_str().to_owned(),
        label: t.named("role", role.as_str()),
        is_chosen: role.as_str() == chosen,
    };
    ROLES.map(choice).into()
}
