//! `POST /api/{kind}/{ns}/{name}/preupload/{rev}`: how each file is to be sent, and what is there already.

use axum::Json;
use axum::body::Body;
use axum::response::IntoResponse;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use limpide_hub::{Announced, Error, UploadMode};
use limpide_words::FilePath;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::{Answer, refuse_pull_request};
use crate::call::{self, Call};
use crate::error::ApiError;

#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(rename = "Preupload")]
pub(crate) struct Request {
    files: Vec<File>,
    git_ignore: Option<String>,
}

#[derive(Deserialize, JsonSchema)]
#[schemars(rename = "PreuploadFile")]
pub(crate) struct File {
    path: String,
    #[serde(default)]
    sample: String,
    size: u64,
}

/// Clients announce 256 files a call.
const MOST_FILES: usize = 10_000;

pub(crate) async fn ask(call: Call, body: Body) -> Answer {
    let (kind, id) = call.repo()?;
    let writable = call.hub.writable(&call.caller, kind, &id).await?;
    refuse_pull_request(&call)?;
    let request: Request = call::json(body).await?;
    if request.files.len() > MOST_FILES {
        let words = format!("At most {MOST_FILES} files are announced at once, not {}.", request.files.len());
        return Err(Error::TooLarge(words).into());
    }
    let files: Vec<Announced> = request.files.iter().map(announced).collect::<Result<_, _>>()?;
    let answer =
        call.hub.preupload(&writable, &call.revision()?, &files, request.git_ignore.as_deref()).await?;
    let shown: Vec<Value> = request
        .files
        .iter()
        .zip(&answer.files)
        .map(|(asked, plan)| {
            let mode = match plan.mode {
                UploadMode::Regular => "regular",
                UploadMode::Lfs => "lfs",
            };
            let mut file = json!({ "path": asked.path, "uploadMode": mode, "shouldIgnore": plan.ignored });
            if let Some(stored) = &plan.stored {
                file["oid"] = json!(stored);
            }
            file
        })
        .collect();
    Ok(Json(json!({ "files": shown, "commitOid": answer.commit })).into_response())
}

fn announced(file: &File) -> Result<Announced, ApiError> {
    let path: FilePath =
        file.path.parse().map_err(|unfit: limpide_words::Unfit| Error::Unprocessable(unfit.to_string()))?;
    let sample = STANDARD
        .decode(&file.sample)
        .map_err(|_| Error::Invalid(format!("The sample of `{path}` is not base64.")))?;
    Ok(Announced { path, size: file.size, sample })
}
