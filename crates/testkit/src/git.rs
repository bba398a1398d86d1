//! What the stock `git` thinks of a repository: its objects, written by git's own hand.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use limpide_hub::{Content, Hub, NamedRef};
use limpide_words::ObjectId;

/// Makes a bare git repository of one of the hub's, with all its objects, branches and tags.
pub async fn export(hub: &Hub, repo: &Content, folder: &Path) {
    git(folder, &["init", "--quiet", "--bare", "."]);
    let raw = folder.join("raw");
    fs::create_dir(&raw).expect("an empty folder");
    let mut tags = Vec::new();
    let mut kinds: BTreeMap<String, Vec<ObjectId>> = BTreeMap::new();
    let mut after = None;
    loop {
        let page = hub.export_objects(repo, after).await.expect("the objects are there");
        let Some(last) = page.last() else { break };
        after = Some(last.id);
        for object in page {
            fs::write(raw.join(object.id.to_string()), &object.bytes).expect("room for an object");
            if object.kind == "tag" {
                tags.push((object.id, String::from_utf8_lossy(&object.bytes).into_owned()));
            }
            kinds.entry(object.kind).or_default().push(object.id);
        }
    }
    for (kind, ids) in &kinds {
        let paths: String = ids.iter().map(|id| format!("raw/{id}\n")).collect();
        let written =
            pipe(folder, &["hash-object", "-t", kind, "-w", "--no-filters", "--stdin-paths"], &paths);
        let ids: String = ids.iter().map(|id| format!("{id}\n")).collect();
        assert_eq!(written, ids, "git gives the objects the same ids");
    }
    let refs = hub.list_refs(repo.readable()).await.expect("the refs are there");
    for found in refs.branches.iter().chain(&refs.tags) {
        let target = tag_object(&tags, found).unwrap_or(found.commit);
        git(folder, &["update-ref", found.full.as_str(), &target.to_string()]);
    }
}

/// The object of an annotated tag.
fn tag_object(tags: &[(ObjectId, String)], found: &NamedRef) -> Option<ObjectId> {
    let name = found.full.as_str().strip_prefix("refs/tags/")?;
    let head = format!("object {}\ntype commit\ntag {name}\n", found.commit);
    tags.iter().find(|(_, text)| text.starts_with(&head)).map(|(id, _)| *id)
}

/// Runs `git …`, which must succeed; gives what it printed.
pub fn git(folder: &Path, words: &[&str]) -> String {
    pipe(folder, words, "")
}

fn pipe(folder: &Path, words: &[&str], input: &str) -> String {
    let mut command = Command::new("git");
    command.current_dir(folder).args(words).env("GIT_CONFIG_NOSYSTEM", "1").env("HOME", folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("the program `git`");
    let mut stdin = child.stdin.take().expect("git's input");
    let input = input.as_bytes().to_vec();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().expect("git ends");
    writer.join().expect("the writer ends").expect("git reads its input");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "git {words:?}: {complaint}");
    String::from_utf8(output.stdout).expect("git prints text")
}
