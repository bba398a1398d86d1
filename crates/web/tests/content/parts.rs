//! LFS objects that travel part by part, as `huggingface_hub` and its agent for git-lfs send large ones.

use std::time::Duration;

use futures::{StreamExt, TryStreamExt};
use limpide_blobs::Family;
use limpide_hub::check::{Depth, Finding, Progress, Severity};
use limpide_hub::{Limits, Reach, Settings, Sweeper};
use limpide_testkit::site::TestSite;
use limpide_testkit::xet::{Sent, noise, pack};
use limpide_words::Sha256;
use reqwest::Response;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::kit::{Scene, header, lfs_file, on, sha256};

const BATCH: &str = "/ada/tiny.git/info/lfs/objects/batch";
const PART: usize = 100_000;

async fn scene() -> Scene {
    let limits = Limits { lfs_part: PART as u64, ..Limits::default() };
    on(TestSite::with(Settings { limits, ..Settings::default() }).await).await
}

/// A file of three parts.
fn three_parts(seed: u64) -> Sent {
    pack(noise(seed, 250_000), 100)
}

/// What a client is told of an object that it is to send in parts.
struct InParts<'a> {
    oid: Sha256,
    data: &'a [u8],
    header: Value,
    complete: String,
    verify: String,
}

impl Scene {
    async fn batch(&self, transfers: &[&str], objects: Value) -> Value {
        let request = json!({ "operation": "upload", "transfers": transfers, "objects": objects });
        let answer = self.ada.post(BATCH, &request).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer.json().await.unwrap()
    }

    async fn announce<'a>(&self, sent: &'a Sent) -> InParts<'a> {
        let (oid, data) = (sha256(sent), sent.data.as_slice());
        let answer = self.batch(&["basic", "multipart"], json!([{ "oid": oid, "size": data.len() }])).await;
        assert_eq!(answer["transfer"], "multipart");
        InParts::read(oid, data, &answer["objects"][0])
    }

    async fn is_to_be_sent(&self, sent: &Sent) -> bool {
        let object = json!({ "oid": sha256(sent), "size": sent.data.len() });
        self.batch(&["basic"], json!([object])).await["objects"][0].get("actions").is_some()
    }

    async fn stored(&self, family: Family) -> usize {
        self.site.hub.blobs.blobs.list(family).try_collect::<Vec<_>>().await.unwrap().len()
    }

    async fn sound(&self) {
        let (sender, findings) = mpsc::channel(100);
        let progress = Progress::default();
        self.site.hub.check(Depth::Whole, &progress, sender).await.unwrap();
        let found: Vec<Finding> = ReceiverStream::new(findings).collect().await;
        let damage: Vec<_> = found.iter().filter(|found| found.severity == Severity::Damage).collect();
        assert!(damage.is_empty(), "{damage:?}");
    }
}

impl<'a> InParts<'a> {
    fn read(oid: Sha256, data: &'a [u8], object: &Value) -> Self {
        let of = |action: &str| object["actions"][action]["href"].as_str().unwrap().to_owned();
        let header = object["actions"]["upload"]["header"].clone();
        assert_eq!(object["actions"]["upload"]["expires_in"], 48 * 3600);
        Self { oid, data, header, complete: of("upload"), verify: of("verify") }
    }

    fn address(&self, number: usize) -> &str {
        self.header[format!("{number:05}")].as_str().unwrap()
    }

    async fn put(&self, number: usize) -> String {
        let bytes = self.data.chunks(PART).nth(number - 1).unwrap();
        let answer = put(self.address(number), bytes).await;
        assert_eq!(answer.status(), 200);
        header(&answer, "etag")
    }

    /// Sends all parts in this order; gives their ETags in theirs.
    async fn put_all(&self, order: &[usize]) -> Vec<String> {
        let mut tags = vec![String::new(); order.len()];
        for number in order {
            tags[number - 1] = self.put(*number).await;
        }
        tags
    }

    async fn complete(&self, tags: &[String]) -> (u16, String) {
        complete(&self.complete, self.oid, tags).await
    }
}

async fn put(address: &str, bytes: &[u8]) -> Response {
    reqwest::Client::new().put(address).body(bytes.to_vec()).send().await.unwrap()
}

async fn complete(address: &str, oid: Sha256, tags: &[String]) -> (u16, String) {
    let parts: Vec<Value> =
        (1..).zip(tags).map(|(number, tag)| json!({ "partNumber": number, "etag": tag })).collect();
    post(address, &json!({ "oid": oid, "parts": parts })).await
}

async fn post(address: &str, body: &Value) -> (u16, String) {
    let answer = reqwest::Client::new().post(address).json(body).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

#[tokio::test]
async fn parts_in_any_order_make_the_file_that_xet_would_have_sent() {
    let scene = scene().await;
    let sent = three_parts(1);
    scene.send(&sent).await;
    scene.site.hub.clock.advance(Duration::from_secs(49 * 3600));
    let (xorbs, shards) = (scene.stored(Family::Xorbs).await, scene.stored(Family::Shards).await);

    let upload = scene.announce(&sent).await;
    assert_eq!(upload.header["chunk_size"], PART.to_string());
    assert_eq!(upload.header.as_object().unwrap().len(), 4);
    let tags = upload.put_all(&[3, 1, 2]).await;
    assert!(tags.iter().all(|tag| tag.len() == 66 && tag.starts_with('"')), "{tags:?}");
    assert_eq!(upload.complete(&tags).await.0, 200);
    let object = json!({ "oid": upload.oid, "size": sent.data.len() });
    assert_eq!(post(&upload.verify, &object).await.0, 200);
    scene.commit(&[lfs_file("w.bin", &sent)]).await;

    let whole = scene.site.anyone().get("/ada/tiny/resolve/main/w.bin").send().await.unwrap();
    assert!(whole.bytes().await.unwrap() == sent.data);
    // The newer of two shards that say the same stays.
    scene.site.hub.collect(Reach::Old).await.unwrap();
    assert_eq!((scene.stored(Family::Xorbs).await, scene.stored(Family::Shards).await), (xorbs, shards));
    assert_eq!(scene.stored(Family::LfsParts).await, 0);
    scene.sound().await;
}

#[tokio::test]
async fn what_is_sent_plainly_after_parts_stores_nothing_new() {
    let scene = scene().await;
    let sent = three_parts(2);
    let upload = scene.announce(&sent).await;
    let tags = upload.put_all(&[1, 2, 3]).await;
    assert_eq!(upload.complete(&tags).await.0, 200);
    scene.site.hub.clock.advance(Duration::from_secs(49 * 3600));
    let xorbs = scene.stored(Family::Xorbs).await;

    let object = json!({ "oid": upload.oid, "size": sent.data.len() });
    let answer = scene.batch(&["basic"], json!([object])).await;
    let address = answer["objects"][0]["actions"]["upload"]["href"].as_str().unwrap();
    assert_eq!(put(address, &sent.data).await.status(), 200);
    assert_eq!(scene.stored(Family::Xorbs).await, xorbs);
}

#[tokio::test]
async fn parts_are_put_together_while_they_arrive() {
    let scene = scene().await;
    let sent = three_parts(3);
    let upload = scene.announce(&sent).await;
    let tags = upload.put_all(&[1, 2, 3]).await;
    for _ in 0..200 {
        if !scene.is_to_be_sent(&sent).await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(!scene.is_to_be_sent(&sent).await, "nobody has put them together");
    for _ in 0..2 {
        assert_eq!(upload.complete(&tags).await.0, 200);
    }
    assert_eq!(upload.put(2).await, tags[1], "an answer that was lost is given again");
    assert_eq!(upload.complete(&tags).await.0, 200);
    assert_eq!(scene.stored(Family::LfsParts).await, 0);
    scene.sound().await;
}

#[tokio::test]
async fn missing_parts_are_named_and_can_be_sent_later() {
    let scene = scene().await;
    let sent = three_parts(4);
    let upload = scene.announce(&sent).await;
    let mut tags = vec![String::new(), upload.put(2).await, String::new()];
    let (status, words) = upload.complete(&tags).await;
    assert_eq!(status, 422);
    assert!(words.contains("Of the 3 parts these have not arrived: 1, 3."), "{words}");
    tags[0] = upload.put(1).await;
    tags[2] = upload.put(3).await;
    assert_eq!(upload.complete(&tags).await.0, 200);
}

#[tokio::test]
async fn a_part_is_what_its_etag_says() {
    let scene = scene().await;
    let (sent, other) = (three_parts(5), noise(6, PART));
    let upload = scene.announce(&sent).await;
    let first = upload.put(1).await;
    let wrong = header(&put(upload.address(2), &other).await, "etag");
    let third = upload.put(3).await;

    let (status, words) = upload.complete(&[first.clone(), first.clone(), third.clone()]).await;
    assert_eq!(status, 422);
    assert!(words.contains("Part 2 has not arrived with the ETag"), "{words}");
    for parts in
        [json!([]), json!([{ "partNumber": 1, "etag": first }]), json!([{ "partNumber": 0, "etag": "" }])]
    {
        let (status, words) = post(&upload.complete, &json!({ "oid": upload.oid, "parts": parts })).await;
        assert_eq!(status, 422);
        assert!(words.contains("Name each of the 3 parts once"), "{words}");
    }
    assert_eq!(post(&upload.complete, &json!({ "oid": upload.oid })).await.0, 400);
    assert_eq!(complete(&upload.complete, sha256(&three_parts(1)), &[]).await.0, 422);

    // Sent again, with the right bytes.
    let second = upload.put(2).await;
    assert_ne!(second, wrong);
    let bare = [first, format!("W/{second}"), third.replace('"', "")];
    assert_eq!(upload.complete(&bare).await.0, 200, "as proxies and clients write them");
    assert_eq!(scene.stored(Family::LfsParts).await, 0);
}

#[tokio::test]
async fn a_whole_that_is_not_what_was_announced_is_refused_and_forgotten() {
    let scene = scene().await;
    let sent = three_parts(9);
    let upload = scene.announce(&sent).await;
    let tags = [
        upload.put(1).await,
        header(&put(upload.address(2), &noise(8, PART)).await, "etag"),
        upload.put(3).await,
    ];
    let (status, words) = upload.complete(&tags).await;
    assert_eq!(status, 422);
    assert!(words.contains("Nothing was stored"), "{words}");
    assert_eq!((scene.stored(Family::LfsParts).await, scene.stored(Family::Xorbs).await), (0, 0));
    let tags = upload.put_all(&[1, 2, 3]).await;
    assert_eq!(upload.complete(&tags).await.0, 200);
}

#[tokio::test]
async fn a_part_has_its_length_and_is_kept_once() {
    let scene = scene().await;
    let sent = three_parts(10);
    let upload = scene.announce(&sent).await;
    for (number, length, words) in [
        (1, PART - 1, "Part 1 of 3 has 100000 bytes, but only 99999 came"),
        (1, PART + 1, "Part 1 of 3 has 100000 bytes, but more came"),
        (3, 0, "Part 3 of 3 has 50000 bytes, but only 0 came"),
        (3, PART, "Part 3 of 3 has 50000 bytes, but more came"),
    ] {
        let answer = put(upload.address(number), &sent.data[..length]).await;
        assert_eq!(answer.status(), 422);
        let said = answer.text().await.unwrap();
        assert!(said.contains(words), "{said}");
    }
    assert_eq!(scene.stored(Family::LfsParts).await, 0);
    assert_eq!(upload.put(2).await, upload.put(2).await);
    assert_eq!(scene.stored(Family::LfsParts).await, 1);
    scene.sound().await;
}

#[tokio::test]
async fn an_address_is_for_one_part_of_one_object_and_not_for_ever() {
    let scene = scene().await;
    let (sent, other) = (three_parts(11), three_parts(12));
    let (upload, another) = (scene.announce(&sent).await, scene.announce(&other).await);
    let ticket = |address: &str| address.split_once("?ticket=").unwrap().1.to_owned();
    let path = |address: &str| address.split_once('?').unwrap().0.to_owned();
    let (first, second) = (upload.address(1), upload.address(2));
    for wrong in [
        format!("{first}x"),
        path(first),
        format!("{}?ticket={}", path(first), ticket(second)),
        format!("{}?ticket={}", path(first), ticket(another.address(1))),
        format!("{}?ticket={}", path(first), ticket(&upload.complete)),
        format!("{}?ticket={}", path(first), ticket(&upload.verify)),
    ] {
        assert_eq!(put(&wrong, &sent.data[..PART]).await.status(), 403, "{wrong}");
    }
    let tags = upload.put_all(&[1, 2, 3]).await;
    for wrong in [ticket(first), ticket(&another.complete), ticket(&upload.verify)] {
        let wrong = format!("{}?ticket={wrong}", path(&upload.complete));
        assert_eq!(complete(&wrong, upload.oid, &tags).await.0, 403);
    }
    scene.site.hub.clock.advance(scene.site.hub.settings().limits.claim);
    assert_eq!(put(another.address(1), &other.data[..PART]).await.status(), 403);
    assert_eq!(complete(&upload.complete, upload.oid, &tags).await.0, 403);
}

#[tokio::test]
async fn parts_are_for_the_repository_that_they_were_announced_to() {
    let scene = scene().await;
    let sent = three_parts(13);
    let eve = scene.site.user("eve").await;
    eve.post("/api/repos/create", &json!({ "name": "other" })).send().await.unwrap();
    let object = json!({ "oid": sha256(&sent), "size": sent.data.len() });
    let request = json!({ "operation": "upload", "transfers": ["multipart"], "objects": [object] });
    let path = "/eve/other.git/info/lfs/objects/batch";
    let answer: Value = eve.post(path, &request).send().await.unwrap().json().await.unwrap();
    let theirs = InParts::read(sha256(&sent), &sent.data, &answer["objects"][0]);
    let tags = theirs.put_all(&[1, 2, 3]).await;

    let ours = scene.announce(&sent).await;
    let (status, words) = ours.complete(&tags).await;
    assert_eq!(status, 422);
    assert!(words.contains("these have not arrived: 1, 2, 3"), "{words}");
    assert_eq!(theirs.complete(&tags).await.0, 200);
    assert!(scene.is_to_be_sent(&sent).await, "what others have is not told");
}

#[tokio::test]
async fn one_answer_names_one_way_for_all_its_objects() {
    let scene = scene().await;
    let (held, large, small) = (pack(noise(14, 200_000), 100), three_parts(15), pack(noise(16, 70), 100));
    scene.send(&held).await;
    let nothing = pack(Vec::new(), 100);
    let most = scene.site.hub.settings().limits.file;
    let object = |sent: &Sent| json!({ "oid": sha256(sent), "size": sent.data.len() });
    let objects = json!([
        object(&held),
        object(&large),
        object(&small),
        { "oid": "1".repeat(64), "size": most + 1 },
        { "oid": sha256(&held), "size": 5 },
        object(&nothing),
    ]);
    let answer = scene.batch(&["basic", "multipart"], objects.clone()).await;
    let told = &answer["objects"];
    assert_eq!(answer["transfer"], "multipart");
    assert!(told[0].get("actions").is_none() && told[0].get("error").is_none());
    assert_eq!((&told[3]["error"]["code"], &told[4]["error"]["code"]), (&json!(422), &json!(422)));
    for (place, sent, count) in [(1, &large, 3), (2, &small, 1), (5, &nothing, 0)] {
        let upload = InParts::read(sha256(sent), &sent.data, &told[place]);
        assert_eq!(upload.header.as_object().unwrap().len(), count + 1);
        let tags = upload.put_all(&(1..=count).collect::<Vec<_>>()).await;
        let (status, words) = upload.complete(&tags).await;
        assert_eq!(status, 200, "{words}");
    }
    let rest = scene.batch(&["basic", "multipart"], objects).await;
    assert_eq!(rest["transfer"], "basic", "nothing is to be sent");

    let larger = object(&three_parts(17));
    for transfers in [&["basic"][..], &[]] {
        assert_eq!(scene.batch(transfers, json!([larger])).await["transfer"], "basic");
    }
    assert_eq!(scene.batch(&["multipart", "xet"], json!([larger])).await["transfer"], "xet");
    let exact = json!({ "oid": "2".repeat(64), "size": PART });
    assert_eq!(scene.batch(&["multipart"], json!([exact])).await["transfer"], "basic");
}

#[tokio::test]
async fn an_answer_has_not_too_many_addresses() {
    let scene = scene().await;
    let huge = |seed: usize| json!({ "oid": format!("{seed:064}"), "size": 50_u64 << 30 });
    let answer = scene.batch(&["multipart"], json!([huge(1)])).await;
    let header = &answer["objects"][0]["actions"]["upload"]["header"];
    assert_eq!(header.as_object().unwrap().len(), 1000 + 1);
    assert_eq!(header["chunk_size"], (50_u64 << 30).div_ceil(1000).to_string());
    let many: Vec<Value> = (0..1000).map(huge).collect();
    let answer = scene.batch(&["multipart"], json!(many)).await;
    let header = &answer["objects"][999]["actions"]["upload"]["header"];
    assert_eq!(header.as_object().unwrap().len(), 10 + 1);
}

#[tokio::test]
async fn parts_outlive_the_server_that_took_them_and_others_know_them() {
    let scene = scene().await;
    let sent = three_parts(18);
    let upload = scene.announce(&sent).await;
    let replica = scene.site.replica().await;
    let there = |address: &str| address.replace(&scene.site.url, &replica);
    let second = put(&there(upload.address(2)), &sent.data[PART..2 * PART]).await;
    let tags = [upload.put(1).await, header(&second, "etag"), upload.put(3).await];
    let third = scene.site.replica().await;
    let elsewhere = upload.complete.replace(&scene.site.url, &third);
    for address in [&elsewhere, &upload.complete, &there(&upload.complete)] {
        let (status, words) = complete(address, upload.oid, &tags).await;
        assert_eq!(status, 200, "{words}");
    }
    scene.commit(&[lfs_file("w.bin", &sent)]).await;
    let whole = scene.site.anyone().get("/ada/tiny/resolve/main/w.bin").send().await.unwrap();
    assert!(whole.bytes().await.unwrap() == sent.data);
}

#[tokio::test]
async fn those_who_complete_at_the_same_time_are_all_told_that_it_is_there() {
    let scene = scene().await;
    let sent = three_parts(19);
    let upload = scene.announce(&sent).await;
    let replica = scene.site.replica().await;
    let tags = upload.put_all(&[2, 3, 1]).await;
    let there = upload.complete.replace(&scene.site.url, &replica);
    let addresses = [&upload.complete, &there, &upload.complete, &there];
    let all = addresses.map(|address| complete(address, upload.oid, &tags));
    for (status, words) in futures::future::join_all(all).await {
        assert_eq!(status, 200, "{words}");
    }
    scene.sound().await;
}

#[tokio::test]
async fn two_who_send_the_same_file_are_both_served_and_leave_nothing() {
    let scene = scene().await;
    let sent = three_parts(23);
    let (one, two) = (scene.announce(&sent).await, scene.announce(&sent).await);
    let send = async |upload: &InParts<'_>| {
        let tags = upload.put_all(&[1, 2, 3]).await;
        assert_eq!(upload.complete(&tags).await.0, 200);
    };
    tokio::join!(send(&one), send(&two));
    assert_eq!(scene.stored(Family::LfsParts).await, 0);
    scene.sound().await;
}

#[tokio::test]
async fn whoever_stops_waiting_finds_the_object_later() {
    let scene = scene().await;
    let sent = pack(noise(20, 3_000_000), 1000);
    let upload = scene.announce(&sent).await;
    let replica = scene.site.replica().await;
    let tags = upload.put_all(&(1..=30).collect::<Vec<_>>()).await;
    let there = upload.complete.replace(&scene.site.url, &replica);
    let hasty = tokio::time::timeout(Duration::from_millis(5), complete(&there, upload.oid, &tags));
    let _ = hasty.await;
    for _ in 0..200 {
        if !scene.is_to_be_sent(&sent).await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(complete(&there, upload.oid, &tags).await.0, 200);
}

#[tokio::test]
async fn parts_that_wait_too_long_and_those_of_deleted_repositories_are_swept() {
    let scene = scene().await;
    let (sent, other) = (three_parts(21), three_parts(22));
    scene.announce(&sent).await.put(1).await;
    let mut sweeper = Sweeper::new(scene.site.hub.hub.clone());
    sweeper.sweep().await.unwrap();
    assert_eq!(scene.stored(Family::LfsParts).await, 1);
    scene.sound().await;
    scene.site.hub.clock.advance(scene.site.hub.settings().limits.claim);
    scene.announce(&other).await.put(2).await;
    assert_eq!(sweeper.sweep().await.unwrap(), 1);
    assert_eq!(scene.stored(Family::LfsParts).await, 1);

    let deletion = scene.ada.call("DELETE", "/api/repos/delete").json(&json!({ "name": "tiny" }));
    assert_eq!(deletion.send().await.unwrap().status(), 200);
    assert_eq!(sweeper.sweep().await.unwrap(), 1);
    assert_eq!(scene.stored(Family::LfsParts).await, 0);
    scene.sound().await;
}
