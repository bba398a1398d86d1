//! Stories of what changed between two commits.

use limpide_openness::Severity::Proves;

use crate::commons::{Commons, Shelf};
use crate::made::{text_of, weights};
use crate::story::{Story, stories};

fn model(metadata: &str) -> Shelf {
    Shelf::model("ada/tiny")
        .file("model.safetensors", weights(1))
        .card(metadata, "# Tiny\n")
        .at("2".repeat(40).as_str())
}

fn before(metadata: &str) -> Shelf {
    model(metadata).at("1".repeat(40).as_str())
}

fn books() -> Commons {
    let rows = "{\"text\": \"one\"}\n";
    Commons::new()
        .with(Shelf::dataset("ada/books").file("a.jsonl", rows))
        .with(Shelf::dataset("ada/films").file("a.jsonl", rows))
}

stories! {
    a_licence_became_another => Story::of(model("license: cc-by-nc-4.0")).after(before("license: cc0-1.0")).contradicts("X18", Proves);
    a_licence_was_taken_away => Story::of(model("language: en")).after(before("license: cc0-1.0")).contradicts("X18", Proves);
    a_licence_is_spelled_otherwise => Story::of(model("license: CC0 1.0")).after(before("license: cc0-1.0"));
    a_licence_was_added => Story::of(model("license: cc0-1.0")).after(before("language: en"));
    a_text_became_another =>
        Story::of(model("license: mit").file("LICENSE", text_of("GPL-3.0-only")))
            .after(before("license: mit").file("LICENSE", text_of("MIT")))
            .contradicts("X2", Proves)
            .contradicts("X18", Proves);
    a_text_stayed => Story::of(model("license: mit").file("LICENSE", text_of("MIT"))).after(before("license: mit").file("LICENSE", text_of("MIT")));
    a_base_is_no_longer_named => Story::of(model("language: en")).after(before("base_model: eve/base")).contradicts("X18", Proves);
    a_dataset_is_no_longer_named =>
        Story::of(model("datasets: [ada/books]")).after(before("datasets: [ada/books, ada/films]")).within(books()).contradicts("X18", Proves);
    datasets_stand_in_another_order =>
        Story::of(model("datasets: [ada/films, ada/books]")).after(before("datasets: [ada/books, ada/films]")).within(books());
    words_changed => Story::of(model("language: fr")).after(before("language: en"));
}
