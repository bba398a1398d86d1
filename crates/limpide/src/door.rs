//! Opens the hub that the settings name.

use std::path::Path;

use anyhow::{Context, Result, bail};
use limpide_blobs::Blobs;
use limpide_db::Db;
use limpide_db::moving::Presence;
use limpide_git::Mirrors;
use limpide_hub::{Clock, Drawing, Hub};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::settings::{Effective, Flags, Given, Settings, load};

/// The settings in force, or everything that is wrong with them.
pub(crate) fn settings<const SERVER: bool>(flags: Flags<SERVER>) -> Result<Settings> {
    without_problems(load(&flags.given()))
}

/// The settings of a file, and nothing else.
pub(crate) fn settings_in(file: &Path) -> Result<Settings> {
    without_problems(load(&Given { file: Some(file.to_owned()), ..Given::default() }))
}

fn without_problems(effective: Effective) -> Result<Settings> {
    let Effective { settings, problems, .. } = effective;
    if !problems.is_empty() {
        bail!("the settings cannot be used.\n  {}", problems.join("\n  "));
    }
    Ok(settings)
}

/// The hub for a command that administers it: one that has been started before.
pub(crate) async fn existing(flags: Flags<false>) -> Result<Hub> {
    let settings = settings(flags)?;
    expect_hub(&settings)?;
    open(&settings).await
}

/// Refuses a place where there is surely no hub.
pub(crate) fn expect_hub(settings: &Settings) -> Result<()> {
    if settings.database.is_none() && !settings.data.join(DATABASE).exists() {
        bail!(
            "there is no hub in `{0}` yet. Start it once with `limpide serve --data {0}`, or say where it is \
             with --data or --database.",
            settings.data.display()
        );
    }
    Ok(())
}

/// The name of the database's file in the data folder.
const DATABASE: &str = "limpide.db";

/// Opens the hub, and makes what is missing in its data folder.
pub(crate) async fn open(settings: &Settings) -> Result<Hub> {
    hub(settings, database(settings).await?).await
}

/// Opens the hub for a server, which is seen by others for as long as the presence lives.
pub(crate) async fn open_to_serve(settings: &Settings) -> Result<(Hub, Presence)> {
    let db = database(settings).await?;
    let Some(presence) = Presence::among_others(&db).await? else {
        bail!(
            "`limpide migrate` or `limpide restore` is at work in the database {}. Wait until it has ended.",
            shown(settings)
        );
    };
    Ok((hub(settings, db).await?, presence))
}

async fn hub(settings: &Settings, db: Db) -> Result<Hub> {
    let blobs = store(settings).await?;
    let mirrors = Mirrors::new(settings.data.join("git"), settings.git_mirrors);
    let public_url = settings.public_url.as_ref().map(ToString::to_string);
    // This very program draws, as another process of it.
    let drawing = Drawing { program: std::env::current_exe().ok(), ..Drawing::default() };
    let rules = limpide_hub::Settings { public_url, drawing, ..settings.hub.clone() };
    Ok(Hub::open(db, blobs, mirrors, rules, Clock::system()).await?)
}

/// Opens the database, and brings its tables up to date.
pub(crate) async fn database(settings: &Settings) -> Result<Db> {
    let url = database_url(settings)?;
    Db::open(&url).await.with_context(|| format!("the database {} cannot be opened", shown(settings)))
}

/// Opens the database of a hub, and leaves it as it is.
pub(crate) async fn database_unchanged(settings: &Settings) -> Result<Db> {
    let url = database_url(settings)?;
    Db::open_unchanged(&url).await.with_context(|| format!("the database {} cannot be used", shown(settings)))
}

/// Opens the store.
pub(crate) async fn store(settings: &Settings) -> Result<Blobs> {
    Blobs::open(&settings.location()).await.context("the storage cannot be opened")
}

/// Makes sure that no server works on the database, and keeps them away for as long as the presence lives.
pub(crate) async fn alone(db: &Db) -> Result<Presence> {
    match Presence::alone(db).await? {
        Some(alone) => Ok(alone),
        None => bail!(
            "a server of the hub, or another `limpide migrate` or `restore`, works on the database. Stop it first."
        ),
    }
}

/// The address of the database, without its password.
fn shown(settings: &Settings) -> String {
    let own = || database_url(settings).unwrap_or_default();
    settings.database.as_ref().map_or_else(own, crate::settings::Value::show)
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
