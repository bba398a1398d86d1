//! Stories of access: who gets the files, and whether they can tell that these are the files.

use limpide_openness::Criterion::{Access, Integrity};
use limpide_openness::Degree::{Full, Partial};
use limpide_openness::Gate;
use limpide_openness::Status::{Missing, Unchecked, Verified};

use crate::commons::Shelf;
use crate::made::weights;
use crate::story::{Story, stories};

fn tiny() -> Shelf {
    Shelf::model("ada/tiny").file("model.safetensors", weights(1))
}

stories! {
    anybody_gets_it => Story::of(tiny()).goes(Access, Verified, Full, Full);
    one_has_to_agree => Story::of(tiny().gated(Gate::Auto)).goes(Access, Verified, Partial, Partial);
    one_has_to_be_let_in => Story::of(tiny().gated(Gate::Manual)).is(Access, Missing);
    it_is_private => Story::of(tiny().private()).is(Access, Missing);
    a_folder_is_offered_by_nobody => Story::of(tiny().in_a_folder()).is(Access, Unchecked).is(Integrity, Unchecked);
    a_commit_pins_every_file => Story::of(tiny()).goes(Integrity, Verified, Partial, Partial);
    a_signature_is_there_and_not_verified => Story::of(tiny().file("model.sig", "{}")).goes(Integrity, Verified, Partial, Full);
}
