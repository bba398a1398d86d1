//! Folders that are odd, hostile, or change while they are read.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use limpide_formats::pointer;
use limpide_openness::{Content, File, Source, Trouble};
use limpide_sources::{Folder, Named};
use limpide_words::{Kind, Sha256};
use tempfile::TempDir;

/// A folder with these files.
fn folder(files: &[(&str, &[u8])]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, bytes) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

fn open(path: &Path) -> Folder {
    Folder::open(path, Named::default()).unwrap()
}

fn paths(folder: &Folder) -> Vec<String> {
    folder.files().unwrap().into_iter().map(|file| file.path).collect()
}

fn only(folder: &Folder, path: &str) -> File {
    folder.files().unwrap().into_iter().find(|file| file.path == path).unwrap()
}

#[test]
fn files_are_listed_with_sizes_and_read_by_range() {
    let there = folder(&[("README.md", b"# Tiny\n"), ("data/a.txt", b"0123456789")]);
    let folder = open(there.path());
    assert_eq!(paths(&folder), ["README.md", "data/a.txt"]);
    assert_eq!((only(&folder, "data/a.txt").size, only(&folder, "data/a.txt").content), (10, Content::Here));
    for (range, expected) in
        [(2..5, "234"), (8..99, "89"), (0..u64::MAX, "0123456789"), (99..100, ""), (5..5, "")]
    {
        assert_eq!(folder.read("data/a.txt", range.clone()).unwrap(), expected, "{range:?}");
    }
    assert_eq!(folder.read("other", 0..1), Err(Trouble::NoFile("other".into())));
    assert_eq!(folder.bytes(), 17);
}

#[test]
fn what_git_and_the_clients_keep_beside_is_no_part_of_it() {
    let there = folder(&[
        (".git/config", b"[remote]"),
        ("module/.git", b"gitdir: ../.git/modules/module"),
        (".cache/huggingface/download/a.metadata", b"x"),
        (".cache/other", b"x"),
        ("data/.cache/huggingface/a", b"x"),
        (".gitattributes", b"x"),
    ]);
    assert_eq!(paths(&open(there.path())), [".cache/other", ".gitattributes", "data/.cache/huggingface/a"]);
}

#[test]
fn names_that_are_not_text_are_listed_and_can_be_read() {
    let there = folder(&[("a\u{fffd}ff", b"text")]);
    for (name, bytes) in [(&b"a\xff"[..], "raw"), (b"line\nbreak", "break"), (b"\x1b[31mred", "red")] {
        fs::write(there.path().join(OsStr::from_bytes(name)), bytes).unwrap();
    }
    let folder = open(there.path());
    let expected = [
        ("a\u{fffd}ef\u{fffd}bf\u{fffd}bdff", "text"),
        ("a\u{fffd}ff", "raw"),
        ("line\u{fffd}0abreak", "break"),
        ("\u{fffd}1b[31mred", "red"),
    ];
    let mut names = expected.map(|(name, _)| name.to_owned());
    names.sort();
    assert_eq!(paths(&folder), names);
    for (name, bytes) in expected {
        assert_eq!(folder.read(name, 0..100).unwrap(), bytes, "{name}");
    }
}

#[test]
fn links_are_listed_and_never_followed() {
    let outside = folder(&[("secret", b"secret")]);
    let there = folder(&[("here", b"here"), (".git/config", b"token")]);
    let at = |name: &str| there.path().join(name);
    symlink(outside.path().join("secret"), at("absolute")).unwrap();
    symlink("../../../../../../etc/passwd", at("climbing")).unwrap();
    symlink("here", at("inside")).unwrap();
    symlink(".git/config", at("private")).unwrap();
    symlink("loop", at("loop")).unwrap();
    symlink(outside.path(), at("folder")).unwrap();
    symlink(".", at("self")).unwrap();
    let folder = open(there.path());
    assert_eq!(
        paths(&folder),
        ["absolute", "climbing", "folder", "here", "inside", "loop", "private", "self"]
    );
    for file in folder.files().unwrap().iter().filter(|file| file.path != "here") {
        assert_eq!((file.content, file.size), (Content::Skipped, 0), "{}", file.path);
        assert!(matches!(folder.read(&file.path, 0..10), Err(Trouble::Unreachable(_))), "{}", file.path);
    }
}

#[test]
fn a_file_that_became_a_link_or_a_pipe_is_not_followed_either() {
    let outside = folder(&[("secret", b"secret")]);
    let there = folder(&[("file", b"here"), ("data/file", b"here"), ("pipe", b"here"), ("gone", b"here")]);
    let folder = open(there.path());
    let at = |name: &str| there.path().join(name);
    for name in ["file", "pipe", "gone"] {
        fs::remove_file(at(name)).unwrap();
    }
    symlink(outside.path().join("secret"), at("file")).unwrap();
    assert!(std::process::Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
    fs::rename(at("data"), at("moved")).unwrap();
    symlink(outside.path(), at("data")).unwrap();
    fs::write(outside.path().join("file"), "secret").unwrap();
    for name in ["file", "data/file", "pipe", "gone"] {
        let trouble = folder.read(name, 0..10).unwrap_err();
        assert!(matches!(&trouble, Trouble::Unreachable(why) if why.contains(name)), "{trouble}");
    }
}

#[test]
fn a_file_that_shrinks_or_grows_is_read_as_it_is_now() {
    let there = folder(&[("file", b"0123456789")]);
    let folder = open(there.path());
    fs::write(there.path().join("file"), "abc").unwrap();
    assert_eq!(folder.read("file", 1..10).unwrap(), "bc");
    fs::write(there.path().join("file"), "abcdefghijklmnop").unwrap();
    assert_eq!(folder.read("file", 10..12).unwrap(), "kl");
}

#[test]
fn pipes_and_sockets_are_listed_and_never_opened() {
    let there = folder(&[]);
    assert!(std::process::Command::new("mkfifo").arg(there.path().join("pipe")).status().unwrap().success());
    let _listener = UnixListener::bind(there.path().join("socket")).unwrap();
    let folder = open(there.path());
    for name in ["pipe", "socket"] {
        assert_eq!(only(&folder, name).content, Content::Skipped);
        assert!(folder.read(name, 0..1).is_err());
    }
}

#[test]
fn a_pointer_stands_for_what_was_not_fetched() {
    let text = pointer::write(Sha256([7; 32]), 123_456_789);
    let there = folder(&[("model.bin", text.as_bytes()), ("words.txt", &text.as_bytes()[..60])]);
    let folder = open(there.path());
    let file = only(&folder, "model.bin");
    let expected = (123_456_789, Some(Sha256([7; 32])), Content::NotFetched);
    assert_eq!((file.size, file.sha256, file.content), expected);
    assert!(folder.read("model.bin", 0..8).unwrap_err().to_string().contains("was not fetched"));
    assert_eq!(only(&folder, "words.txt").content, Content::Here);
}

#[test]
fn links_of_the_clients_cache_lead_to_its_blobs_and_nowhere_else() {
    let commit = "1".repeat(40);
    let cache = tempfile::tempdir().unwrap();
    let repository = cache.path().join("datasets--ada--tiny");
    let snapshot = repository.join("snapshots").join(&commit);
    let other = cache.path().join("models--ada--private/blobs");
    for folder in [&snapshot.join("data"), &repository.join("blobs"), &cache.path().join("blobs/10"), &other]
    {
        fs::create_dir_all(folder).unwrap();
    }
    fs::write(repository.join("blobs/aa"), "content").unwrap();
    // What several repositories hold lies beside them all, since version 2 of the client.
    fs::write(cache.path().join("blobs/10/bb"), "shared content").unwrap();
    fs::write(cache.path().join("token"), "hf_secret").unwrap();
    fs::write(other.join("cc"), "private").unwrap();
    let links = [
        ("data/a.txt", "../../../blobs/aa"),
        ("b.txt", "../../blobs/bb"),
        ("token", "../../../token"),
        ("through", "../../blobs/token"),
        ("other", "../../../models--ada--private/blobs/cc"),
        ("around", "../../blobs/../../token"),
        ("twice", "../../blobs/twice"),
        ("out", "../../../../../../../../../../etc/passwd"),
        ("folder", "../../blobs"),
        ("shared", "../../../blobs/10/bb"),
    ];
    for (name, target) in links {
        symlink(target, snapshot.join(name)).unwrap();
    }
    symlink("../../blobs/10/bb", repository.join("blobs/bb")).unwrap();
    symlink("../../token", repository.join("blobs/token")).unwrap();
    symlink("bb", repository.join("blobs/twice")).unwrap();
    symlink(cache.path().join("token"), snapshot.join("absolute")).unwrap();
    let folder = open(&snapshot);
    assert_eq!(folder.read("data/a.txt", 0..100).unwrap(), "content");
    assert_eq!(folder.read("b.txt", 0..6).unwrap(), "shared");
    assert_eq!((only(&folder, "data/a.txt").size, only(&folder, "b.txt").size), (7, 14));
    for name in ["token", "through", "other", "around", "twice", "out", "folder", "shared", "absolute"] {
        assert_eq!(only(&folder, name).content, Content::Skipped, "{name}");
    }
    let subject = folder.subject();
    let expected = (Kind::Dataset, Some("ada/tiny".to_owned()), Some(commit));
    assert_eq!((subject.kind, subject.repository, subject.commit), expected);
    // The same names elsewhere say nothing, and lead nowhere.
    fs::remove_dir_all(repository.join("blobs")).unwrap();
    assert_eq!(open(&snapshot).subject().commit, None);
}

#[test]
fn the_kind_is_what_is_said_or_what_the_card_tells() {
    let kind = |card: &str| open(folder(&[("README.md", card.as_bytes())]).path()).subject().kind;
    assert_eq!(kind("---\ntask_categories: [text-generation]\n---\n"), Kind::Dataset);
    assert_eq!(kind("---\npipeline_tag: text-generation\nconfigs: []\n---\n"), Kind::Model);
    assert_eq!(kind("---\n&a [*a]\n---\n"), Kind::Model);
    assert_eq!(kind("no card"), Kind::Model);
    let said = Named { kind: Some(Kind::Dataset), repository: Some("ada/data".parse().unwrap()) };
    let subject = Folder::open(folder(&[]).path(), said).unwrap().subject();
    assert_eq!((subject.kind, subject.repository.as_deref()), (Kind::Dataset, Some("ada/data")));
}

#[test]
fn hashes_are_of_whole_files_and_progress_tells_every_byte() {
    let there = folder(&[("abc", b"abc"), ("empty", b"")]);
    let file = fs::File::create(there.path().join("sparse")).unwrap();
    file.set_len(5 << 20).unwrap();
    let mut folder = open(there.path());
    assert_eq!(only(&folder, "abc").sha256, None);
    let read = AtomicU64::new(0);
    folder.hash(&|bytes| _ = read.fetch_add(bytes, Ordering::Relaxed));
    assert_eq!(read.into_inner(), folder.bytes());
    let hash = |path: &str| only(&folder, path).sha256.unwrap().to_string();
    assert_eq!(hash("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_eq!(hash("empty"), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    // sha256sum of five mebibytes of zeros.
    assert_eq!(hash("sparse"), "c036cbb7553a909f8b8877d4461924307f27ecb66cff928eeeafd569c3887e29");
}

#[test]
fn a_folder_that_is_not_there_or_too_deep_says_so() {
    let there = folder(&[]);
    let said = |path: &Path| Folder::open(path, Named::default()).unwrap_err().to_string();
    assert!(said(&there.path().join("none")).contains("none"));
    fs::write(there.path().join("file"), "x").unwrap();
    assert!(said(&there.path().join("file")).contains("file"));
    let deep: std::path::PathBuf = std::iter::repeat_n("d", 300).collect();
    fs::create_dir_all(there.path().join(deep)).unwrap();
    assert!(said(there.path()).contains("deep"));
}
