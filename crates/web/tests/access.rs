//! Walks the whole table of routes with every kind of caller.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

use limpide_hub::{Grant, NewRepo, Role};
use limpide_testkit::site::{Actor, TestSite};
use limpide_web::routes::{Face, Needs, Route, table};
use limpide_words::Kind;
use reqwest::Response;

/// What a caller is told, as far as access goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// Sign in first (401).
    SignIn,
    /// There is no such repository (401 for strangers, 404 for known callers).
    NoRepo,
    /// You may not (403).
    Forbidden,
    /// Come in; whatever else the request then meets.
    Welcome,
}

#[tokio::test]
async fn every_route_lets_in_whom_it_should_and_nobody_else() {
    let site = TestSite::start().await;
    let people = people(&site).await;
    let mut wrong = Vec::new();
    for route in table() {
        for (who, actor) in &people {
            let path = fill(&route.path, "secret");
            let answer = call(actor, &route, &path).await;
            let status = answer.status().as_u16();
            assert!(status < 500 || status == 501, "{who}: {} {path} answered {status}", route.method);
            let told = told(&answer);
            if !expected(route.needs, who).contains(&told) {
                wrong.push(format!(
                    "{who}: {} {path} ({:?}) was told {told:?} ({status})",
                    route.method, route.needs
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn what_is_public_can_be_read_by_anybody() {
    let site = TestSite::start().await;
    people(&site).await;
    let anyone = site.anyone();
    for route in table().iter().filter(|route| matches!(route.needs, Needs::Read | Needs::Content)) {
        let path = fill(&route.path, "open");
        let answer = call(&anyone, route, &path).await;
        assert_eq!(told(&answer), Told::Welcome, "{} {path} answered {}", route.method, answer.status());
    }
}

#[tokio::test]
async fn no_route_of_a_private_repo_differs_from_that_of_a_missing_one() {
    let site = TestSite::start().await;
    let people = people(&site).await;
    let of_repos = |route: &Route| route.path.contains("{name}") && route.needs != Needs::Signature;
    for route in table().into_iter().filter(of_repos) {
        for (who, actor) in people.iter().filter(|(who, _)| ["anonymous", "stranger"].contains(who)) {
            let mut seen = Vec::new();
            for name in ["secret", "absent"] {
                let path = fill(&route.path, name);
                let answer = call(actor, &route, &path).await;
                let code = answer.headers().get("x-error-code").cloned();
                let body = answer.status().as_u16();
                seen.push((body, code, answer.text().await.unwrap().replace(name, "NAME")));
            }
            assert_eq!(seen[0], seen[1], "{who}: {} {}", route.method, route.path);
        }
    }
}

/// An organisation `lab` with a private and a public model, and everybody that can be to it.
async fn people(site: &TestSite) -> Vec<(&'static str, Actor)> {
    let lab = "lab".parse().unwrap();
    site.hub.create_organization("lab".parse().unwrap(), "A laboratory".into()).await.unwrap();
    let mut people = vec![("anonymous", site.anyone())];
    for (who, role) in [
        ("stranger", None),
        ("reader", Some(Role::Read)),
        ("writer", Some(Role::Write)),
        ("admin", Some(Role::Admin)),
    ] {
        let token = site.hub.user_token(who, Grant::Write).await;
        if role.is_some() {
            site.hub.set_member(&lab, &who.parse().unwrap(), role).await.unwrap();
        }
        people.push((who, site.bearer(&token)));
    }
    let admin = site.caller(&people[4].1).await;
    for (name, private) in [("secret", true), ("open", false)] {
        let id = format!("lab/{name}").parse().unwrap();
        site.hub.create_repo(&admin, NewRepo { kind: Kind::Model, id, private, sdk: None }).await.unwrap();
    }
    people
}

fn fill(path: &str, name: &str) -> String {
    path.replace("{kind}", "models")
        .replace("/datasets/{ns}", "/{ns}")
        .replace("/spaces/{ns}", "/{ns}")
        .replace("{ns}", "lab")
        .replace("{name}", name)
        .replace("{rev}", "main")
        .replace("{branch}", "topic")
        .replace("{tag}", "v1")
        .replace("{path}", "README.md")
        .replace("{*path}", "README.md")
        .replace("{user}", "reader")
        .replace("{org}", "lab")
        .replace("{owner}", "lab")
}

/// Calls it as those do whom it speaks to: forms come from a page of the site.
async fn call(actor: &Actor, route: &Route, path: &str) -> Response {
    let request = actor.call(route.method, path);
    let request = match route.face {
        Face::Programs => request.body("{}"),
        Face::People => request.header("sec-fetch-site", "same-origin"),
    };
    request.send().await.unwrap()
}

fn told(answer: &Response) -> Told {
    let text = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap());
    match (answer.status().as_u16(), text("x-error-code"), text("location")) {
        (401 | 404, Some("RepoNotFound"), _) => Told::NoRepo,
        (401, _, _) => Told::SignIn,
        (303, _, Some(to)) if to.starts_with("/login?") => Told::SignIn,
        (403, _, _) => Told::Forbidden,
        _ => Told::Welcome,
    }
}

fn expected(needs: Needs, who: &str) -> &'static [Told] {
    use Told::{Forbidden, NoRepo, SignIn, Welcome};
    match (needs, who) {
        (Needs::Nothing, _) => &[Welcome, Forbidden, SignIn, NoRepo],
        // Signed in is not yet welcome everywhere: a repository in the address or the body may be out of reach.
        (Needs::SignedIn, "anonymous") => &[SignIn, NoRepo],
        (Needs::SignedIn, _) => &[Welcome, NoRepo, Forbidden],
        (Needs::Signature, _) => &[SignIn, Forbidden, NoRepo],
        (_, "anonymous" | "stranger") => &[NoRepo],
        (Needs::Read | Needs::Content, _) => &[Welcome],
        (Needs::Write, "reader") | (Needs::Manage, "reader" | "writer") => &[Forbidden],
        (Needs::Write | Needs::Manage, _) => &[Welcome],
    }
}
