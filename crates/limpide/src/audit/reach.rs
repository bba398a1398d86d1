//! What an audit may ask: which hub, as whom, and what lies outside.

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use limpide_openness::Reach;
use limpide_sources::{Hub, Outside, Remote, Web};
use limpide_words::Kind;

use super::target::Repository;

/// The hub that is asked when none is named.
const DEFAULT_HUB: &str = "https://huggingface.co";

/// The variables that the clients of the Hub know, too.
const ENDPOINT: &str = "HF_ENDPOINT";
const TOKEN: &str = "HF_TOKEN";

/// What may be asked over the network.
#[derive(clap::Args)]
pub(super) struct Network {
    /// The hub on which repositories are looked up; else that of HF_ENDPOINT, else the Hub of Hugging Face
    #[arg(long, value_name = "URL")]
    hub: Option<String>,
    /// Ask the hub with the token in HF_TOKEN, and not as anybody: what is gated or private is then open to the audit, and
    /// the report says what you see, not what others do
    #[arg(long)]
    with_token: bool,
    /// Ask the hub and the web about what a folder refers to
    #[arg(long, conflicts_with = "offline")]
    online: bool,
    /// Ask nothing about what a repository refers to
    #[arg(long)]
    offline: bool,
    /// Look up other repositories in FOLDER/models/OWNER/NAME and FOLDER/datasets/OWNER/NAME; offline, what is not in it
    /// counts as absent
    #[arg(long, value_name = "FOLDER")]
    beside: Option<PathBuf>,
    /// Also ask machines of private networks that a card names
    #[arg(long)]
    allow_private: bool,
}

impl Network {
    /// The hub to ask: the one that an address names, or else that of the settings.
    pub(super) fn hub(&self, named: Option<&str>) -> Result<Arc<Hub>> {
        let token = if self.with_token { Some(token("--with-token")?) } else { None };
        hub(named.or(self.hub.as_deref()), token)
    }

    /// What may be asked about a folder: nothing, unless it is said.
    pub(super) fn around_a_folder(&self) -> Result<Outside> {
        if self.online { self.everything(self.hub(None)?) } else { self.folders() }
    }

    /// What may be asked about a repository on a hub: everything, unless it is said.
    pub(super) fn around_a_repository(&self, hub: Arc<Hub>) -> Result<Outside> {
        if self.offline { self.folders() } else { self.everything(hub) }
    }

    fn folders(&self) -> Result<Outside> {
        match &self.beside {
            Some(folder) if !folder.is_dir() => bail!("--beside: there is no folder `{}`", folder.display()),
            Some(folder) => Ok(Outside::nothing().beside(folder.clone())),
            None => Ok(Outside::nothing()),
        }
    }

    fn everything(&self, hub: Arc<Hub>) -> Result<Outside> {
        let web = Web::new(Some(hub.endpoint()), self.allow_private).map_err(anyhow::Error::msg)?;
        Ok(self.folders()?.hub(hub).web(web))
    }
}

/// The hub that is named, or that of the clients' variable, or the public one; asked with a token, or as anybody.
pub(crate) fn hub(named: Option<&str>, token: Option<String>) -> Result<Arc<Hub>> {
    let endpoint = match named {
        Some(endpoint) => endpoint.to_owned(),
        None => std::env::var(ENDPOINT).unwrap_or_else(|_| DEFAULT_HUB.to_owned()),
    };
    Ok(Arc::new(Hub::new(&endpoint, token).map_err(anyhow::Error::msg)?))
}

/// The token that a flag asks for.
pub(crate) fn token(flag: &str) -> Result<String> {
    std::env::var(TOKEN).with_context(|| format!("{flag} takes the token from {TOKEN}, which is not set"))
}

/// The repository, or what keeps it from being audited and what can be done.
pub(crate) fn opened(hub: &Arc<Hub>, asked: &Repository) -> Result<Remote> {
    let kind = asked.kind.unwrap_or(Kind::Model);
    let other = match asked.kind {
        None => ", or say --kind dataset if it is one",
        Some(_) => "",
    };
    let (name, endpoint) = (format!("{}{}", kind.prefix(), asked.id), hub.endpoint());
    let at = asked.revision.as_ref().map(|revision| format!(" at `{revision}`")).unwrap_or_default();
    match Remote::open(hub, kind, &asked.id, asked.revision.as_ref()) {
        Reach::Found(remote) => Ok(remote),
        Reach::Absent(answer) => {
            bail!("there is no `{name}`{at} on {endpoint} ({answer}). Look at the spelling{other}")
        }
        Reach::Closed(answer) => bail!(
            "`{name}` is private on {endpoint}, or not there ({answer}). Look at the spelling{other}, \
             or use --with-token if you may read it"
        ),
        Reach::Unreachable(why) => bail!(
            "{endpoint} could not be asked for `{name}`: {why}. Try again, or name another hub with --hub"
        ),
    }
}
