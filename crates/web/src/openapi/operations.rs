//! What each address of the table is for, what its query may say, what it takes and what it answers.

use limpide_formats::{commit, lfs};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::{Value, json};

use crate::api::{
    create_repo, duplicate_repo, keys, lfs_files, move_repo, paths_info, preupload, refs, register,
    repo_settings, scans, super_squash, validate_yaml,
};
use crate::lfs::locks;
use crate::openapi::KindWord;
use crate::{api, cas};

/// What is told of one address.
pub(crate) struct Operation {
    pub(crate) summary: &'static str,
    pub(crate) query: &'static [(&'static str, Word)],
    pub(crate) body: Body,
    pub(crate) answers: &'static [(u16, Answer)],
}

/// What a query gives to a name.
#[derive(Clone, Copy)]
pub(crate) enum Word {
    Text,
    Texts,
    Number,
    Flag,
}

type SchemaOf = fn(&mut SchemaGenerator) -> Schema;

/// What is sent.
#[derive(Clone, Copy)]
pub(crate) enum Body {
    None,
    Json(SchemaOf),
    /// JSON under the type of Git LFS.
    Lfs(SchemaOf),
    /// Lines of JSON.
    Lines(SchemaOf),
    Bytes,
}

/// What is answered when all is well.
#[derive(Clone, Copy)]
pub(crate) enum Answer {
    Nothing,
    Text,
    Bytes,
    /// A JSON object with at least these fields.
    Object(&'static [&'static str]),
    /// A JSON list of objects with at least these fields.
    List(&'static [&'static str]),
    /// An object of Git LFS.
    Lfs(&'static [&'static str]),
    /// Lines of JSON.
    Lines,
}

use Answer::{Bytes, Lines, List, Nothing, Object, Text};
use Word::{Flag, Number, Texts};

const DONE: &[(u16, Answer)] = &[(200, Object(&["success"]))];
const LOCK: Answer = Answer::Lfs(&["lock"]);
const LOCKS: &[(&str, Word)] =
    &[("path", Word::Text), ("id", Word::Text), ("cursor", Word::Text), ("limit", Number)];
const GIT: &[(u16, Answer)] = &[(200, Bytes)];
const FILE: &[(u16, Answer)] = &[(200, Bytes), (206, Bytes), (304, Nothing)];
const ENTRIES: &[(u16, Answer)] = &[(200, List(&["type", "path", "oid", "size"]))];
const PASS: &[(u16, Answer)] = &[(200, Object(&["casUrl", "accessToken", "exp"]))];
const PAGE: &[(&str, Word)] = &[("cursor", Word::Text)];

/// What is told of an address of the table; none when it is not in the document.
pub(crate) fn of(method: &str, path: &str) -> Option<Operation> {
    // The same address stands in the table once for each kind.
    let path = path.strip_prefix("/datasets").or_else(|| path.strip_prefix("/spaces")).unwrap_or(path);
    let within = path.strip_prefix("/api/{kind}/{ns}/{name}");
    match (within, path.strip_prefix("/cas/{store}")) {
        (Some(rest), _) => of_repository(method, rest)
            .or_else(|| of_history(method, rest))
            .or_else(|| of_openness(method, rest))
            .or_else(|| of_safety(method, rest)),
        (_, Some(rest)) => of_store(method, rest),
        _ => of_hub(method, path).or_else(|| of_owners(method, path)).or_else(|| of_files(method, path)),
    }
}

fn of_hub(method: &str, path: &str) -> Option<Operation> {
    let repo_url: &[(u16, Answer)] = &[(200, Object(&["url"]))];
    Some(match (method, path) {
        ("GET", "/healthz") => tell("Whether the process lives", &[(200, Text)]),
        ("GET", "/readyz") => tell("Whether the database and the store answer", &[(200, Text), (503, Text)]),
        ("GET", "/metrics") => tell("Figures for Prometheus", &[(200, Text)]),
        ("GET", "/.well-known/openapi.json") => tell("This document", &[(200, Object(&["openapi"]))]),
        ("GET", "/api/whoami-v2") => {
            tell("Whom a token stands for", &[(200, Object(&["name", "type", "orgs"]))])
        }
        ("POST", "/api/join") => {
            tell("Opens an account", &[(201, Object(&["name"]))]).json::<register::Join>()
        }
        ("POST", "/api/login") => {
            tell("A token for a name and a password", &[(201, Object(&["name", "token"]))])
                .json::<register::Login>()
        }
        ("GET", "/api/users/{user}/overview") => tell("A user", &[(200, Object(&["user", "type"]))]),
        ("GET", "/api/users/{user}/likes") => {
            tell("What a user likes", &[(200, List(&["repo", "createdAt"]))]).query(PAGE)
        }
        ("GET", "/api/keys" | "/api/users/{user}/keys") => {
            tell("Public keys of a user", &[(200, List(&["name", "key"]))])
        }
        ("POST", "/api/keys") => {
            tell("Adds a public key", &[(201, Object(&["name", "key"]))]).json::<keys::Request>()
        }
        ("DELETE", "/api/keys/{key}") => tell("Removes a public key by its name", DONE),
        ("GET", "/api/organizations/{org}/overview") => {
            tell("An organisation", &[(200, Object(&["name", "type"]))])
        }
        ("GET", "/api/organizations/{org}/members") => tell("Its members", &[(200, List(&["user", "role"]))]),
        ("GET", "/api/organizations/{org}/settings/repositories" | "/api/settings/repositories") => {
            tell("What takes how much room", &[(200, List(&["id", "type", "storage"]))]).query(PAGE)
        }
        ("GET", "/api/agent-harnesses") => {
            tell("Known agent harnesses: none", &[(200, Object(&["harnesses"]))])
        }
        ("GET", "/api/telemetry/{*topic}") => tell("Received and dropped", &[(204, Nothing)]),
        ("GET", "/api/tasks") => tell("Known tasks: none", &[(200, Object(&[]))]),
        ("POST", "/v1/telemetry") => tell("Received and dropped", &[(200, Nothing)]),
        ("POST", "/api/repos/create") => tell("Makes a repository", repo_url).json::<create_repo::Request>(),
        ("DELETE", "/api/repos/delete") => tell("Deletes a repository", DONE).json::<api::NamedRepo>(),
        ("POST", "/api/repos/move") => tell("Renames a repository", repo_url).json::<move_repo::Request>(),
        ("GET", "/api/models-tags-by-type" | "/api/datasets-tags-by-type") => {
            tell("The tags in use", &[(200, Object(&[]))])
        }
        ("GET", "/api/{kind}") => tell("Finds repositories", &[(200, List(&["id"]))]).query(FIND),
        ("POST", "/api/validate-yaml") => {
            tell("What is wrong with a card", &[(200, Object(&["errors", "warnings"])), (400, Object(&[]))])
                .json::<validate_yaml::Request>()
        }
        _ => return None,
    })
}

const FIND: &[(&str, Word)] = &[
    ("search", Texts),
    ("author", Word::Text),
    ("filter", Texts),
    ("sort", Word::Text),
    ("limit", Number),
    ("cursor", Word::Text),
    ("full", Flag),
    ("cardData", Flag),
    ("config", Flag),
    ("gated", Flag),
    ("openness", Word::Text),
    ("pipeline_tag", Word::Text),
    ("expand", Texts),
];

fn of_repository(method: &str, rest: &str) -> Option<Operation> {
    let info: &[(u16, Answer)] = &[(200, Object(&["id"]))];
    Some(match (method, rest) {
        ("GET", "" | "/revision/{rev}") => tell("What is known of a repository", info).query(&[
            ("blobs", Flag),
            ("securityStatus", Flag),
            ("expand", Texts),
        ]),
        ("PUT", "/settings") => tell("Changes who may see it", &[(200, Object(&["private", "gated"]))])
            .json::<repo_settings::Request>(),
        ("GET", "/auth-check") => tell("Whether the caller may read the files", DONE),
        ("GET", "/auth-check/write") => tell("Whether the caller may write", DONE),
        ("POST", "/like") => tell("Likes it", DONE),
        ("DELETE", "/like") => tell("Likes it no more", DONE),
        ("GET", "/likers") => tell("Who likes it", &[(200, List(&["user"]))]).query(PAGE),
        ("GET", "/discussions") => tell("Discussions: none", &[(200, Object(&["discussions", "count"]))]),
        ("POST", "/discussions") => tell("Not there yet", &[]),
        ("POST", "/duplicate") => tell("Makes another with the same history", &[(200, Object(&["url"]))])
            .json::<duplicate_repo::Request>(),
        ("GET", "/xet-read-token/{rev}") => tell("A pass to read from the content store", PASS),
        ("GET", "/xet-write-token/{rev}") => {
            tell("A pass to write to the content store", PASS).query(&[("create_pr", Flag)])
        }
        _ => return None,
    })
}

fn of_history(method: &str, rest: &str) -> Option<Operation> {
    const FOLDER: &[(&str, Word)] =
        &[("recursive", Flag), ("expand", Flag), ("limit", Number), ("cursor", Word::Text)];
    Some(match (method, rest) {
        ("POST", "/preupload/{rev}") => {
            tell("How to send files", &[(200, Object(&["files", "commitOid"]))]).json::<preupload::Request>()
        }
        ("POST", "/commit/{rev}") => {
            tell("Makes a commit", &[(200, Object(&["success", "commitOid", "commitUrl"]))])
                .body(Body::Lines(|schemas| schemas.subschema_for::<commit::Sent>()))
        }
        ("GET", "/tree/{rev}" | "/tree/{rev}/{*path}") => tell("Files and folders", ENTRIES).query(FOLDER),
        ("POST", "/paths-info/{rev}") => {
            tell("What lies at these paths", ENTRIES).json::<paths_info::Request>()
        }
        ("GET", "/refs") => tell("Branches and tags", &[(200, Object(&["branches", "tags", "converts"]))])
            .query(&[("include_prs", Flag)]),
        ("GET", "/commits/{rev}") => {
            tell("History, newest first", &[(200, List(&["id", "title", "message", "date"]))]).query(&[
                ("limit", Number),
                ("p", Number),
                ("cursor", Word::Text),
                ("expand", Texts),
            ])
        }
        ("POST", "/branch/{branch}") => tell("Makes a branch", DONE).json::<refs::Branch>(),
        ("DELETE", "/branch/{branch}") => tell("Removes a branch", DONE),
        ("POST", "/tag/{rev}") => tell("Tags a revision", DONE).json::<refs::Tag>(),
        ("DELETE", "/tag/{rev}") => tell("Removes a tag", DONE),
        ("POST", "/super-squash/{rev}") => {
            tell("One commit instead of a branch's history", DONE).json::<super_squash::Request>()
        }
        ("GET", "/lfs-files") => {
            tell("Large files of its whole history", &[(200, List(&["fileOid", "size"]))]).query(PAGE)
        }
        ("POST", "/lfs-files/batch") => {
            tell("Deletes large files for good", DONE).json::<lfs_files::Deletion>()
        }
        ("POST", "/lfs-files/duplicate") => {
            tell("Copies large files to another", &[(200, Object(&["failed"]))]).json::<lfs_files::Copy>()
        }
        _ => return None,
    })
}

/// An attestation, as `limpide_openness::Attestation` reads it.
#[derive(JsonSchema)]
#[schemars(rename = "Attestation", deny_unknown_fields)]
#[allow(dead_code)]
struct Signed {
    statement: Statement,
    key: String,
    signature: String,
}

#[derive(JsonSchema)]
#[schemars(deny_unknown_fields)]
#[allow(dead_code)]
struct Statement {
    schema: String,
    kind: KindWord,
    repository: String,
    commit: String,
    criterion: String,
    degree: String,
    statement: String,
    evidence: Option<Vec<String>>,
    answers: Option<String>,
    signer: String,
    role: String,
    issued: String,
    expires: String,
}

fn of_openness(method: &str, rest: &str) -> Option<Operation> {
    // In whichever form was asked for.
    const REPORT: &[(u16, Answer)] = &[(200, Bytes), (202, PENDING), (304, Nothing), (409, PENDING)];
    const BADGE: &[(u16, Answer)] = &[(200, Bytes), (202, PENDING), (304, Nothing)];
    const PENDING: Answer = Object(&["commit", "state"]);
    const ATTESTED: &[(u16, Answer)] = &[(201, Object(&["id", "attestation"]))];
    Some(match (method, rest) {
        ("GET", "/openness" | "/openness/{rev}") => {
            tell("What can be verified of its openness", REPORT).query(&[("format", Word::Text)])
        }
        ("POST", "/openness/{rev}") => tell("Has a revision audited once more", &[(202, PENDING)]),
        ("GET", "/openness-history") => {
            tell("What audits said before", &[(200, List(&["commit", "date", "digest"]))]).query(PAGE)
        }
        ("GET", "/openness-badge.svg") => tell("A badge of `main`", BADGE),
        ("GET", "/openness-badge.json") => tell(
            "The same for shields.io",
            &[(200, Object(&["schemaVersion"])), (202, PENDING), (304, Nothing)],
        ),
        ("GET", "/attestations") => {
            tell("What people signed about a revision", &[(200, List(&["id", "attestation"]))])
                .query(&[("revision", Word::Text)])
        }
        ("POST", "/attestations") => tell("Keeps what the caller has signed", ATTESTED).json::<Signed>(),
        ("DELETE", "/attestations/{attestation}") => tell("Withdraws what was signed", DONE),
        _ => return None,
    })
}

fn of_owners(method: &str, path: &str) -> Option<Operation> {
    const PROOF: &[(u16, Answer)] = &[(200, Object(&["proof"]))];
    Some(match (method, path) {
        ("GET", "/api/log/checkpoint") => {
            tell("How long the log of all statements is, signed", &[(200, Text), (404, Object(&["error"]))])
        }
        ("GET", "/api/log/key") => {
            tell("What statements are verified with", &[(200, Object(&["log", "statements"]))])
        }
        ("GET", "/api/log/entries") => {
            tell("Hashes of the entries", &[(200, List(&["number", "hash"]))]).query(&[("from", Number)])
        }
        ("GET", "/api/log/inclusion") => {
            tell("The proof that an entry is there", PROOF).query(&[("number", Number), ("size", Number)])
        }
        ("GET", "/api/log/consistency") => {
            tell("The proof that the log has only grown", PROOF).query(&[("from", Number), ("to", Number)])
        }
        ("GET", "/api/notices") => {
            tell("What the caller is told of files", &[(200, List(&["repository", "path", "level"]))])
                .query(&[("before", Word::Text)])
        }
        ("GET", "/api/owners/{owner}/safety") => {
            tell("What is done with malicious files of an owner", &[(200, Object(&["malicious"]))])
        }
        ("PUT", "/api/owners/{owner}/safety") => {
            tell("Says what is done with them", &[(200, Object(&["malicious"]))]).json::<scans::OwnerSafety>()
        }
        _ => return None,
    })
}

fn of_safety(method: &str, rest: &str) -> Option<Operation> {
    const PENDING: Answer = Object(&["commit", "state"]);
    const SCANNED: &[(u16, Answer)] =
        &[(200, Object(&["commit", "flagged"])), (202, PENDING), (409, PENDING)];
    Some(match (method, rest) {
        ("GET", "/security" | "/security/{rev}") => {
            tell("What its files would do if they were loaded", SCANNED)
        }
        ("POST", "/security/{rev}") => tell("Has a revision scanned once more", &[(202, PENDING)]),
        ("GET", "/security-file/{rev}/{*path}") => {
            tell("All that a scan saw in a file", &[(200, Object(&["path", "scan", "verdict"]))])
        }
        ("GET", "/statements" | "/statements/{rev}") => tell(
            "What this hub has signed about a revision",
            &[(200, List(&["number", "predicate", "bundle"]))],
        ),
        ("GET", "/signatures" | "/signatures/{rev}") => {
            tell("Who signed its files, and which of them", &[(200, List(&["path", "verified"]))])
        }
        ("GET", "/acknowledgements") => {
            tell("Malicious files that are let through", &[(200, List(&["content", "user", "reason"]))])
        }
        ("POST", "/acknowledgements") => {
            tell("Lets a malicious file through", &[(201, Object(&["success"]))]).json::<scans::Request>()
        }
        ("DELETE", "/acknowledgements/{content}") => tell("Lets it through no longer", DONE),
        _ => return None,
    })
}

fn of_files(method: &str, path: &str) -> Option<Operation> {
    Some(match (method, path.strip_prefix("/{ns}/{name}")?) {
        ("GET", "/resolve/{rev}/{*path}") => tell("A file", FILE).query(&[("download", Flag)]),
        ("GET", "/raw/{rev}/{*path}") => tell("A file as git has it", FILE),
        ("GET", "/info/refs") => {
            tell("What `git` can fetch, or push to", GIT).query(&[("service", Word::Text)])
        }
        ("POST", "/git-receive-pack") => tell("What `git` pushes", GIT).body(Body::Bytes),
        ("POST", "/git-upload-pack") => tell("What `git` fetches", GIT).body(Body::Bytes),
        ("POST", "/info/lfs/objects/batch") => {
            tell("Where to send or fetch objects", &[(200, Answer::Lfs(&["transfer", "objects"]))])
                .body(Body::Lfs(|schemas| schemas.subschema_for::<lfs::LfsBatch>()))
        }
        ("GET", "/info/lfs/locks") => {
            tell("Which files people have locked", &[(200, Answer::Lfs(&["locks"]))]).query(LOCKS)
        }
        ("POST", "/info/lfs/locks") => tell("Locks a file", &[(201, LOCK), (409, LOCK)])
            .body(Body::Lfs(|schemas| schemas.subschema_for::<locks::New>())),
        ("POST", "/info/lfs/locks/verify") => {
            tell("One's own locks and those of others", &[(200, Answer::Lfs(&["ours", "theirs"]))])
                .body(Body::Lfs(|schemas| schemas.subschema_for::<locks::Page>()))
        }
        ("POST", "/info/lfs/locks/{id}/unlock") => tell("Unlocks a file", &[(200, LOCK)])
            .body(Body::Lfs(|schemas| schemas.subschema_for::<locks::Unlock>())),
        _ => return None,
    })
}

fn of_store(method: &str, rest: &str) -> Option<Operation> {
    const TICKET: &[(&str, Word)] = &[("ticket", Word::Text)];
    let plan: &[(u16, Answer)] = &[(200, Object(&["offset_into_first_range", "terms"]))];
    let plans: &[(u16, Answer)] = &[(200, Object(&["files", "fetch_info"]))];
    Some(match (method, rest) {
        ("GET", "/v1/reconstructions") => {
            tell("How to rebuild several files", plans).query(&[("file_id", Texts)])
        }
        ("POST", "/v1/reconstructions") => {
            tell("How to rebuild several files", plans).json::<Vec<cas::reconstructions::Named>>()
        }
        ("GET", "/v1/reconstructions/{file}") => tell("How to rebuild a file, in version 1", plan),
        ("GET", "/v2/reconstructions/{file}") => tell("How to rebuild a file, in version 2", plan),
        ("HEAD", "/v1/files/{file}") => tell("How long a file is", &[(200, Nothing)]),
        ("GET", "/v1/chunks/{prefix}/{chunk}") => tell("What is there around a chunk", &[(200, Bytes)]),
        ("POST", "/v1/xorb-grants/{prefix}/{xorb}") => tell("Whether a xorb is there", &[(200, Nothing)]),
        ("POST", "/v1/xorb-commits/{prefix}/{xorb}/grant/{grant}") => {
            tell("Not there: no grants are given", &[])
        }
        ("POST", "/v1/xorbs/{prefix}/{xorb}") => {
            tell("Takes a xorb", &[(200, Object(&["was_inserted"]))]).body(Body::Bytes)
        }
        ("HEAD", "/v1/xorbs/{prefix}/{xorb}") => tell("How long a xorb is", &[(200, Nothing)]),
        ("POST", "/v1/shards") => {
            tell("Takes a shard", &[(200, Object(&["result", "shard_hash"]))]).body(Body::Bytes)
        }
        ("POST", "/v2/shards") => {
            tell("Takes a shard and tells how far it is", &[(200, Lines)]).body(Body::Bytes)
        }
        ("GET", "/v2/file-chunk-hashes/{file}") => tell("Not there yet", &[]),
        ("GET", "/x/{object}") => tell("The bytes of a link", &[(206, Bytes)]).query(&[
            ("r", Word::Text),
            ("e", Word::Text),
            ("s", Word::Text),
        ]),
        ("POST", "/v1/telemetry") => tell("Received and dropped", &[(200, Nothing)]).body(Body::Bytes),
        ("PUT", "/lfs/{oid}") => tell("Takes an object", &[(200, Nothing)]).query(TICKET).body(Body::Bytes),
        ("GET", "/lfs/{oid}") => tell("Gives an object", FILE).query(TICKET),
        ("PUT", "/lfs/{oid}/parts/{number}") => {
            tell("Takes a part of an object", &[(200, Nothing)]).query(TICKET).body(Body::Bytes)
        }
        ("POST", "/lfs/{oid}/parts") => tell("Makes an object of its parts", &[(200, Nothing)])
            .query(TICKET)
            .body(Body::Lfs(|schemas| schemas.subschema_for::<lfs::LfsCompletion>())),
        ("POST", "/lfs/{oid}/verify") => tell("Whether an object has arrived", &[(200, Nothing)])
            .query(TICKET)
            .body(Body::Lfs(|schemas| schemas.subschema_for::<lfs::LfsObject>())),
        _ => return None,
    })
}

fn tell(summary: &'static str, answers: &'static [(u16, Answer)]) -> Operation {
    Operation { summary, query: &[], body: Body::None, answers }
}

impl Operation {
    fn query(self, query: &'static [(&'static str, Word)]) -> Self {
        Self { query, ..self }
    }

    fn body(self, body: Body) -> Self {
        Self { body, ..self }
    }

    fn json<T: JsonSchema>(self) -> Self {
        self.body(Body::Json(|schemas| schemas.subschema_for::<T>()))
    }
}

impl Word {
    pub(crate) fn schema(self) -> Value {
        match self {
            Self::Text => json!({ "type": "string" }),
            Self::Texts => json!({ "type": "array", "items": { "type": "string" } }),
            Self::Number => json!({ "type": "integer", "minimum": 0 }),
            Self::Flag => json!({ "type": "boolean" }),
        }
    }
}

impl Answer {
    pub(crate) fn describe(self) -> Value {
        let object = |required| json!({ "type": "object", "required": required });
        let of_type = |media: &str, schema| json!({ "description": "Done.", "content": { media: { "schema": schema } } });
        match self {
            Self::Nothing => json!({ "description": "Done." }),
            Self::Text => of_type("text/plain", json!({ "type": "string" })),
            Self::Bytes => of_type("*/*", json!({})),
            Self::Object(fields) => of_type("application/json", object(fields)),
            Self::List(fields) => {
                of_type("application/json", json!({ "type": "array", "items": object(fields) }))
            }
            Self::Lfs(fields) => of_type(crate::lfs::TYPE, object(fields)),
            Self::Lines => of_type("application/x-ndjson", json!({ "type": "string" })),
        }
    }
}
