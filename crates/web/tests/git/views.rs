//! Two views of a repository: what `git` sees in a fresh clone, and what the API tells.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::world::World;

/// A branch.
#[derive(Debug, PartialEq, Eq)]
struct Branch {
    /// Its commits, newest first; in no order where it has merges.
    commits: Vec<String>,
    /// The blob of each path.
    files: BTreeMap<String, String>,
    /// The commit that last changed each path, where there are no merges.
    last: BTreeMap<String, String>,
}

impl World {
    /// Both views must be the same, and the clone sound.
    pub(crate) async fn compare(&self) {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("{}/ada/tiny", self.site.url);
        self.must_git(&["clone", "--quiet", "--mirror", &address, "seen"], folder.path());
        let seen = folder.path().join("seen");
        self.must_git(&["fsck", "--strict", "--no-dangling"], &seen);

        let told = self.ask("/api/models/ada/tiny/refs").await;
        assert_eq!(self.refs(&seen, "refs/tags/"), targets(&told["tags"]));
        let branches = self.refs(&seen, "refs/heads/");
        assert_eq!(branches, targets(&told["branches"]));
        for name in branches.keys() {
            let merges = self.must_git(&["rev-list", "--count", "--merges", name], &seen);
            let is_linear = merges.trim() == "0";
            let (by_git, by_api) = (self.by_git(&seen, name, is_linear), self.by_api(name, is_linear).await);
            assert_eq!(by_git, by_api, "{name}");
        }
    }

    /// The commits that refs stand for, by their short names.
    fn refs(&self, seen: &Path, family: &str) -> BTreeMap<String, String> {
        let format =
            "--format=%(refname:lstrip=2) %(if)%(*objectname)%(then)%(*objectname)%(else)%(objectname)%(end)";
        let lines = self.must_git(&["for-each-ref", format, family], seen);
        lines
            .lines()
            .filter_map(|line| line.split_once(' '))
            .map(|(name, id)| (name.into(), id.into()))
            .collect()
    }

    fn by_git(&self, seen: &Path, name: &str, is_linear: bool) -> Branch {
        let mut commits: Vec<String> =
            self.must_git(&["rev-list", name], seen).lines().map(str::to_owned).collect();
        if !is_linear {
            commits.sort();
        }
        let mut files = BTreeMap::new();
        for line in self.must_git(&["ls-tree", "-r", "-z", name], seen).split_terminator('\0') {
            let (facts, path) = line.split_once('\t').unwrap();
            files.insert(path.to_owned(), facts.split(' ').nth(2).unwrap().to_owned());
        }
        let last = |path: &String| {
            let last = self.must_git(&["log", "-1", "--format=%H", name, "--", path], seen);
            (path.clone(), last.trim().to_owned())
        };
        let last = if is_linear { files.keys().map(last).collect() } else { BTreeMap::new() };
        Branch { commits, files, last }
    }

    async fn by_api(&self, name: &str, is_linear: bool) -> Branch {
        let name = name.replace('/', "%2F");
        let commits = self.ask(&format!("/api/models/ada/tiny/commits/{name}?limit=1000")).await;
        let mut commits: Vec<String> =
            commits.as_array().unwrap().iter().map(|commit| text(&commit["id"])).collect();
        if !is_linear {
            commits.sort();
        }
        let tree = self.ask(&format!("/api/models/ada/tiny/tree/{name}?recursive=true&expand=true")).await;
        let files = tree.as_array().unwrap().iter().filter(|entry| entry["type"] == "file");
        let (mut blobs, mut last) = (BTreeMap::new(), BTreeMap::new());
        for file in files {
            blobs.insert(text(&file["path"]), text(&file["oid"]));
            if is_linear {
                last.insert(text(&file["path"]), text(&file["lastCommit"]["id"]));
            }
        }
        Branch { commits, files: blobs, last }
    }

    async fn ask(&self, path: &str) -> Value {
        let answer = self.ada.get(path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{path}");
        answer.json().await.unwrap()
    }
}

fn targets(told: &Value) -> BTreeMap<String, String> {
    let told = told.as_array().unwrap().iter();
    told.map(|found| (text(&found["name"]), text(&found["targetCommit"]))).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
