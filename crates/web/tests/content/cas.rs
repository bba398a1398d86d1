//! The content store as `hf_xet` speaks to it.

use std::time::Duration;

use limpide_testkit::xet::{noise, pack, shard};
use limpide_xet::{ChunkReader, ShardFile};
use serde_json::{Value, json};

use crate::kit::{Door, header, scene};

impl Door {
    async fn get(&self, path: &str) -> reqwest::Response {
        self.actor.get(&format!("{}{path}", self.base)).send().await.unwrap()
    }

    async fn post(&self, path: &str, body: Vec<u8>) -> reqwest::Response {
        self.actor.call("POST", &format!("{}{path}", self.base)).body(body).send().await.unwrap()
    }
}

#[tokio::test]
async fn a_token_comes_in_headers_and_in_the_body() {
    let scene = scene().await;
    for mode in ["read", "write"] {
        let path = format!("/api/models/ada/tiny/xet-{mode}-token/main");
        let answer = scene.ada.get(&path).send().await.unwrap();
        let headers = ["x-xet-cas-url", "x-xet-access-token", "x-xet-token-expiration"]
            .map(|name| header(&answer, name));
        let body: Value = answer.json().await.unwrap();
        assert_eq!(headers[0], format!("{}/cas/{}", scene.site.url, scene.site.hub.instance()));
        assert_eq!(
            [&headers[0], &headers[1]],
            [&body["casUrl"], &body["accessToken"]].map(|value| value.as_str().unwrap())
        );
        assert_eq!(headers[2], body["exp"].to_string());
    }
    for (path, status) in [
        ("/api/models/ada/tiny/xet-read-token/nope", 404),
        ("/api/models/ada/tiny/xet-write-token/nope", 404),
        ("/api/models/ada/nope/xet-read-token/main", 404),
    ] {
        assert_eq!(scene.ada.get(path).send().await.unwrap().status(), status, "{path}");
    }
    let eve = scene.site.user("eve").await;
    let answer = eve.get("/api/models/ada/tiny/xet-write-token/main").send().await.unwrap();
    assert_eq!(answer.status(), 403);
}

#[tokio::test]
async fn a_file_goes_in_and_comes_out_as_the_client_does_it() {
    let scene = scene().await;
    let sent = pack(noise(1, 1_000_000), 6);
    let door = scene.door(&scene.ada, "write").await;
    for xorb in &sent.xorbs {
        let grant = format!("/v1/xorb-grants/default/{}", xorb.hash);
        let wish = json!({ "length": xorb.body.len(), "checksum": { "algo": "crc64nvme", "value": "1" } })
            .to_string();
        assert_eq!(door.post(&grant, wish.clone().into()).await.status(), 404);
        for new in [true, false] {
            let answer = door.post(&format!("/v1/xorbs/default/{}", xorb.hash), xorb.body.clone()).await;
            assert_eq!(answer.json::<Value>().await.unwrap(), json!({ "was_inserted": new }));
        }
        assert_eq!(door.post(&grant, wish.into()).await.status(), 200);
        let path = format!("{}/v1/xorbs/default/{}", door.base, xorb.hash);
        let answer = door.actor.head(&path).send().await.unwrap();
        assert_eq!(header(&answer, "content-length"), xorb.body.len().to_string());
    }
    let answer = door.post("/v2/shards", shard(&[&sent.file])).await;
    assert_eq!(header(&answer, "content-type"), "application/x-ndjson");
    let lines = answer.text().await.unwrap();
    let last: Value = serde_json::from_str(lines.lines().last().unwrap()).unwrap();
    assert_eq!((&last["type"], &last["result"]), (&json!("result"), &json!(1)));
    let answer: Value = door.post("/v1/shards", shard(&[&sent.file])).await.json().await.unwrap();
    assert_eq!(answer["result"], 0);
    assert_eq!(answer["shard_hash"].as_str().unwrap().len(), 64);

    let head = door.actor.head(&format!("{}/v1/files/{}", door.base, sent.file.hash)).send().await.unwrap();
    assert_eq!(header(&head, "content-length"), sent.data.len().to_string());
    assert!(fetch(&door, &sent.file, 2).await == sent.data);
    assert!(fetch(&door, &sent.file, 1).await == sent.data);
}

/// Fetches a whole file by a reconstruction of this version, one request for each term.
async fn fetch(door: &Door, file: &ShardFile, version: u8) -> Vec<u8> {
    let plan: Value =
        door.get(&format!("/v{version}/reconstructions/{}", file.hash)).await.json().await.unwrap();
    let mut data = Vec::new();
    for term in plan["terms"].as_array().unwrap() {
        let hash = term["hash"].as_str().unwrap();
        let (url, bytes) = match version {
            1 => {
                let entry = &plan["fetch_info"][hash][0];
                (&entry["url"], &entry["url_range"])
            }
            _ => {
                let entry = &plan["xorbs"][hash][0];
                (&entry["url"], &entry["ranges"][0]["bytes"])
            }
        };
        let range = format!("bytes={}-{}", bytes["start"], bytes["end"]);
        // Nothing but the range: no token goes to a link.
        let answer =
            reqwest::Client::new().get(url.as_str().unwrap()).header("range", range).send().await.unwrap();
        assert_eq!(answer.status(), 206);
        let mut reader = ChunkReader::over(answer.bytes().await.unwrap());
        while let Some(chunk) = reader.next_piece().unwrap() {
            data.extend_from_slice(&chunk);
        }
    }
    data
}

#[tokio::test]
async fn a_reconstruction_says_when_the_file_is_over() {
    let scene = scene().await;
    let sent = pack(noise(2, 300_000), 2);
    scene.send(&sent).await;
    let door = scene.door(&scene.ada, "read").await;
    let path = format!("{}/v2/reconstructions/{}", door.base, sent.file.hash);
    let ask = |range: &'static str| door.actor.get(&path).header("range", range).send();

    let part: Value = ask("bytes=200000-200001").await.unwrap().json().await.unwrap();
    assert_eq!(part["terms"].as_array().unwrap().len(), 1);
    assert!(part["offset_into_first_range"].as_u64().unwrap() < 131_072);
    let answer = ask("bytes=300000-400000").await.unwrap();
    assert_eq!((answer.status().as_u16(), header(&answer, "content-range")), (416, "bytes */300000".into()));
    assert_eq!(ask("bytes=0-1000000").await.unwrap().status(), 200);

    for (query, posted) in [(true, false), (false, true)] {
        let batch = format!("{}/v1/reconstructions", door.base);
        let request = match query {
            true => door.actor.get(&format!("{batch}?file_id={0}&file_id={0}", sent.file.hash)),
            false => {
                door.actor.post(&batch, &json!([{ "prefix": "default", "hash": sent.file.hash.to_string() }]))
            }
        };
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        let terms = answer["files"][sent.file.hash.to_string()].as_array().unwrap();
        assert_eq!(terms.len(), sent.file.terms.len(), "posted: {posted}");
        assert_eq!(answer["fetch_info"].as_object().unwrap().len(), sent.xorbs.len());
    }
}

#[tokio::test]
async fn several_ranges_of_a_link_come_in_parts() {
    let scene = scene().await;
    let sent = pack(noise(3, 400_000), 100);
    scene.send(&sent).await;
    let door = scene.door(&scene.ada, "read").await;
    let plan: Value =
        door.get(&format!("/v2/reconstructions/{}", sent.file.hash)).await.json().await.unwrap();
    let url = plan["xorbs"][sent.xorbs[0].hash.to_string()][0]["url"].as_str().unwrap();
    if !url.starts_with(&scene.site.url) {
        // On S3 a link to a whole xorb is the object store's own.
        return;
    }
    let client = reqwest::Client::new();
    let answer = client.get(url).header("range", "bytes=0-9,100-149").send().await.unwrap();
    assert_eq!(answer.status(), 206);
    let kind = header(&answer, "content-type");
    let boundary = kind.strip_prefix("multipart/byteranges; boundary=").unwrap().to_owned();
    let length: usize = header(&answer, "content-length").parse().unwrap();
    let bytes = answer.bytes().await.unwrap();
    assert_eq!(bytes.len(), length);
    let part = |range: std::ops::Range<usize>| {
        let head = format!(
            "\r\n--{boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes {}-{}/*\r\n\r\n",
            range.start,
            range.end - 1
        );
        [head.as_bytes(), &sent.xorbs[0].body[range]].concat()
    };
    let end = format!("\r\n--{boundary}--\r\n");
    assert!(bytes == [part(0..10), part(100..150), end.into_bytes()].concat());

    let length = sent.xorbs[0].body.len();
    for outside in
        [format!("bytes=0-{length}"), format!("bytes=0-9,5-{length}"), format!("bytes={length}-{length}")]
    {
        assert_eq!(
            client.get(url).header("range", &outside).send().await.unwrap().status(),
            403,
            "{outside}"
        );
    }
    assert_eq!(client.get(url.replace("r=0-", "r=1-")).send().await.unwrap().status(), 403);
    scene.site.hub.clock.advance(scene.site.hub.settings().limits.link + Duration::from_secs(1));
    assert_eq!(client.get(url).header("range", "bytes=0-9").send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn what_is_wrong_is_refused_with_a_status_that_ends_the_upload() {
    let scene = scene().await;
    let sent = pack(noise(4, 200_000), 100);
    let writer = scene.door(&scene.ada, "write").await;
    let reader = scene.door(&scene.ada, "read").await;
    let xorb = &sent.xorbs[0];
    let path = format!("/v1/xorbs/default/{}", xorb.hash);

    assert_eq!(reader.post(&path, xorb.body.clone()).await.status(), 403, "a token that reads");
    assert_eq!(writer.post(&path, vec![1; 100]).await.status(), 400, "no xorb");
    assert_eq!(writer.post("/v1/xorbs/default/xyz", xorb.body.clone()).await.status(), 400, "no hash");
    assert_eq!(writer.post(&format!("/v1/xorbs/other/{}", xorb.hash), xorb.body.clone()).await.status(), 404);
    for shards in ["/v1/shards", "/v2/shards"] {
        let answer = writer.post(shards, shard(&[&sent.file])).await;
        assert_eq!(answer.status(), 400, "xorbs first");
        assert!(header(&answer, "x-error-message").contains("upload it first"));
        assert_eq!(reader.post(shards, shard(&[&sent.file])).await.status(), 403);
        assert_eq!(writer.post(shards, vec![]).await.status(), 400);
    }
    let too_long = vec![0; limpide_xet::MAX_SHARD_LEN + 1];
    assert_eq!(writer.post("/v2/shards", too_long).await.status(), 413);

    let elsewhere = Door { base: "/cas/0123456789abcdef".into(), actor: writer.actor.clone() };
    assert_eq!(elsewhere.post(&path, xorb.body.clone()).await.status(), 401, "another store");
    let hub_token = Door { base: writer.base.clone(), actor: scene.ada.clone() };
    assert_eq!(hub_token.post(&path, xorb.body.clone()).await.status(), 401, "a token of the hub itself");
    scene.site.hub.clock.advance(scene.site.hub.settings().limits.content_token);
    assert_eq!(writer.post(&path, xorb.body.clone()).await.status(), 401, "too late");
}

#[tokio::test]
async fn chunks_telemetry_and_what_is_not_there() {
    let scene = scene().await;
    let sent = pack(noise(5, 200_000), 100);
    scene.send(&sent).await;
    let door = scene.door(&scene.ada, "read").await;
    let chunk = sent.xorbs[0].table.hash(0).unwrap();
    for prefix in ["default", "default-merkledb"] {
        let answer = door.get(&format!("/v1/chunks/{prefix}/{chunk}")).await;
        assert_eq!(answer.status(), 200);
        assert!(answer.bytes().await.unwrap().starts_with(b"HFRepoMetaData"));
    }
    assert_eq!(door.get(&format!("/v1/chunks/default/{}", sent.file.hash)).await.status(), 404);
    assert_eq!(door.get(&format!("/v2/file-chunk-hashes/{}", sent.file.hash)).await.status(), 501);
    for path in [format!("{}/v1/telemetry", door.base), "/v1/telemetry".into()] {
        let answer = scene.site.anyone().post(&path, &json!({ "any": "thing" })).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }
}
