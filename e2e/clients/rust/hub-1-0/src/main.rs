//! `hf-hub` 1.0 as a client: `hub-1-0 async|blocking ACT …` does one thing and prints what came of it.

mod blocking;

use std::env::args;
use std::error::Error;
use std::path::PathBuf;

use futures::TryStreamExt;
use hf_hub::repository::{AddSource, RepoTreeEntry};
use hf_hub::{HFClient, RepoTypeModel, split_id};

type Done = Result<(), Box<dyn Error>>;

fn main() -> Done {
    let words: Vec<String> = args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["async", ref act @ ..] => tokio::runtime::Runtime::new()?.block_on(perform(act)),
        ["blocking", ref act @ ..] => blocking::perform(act),
        _ => Err("async|blocking ACT …".into()),
    }
}

async fn perform(act: &[&str]) -> Done {
    let client = HFClient::new()?;
    let model = |repo: &str| {
        let (owner, name) = split_id(repo);
        client.model(owner, name)
    };
    match *act {
        ["whoami"] => println!("{}", client.whoami().send().await?.username),
        ["create", repo] => {
            let made = client.create_repository().repo_id(repo).repo_type(RepoTypeModel).send().await?;
            println!("{}", made.url);
        }
        ["upload", repo, file, name] => {
            let source = AddSource::file(file);
            model(repo).upload_file().source(source).path_in_repo(name).send().await?;
        }
        ["upload-folder", repo, folder] => {
            model(repo).upload_folder().folder_path(PathBuf::from(folder)).send().await?;
        }
        ["delete", repo, name] => {
            model(repo).delete_file().path_in_repo(name).send().await?;
        }
        ["branch", repo, name] => model(repo).create_branch().branch(name).send().await?,
        ["sha", repo, revision] => {
            println!("{}", model(repo).info().revision(revision).send().await?.sha.unwrap_or_default());
        }
        ["list", repo] => {
            let repo = model(repo);
            let entries: Vec<_> = repo.list_tree().recursive(true).send()?.try_collect().await?;
            print_files(&entries);
        }
        ["get", repo, file, revision] => {
            println!(
                "{}",
                model(repo).download_file().filename(file).revision(revision).send().await?.display()
            );
        }
        ["snapshot", repo] => println!("{}", model(repo).snapshot_download().send().await?.display()),
        ["part", repo, file, start, end, there] => {
            let range = start.parse()?..end.parse()?;
            let bytes = model(repo).download_file_to_bytes().filename(file).range(range).send().await?;
            std::fs::write(there, bytes)?;
        }
        _ => return Err(format!("there is no such act: {act:?}").into()),
    }
    Ok(())
}

/// Names and sizes of files, and whether they are stored in chunks.
fn print_files(entries: &[RepoTreeEntry]) {
    for entry in entries {
        if let RepoTreeEntry::File { path, size, xet_hash, .. } = entry {
            println!("{path} {size} {}", if xet_hash.is_some() { "xet" } else { "git" });
        }
    }
}
