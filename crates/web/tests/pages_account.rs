//! The pages of accounts, of organisations and of administrators, as browsers use them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

use std::collections::BTreeSet;
use std::time::Duration;

use limpide_hub::{Grant, NewUser};
use limpide_testkit::site::{Actor, TestSite};
use limpide_web::routes::{Face, table};
use limpide_words::Kind;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};

const PASSWORD: &str = "correct horse battery";

/// Somebody with a browser, signed in.
struct Browser {
    actor: Actor,
    cookie: String,
}

impl Browser {
    /// Whoever can sign in with the name and the password that everybody has here.
    async fn of(site: &TestSite, name: &str) -> Self {
        Self::with(site, name, PASSWORD).await.unwrap_or_else(|status| panic!("{name}: {status}"))
    }

    async fn with(site: &TestSite, name: &str, password: &str) -> Result<Self, u16> {
        let nobody = Self { actor: site.anyone(), cookie: String::new() };
        let answer = nobody.send("/login", &[("username", name), ("password", password)]).await;
        let status = answer.status().as_u16();
        if status != 303 {
            return Err(status);
        }
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        Ok(Self { cookie: cookie.split(';').next().unwrap().to_owned(), ..nobody })
    }

    fn call(&self, method: &str, path: &str) -> RequestBuilder {
        self.actor.call(method, path).header("cookie", &self.cookie)
    }

    /// A page: its status and its text.
    async fn open(&self, path: &str) -> (u16, String) {
        let answer = self.call("GET", path).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    /// Sends a form from a page of the site.
    async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Response {
        let request = self.call("POST", path).header("sec-fetch-site", "same-origin");
        request.body(encoded(fields)).send().await.unwrap()
    }

    /// Sends a form that is taken; gives where the browser goes then.
    async fn done(&self, path: &str, fields: &[(&str, &str)]) -> String {
        let answer = self.send(path, fields).await;
        assert_eq!(answer.status(), 303, "{path} {fields:?}");
        answer.headers()["location"].to_str().unwrap().to_owned()
    }

    /// Sends a form that is not taken: the page comes again, with this problem in it.
    async fn refused(&self, path: &str, fields: &[(&str, &str)], problem: &str) -> u16 {
        let answer = self.send(path, fields).await;
        let status = answer.status().as_u16();
        let page = answer.text().await.unwrap();
        assert!((400..500).contains(&status), "{path} {fields:?}: {status}");
        assert!(page.contains("role=\"alert\"") && page.contains(problem), "{path} {fields:?}: {page}");
        status
    }
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let encode = |text: &str| text.bytes().map(|byte| format!("%{byte:02X}")).collect::<String>();
    let pairs: Vec<String> =
        fields.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    pairs.join("&")
}

/// A user who can sign in with a password.
async fn person(site: &TestSite, name: &str, is_admin: bool) -> Browser {
    let new = NewUser {
        name: name.parse().unwrap(),
        full_name: String::new(),
        email: None,
        password: Some(PASSWORD.to_owned()),
        is_admin,
    };
    site.hub.create_user(new).await.unwrap();
    Browser::of(site, name).await
}

#[tokio::test]
async fn a_form_of_another_site_is_refused_everywhere() {
    let site = TestSite::start().await;
    let browser = person(&site, "root", true).await;
    for kind in Kind::ALL {
        let new = [("kind", kind.as_str()), ("owner", "root"), ("name", "open"), ("visibility", "public")];
        browser.done("/new", &new).await;
    }
    let forms = table().into_iter().filter(|route| route.face == Face::People && route.method == "POST");
    let mut asked = 0;
    for route in forms {
        let path = route.path.replace("{ns}", "root").replace("{name}", "open").replace("{rev}", "main");
        let path = path.replace("{*path}", "README.md").replace("{org}", "lab");
        for from in [None, Some("cross-site"), Some("same-site"), Some("none")] {
            let mut request = browser.call("POST", &path).body("act=delete&confirm=root%2Fopen");
            if let Some(from) = from {
                request = request.header("sec-fetch-site", from);
            }
            let answer = request.send().await.unwrap();
            let status = answer.status().as_u16();
            let to = answer.headers().get("location").map(|to| to.to_str().unwrap()).unwrap_or_default();
            let is_refused = matches!(status, 401 | 403 | 404) || status == 303 && to.starts_with("/login?");
            assert!(is_refused, "{path} from {from:?}: {status} {to}");
            asked += 1;
        }
        let evil = browser.call("POST", &path).header("origin", "https://evil.example").send().await.unwrap();
        assert!(!evil.status().is_success(), "{path}");
    }
    assert!(asked > 50, "{asked}");
    assert_eq!(browser.open("/root/open").await.0, 200, "nothing was deleted");
}

#[tokio::test]
async fn a_cookie_that_another_site_sends_along_stands_for_nobody() {
    let site = TestSite::start().await;
    let ada = person(&site, "ada", false).await;
    let new = json!({ "name": "tiny", "type": "model" });
    for (from, status) in [("cross-site", 401), ("same-origin", 200)] {
        let request = ada.call("POST", "/api/repos/create").header("sec-fetch-site", from).json(&new);
        assert_eq!(request.send().await.unwrap().status(), status, "{from}");
    }
}

#[tokio::test]
async fn after_ten_wrong_passwords_the_right_one_has_to_wait() {
    let site = TestSite::start().await;
    person(&site, "ada", false).await;
    for _ in 0..10 {
        assert_eq!(Browser::with(&site, "ada", "wrong password").await.err(), Some(401));
    }
    assert_eq!(Browser::with(&site, "ada", PASSWORD).await.err(), Some(429));
    site.hub.clock.advance(Duration::from_secs(16 * 60));
    assert!(Browser::with(&site, "ada", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_session_ends_when_somebody_signs_out_and_by_itself() {
    let site = TestSite::start().await;
    let ada = person(&site, "ada", false).await;
    assert_eq!(ada.open("/settings").await.0, 200);
    ada.done("/logout", &[]).await;
    assert_eq!(ada.open("/settings").await.0, 303, "asked to sign in");

    let again = Browser::of(&site, "ada").await;
    assert_eq!(again.open("/settings").await.0, 200);
    site.hub.clock.advance(Duration::from_secs(31 * 24 * 3600));
    assert_eq!(again.open("/settings").await.0, 303, "the session is too old");
}

#[tokio::test]
async fn another_password_ends_the_other_sessions_and_needs_the_current_one() {
    let site = TestSite::start().await;
    let here = person(&site, "ada", false).await;
    let elsewhere = Browser::of(&site, "ada").await;
    let change = |current, new| [("act", "password"), ("current", current), ("password", new)];
    let status = here.refused("/settings", &change("a guess", "battery staple"), "current password").await;
    assert_eq!(status, 403);
    here.refused("/settings", &change(PASSWORD, "short"), "8 characters").await;
    assert_eq!(elsewhere.open("/settings").await.0, 200);

    here.done("/settings", &change(PASSWORD, "battery staple")).await;
    assert_eq!(here.open("/settings").await.0, 200);
    assert_eq!(elsewhere.open("/settings").await.0, 303);
    assert_eq!(Browser::with(&site, "ada", PASSWORD).await.err(), Some(401));
    assert!(Browser::with(&site, "ada", "battery staple").await.is_ok());
}

#[tokio::test]
async fn the_current_password_cannot_be_guessed_in_a_browser_left_open() {
    let site = TestSite::start().await;
    let ada = person(&site, "ada", false).await;
    let guess = [("act", "password"), ("current", "a guess"), ("password", "battery staple")];
    for _ in 0..10 {
        ada.refused("/settings", &guess, "current password").await;
    }
    let right = [("act", "password"), ("current", PASSWORD), ("password", "battery staple")];
    assert_eq!(ada.refused("/settings", &right, "Too many attempts").await, 429);
}

#[tokio::test]
async fn whoever_has_no_password_sets_one_without_the_current() {
    let site = TestSite::start().await;
    let token = site.hub.user_token("ada", Grant::Write).await;
    let ada = Browser::with(&site, "ada", &token)
        .await
        .unwrap_or_else(|status| panic!("a token lets her in: {status}"));
    ada.done("/settings", &[("act", "password"), ("password", PASSWORD)]).await;
    Browser::of(&site, "ada").await;
}

/// The token that a page shows this once.
fn shown(page: &str) -> String {
    let (_, rest) = page.split_once("value=\"hf_").expect("the token is shown");
    format!("hf_{}", rest.split('"').next().unwrap())
}

#[tokio::test]
async fn a_token_works_once_it_is_created_and_not_after_it_was_revoked() {
    let site = TestSite::start().await;
    let ada = person(&site, "ada", false).await;
    let create = [("act", "create"), ("name", "laptop"), ("grant", "write"), ("days", "30")];
    let answer = ada.send("/settings/tokens", &create).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["cache-control"]),
        (201, &"no-store".parse().unwrap())
    );
    let token = shown(&answer.text().await.unwrap());
    let laptop = site.bearer(&token);
    assert_eq!(laptop.get("/api/whoami-v2").send().await.unwrap().status(), 200);
    assert!(!ada.open("/settings/tokens").await.1.contains(&token), "it is shown once");
    ada.refused("/settings/tokens", &create, "of this name already").await;

    ada.done("/settings/tokens", &[("act", "revoke"), ("name", "laptop")]).await;
    assert_eq!(laptop.get("/api/whoami-v2").send().await.unwrap().status(), 401);
    ada.refused("/settings/tokens", &[("act", "revoke"), ("name", "laptop")], "no such token").await;
}

#[tokio::test]
async fn a_token_ends_when_its_time_is_over() {
    let site = TestSite::start().await;
    let ada = person(&site, "ada", false).await;
    let create = [("act", "create"), ("name", "short"), ("grant", "read"), ("days", "7")];
    let token = shown(&ada.send("/settings/tokens", &create).await.text().await.unwrap());
    assert_eq!(site.bearer(&token).get("/api/whoami-v2").send().await.unwrap().status(), 200);
    site.hub.clock.advance(Duration::from_secs(8 * 24 * 3600));
    assert_eq!(site.bearer(&token).get("/api/whoami-v2").send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn a_fine_grained_token_does_what_was_chosen_where_it_was_chosen() {
    let site = TestSite::start().await;
    let ada = person(&site, "ada", false).await;
    for name in ["one", "two"] {
        let new = [("kind", "model"), ("owner", "ada"), ("name", name), ("visibility", "public")];
        ada.done("/new", &new).await;
    }
    let mut create = [
        ("act", "create"),
        ("name", "ci"),
        ("grant", "fine"),
        ("of", "model"),
        ("on", ""),
        ("permission", "repo.write"),
    ];
    ada.refused("/settings/tokens", &create, "Say where").await;
    create[4].1 = "ada/one";
    let token = shown(&ada.send("/settings/tokens", &create).await.text().await.unwrap());
    let ci = site.bearer(&token);
    for (name, status) in [("one", 200), ("two", 403)] {
        let check = ci.get(&format!("/api/models/ada/{name}/auth-check/write")).send().await.unwrap();
        assert_eq!(check.status(), status, "{name}");
    }
    assert_eq!(
        ci.post("/settings/tokens", &json!({}))
            .header("sec-fetch-site", "same-origin")
            .body(encoded(&[("act", "create"), ("name", "more"), ("grant", "write"),]))
            .send()
            .await
            .unwrap()
            .status(),
        403,
        "it makes no token that may do more"
    );
}

#[tokio::test]
async fn a_repository_begins_with_the_licence_that_was_chosen() {
    let site = TestSite::start().await;
    let ada = person(&site, "ada", false).await;
    let new = |kind, name| {
        [
            ("kind", kind),
            ("owner", "ada"),
            ("name", name),
            ("visibility", "private"),
            ("licence", "apache-2.0"),
        ]
    };
    assert_eq!(ada.done("/new", &new("dataset", "words")).await, "/datasets/ada/words");
    ada.done("/new", &new("space", "demo")).await;
    let info: Value = ada.call("GET", "/api/datasets/ada/words").send().await.unwrap().json().await.unwrap();
    assert_eq!((&info["cardData"]["license"], &info["private"]), (&json!("apache-2.0"), &json!(true)));
    let card = ada.call("GET", "/spaces/ada/demo/resolve/main/README.md").send().await.unwrap();
    let card = card.text().await.unwrap();
    assert!(card.contains("license: \"apache-2.0\"") && card.contains("sdk: \"static\""), "{card}");

    assert_eq!(ada.refused("/new", &new("dataset", "words"), "of this name already").await, 409);
    ada.refused("/new", &new("dataset", "a b"), "cannot be a name").await;
    person(&site, "bob", false).await;
    let others = [("kind", "model"), ("owner", "bob"), ("name", "x"), ("visibility", "public")];
    assert_eq!(ada.refused("/new", &others, "may not create").await, 403);
}

#[tokio::test]
async fn a_space_begins_with_what_it_runs_on() {
    let site = TestSite::start().await;
    let ada = person(&site, "ada", false).await;
    let (_, page) = ada.open("/new?kind=space").await;
    for sdk in ["static", "gradio", "docker", "streamlit"] {
        assert!(page.contains(&format!("<option value=\"{sdk}\"")), "{sdk}");
        let new =
            [("kind", "space"), ("owner", "ada"), ("name", sdk), ("visibility", "public"), ("sdk", sdk)];
        assert_eq!(ada.done("/new", &new).await, format!("/spaces/ada/{sdk}"));
        let info = ada.call("GET", &format!("/api/spaces/ada/{sdk}")).send().await.unwrap();
        let info: Value = info.json().await.unwrap();
        assert_eq!((&info["sdk"], &info["cardData"]["sdk"]), (&json!(sdk), &json!(sdk)));
    }
    let new =
        |kind, sdk| [("kind", kind), ("owner", "ada"), ("name", "x"), ("visibility", "public"), ("sdk", sdk)];
    assert_eq!(ada.refused("/new", &new("space", "flash"), "what it runs on").await, 422);
    ada.done("/new", &new("model", "gradio")).await;
    let info: Value = ada.call("GET", "/api/models/ada/x").send().await.unwrap().json().await.unwrap();
    assert_eq!(info["sdk"], Value::Null, "a model runs on nothing");
}

#[tokio::test]
async fn owners_read_what_a_scan_found_and_nobody_else_does() {
    let site = TestSite::start().await;
    let (ada, eve) = (person(&site, "ada", false).await, person(&site, "eve", false).await);
    ada.done("/new", &[("kind", "model"), ("owner", "ada"), ("name", "tiny"), ("visibility", "public")])
        .await;
    assert!(!ada.open("/settings/notices").await.1.contains("class=\"flagged\""));
    let create = [("act", "create"), ("name", "ci"), ("grant", "write")];
    let token = shown(&ada.send("/settings/tokens", &create).await.text().await.unwrap());
    let commit = site.bearer(&token).commit("ada/tiny", "a b/bad.pkl", "cos\nsystem\n(S'echo hi'\ntR.").await;
    while site.hub.do_next_job().await.unwrap().is_some() {}

    let (status, page) = ada.open("/settings/notices").await;
    let address = format!("/ada/tiny/blob/{commit}/a%20b/bad.pkl");
    assert_eq!(status, 200);
    for part in [
        &format!("<a href=\"{address}\">a b/bad.pkl</a>"),
        "level-malicious",
        "<a href=\"/ada/tiny/safety\">ada/tiny</a>",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let (status, file) = ada.open(&address).await;
    assert!(status == 200 && file.contains("level-malicious"), "it leads to the file as it was scanned");
    ada.done("/settings", &[("act", "language"), ("language", "fr")]).await;
    let (_, french) = ada.open("/settings/notices").await;
    assert!(french.contains("a b/bad.pkl") && !french.contains("malicious<"), "{french}");
    assert!(!eve.open("/settings/notices").await.1.contains("bad.pkl"));
}

#[tokio::test]
async fn the_settings_of_a_repository_are_changed_by_those_who_manage_it() {
    let site = TestSite::start().await;
    let ada = person(&site, "ada", false).await;
    let new = [("kind", "model"), ("owner", "ada"), ("name", "tiny"), ("visibility", "public")];
    ada.done("/new", &new).await;
    let settings = "/ada/tiny/settings";
    ada.done(settings, &[("act", "visibility"), ("visibility", "private")]).await;
    ada.done(settings, &[("act", "gating"), ("gated", "manual")]).await;
    let info: Value = ada.call("GET", "/api/models/ada/tiny").send().await.unwrap().json().await.unwrap();
    assert_eq!((&info["private"], &info["gated"]), (&json!(true), &json!("manual")));

    ada.done(settings, &[("act", "create-branch"), ("name", "topic"), ("from", "main")]).await;
    ada.done(settings, &[("act", "create-tag"), ("name", "v1"), ("from", "topic"), ("message", "first")])
        .await;
    ada.refused(settings, &[("act", "create-branch"), ("name", "topic")], "of this name already").await;
    ada.refused(settings, &[("act", "create-branch"), ("name", "x"), ("from", "absent")], "no such revision")
        .await;
    ada.refused(settings, &[("act", "create-tag"), ("name", "a..b")], "cannot be the name").await;
    ada.refused(settings, &[("act", "delete-branch"), ("name", "main")], "stays").await;
    let page = ada.open(settings).await.1;
    assert!(page.contains(">topic<") && page.contains(">v1<"), "{page}");
    ada.done(settings, &[("act", "delete-branch"), ("name", "topic")]).await;
    ada.done(settings, &[("act", "delete-tag"), ("name", "v1")]).await;
    let page = ada.open(settings).await.1;
    assert!(!page.contains(">topic<") && !page.contains(">v1<"));

    let bob = person(&site, "bob", false).await;
    assert_eq!(bob.open(settings).await.0, 404, "it is private");
    ada.done(settings, &[("act", "visibility"), ("visibility", "public")]).await;
    assert_eq!(bob.open(settings).await.0, 403);
}

#[tokio::test]
async fn a_renamed_repository_is_found_by_its_old_address() {
    let site = TestSite::start().await;
    let ada = person(&site, "ada", false).await;
    for name in ["old", "taken"] {
        ada.done("/new", &[("kind", "model"), ("owner", "ada"), ("name", name), ("visibility", "public")])
            .await;
    }
    let rename = |name| [("act", "move"), ("owner", "ada"), ("name", name)];
    ada.refused("/ada/old/settings", &rename("taken"), "of this name already").await;
    ada.refused(
        "/ada/old/settings",
        &[("act", "move"), ("owner", "nobody"), ("name", "x")],
        "may not create",
    )
    .await;
    let to = ada.done("/ada/old/settings", &rename("new")).await;
    assert!(to.starts_with("/ada/new/settings"), "{to}");
    assert_eq!(ada.open(&to).await.0, 200);
    let old = ada.call("GET", "/ada/old").send().await.unwrap();
    assert_eq!(old.status(), 307);
    assert!(old.headers()["location"].to_str().unwrap().ends_with("/ada/new"));
}

#[tokio::test]
async fn only_whoever_types_the_name_deletes_a_repository() {
    let site = TestSite::start().await;
    let ada = person(&site, "ada", false).await;
    ada.done("/new", &[("kind", "space"), ("owner", "ada"), ("name", "demo"), ("visibility", "public")])
        .await;
    let settings = "/spaces/ada/demo/settings";
    for typed in ["", "demo", "ada/dem"] {
        ada.refused(settings, &[("act", "delete"), ("confirm", typed)], "Nothing was deleted").await;
    }
    assert_eq!(ada.open("/spaces/ada/demo").await.0, 200);
    assert_eq!(ada.done(settings, &[("act", "delete"), ("confirm", "ada/demo")]).await, "/ada");
    assert_eq!(ada.open("/spaces/ada/demo").await.0, 404);
}

#[tokio::test]
async fn keys_come_and_go() {
    let site = TestSite::start().await;
    let ada = person(&site, "ada", false).await;
    let key = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";
    ada.refused("/settings/keys", &[("act", "add"), ("name", "laptop"), ("key", "no key")], "no public key")
        .await;
    let add = [("act", "add"), ("name", "laptop"), ("key", key)];
    ada.done("/settings/keys", &add).await;
    assert!(ada.open("/settings/keys").await.1.contains(key));
    ada.refused("/settings/keys", &add, "this very key").await;
    ada.done("/settings/keys", &[("act", "remove"), ("name", "laptop")]).await;
    ada.refused("/settings/keys", &[("act", "remove"), ("name", "laptop")], "no such key").await;
}

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let site = TestSite::start().await;
    let here = person(&site, "ada", false).await;
    let (lost, left) = (Browser::of(&site, "ada").await, Browser::of(&site, "ada").await);
    let page = lost.open("/settings/sessions").await.1;
    assert_eq!(page.matches("value=\"end\"").count(), 3);
    // Its own is the one with the badge.
    let (_, own) = page.split_once("class=\"badge\"").unwrap();
    let (_, id) = own.split_once("name=\"session\" value=\"").unwrap();
    here.done("/settings/sessions", &[("act", "end"), ("session", id.split('"').next().unwrap())]).await;
    assert_eq!(lost.open("/settings").await.0, 303);
    assert_eq!(left.open("/settings").await.0, 200);
    here.done("/settings/sessions", &[("act", "end-others")]).await;
    assert_eq!((left.open("/settings").await.0, here.open("/settings").await.0), (303, 200));
}

#[tokio::test]
async fn the_site_speaks_as_the_account_says_or_as_the_browser_asks() {
    let site = TestSite::start().await;
    let ada = person(&site, "ada", false).await;
    let spoken = async || {
        let request = ada.call("GET", "/settings").header("accept-language", "fr");
        let page = request.send().await.unwrap().text().await.unwrap();
        page.split_once("<html lang=\"").unwrap().1[..2].to_owned()
    };
    assert_eq!(spoken().await, "fr");
    ada.done("/settings", &[("act", "language"), ("language", "en")]).await;
    assert_eq!(spoken().await, "en");
    ada.done("/settings", &[("act", "language"), ("language", "")]).await;
    assert_eq!(spoken().await, "fr");
}

#[tokio::test]
async fn whoever_founds_an_organisation_administers_it_and_the_last_who_does_stays() {
    let site = TestSite::start().await;
    let (ada, bob) = (person(&site, "ada", false).await, person(&site, "bob", false).await);
    let found = [("name", "lab"), ("fullname", "The Lab")];
    let settings = ada.done("/organizations/new", &found).await;
    assert_eq!(settings, "/organizations/lab/settings");
    assert_eq!(bob.refused("/organizations/new", &found, "taken").await, 409);
    bob.refused("/organizations/new", &[("name", "new")], "cannot be a name").await;
    assert_eq!(bob.open(&settings).await.0, 403);
    assert!(ada.open("/new").await.1.contains("<option value=\"lab\""));

    let member = |user, role| [("act", "member"), ("user", user), ("role", role)];
    ada.refused(&settings, &member("nobody", "read"), "no user").await;
    ada.refused(&settings, &member("bob", "emperor"), "Choose").await;
    for last in [member("ada", "write"), [("act", "remove"), ("user", "ada"), ("role", "")]] {
        assert_eq!(ada.refused(&settings, &last, "last member").await, 409);
    }
    ada.done(&settings, &member("bob", "read")).await;
    assert_eq!(bob.open(&settings).await.0, 403);
    ada.done(&settings, &member("bob", "admin")).await;
    assert_eq!(bob.open(&settings).await.0, 200);
    // Whoever gives it up sees the settings no more.
    assert_eq!(ada.done(&settings, &member("ada", "contributor")).await, "/lab");
    assert_eq!(ada.open(&settings).await.0, 403);

    bob.done(&settings, &[("act", "safety"), ("malicious", "quarantine")]).await;
    let word = site.hub.owner_when_malicious(&"lab".parse().unwrap()).await.unwrap();
    assert_eq!(word.map(limpide_hub::WhenMalicious::as_str), Some("quarantine"));
    bob.done(&settings, &[("act", "profile"), ("fullname", "Another Lab")]).await;
    assert!(bob.open("/lab").await.1.contains("Another Lab"));
}

#[tokio::test]
async fn only_administrators_see_the_administration() {
    let site = TestSite::start().await;
    let (root, ada) = (person(&site, "root", true).await, person(&site, "ada", false).await);
    let stranger = Browser { actor: site.anyone(), cookie: String::new() };
    for path in ["", "/storage", "/work", "/events"] {
        let path = format!("/administration{path}");
        assert_eq!((root.open(&path).await.0, ada.open(&path).await.0), (200, 403), "{path}");
        let answer = stranger.call("GET", &path).send().await.unwrap();
        assert!(answer.headers()["location"].to_str().unwrap().starts_with("/login?"), "{path}");
    }
    let create = [("act", "create"), ("username", "eve"), ("password", PASSWORD), ("admin", "yes")];
    assert_eq!(ada.send("/administration", &create).await.status(), 403);
    root.refused(
        "/administration",
        &[("act", "create"), ("username", "eve"), ("password", "x")],
        "8 characters",
    )
    .await;
    root.done("/administration", &create).await;
    let eve = Browser::of(&site, "eve").await;
    assert_eq!(eve.open("/administration").await.0, 200);

    root.done("/administration", &[("act", "reset"), ("username", "eve"), ("password", "battery staple")])
        .await;
    assert_eq!(eve.open("/administration").await.0, 303, "her sessions have ended");
    assert!(Browser::with(&site, "eve", "battery staple").await.is_ok());
    root.refused(
        "/administration",
        &[("act", "reset"), ("username", "no-one"), ("password", PASSWORD)],
        "no user",
    )
    .await;
}

#[tokio::test]
async fn administrators_page_through_users_and_events_and_choose_among_them() {
    let site = TestSite::start().await;
    let root = person(&site, "root", true).await;
    for number in 0..60 {
        site.hub.user(&format!("user-{number:02}")).await;
    }
    let (_, first) = root.open("/administration").await;
    assert!(first.contains(">root<") && first.contains(">user-48<") && !first.contains(">user-49<"));
    let (_, next) = first.split_once("rel=\"next\" href=\"").unwrap();
    let (_, second) = root.open(&next.split('"').next().unwrap().replace("&amp;", "&")).await;
    assert!(second.contains(">user-49<") && second.contains(">user-59<") && !second.contains("rel=\"next\""));

    root.done("/new", &[("kind", "model"), ("owner", "root"), ("name", "tiny"), ("visibility", "public")])
        .await;
    let (_, created) = root.open("/administration/events?action=repo.create").await;
    assert!(created.contains("/root/tiny") && !created.contains("<td>signed in</td>"), "{created}");
    let (_, of_repo) = root.open("/administration/events?repo=root%2Ftiny").await;
    assert!(of_repo.contains("<td>repository created</td>") && !of_repo.contains("<td>signed in</td>"));
    let (_, none) = root.open("/administration/events?repo=root%2Fabsent").await;
    assert!(none.contains("Nothing of this was done"));
    let (_, work) = root.open("/administration/work?state=waiting").await;
    assert!(work.contains("root/tiny"), "{work}");
    let (_, storage) = root.open("/administration/storage").await;
    assert!(storage.contains(">root<"));
}

/// Every page of this file, for somebody who may see them all.
const PAGES: [&str; 19] = [
    "/new",
    "/settings",
    "/settings/tokens",
    "/settings/keys",
    "/settings/sessions",
    "/settings/notices",
    "/settings?done=done-password",
    "/organizations/new",
    "/organizations/lab/settings",
    "/ada/tiny/settings",
    "/datasets/ada/tiny/settings",
    "/spaces/ada/tiny/settings",
    "/ada",
    "/lab",
    "/administration",
    "/administration/storage",
    "/administration/work",
    "/administration/events",
    "/login",
];

#[tokio::test]
async fn every_page_speaks_both_languages_and_labels_its_fields() {
    let site = TestSite::start().await;
    let ada = person(&site, "ada", true).await;
    ada.done("/organizations/new", &[("name", "lab"), ("fullname", "")]).await;
    for kind in ["model", "dataset", "space"] {
        ada.done("/new", &[("kind", kind), ("owner", "ada"), ("name", "tiny"), ("visibility", "public")])
            .await;
    }
    ada.done("/ada/tiny/settings", &[("act", "create-tag"), ("name", "v1"), ("from", "main")]).await;
    ada.send("/settings/tokens", &[("act", "create"), ("name", "a"), ("grant", "read"), ("days", "7")]).await;
    let ids = message_ids();
    for language in ["en", "fr"] {
        ada.done("/settings", &[("act", "language"), ("language", language)]).await;
        for path in PAGES {
            let (status, page) = ada.open(path).await;
            assert!(status == 200 || path == "/login", "{path}: {status}");
            assert_sound(&format!("{path} in {language}"), &page, &ids);
        }
        let wrong = ada
            .send("/new", &[("kind", "model"), ("owner", "ada"), ("name", "tiny"), ("visibility", "public")]);
        assert_sound("a refused form", &wrong.await.text().await.unwrap(), &ids);
    }
}

/// The ids of all messages that cannot be taken for words.
fn message_ids() -> BTreeSet<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../translations/en");
    let mut ids = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        let found = text.lines().filter_map(|line| line.split_once(" = ")).map(|(id, _)| id.to_owned());
        ids.extend(found.filter(|id| id.contains('-')));
    }
    ids
}

/// No message is missing, every field has a label, nothing runs in the page itself.
fn assert_sound(what: &str, page: &str, ids: &BTreeSet<String>) {
    for piece in page.split('<') {
        let (tag, text) = piece.split_once('>').unwrap_or(("", piece));
        assert!(!ids.contains(text.trim()), "{what}: {text}");
        for attribute in ["aria-label", "title", "placeholder"] {
            let value = attribute_of(tag, attribute).unwrap_or_default();
            assert!(!ids.contains(value), "{what}: {attribute} {value}");
        }
        let runs = ["style", "onclick", "onsubmit", "onchange"];
        assert!(runs.iter().all(|name| attribute_of(tag, name).is_none()), "{what}: {tag}");
        let name = tag.split_whitespace().next().unwrap_or_default();
        let is_field = ["input", "select", "textarea"].contains(&name);
        if is_field && attribute_of(tag, "type") != Some("hidden") {
            let id = attribute_of(tag, "id").unwrap_or_else(|| panic!("{what}: a field without id: {tag}"));
            assert_eq!(page.matches(&format!("for=\"{id}\"")).count(), 1, "{what}: the label of {id}");
            assert_eq!(page.matches(&format!(" id=\"{id}\"")).count(), 1, "{what}: the field {id}");
        }
    }
}

fn attribute_of<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = tag.split_once(&format!(" {name}=\""))?;
    rest.split('"').next()
}
