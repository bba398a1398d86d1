//! `limpide org`: organizations and who is in them.

use std::io::Write;

use anyhow::Result;
use clap::ValueEnum;
use limpide_words::OwnerName;

use crate::door;
use crate::settings::Flags;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Create an organization
    Create {
        /// The name, which is also the organization's namespace
        name: OwnerName,
        /// The name shown beside it
        #[arg(long, value_name = "TEXT", default_value = "")]
        full_name: String,
        #[command(flatten)]
        flags: Flags<false>,
    },
    /// List the organizations
    List {
        #[command(flatten)]
        flags: Flags<false>,
    },
    /// Administer the members of an organization
    #[command(subcommand)]
    Member(Member),
}

#[derive(clap::Subcommand)]
pub(crate) enum Member {
    /// Make a user a member, or give a member another role
    Add {
        /// The organization
        organization: OwnerName,
        /// The user
        user: OwnerName,
        /// What the member may do
        #[arg(long, value_enum, default_value = "write")]
        role: Role,
        #[command(flatten)]
        flags: Flags<false>,
    },
    /// End a membership
    Remove {
        /// The organization
        organization: OwnerName,
        /// The user
        user: OwnerName,
        #[command(flatten)]
        flags: Flags<false>,
    },
    /// List the members of an organization
    List {
        /// The organization
        organization: OwnerName,
        #[command(flatten)]
        flags: Flags<false>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub(crate) enum Role {
    /// See private repositories
    Read,
    /// Also create repositories, and write to those they created
    Contributor,
    /// Also write to every repository
    Write,
    /// Also change settings, move and delete
    Admin,
}

impl From<Role> for limpide_hub::Role {
    fn from(role: Role) -> Self {
        match role {
            Role::Read => Self::Read,
            Role::Contributor => Self::Contributor,
            Role::Write => Self::Write,
            Role::Admin => Self::Admin,
        }
    }
}

pub(crate) async fn run(command: Command) -> Result<()> {
    let mut out = std::io::stdout();
    match command {
        Command::Create { name, full_name, flags } => {
            let made = door::existing(flags).await?.create_organization(name, full_name).await?;
            writeln!(
                out,
                "Created the organization {0}. Add members with: limpide org member add {0} USER",
                made.name
            )?;
        }
        Command::List { flags } => {
            for owner in door::existing(flags).await?.organizations().await? {
                let line = format!("{}\t{}\t{}", owner.name, owner.created, owner.full_name);
                writeln!(out, "{}", line.trim_end())?;
            }
        }
        Command::Member(command) => members(command).await?,
    }
    Ok(())
}

async fn members(command: Member) -> Result<()> {
    let mut out = std::io::stdout();
    match command {
        Member::Add { organization, user, role, flags } => {
            let role = limpide_hub::Role::from(role);
            door::existing(flags).await?.set_member(&organization, &user, Some(role)).await?;
            writeln!(out, "{user} has the role {} in {organization}.", role.as_str())?;
        }
        Member::Remove { organization, user, flags } => {
            door::existing(flags).await?.set_member(&organization, &user, None).await?;
            writeln!(out, "{user} is not a member of {organization}.")?;
        }
        Member::List { organization, flags } => {
            for member in door::existing(flags).await?.members(&organization).await? {
                writeln!(out, "{}\t{}", member.name, member.role)?;
            }
        }
    }
    Ok(())
}
