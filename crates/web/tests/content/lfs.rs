//! LFS as git-lfs and older clients of the Hub speak it.

use limpide_testkit::site::Actor;
use limpide_testkit::xet::{noise, pack};
use limpide_words::Sha256;
use serde_json::{Value, json};

use crate::kit::{Scene, file, header, lfs_file, scene, sha256};

const BATCH: &str = "/ada/tiny.git/info/lfs/objects/batch";

async fn batch(actor: &Actor, operation: &str, objects: Value) -> Value {
    let request = json!({ "operation": operation, "transfers": ["basic", "multipart"], "hash_algo": "sha256", "objects": objects });
    let answer = actor.post(BATCH, &request).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{:?}", answer.headers().get("x-error-message"));
    assert_eq!(header(&answer, "content-type"), "application/vnd.git-lfs+json");
    answer.json().await.unwrap()
}

/// Uploads some bytes as a client does: the address of the batch, and nothing else.
async fn put(scene: &Scene, data: &[u8], oid: Sha256) -> Value {
    let answer = batch(&scene.ada, "upload", json!([{ "oid": oid, "size": data.len() }])).await;
    let actions = answer["objects"][0]["actions"].clone();
    let href = actions["upload"]["href"].as_str().unwrap();
    let answer = reqwest::Client::new().put(href).body(data.to_vec()).send().await.unwrap();
    assert_eq!(answer.status(), 200, "{}", answer.text().await.unwrap());
    actions
}

#[tokio::test]
async fn a_file_is_sent_verified_committed_and_fetched() {
    let scene = scene().await;
    let sent = pack(noise(1, 700_000), 100);
    let oid = sha256(&sent);
    let actions = put(&scene, &sent.data, oid).await;
    let verify = actions["verify"]["href"].as_str().unwrap().strip_prefix(&scene.site.url).unwrap();
    let object = json!({ "oid": oid, "size": sent.data.len() });
    assert_eq!(scene.ada.post(verify, &object).send().await.unwrap().status(), 200);
    let other = json!({ "oid": oid, "size": 1 });
    assert_eq!(scene.ada.post(verify, &other).send().await.unwrap().status(), 422);

    // Sent once is enough, twice does no harm.
    let answer = batch(&scene.ada, "upload", json!([object])).await;
    assert!(answer["objects"][0].get("actions").is_none());
    assert_eq!(answer["transfer"], "basic");

    let missing = batch(&scene.ada, "download", json!([object])).await;
    assert_eq!(missing["objects"][0]["error"]["code"], 404, "it is not committed yet");
    scene.commit(&[lfs_file("w.bin", &sent)]).await;
    let answer =
        batch(&scene.site.anyone(), "download", json!([object, { "oid": "0".repeat(64), "size": 5 }])).await;
    assert_eq!(answer["objects"][1]["error"]["code"], 404);
    let href = answer["objects"][0]["actions"]["download"]["href"].as_str().unwrap();
    let whole = reqwest::get(href).await.unwrap();
    assert_eq!(header(&whole, "content-length"), sent.data.len().to_string());
    assert!(whole.bytes().await.unwrap() == sent.data);
    let rest = reqwest::Client::new().get(href).header("range", "bytes=699990-").send().await.unwrap();
    assert_eq!(rest.status(), 206);
    assert!(rest.bytes().await.unwrap() == sent.data[699_990..]);
}

#[tokio::test]
async fn an_address_is_for_one_object_of_one_repository_and_not_for_ever() {
    let scene = scene().await;
    let sent = pack(noise(2, 100_000), 100);
    let oid = sha256(&sent);
    let answer = batch(&scene.ada, "upload", json!([{ "oid": oid, "size": 100_000 }])).await;
    let href = answer["objects"][0]["actions"]["upload"]["href"].as_str().unwrap();
    let client = reqwest::Client::new();
    let put = |href: String, data: Vec<u8>| client.put(href).body(data).send();

    let other = href.replace(&oid.to_string(), &"1".repeat(64));
    assert_eq!(put(other, sent.data.clone()).await.unwrap().status(), 403);
    assert_eq!(put(format!("{href}x"), sent.data.clone()).await.unwrap().status(), 403);
    assert_eq!(client.get(href).send().await.unwrap().status(), 404, "nothing is there to fetch");
    for wrong in [sent.data[1..].to_vec(), [&sent.data[..], b"x"].concat(), noise(3, 100_000)] {
        assert_eq!(put(href.into(), wrong).await.unwrap().status(), 422);
    }
    let answer = batch(&scene.ada, "upload", json!([{ "oid": oid, "size": 100_000 }])).await;
    assert!(answer["objects"][0].get("actions").is_some(), "nothing was stored");
    scene.site.hub.clock.advance(scene.site.hub.settings().limits.link);
    assert_eq!(put(href.into(), sent.data.clone()).await.unwrap().status(), 403);
}

#[tokio::test]
async fn what_other_repositories_have_is_not_told() {
    let scene = scene().await;
    let sent = pack(noise(4, 100_000), 100);
    scene.upload("w.bin", &sent).await;
    let eve = scene.site.user("eve").await;
    eve.post("/api/repos/create", &json!({ "name": "other" })).send().await.unwrap();
    let request = json!({ "operation": "upload", "objects": [{ "oid": sha256(&sent), "size": 100_000 }] });
    let path = "/eve/other.git/info/lfs/objects/batch";
    let answer: Value = eve.post(path, &request).send().await.unwrap().json().await.unwrap();
    assert!(answer["objects"][0]["actions"]["upload"].is_object());
    let request = json!({ "operation": "download", "objects": [{ "oid": sha256(&sent), "size": 100_000 }] });
    let answer: Value = eve.post(path, &request).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["objects"][0]["error"]["code"], 404);
}

#[tokio::test]
async fn strangers_are_told_to_sign_in_in_words_that_git_understands() {
    let scene = scene().await;
    let request = json!({ "operation": "upload", "objects": [] });
    let answer = scene.site.anyone().post(BATCH, &request).send().await.unwrap();
    assert_eq!(answer.status(), 401);
    assert_eq!(header(&answer, "lfs-authenticate"), "Basic realm=\"limpide\"");
    let body: Value = answer.json().await.unwrap();
    assert!(body["message"].as_str().unwrap().contains("Sign in"));
    let eve = scene.site.user("eve").await;
    assert_eq!(eve.post(BATCH, &request).send().await.unwrap().status(), 403);

    for (request, status) in [
        (json!({ "operation": "delete", "objects": [] }), 400),
        (json!({ "operation": "upload", "hash_algo": "md5", "objects": [] }), 422),
        (json!({ "operation": "upload", "hash_algo": "sha_256", "objects": [] }), 200),
        (json!({ "operation": "upload", "objects": [{ "oid": "xyz", "size": 1 }] }), 400),
        (json!({ "operation": "upload", "objects": [{ "oid": "0".repeat(64), "size": -1 }] }), 400),
    ] {
        assert_eq!(scene.ada.post(BATCH, &request).send().await.unwrap().status(), status, "{request}");
    }
    let too_many: Vec<Value> = (0..1001).map(|_| json!({ "oid": "0".repeat(64), "size": 1 })).collect();
    let request = json!({ "operation": "download", "objects": too_many });
    assert_eq!(scene.ada.post(BATCH, &request).send().await.unwrap().status(), 413);
}

#[tokio::test]
async fn locks_are_listed_in_pages_and_told_apart() {
    const LOCKS: &str = "/ada/tiny.git/info/lfs/locks";
    let scene = scene().await;
    let lock = async |path: &str| {
        let answer = scene.ada.post(LOCKS, &json!({ "path": path, "ref": { "name": "refs/heads/main" } }));
        let answer = answer.send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    for path in ["a.bin", "b/c.bin", "d.bin"] {
        let (status, answer) = lock(path).await;
        assert_eq!((status, &answer["lock"]["path"]), (201, &json!(path)));
        assert_eq!(answer["lock"]["owner"]["name"], "ada");
        assert_eq!(answer["lock"]["locked_at"], "2026-01-01T00:00:00.000Z");
    }
    let (status, held) = lock("a.bin").await;
    assert_eq!((status, &held["lock"]["path"]), (409, &json!("a.bin")));
    assert_eq!(lock("../a.bin").await.0, 400);

    let read =
        async |path: &str| scene.site.anyone().get(path).send().await.unwrap().json::<Value>().await.unwrap();
    let paths = |found: &Value| -> Vec<String> {
        let locks = found.as_array().unwrap().iter();
        locks.map(|lock| lock["path"].as_str().unwrap().to_owned()).collect()
    };
    let first = read(&format!("{LOCKS}?limit=2")).await;
    assert_eq!(paths(&first["locks"]), ["a.bin", "b/c.bin"]);
    let rest = read(&format!("{LOCKS}?cursor={}", first["next_cursor"].as_str().unwrap())).await;
    assert_eq!((paths(&rest["locks"]), &rest["next_cursor"]), (vec!["d.bin".to_owned()], &json!("")));
    assert_eq!(paths(&read(&format!("{LOCKS}?path=b%2Fc.bin")).await["locks"]), ["b/c.bin"]);

    let verify = format!("{LOCKS}/verify");
    let ours: Value = scene.ada.post(&verify, &json!({})).send().await.unwrap().json().await.unwrap();
    assert_eq!((paths(&ours["ours"]).len(), paths(&ours["theirs"]).len()), (3, 0));
    let stranger = scene.site.user("eve").await;
    assert_eq!(stranger.post(&verify, &json!({})).send().await.unwrap().status(), 403);

    let unlock = format!("{LOCKS}/{}/unlock", held["lock"]["id"].as_str().unwrap());
    for status in [200, 404] {
        assert_eq!(
            scene.ada.post(&unlock, &json!({ "force": false })).send().await.unwrap().status(),
            status
        );
    }
    assert_eq!(lock("a.bin").await.0, 201);
}

#[tokio::test]
async fn an_object_too_large_or_of_two_sizes_is_refused_by_itself() {
    let scene = scene().await;
    let sent = pack(noise(5, 50_000), 100);
    scene.upload("w.bin", &sent).await;
    scene.commit(&[file("a.txt", "a")]).await;
    let most = scene.site.hub.settings().limits.file;
    let objects = json!([
        { "oid": "1".repeat(64), "size": most + 1 },
        { "oid": sha256(&sent), "size": 49_999 },
        { "oid": sha256(&sent), "size": 50_000 },
    ]);
    let answer = batch(&scene.ada, "upload", objects).await;
    assert_eq!(answer["objects"][0]["error"]["code"], 422);
    assert_eq!(answer["objects"][1]["error"]["code"], 422);
    assert!(answer["objects"][2].get("error").is_none());
}

/// `huggingface_hub` 0.31 to 0.36 and git-xet offer `xet`, and send chunks when it is taken.
#[tokio::test]
async fn clients_that_can_send_chunks_are_let_into_the_content_store() {
    let scene = scene().await;
    let object = json!({ "oid": "1".repeat(64), "size": 5 });
    let request =
        json!({ "operation": "upload", "transfers": ["basic", "multipart", "xet"], "objects": [object] });
    let answer: Value = scene.ada.post(BATCH, &request).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["transfer"], "xet");
    let upload = &answer["objects"][0]["actions"]["upload"];
    assert!(upload["href"].as_str().unwrap().ends_with("/api/models/ada/tiny/xet-write-token/main"));
    let headers: Vec<&String> = upload["header"].as_object().unwrap().keys().collect();
    assert_eq!(headers, ["X-Xet-Access-Token", "X-Xet-Cas-Url", "X-Xet-Token-Expiration"]);
}
