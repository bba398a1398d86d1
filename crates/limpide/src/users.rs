//! `limpide user`: who has an account.

use std::io::Write;

use anyhow::Result;
use limpide_hub::NewUser;
use limpide_words::OwnerName;

use crate::settings::Flags;
use crate::{door, secrets};

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Create a user; without a password they work with tokens alone
    Create {
        /// The name, which is also the user's namespace
        name: OwnerName,
        /// The name shown beside it
        #[arg(long, value_name = "TEXT", default_value = "")]
        full_name: String,
        /// How to reach the user
        #[arg(long, value_name = "ADDRESS")]
        email: Option<String>,
        /// Let the user administer the hub
        #[arg(long)]
        admin: bool,
        /// Ask for a password
        #[arg(long)]
        password: bool,
        /// Take the password from the standard input
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        flags: Flags<false>,
    },
    /// List the users
    List {
        #[command(flatten)]
        flags: Flags<false>,
    },
    /// Give a user another password
    Password {
        /// The user
        name: OwnerName,
        /// Take the password from the standard input instead of asking for it
        #[arg(long)]
        password_stdin: bool,
        #[command(flatten)]
        flags: Flags<false>,
    },
}

pub(crate) async fn run(command: Command) -> Result<()> {
    let mut out = std::io::stdout();
    match command {
        Command::Create { name, full_name, email, admin, password, password_stdin, flags } => {
            let hub = door::existing(flags).await?;
            let password = match password || password_stdin {
                true => Some(secrets::password(password_stdin)?),
                false => None,
            };
            let user = NewUser { name, full_name, email, password, is_admin: admin };
            let user = hub.create_user(user).await?;
            writeln!(out, "Created the user {0}. Make a token with: limpide token create {0}", user.name)?;
        }
        Command::List { flags } => {
            for user in door::existing(flags).await?.users().await? {
                let role = if user.is_admin { "administrator" } else { "user" };
                let line = format!("{}\t{role}\t{}\t{}", user.name, user.created, user.full_name);
                writeln!(out, "{}", line.trim_end())?;
            }
        }
        Command::Password { name, password_stdin, flags } => {
            let hub = door::existing(flags).await?;
            hub.set_password(&name, &secrets::password(password_stdin)?).await?;
            writeln!(out, "{name} has a new password.")?;
        }
    }
    Ok(())
}
