//! `limpide token`: what programs sign in with.

use std::io::Write;
use std::str::FromStr;
use std::time::Duration;

use anyhow::Result;
use clap::ValueEnum;
use limpide_hub::{Grant, NewToken, Scope};
use limpide_words::{OwnerName, RepoId};

use crate::settings::{Flags, Value};
use crate::{door, secrets};

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Create a token and show it, this once
    Create {
        /// The user it stands for
        user: OwnerName,
        /// The name that tells it from the user's other tokens
        #[arg(long, value_name = "TEXT", default_value = "default")]
        name: String,
        /// What it allows
        #[arg(long, value_enum, default_value = "write")]
        role: Role,
        /// For the role fine-grained, and repeatable: what it allows where, such as `model:ada/tiny=write`,
        /// `dataset:ada/data=read`, `user:ada=read` or `org:lab=manage`
        #[arg(long, value_name = "WHERE=WHAT")]
        scope: Vec<ScopeWord>,
        /// How long it works, such as `30 d`; for ever when not given
        #[arg(long, value_name = "TIME", value_parser = time)]
        lifetime: Option<Duration>,
        /// Import this token, from another hub, instead of making one
        #[arg(long, value_name = "TOKEN", conflicts_with = "value_stdin")]
        value: Option<String>,
        /// Import the token given on the standard input
        #[arg(long)]
        value_stdin: bool,
        #[command(flatten)]
        flags: Flags<false>,
    },
    /// List a user's tokens, by name
    List {
        /// The user
        user: OwnerName,
        #[command(flatten)]
        flags: Flags<false>,
    },
    /// End a token at once
    Revoke {
        /// The user it stands for
        user: OwnerName,
        /// The name of the token
        name: String,
        #[command(flatten)]
        flags: Flags<false>,
    },
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// Read what the user may read
    Read,
    /// Do whatever the user may do
    Write,
    /// Do what the scopes say
    FineGrained,
}

pub(crate) async fn run(command: Command) -> Result<()> {
    let mut out = std::io::stdout();
    match command {
        Command::Create { user, name, role, scope, lifetime, value, value_stdin, flags } => {
            let grant = grant(role, scope)?;
            let value = if value_stdin { Some(secrets::piped()?) } else { value };
            let hub = door::existing(flags).await?;
            let token = hub.create_token(&user, NewToken { name, grant, lifetime, value }).await?;
            writeln!(out, "{token}")?;
        }
        Command::List { user, flags } => {
            for token in door::existing(flags).await?.tokens(&user).await? {
                let end = token.expires.map_or_else(|| "never".to_owned(), |moment| moment.to_string());
                writeln!(out, "{}\t{}\t{}\texpires {end}", token.name, token.role, token.created)?;
            }
        }
        Command::Revoke { user, name, flags } => {
            door::existing(flags).await?.revoke_token(&user, &name).await?;
            writeln!(out, "The token `{name}` of {user} has ended.")?;
        }
    }
    Ok(())
}

fn grant(role: Role, scopes: Vec<ScopeWord>) -> Result<Grant> {
    match role {
        Role::FineGrained if scopes.is_empty() => {
            anyhow::bail!("a fine-grained token needs at least one --scope, such as `model:ada/tiny=write`")
        }
        Role::FineGrained => Ok(Grant::Fine(scopes.into_iter().map(|word| word.0).collect())),
        _ if !scopes.is_empty() => anyhow::bail!("--scope belongs to --role fine-grained"),
        Role::Read => Ok(Grant::Read),
        Role::Write => Ok(Grant::Write),
    }
}

fn time(text: &str) -> Result<Duration, String> {
    let mut time = Duration::ZERO;
    time.read(text)?;
    Ok(time)
}

/// A scope as it is written on the command line.
#[derive(Debug, Clone)]
pub(crate) struct ScopeWord(Scope);

impl FromStr for ScopeWord {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let rule = || "a scope looks like `model:ada/tiny=write` or `org:lab=read`".to_owned();
        let (place, permission) = text.split_once('=').ok_or_else(rule)?;
        let (on, name) = place.split_once(':').ok_or_else(rule)?;
        match on {
            "model" | "dataset" | "space" => _ = name.parse::<RepoId>().map_err(|unfit| unfit.to_string())?,
            "user" | "org" => _ = name.parse::<OwnerName>().map_err(|unfit| unfit.to_string())?,
            _ => return Err(format!("`{on}` is not one of model, dataset, space, user, org")),
        }
        let permission = match permission {
            "read" => "repo.content.read",
            "write" => "repo.write",
            "manage" => "repo.manage",
            _ => return Err(format!("`{permission}` is not one of read, write, manage")),
        };
        let permissions = vec![permission.to_owned()];
        Ok(Self(Scope { on: on.to_owned(), name: name.to_owned(), permissions }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_written_place_first() {
        let ScopeWord(scope) = "dataset:ada/data=write".parse().unwrap();
        let permissions = vec!["repo.write".to_owned()];
        assert_eq!(scope, Scope { on: "dataset".into(), name: "ada/data".into(), permissions });
        for wrong in
            ["ada/data=write", "model:ada=write", "org:a/b=read", "model:a/b", "model:a/b=own", "tree:a=read"]
        {
            assert!(wrong.parse::<ScopeWord>().is_err(), "{wrong}");
        }
    }
}
