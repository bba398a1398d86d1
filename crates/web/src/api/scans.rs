//! What the files of a repository would do if they were loaded: `GET /api/{kind}/{ns}/{name}/security[/{rev}]`,
//! `GET …/security-file/{rev}/{path}`, `…/acknowledgements`, `GET /api/notices` and `…/api/owners/{owner}/safety`; and
//! the statuses that stock clients know from the Hub.

use axum::Json;
use axum::body::Body;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use limpide_hub::{
    Acknowledgement, CommitSafety, Entry, Error, FileSafety, Flagged, Notice, Readable, Safety, Thing,
    content_of,
};
use limpide_safety::{Antivirus, Level, Said, What};
use limpide_words::{FilePath, Moment, Revision};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::Answer;
use crate::api::audits::{progress, revision};
use crate::call::{self, Call};
use crate::error::ApiError;

/// A file that may be downloaded though it is malicious.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "NewAcknowledgement")]
pub(crate) struct Request {
    path: String,
    /// `main` when none is given.
    revision: Option<String>,
    /// Why.
    reason: String,
}

/// What is done with malicious files of an owner.
#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "OwnerSafety")]
pub(crate) struct OwnerSafety {
    /// `show`, `warn` or `quarantine`; null for what the hub does.
    malicious: Option<String>,
}

pub(crate) async fn show(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    let readable = call.hub.readable(&call.caller, kind, &id).await?;
    match call.hub.safety(&readable, &revision(&call)?).await? {
        Safety::Scanned(safety) => Ok(Json(commit(&safety)).into_response()),
        Safety::Pending(pending) => Ok(progress(&pending)),
    }
}

/// `POST …/security/{rev}`: once more.
pub(crate) async fn again(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    let writable = call.hub.writable(&call.caller, kind, &id).await?;
    Ok(progress(&call.hub.scan_anew(&writable, &revision(&call)?).await?))
}

/// All that is known of one file.
pub(crate) async fn file(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    let content = call.hub.content(&call.caller, kind, &id).await?;
    let commit = call.hub.commit_at(content.readable(), &call.revision()?).await?;
    let path: FilePath = call.param("path").parse()?;
    let entry = call.hub.entry(content.readable(), &commit, &path).await?;
    let mut known = call.hub.files_safety(std::slice::from_ref(&entry)).await?;
    let safety = known.remove(&entry.path).ok_or_else(|| {
        Error::NotFound(Thing::Other, format!("`{path}` has not been scanned yet; ask again in a moment."))
    })?;
    Ok(Json(json!({ "path": path, "scan": safety.scan, "verdict": safety.verdict })).into_response())
}

pub(crate) async fn acknowledgements(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    let readable = call.hub.readable(&call.caller, kind, &id).await?;
    let all = call.hub.acknowledgements(&readable).await?;
    let shown: Vec<Value> = all.iter().map(acknowledgement).collect();
    Ok(Json(shown).into_response())
}

pub(crate) async fn acknowledge(call: Call, body: Body) -> Answer {
    let (kind, id) = call.repo()?;
    let managed = call.hub.manageable(&call.caller, kind, &id).await?;
    let request: Request = call::json(body).await?;
    let revision: Revision = request.revision.as_deref().unwrap_or("main").parse()?;
    let path: FilePath = request.path.parse()?;
    call.hub.acknowledge(&managed, (&revision, &path), &request.reason).await?;
    Ok((StatusCode::CREATED, Json(json!({ "success": true }))).into_response())
}

pub(crate) async fn revoke(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    let managed = call.hub.manageable(&call.caller, kind, &id).await?;
    call.hub.revoke_acknowledgement(&managed, call.param("content")).await?;
    Ok(Json(json!({ "success": true })).into_response())
}

/// `GET …/signatures[/{rev}]`: who signed the files, and which of them.
pub(crate) async fn signatures(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    let readable = call.hub.readable(&call.caller, kind, &id).await?;
    Ok(Json(call.hub.model_signatures(&readable, &revision(&call)?).await?).into_response())
}

/// `GET /api/notices`: what the caller is told of the files of repositories that are theirs.
pub(crate) async fn notices(call: Call) -> Answer {
    let before: Option<Moment> = call.asked("before").map(str::parse).transpose()?;
    let all = call.hub.notices(&call.caller, before).await?;
    let shown: Vec<Value> = all.iter().map(notice).collect();
    Ok(Json(shown).into_response())
}

/// `GET /api/owners/{owner}/safety`
pub(crate) async fn of_owner(call: Call) -> Answer {
    let word = call.hub.owner_when_malicious(&call.param("owner").parse()?).await?;
    Ok(Json(json!({ "malicious": word })).into_response())
}

/// `PUT /api/owners/{owner}/safety`
pub(crate) async fn set_of_owner(call: Call, body: Body) -> Answer {
    call.caller.user()?;
    let request: OwnerSafety = call::json(body).await?;
    let word = request.malicious.as_deref().map(str::parse).transpose()?;
    call.hub.set_owner_when_malicious(&call.caller, &call.param("owner").parse()?, word).await?;
    Ok(Json(json!({ "malicious": word })).into_response())
}

/// `securityRepoStatus` of a commit.
pub(crate) async fn repository_status(
    call: &Call,
    readable: &Readable,
    revision: &Revision,
) -> Result<Value, ApiError> {
    Ok(match call.hub.safety(readable, revision).await? {
        Safety::Pending(_) => json!({ "scansDone": false, "filesWithIssues": [] }),
        Safety::Scanned(safety) => json!({
            "scansDone": !safety.is_stale && safety.unlooked == 0,
            "filesWithIssues": safety.flagged.iter().map(issue).collect::<Vec<_>>(),
        }),
    })
}

fn issue(file: &Flagged) -> Value {
    json!({ "path": file.path, "level": status(file.level) })
}

/// Adds `securityFileStatus` to files of a listing.
pub(crate) async fn add_statuses(
    call: &Call,
    entries: &[Entry],
    shown: &mut [Value],
) -> Result<(), ApiError> {
    let known = call.hub.files_safety(entries).await?;
    let has_antivirus = call.hub.settings().safety.clamav.is_some();
    for (entry, object) in entries.iter().zip(shown) {
        if content_of(entry).is_some() {
            object["securityFileStatus"] = file_status(known.get(&entry.path), has_antivirus);
        }
    }
    Ok(())
}

/// What the Hub's clients read, and under `limpide` what they do not know to ask for.
fn file_status(known: Option<&FileSafety>, has_antivirus: bool) -> Value {
    let Some(FileSafety { scan, verdict }) = known else {
        let antivirus = antivirus_status(None, has_antivirus);
        return json!({ "status": "queued", "avScan": antivirus, "pickleImportScan": { "status": "queued" } });
    };
    let imports: Vec<Value> = scan
        .events
        .iter()
        .filter_map(|event| match &event.what {
            What::Import { module, name } => Some(json!({
                "module": module,
                "name": name,
                "safety": import_safety(verdict.level_of(event)),
            })),
            _ => None,
        })
        .collect();
    let message = verdict.reasons.first().map(|reason| reason.says.clone());
    json!({
        "status": status(verdict.level),
        "avScan": antivirus_status(scan.antivirus.as_ref(), has_antivirus),
        "pickleImportScan": {
            "status": status(verdict.level),
            "message": message,
            "pickleImports": imports,
            "version": format!("limpide {}", scan.scanner),
        },
        "limpide": {
            "level": verdict.level,
            "policy": verdict.policy,
            "format": scan.format,
            "accounted": scan.account.accounted,
            "size": scan.size,
            "reasons": verdict.reasons,
        },
    })
}

/// What a virus scanner said of a file. Only one that looked at it says `safe`.
fn antivirus_status(antivirus: Option<&Antivirus>, has_antivirus: bool) -> Value {
    let none = || match has_antivirus {
        true => ("queued", Some("No virus scanner has looked at this file yet.".to_owned())),
        false => ("unscanned", Some("This hub asks no virus scanner.".to_owned())),
    };
    let (status, message) = match antivirus.map(|antivirus| &antivirus.said) {
        None => none(),
        Some(Said::Away { .. }) if !has_antivirus => none(),
        Some(Said::Away { .. }) => {
            ("queued", Some("The virus scanner cannot be reached; it is asked again when it can.".to_owned()))
        }
        Some(Said::Clean) => ("safe", None),
        Some(Said::Found { name }) => ("unsafe", Some(name.clone())),
        Some(Said::TooLarge) => (
            "unscanned",
            Some("The file is larger than the virus scanner takes: it was not looked at.".to_owned()),
        ),
        Some(Said::Failed { why }) => ("error", Some(why.clone())),
    };
    let version = antivirus.and_then(|antivirus| antivirus.engine.as_deref());
    json!({ "status": status, "message": message, "version": version })
}

/// The Hub's word for a level.
fn status(level: Level) -> &'static str {
    match level {
        Level::Clean => "safe",
        Level::NeedsReview => "caution",
        Level::Partial => "error",
        Level::Suspicious => "suspicious",
        Level::Malicious => "unsafe",
    }
}

/// The Hub's word for an import.
fn import_safety(level: Level) -> &'static str {
    match level {
        Level::Clean => "innocuous",
        Level::NeedsReview | Level::Partial | Level::Suspicious => "suspicious",
        Level::Malicious => "dangerous",
    }
}

fn commit(safety: &CommitSafety) -> Value {
    json!({
        "commit": safety.commit,
        "files": safety.files,
        "flagged": safety.flagged,
        "policy": safety.policy,
        "scanned": safety.created,
        "stale": safety.is_stale,
        "awaitingAntivirus": safety.unlooked,
    })
}

fn acknowledgement(given: &Acknowledgement) -> Value {
    json!({
        "content": given.content,
        "user": given.user_name,
        "reason": given.reason,
        "createdAt": given.created,
    })
}

fn notice(told: &Notice) -> Value {
    json!({
        "type": told.kind,
        "repository": format!("{}/{}", told.owner, told.name),
        "path": told.path,
        "content": told.content,
        "level": told.level,
        "commit": told.commit_id,
        "createdAt": told.created,
    })
}
