//! Scans of what is committed: each content once, judged anew when the rules change, held back where that is asked for.

mod guard;
mod kit;
mod rules;
mod scanned;
