//! The faces of a hub, and the only place that speaks HTTP. [`routes`] lists every address; a handler reads
//! the request, asks the hub for one act, and writes the answer. Rules live in the hub.

pub mod routes;

mod api;
mod call;
mod cas;
mod download;
mod error;
mod git;
mod health;
mod lfs;
mod lines;
mod metrics;
mod moved;
mod openapi;
mod origin;
mod pages;
mod ranges;
mod rates;
mod request_id;
mod serve;
mod site;
mod unread;

pub use routes::router;
pub use serve::{Timeouts, serve};
pub use site::Site;
