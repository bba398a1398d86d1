//! `GET /api/models`, `/api/datasets` and `/api/spaces`: searched, filtered, sorted, a page at a time.

use std::collections::BTreeMap;

use axum::Json;
use axum::response::IntoResponse;
use limpide_hub::{Error, Query, Sort};
use limpide_words::Kind;
use serde_json::{Value, json};

use crate::api::info::{self, Wanted};
use crate::api::{Answer, next_page};
use crate::call::{Call, is_true};
use crate::error::ApiError;

/// The most that a page holds, and what it holds when the client does not say.
const LARGEST_PAGE: usize = 1000;
const USUAL_PAGE: usize = 100;

/// The types that stand before the colon of a tag; a tag without one of them is of type `other`.
const TAG_TYPES: [&str; 5] = ["base_model", "dataset", "language", "license", "task_categories"];

/// Filters by what limpide does not know of a repository yet.
const UNKNOWN_FILTERS: [&str; 5] = ["apps", "inference", "inference_provider", "num_parameters", "linked"];

pub(crate) async fn list(call: Call) -> Answer {
    let kind = call.kind()?;
    let wanted = Wanted::in_list(&call, kind)?;
    let mut query = query(&call, kind)?;
    if wanted.reads_files() {
        query.limit = query.limit.min(USUAL_PAGE);
    }
    let page = call.hub.list(&call.caller, query).await?;
    let mut shown = Vec::with_capacity(page.repos.len());
    for listed in &page.repos {
        shown.push(info::describe(&call, listed, &wanted).await?);
    }
    let path = format!("/api/{}", kind.plural());
    Ok((next_page(&call, &path, page.next.as_deref()), Json(shown)).into_response())
}

/// `GET /api/models-tags-by-type` and `/api/datasets-tags-by-type`: the tags in use.
pub(crate) async fn model_tags(call: Call) -> Answer {
    tags_by_type(call, Kind::Model).await
}

pub(crate) async fn dataset_tags(call: Call) -> Answer {
    tags_by_type(call, Kind::Dataset).await
}

async fn tags_by_type(call: Call, kind: Kind) -> Answer {
    let mut by_type: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for tag in call.hub.tags_in_use(kind).await? {
        let (name, label) = match tag.split_once(':') {
            Some((name, label)) if TAG_TYPES.contains(&name) => (name, label),
            _ => ("other", tag.as_str()),
        };
        let shown = json!({ "id": tag, "label": label, "type": name });
        by_type.entry(name.to_owned()).or_default().push(shown);
    }
    Ok(Json(json!(by_type)).into_response())
}

fn query(call: &Call, kind: Kind) -> Result<Query, ApiError> {
    if let Some(unknown) = UNKNOWN_FILTERS.iter().find(|name| call.asked(name).is_some()) {
        return Err(
            Error::Unsupported(format!("Filtering by `{unknown}` is not there yet in limpide.")).into()
        );
    }
    let mut tags: Vec<String> = call.all_asked("filter").map(str::to_owned).collect();
    // The JavaScript and older Python clients join filters by commas.
    tags = tags.iter().flat_map(|tags| tags.split(',')).map(str::to_owned).collect();
    tags.extend(call.all_asked("pipeline_tag").map(str::to_owned));
    tags.extend(call.all_asked("library").map(str::to_owned));
    tags.extend(call.all_asked("datasets").map(|name| format!("dataset:{name}")));
    tags.extend(call.all_asked("models").map(|name| format!("model:{name}")));
    Ok(Query {
        kind: Some(kind),
        owner: call.asked("author").map(str::parse).transpose()?,
        search: call.all_asked("search").map(str::to_owned).filter(|word| !word.is_empty()).collect(),
        tags,
        facets: Vec::new(),
        gated: call.asked("gated").map(is_true),
        openness: call.asked("openness").map(letter).transpose()?,
        liked_by: None,
        sort: sort(call.asked("sort"))?,
        after: call.asked("cursor").map(str::to_owned),
        limit: call.number("limit")?.unwrap_or(USUAL_PAGE).clamp(1, LARGEST_PAGE),
    })
}

/// The letter that a repository must have at least.
fn letter(text: &str) -> Result<char, ApiError> {
    match text.to_ascii_uppercase().as_bytes() {
        [letter @ b'A'..=b'E'] => Ok(char::from(*letter)),
        _ => Err(Error::Invalid(format!("`openness` is a letter from A to E, not `{text}`.")).into()),
    }
}

fn sort(word: Option<&str>) -> Result<Sort, ApiError> {
    Ok(match word {
        None | Some("trendingScore") => Sort::Trending,
        Some("createdAt") => Sort::Created,
        Some("lastModified") => Sort::Modified,
        Some("downloads") => Sort::Downloads,
        Some("likes") => Sort::Likes,
        Some("openness") => Sort::Openness,
        Some(other) => {
            let words = format!(
                "`sort` is createdAt, lastModified, downloads, likes, openness or trendingScore, not `{other}`."
            );
            return Err(Error::Invalid(words).into());
        }
    })
}
