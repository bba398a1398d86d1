//! Where an audit reads: a [`Folder`] on this machine, a [`Remote`] repository on a [`Hub`], and whatever lies
//! [`Outside`] both: other repositories, pages, and code on a forge.
//!
//! The calls of [`limpide_openness::Source`] and [`limpide_openness::World`] block. What asks over the network waits on
//! the Tokio runtime that it was made in, so these calls are for a thread that may block: one of `spawn_blocking`, or
//! one that has said `block_in_place`.

mod address;
mod code;
mod folder;
mod guard;
mod http;
mod hub;
mod names;
mod outside;
mod remote;
mod shared;
mod web;

pub use address::{Address, Unreadable};
pub use folder::{Folder, Named};
pub use hub::Hub;
pub use outside::Outside;
pub use remote::Remote;
pub use web::Web;
