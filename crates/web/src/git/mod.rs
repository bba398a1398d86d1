//! Git's own protocol over HTTP ("smart"): what `git clone`, `git fetch` and `git push` ask.
//!
//! Protocol: <https://git-scm.com/docs/http-protocol>. The stock program speaks it; this only hands on.

mod error;
mod gunzip;
pub(crate) mod service;
