//! Opens the hub that the settings name.

use anyhow::{Context, Result, bail};
use limpide_blobs::Blobs;
use limpide_db::Db;
use limpide_git::Mirrors;
use limpide_hub::{Clock, Drawing, Hub};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::settings::{Effective, Flags, Settings, load};

/// The settings in force, or everything that is wrong with them.
pub(crate) fn settings<const SERVER: bool>(flags: Flags<SERVER>) -> Result<Settings> {
    let Effective { settings, problems, .. } = load(&flags.given());
    if !problems.is_empty() {
        bail!("the settings cannot be used.\n  {}", problems.join("\n  "));
    }
    Ok(settings)
}

/// The hub for a command that administers it: one that has been started before.
pub(crate) async fn existing(flags: Flags<false>) -> Result<Hub> {
    let settings = settings(flags)?;
    if settings.database.is_none() && !settings.data.join(DATABASE).exists() {
        bail!(
            "there is no hub in `{0}` yet. Start it once with `limpide serve --data {0}`, or say where it is \
             with --data or --database.",
            settings.data.display()
        );
    }
    open(&settings).await
}

/// The name of the database's file in the data folder.
const DATABASE: &str = "limpide.db";

/// Opens the hub, and makes what is missing in its data folder.
pub(crate) async fn open(settings: &Settings) -> Result<Hub> {
    let url = database_url(settings)?;
    let shown = settings.database.as_ref().map_or_else(|| url.clone(), crate::settings::Value::show);
    let db = Db::open(&url).await.with_context(|| format!("the database {shown} cannot be opened"))?;
    let blobs = Blobs::open(&settings.location()).await.context("the storage cannot be opened")?;
    let mirrors = Mirrors::new(settings.data.join("git"), settings.git_mirrors);
    let public_url = settings.public_url.as_ref().map(ToString::to_string);
    // This very program draws, as another process of it.
    let drawing = Drawing { program: std::env::current_exe().ok(), ..Drawing::default() };
    let rules = limpide_hub::Settings { public_url, drawing, ..settings.hub.clone() };
    Ok(Hub::open(db, blobs, mirrors, rules, Clock::system()).await?)
}

/// What a path cannot hold unchanged in an address of SQLite.
const IN_PATH: &AsciiSet = &CONTROLS.add(b'%').add(b'?').add(b'#');

fn database_url(settings: &Settings) -> Result<String> {
    if let Some(url) = &settings.database {
        return Ok(url.as_str().to_owned());
    }
    let file = settings.data.join(DATABASE);
    let path = file.to_str().context("the path of the data folder is not valid UTF-8")?;
    Ok(format!("sqlite:{}", utf8_percent_encode(path, IN_PATH)))
}
