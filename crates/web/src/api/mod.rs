//! The face for programs: the Hub API as the stock clients speak it. One file for each act.

pub(crate) mod attestations;
pub(crate) mod audits;
pub(crate) mod auth_check;
pub(crate) mod commit;
pub(crate) mod commits;
pub(crate) mod create_repo;
pub(crate) mod delete_repo;
pub(crate) mod duplicate_repo;
pub(crate) mod entry;
pub(crate) mod fallback;
pub(crate) mod info;
pub(crate) mod keys;
pub(crate) mod lfs_files;
pub(crate) mod likes;
pub(crate) mod list;
pub(crate) mod log;
pub(crate) mod misc;
pub(crate) mod move_repo;
pub(crate) mod overview;
pub(crate) mod paths_info;
pub(crate) mod preupload;
pub(crate) mod refs;
pub(crate) mod register;
pub(crate) mod repo_settings;
pub(crate) mod resolve;
pub(crate) mod scans;
pub(crate) mod storage;
pub(crate) mod super_squash;
pub(crate) mod tree;
pub(crate) mod unsupported;
pub(crate) mod validate_yaml;
pub(crate) mod whoami;
pub(crate) mod xet_token;

use axum::Json;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use limpide_hub::{Error, SignedIn};
use limpide_words::{Kind, RepoId, RepoName};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use crate::call::Call;
use crate::error::ApiError;

/// What every handler of the API gives.
pub(crate) type Answer = Result<Response, ApiError>;

/// A repository as bodies name it: with an organisation, or without one for the caller's own.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct NamedRepo {
    name: String,
    organization: Option<String>,
    #[schemars(with = "Option<crate::openapi::KindWord>")]
    #[serde(rename = "type")]
    kind: Option<Kind>,
}

impl NamedRepo {
    /// The repository that is meant when this user names it.
    pub(crate) fn under(&self, user: &SignedIn) -> Result<(Kind, RepoId), ApiError> {
        let owner = match &self.organization {
            Some(organization) => organization.parse()?,
            None => user.name.clone(),
        };
        let name: RepoName = self.name.parse()?;
        Ok((self.kind.unwrap_or(Kind::Model), RepoId { owner, name }))
    }
}

/// The refusal to create what is there already. With `exist_ok` clients take the address from it.
pub(crate) fn repo_exists(call: &Call, refusal: &Error) -> Response {
    let url = match refusal {
        Error::RepoExists(kind, id) => format!("{}/{}{id}", call.origin, kind.prefix()),
        _ => call.origin.clone(),
    };
    let body = json!({ "error": refusal.to_string(), "url": url });
    (StatusCode::CONFLICT, Json(body)).into_response()
}

/// Refuses what would open a pull request, at the first step rather than after the upload.
pub(crate) fn refuse_pull_request(call: &Call) -> Result<(), ApiError> {
    if call.flag("create_pr") {
        return Err(Error::Unsupported(
            "Pull requests are not there yet in limpide: commit to a branch.".into(),
        )
        .into());
    }
    Ok(())
}

/// The header that leads to the next page: an absolute address, which clients follow as it stands.
pub(crate) fn next_page(call: &Call, path: &str, cursor: Option<&str>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let Some(cursor) = cursor else { return headers };
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let kept =
        call.query_without(&["cursor"]).map(|(key, value)| format!("{}={}&", encode(key), encode(value)));
    let query: String = kept.collect();
    let link = format!("<{}{path}?{query}cursor={}>; rel=\"next\"", call.origin, encode(cursor));
    if let Ok(value) = HeaderValue::try_from(link) {
        headers.insert(header::LINK, value);
    }
    headers
}
