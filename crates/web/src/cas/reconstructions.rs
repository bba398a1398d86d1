//! How to rebuild files from xorbs: `GET /v1/reconstructions/{file}`, `GET /v2/…`, and several files at once.

use std::ops::Range;

use axum::Json;
use axum::body::Body;
use axum::http::header;
use axum::response::IntoResponse;
use limpide_hub::Error;
use limpide_hub::content::{FilePlan, Link, LinksFor, ReadPass, XorbLinks};
use limpide_xet::Hash;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::api::Answer;
use crate::call;
use crate::cas::call::{StoreCall, parse_hash};
use crate::error::ApiError;
use crate::ranges::{self, Asked};

/// A file as the specification's batches name it.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Named {
    #[schemars(with = "String")]
    hash: Hash,
}

/// Version 1: one entry for each range, with a link of its own.
pub(crate) async fn first_version(call: StoreCall) -> Answer {
    let plan = plan(&call, LinksFor::OneRange).await?;
    let fetch_info = fetch_info(&call, &plan.xorbs);
    let offset = plan.offset_into_first_range;
    let answer = json!({ "offset_into_first_range": offset, "terms": plan.terms, "fetch_info": fetch_info });
    Ok(Json(answer).into_response())
}

/// Version 2: ranges of a xorb share a link.
pub(crate) async fn second_version(call: StoreCall) -> Answer {
    let plan = plan(&call, LinksFor::SeveralRanges).await?;
    let mut xorbs = Map::new();
    for xorb in &plan.xorbs {
        let entry = |(link, ranges)| json!({ "url": url(&call, link), "ranges": ranges });
        let entries: Vec<Value> = xorb.links.iter().map(|(link, ranges)| entry((link, ranges))).collect();
        xorbs.insert(xorb.hash.to_string(), entries.into());
    }
    let offset = plan.offset_into_first_range;
    let answer = json!({ "offset_into_first_range": offset, "terms": plan.terms, "xorbs": xorbs });
    Ok(Json(answer).into_response())
}

/// Several files, named by the query: `?file_id=…&file_id=…`.
pub(crate) async fn batch(call: StoreCall) -> Answer {
    let pass = call.reader()?;
    let hashes: Vec<Hash> = call.all_asked("file_id").map(parse_hash).collect::<Result<_, _>>()?;
    several(&call, &pass, &hashes).await
}

/// Several files, named by the body: `[{"prefix":"default","hash":"…"}]`.
pub(crate) async fn posted_batch(call: StoreCall, body: Body) -> Answer {
    let pass = call.reader()?;
    let named: Vec<Named> = call::json(body).await?;
    let hashes: Vec<Hash> = named.into_iter().map(|named| named.hash).collect();
    several(&call, &pass, &hashes).await
}

/// `HEAD /v1/files/{file}`: how long a file is.
pub(crate) async fn head(call: StoreCall) -> Answer {
    let pass = call.reader()?;
    let file = call.hub.file(&pass, call.hash("file")?).await?;
    Ok([(header::CONTENT_LENGTH, file.size.to_string())].into_response())
}

async fn plan(call: &StoreCall, links: LinksFor) -> Result<FilePlan, ApiError> {
    let pass = call.reader()?;
    let file = call.hub.file(&pass, call.hash("file")?).await?;
    Ok(call.hub.reconstruct(&file, asked(call, file.size)?, links).await?)
}

/// The range that is asked for; what reaches past the end is cut off, what starts there is refused.
fn asked(call: &StoreCall, size: u64) -> Result<Option<Range<u64>>, ApiError> {
    let Some(asked) = ranges::of(&call.headers) else { return Ok(None) };
    match asked[..] {
        [Asked::From(first, last)] => {
            let end = last.map_or(u64::MAX, |last| last.saturating_add(1));
            Ok(Some(first..end.max(first.saturating_add(1))))
        }
        [Asked::Last(count)] => Ok(Some(size.saturating_sub(count)..size)),
        _ => Err(Error::Invalid("Ask for one range at a time.".into()).into()),
    }
}

async fn several(call: &StoreCall, pass: &ReadPass, hashes: &[Hash]) -> Answer {
    let plan = call.hub.reconstruct_batch(pass, hashes).await?;
    Ok(Json(json!({ "files": plan.files, "fetch_info": fetch_info(call, &plan.xorbs) })).into_response())
}

fn fetch_info(call: &StoreCall, xorbs: &[XorbLinks]) -> Map<String, Value> {
    let mut info = Map::new();
    for xorb in xorbs {
        let entries = xorb.links.iter().flat_map(|(link, ranges)| {
            let url = url(call, link);
            ranges
                .iter()
                .map(move |range| json!({ "range": range.chunks, "url": url, "url_range": range.bytes }))
        });
        info.insert(xorb.hash.to_string(), entries.collect());
    }
    info
}

fn url(call: &StoreCall, link: &Link) -> String {
    match link {
        Link::Here(path) => format!("{}/{path}", call.base()),
        Link::Elsewhere(url) => url.clone(),
    }
}
