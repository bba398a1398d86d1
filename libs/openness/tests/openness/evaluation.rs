//! Stories of results, badges, and the AI Act.

use limpide_openness::Criterion::{EvaluationData, EvaluationResults};
use limpide_openness::Degree::{Full, None as Nothing};
use limpide_openness::Severity::{Proves, Suggests};
use limpide_openness::Status::{Claimed, Missing, Verified};

use crate::commons::Shelf;
use crate::made::weights;
use crate::story::{Story, stories};

fn results(values: &[(&str, &str)]) -> String {
    let result = |(metric, value): &(&str, &str)| {
        format!(
            "  - task: {{type: text-generation}}\n    dataset: {{type: ada/quiz, name: Quiz}}\n    metrics: [{{type: {metric}, value: {value}}}]\n"
        )
    };
    format!(
        "model-index:\n- name: tiny\n  results:\n{}",
        values.iter().map(result).collect::<String>().trim_end()
    )
}

fn model(metadata: &str, text: &str) -> Shelf {
    Shelf::model("ada/tiny").file("model.safetensors", weights(1)).card(metadata, text)
}

fn leaderboard(value: &str) -> String {
    format!("- dataset:\n    id: ada/quiz\n    task_id: quiz\n  value: {value}\n")
}

stories! {
    results_are_structured => Story::of(model(&results(&[("accuracy", "0.71")]), "# Tiny\n")).goes(EvaluationResults, Verified, Full, Full);
    results_stand_in_a_table =>
        Story::of(model("language: en", "| Model | MMLU | GSM8K | PIQA |\n|---|---|---|---|\n| Tiny | 30.1 | 20.5 | 60.0 |\n"))
            .goes(EvaluationResults, Verified, Full, Full)
            .goes(EvaluationData, Claimed, Nothing, Full);
    a_table_of_other_things_is_no_result =>
        Story::of(model("language: en", "| Setting | Value |\n|---|---|\n| Layers | 12 |\n| Heads | 8 |\n")).is(EvaluationResults, Missing);
    results_differ_within_a_card =>
        Story::of(model(&results(&[("accuracy", "0.71"), ("accuracy", "0.65")]), "# Tiny\n")).contradicts("X12", Proves);
    results_are_share_and_per_cent =>
        Story::of(model(&results(&[("accuracy", "0.71"), ("accuracy", "71.0")]), "# Tiny\n"));
    results_of_other_metrics_differ =>
        Story::of(model(&results(&[("accuracy", "0.71"), ("f1", "0.65")]), "# Tiny\n"));
    results_of_two_models_differ =>
        Story::of(model(&format!("{}\n{}", results(&[("accuracy", "0.71")]), "- name: big\n  results:\n  - dataset: {type: ada/quiz}\n    metrics: [{type: accuracy, value: 0.9}]"), "# Tiny\n"));
    results_differ_between_card_and_leaderboard =>
        Story::of(model(&results(&[("accuracy", "0.71")]), "# Tiny\n").file(".eval_results/quiz.yaml", leaderboard("0.52"))).contradicts("X12", Suggests);
    results_agree_between_card_and_leaderboard =>
        Story::of(model(&results(&[("accuracy", "0.71")]), "# Tiny\n").file(".eval_results/quiz.yaml", leaderboard("71.0")));
    results_of_which_metric_nobody_knows =>
        Story::of(model(&results(&[("accuracy", "0.71"), ("f1", "0.65")]), "# Tiny\n").file(".eval_results/quiz.yaml", leaderboard("0.52")));
    results_differ_between_metadata_and_table =>
        Story::of(model(&results(&[("accuracy", "0.7134")]), "# Tiny\n\n| Model | Quiz |\n|---|---|\n| Tiny | **75.3** |\n| Big | 90.0 |\n")).contradicts("X12", Suggests);
    results_are_rounded_in_a_table =>
        Story::of(model(&results(&[("accuracy", "0.7134")]), "# Tiny\n\n| Model | Quiz |\n|---|---|\n| Tiny | 71 |\n| Big | 90.0 |\n"));
    results_of_others_stand_in_a_table =>
        Story::of(model(&results(&[("accuracy", "0.7134")]), "# Tiny\n\n| Model | Quiz |\n|---|---|\n| Small | 50.1 |\n| Big | 90.0 |\n"));
    results_differ_where_datasets_stand_in_rows =>
        Story::of(model(&results(&[("accuracy", "0.7134")]), "# Tiny\n\n| Benchmark | Score |\n|---|---|\n| Quiz | 80.1 |\n| Poll | 90.0 |\n")).contradicts("X12", Suggests);
    no_results => Story::of(model("language: en", "# Tiny\n")).is(EvaluationResults, Missing);
    words_about_results_are_claimed =>
        Story::of(model("language: en", "## Evaluation\nIt did very well in all that we asked of it, day after day, in every language that anybody of us could speak, and some that nobody could.\n")).is(EvaluationResults, Claimed);
    a_badge_of_class_one => Story::of(model("language: en", "MOF: Class I\n")).contradicts("X17", Proves);
    a_badge_of_class_three => Story::of(model("language: en", "This is a Class III - Open Model.\n")).contradicts("X17", Proves);
    a_badge_that_is_wished_for => Story::of(model("language: en", "We aim for MOF Class I.\n"));
    a_badge_of_another => Story::of(model("language: en", "Unlike Tiny, OLMo is MOF Class I.\n"));
    a_badge_in_code => Story::of(model("language: en", "```\nMOF: Class I\n```\n"));
    the_ai_act_without_a_summary =>
        Story::of(model("language: en", "Tiny is compliant with the EU AI Act.\n")).contradicts("X14", Suggests);
    the_ai_act_with_a_summary =>
        Story::of(model("license: cc0-1.0\npipeline_tag: text-generation", "Tiny is compliant with the EU AI Act.\n").file("training_content_summary.md", "Public datasets.\n"));
    the_ai_act_as_an_exemption_of_a_restricted_model =>
        Story::of(model("license: cc-by-nc-4.0\npipeline_tag: text-generation", "Tiny is exempt under the EU AI Act.\n").file("training_content_summary.md", "Public datasets.\n"))
            .contradicts("X14", Suggests);
    the_ai_act_is_for_those_who_use_it => Story::of(model("language: en", "Users must comply with the EU AI Act.\n"));
}
