//! Commits, listings, branches and tags as the stock client asks for them: words, statuses and shapes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use limpide_testkit::site::{Actor, TestSite};
use reqwest::Response;
use serde_json::{Value, json};

/// A hub with the empty model `ada/tiny`.
async fn tiny() -> (TestSite, Actor) {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    let answer = ada.post("/api/repos/create", &json!({ "name": "tiny" })).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    (site, ada)
}

fn file(path: &str, content: impl AsRef<[u8]>) -> Value {
    json!({ "key": "file", "value": { "path": path, "content": STANDARD.encode(content), "encoding": "base64" } })
}

fn deleted(path: &str) -> Value {
    json!({ "key": "deletedFile", "value": { "path": path } })
}

async fn commit_to(actor: &Actor, rev: &str, header: Value, changes: &[Value]) -> Response {
    let mut body = json!({ "key": "header", "value": header }).to_string();
    for change in changes {
        body.push('\n');
        body.push_str(&change.to_string());
    }
    let request = actor.call("POST", &format!("/api/models/ada/tiny/commit/{rev}"));
    request.header("content-type", "application/x-ndjson").body(body).send().await.unwrap()
}

async fn commit(actor: &Actor, changes: &[Value]) -> String {
    let answer = commit_to(actor, "main", json!({ "summary": "a commit" }), changes).await;
    assert_eq!(answer.status(), 200, "{:?}", answer.text().await);
    let answer: Value = answer.json().await.unwrap();
    answer["commitOid"].as_str().unwrap().to_owned()
}

async fn get(actor: &Actor, path: &str) -> Value {
    let answer = actor.get(path).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{path}: {:?}", answer.headers().get("x-error-message"));
    answer.json().await.unwrap()
}

/// What a refusal tells a program: status, code, message.
async fn refusal(answer: Response) -> (u16, String, String) {
    let header = |name: &str| {
        answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default()
    };
    (answer.status().as_u16(), header("x-error-code"), header("x-error-message"))
}

fn paths(tree: &Value) -> Vec<&str> {
    tree.as_array().unwrap().iter().map(|entry| entry["path"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_new_repo_has_one_commit_with_its_attributes() {
    let (_site, ada) = tiny().await;
    assert_eq!(paths(&get(&ada, "/api/models/ada/tiny/tree/main?recursive=true").await), [".gitattributes"]);
    let commits = get(&ada, "/api/models/ada/tiny/commits/main").await;
    assert_eq!(commits.as_array().unwrap().len(), 1);
    assert_eq!(commits[0]["title"], "initial commit");
    assert_eq!(commits[0]["authors"], json!([{ "user": "ada" }]));
    let info = get(&ada, "/api/models/ada/tiny").await;
    assert_eq!(info["sha"], commits[0]["id"]);
    assert_eq!(info["siblings"], json!([{ "rfilename": ".gitattributes" }]));
}

#[tokio::test]
async fn a_commit_shows_in_every_listing_and_its_url_names_the_repo() {
    let (site, ada) = tiny().await;
    let odd = "é ü/a?b%c:d,e#f\\g.txt";
    let header = json!({ "summary": "two files", "description": "and why" });
    let answer = commit_to(&ada, "main", header, &[file("README.md", "# Tiny"), file(odd, "odd")]).await;
    let answer: Value = answer.json().await.unwrap();
    let oid = answer["commitOid"].as_str().unwrap();
    assert_eq!(answer["commitUrl"], format!("{}/ada/tiny/commit/{oid}", site.url));
    assert_eq!(answer["success"], true);

    let tree = get(&ada, "/api/models/ada/tiny/tree/main?recursive=True").await;
    assert_eq!(paths(&tree), [".gitattributes", "README.md", "é ü", odd]);
    assert_eq!(tree[2]["type"], "directory");
    assert_eq!((&tree[3]["type"], &tree[3]["size"]), (&json!("file"), &json!(3)));
    assert!(tree[3].get("lastCommit").is_none());

    let expanded = get(&ada, &format!("/api/models/ada/tiny/tree/{oid}?expand=true")).await;
    assert_eq!(expanded[0]["lastCommit"]["title"], "initial commit");
    assert_eq!(expanded[2]["lastCommit"]["id"], oid);

    let folder = get(&ada, "/api/models/ada/tiny/tree/main/%C3%A9%20%C3%BC").await;
    assert_eq!(paths(&folder), [odd]);
    let commits = get(&ada, "/api/models/ada/tiny/commits/main?expand[]=formatted").await;
    assert_eq!((&commits[0]["title"], &commits[0]["message"]), (&json!("two files"), &json!("and why")));
    assert_eq!(commits[0]["formatted"]["title"], "two files");
}

#[tokio::test]
async fn a_page_of_history_beyond_its_end_is_empty_however_far() {
    let (_site, ada) = tiny().await;
    for query in ["p=1", "p=9223372036854775808", "p=18446744073709551615&limit=18446744073709551615"] {
        let page = get(&ada, &format!("/api/models/ada/tiny/commits/main?{query}")).await;
        assert_eq!(page, json!([]), "{query}");
    }
}

#[tokio::test]
async fn paths_info_takes_forms_and_json_and_leaves_out_what_is_not_there() {
    let (_site, ada) = tiny().await;
    commit(&ada, &[file("data/a.txt", "a"), file("b.txt", "b")]).await;
    let path = "/api/models/ada/tiny/paths-info/main";
    let form = [("paths", "b.txt"), ("paths", "data"), ("paths", "missing"), ("expand", "False")];
    let answer = ada.call("POST", path).form(&form).send().await.unwrap();
    let entries: Value = answer.json().await.unwrap();
    assert_eq!(paths(&entries), ["b.txt", "data"]);
    assert_eq!(entries[1]["type"], "directory");

    let request = json!({ "paths": ["data/a.txt"], "expand": true });
    let entries: Value = ada.post(path, &request).send().await.unwrap().json().await.unwrap();
    assert_eq!(entries[0]["lastCommit"]["title"], "a commit");

    let many: Vec<(&str, String)> = (0..1001).map(|number| ("paths", format!("f{number}"))).collect();
    let answer = refusal(ada.call("POST", path).form(&many).send().await.unwrap()).await;
    assert_eq!(answer.0, 413);
    assert!(answer.2.contains("too many parameters"), "{}", answer.2);
}

#[tokio::test]
async fn what_is_missing_has_the_code_that_clients_expect() {
    let (_site, ada) = tiny().await;
    for (path, code) in [
        ("/api/models/ada/tiny/tree/nope", "RevisionNotFound"),
        ("/api/models/ada/tiny/tree/main/nope", "EntryNotFound"),
        ("/api/models/ada/tiny/revision/nope", "RevisionNotFound"),
        ("/api/models/ada/tiny/commits/refs%2Fpr%2F1", "RevisionNotFound"),
        ("/api/models/ada/nope/refs", "RepoNotFound"),
    ] {
        let (status, found, message) = refusal(ada.get(path).send().await.unwrap()).await;
        assert_eq!((status, found.as_str()), (404, code), "{path}: {message}");
    }
    let (_, _, message) =
        refusal(ada.get("/api/models/ada/tiny/tree/feature%252Fx").send().await.unwrap()).await;
    assert!(message.contains("Invalid rev id: feature%2Fx"), "{message}");
}

#[tokio::test]
async fn a_commit_on_an_old_parent_is_refused_with_412() {
    let (_site, ada) = tiny().await;
    let first = commit(&ada, &[file("a", "1")]).await;
    commit(&ada, &[file("a", "2")]).await;
    let header = json!({ "summary": "late", "parentCommit": first });
    let (status, _, message) = refusal(commit_to(&ada, "main", header, &[file("a", "3")]).await).await;
    assert_eq!(status, 412);
    assert_eq!(message, "The branch was updated since you opened this page. Please refresh and try again.");
}

#[tokio::test]
async fn changes_are_applied_in_their_order_and_what_is_not_there_cannot_be_deleted() {
    let (_site, ada) = tiny().await;
    commit(&ada, &[file("dir/a", "a"), file("dir/b", "b"), file("c", "c")]).await;
    let folder = json!({ "key": "deletedFolder", "value": { "path": "dir/" } });
    commit(&ada, &[folder, file("dir", "now a file"), deleted("c"), file("c", "new")]).await;
    let tree = get(&ada, "/api/models/ada/tiny/tree/main?recursive=true").await;
    assert_eq!(paths(&tree), [".gitattributes", "c", "dir"]);

    let header = || json!({ "summary": "x" });
    let missing = refusal(commit_to(&ada, "main", header(), &[deleted("nope")]).await).await;
    assert_eq!((missing.0, missing.1.as_str()), (404, "EntryNotFound"));
    assert!(missing.2.contains("A file with this name doesn't exist"), "{}", missing.2);
    let in_the_way = refusal(commit_to(&ada, "main", header(), &[file("c/d", "x")]).await).await;
    assert_eq!(in_the_way.0, 400, "{in_the_way:?}");
    let unknown = json!({ "key": "lfsFile", "value": { "path": "w.bin", "algo": "sha256", "oid": "0".repeat(64), "size": 3 } });
    let unknown = refusal(commit_to(&ada, "main", header(), &[unknown]).await).await;
    assert!((400..500).contains(&unknown.0), "{unknown:?}");
    for path in ["../x", ".git/config", "..\\ddd", "a//b"] {
        let illegal = refusal(commit_to(&ada, "main", header(), &[file(path, "x")]).await).await;
        assert_eq!(illegal.0, 422, "{path}: {illegal:?}");
    }
    let none = get(&ada, "/api/models/ada/tiny/commits/main").await;
    assert_eq!(none.as_array().unwrap().len(), 3, "a refused commit leaves nothing");
}

#[tokio::test]
async fn a_commit_that_changes_nothing_is_a_success_without_a_commit() {
    let (_site, ada) = tiny().await;
    let first = commit(&ada, &[file("a", "1")]).await;
    assert_eq!(commit(&ada, &[file("a", "1")]).await, first);
}

#[tokio::test]
async fn a_body_that_is_not_a_commit_is_refused_in_words() {
    let (_site, ada) = tiny().await;
    for body in
        ["", "{}", "not json", "[1]", "{\"key\":\"file\",\"value\":{\"path\":\"a\",\"content\":\"eA==\"}}"]
    {
        let request = ada.call("POST", "/api/models/ada/tiny/commit/main").body(body);
        let (status, _, message) = refusal(request.send().await.unwrap()).await;
        assert_eq!(status, 400, "{body}");
        assert!(message.starts_with("The body of a commit is lines of JSON, a header first"), "{message}");
    }
    let wrong = json!({ "key": "file", "value": { "path": "a", "content": "***", "encoding": "base64" } });
    let answer = refusal(commit_to(&ada, "main", json!({ "summary": "x" }), &[wrong]).await).await;
    assert_eq!(answer.0, 400);
    let pull_request =
        commit_to(&ada, "main?create_pr=1", json!({ "summary": "x" }), &[file("a", "1")]).await;
    assert_eq!(pull_request.status(), 501);
}

#[tokio::test]
async fn branches_and_tags_are_made_and_removed_in_the_words_of_the_hub() {
    let (_site, ada) = tiny().await;
    let head = commit(&ada, &[file("a", "1")]).await;
    let base = "/api/models/ada/tiny";
    let post =
        async |path: &str, body: Value| ada.post(&format!("{base}/{path}"), &body).send().await.unwrap();
    let delete = async |path: &str| ada.call("DELETE", &format!("{base}/{path}")).send().await.unwrap();

    assert_eq!(post("branch/feature%2Fx", json!({})).await.status(), 200);
    let again = refusal(post("branch/feature%2Fx", json!({})).await).await;
    assert_eq!((again.0, again.2.as_str()), (409, "Reference refs/heads/feature/x already exists"));
    let full = refusal(post("branch/refs%2Fpr%2F1", json!({})).await).await;
    assert_eq!(full.0, 400);
    assert!(full.2.contains("Invalid reference for a branch"), "{}", full.2);
    let nowhere = refusal(post("branch/y", json!({ "startingPoint": "nope" })).await).await;
    assert_eq!((nowhere.0, nowhere.1.as_str()), (404, "RevisionNotFound"));

    assert_eq!(
        post(&format!("tag/{}", &head[..7]), json!({ "tag": "v1", "message": "first" })).await.status(),
        200
    );
    assert_eq!(post("tag/main", json!({ "tag": "v1" })).await.status(), 409);
    let lost = refusal(post("tag/nope", json!({ "tag": "v 2" })).await).await;
    assert_eq!((lost.0, lost.1.as_str()), (404, "RevisionNotFound"));
    assert_eq!(post("branch/v1", json!({})).await.status(), 200, "a branch may be called as a tag is");

    let refs = get(&ada, &format!("{base}/refs?include_prs=1")).await;
    let names: Vec<&str> =
        refs["branches"].as_array().unwrap().iter().map(|branch| branch["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["feature/x", "main", "v1"]);
    assert_eq!(refs["tags"], json!([{ "name": "v1", "ref": "refs/tags/v1", "targetCommit": head }]));
    assert_eq!((&refs["converts"], &refs["pullRequests"]), (&json!([]), &json!([])));

    assert_eq!(delete("branch/feature%2Fx").await.status(), 200);
    let main = refusal(delete("branch/main").await).await;
    assert_eq!((main.0, main.2.as_str()), (403, "Cannot delete refs/heads/main"));
    assert_eq!(delete("tag/v1").await.status(), 200);
    assert_eq!(delete("branch/v1").await.status(), 200);
    let gone = refusal(delete("branch/v1").await).await;
    assert_eq!((gone.0, gone.1.as_str()), (404, "RevisionNotFound"));
    assert!(gone.2.contains("Invalid rev id"), "{}", gone.2);
}

#[tokio::test]
async fn preupload_says_how_each_file_is_sent_and_what_is_there() {
    let (_site, ada) = tiny().await;
    let head = commit(&ada, &[file("a.txt", "a"), file(".gitignore", "*.log\n")]).await;
    let sample = |bytes: &[u8]| STANDARD.encode(bytes);
    let request = json!({ "files": [
        { "path": "a.txt", "sample": sample(b"a"), "size": 1 },
        { "path": "w.safetensors", "sample": sample(b"data"), "size": 4 },
        { "path": "long.text", "sample": sample(b"text"), "size": 9_000_000 },
        { "path": "longer.text", "sample": sample(b"text"), "size": 11_000_000 },
        { "path": "photo", "sample": sample(b"\x00\xff\x01"), "size": 3 },
        { "path": "run.log", "sample": sample(b"x"), "size": 1 },
        { "path": "folder/..\\..\\..\\file", "sample": "", "size": 1 },
    ]});
    let answer = ada.post("/api/models/ada/tiny/preupload/main", &request).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    let seen: Vec<(&str, bool)> = answer["files"]
        .as_array()
        .unwrap()
        .iter()
        .map(|file| (file["uploadMode"].as_str().unwrap(), file["shouldIgnore"].as_bool().unwrap()))
        .collect();
    let expected = [
        ("regular", false),
        ("lfs", false),
        ("regular", false),
        ("lfs", false),
        ("lfs", false),
        ("regular", true),
        ("regular", false),
    ];
    assert_eq!(seen, expected);
    // `git hash-object` of "a".
    assert_eq!(answer["files"][0]["oid"], "2e65efe2a145dda7ee51d1741299f848e5bf752e");
    assert!(answer["files"][1].get("oid").is_none());
    assert_eq!(answer["commitOid"], head);

    let request = json!({ "gitIgnore": "*.txt", "files": [
        { "path": "a.txt", "sample": "", "size": 1 }, { "path": "run.log", "sample": "", "size": 1 },
    ]});
    let answer = ada.post("/api/models/ada/tiny/preupload/main", &request).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(
        (&answer["files"][0]["shouldIgnore"], &answer["files"][1]["shouldIgnore"]),
        (&json!(true), &json!(false))
    );

    let climbing = json!({ "files": [{ "path": "..\\ddd", "sample": "", "size": 1 }] });
    let answer = ada.post("/api/models/ada/tiny/preupload/main", &climbing).send().await.unwrap();
    assert_eq!(answer.status(), 422);
    let nowhere = ada.post("/api/models/ada/tiny/preupload/nope", &request).send().await.unwrap();
    assert_eq!(refusal(nowhere).await.1, "RevisionNotFound");
}

#[tokio::test]
async fn attributes_count_as_they_were_before_the_commit() {
    let (_site, ada) = tiny().await;
    let request = json!({ "files": [{ "path": "p.png2", "sample": "", "size": 5 }] });
    let mode = async || {
        let answer = ada.post("/api/models/ada/tiny/preupload/main", &request).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        answer["files"][0]["uploadMode"].as_str().unwrap().to_owned()
    };
    assert_eq!(mode().await, "regular");
    commit(&ada, &[file(".gitattributes", "*.png2 filter=lfs diff=lfs merge=lfs -text\n")]).await;
    assert_eq!(mode().await, "lfs");
}

#[tokio::test]
async fn a_squashed_branch_has_one_commit_and_the_same_files() {
    let (_site, ada) = tiny().await;
    commit(&ada, &[file("a", "1")]).await;
    ada.post("/api/models/ada/tiny/branch/kept", &json!({})).send().await.unwrap();
    commit(&ada, &[file("b", "2")]).await;
    let before = get(&ada, "/api/models/ada/tiny/tree/main?recursive=true").await;
    let request = json!({ "message": "all in one" });
    let answer = ada.post("/api/models/ada/tiny/super-squash/main", &request).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let commits = get(&ada, "/api/models/ada/tiny/commits/main").await;
    assert_eq!(commits.as_array().unwrap().len(), 1);
    assert_eq!(commits[0]["title"], "all in one");
    assert_eq!(get(&ada, "/api/models/ada/tiny/tree/main?recursive=true").await, before);
    assert_eq!(get(&ada, "/api/models/ada/tiny/commits/kept").await.as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn a_long_listing_comes_in_pages_that_stay_with_their_commit() {
    let (site, ada) = tiny().await;
    let many: Vec<Value> =
        (0..1200).map(|number| file(&format!("d{}/f{number:04}", number % 7), "x")).collect();
    commit(&ada, &many).await;
    let mut seen = Vec::new();
    let mut next = Some("/api/models/ada/tiny/tree/main?recursive=true&expand=false".to_owned());
    while let Some(path) = next {
        let answer = ada.get(&path).send().await.unwrap();
        let link = answer.headers().get("link").map(|link| link.to_str().unwrap().to_owned());
        next = link.map(|link| {
            let address = link.strip_prefix('<').unwrap().split('>').next().unwrap().to_owned();
            address.strip_prefix(&site.url).expect("an absolute link").to_owned()
        });
        let page: Value = answer.json().await.unwrap();
        if seen.is_empty() {
            assert_eq!(page.as_array().unwrap().len(), 1000);
            commit(&ada, &[file("d0/a-new-one", "x")]).await;
        }
        seen.extend(paths(&page).into_iter().map(str::to_owned));
    }
    assert_eq!(seen.len(), 1200 + 7 + 1, "files, folders and .gitattributes");
    let mut sorted = seen.clone();
    sorted.sort();
    sorted.dedup();
    assert_eq!(sorted.len(), seen.len());
}

#[tokio::test]
async fn validate_yaml_speaks_json_and_plain_text() {
    let (site, _ada) = tiny().await;
    let anyone = site.anyone();
    let ask = async |content: &str, accept: &str| {
        let request = json!({ "content": content, "repoType": "model" });
        anyone.post("/api/validate-yaml", &request).header("accept", accept).send().await.unwrap()
    };
    let good = ask("---\nlicense: mit\n---\n", "*/*").await;
    assert_eq!(good.status(), 200);
    let good: Value = good.json().await.unwrap();
    assert_eq!(good, json!({ "warnings": [], "errors": [] }));

    let empty: Value = ask("# Hello\n", "*/*").await.json().await.unwrap();
    assert_eq!(empty["warnings"][0]["message"], "empty or missing yaml metadata in repo card");

    let wrong = ask("---\nlicense: foo\nmodel-index: bar\n---\n", "*/*").await;
    assert_eq!(wrong.status(), 400);
    let wrong: Value = wrong.json().await.unwrap();
    assert_eq!(wrong["errors"].as_array().unwrap().len(), 2);

    let plain = ask("---\nlicense: foo\n---\n", "text/plain").await;
    assert_eq!(plain.status(), 400);
    let plain = plain.text().await.unwrap();
    assert!(plain.starts_with("- Error: \"license\" must be one of ["), "{plain}");
}

#[tokio::test]
async fn the_card_of_main_gives_tags_that_lists_filter_by() {
    let (site, ada) = tiny().await;
    let card = "---\nlicense: apache-2.0\nlanguage: [fr, en]\npipeline_tag: fill-mask\nlibrary_name: transformers\n---\n";
    commit(&ada, &[file("README.md", card)]).await;
    let info = get(&site.anyone(), "/api/models/ada/tiny").await;
    assert_eq!(info["cardData"]["license"], "apache-2.0");
    assert_eq!(info["pipeline_tag"], "fill-mask");
    for query in [
        "filter=fr&filter=license:apache-2.0",
        "filter=fr,en",
        "pipeline_tag=fill-mask",
        "library=transformers",
    ] {
        let found = get(&site.anyone(), &format!("/api/models?{query}")).await;
        assert_eq!(found.as_array().unwrap().len(), 1, "{query}");
    }
    assert_eq!(get(&site.anyone(), "/api/models?filter=de").await, json!([]));
    let tags = get(&site.anyone(), "/api/models-tags-by-type").await;
    assert_eq!(
        tags["license"],
        json!([{ "id": "license:apache-2.0", "label": "apache-2.0", "type": "license" }])
    );
}

#[tokio::test]
async fn a_model_s_own_files_tell_its_architecture_and_parameters() {
    let (site, ada) = tiny().await;
    let shard = |shape: &str| {
        let header = format!(
            "{{\"__metadata__\":{{\"format\":\"pt\"}},\"w\":{{\"dtype\":\"BF16\",\"shape\":{shape},\"data_offsets\":[0,4]}}}}"
        );
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend_from_slice(header.as_bytes());
        bytes.extend_from_slice(&[0; 4]);
        bytes
    };
    let config = r#"{"architectures":["BertModel"],"model_type":"bert","vocab_size":10}"#;
    commit(&ada, &[file("config.json", config), file("model.safetensors", shard("[1,2]"))]).await;
    let path = "/api/models/ada/tiny?expand=safetensors&expand=config";
    let info = get(&site.anyone(), path).await;
    assert_eq!(info["safetensors"], json!({ "parameters": { "BF16": 2 }, "total": 2 }));
    assert_eq!(info["config"], json!({ "architectures": ["BertModel"], "model_type": "bert" }));

    let index = r#"{"weight_map":{"a":"one.safetensors","b":"two.safetensors","c":"one.safetensors"}}"#;
    let index = file("model.safetensors.index.json", index);
    commit(&ada, &[index, file("one.safetensors", shard("[3]")), file("two.safetensors", shard("[2,2]"))])
        .await;
    assert_eq!(get(&site.anyone(), path).await["safetensors"]["total"], 7);

    // A shard that is not there, or not what its name says: better no figure than a wrong one.
    commit(&ada, &[file("two.safetensors", b"not safetensors at all")]).await;
    assert!(get(&site.anyone(), path).await.get("safetensors").is_none());

    // Files behind a gate tell strangers nothing.
    ada.call("PUT", "/api/models/ada/tiny/settings")
        .json(&json!({ "gated": "manual" }))
        .send()
        .await
        .unwrap();
    assert!(get(&site.anyone(), path).await.get("config").is_none());
    assert!(get(&ada, path).await.get("config").is_some());
}

#[tokio::test]
async fn blobs_and_security_come_when_asked() {
    let (_site, ada) = tiny().await;
    commit(&ada, &[file("a.txt", "abc")]).await;
    let info = get(&ada, "/api/models/ada/tiny?blobs=True&securityStatus=true").await;
    let a = info["siblings"].as_array().unwrap().iter().find(|file| file["rfilename"] == "a.txt").unwrap();
    // `git hash-object` of "abc".
    assert_eq!((&a["size"], &a["blobId"]), (&json!(3), &json!("f2ba8f84ab5c1bce84a7b441cb1959cfc7093b7f")));
    assert_eq!(info["securityRepoStatus"], json!({ "scansDone": false, "filesWithIssues": [] }));
}
