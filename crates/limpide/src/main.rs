//! `limpide`: one program that is a hub. This file reads the command line; each command has a file of its own.

mod attest;
mod audit;
mod backup;
mod check;
mod check_config;
mod door;
mod draw_pdf;
mod files;
mod gc;
mod housekeeping;
mod inspect;
mod logs;
mod migrate;
mod moving;
mod organizations;
mod output;
mod page;
mod place;
mod progress;
mod restore;
mod rules;
mod scan;
mod secrets;
mod serve;
mod settings;
mod signing;
mod tokens;
mod users;
mod welcome;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};
use settings::Flags;

/// An open hub for models and datasets: stores, versions and serves them to the clients people already use.
#[derive(Parser)]
#[command(name = "limpide", version, max_term_width = 110)]
struct Program {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start the hub
    Serve {
        #[command(flatten)]
        flags: Flags<true>,
    },
    /// Administer users
    #[command(subcommand)]
    User(users::Command),
    /// Administer organizations
    #[command(subcommand)]
    Org(organizations::Command),
    /// Administer tokens
    #[command(subcommand)]
    Token(tokens::Command),
    /// Audit the openness of a model or dataset: what is claimed, what the bytes show, and where the two differ
    Audit(audit::Options),
    /// Sign a statement about one criterion of a repository
    Attest(attest::Options),
    /// Tell what model and data files hold: tensors, metadata, members, imports
    Inspect(inspect::Options),
    /// Scan files for what they would do if they were loaded, without running any of it
    Scan(scan::Options),
    /// Sign every file of a folder, so that anybody sees whether one was changed
    Sign(signing::sign::Options),
    /// Verify that a folder is as it was signed: say by whom, and what the signature leaves out
    Verify(signing::verify::Options),
    /// Collect what nothing needs any more, or tell what that is
    Gc(gc::Options),
    /// Verify everything that is stored: say what is damaged, where, and what can be done
    Check(check::Options),
    /// Write the whole hub into a folder, while it is served
    Backup(backup::Options),
    /// Make a hub of a backup, in an empty place
    Restore(restore::Options),
    /// Move a hub that is not served to another database, another store, or both
    Migrate(migrate::Options),
    /// Draw a page of the PDF on the standard input: the hub calls this, each time in a process of its own
    #[command(hide = true)]
    DrawPdf(draw_pdf::Options),
    /// Show the settings in force and where each comes from, and whatever is wrong with them
    CheckConfig {
        #[command(flatten)]
        flags: Flags<true>,
    },
}

fn main() -> ExitCode {
    let command = Program::parse().command;
    let failure = match command {
        Command::Audit(_) => ExitCode::from(audit::NOT_AUDITED),
        Command::Check(_) => ExitCode::from(check::NOT_CHECKED),
        Command::Inspect(_) => ExitCode::from(inspect::NOT_INSPECTED),
        Command::Scan(_) => ExitCode::from(scan::NOT_SCANNED),
        Command::Verify(_) => ExitCode::from(signing::verify::NOT_VERIFIED),
        _ => ExitCode::FAILURE,
    };
    run(command).unwrap_or_else(|error| {
        logs::complain(&error);
        failure
    })
}

fn run(command: Command) -> Result<ExitCode> {
    let command = match command {
        Command::CheckConfig { flags } => return check_config::run(flags),
        // Before there is any other thread: what the process takes from itself is gone for all of it.
        Command::DrawPdf(options) => return draw_pdf::run(&options),
        Command::Sign(options) => return signing::sign::run(&options),
        Command::Verify(options) => return signing::verify::run(&options),
        command => command,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let outcome = runtime.block_on(async {
        match command {
            Command::Attest(options) => attest::run(options).await?,
            Command::Audit(options) => return audit::run(options).await,
            Command::Backup(options) => backup::run(options).await?,
            Command::Check(options) => return check::run(options).await,
            Command::Gc(options) => gc::run(options).await?,
            Command::Inspect(options) => return inspect::run(options).await,
            Command::Migrate(options) => migrate::run(options).await?,
            Command::Restore(options) => return restore::run(options).await,
            Command::Scan(options) => return scan::run(options).await,
            Command::Serve { flags } => serve::run(flags).await?,
            Command::User(command) => users::run(command).await?,
            Command::Org(command) => organizations::run(command).await?,
            Command::Token(command) => tokens::run(command).await?,
            Command::CheckConfig { .. } | Command::DrawPdf(_) | Command::Sign(_) | Command::Verify(_) => {}
        }
        Ok(ExitCode::SUCCESS)
    });
    // What still runs after a bounded wait is not waited for again.
    runtime.shutdown_background();
    outcome
}
