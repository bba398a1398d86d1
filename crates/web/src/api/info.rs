//! `GET /api/{kind}/{ns}/{name}` and `…/revision/{rev}`: what is known of a repository.

use std::collections::BTreeSet;

use axum::Json;
use axum::response::IntoResponse;
use futures::TryStreamExt;
use limpide_hub::{Commit, Entry, Error, Listed, Openness, Readable, What};
use limpide_words::{Kind, ObjectId};
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

use crate::api::{Answer, scans};
use crate::call::Call;
use crate::error::ApiError;

/// What `expand` may ask for, by kind: the literals of the Hub, of which each answer gives those it knows.
const MODEL_FIELDS: [&str; 33] = [
    "author",
    "baseModels",
    "cardData",
    "childrenModelCount",
    "config",
    "createdAt",
    "disabled",
    "downloads",
    "downloadsAllTime",
    "evalResults",
    "gated",
    "gguf",
    "inference",
    "inferenceProviderMapping",
    "lastModified",
    "library_name",
    "likes",
    "mask_token",
    "model-index",
    "openness",
    "pipeline_tag",
    "private",
    "resourceGroup",
    "safetensors",
    "sha",
    "siblings",
    "spaces",
    "tags",
    "transformersInfo",
    "trendingScore",
    "usedStorage",
    "widgetData",
    "xetEnabled",
];
const DATASET_FIELDS: [&str; 21] = [
    "author",
    "cardData",
    "citation",
    "createdAt",
    "description",
    "disabled",
    "downloads",
    "downloadsAllTime",
    "gated",
    "lastModified",
    "likes",
    "mainSize",
    "openness",
    "paperswithcode_id",
    "private",
    "resourceGroup",
    "sha",
    "siblings",
    "tags",
    "trendingScore",
    "xetEnabled",
];
const SPACE_FIELDS: [&str; 21] = [
    "author",
    "cardData",
    "createdAt",
    "datasets",
    "disabled",
    "lastModified",
    "likes",
    "models",
    "openness",
    "private",
    "region",
    "resourceGroup",
    "runtime",
    "sdk",
    "sha",
    "siblings",
    "subdomain",
    "tags",
    "trendingScore",
    "usedStorage",
    "xetEnabled",
];

/// What every description holds when `expand` does not say otherwise.
const USUAL_FIELDS: [&str; 13] = [
    "author",
    "createdAt",
    "disabled",
    "downloads",
    "gated",
    "lastModified",
    "library_name",
    "likes",
    "openness",
    "pipeline_tag",
    "private",
    "sha",
    "tags",
];

/// Which fields an answer holds besides `_id` and `id`.
pub(crate) struct Wanted {
    fields: BTreeSet<String>,
    /// Whether files come with their sizes and hashes.
    blobs: bool,
    security: bool,
}

pub(crate) async fn show(call: Call) -> Answer {
    let (kind, id) = call.repo()?;
    let readable = call.hub.readable(&call.caller, kind, &id).await?;
    let wanted = Wanted::of_one(&call, kind)?;
    let mut listed = call.hub.listed(&readable).await?;
    if !call.param("rev").is_empty() {
        listed.head = Some(call.hub.commit_at(&readable, &call.revision()?).await?.id);
    }
    Ok(Json(describe(&call, &listed, &wanted).await?).into_response())
}

impl Wanted {
    /// What is asked of one repository.
    fn of_one(call: &Call, kind: Kind) -> Result<Self, ApiError> {
        let blobs = call.flag("blobs");
        let security = call.flag("securityStatus");
        if let Some(expanded) = Self::expanded(call, kind)? {
            return Ok(expanded);
        }
        let mut fields = usual(&["cardData", "config", "siblings", "usedStorage"]);
        fields.extend((kind == Kind::Space).then(|| "sdk".to_owned()));
        Ok(Self { fields, blobs, security })
    }

    /// What is asked of the repositories of a list.
    pub(crate) fn in_list(call: &Call, kind: Kind) -> Result<Self, ApiError> {
        if let Some(expanded) = Self::expanded(call, kind)? {
            return Ok(expanded);
        }
        let mut fields = usual(&["trendingScore"]);
        let more: &[(bool, &[&str])] = &[
            (call.flag("full") && kind == Kind::Model, &["siblings"]),
            (call.flag("full") && kind != Kind::Model, &["siblings", "cardData"]),
            (call.flag("cardData"), &["cardData"]),
            (call.flag("config"), &["config"]),
            (kind == Kind::Space, &["sdk"]),
        ];
        for (_, names) in more.iter().filter(|(asked, _)| *asked) {
            fields.extend(names.iter().map(|name| (*name).to_owned()));
        }
        Ok(Self { fields, blobs: false, security: false })
    }

    fn expanded(call: &Call, kind: Kind) -> Result<Option<Self>, ApiError> {
        let known: &[&str] = match kind {
            Kind::Model => &MODEL_FIELDS,
            Kind::Dataset => &DATASET_FIELDS,
            Kind::Space => &SPACE_FIELDS,
        };
        let mut fields = BTreeSet::new();
        for name in call.all_asked("expand") {
            if !known.contains(&name) && name != "usedStorage" {
                let options: Vec<String> = known.iter().map(|name| format!("\"{name}\"")).collect();
                return Err(Error::Invalid(format!(
                    "✖ Invalid option: expected one of {}",
                    options.join("|")
                ))
                .into());
            }
            fields.insert(name.to_owned());
        }
        Ok((!fields.is_empty()).then_some(Self { fields, blobs: false, security: false }))
    }

    /// Whether the answer reads files or lists them, which costs more than a row of a table.
    pub(crate) fn reads_files(&self) -> bool {
        ["siblings", "config", "safetensors"].iter().any(|name| self.fields.contains(*name))
    }
}

/// What every description holds when `expand` does not say otherwise, and these besides.
fn usual(more: &[&str]) -> BTreeSet<String> {
    USUAL_FIELDS.iter().chain(more).map(|name| (*name).to_owned()).collect()
}

/// The object that stands for a repository in answers.
#[derive(Debug, Serialize)]
pub(crate) struct Description {
    #[serde(flatten)]
    fields: Map<String, Value>,
    /// Its files, as JSON already: there may be a hundred thousand.
    #[serde(skip_serializing_if = "Option::is_none")]
    siblings: Option<Box<RawValue>>,
}

/// What is wanted of a repository.
pub(crate) async fn describe(call: &Call, listed: &Listed, wanted: &Wanted) -> Result<Description, ApiError> {
    let repo = &listed.repo;
    let mut answer = Map::new();
    answer.insert("_id".into(), json!(repo.id));
    answer.insert("id".into(), json!(repo.id()));
    if repo.kind == Kind::Model {
        answer.insert("modelId".into(), json!(repo.id()));
    }
    for name in &wanted.fields {
        if let Some(value) = field(listed, name) {
            answer.insert(name.clone(), value);
        }
    }
    let mut siblings = None;
    if let Some(head) = listed.head
        && wanted.reads_files()
    {
        siblings = add_files(call, listed, head, wanted, &mut answer).await?;
    }
    if wanted.security {
        answer.insert("securityRepoStatus".into(), security(call, listed).await?);
    }
    Ok(Description { fields: answer, siblings })
}

/// What scans found in the commit that is described.
async fn security(call: &Call, listed: &Listed) -> Result<Value, ApiError> {
    let Some(head) = listed.head else { return Ok(json!({ "scansDone": true, "filesWithIssues": [] })) };
    let readable = call.hub.readable(&call.caller, listed.repo.kind, &listed.repo.id()).await?;
    scans::repository_status(call, &readable, &head.to_string().parse()?).await
}

/// What is known without opening a file.
fn field(listed: &Listed, name: &str) -> Option<Value> {
    let repo = &listed.repo;
    let card = || serde_json::from_str::<Value>(&repo.card).unwrap_or_else(|_| json!({}));
    let of_card = |key: &str| card().get(key).cloned();
    Some(match name {
        "author" => json!(repo.owner),
        "cardData" => card(),
        "createdAt" => json!(repo.created),
        "lastModified" => json!(repo.modified),
        "disabled" => json!(false),
        "downloads" | "downloadsAllTime" => json!(repo.downloads),
        "gated" if repo.gated == "false" => json!(false),
        "gated" => json!(repo.gated),
        "likes" => json!(repo.likes),
        "openness" => headline(listed.openness.as_ref()?),
        "private" => json!(repo.private),
        "sdk" => json!(repo.sdk),
        "sha" => json!(listed.head?),
        "tags" => json!(listed.tags),
        "trendingScore" => json!(listed.trend),
        "usedStorage" => json!(repo.size),
        // Clients of early 2025 ask before they send chunks.
        "xetEnabled" => json!(true),
        "library_name" | "pipeline_tag" | "model-index" | "datasets" | "models" => of_card(name)?,
        _ => return None,
    })
}

/// What the newest audit of `main` said, in thousandths of the best.
fn headline(openness: &Openness) -> Value {
    json!({
        "grade": openness.grade,
        "label": openness.label,
        "verified": openness.verified,
        "attested": openness.attested,
        "claimed": openness.claimed,
        "gap": openness.claimed - openness.verified,
        "commit": openness.commit,
        "digest": openness.digest,
    })
}

/// What takes a look into the commit: what some of its files say, and the list of them, which it gives.
async fn add_files(
    call: &Call,
    listed: &Listed,
    head: ObjectId,
    wanted: &Wanted,
    answer: &mut Map<String, Value>,
) -> Result<Option<Box<RawValue>>, ApiError> {
    let readable = call.hub.readable(&call.caller, listed.repo.kind, &listed.repo.id()).await?;
    let commit = call.hub.commit_at(&readable, &head.to_string().parse()?).await?;
    if wanted.fields.contains("config")
        && let Some(config) = call.hub.model_config(&readable, &commit).await?
    {
        answer.insert("config".into(), config);
    }
    if wanted.fields.contains("safetensors")
        && let Some(parameters) = call.hub.safetensors_parameters(&readable, &commit).await?
    {
        let total = parameters.values().fold(0_u64, |total, count| total.saturating_add(*count));
        answer.insert("safetensors".into(), json!({ "parameters": parameters, "total": total }));
    }
    match wanted.fields.contains("siblings") {
        true => Ok(Some(siblings(call, &readable, &commit, wanted.blobs).await?)),
        false => Ok(None),
    }
}

/// The files of a commit, without folders.
async fn siblings(
    call: &Call,
    readable: &Readable,
    commit: &Commit,
    blobs: bool,
) -> Result<Box<RawValue>, ApiError> {
    let mut list = String::from("[");
    let mut pages = std::pin::pin!(call.hub.siblings(readable, commit, blobs));
    while let Some(page) = pages.try_next().await? {
        for entry in &page {
            if list.len() > 1 {
                list.push(',');
            }
            list.push_str(&sibling(entry, blobs).to_string());
        }
    }
    list.push(']');
    Ok(RawValue::from_string(list).map_err(|error| Error::Internal(error.into()))?)
}

fn sibling(entry: &Entry, blobs: bool) -> Value {
    let mut sibling = json!({ "rfilename": entry.path });
    if !blobs {
        return sibling;
    }
    sibling["blobId"] = json!(entry.id);
    match &entry.what {
        What::Lfs { size, sha256, pointer_size, .. } => {
            sibling["size"] = json!(size);
            sibling["lfs"] = json!({ "sha256": sha256, "size": size, "pointerSize": pointer_size });
        }
        What::Regular { size } => sibling["size"] = json!(size),
        What::Folder => {}
    }
    sibling
}
