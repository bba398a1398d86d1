//! Stories of licences: the tag, the text beside it, the base above, and what the card says of all three.

use limpide_openness::Criterion::{CodeLicence, DataLicence, Unrestricted, WeightsLicence};
use limpide_openness::Degree::{Full, None as Nothing};
use limpide_openness::Severity::{Proves, Suggests};
use limpide_openness::Status::{Claimed, Contradicted, Missing, Verified};

use crate::commons::{Commons, Shelf};
use crate::made::{TRAINS, text_of, weights};
use crate::story::{Story, stories};

fn model(tag: &str) -> Shelf {
    said(tag, "# Tiny\n")
}

fn said(tag: &str, text: &str) -> Shelf {
    Shelf::model("ada/tiny").file("model.safetensors", weights(1)).card(&format!("license: {tag}"), text)
}

fn modified_apache() -> String {
    let text = text_of("Apache-2.0");
    let at = text.find("3. Grant of Patent License").unwrap();
    format!(
        "{}You may not use the Work for commercial purposes without a separate agreement.\n\n   {}",
        &text[..at],
        &text[at..]
    )
}

const THRESHOLD: &str = "TINY LICENSE\n\nPermission is granted to use the model. If your products have more than 700 million \
monthly active users, you must request a license from us, which we may grant in our sole discretion.\n";

fn base(tag: &str) -> Commons {
    let base = Shelf::model("eve/base")
        .file("model.safetensors", weights(2))
        .card(&format!("license: {tag}"), "# Base\n");
    Commons::new().with(base)
}

fn derived(tag: &str) -> Shelf {
    Shelf::model("ada/tiny")
        .file("model.safetensors", weights(1))
        .card(&format!("license: {tag}\nbase_model: eve/base"), "# Tiny\n")
}

stories! {
    a_text_that_is_the_tag_is_verified =>
        Story::of(model("mit").file("LICENSE", text_of("MIT")))
            .goes(WeightsLicence, Verified, Full, Full)
            .goes(Unrestricted, Verified, Full, Full);
    a_tag_without_a_text_is_claimed =>
        Story::of(model("apache-2.0")).goes(WeightsLicence, Claimed, Nothing, Full).contradicts("X3", Suggests);
    a_tag_that_asks_for_no_notice_needs_no_text =>
        Story::of(model("cc0-1.0")).goes(WeightsLicence, Claimed, Nothing, Full);
    a_notice_in_the_card_is_enough =>
        Story::of(said("mit", "# Tiny\n\nCopyright (c) 2026 Ada\n")).is(WeightsLicence, Claimed);
    a_text_that_could_not_be_fetched_is_not_absent =>
        Story::of(model("mit").pointer("LICENSE", 1000)).is(WeightsLicence, Claimed);
    mit_with_a_threshold_of_users =>
        Story::of(model("mit").file("LICENSE", THRESHOLD))
            .is(WeightsLicence, Contradicted)
            .is(Unrestricted, Missing)
            .contradicts("X2", Proves);
    an_apache_text_with_a_sentence_more =>
        Story::of(model("apache-2.0").file("LICENSE", modified_apache()))
            .is(WeightsLicence, Contradicted)
            .contradicts("X2", Proves);
    the_text_is_another_licence =>
        Story::of(model("mit").file("LICENSE", text_of("GPL-3.0-only"))).is(WeightsLicence, Contradicted).contradicts("X2", Proves);
    a_licence_of_copied_code_is_not_the_models =>
        Story::of(model("mit").file("LICENSE", text_of("MIT")).file("third_party/x/LICENSE", text_of("Apache-2.0"))).is(WeightsLicence, Verified);
    a_licence_of_copied_code_alone_is_none =>
        Story::of(model("cc0-1.0").file("third_party/x/LICENSE", text_of("Apache-2.0"))).is(WeightsLicence, Claimed);
    code_and_weights_have_licences_of_their_own =>
        Story::of(model("cc-by-4.0").file("train.py", TRAINS).file("LICENSE-CODE", text_of("Apache-2.0")).file("LICENSE-MODEL", text_of("CC-BY-4.0")))
            .goes(CodeLicence, Verified, Full, Full)
            .goes(WeightsLicence, Verified, Full, Full);
    a_licence_of_the_code_is_not_that_of_the_weights =>
        Story::of(model("cc0-1.0").file("train.py", TRAINS).file("LICENSE-CODE", text_of("Apache-2.0")))
            .goes(CodeLicence, Verified, Full, Full)
            .goes(WeightsLicence, Claimed, Nothing, Full);
    either_of_two_licences =>
        Story::of(said("mit OR apache-2.0", "Tiny is open source.\n").file("LICENSE-MIT", text_of("MIT")).file("LICENSE-APACHE", text_of("Apache-2.0")))
            .is(WeightsLicence, Verified);
    either_of_two_licences_one_of_which_restricts =>
        Story::of(said("cc0-1.0 OR cc-by-nc-4.0", "Tiny is open source.\n")).is(Unrestricted, Claimed);
    both_of_two_licences_one_of_which_restricts =>
        Story::of(said("[cc0-1.0, cc-by-nc-4.0]", "Tiny is open source.\n")).is(Unrestricted, Contradicted).contradicts("X1", Proves);
    other_is_no_licence => Story::of(model("other")).is(WeightsLicence, Missing);
    a_named_licence_without_text =>
        Story::of(Shelf::model("ada/tiny").card("license: other\nlicense_name: llama3.1", "# Tiny\n")).is(Unrestricted, Missing).is(WeightsLicence, Missing);
    open_source_under_llama =>
        Story::of(Shelf::model("ada/tiny").card("license: other\nlicense_name: llama3.1", "Tiny is fully open source.\n"))
            .is(Unrestricted, Contradicted)
            .contradicts("X1", Proves);
    open_source_without_commerce =>
        Story::of(said("cc-by-nc-4.0", "This is an open source model.\n")).is(Unrestricted, Contradicted).contradicts("X1", Proves);
    open_source_by_its_tags =>
        Story::of(Shelf::model("ada/tiny").card("license: cc-by-nc-4.0\ntags: [open-source]", "# Tiny\n")).contradicts("X1", Proves);
    open_source_under_rail =>
        Story::of(said("creativeml-openrail-m", "Tiny is open source.\n")).contradicts("X1", Proves);
    open_source_under_gemma => Story::of(said("gemma", "Tiny is open source.\n")).contradicts("X1", Proves);
    open_source_under_gpl =>
        Story::of(said("gpl-3.0", "Tiny is open source.\n").file("LICENSE", text_of("GPL-3.0-only"))).is(Unrestricted, Verified);
    open_source_under_no_licence =>
        Story::of(Shelf::model("ada/tiny").card("language: en", "Tiny is open source.\n")).contradicts("X1", Suggests);
    open_source_under_a_word_that_is_no_licence =>
        Story::of(said("other", "Tiny is open source.\n")).contradicts("X1", Suggests);
    open_source_under_a_text_of_its_own =>
        Story::of(said("other", "Tiny is open source.\n").file("LICENSE", "You may do what you like with the model, and we wish you well with it.\n")).contradicts("X1", Suggests);
    open_source_under_mit => Story::of(said("mit", "Tiny is fully open source.\n").file("LICENSE", text_of("MIT"))).is(Unrestricted, Verified);
    open_source_with_a_threshold =>
        Story::of(said("mit", "Tiny is fully open source.\n").file("LICENSE", THRESHOLD))
            .is(Unrestricted, Contradicted)
            .contradicts("X1", Proves)
            .contradicts("X2", Proves);
    commercial_use_under_nc =>
        Story::of(said("cc-by-nc-4.0", "Commercial use is allowed.\n")).contradicts("X13", Proves);
    commercial_use_with_a_threshold =>
        Story::of(said("other", "It can be used for commercial purposes.\n").file("LICENSE", THRESHOLD)).contradicts("X13", Proves);
    commercial_use_under_rail => Story::of(said("creativeml-openrail-m", "Commercial use is allowed.\n"));
    commercial_use_under_mit => Story::of(said("mit", "Commercial use is allowed.\n").file("LICENSE", text_of("MIT")));
    a_stricter_base => Story::of(derived("cc0-1.0")).within(base("cc-by-nc-4.0")).is(WeightsLicence, Contradicted).contradicts("X4", Proves);
    a_base_with_a_name_to_show => Story::of(derived("cc0-1.0")).within(base("llama3.1")).contradicts("X4", Proves);
    a_base_as_strict => Story::of(derived("cc-by-nc-4.0")).within(base("cc-by-nc-4.0"));
    a_base_less_strict => Story::of(derived("cc-by-nc-4.0")).within(base("cc0-1.0"));
    a_base_that_asks_for_credit => Story::of(derived("cc0-1.0")).within(base("cc-by-4.0"));
    a_base_whose_text_was_modified =>
        Story::of(derived("cc0-1.0"))
            .within(Commons::new().with(Shelf::model("eve/base").file("model.safetensors", weights(2)).card("license: apache-2.0", "# Base\n").file("LICENSE", modified_apache())))
            .contradicts("X4", Proves);
    a_base_out_of_reach => Story::of(derived("cc0-1.0")).within(base("cc-by-nc-4.0").when_cut_off()).is(WeightsLicence, Claimed);
    a_tag_that_nobody_knows => Story::of(model("eve-licence-1.0")).is(WeightsLicence, Missing);
    a_family_is_no_licence => Story::of(model("cc")).is(WeightsLicence, Missing);
    a_dataset_has_its_licence_verified =>
        Story::of(Shelf::dataset("ada/books").card("license: cc-by-4.0", "# Books\n").file("LICENSE", text_of("CC-BY-4.0")).file("a.csv", "a,b\n1,2\n"))
            .goes(DataLicence, Verified, Full, Full);
    a_dataset_has_a_tag_alone =>
        Story::of(Shelf::dataset("ada/books").card("license: cc-by-4.0", "# Books\n")).is(DataLicence, Claimed).contradicts("X3", Suggests);
    a_dataset_has_another_text =>
        Story::of(Shelf::dataset("ada/books").card("license: cc-by-4.0", "# Books\n").file("LICENSE", text_of("CC-BY-NC-4.0"))).is(DataLicence, Contradicted).contradicts("X2", Proves);
}
