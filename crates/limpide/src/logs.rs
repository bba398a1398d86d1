//! What the program says of its work, on standard error: lines for people, or JSON for programs.

use std::io::{IsTerminal, Write};

use tracing_subscriber::EnvFilter;

use crate::settings::{LogFormat, Settings};

/// Starts the log of a server.
pub(crate) fn start(settings: &Settings) {
    let filter = EnvFilter::new(&settings.log_level.0);
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match settings.log_format {
        LogFormat::Text => log.with_ansi(std::io::stderr().is_terminal()).with_target(false).init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
}

/// Says why the program ends, with all causes.
pub(crate) fn complain(error: &anyhow::Error) {
    // If nobody listens on standard error, there is nobody to tell.
    _ = writeln!(std::io::stderr(), "limpide: {error:#}");
}
