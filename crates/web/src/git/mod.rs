//! Git's own protocol over HTTP ("smart"): what `git clone` and `git fetch` ask.
//!
//! Protocol: <https://git-scm.com/docs/http-protocol>. The stock program speaks it; this only hands on.

mod error;
pub(crate) mod fetch;
mod gunzip;
