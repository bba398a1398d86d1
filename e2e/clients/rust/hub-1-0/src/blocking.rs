//! The same acts through the crate's blocking face.

use hf_hub::repository::AddSource;
use hf_hub::{HFClientSync, split_id};

use crate::{Done, print_files};

pub(crate) fn perform(act: &[&str]) -> Done {
    let client = HFClientSync::new()?;
    let model = |repo: &str| {
        let (owner, name) = split_id(repo);
        client.model(owner, name)
    };
    match *act {
        ["upload", repo, file, name] => {
            model(repo).upload_file().source(AddSource::file(file)).path_in_repo(name).send()?;
        }
        ["list", repo] => print_files(&model(repo).list_tree().recursive(true).send()?),
        ["get", repo, file, revision] => {
            println!("{}", model(repo).download_file().filename(file).revision(revision).send()?.display());
        }
        _ => return Err(format!("there is no such act: {act:?}").into()),
    }
    Ok(())
}
