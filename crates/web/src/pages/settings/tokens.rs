//! `/settings/tokens`: tokens for programs, shown once.

use std::time::Duration;

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use limpide_hub::{Error, Grant, NewToken, Scope, Token};
use limpide_words::Kind;

use crate::pages::new::Choice;
use crate::pages::note::{Note, no_such_act};
use crate::pages::page::{Shown, see, with_status};
use crate::pages::repo::Tab;
use crate::pages::settings::{Section, tabs};
use crate::pages::visit::{Form, Frame, Visit};
use crate::pages::words::Words;

const DAY: Duration = Duration::from_secs(24 * 3600);

/// For how many days a token can work, and for how many it does when nothing was chosen.
const LIFETIMES: [u32; 4] = [7, 30, 90, 365];
const SHORT: u32 = 30;

/// What a fine-grained token can allow, and in what.
const PERMISSIONS: [&str; 3] = ["repo.content.read", "repo.write", "repo.manage"];
const PLACES: [&str; 4] = ["model", "dataset", "space", "owner"];

#[derive(Template)]
#[template(path = "settings/tokens.html")]
struct Tokens {
    frame: Frame,
    tabs: Vec<Tab>,
    note: Note,
    /// The token that was just made.
    fresh: String,
    tokens: Vec<Row>,
    permissions: Vec<Choice>,
    places: Vec<Choice>,
    lifetimes: Vec<Choice>,
}

struct Row {
    name: String,
    allows: String,
    created: String,
    ends: String,
}

pub(crate) async fn show(visit: Visit) -> Shown {
    let note = Note::done(&visit, &["done-revoked"]);
    again(&visit, StatusCode::OK, note, String::new()).await
}

pub(crate) async fn change(visit: Visit) -> Shown {
    visit.caller.user()?;
    let form = visit.fields().await?;
    let refused = match form.get("act") {
        "create" => match create(&visit, &form).await {
            Ok(token) => return once(&visit, token).await,
            Err(refused) => refused,
        },
        "revoke" => match visit.hub.revoke_own_token(&visit.caller, form.get("name")).await {
            Ok(()) => return see("/settings/tokens?done=done-revoked"),
            Err(refused) => refused,
        },
        other => no_such_act(other),
    };
    let message = match &refused {
        Error::Invalid(_) => Some("token-name-invalid"),
        Error::Unprocessable(_) => Some("token-scope-invalid"),
        Error::Conflict(_) => Some("token-taken"),
        Error::TooLarge(_) => Some("token-too-many"),
        Error::NotFound(..) => Some("token-gone"),
        _ => None,
    };
    let (status, note) = Note::refused(refused, message, form, visit.words)?;
    again(&visit, status, note, String::new()).await
}

async fn create(visit: &Visit, form: &Form) -> Result<String, Error> {
    let grant = match form.get("grant") {
        "read" => Grant::Read,
        "write" => Grant::Write,
        _ => Grant::Fine(vec![scope(visit, form)]),
    };
    let days = LIFETIMES.into_iter().find(|days| form.get("days") == days.to_string()).unwrap_or(SHORT);
    let lifetime = (form.get("days") != "never").then(|| DAY * days);
    let new = NewToken { name: form.get("name").to_owned(), grant, lifetime, value: None };
    visit.hub.create_own_token(&visit.caller, new).await
}

/// What a fine-grained token allows, and where.
fn scope(visit: &Visit, form: &Form) -> Scope {
    let name = form.get("on").trim().to_owned();
    let own = visit.caller.user().map(|user| user.name.folded()).unwrap_or_default();
    let on = match form.get("of") {
        "owner" if name.to_lowercase() == own => "user",
        "owner" => "org",
        kind => kind,
    };
    Scope { on: on.to_owned(), name, permissions: vec![form.get("permission").to_owned()] }
}

/// Shows a token: no browser is to keep that page.
async fn once(visit: &Visit, token: String) -> Shown {
    let mut answer = again(visit, StatusCode::CREATED, Note::default(), token).await?;
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(answer)
}

async fn again(visit: &Visit, status: StatusCode, note: Note, fresh: String) -> Shown {
    let t = visit.words;
    let tokens = visit.hub.tokens(&visit.caller.user()?.name).await?;
    let now = visit.hub.clock().now();
    let row = |token: &Token| Row {
        name: token.name.clone(),
        allows: allows(token, t),
        created: t.date(token.created),
        ends: match token.expires {
            None => t.say("token-never-ends"),
            Some(end) if end <= now => t.say("token-ended"),
            Some(end) => t.date(end),
        },
    };
    let rows = tokens.iter().map(row).collect();
    let choose = |words: &[&str], field: &str, message: &str| -> Vec<Choice> {
        words.iter().map(|word| choice(word, t.named(message, word), note.typed("create", field))).collect()
    };
    let page = Tokens {
        frame: visit.frame(),
        tabs: tabs(Section::Tokens, t),
        fresh,
        tokens: rows,
        permissions: choose(&PERMISSIONS, "permission", "permission"),
        places: choose(&PLACES, "of", "token-of"),
        lifetimes: lifetimes(note.typed_or("create", "days", "90"), t),
        note,
    };
    with_status(status, &page)
}

fn lifetimes(chosen: &str, t: Words) -> Vec<Choice> {
    let days = LIFETIMES.iter().map(|days| {
        let days = days.to_string();
        choice(&days, t.about("token-days", "days", days.as_str()), chosen)
    });
    days.chain([choice("never", t.say("token-never-ends"), chosen)]).collect()
}

fn choice(value: &str, label: String, chosen: &str) -> Choice {
    Choice { value: value.to_owned(), label, is_chosen: value == chosen }
}

/// What a token allows, in words.
fn allows(token: &Token, t: Words) -> String {
    let scopes: Vec<Scope> = match token.role.as_str() {
        "read" => return t.say("grant-read"),
        "write" => return t.say("grant-write"),
        _ => serde_json::from_str(&token.scopes).unwrap_or_default(),
    };
    let one = |scope: &Scope| {
        let permissions: Vec<String> =
            scope.permissions.iter().map(|word| t.named("permission", word)).collect();
        let prefix = Kind::ALL.into_iter().find(|kind| kind.as_str() == scope.on).map_or("", Kind::prefix);
        format!("{prefix}{} ({})", scope.name, permissions.join(", "))
    };
    scopes.iter().map(one).collect::<Vec<_>>().join(", ")
}
