//! Which files a command reads: one on this machine, all of a folder, or all of a repository on a hub.

use std::fs;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use limpide_formats::reading::ReadAt;
use limpide_openness::Source;
use limpide_sources::{Folder, Named};
use limpide_words::Kind;

use crate::audit::{Repository, Target, hub, opened, token};

/// What the command line says of it.
#[derive(clap::Args)]
pub(crate) struct Asked {
    /// A file, a folder, a repository such as `ada/tiny`, `ada/tiny@v1` or `datasets/ada/words`, or its address
    #[arg(value_name = "FILE|FOLDER|REPOSITORY|URL")]
    what: String,
    /// What a repository is, where its name does not tell; a model if nothing does
    #[arg(long, value_name = "model|dataset|space")]
    kind: Option<Kind>,
    /// The hub on which repositories are looked up; else that of HF_ENDPOINT, else the Hub of Hugging Face
    #[arg(long, value_name = "URL")]
    hub: Option<String>,
    /// Ask the hub with the token in HF_TOKEN, and not as anybody
    #[arg(long)]
    with_token: bool,
}

/// Where the files are.
pub(crate) enum Place {
    /// One file on this machine.
    File(PathBuf),
    /// All files of a folder, or of a repository on a hub.
    Source(Box<dyn Source>),
}

impl Asked {
    /// A file that is there wins over everything else of the same name.
    pub(crate) fn place(&self) -> Result<Place> {
        let path = Path::new(&self.what);
        if path.is_file() {
            return Ok(Place::File(path.into()));
        }
        if path.exists() && !path.is_dir() {
            bail!("`{}` is neither a file nor a folder", self.what);
        }
        Ok(Place::Source(match Target::find(&self.what)? {
            Target::Folder(path) => Box::new(Folder::open(&path, Named::default())?),
            Target::Repository(asked) => {
                let token = if self.with_token { Some(token("--with-token")?) } else { None };
                let hub = hub(asked.hub.as_deref().or(self.hub.as_deref()), token)?;
                Box::new(opened(&hub, &Repository { kind: self.kind.or(asked.kind), ..asked })?)
            }
        }))
    }
}

/// A file on this machine.
pub(crate) struct OnDisk {
    file: fs::File,
    size: u64,
}

impl OnDisk {
    /// Opens a file.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let open = || fs::File::open(path).and_then(|file| Ok((file.metadata()?.len(), file)));
        let (size, file) = open().with_context(|| format!("`{}` cannot be read", path.display()))?;
        Ok(Self { file, size })
    }
}

impl ReadAt for OnDisk {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, at: u64, into: &mut [u8]) -> io::Result<usize> {
        self.file.read_at(into, at)
    }
}
