//! Pages of PDFs as pictures. The programs that draw here are scripts: the real one is tested as a program.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use limpide_hub::{Drawing, Settings};
use limpide_testkit::clamd::{Clamd, received};
use limpide_testkit::site::{Actor, TestSite};
use reqwest::Response;
use serde_json::json;
use tempfile::TempDir;

/// Ada's model with a PDF, on a hub whose pages a script draws.
struct Scene {
    site: TestSite,
    ada: Actor,
    commit: String,
    _folder: TempDir,
}

const PDF: &str = "%PDF-1.4\n1 0 obj<</Type/Pages/Count 3>>endobj\n";

impl Scene {
    async fn new(script: &str) -> Self {
        Self::with(script, Settings::default()).await
    }

    async fn with(script: &str, mut settings: Settings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("draw");
        write_program(&program, script);
        settings.drawing = Drawing { program: Some(program), wait: Duration::from_secs(3) };
        let site = TestSite::with(settings).await;
        let ada = site.user("ada").await;
        let new = json!({ "name": "tiny" });
        assert_eq!(ada.post("/api/repos/create", &new).send().await.unwrap().status(), 200);
        let commit = ada.commit("ada/tiny", "a paper.pdf", PDF).await;
        while site.hub.do_next_job().await.unwrap().is_some() {}
        Self { site, ada, commit, _folder: folder }
    }

    async fn page(&self, query: &str) -> String {
        let path = format!("/ada/tiny/blob/main/a%20paper.pdf{query}");
        let answer = self.site.anyone().get(&path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.text().await.unwrap()
    }

    async fn picture(&self, revision: &str, query: &str) -> Response {
        let path = format!("/ada/tiny/drawing/{revision}/a%20paper.pdf{query}");
        self.site.anyone().get(&path).send().await.unwrap()
    }
}

/// Another process writes the file: where this one did, a process that a test beside this one starts could hold it open.
fn write_program(path: &std::path::Path, script: &str) {
    let write = format!("cat > '{0}' && chmod +x '{0}'", path.display());
    let mut shell = Command::new("sh").args(["-c", &write]).stdin(Stdio::piped()).spawn().unwrap();
    write!(shell.stdin.take().unwrap(), "#!/bin/sh\n{script}\n").unwrap();
    assert!(shell.wait().unwrap().success());
}

/// Draws three pages, of which the beginning is enough for a hub.
const DRAWS: &str = r#"
[ "$1 $3" = "draw-pdf 1200" ] || exit 9
[ "$2" -le 3 ] || { printf 'pages 3' >&2; exit 1; }
[ -z "$CARGO_PKG_NAME$HOME$USER" ] || exit 9
cat > /dev/null
printf '3 600 800 12\n<b>Water</b>'
printf '\211PNG\r\n\032\n\000\000\000\rIHDR\000\000\002\130\000\000\003\040page %s' "$2"
"#;

#[tokio::test]
async fn a_page_is_a_picture_with_ways_to_the_others_and_its_text() {
    let scene = Scene::new(DRAWS).await;
    let page = scene.page("?page=2").await;
    let source = format!("src=\"/ada/tiny/drawing/{}/a%20paper.pdf?page=2\"", scene.commit);
    for part in [
        &source,
        "alt=\"Page 2 of 3 of a paper.pdf\" width=\"600\" height=\"800\"",
        "<h2 id=\"page\">Page 2 of 3</h2>",
        "href=\"/ada/tiny/blob/main/a%20paper.pdf?page=1#page\"",
        "href=\"/ada/tiny/blob/main/a%20paper.pdf?page=3#page\"",
        "min=\"1\" max=\"3\" value=\"2\"",
        "&#60;b&#62;Water&#60;/b&#62;",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("<iframe") && !page.contains("<object") && !page.contains("<embed"));
    assert!(scene.page("").await.contains("Page 1 of 3 of a paper.pdf"));
    assert!(scene.page("?page=99").await.contains("Page 3 of 3 of a paper.pdf"), "the last one is shown");
    let wrong = scene.site.anyone().get("/ada/tiny/blob/main/a%20paper.pdf?page=x").send().await.unwrap();
    assert_eq!(wrong.status(), 400);
}

#[tokio::test]
async fn the_picture_cannot_act_and_is_kept_at_its_commit() {
    let scene = Scene::new(DRAWS).await;
    let picture = scene.picture(&scene.commit, "?page=3").await;
    let header = |name: &str| picture.headers()[name].to_str().unwrap().to_owned();
    assert_eq!(header("content-type"), "image/png");
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert_eq!(header("content-security-policy"), "sandbox; default-src 'none'");
    assert_eq!(header("cache-control"), "private, max-age=86400, immutable");
    let etag = header("etag");
    assert!(picture.bytes().await.unwrap().ends_with(b"page 3"));

    let at_branch = scene.picture("main", "?page=3").await;
    assert_eq!(at_branch.headers()["cache-control"], "private, no-cache");
    assert_eq!(at_branch.headers()["etag"], etag.as_str());
    assert_ne!(scene.picture("main", "?page=1").await.headers()["etag"], etag.as_str());
    let path = "/ada/tiny/drawing/main/a%20paper.pdf?page=3";
    let known = scene.site.anyone().get(path).header("if-none-match", &etag).send().await.unwrap();
    assert_eq!((known.status().as_u16(), known.bytes().await.unwrap().len()), (304, 0));
    for query in ["?page=4", "?page=0"] {
        assert_eq!(scene.picture("main", query).await.status(), if query == "?page=0" { 200 } else { 404 });
    }
}

#[tokio::test]
async fn whatever_becomes_of_the_process_the_page_tells_the_facts_and_why() {
    let much = "took too much time or memory";
    for (script, why) in [
        ("printf encrypted >&2; exit 1", "is encrypted"),
        ("printf broken >&2; exit 1", "it is damaged"),
        ("printf too-large >&2; exit 1", "larger than what is drawn"),
        ("kill -9 $$", much),
        ("exec sleep 60", much),
        ("cat /dev/zero", much),
        ("printf encrypted; printf encrypted >&2", much),
        ("cat > /dev/null; printf '3 600 800 0\\n<svg onload=alert(1)>'", much),
        ("exit 0", much),
    ] {
        let scene = Scene::new(script).await;
        let start = Instant::now();
        let page = scene.page("").await;
        assert!(start.elapsed() < Duration::from_secs(20), "{script}");
        assert!(
            page.contains(why) && page.contains("<dd>3</dd>") && !page.contains("<img"),
            "{script}: {page}"
        );
        // Where others may be drawn, there is a way to them.
        assert_eq!(page.contains("?page=2#page"), why == much, "{script}");
        let status = scene.picture("main", "").await.status().as_u16();
        assert!([404, 413, 422].contains(&status), "{script}: {status}");
    }
}

#[tokio::test]
async fn what_holds_a_document_back_holds_its_pages_back() {
    let clamd = Clamd::new();
    let mut settings = Settings::default();
    settings.safety.clamav = Some(clamd.address().parse().unwrap());
    clamd.listen(move |mut connection| {
        received(&mut connection);
        _ = connection.write_all(b"stream: Pdf.Test FOUND\0");
    });
    let scene = Scene::with(DRAWS, settings).await;
    assert_eq!(scene.picture("main", "").await.status(), 200, "it is warned of, not held back");
    let word = json!({ "malicious": "quarantine" });
    let set = scene.ada.call("PUT", "/api/owners/ada/safety").json(&word).send().await.unwrap();
    assert_eq!(set.status(), 200);
    let refused = scene.picture("main", "").await;
    assert_eq!(
        (refused.status().as_u16(), &refused.headers()["x-error-code"]),
        (403, &"Quarantined".parse().unwrap())
    );
    let page = scene.page("").await;
    assert!(page.contains("held back, and so are pictures of its pages") && !page.contains("<img"), "{page}");
}

#[tokio::test]
async fn strangers_see_no_page_of_a_private_repository() {
    let scene = Scene::new(DRAWS).await;
    let private = json!({ "private": true });
    scene.ada.call("PUT", "/api/models/ada/tiny/settings").json(&private).send().await.unwrap();
    let path = "/ada/tiny/drawing/main/a%20paper.pdf";
    assert_eq!(scene.ada.get(path).send().await.unwrap().status(), 200);
    for stranger in [scene.site.anyone(), scene.site.user("eve").await] {
        assert_eq!(stranger.get(path).send().await.unwrap().status(), 404);
        let absent = "/ada/absent/drawing/main/a%20paper.pdf";
        assert_eq!(stranger.get(absent).send().await.unwrap().status(), 404);
    }
}
