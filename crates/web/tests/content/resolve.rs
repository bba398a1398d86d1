//! Downloads, and what clients learn before them.

use std::time::Duration;

use limpide_testkit::xet::{noise, pack, words};
use serde_json::{Value, json};

use crate::kit::{file, header, scene, sha256};

#[tokio::test]
async fn a_large_file_tells_all_that_clients_ask_for() {
    let scene = scene().await;
    let sent = pack([noise(1, 900_000), words(2, 500_000)].concat(), 5);
    let commit = scene.upload("weights/w é.bin", &sent).await;
    let path = "/ada/tiny/resolve/main/weights/w%20%C3%A9.bin";
    let head = scene.site.anyone().head(path).send().await.unwrap();
    assert_eq!(head.status(), 200);
    let told = |name: &str| header(&head, name);
    assert_eq!(told("x-repo-commit"), commit);
    assert_eq!(told("etag"), format!("\"{}\"", sha256(&sent)));
    assert_eq!(told("x-linked-etag"), told("etag"));
    assert_eq!(told("x-linked-size"), "1400000");
    assert_eq!(told("content-length"), "1400000");
    assert_eq!(told("accept-ranges"), "bytes");
    assert_eq!(told("x-xet-hash"), sent.file.hash.to_string());
    assert_eq!(
        told("content-disposition"),
        "attachment; filename*=UTF-8''w%20%C3%A9.bin; filename=\"w _.bin\";"
    );
    let (origin, store) = (&scene.site.url, scene.site.hub.instance());
    assert_eq!(
        told("link"),
        format!(
            "<{origin}/api/models/ada/tiny/xet-read-token/{commit}>; rel=\"xet-auth\", \
             <{origin}/cas/{store}/v1/reconstructions/{}>; rel=\"xet-reconstruction-info\"",
            sent.file.hash
        )
    );
    let whole = scene.site.anyone().get(path).send().await.unwrap();
    assert_eq!(whole.status(), 200);
    assert!(whole.bytes().await.unwrap() == sent.data);
    let get = |range: &'static str| scene.site.anyone().get(path).header("range", range).send();
    for (range, expected) in
        [("bytes=0-0", 0..1), ("bytes=899990-900010", 899_990..900_011), ("bytes=-7", 1_399_993..1_400_000)]
    {
        let answer = get(range).await.unwrap();
        assert_eq!(answer.status(), 206);
        let place = format!("bytes {}-{}/1400000", expected.start, expected.end - 1);
        assert_eq!(header(&answer, "content-range"), place);
        assert_eq!(header(&answer, "x-repo-commit"), commit);
        assert!(answer.bytes().await.unwrap() == sent.data[expected]);
    }
    let past = get("bytes=1400000-").await.unwrap();
    assert_eq!((past.status().as_u16(), header(&past, "content-range")), (416, "bytes */1400000".into()));
}

#[tokio::test]
async fn a_regular_file_has_the_etag_of_its_blob() {
    let scene = scene().await;
    let commit =
        scene.commit(&[file("config.json", "{}"), file("empty.txt", ""), file("page.html", "<p>")]).await;
    let anyone = scene.site.anyone();
    let answer = anyone.get("/ada/tiny/resolve/main/config.json").send().await.unwrap();
    // `printf '{}' | git hash-object --stdin`
    assert_eq!(header(&answer, "etag"), "\"9e26dfeeb6e641a33dae4961196235bdb965b21b\"");
    assert_eq!(header(&answer, "x-repo-commit"), commit);
    assert_eq!(header(&answer, "x-linked-size"), "");
    assert_eq!(header(&answer, "content-type"), "application/json");
    assert_eq!(answer.text().await.unwrap(), "{}");

    let etag = "\"9e26dfeeb6e641a33dae4961196235bdb965b21b\"";
    let same =
        anyone.get("/ada/tiny/resolve/main/config.json").header("if-none-match", etag).send().await.unwrap();
    assert_eq!((same.status().as_u16(), header(&same, "x-repo-commit")), (304, commit.clone()));

    // Old clients ask for the first byte to learn the length, also of what has none.
    for (name, status, place) in [("config.json", 206, "bytes 0-0/2"), ("empty.txt", 200, "bytes 0-0/0")] {
        let path = format!("/ada/tiny/resolve/main/{name}");
        let answer = anyone.get(&path).header("range", "bytes=0-0").send().await.unwrap();
        assert_eq!((answer.status().as_u16(), header(&answer, "content-range")), (status, place.into()));
    }
    let page = anyone.get("/ada/tiny/resolve/main/page.html").send().await.unwrap();
    assert!(header(&page, "content-disposition").starts_with("attachment;"));
    assert_eq!(header(&page, "content-type"), "application/octet-stream");
    assert_eq!(header(&page, "x-content-type-options"), "nosniff");
    assert_eq!(header(&page, "content-security-policy"), "sandbox; default-src 'none'");
}

#[tokio::test]
async fn a_missing_file_still_tells_the_commit() {
    let scene = scene().await;
    let commit = scene.commit(&[file("folder/a.txt", "a")]).await;
    for path in
        ["nope.txt", "folder", "folder/a.txt/b", "..%2f..%2fetc%2fpasswd", "folder//a.txt", ".git/config"]
    {
        for answer in [
            scene.ada.head(&format!("/ada/tiny/resolve/main/{path}")).send().await.unwrap(),
            scene.ada.get(&format!("/ada/tiny/resolve/main/{path}")).send().await.unwrap(),
        ] {
            let told =
                (answer.status().as_u16(), header(&answer, "x-error-code"), header(&answer, "x-repo-commit"));
            assert_eq!(told, (404, "EntryNotFound".into(), commit.clone()), "{path}");
        }
    }
    let answer = scene.ada.head("/ada/tiny/resolve/nope/a.txt").send().await.unwrap();
    assert_eq!(header(&answer, "x-error-code"), "RevisionNotFound");
    let answer = scene.ada.head("/ada/nope/resolve/main/a.txt").send().await.unwrap();
    assert_eq!(header(&answer, "x-error-code"), "RepoNotFound");
}

#[tokio::test]
async fn every_way_to_write_a_revision_finds_the_file() {
    let scene = scene().await;
    let commit = scene.commit(&[file("a.txt", "a")]).await;
    let answer = scene.ada.post("/api/models/ada/tiny/branch/feature%2Fx", &json!({})).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    // `@huggingface/hub` asks for HEAD when it is asked for nothing else.
    for revision in ["main", "HEAD", "feature%2Fx", "refs%2Fheads%2Fmain", &commit, &commit[..7]] {
        let path = format!("/ada/tiny/resolve/{revision}/a.txt");
        assert_eq!(scene.ada.get(&path).send().await.unwrap().text().await.unwrap(), "a", "{revision}");
        let raw = format!("/ada/tiny/raw/{revision}/a.txt");
        assert_eq!(scene.ada.get(&raw).send().await.unwrap().text().await.unwrap(), "a", "{revision}");
    }
    let answer = scene.ada.get("/ada/tiny/resolve/refs/pr/1/a.txt").send().await.unwrap();
    assert_eq!(header(&answer, "x-error-message"), "Invalid rev id: refs/pr/1");
}

#[tokio::test]
async fn a_client_that_would_rather_fetch_chunks_is_told_where_they_are() {
    let scene = scene().await;
    let sent = pack(noise(4, 30_000), 5);
    scene.upload("w.bin", &sent).await;
    scene.commit(&[file("a.txt", "a")]).await;
    let ask = |name: &str| {
        let call = scene.site.anyone().get(&format!("/ada/tiny/resolve/main/{name}"));
        // As `@huggingface/hub` asks.
        call.header("accept", "application/vnd.xet-fileinfo+json, */*").header("range", "bytes=0-0").send()
    };
    let answer = ask("w.bin").await.unwrap();
    assert_eq!(answer.status(), 200);
    assert_eq!(header(&answer, "content-type"), "application/vnd.xet-fileinfo+json");
    assert_eq!(header(&answer, "x-linked-size"), "30000");
    assert_eq!(header(&answer, "x-xet-hash"), sent.file.hash.to_string());
    assert!(header(&answer, "link").contains("; rel=\"xet-auth\""));
    let told: Value = answer.json().await.unwrap();
    assert_eq!(
        told,
        json!({ "hash": sent.file.hash.to_string(), "size": 30_000, "etag": sha256(&sent).to_string() })
    );
    // Git has the bytes of a small file, and there are no chunks of it.
    let answer = ask("a.txt").await.unwrap();
    assert_eq!((answer.status().as_u16(), header(&answer, "content-range")), (206, "bytes 0-0/1".into()));
    assert_eq!(answer.text().await.unwrap(), "a");
}

#[tokio::test]
async fn raw_is_the_pointer_that_git_has() {
    let scene = scene().await;
    let sent = pack(noise(3, 30_000), 5);
    scene.upload("w.bin", &sent).await;
    let answer = scene.ada.get("/ada/tiny/raw/main/w.bin").send().await.unwrap();
    assert_eq!(header(&answer, "x-xet-hash"), "");
    let pointer = answer.text().await.unwrap();
    let expected =
        format!("version https://git-lfs.github.com/spec/v1\noid sha256:{}\nsize 30000\n", sha256(&sent));
    assert_eq!(pointer, expected);
}

#[tokio::test]
async fn a_reader_downloads_once_in_five_minutes() {
    let scene = scene().await;
    scene.commit(&[file("a.txt", "a"), file("b.txt", "b")]).await;
    let eve = scene.site.user("eve").await;
    for actor in [&scene.ada, &eve] {
        for name in ["a.txt", "b.txt", "a.txt", "missing"] {
            actor.get(&format!("/ada/tiny/resolve/main/{name}")).send().await.unwrap();
        }
    }
    // Written down a few seconds later.
    for _ in 0..100 {
        let info: Value = scene
            .ada
            .get("/api/models/ada/tiny?expand=downloads")
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        if info["downloads"] == 2 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the downloads were not counted");
}

#[tokio::test]
async fn a_gate_shows_the_list_of_files_and_keeps_their_content() {
    let scene = scene().await;
    let sent = pack(noise(21, 200_000), 8192);
    scene.upload("w.bin", &sent).await;
    let settings = json!({ "gated": "manual" });
    scene.ada.call("PUT", "/api/models/ada/tiny/settings").json(&settings).send().await.unwrap();
    let eve = scene.site.user("eve").await;

    let tree: Value = eve.get("/api/models/ada/tiny/tree/main").send().await.unwrap().json().await.unwrap();
    let entry = tree.as_array().unwrap().iter().find(|entry| entry["path"] == "w.bin").unwrap();
    assert_eq!(entry["xetHash"], "*".repeat(64), "who may not read the content does not learn its hash");
    for path in [
        "/ada/tiny/resolve/main/w.bin",
        "/ada/tiny/raw/main/w.bin",
        "/api/models/ada/tiny/xet-read-token/main",
        "/api/models/ada/tiny/auth-check",
    ] {
        for (caller, status) in [(&eve, 403), (&scene.site.anyone(), 401)] {
            let answer = caller.get(path).send().await.unwrap();
            assert_eq!(
                (answer.status().as_u16(), header(&answer, "x-error-code")),
                (status, "GatedRepo".into())
            );
        }
    }
    let tree: Value =
        scene.ada.get("/api/models/ada/tiny/tree/main").send().await.unwrap().json().await.unwrap();
    let entry = tree.as_array().unwrap().iter().find(|entry| entry["path"] == "w.bin").unwrap();
    assert_eq!(entry["xetHash"], sent.file.hash.to_string());
}

#[tokio::test]
async fn an_id_in_another_case_is_the_same_repository() {
    let scene = scene().await;
    scene.commit(&[file("a.txt", "a")]).await;
    let answer = scene.site.anyone().get("/ADA/Tiny/resolve/main/a.txt").send().await.unwrap();
    assert_eq!((answer.status().as_u16(), answer.text().await.unwrap()), (200, "a".into()));

    let body = [json!({ "key": "header", "value": { "summary": "b" } }), file("b.txt", "b")];
    let body = body.map(|line| line.to_string()).join("\n");
    let answer = scene.ada.call("POST", "/api/models/Ada/TINY/commit/main").body(body).send().await.unwrap();
    let answer: Value = answer.json().await.unwrap();
    let url = answer["commitUrl"].as_str().unwrap();
    assert!(url.starts_with(&format!("{}/ada/tiny/commit/", scene.site.url)), "{url}");
}
