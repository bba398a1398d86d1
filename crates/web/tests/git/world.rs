//! A hub with one model, and a clone of it in which somebody works with the stock `git`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use limpide_testkit::site::{Actor, TestSite};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::act::{Act, BRANCHES, Edit, PATHS, TAGS};

pub(crate) struct World {
    pub(crate) site: TestSite,
    pub(crate) ada: Actor,
    token: String,
    folder: TempDir,
    count: usize,
}

impl World {
    pub(crate) async fn start() -> Self {
        let site = TestSite::start().await;
        let token = site.hub.user_token("ada", limpide_hub::Grant::Write).await;
        let ada = site.bearer(&token);
        let answer = ada.post("/api/repos/create", &json!({ "name": "tiny" })).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let world = Self { site, ada, token, folder: tempfile::tempdir().unwrap(), count: 0 };
        world.must_git(&["clone", "--quiet", &world.address(), "clone"], world.folder.path());
        world
    }

    fn address(&self) -> String {
        format!("{}/ada/tiny", self.site.url)
    }

    pub(crate) fn clone(&self) -> PathBuf {
        self.folder.path().join("clone")
    }

    /// Runs `git`, with nothing of the machine's configuration.
    pub(crate) fn git(&self, words: &[&str], folder: &Path) -> Output {
        let header = format!("Authorization: Bearer {}", self.token);
        tokio::task::block_in_place(|| {
            Command::new("git")
                .current_dir(folder)
                .args([
                    "-c",
                    &format!("http.extraHeader={header}"),
                    "-c",
                    "user.name=ada",
                    "-c",
                    "user.email=a@example.org",
                ])
                .args(words)
                .env("GIT_CONFIG_NOSYSTEM", "1")
                .env("GIT_CONFIG_GLOBAL", "/dev/null")
                .env("GIT_TERMINAL_PROMPT", "0")
                .output()
                .unwrap()
        })
    }

    pub(crate) fn must_git(&self, words: &[&str], folder: &Path) -> String {
        let output = self.git(words, folder);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "git {words:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn in_clone(&self, words: &[&str]) -> String {
        self.must_git(words, &self.clone())
    }

    fn fetch(&self) {
        self.in_clone(&["fetch", "--quiet", "--prune", "--prune-tags", "--force", "origin"]);
    }

    /// Whether the hub has a branch or a tag; the clone has just fetched.
    fn has(&self, name: &str) -> bool {
        self.git(&["rev-parse", "--quiet", "--verify", name], &self.clone()).status.success()
    }

    fn has_branch(&self, branch: usize) -> bool {
        self.has(&format!("refs/remotes/origin/{}", BRANCHES[branch]))
    }

    /// Stands on a branch, as the hub has it.
    fn stand_on(&self, branch: usize) {
        self.in_clone(&[
            "checkout",
            "--quiet",
            "--force",
            "--detach",
            &format!("origin/{}", BRANCHES[branch]),
        ]);
        self.in_clone(&["clean", "-fdqx"]);
    }

    /// Makes edits in the clone and commits them.
    fn commit(&mut self, edits: &[Edit], amend: bool) {
        for (path, content) in edits {
            let file = self.clone().join(PATHS[*path]);
            for above in file.ancestors().skip(1).take_while(|above| *above != self.clone()) {
                if above.is_file() {
                    std::fs::remove_file(above).unwrap();
                }
            }
            if file.is_dir() {
                std::fs::remove_dir_all(&file).unwrap();
            }
            match content {
                Some(content) => {
                    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
                    std::fs::write(file, text(*content)).unwrap();
                }
                None => drop(std::fs::remove_file(file)),
            }
        }
        self.count += 1;
        self.in_clone(&["add", "--all"]);
        let message = format!("number {}", self.count);
        let mut words = vec!["commit", "--quiet", "--allow-empty", "--message", &message];
        words.extend(amend.then_some("--amend"));
        self.in_clone(&words);
    }

    fn push(&self, branch: usize, more: &[&str]) -> Output {
        let target = format!("HEAD:refs/heads/{}", BRANCHES[branch]);
        self.git(&[&["push", "--quiet"], more, &["origin", &target]].concat(), &self.clone())
    }

    fn must_push(&self, branch: usize, more: &[&str]) {
        let output = self.push(branch, more);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    pub(crate) async fn does(&mut self, act: Act) {
        self.fetch();
        match act {
            Act::Commit { .. }
            | Act::Push { .. }
            | Act::Merge { .. }
            | Act::Amend { .. }
            | Act::Stale { .. } => {
                self.commits(act).await;
            }
            Act::Forget => self.site.hub.forget_mirrors(),
            _ => self.moves_refs(act).await,
        }
    }

    async fn commits(&mut self, act: Act) {
        match act {
            Act::Commit { branch, edits } if self.has_branch(branch) => self.api_commit(branch, &edits).await,
            Act::Push { branch, commits } if self.has_branch(branch) => {
                self.stand_on(branch);
                for edits in commits {
                    self.commit(&edits, false);
                }
                self.must_push(branch, &[]);
            }
            Act::Merge { branch, other } if self.has_branch(branch) && self.has_branch(other) => {
                self.stand_on(branch);
                let other = format!("origin/{}", BRANCHES[other]);
                let words = [
                    "merge",
                    "--quiet",
                    "--no-ff",
                    "--strategy=ours",
                    "--allow-unrelated-histories",
                    "--message=merged",
                    &other,
                ];
                self.in_clone(&words);
                self.must_push(branch, &[]);
            }
            Act::Amend { branch, edits } if self.has_branch(branch) => {
                self.stand_on(branch);
                self.commit(&edits, true);
                self.must_push(branch, &["--force"]);
            }
            Act::Stale { branch, edits } if self.has_branch(branch) => {
                self.stand_on(branch);
                self.commit(&edits, false);
                self.api_commit(branch, &[(0, Some(9))]).await;
                let refused = self.push(branch, &[]);
                // When the commit of the API has changed nothing, this one is no late one.
                let seen =
                    self.in_clone(&["ls-remote", "origin", &format!("refs/heads/{}", BRANCHES[branch])]);
                let pushed = self.in_clone(&["rev-parse", "HEAD"]);
                assert_eq!(refused.status.success(), seen.starts_with(pushed.trim()));
            }
            // Nothing there to do it to.
            _ => {}
        }
    }

    async fn moves_refs(&self, act: Act) {
        match act {
            Act::Branch { branch, other, by_git } if !self.has_branch(branch) && self.has_branch(other) => {
                if by_git {
                    self.stand_on(other);
                    self.must_push(branch, &[]);
                } else {
                    let path =
                        format!("/api/models/ada/tiny/branch/{}", BRANCHES[branch].replace('/', "%2F"));
                    self.post(&path, &json!({ "startingPoint": BRANCHES[other] })).await;
                }
            }
            Act::DeleteBranch { branch, by_git } if branch > 0 && self.has_branch(branch) => {
                self.delete("branch", BRANCHES[branch], by_git).await;
            }
            Act::Tag { tag, branch, annotated, by_git } if self.has_branch(branch) => {
                let there = self.has(&format!("refs/tags/{}", TAGS[tag]));
                if by_git {
                    self.stand_on(branch);
                    let words: &[&str] = if annotated { &["--annotate", "--message=in words"] } else { &[] };
                    self.in_clone(&[&["tag", "--force"], words, &[TAGS[tag]]].concat());
                    self.in_clone(&["push", "--quiet", "--force", "origin", TAGS[tag]]);
                } else if !there {
                    let revision = BRANCHES[branch].replace('/', "%2F");
                    let message = annotated.then_some("in words");
                    let body = json!({ "tag": TAGS[tag], "message": message });
                    self.post(&format!("/api/models/ada/tiny/tag/{revision}"), &body).await;
                }
            }
            Act::DeleteTag { tag, by_git } if self.has(&format!("refs/tags/{}", TAGS[tag])) => {
                self.delete("tag", TAGS[tag], by_git).await;
            }
            Act::Squash { branch } if self.has_branch(branch) => {
                let path =
                    format!("/api/models/ada/tiny/super-squash/{}", BRANCHES[branch].replace('/', "%2F"));
                self.post(&path, &json!({ "message": "squashed" })).await;
            }
            // Nothing there to do it to.
            _ => {}
        }
    }

    async fn delete(&self, kind: &str, name: &str, by_git: bool) {
        if by_git {
            let full =
                if kind == "tag" { format!(":refs/tags/{name}") } else { format!(":refs/heads/{name}") };
            self.in_clone(&["push", "--quiet", "origin", &full]);
        } else {
            let path = format!("/api/models/ada/tiny/{kind}/{}", name.replace('/', "%2F"));
            let answer = self.ada.call("DELETE", &path).send().await.unwrap();
            assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
        }
    }

    async fn post(&self, path: &str, body: &Value) {
        let answer = self.ada.post(path, body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
    }

    /// Makes those of the edits that the API takes; files are in the way of folders there.
    async fn api_commit(&mut self, branch: usize, edits: &[Edit]) {
        self.count += 1;
        let mut body =
            json!({ "key": "header", "value": { "summary": format!("number {}", self.count) } }).to_string();
        for (path, content) in edits {
            let path = PATHS[*path];
            let line = match content {
                Some(content) => {
                    json!({ "key": "file", "value": { "path": path, "content": STANDARD.encode(text(*content)), "encoding": "base64" } })
                }
                None => json!({ "key": "deletedFile", "value": { "path": path } }),
            };
            body.push('\n');
            body.push_str(&line.to_string());
        }
        let revision = BRANCHES[branch].replace('/', "%2F");
        let request = self.ada.call("POST", &format!("/api/models/ada/tiny/commit/{revision}"));
        let answer = request.header("content-type", "application/x-ndjson").body(body).send().await.unwrap();
        let status = answer.status().as_u16();
        assert!([200, 400, 404].contains(&status), "{status}: {}", answer.text().await.unwrap());
    }

    /// What `limpide check` finds.
    pub(crate) async fn check(&self) {
        let found = self.site.hub.findings().await;
        assert!(found.is_empty(), "{found:#?}");
    }
}

fn text(content: u8) -> String {
    format!("content {content}\n")
}
