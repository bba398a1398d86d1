//! Makes `data/fingerprints.bin` anew, from the texts of SPDX and the texts that `data/texts.toml` lists:
//! `cargo run -p limpide-licences --example fingerprints -- FOLDER`, where the folder holds the listed files.

use std::path::{Path, PathBuf};

use anyhow::{Context, ensure};
use limpide_licences::Store;
use serde::Deserialize;
use sha2::{Digest, Sha256};

#[derive(Deserialize)]
struct Texts {
    text: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    licence: String,
    file: String,
    origin: String,
    sha256: String,
}

fn main() -> anyhow::Result<()> {
    let folder = PathBuf::from(std::env::args_os().nth(1).context("name the folder that holds the texts")?);
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let texts: Texts = toml::from_str(&std::fs::read_to_string(data.join("texts.toml"))?)?;
    let listed: Vec<(String, String)> =
        texts.text.iter().map(|listed| read(&folder, listed)).collect::<anyhow::Result<_>>()?;
    let spdx = spdx::text::LICENSE_TEXTS.iter().copied();
    let listed = listed.iter().map(|(licence, text)| (licence.as_str(), text.as_str()));
    std::fs::write(data.join("fingerprints.bin"), Store::of_texts(spdx.chain(listed)).write())?;
    Ok(())
}

fn read(folder: &Path, listed: &Listed) -> anyhow::Result<(String, String)> {
    let missing = || format!("`{}` is not in the folder; it comes from {}", listed.file, listed.origin);
    let bytes = std::fs::read(folder.join(&listed.file)).with_context(missing)?;
    ensure!(
        hex::encode(Sha256::digest(&bytes)) == listed.sha256,
        "`{}` is another text than listed",
        listed.file
    );
    let text = String::from_utf8(bytes).with_context(|| format!("`{}`", listed.file))?;
    Ok((listed.licence.clone(), without_front_matter(&text).to_owned()))
}

/// ScanCode writes what it knows of a text before it, between two lines of hyphens.
fn without_front_matter(text: &str) -> &str {
    let body = text.strip_prefix("---\n").and_then(|rest| rest.split_once("\n---\n"));
    body.map_or(text, |(_, body)| body)
}
