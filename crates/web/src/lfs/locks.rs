//! `…/info/lfs/locks`: which files people are editing.
//!
//! API: <https://github.com/git-lfs/git-lfs/blob/main/docs/api/locking.md>.

use axum::Json;
use axum::body::Body;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use limpide_hub::{Lock, LockQuery, Locking};
use limpide_words::FilePath;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::call;
use crate::lfs::TYPE;
use crate::lfs::error::{LfsCall, LfsError};

/// What is to be locked. On which branch it is edited does not matter: a lock is for all.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "NewLock")]
pub(crate) struct New {
    #[schemars(with = "String")]
    path: FilePath,
}

/// Which locks are wanted.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "LockPage")]
pub(crate) struct Page {
    cursor: Option<String>,
    limit: Option<usize>,
}

/// How to unlock.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "Unlock")]
pub(crate) struct Unlock {
    #[serde(default)]
    force: bool,
}

/// `POST …/locks`
pub(crate) async fn create(LfsCall(call): LfsCall, body: Body) -> Result<Response, LfsError> {
    let (kind, id) = call.repo()?;
    let writable = call.hub.writable(&call.caller, kind, &id).await?;
    let new: New = call::json(body).await?;
    Ok(match call.hub.lock_path(&writable, new.path).await? {
        Locking::Locked(lock) => answer(StatusCode::CREATED, &json!({ "lock": shown(&lock) })),
        Locking::Held(lock) => {
            let message = format!("`{}` is already locked by {}.", lock.path, lock.owner);
            answer(StatusCode::CONFLICT, &json!({ "lock": shown(&lock), "message": message }))
        }
    })
}

/// `GET …/locks`
pub(crate) async fn list(LfsCall(call): LfsCall) -> Result<Response, LfsError> {
    let (kind, id) = call.repo()?;
    let readable = call.hub.readable(&call.caller, kind, &id).await?;
    let asked = |name| call.asked(name).filter(|value| !value.is_empty()).map(str::to_owned);
    let query = LockQuery { id: asked("id"), path: asked("path"), after: asked("cursor") };
    let found = call.hub.list_locks(&readable, query, call.number("limit")?).await?;
    let locks: Vec<Value> = found.locks.iter().map(shown).collect();
    Ok(answer(StatusCode::OK, &json!({ "locks": locks, "next_cursor": found.next.unwrap_or_default() })))
}

/// `POST …/locks/verify`: before a push, whose the locks are.
pub(crate) async fn verify(LfsCall(call): LfsCall, body: Body) -> Result<Response, LfsError> {
    let (kind, id) = call.repo()?;
    let writable = call.hub.writable(&call.caller, kind, &id).await?;
    let readable = call.hub.readable(&call.caller, kind, &id).await?;
    let page: Page = call::json(body).await?;
    let after = page.cursor.filter(|cursor| !cursor.is_empty());
    let query = LockQuery { after, ..LockQuery::default() };
    let found = call.hub.list_locks(&readable, query, page.limit).await?;
    let (ours, theirs): (Vec<&Lock>, Vec<&Lock>) =
        found.locks.iter().partition(|lock| lock.user_id == writable.user().id);
    let all = |locks: Vec<&Lock>| -> Vec<Value> { locks.into_iter().map(shown).collect() };
    let next = found.next.unwrap_or_default();
    Ok(answer(StatusCode::OK, &json!({ "ours": all(ours), "theirs": all(theirs), "next_cursor": next })))
}

/// `POST …/locks/{id}/unlock`
pub(crate) async fn unlock(LfsCall(call): LfsCall, body: Body) -> Result<Response, LfsError> {
    let (kind, id) = call.repo()?;
    let writable = call.hub.writable(&call.caller, kind, &id).await?;
    let Unlock { force } = call::json(body).await?;
    let lock_id = call.param("id");
    let lock = match call.hub.manageable(&call.caller, kind, &id).await {
        Ok(managed) if force => call.hub.break_lock(&managed, lock_id).await?,
        _ => call.hub.unlock_path(&writable, lock_id).await?,
    };
    Ok(answer(StatusCode::OK, &json!({ "lock": shown(&lock) })))
}

fn shown(lock: &Lock) -> Value {
    let Lock { id, path, owner, locked, .. } = lock;
    json!({ "id": id, "path": path, "locked_at": locked.to_string(), "owner": { "name": owner } })
}

fn answer(status: StatusCode, body: &Value) -> Response {
    (status, [(header::CONTENT_TYPE, TYPE)], Json(body).into_response().into_body()).into_response()
}
