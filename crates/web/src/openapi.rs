//! `GET /.well-known/openapi.json`: what can be asked of this hub, as OpenAPI 3.1. Addresses come from the table of
//! routes, bodies from the types that read them; [`operations`] adds what each address is for.

mod operations;

use std::sync::LazyLock;

use axum::Json;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value, json};

use self::operations::{Body, Operation};
use crate::routes::{self, Needs, Route};

static DOCUMENT: LazyLock<Value> = LazyLock::new(written);

/// The description of all addresses.
pub(crate) fn document() -> &'static Value {
    &DOCUMENT
}

pub(crate) async fn show() -> Json<&'static Value> {
    Json(&DOCUMENT)
}

/// A type of repository, as bodies name it.
#[derive(JsonSchema)]
#[schemars(rename = "Kind", rename_all = "lowercase")]
#[allow(dead_code)]
pub(crate) enum KindWord {
    Model,
    Dataset,
    Space,
}

fn written() -> Value {
    let settings = SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = "/components/schemas".into());
    let mut schemas = settings.into_generator();
    let mut paths = Map::new();
    for route in routes::table() {
        let Some(operation) = operations::of(route.method, &route.path) else { continue };
        // What may hold slashes is written `{*path}` in the table, and `{path}` here.
        let path = paths.entry(route.path.replace("{*", "{")).or_insert_with(|| json!({}));
        path[route.method.to_lowercase()] = describe(&route, &operation, &mut schemas);
    }
    let mut definitions = schemas.take_definitions(true);
    definitions.insert("Error".into(), error());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "limpide",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "A hub for models and datasets: the Hub API, Xet and Git LFS.",
            "license": { "name": "Apache-2.0", "identifier": "Apache-2.0" },
        },
        "paths": paths,
        "components": {
            "schemas": definitions,
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": "A token of a user." },
                "pass": { "type": "http", "scheme": "bearer", "description": "What `…/xet-read-token/…` gave." },
            },
        },
    })
}

/// Every refusal of every address.
fn error() -> Value {
    json!({
        "type": "object",
        "description": "Why a request was refused. The header `X-Error-Message` says the same.",
        "required": ["error"],
        "properties": { "error": { "type": "string" } },
    })
}

fn describe(route: &Route, operation: &Operation, schemas: &mut SchemaGenerator) -> Value {
    let mut shown = json!({
        "operationId": operation_id(route),
        "tags": [tag(&route.path)],
        "summary": operation.summary,
        "security": security(route.needs),
        "parameters": parameters(&route.path, operation),
        "responses": responses(route, operation),
    });
    if let Some(content) = content(operation.body, schemas) {
        shown["requestBody"] = json!({ "content": content });
    }
    shown
}

/// `get_api_kind_ns_name_tree_rev`.
fn operation_id(route: &Route) -> String {
    let words =
        route.path.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.fold(route.method.to_lowercase(), |id, word| id + "_" + word)
}

fn tag(path: &str) -> &'static str {
    match path {
        path if path.starts_with("/cas/") || path == "/v1/telemetry" => "content store",
        path if path.contains("/info/lfs/") => "Git LFS",
        path if path.ends_with("/info/refs") || path.contains("/git-") => "git",
        path if path.contains("/resolve/") || path.contains("/raw/") => "files",
        path if path.starts_with("/api/{kind}/{ns}/{name}") => "repository",
        path if path.starts_with("/api/repos/") || path == "/api/{kind}" => "repositories",
        path if path.starts_with("/api/") => "hub",
        _ => "operation",
    }
}

/// Who may ask. What anybody may, may be asked with a token too: it decides what is seen.
fn security(needs: Needs) -> Value {
    match needs {
        Needs::Nothing | Needs::Read | Needs::Content => json!([{}, { "token": [] }]),
        Needs::SignedIn | Needs::Write | Needs::Manage => json!([{ "token": [] }]),
        Needs::Signature => json!([{ "pass": [] }, {}]),
    }
}

fn parameters(path: &str, operation: &Operation) -> Vec<Value> {
    let named = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let in_path = named.map(|name| {
        let name = name.trim_start_matches('*');
        json!({ "name": name, "in": "path", "required": true, "schema": path_schema(name) })
    });
    let in_query = operation.query.iter().map(
        |(name, kind)| json!({ "name": name, "in": "query", "required": false, "schema": kind.schema() }),
    );
    in_path.chain(in_query).collect()
}

fn path_schema(name: &str) -> Value {
    match name {
        "kind" => json!({ "type": "string", "enum": ["models", "datasets", "spaces"] }),
        "ns" | "name" | "user" | "org" => json!({ "type": "string", "minLength": 1, "maxLength": 96 }),
        "rev" | "branch" => json!({ "type": "string", "minLength": 1, "maxLength": 255, "default": "main" }),
        "file" | "chunk" | "xorb" | "oid" => json!({ "type": "string", "pattern": "^[0-9a-f]{64}$" }),
        _ => json!({ "type": "string", "minLength": 1 }),
    }
}

fn responses(route: &Route, operation: &Operation) -> Value {
    let refusal = json!({
        "description": "Refused: says why.",
        "headers": { "X-Error-Message": { "schema": { "type": "string" } } },
        "content": { refusal_type(&route.path): { "schema": { "$ref": "#/components/schemas/Error" } } },
    });
    let mut responses = Map::new();
    for (status, answer) in operation.answers {
        responses.insert(status.to_string(), answer.describe());
    }
    responses.insert("4XX".into(), refusal.clone());
    responses.insert("501".into(), refusal);
    if route.path.contains("{ns}") {
        let words = "The repository has another name now: ask there.";
        let location = json!({ "Location": { "schema": { "type": "string" } } });
        responses.insert("307".into(), json!({ "description": words, "headers": location }));
    }
    Value::Object(responses)
}

fn refusal_type(path: &str) -> &'static str {
    match tag(path) {
        _ if path.contains("/lfs/") => crate::lfs::TYPE,
        "git" => "text/plain",
        _ => "application/json",
    }
}

fn content(body: Body, schemas: &mut SchemaGenerator) -> Option<Value> {
    match body {
        Body::None => None,
        Body::Json(schema) => Some(json!({ "application/json": { "schema": schema(schemas) } })),
        Body::Lfs(schema) => Some(json!({ crate::lfs::TYPE: { "schema": schema(schemas) } })),
        Body::Lines(schema) => Some(
            json!({ "application/x-ndjson": { "schema": { "type": "array", "items": schema(schemas) } } }),
        ),
        Body::Bytes => Some(json!({ "application/octet-stream": { "schema": { "type": "string" } } })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::routes::Face;

    #[test]
    fn every_address_of_the_table_is_in_the_document() {
        for route in routes::table().into_iter().filter(|route| route.face == Face::Programs) {
            let path = route.path.replace("{*", "{");
            let operation = &DOCUMENT["paths"][&path][route.method.to_lowercase()];
            assert!(operation["summary"].is_string(), "{} {path}", route.method);
        }
    }

    #[test]
    fn every_reference_leads_somewhere_and_every_id_is_used_once() {
        let text = DOCUMENT.to_string();
        for reference in text.split("\"$ref\":\"#").skip(1) {
            let (pointer, _) = reference.split_once('"').unwrap();
            assert!(DOCUMENT.pointer(pointer).is_some(), "{pointer}");
        }
        let ids: Vec<&str> = text.split("\"operationId\":\"").skip(1).collect();
        let distinct: std::collections::BTreeSet<&str> =
            ids.iter().map(|rest| rest.split('"').next().unwrap()).collect();
        assert_eq!(distinct.len(), ids.len());
    }
}
