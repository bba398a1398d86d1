//! What people wrote, as HTML that a page of the hub may safely hold: cards in Markdown, code, notebooks.
//!
//! Pure: texts in, HTML out. A page runs no script of others, holds no style of theirs and asks no other host for
//! anything, so neither does what is made here. Every text may be hostile: what is read of it is bounded, and the
//! time it takes grows with its length only.
//!
//! ```
//! use limpide_rendering::{Place, Words, markdown};
//!
//! let words = Words::ENGLISH;
//! let place = Place {
//!     files: "/ada/tiny/blob/main/",
//!     bytes: "/ada/tiny/resolve/main/",
//!     folder: "",
//!     words: &words,
//! };
//! let document = markdown::render("# Tiny\n\nSee [the *notes*](notes.md).", &place);
//! assert_eq!(
//!     document.html,
//!     "<h2 id=\"user-content-tiny\">Tiny</h2>\n\
//!      <p>See <a href=\"/ada/tiny/blob/main/notes.md\">the <em>notes</em></a>.</p>\n"
//! );
//! ```

mod allowed;
pub mod code;
mod escape;
pub mod markdown;
mod math;
mod names;
pub mod notebook;
mod place;
mod tidy;

pub use allowed::CLASSES;
pub use place::{Place, Words};
