//! Stories of cards: filled in, copied from the template, in another language, with comments, quotes and code.

use limpide_openness::Criterion::{Compute, CopyrightPolicy, ModelCard, UsePolicy};
use limpide_openness::Degree::{Full, None as Nothing, Partial};
use limpide_openness::Severity::Proves;
use limpide_openness::Status::{Claimed, Missing, Verified};

use crate::commons::{Commons, Shelf};
use crate::story::{Story, stories};

fn card(text: &str) -> Shelf {
    Shelf::model("ada/tiny").card("language: en", text)
}

/// The template of the Hub, as it comes.
pub(crate) const TEMPLATE: &str = "# Model Card for Model ID\n\n<!-- Provide a quick summary of what the model is/does. -->\n\n\
## Model Details\n\n### Model Description\n\nThis is the model card of a 🤗 transformers model that has been pushed on the Hub. \
This model card has been automatically generated.\n\n- **Developed by:** [More Information Needed]\n- **License:** [More \
Information Needed]\n\n## Uses\n\n<!-- Address questions around how the model is intended to be used. -->\n\n### Direct Use\n\n\
[More Information Needed]\n\n## Bias, Risks, and Limitations\n\n[More Information Needed]\n\n### Recommendations\n\nUsers (both \
direct and downstream) should be made aware of the risks, biases and limitations of the model. More information needed for \
further recommendations.\n\n## How to Get Started with the Model\n\nUse the code below to get started with the model.\n\n[More \
Information Needed]\n\n## Training Details\n\n### Training Data\n\n[More Information Needed]\n\n## Evaluation\n\n[More \
Information Needed]\n\n## Environmental Impact\n\nCarbon emissions can be estimated using the [Machine Learning Impact \
calculator](https://mlco2.github.io/impact#compute) presented in [Lacoste et al. (2019)](https://arxiv.org/abs/1910.09700).\n\n\
- **Hardware Type:** [More Information Needed]\n- **Carbon Emitted:** [More Information Needed]\n";

/// A card with all that a card should say.
pub(crate) fn whole() -> String {
    let section = |heading: &str| {
        let words = "Ada wrote these words about the engine, one after the other, so that whoever reads them knows more. ";
        format!("## {heading}\n{}\n", words.repeat(4))
    };
    let headings = [
        "Uses",
        "Bias, Risks, and Limitations",
        "Training Data",
        "Training Procedure",
        "Evaluation",
        "Environmental Impact",
        "Technical Specifications",
        "Citation",
    ];
    headings.map(section).concat()
}

stories! {
    a_card_is_filled_in => Story::of(card(&whole())).goes(ModelCard, Verified, Full, Full).goes(UsePolicy, Verified, Full, Full);
    a_card_is_the_template =>
        Story::of(card(TEMPLATE)).is(ModelCard, Missing).is(UsePolicy, Missing).is(Compute, Missing);
    a_card_has_headings_alone =>
        Story::of(card("# Tiny\n## Uses\n## Limitations\n## Training Data\n## Evaluation\n## Environmental Impact\n## Citation\n")).is(ModelCard, Missing);
    there_is_no_card => Story::of(Shelf::model("ada/tiny")).is(ModelCard, Missing);
    a_card_in_another_case_is_a_card => Story::of(Shelf::model("ada/tiny").file("readme.md", whole())).is(ModelCard, Verified);
    words_in_a_comment_say_nothing =>
        Story::of(Shelf::model("ada/tiny").card("license: cc-by-nc-4.0", "# Tiny\n<!-- This model is fully open source. -->\n"));
    words_in_code_say_nothing =>
        Story::of(Shelf::model("ada/tiny").card("license: cc-by-nc-4.0", "# Tiny\n```\nThis model is fully open source.\n```\n"));
    words_in_a_quote_say_nothing =>
        Story::of(Shelf::model("ada/tiny").card("license: cc-by-nc-4.0", "# Tiny\n> This model is fully open source.\n\nAs one paper put it, \"this model is fully open source and free\".\n"));
    words_in_a_note_say_something =>
        Story::of(Shelf::model("ada/tiny").card("license: cc-by-nc-4.0", "# Tiny\n> [!NOTE]\n> This model is fully open source.\n")).contradicts("X1", Proves);
    words_go_on_over_lines =>
        Story::of(Shelf::model("ada/tiny").card("license: cc-by-nc-4.0", "# Tiny\nThis model, after all is said, is\nfully open source.\n")).contradicts("X1", Proves);
    words_in_french_say_something =>
        Story::of(Shelf::model("ada/tiny").card("license: cc-by-nc-4.0", "Ce modèle est entièrement open source.\n")).contradicts("X1", Proves);
    words_in_french_deny => Story::of(Shelf::model("ada/tiny").card("license: cc-by-nc-4.0", "Ce modèle n'est pas open source.\n"));
    hardware_is_said => Story::of(card("It was trained on 64 A100 GPUs.\n")).goes(Compute, Claimed, Nothing, Partial);
    hardware_and_energy_are_said =>
        Story::of(card("It was trained on 64 A100 GPUs. That took 20 MWh.\n")).goes(Compute, Claimed, Nothing, Full);
    hardware_to_run_it_is_no_hardware_of_training => Story::of(card("It fits on one RTX 4090 for inference.\n")).is(Compute, Missing);
    emissions_are_stated =>
        Story::of(Shelf::model("ada/tiny").card("co2_eq_emissions:\n  emissions: 300\n  source: codecarbon\n  hardware_used: 8 A100", "# Tiny\n"))
            .goes(Compute, Verified, Full, Full);
    emissions_are_a_number => Story::of(Shelf::model("ada/tiny").card("co2_eq_emissions: 300", "# Tiny\n")).goes(Compute, Verified, Partial, Partial);
    a_trainer_wrote_down_its_compute =>
        Story::of(card("# Tiny\n").file("trainer_state.json", r#"{"global_step":10,"total_flos":1.5e18}"#)).is(Compute, Verified);
    a_policy_on_copyright_is_claimed => Story::of(card("We honour robots.txt and opt-outs.\n")).is(CopyrightPolicy, Claimed);
    a_policy_of_use_says_something =>
        Story::of(Shelf::model("ada/tiny").file("USE_POLICY.md", "You agree not to use the model to harm people. ".repeat(8))).goes(UsePolicy, Verified, Partial, Partial);
    a_file_called_policy_says_nothing =>
        Story::of(Shelf::model("ada/tiny").file("USE_POLICY.md", "lorem ipsum ".repeat(40))).is(UsePolicy, Missing);
}

#[test]
fn what_devices_worked_is_a_fact_that_the_card_claims() {
    let facts = |sentence: &str| Commons::new().audit(&card(&format!("# Tiny\n\n{sentence}\n"))).facts;
    let told = facts("It was trained on **64 A100 GPUs** for 21 days at 40 % MFU.");
    assert_eq!(told.claimed_work, Some(64 * 21 * 24 * 3600 * 312), "in units of 10¹²");
    assert_eq!(told.claimed_utilisation, Some(400));
    let promised = facts("It will be trained on 64 A100 GPUs for 21 days.");
    assert_eq!((promised.claimed_work, promised.claimed_utilisation), (None, None));
}
