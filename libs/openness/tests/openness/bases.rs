//! Stories of bases: what a derivative takes from the models it is made from.

use limpide_openness::Criterion::{TrainingCode, TrainingData, WeightsLicence};
use limpide_openness::Degree::{Full, None as Nothing};
use limpide_openness::Status::{Claimed, Missing, Verified};

use crate::commons::{Commons, Shelf};
use crate::made::{TRAINS, text_of, weights};
use crate::story::{Story, stories};

const ROWS: &str = "{\"text\": \"one\"}\n";

/// A model with everything, made from `base`.
fn whole(id: &str, base: Option<&str>, fill: u8) -> Shelf {
    let base = base.map(|base| format!("\nbase_model: {base}")).unwrap_or_default();
    Shelf::model(id)
        .file("model.safetensors", weights(fill))
        .file("LICENSE", text_of("MIT"))
        .file("train.py", TRAINS)
        .card(&format!("license: mit\ndatasets: [ada/books]{base}"), "The training data is open.\n")
}

fn commons() -> Commons {
    Commons::new().with(Shelf::dataset("ada/books").file("a.jsonl", ROWS))
}

fn bare(id: &str, fill: u8) -> Shelf {
    Shelf::model(id).file("model.safetensors", weights(fill))
}

stories! {
    a_base_with_everything_takes_nothing_away =>
        Story::of(whole("ada/tiny", Some("ada/base"), 1)).within(commons().with(whole("ada/base", None, 2)))
            .goes(TrainingData, Verified, Full, Full)
            .goes(TrainingCode, Verified, Full, Full)
            .goes(WeightsLicence, Verified, Full, Full);
    a_bare_base_takes_everything_away =>
        Story::of(whole("ada/tiny", Some("ada/base"), 1)).within(commons().with(bare("ada/base", 2)))
            .goes(TrainingData, Missing, Nothing, Nothing)
            .goes(TrainingCode, Missing, Nothing, Nothing)
            .goes(WeightsLicence, Missing, Nothing, Nothing);
    a_bare_base_of_the_base_takes_everything_away =>
        Story::of(whole("ada/tiny", Some("ada/middle"), 1))
            .within(commons().with(whole("ada/middle", Some("ada/base"), 2)).with(bare("ada/base", 3)))
            .goes(TrainingData, Missing, Nothing, Nothing);
    the_least_of_two_bases_counts =>
        Story::of(whole("ada/tiny", Some("[ada/base, ada/bare]"), 1)).within(commons().with(whole("ada/base", None, 2)).with(bare("ada/bare", 3)))
            .goes(TrainingData, Missing, Nothing, Nothing);
    a_base_out_of_sight_leaves_the_claim =>
        Story::of(whole("ada/tiny", Some("ada/base"), 1)).within(commons().with(whole("ada/base", None, 2).private()))
            .goes(WeightsLicence, Claimed, Nothing, Full);
    a_model_made_from_itself_is_seen_as_such =>
        Story::of(whole("ada/tiny", Some("ada/tiny"), 1)).within(commons().with(whole("ada/tiny", Some("ada/tiny"), 1)))
            .goes(WeightsLicence, Claimed, Nothing, Full);
}
