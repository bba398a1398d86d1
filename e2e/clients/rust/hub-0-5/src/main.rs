//! `hf-hub` 0.5 as a client: `hub-0-5 sync|tokio list|get REPO [FILE]` prints the names of files, or where a file was put.

use std::env::args;
use std::error::Error;

use hf_hub::api::{RepoInfo, sync, tokio as pieces};

// Small enough that a download that broke off has whole pieces to go on from.
const PIECE: usize = 2_000_000;

// On one thread pieces are fetched in their order, and 0.5 goes on only from pieces that came in order.
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let words: Vec<String> = args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words[..] {
        ["sync", "list", repo] => print_names(&whole()?.model(repo.into()).info()?),
        ["sync", "get", repo, file] => println!("{}", whole()?.model(repo.into()).get(file)?.display()),
        ["tokio", "list", repo] => print_names(&in_pieces()?.model(repo.into()).info().await?),
        ["tokio", "get", repo, file] => {
            println!("{}", in_pieces()?.model(repo.into()).get(file).await?.display());
        }
        _ => return Err("sync|tokio list|get REPO [FILE]".into()),
    }
    Ok(())
}

fn whole() -> Result<sync::Api, sync::ApiError> {
    sync::ApiBuilder::from_env().with_progress(false).build()
}

fn in_pieces() -> Result<pieces::Api, pieces::ApiError> {
    pieces::ApiBuilder::from_env().with_progress(false).with_max_files(1).with_chunk_size(Some(PIECE)).build()
}

fn print_names(info: &RepoInfo) {
    for file in &info.siblings {
        println!("{}", file.rfilename);
    }
}
