//! What pages get of cards, code and notebooks, whoever wrote them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "so a test fails")]

mod cards;
mod chance;
mod code;
#[path = "../../../words/tests/words/each_seed.rs"]
mod each_seed;
mod hostile;
mod links;
mod notebooks;
mod properties;
mod seeds;

use limpide_rendering::markdown::{Document, render};
use limpide_rendering::{Place, Words};

/// The place of a card in `docs/`.
const PLACE: Place<'static> = Place {
    files: "/ada/tiny/blob/main/",
    bytes: "/ada/tiny/resolve/main/",
    folder: "docs/",
    words: &Words::ENGLISH,
};

fn rendered(text: &str) -> Document {
    render(text, &PLACE)
}

fn html(text: &str) -> String {
    rendered(text).html
}
