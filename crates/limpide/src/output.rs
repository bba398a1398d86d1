//! Where what a command has found is written: the standard output, or a file.

use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};

/// What the command line says of it.
#[derive(clap::Args)]
pub(crate) struct Output {
    /// Write what was found to a file instead of the standard output
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Output {
    /// Writes it, with an end of line, and without colours where nobody could see them.
    pub(crate) fn put(&self, mut written: Vec<u8>) -> Result<()> {
        if !written.ends_with(b"\n") {
            written.push(b'\n');
        }
        let Some(path) = &self.output else { return print(&written) };
        std::fs::write(path, anstream::adapter::strip_bytes(&written).into_vec())
            .with_context(|| format!("what was found cannot be written to `{}`", path.display()))
    }
}

/// Writes to the standard output, without colours where there is no terminal.
pub(crate) fn print(written: &[u8]) -> Result<()> {
    anstream::stdout().write_all(written).context("nobody reads the standard output")
}
