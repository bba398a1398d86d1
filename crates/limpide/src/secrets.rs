//! Passwords and tokens that people type or pipe in: never on the command line, where other users of the
//! machine and the shell's history would see them.

use std::io::{IsTerminal, Read};

use anyhow::{Context, Result, bail};

/// More than any password or token has.
const LIMIT: u64 = 4096;

/// A password: the standard input where it is piped, else typed twice without being shown.
pub(crate) fn password(from_stdin: bool) -> Result<String> {
    if from_stdin {
        return piped();
    }
    if !std::io::stdin().is_terminal() {
        bail!("there is nobody to ask for a password; pipe it in and say --password-stdin");
    }
    let first = rpassword::prompt_password("Password: ").context("the password cannot be read")?;
    let second = rpassword::prompt_password("Once more: ").context("the password cannot be read")?;
    if first != second {
        bail!("the two passwords differ; nothing was changed");
    }
    Ok(first)
}

/// The first line of the standard input.
pub(crate) fn piped() -> Result<String> {
    let mut text = String::new();
    std::io::stdin().take(LIMIT).read_to_string(&mut text).context("the standard input cannot be read")?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        bail!("the standard input is empty");
    }
    Ok(line.to_owned())
}
