//! The pages, as a browser without scripts sees them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

use limpide_hub::{NewRepo, Settings};
use limpide_testkit::site::{Actor, TestSite};
use limpide_words::Kind;
use reqwest::{Response, multipart};
use serde_json::{Value, json};

/// A page, or what stands in its place.
async fn open(actor: &Actor, path: &str) -> (u16, String) {
    let answer = actor.get(path).send().await.unwrap();
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// A page that is there.
async fn shown(actor: &Actor, path: &str) -> String {
    let (status, html) = open(actor, path).await;
    assert_eq!(status, 200, "{path}: {html}");
    html
}

/// Sends a form as a page of the site does.
async fn send(actor: &Actor, path: &str, fields: &[(&str, &str)]) -> Response {
    actor.call("POST", path).header("sec-fetch-site", "same-origin").form(fields).send().await.unwrap()
}

async fn model(site: &TestSite, actor: &Actor, name: &str, private: bool) {
    let caller = site.caller(actor).await;
    let id = format!("ada/{name}").parse().unwrap();
    site.hub.create_repo(&caller, NewRepo { kind: Kind::Model, id, private, sdk: None }).await.unwrap();
}

async fn work(site: &TestSite) {
    while site.hub.do_next_job().await.unwrap().is_some() {}
}

const CARD: &str = "---\nlicense: apache-2.0\npipeline_tag: text-generation\nlanguage: fr\n---\n# Tiny\n\nIt has 7B parameters.\n";

#[tokio::test]
async fn every_page_is_fenced_in_and_holds_no_script_or_style_of_its_own() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    model(&site, &ada, "tiny", false).await;
    ada.commit("ada/tiny", "README.md", CARD).await;
    work(&site).await;
    for path in [
        "/",
        "/models",
        "/datasets",
        "/spaces",
        "/login",
        "/join",
        "/compare",
        "/docs",
        "/docs/audit.md",
        "/docs/api",
        "/ada",
        "/ada/tiny",
        "/ada/tiny/tree/main",
        "/ada/tiny/blob/main/README.md",
        "/ada/tiny/commits/main",
        "/ada/tiny/commit/main",
        "/ada/tiny/openness",
        "/ada/tiny/safety",
        "/ada/tiny/lineage",
        "/ada/tiny/edit/main/README.md",
        "/ada/tiny/upload/main",
        "/nothing/here",
    ] {
        let answer = ada.get(path).header("accept-language", "fr").send().await.unwrap();
        let headers = answer.headers().clone();
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'none'; script-src 'self'"), "{path}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(headers["x-content-type-options"], "nosniff", "{path}");
        let html = answer.text().await.unwrap();
        assert!(html.contains("<html lang=\"fr\">"), "{path}");
        for forbidden in ["<style", " style=", " onclick=", "<script>", "javascript:"] {
            assert!(!html.contains(forbidden), "{path} holds `{forbidden}`");
        }
        assert_eq!(html.matches("<h1").count(), 1, "{path}");
    }
}

#[tokio::test]
async fn the_language_is_the_accounts_then_the_browsers() {
    let site = TestSite::with(Settings { open_registration: true, ..Settings::default() }).await;
    let asked = async |cookie: Option<&str>, browser: &str| {
        let request = site.anyone().get("/").header("accept-language", browser);
        let request = match cookie {
            Some(cookie) => request.header("cookie", cookie),
            None => request,
        };
        let html = request.send().await.unwrap().text().await.unwrap();
        html.split("<html lang=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    assert_eq!(asked(None, "fr-FR,fr;q=0.9").await, "fr");
    assert_eq!(asked(None, "de").await, "en");
    assert_eq!(asked(Some("limpide_language=fr"), "en").await, "fr");

    let fields = [("username", "ada"), ("password", "correct horse"), ("fullname", ""), ("email", "")];
    let joined = send(&site.anyone(), "/join", &fields).await;
    assert_eq!(joined.status(), 303);
    let cookie = joined.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    let request = site.anyone().call("POST", "/language").header("cookie", &cookie);
    let request =
        request.header("sec-fetch-site", "same-origin").form(&[("language", "fr"), ("next", "/models")]);
    let chosen = request.send().await.unwrap();
    assert_eq!((chosen.status().as_u16(), chosen.headers()["location"].to_str().unwrap()), (303, "/models"));
    assert_eq!(asked(Some(&cookie), "en").await, "fr", "on any browser where they are signed in");
}

#[tokio::test]
async fn evidence_leads_to_the_very_bytes() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    model(&site, &ada, "tiny", false).await;
    ada.commit("ada/tiny", "README.md", CARD).await;
    let (_, waiting) = open(&site.anyone(), "/ada/tiny/openness").await;
    assert!(waiting.contains("being audited"), "{waiting}");
    work(&site).await;
    let report = shown(&site.anyone(), "/ada/tiny/openness").await;
    let link = report.split("href=\"").find(|rest| rest.contains("README.md?bytes=")).unwrap();
    let link = link.split('"').next().unwrap().replace("&#38;", "&");
    let page = shown(&site.anyone(), link.split('#').next().unwrap()).await;
    assert!(page.contains("class=\"marked\"") && page.contains("id=\"bytes\""), "{link}");
}

#[tokio::test]
async fn what_people_write_is_text_on_every_page() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    model(&site, &ada, "tiny", false).await;
    let hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>";
    let card = format!(
        "---\nlicense: \"{hostile}\"\nbase_model: \"{hostile}\"\n---\n# {hostile}\n[x](javascript:alert(1))\n"
    );
    ada.commit("ada/tiny", "README.md", &card).await;
    ada.commit("ada/tiny", "src/<img src=x onerror=alert(1)>.py", "print('<script>')\n").await;
    work(&site).await;
    let odd = "/ada/tiny/blob/main/src/%3Cimg%20src%3Dx%20onerror%3Dalert%281%29%3E.py";
    for path in [
        "/",
        "/models",
        "/ada/tiny",
        "/ada/tiny/tree/main/src",
        odd,
        "/ada/tiny/blob/main/README.md?source=true",
        "/ada/tiny/commits/main",
        "/ada/tiny/commit/main",
        "/ada/tiny/openness",
        "/ada/tiny/safety",
        "/ada/tiny/lineage",
        "/models?search=%3Cscript%3E&sort=likes",
        "/models?task=%22%3E%3Cscript%3E",
        "/compare?repo=%3Cscript%3E&repo=ada/tiny",
        "/login?next=%22%3E%3Cscript%3E",
    ] {
        let html = shown(&site.anyone(), path).await;
        for forbidden in ["<script>", "<img src=x", "href=\"javascript"] {
            assert!(!html.contains(forbidden), "{path} holds `{forbidden}`: {html}");
        }
    }
}

#[tokio::test]
async fn a_text_is_edited_in_a_form_and_nobody_is_overwritten() {
    let site = TestSite::start().await;
    let (ada, eve) = (site.user("ada").await, site.user("eve").await);
    model(&site, &ada, "tiny", false).await;
    let head = ada.commit("ada/tiny", "README.md", CARD).await;
    let page = shown(&ada, "/ada/tiny/edit/main/README.md").await;
    assert!(page.contains(&head) && page.contains("It has 7B parameters."));
    assert_eq!(open(&eve, "/ada/tiny/edit/main/README.md").await.0, 403);

    let fields = [("parent", head.as_str()), ("text", "# New\r\n\r\ntext\r\n"), ("message", "write it anew")];
    assert_eq!(send(&eve, "/ada/tiny/edit/main/README.md", &fields).await.status(), 403);
    assert_eq!(send(&ada, "/ada/tiny/edit/main/README.md", &fields).await.status(), 303);
    let raw = shown(&ada, "/ada/tiny/raw/main/README.md").await;
    assert_eq!(raw, "# New\n\ntext\n");
    assert!(shown(&ada, "/ada/tiny/commits/main").await.contains("write it anew"));

    let late = send(
        &ada,
        "/ada/tiny/edit/main/README.md",
        &[("parent", head.as_str()), ("text", "# Mine\n"), ("message", "")],
    )
    .await;
    assert_eq!(late.status(), 409);
    let late = late.text().await.unwrap();
    assert!(
        late.contains("# Mine") && late.contains("Somebody has committed"),
        "what was written is still there"
    );

    let head = ada.commit("ada/tiny", "a.txt", "a\n").await;
    let fields = [("parent", head.as_str()), ("text", "new\n"), ("message", "")];
    assert_eq!(send(&ada, "/ada/tiny/edit/main/notes/b.txt", &fields).await.status(), 303, "a new file");
    assert_eq!(shown(&ada, "/ada/tiny/raw/main/notes/b.txt").await, "new\n");
}

#[tokio::test]
async fn a_form_without_a_script_sends_small_files() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    model(&site, &ada, "tiny", false).await;
    let file = |name: &str, bytes: &[u8]| multipart::Part::bytes(bytes.to_vec()).file_name(name.to_owned());
    let post = async |actor: &Actor, path: &str, form: multipart::Form| {
        actor.call("POST", path).header("sec-fetch-site", "same-origin").multipart(form).send().await.unwrap()
    };
    let form = multipart::Form::new()
        .text("message", "two files")
        .part("files", file("a.txt", b"a\n"))
        .part("files", file("b.txt", b"b\n"));
    let sent = post(&ada, "/ada/tiny/upload/main/notes", form).await;
    assert_eq!(
        (sent.status().as_u16(), sent.headers()["location"].to_str().unwrap()),
        (303, "/ada/tiny/tree/main/notes")
    );
    assert_eq!(shown(&ada, "/ada/tiny/raw/main/notes/b.txt").await, "b\n");

    for (files, says) in [
        (vec![], "Choose at least one file"),
        (vec![("../up.txt", b"x".to_vec())], "up.txt"),
        (vec![("model.safetensors", b"x".to_vec())], "large file"),
        (vec![("big.bin", vec![0; 11 << 20])], "more than"),
    ] {
        let form = files.iter().fold(multipart::Form::new().text("message", ""), |form, (name, bytes)| {
            form.part("files", file(name, bytes))
        });
        let refused = post(&ada, "/ada/tiny/upload/main", form).await;
        assert!(refused.status().is_client_error(), "{says}");
        let html = refused.text().await.unwrap();
        assert!(html.contains(says) && html.contains("id=\"upload\""), "{says}: {html}");
    }
    let history: Vec<Value> =
        ada.get("/api/models/ada/tiny/commits/main").send().await.unwrap().json().await.unwrap();
    assert_eq!(history.len(), 2, "what was refused left nothing");
}

#[tokio::test]
async fn a_file_is_shown_as_what_it_is() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    model(&site, &ada, "tiny", false).await;
    let notebook = json!({ "nbformat": 4, "metadata": {}, "cells": [
        { "cell_type": "markdown", "source": "# Title" },
        { "cell_type": "code", "execution_count": 3, "source": "print(1)", "outputs": [{ "output_type": "stream", "name": "stdout", "text": "one <b>" }] },
    ] });
    for (path, text) in
        [("train.py", "import torch\n"), ("work.ipynb", &notebook.to_string()), ("empty.txt", "")]
    {
        ada.commit("ada/tiny", path, text).await;
    }
    let header =
        r#"{"a.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[0,24]},"__metadata__":{"format":"pt"}}"#;
    let mut tensors = (header.len() as u64).to_le_bytes().to_vec();
    tensors.extend_from_slice(header.as_bytes());
    tensors.extend_from_slice(&[0; 24]);
    ada.commit("ada/tiny", "model.safetensors", std::str::from_utf8(&tensors).unwrap()).await;
    ada.commit("ada/tiny", "evil.pkl", "cos\nsystem\n(S'echo hi'\ntR.").await;
    work(&site).await;

    let page = async |path: &str| shown(&site.anyone(), &format!("/ada/tiny/blob/main/{path}")).await;
    let code = page("train.py").await;
    assert!(code.contains("id=\"L1\"") && code.contains("hl-keyword"), "{code}");
    let shown_notebook = page("work.ipynb").await;
    assert!(shown_notebook.contains("one &lt;b&gt;") && shown_notebook.contains("[3]"), "{shown_notebook}");
    let table = page("model.safetensors").await;
    for part in ["a.weight", "F32", "[2, 3]", "1 tensor", ">6<"] {
        assert!(table.contains(part), "{part}: {table}");
    }
    assert!(page("model.safetensors?tensor=nothing").await.contains("0 tensors"));
    assert!(page("model.safetensors?bytes=0-8").await.contains("id=\"bytes\""), "bytes of what is no text");
    let pickle = page("evil.pkl").await;
    assert!(pickle.contains("os.system") && pickle.contains("level-malicious"), "{pickle}");
    assert!(page("empty.txt").await.contains("This file is empty."));
    assert_eq!(open(&site.anyone(), "/ada/tiny/blob/main/no.txt").await.0, 404);
    assert_eq!(open(&site.anyone(), "/ada/tiny/blob/nope/train.py").await.0, 404);
}

#[tokio::test]
async fn lists_are_narrowed_by_what_cards_and_scans_say() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    for (name, licence, language) in
        [("one", "apache-2.0", "fr"), ("two", "cc-by-nc-4.0", "fr"), ("three", "mit", "en")]
    {
        model(&site, &ada, name, false).await;
        let card = format!("---\nlicense: {licence}\nlanguage: {language}\n---\n");
        ada.commit(&format!("ada/{name}"), "README.md", &card).await;
    }
    model(&site, &ada, "secret", true).await;
    ada.commit("ada/secret", "README.md", "---\nlanguage: xx\n---\n").await;
    work(&site).await;
    let names = async |query: &str| {
        let html = shown(&site.anyone(), &format!("/models?{query}")).await;
        ["one", "two", "three", "secret"]
            .into_iter()
            .filter(|name| html.contains(&format!("href=\"/ada/{name}\"")))
            .collect::<Vec<_>>()
    };
    assert_eq!(names("language=fr").await, ["one", "two"]);
    assert_eq!(names("language=fr&permits=commercial-use").await, ["one"]);
    assert_eq!(names("licence=mit").await, ["three"]);
    assert_eq!(names("safety=clean&search=T").await, ["two", "three"]);
    assert!(names("task=nothing").await.is_empty());
    let list = shown(&site.anyone(), "/models").await;
    assert!(!list.contains(">xx<"), "what is private is not counted");
    assert!(
        list.contains("language=fr") && list.contains("the licence permits")
            || list.contains("The licence permits")
    );
    assert_eq!(open(&site.anyone(), "/models?openness=Z").await.0, 400);
}

#[tokio::test]
async fn two_models_are_compared_and_what_is_private_is_not_there() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    for (name, licence, private) in
        [("one", "apache-2.0", false), ("two", "cc-by-nc-4.0", false), ("secret", "mit", true)]
    {
        model(&site, &ada, name, private).await;
        ada.commit(&format!("ada/{name}"), "README.md", &format!("---\nlicense: {licence}\n---\n")).await;
    }
    work(&site).await;
    let page = shown(&site.anyone(), "/compare?repo=ada/one&repo=ada/two").await;
    assert!(page.contains("Commercial use") && page.contains("class=\"differs\""), "{page}");
    let (secret, absent) = (
        shown(&site.anyone(), "/compare?repo=ada/one&repo=ada/secret").await,
        shown(&site.anyone(), "/compare?repo=ada/one&repo=ada/absent").await,
    );
    assert_eq!(secret.replace("secret", "NAME"), absent.replace("absent", "NAME"));
}

#[tokio::test]
async fn pages_of_what_has_moved_lead_to_where_it_is() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    model(&site, &ada, "old", false).await;
    let moved =
        ada.post("/api/repos/move", &json!({ "fromRepo": "ada/old", "toRepo": "ada/new", "type": "model" }));
    assert_eq!(moved.send().await.unwrap().status(), 200);
    let answer = site.anyone().get("/ada/old/tree/main").send().await.unwrap();
    assert_eq!(
        (answer.status().as_u16(), answer.headers()["location"].to_str().unwrap()),
        (307, "/ada/new/tree/main")
    );
}

/// Ada's model, whose card holds these lines.
async fn model_of(site: &TestSite, ada: &Actor, name: &str, lines: &str) {
    model(site, ada, name, false).await;
    ada.commit(&format!("ada/{name}"), "README.md", &format!("---\n{lines}\n---\n")).await;
}

/// The trees of a page, one line a repository: how deep it hangs, its name, and what is said of it.
fn outline(html: &str, heading: &str) -> Vec<String> {
    let section = html.split("<section>").find(|part| part.contains(&format!("<h2>{heading}</h2>"))).unwrap();
    let mut outline = Vec::new();
    let mut at = 0;
    while let Some(next) = section[at..].find("<div class=\"kin\">") {
        at += next + 1;
        let depth = section[..at].matches("<ul").count() - section[..at].matches("</ul>").count() - 1;
        let line = section[at..].split("</div>").next().unwrap();
        let words: Vec<&str> =
            line.split('<').filter_map(|part| part.split_once('>')).map(|(_, text)| text).collect();
        let words = words.join(" ").split_whitespace().collect::<Vec<_>>().join(" ");
        outline.push(format!("{}{words}", "- ".repeat(depth)));
    }
    outline
}

#[tokio::test]
async fn lineage_goes_up_to_the_roots_and_down_to_the_last() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    model_of(&site, &ada, "root", "license: mit").await;
    model_of(
        &site,
        &ada,
        "middle",
        "base_model: ada/root\nbase_model_relation: finetune\ndatasets: ada/none",
    )
    .await;
    model_of(&site, &ada, "leaf", "base_model: [Ada/Middle]\nbase_model_relation: quantized").await;
    model_of(&site, &ada, "leaf2", "base_model: ada/middle\nbase_model_relation: adapter").await;
    model_of(&site, &ada, "last", "base_model: ada/leaf2").await;

    let page = async |name: &str| shown(&site.anyone(), &format!("/ada/{name}/lineage")).await;
    let leaf = page("leaf").await;
    let up = ["ada/leaf (this one) quantized", "- ada/middle fine-tuned", "- - ada/root"];
    assert_eq!(outline(&leaf, "Made from"), up);
    assert!(leaf.contains("No model here says that it is made from this."));

    let root = page("root").await;
    let down = ["ada/root (this one)", "- ada/middle fine-tuned", "- - ada/leaf2 adapter", "- - - ada/last"];
    assert_eq!(outline(&root, "Made from this"), down);
    assert!(root.contains("href=\"/ada/root\" aria-current=\"true\""));
    assert!(root.contains("The card names no base model."));

    let middle = page("middle").await;
    assert_eq!(outline(&middle, "Made from"), ["ada/middle (this one) fine-tuned", "- ada/root"]);
    assert!(middle.contains("ada/none <span class=\"quiet\">(not on this hub)"), "a dataset");
    work(&site).await;
    let graded = outline(&page("middle").await, "Made from");
    assert!(graded[1].starts_with("- ada/root ") && graded[1].len() > "- ada/root ".len(), "{graded:?}");
}

#[tokio::test]
async fn a_merge_hangs_from_both_and_a_circle_is_cut() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    model_of(&site, &ada, "root", "license: mit").await;
    model_of(&site, &ada, "left", "base_model: ada/root").await;
    model_of(&site, &ada, "right", "base_model: [ada/root, ada/left, lab/elsewhere, not a name]").await;
    model_of(&site, &ada, "both", "base_model: [ada/left, ada/right]\nbase_model_relation: merge").await;
    let page = async |name: &str| shown(&site.anyone(), &format!("/ada/{name}/lineage")).await;
    let up = [
        "ada/both (this one) merge",
        "- ada/left",
        "- - ada/root",
        "- ada/right",
        "- - ada/root",
        "- - ada/left (what belongs below it is shown further up)",
        "- - lab/elsewhere (not on this hub)",
        "- - not a name (not on this hub)",
    ];
    assert_eq!(outline(&page("both").await, "Made from"), up);

    model_of(&site, &ada, "hen", "base_model: ada/egg").await;
    model_of(&site, &ada, "egg", "base_model: ada/hen").await;
    model_of(&site, &ada, "self", "base_model: ada/self").await;
    let circle = "(a circle: it is already on the way here, and is not followed again)";
    let egg = page("egg").await;
    for heading in ["Made from", "Made from this"] {
        let round = ["ada/egg (this one)".to_owned(), "- ada/hen".into(), format!("- - ada/egg {circle}")];
        assert_eq!(outline(&egg, heading), round, "{heading}");
    }
    let alone = ["ada/self (this one)".to_owned(), format!("- ada/self {circle}")];
    assert_eq!(outline(&page("self").await, "Made from"), alone);
}

#[tokio::test]
async fn what_is_private_is_neither_shown_nor_followed() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    model_of(&site, &ada, "root", "license: mit").await;
    model(&site, &ada, "secret", true).await;
    ada.commit("ada/secret", "README.md", "---\nbase_model: ada/root\n---\n").await;
    model_of(&site, &ada, "leaf", "base_model: ada/secret").await;
    model_of(&site, &ada, "other", "base_model: ada/absent").await;

    let page = async |who: &Actor, name: &str| shown(who, &format!("/ada/{name}/lineage")).await;
    let eve = site.user("eve").await;
    for stranger in [&site.anyone(), &eve] {
        let up = ["ada/leaf (this one)", "- ada/secret (not on this hub)"];
        assert_eq!(outline(&page(stranger, "leaf").await, "Made from"), up);
        let root = page(stranger, "root").await;
        assert!(root.contains("No model here says that it is made from this.") && !root.contains("secret"));
        let secret = page(stranger, "leaf").await.replace("secret", "NAME").replace("leaf", "REPO");
        let absent = page(stranger, "other").await.replace("absent", "NAME").replace("other", "REPO");
        let tree = |html: &str| html.split("<article").nth(1).unwrap().to_owned();
        assert_eq!(tree(&secret), tree(&absent), "private and absent look the same");
    }
    let up = ["ada/leaf (this one)", "- ada/secret private", "- - ada/root"];
    assert_eq!(outline(&page(&ada, "leaf").await, "Made from"), up);
    let down = ["ada/root (this one)", "- ada/secret private", "- - ada/leaf"];
    assert_eq!(outline(&page(&ada, "root").await, "Made from this"), down);
}

#[tokio::test]
async fn a_long_lineage_ends_after_five_steps_and_one_that_moved_is_found() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    model_of(&site, &ada, "m0", "license: mit").await;
    for step in 1..8 {
        model_of(&site, &ada, &format!("m{step}"), &format!("base_model: ada/m{}", step - 1)).await;
    }
    let page = async |name: &str| shown(&site.anyone(), &format!("/ada/{name}/lineage")).await;
    let up = outline(&page("m7").await, "Made from");
    assert_eq!((up.len(), up[5].as_str()), (6, "- - - - - ada/m2 Follow it further ada/m2"));
    assert_eq!(outline(&page("m5").await, "Made from").last().unwrap(), "- - - - - ada/m0", "it is the root");
    let down = outline(&page("m0").await, "Made from this");
    assert_eq!((down.len(), down[5].as_str()), (6, "- - - - - ada/m5 Follow it further ada/m5"));
    assert_eq!(outline(&page("m2").await, "Made from this").last().unwrap(), "- - - - - ada/m7");

    let to = json!({ "fromRepo": "ada/m0", "toRepo": "ada/first", "type": "model" });
    assert_eq!(ada.post("/api/repos/move", &to).send().await.unwrap().status(), 200);
    assert_eq!(outline(&page("m1").await, "Made from"), ["ada/m1 (this one)", "- ada/first"]);

    let names: Vec<String> = (0..60).map(|number| format!("lab/n{number}")).collect();
    model_of(&site, &ada, "wide", &format!("base_model: {}", json!(names))).await;
    let wide = page("wide").await;
    assert_eq!(outline(&wide, "Made from").len(), 51);
    assert!(wide.contains("This goes further than is shown here"));
}

#[tokio::test]
async fn of_a_pdf_the_facts_are_shown_and_no_browser_opens_it_here() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    model(&site, &ada, "tiny", false).await;
    let pdf = "%PDF-1.4\n1 0 obj<</Type/Pages/Count 1200>>endobj 2 0 obj<</Title(On <b>water</b>)/Producer(x)>>endobj\n%%EOF\n";
    ada.commit("ada/tiny", "paper.pdf", pdf).await;
    ada.commit("ada/tiny", "page.pdf", "<script>alert(1)</script>\n").await;
    let page = shown(&site.anyone(), "/ada/tiny/blob/main/paper.pdf").await;
    for part in ["PDF 1.4", "On &#60;b&#62;water", "<dd>1,200</dd>", "Download this document to read it."] {
        assert!(page.contains(part), "{part}: {page}");
    }
    assert!(!page.contains("<iframe") && !page.contains("<object") && !page.contains("<embed"));
    let bytes = site.anyone().get("/ada/tiny/resolve/main/paper.pdf").send().await.unwrap();
    let header = |name: &str| bytes.headers()[name].to_str().unwrap();
    assert_eq!(header("content-type"), "application/octet-stream");
    assert!(header("content-disposition").starts_with("attachment"));

    let page = shown(&site.anyone(), "/ada/tiny/blob/main/page.pdf").await;
    assert!(
        page.contains("class=\"code\"") && !page.contains("<script>alert"),
        "what is no PDF is text: {page}"
    );
}

#[tokio::test]
async fn json_is_shown_in_colours() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    model(&site, &ada, "tiny", false).await;
    ada.commit("ada/tiny", "config.json", "{\n  \"name\": \"x\",\n  \"size\": -1.5e3,\n  \"is\": true\n}\n")
        .await;
    let page = shown(&site.anyone(), "/ada/tiny/blob/main/config.json").await;
    for part in
        ["hl-tag\">&quot;name&quot;", "hl-string\">&quot;x&quot;", "hl-number\">1.5e3", "hl-constant\">true"]
    {
        let part = part.replace("&quot;", "\"");
        assert!(page.replace("&quot;", "\"").contains(&part), "{part}: {page}");
    }
}

#[tokio::test]
async fn filters_fold_away_and_say_how_many_are_chosen() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    model_of(&site, &ada, "one", "license: mit\nlanguage: fr").await;
    let summary = async |path: &str| {
        let html = shown(&site.anyone(), path).await;
        let (before, rest) = html.split_once("<details>").unwrap();
        assert!(before.contains("id=\"list-search\""), "the search is not folded away");
        let (inner, after) = rest.split_once("</details>").unwrap();
        assert!(inner.contains("licence=mit") && after.contains("class=\"cards\""));
        let summary = inner.split_once("<summary>").unwrap().1.split_once("</summary>").unwrap().0;
        summary.split('<').map(|part| part.rsplit('>').next().unwrap_or_default()).collect::<String>()
    };
    assert_eq!(summary("/models").await, "Filters");
    assert_eq!(summary("/models?language=fr&licence=mit").await, "Filters (2 chosen)");
}

#[tokio::test]
async fn a_refusal_explains_itself_in_the_visitors_language() {
    let site = TestSite::start().await;
    let ada = site.user("ada").await;
    model(&site, &ada, "tiny", false).await;
    for (path, status, says, detail) in [
        ("/ada/nothing", 404, "Il n’y a rien ici", "There is no model ada/nothing"),
        ("/ada/tiny/tree/nope", 404, "Cette révision n’existe pas", "nope"),
        ("/models?openness=Z", 400, "Cela ne peut pas se faire ainsi", "not `Z`"),
        ("/settings/notices?before=x", 400, "Cela ne peut pas se faire ainsi", "x"),
    ] {
        let ask = |language| ada.get(path).header("accept-language", language).send();
        let french = ask("fr").await.unwrap();
        assert_eq!(french.status(), status, "{path}");
        let html = french.text().await.unwrap();
        let (_, quoted) = html.split_once("Le hub dit, en anglais\u{a0}: <q><span lang=\"en\">").unwrap();
        assert!(
            html.contains(says) && quoted.split("</span>").next().unwrap().contains(detail),
            "{path}: {html}"
        );
        let english = ask("en").await.unwrap().text().await.unwrap();
        assert!(english.contains(detail) && !english.contains("<q>"), "{path}: {english}");
    }
}

#[test]
fn the_style_sheet_knows_each_class_of_rendered_texts() {
    let sheet = include_str!("../static/style.css");
    for class in limpide_rendering::CLASSES {
        let is_known = sheet
            .split(&format!(".{class}"))
            .skip(1)
            .any(|rest| !rest.starts_with(|c: char| c == '-' || c.is_alphanumeric()));
        assert!(is_known, "no style for `{class}`");
    }
}
