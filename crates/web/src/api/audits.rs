//! `GET /api/{kind}/{ns}/{name}/openness`, `…/openness/{rev}`, `…/openness-history` and `…/openness-badge.…`: what can
//! be verified of a repository. An audit that is still under way is answered with 202 and how far it is.

use axum::Json;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use limpide_hub::{Audited, Error, Made, Past, Pending};
use limpide_openness::present;
use limpide_words::Revision;
use serde_json::{Value, json};

use crate::api::{Answer, next_page};
use crate::call::Call;
use crate::download::set;
use crate::error::ApiError;

/// Set when the hub would audit differently by now.
const STALE: HeaderName = HeaderName::from_static("x-openness-stale");

/// A page and a badge show words of repositories: nothing in them may run or be fetched.
const INERT: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox allow-popups";

/// In seconds: how long clients wait before they ask again.
const ASK_AGAIN: &str = "2";

/// How a report is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Html,
    Markdown,
    Sarif,
    MotYaml,
    OsaiYaml,
    BadgeSvg,
    BadgeJson,
}

impl Format {
    fn of(call: &Call) -> Result<Self, ApiError> {
        Ok(match call.asked("format") {
            None | Some("json") => Self::Json,
            Some("html") => Self::Html,
            Some("markdown") => Self::Markdown,
            Some("sarif") => Self::Sarif,
            Some("mot-yaml") => Self::MotYaml,
            Some("osai-yaml") => Self::OsaiYaml,
            Some(other) => {
                let words =
                    format!("`format` is json, html, markdown, sarif, mot-yaml or osai-yaml, not `{other}`.");
                return Err(Error::Invalid(words).into());
            }
        })
    }

    /// The type of the answer.
    fn media(self) -> &'static str {
        match self {
            Self::Json | Self::BadgeJson => "application/json",
            Self::Html => "text/html; charset=utf-8",
            Self::Markdown => "text/markdown; charset=utf-8",
            Self::Sarif => "application/sarif+json",
            Self::MotYaml | Self::OsaiYaml => "application/yaml",
            Self::BadgeSvg => "image/svg+xml",
        }
    }

    /// The report in this form.
    fn write(self, made: Made) -> Vec<u8> {
        let report = &made.report;
        match self {
            Self::Json => made.json,
            Self::Html => present::html(report).into_bytes(),
            Self::Markdown => present::markdown(report).into_bytes(),
            Self::Sarif => present::sarif(report).to_string().into_bytes(),
            Self::MotYaml => present::mot_yaml(report).into_bytes(),
            Self::OsaiYaml => present::osai_yaml(report).into_bytes(),
            Self::BadgeSvg => present::badge_svg(report).into_bytes(),
            Self::BadgeJson => present::badge_json(report).to_string().into_bytes(),
        }
    }
}

pub(crate) async fn show(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    // Who may not see it learns that first, whatever the query says.
    call.hub.readable(&call.caller, kind, &id).await?;
    let format = Format::of(&call)?;
    answer(&call, format).await
}

/// `GET …/openness-badge.svg`: of `main`.
pub(crate) async fn badge(call: Call) -> Answer {
    answer(&call, Format::BadgeSvg).await
}

/// `GET …/openness-badge.json`: the same, as an endpoint of shields.io.
pub(crate) async fn badge_facts(call: Call) -> Answer {
    answer(&call, Format::BadgeJson).await
}

async fn answer(call: &Call, format: Format) -> Answer {
    let (kind, id) = call.repo()?;
    let readable = call.hub.readable(&call.caller, kind, &id).await?;
    match call.hub.openness(&readable, &revision(call)?).await? {
        Audited::Report(made) => Ok(report(&call.headers, format, *made)),
        Audited::Pending(pending) => Ok(progress(&pending)),
    }
}

/// `POST …/openness/{rev}`: once more.
pub(crate) async fn again(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    let writable = call.hub.writable(&call.caller, kind, &id).await?;
    Ok(progress(&call.hub.audit_anew(&writable, &revision(&call)?).await?))
}

/// `GET …/openness-history`
pub(crate) async fn history(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    let readable = call.hub.readable(&call.caller, kind, &id).await?;
    let (past, next) = call.hub.openness_history(&readable, call.number("cursor")?).await?;
    let shown: Vec<Value> = past.iter().map(entry).collect();
    let path = format!("/api/{}/{id}/openness-history", kind.plural());
    Ok((next_page(&call, &path, next.map(|next| next.to_string()).as_deref()), Json(shown)).into_response())
}

/// The revision that is asked about: `main` when the address names none.
pub(crate) fn revision(call: &Call) -> Result<Revision, ApiError> {
    match call.param("rev") {
        "" => Ok("main".parse()?),
        _ => call.revision(),
    }
}

fn report(asked: &HeaderMap, format: Format, made: Made) -> Response {
    let etag = format!("\"{}\"", made.digest);
    let mut headers = HeaderMap::new();
    set(&mut headers, header::ETAG, &etag);
    set(&mut headers, header::LAST_MODIFIED, &crate::download::http_date(made.created));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if made.is_stale {
        headers.insert(STALE, HeaderValue::from_static("true"));
    }
    if is_known(asked, &etag) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media()));
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(INERT));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    (headers, format.write(made)).into_response()
}

/// Whether the client says that it has this very report.
fn is_known(asked: &HeaderMap, etag: &str) -> bool {
    let known = asked.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    known.split(',').any(|tag| matches!(tag.trim(), "*") || tag.trim().trim_start_matches("W/") == etag)
}

/// How far an audit or a scan is: to be asked again soon, unless nobody will try again.
pub(crate) fn progress(pending: &Pending) -> Response {
    let body = json!({
        "commit": pending.commit,
        "state": pending.state,
        "attempts": pending.attempts,
        "progress": pending.progress,
        "error": pending.error,
        "since": pending.since,
    });
    if pending.is_given_up() {
        return (StatusCode::CONFLICT, Json(body)).into_response();
    }
    (StatusCode::ACCEPTED, [(header::RETRY_AFTER, ASK_AGAIN)], Json(body)).into_response()
}

fn entry(past: &Past) -> Value {
    let licences: Value = serde_json::from_str(&past.licences).unwrap_or_default();
    json!({
        "commit": past.commit_id,
        "date": past.date,
        "title": past.title,
        "audited": past.created,
        "digest": past.digest,
        "grade": past.grade,
        "label": past.label,
        "verified": past.verified,
        "claimed": past.claimed,
        "licences": licences,
        "contradictions": past.contradictions,
    })
}
