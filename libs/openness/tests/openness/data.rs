//! Stories of data: named and open, named and empty, gated, private, made by machines, left out.

use limpide_openness::Criterion::{DataCard, DataInformation, TrainingData};
use limpide_openness::Degree::{Full, None as Nothing, Partial};
use limpide_openness::Severity::{Proves, Suggests};
use limpide_openness::Status::{Claimed, Contradicted, Missing, NotApplicable, Unchecked, Verified};
use limpide_openness::{Criterion, Gate};

use crate::commons::{Commons, Shelf};
use crate::made::{parquet, pointer, weights};
use crate::story::{Story, stories};

const OPEN: &str = "The training data is open.\n";
const ROWS: &str = "{\"text\": \"one\"}\n{\"text\": \"two\"}\n{\"text\": \"three\"}\n";

/// A model that names `ada/books` as its data, and says this.
fn model(text: &str) -> Shelf {
    Shelf::model("ada/tiny").file("model.safetensors", weights(1)).card("datasets:\n- ada/books", text)
}

fn books() -> Shelf {
    Shelf::dataset("ada/books").file("data/train.jsonl", ROWS)
}

fn with(dataset: Shelf) -> Commons {
    Commons::new().with(dataset)
}

fn dataset(metadata: &str) -> Shelf {
    dataset_saying(metadata, "# Books\n")
}

fn dataset_saying(metadata: &str, text: &str) -> Shelf {
    Shelf::dataset("ada/books").card(metadata, text)
}

stories! {
    a_dataset_with_rows_is_verified => Story::of(books()).goes(TrainingData, Verified, Full, Full).is(Criterion::FinalWeights, NotApplicable);
    a_dataset_of_parquet_is_verified =>
        Story::of(Shelf::dataset("ada/books").file("data/train.parquet", parquet(300, 300))).goes(TrainingData, Verified, Full, Full);
    a_footer_promises_rows_that_are_not_there =>
        Story::of(Shelf::dataset("ada/books").file("data/train.parquet", parquet(1_000_000, 3))).is(TrainingData, Missing);
    a_parquet_without_rows_is_no_data =>
        Story::of(Shelf::dataset("ada/books").file("data/train.parquet", parquet(0, 0))).is(TrainingData, Missing);
    a_text_called_parquet_is_no_data =>
        Story::of(Shelf::dataset("ada/books").file("data/train.parquet", "to be uploaded")).is(TrainingData, Missing);
    a_pointer_called_parquet_is_unknown =>
        Story::of(Shelf::dataset("ada/books").file("data/train.parquet", pointer())).goes(TrainingData, Claimed, Nothing, Full);
    a_dataset_with_a_readme_alone_is_empty => Story::of(dataset("language: en")).is(TrainingData, Missing);
    a_dataset_with_an_empty_list_is_empty =>
        Story::of(dataset("language: en").file("train.json", "[]")).is(TrainingData, Missing);
    a_dataset_has_less_than_it_says =>
        Story::of(dataset("dataset_info:\n  splits:\n  - name: train\n    num_examples: 1000").file("train.jsonl", ROWS))
            .goes(TrainingData, Verified, Partial, Full);
    a_dataset_has_what_it_says =>
        Story::of(dataset("dataset_info:\n  splits:\n  - name: train\n    num_examples: 3").file("train.jsonl", ROWS))
            .goes(TrainingData, Verified, Full, Full);
    a_dataset_is_a_script_alone =>
        Story::of(dataset("language: en").file("books.py", "import datasets\n\nclass Books(datasets.GeneratorBasedBuilder):\n    def _generate_examples(self):\n        yield 0, {}\n"))
            .goes(TrainingData, Claimed, Nothing, Partial);
    a_model_names_no_data => Story::of(Shelf::model("ada/tiny").card("language: en", "# Tiny\n")).is(TrainingData, Missing);
    a_model_names_data_that_is_there =>
        Story::of(model("# Tiny\n")).within(with(books())).goes(TrainingData, Verified, Partial, Partial);
    a_model_says_its_data_is_open_and_it_is =>
        Story::of(model(OPEN)).within(with(books())).goes(TrainingData, Verified, Full, Full);
    open_data_that_does_not_exist =>
        Story::of(model(OPEN)).is(TrainingData, Contradicted).contradicts("X6", Proves);
    open_data_that_is_empty =>
        Story::of(model(OPEN)).within(with(dataset("language: en"))).is(TrainingData, Contradicted).contradicts("X6", Proves);
    open_data_that_is_private =>
        Story::of(model(OPEN)).within(with(books().private())).is(TrainingData, Contradicted).contradicts("X6", Proves);
    open_data_behind_a_gate_for_all =>
        Story::of(model(OPEN)).within(with(books().gated(Gate::Auto))).is(TrainingData, Contradicted).contradicts("X6", Proves);
    open_data_behind_a_gate_for_some =>
        Story::of(model(OPEN)).within(with(books().gated(Gate::Manual))).is(TrainingData, Contradicted).contradicts("X6", Proves);
    open_data_out_of_reach =>
        Story::of(model(OPEN)).within(with(dataset("language: en")).when_cut_off()).goes(TrainingData, Claimed, Nothing, Full);
    open_data_that_is_a_sample =>
        Story::of(model("The training data is open.\n\nIt was trained on 2B tokens.\n")).within(with(books()))
            .goes(TrainingData, Verified, Partial, Full)
            .contradicts("X6", Suggests);
    one_of_two_datasets_is_open =>
        Story::of(Shelf::model("ada/tiny").card("datasets:\n- ada/books\n- ada/films", OPEN)).within(with(books()))
            .goes(TrainingData, Verified, Partial, Full);
    open_data_that_is_named_nowhere =>
        Story::of(Shelf::model("ada/tiny").card("language: en", "Tiny was trained on publicly available data.\n"))
            .goes(TrainingData, Claimed, Nothing, Full)
            .contradicts("X6", Suggests);
    open_data_that_lies_elsewhere =>
        Story::of(Shelf::model("ada/tiny").card("language: en", "The training data is available at https://zenodo.example.org/1.\n"))
            .is(TrainingData, Claimed);
    data_of_an_old_name_without_owner =>
        Story::of(Shelf::model("ada/tiny").card("datasets: wikipedia", OPEN)).goes(TrainingData, Claimed, Nothing, Full);
    data_for_evaluation_is_no_training_data =>
        Story::of(Shelf::model("ada/tiny").card("model-index:\n- name: tiny\n  results:\n  - task: {type: text-generation}\n    dataset: {type: ada/books, name: Books}\n    metrics: [{type: accuracy, value: 0.5}]", "# Tiny\n"))
            .within(with(books()))
            .is(TrainingData, Missing)
            .is(Criterion::EvaluationData, Verified);
    data_for_evaluation_is_public =>
        Story::of(Shelf::model("ada/tiny").card("language: en", "We evaluate on publicly available datasets.\n")).is(TrainingData, Missing);
    no_synthetic_data_and_a_dataset_made_by_machines =>
        Story::of(model("No synthetic data was used in training.\n"))
            .within(with(dataset("annotations_creators: machine-generated").file("train.jsonl", ROWS)))
            .contradicts("X16", Suggests);
    no_synthetic_data_and_a_dataset_made_by_people =>
        Story::of(model("No synthetic data was used in training.\n"))
            .within(with(dataset("annotations_creators: expert-generated").file("train.jsonl", ROWS)));
    no_synthetic_data_and_a_benchmark_made_by_machines =>
        Story::of(Shelf::model("ada/tiny").card("model-index:\n- name: tiny\n  results:\n  - dataset: {type: ada/books}\n    metrics: [{type: accuracy, value: 0.5}]", "No synthetic data was used in training.\n"))
            .within(with(dataset("tags: [synthetic]").file("train.jsonl", ROWS)));
    a_summary_names_other_data =>
        Story::of(model("# Tiny\n").file("training_content_summary.md", "We used https://hub.example.org/datasets/ada/books and https://hub.example.org/datasets/eve/crawl.\n"))
            .within(with(books()))
            .contradicts("X15", Proves);
    a_summary_names_the_same_data =>
        Story::of(model("# Tiny\n").file("training_content_summary.md", "A public dataset: https://hub.example.org/datasets/ada/books, no synthetic and no user data, nothing crawled.\n"))
            .within(with(books()));
    a_summary_of_results_names_benchmarks =>
        Story::of(model("# Tiny\n").file("results_summary.md", "Measured on https://hub.example.org/datasets/eve/benchmark.\n"))
            .within(with(books()));
    a_summary_of_another_name_is_one =>
        Story::of(model("# Tiny\n").file("EU_summary.md", "Publicly available datasets, licensed data, crawled pages, no user data, synthetic data.\n"))
            .within(with(books()))
            .goes(DataInformation, Verified, Full, Full);
    a_file_called_summary_says_nothing =>
        Story::of(Shelf::model("ada/tiny").file("data_summary.md", "To come.\n")).goes(DataInformation, Claimed, Nothing, Full);
    a_data_card_is_filled_in =>
        Story::of(books().card("language: en", &format!("# Books\n{}", ["Dataset Description", "Source Data", "Annotation process", "Personal and Sensitive Information", "Dataset Structure"].map(|heading| format!("## {heading}\n{}\n", "Scanned from a library by hand, page after page, and then read by four people. ".repeat(3))).concat())))
            .goes(DataCard, Verified, Full, Full);
    a_data_card_is_a_template =>
        Story::of(books().card("language: en", "# Dataset Card for Books\n\nThis dataset card aims to be a base template for new datasets. It has been generated using [this raw template](https://example.org).\n\n## Dataset Details\n\n[More Information Needed]\n\n## Uses\n\n[More Information Needed]\n\n### Recommendations\n\nUsers should be made aware of the risks, biases and limitations of the dataset. More information needed for further recommendations.\n"))
            .is(DataCard, Missing);
    a_stricter_source_lies_under_a_dataset =>
        Story::of(dataset("license: cc0-1.0\nsource_datasets:\n- eve/films").file("train.jsonl", ROWS))
            .within(with(Shelf::dataset("eve/films").card("license: cc-by-nc-4.0", "# Films\n").file("train.jsonl", ROWS)))
            .contradicts("X5", Suggests);
    a_source_is_no_stricter =>
        Story::of(dataset("license: cc0-1.0\nsource_datasets:\n- eve/films").file("train.jsonl", ROWS))
            .within(with(Shelf::dataset("eve/films").card("license: cc0-1.0", "# Films\n").file("train.jsonl", ROWS)));
    a_source_is_stricter_and_so_is_the_dataset =>
        Story::of(dataset("license: cc-by-nc-4.0\nsource_datasets:\n- eve/films").file("train.jsonl", ROWS))
            .within(with(Shelf::dataset("eve/films").card("license: cc-by-nc-4.0", "# Films\n").file("train.jsonl", ROWS)));
    a_model_whose_terms_forbid_training_made_the_data =>
        Story::of(dataset_saying("license: cc0-1.0", "# Talks\n\nThe answers were generated with GPT-4 in 2024.\n").file("train.jsonl", ROWS)).contradicts("X5", Suggests);
    a_model_whose_terms_permit_training_made_the_data =>
        Story::of(dataset_saying("license: cc0-1.0", "# Talks\n\nThe answers were generated with Mistral 7B.\n").file("train.jsonl", ROWS));
    a_model_whose_later_licence_permits_training_made_the_data =>
        Story::of(dataset_saying("license: cc0-1.0", "# Talks\n\nThe answers were generated with Llama 3.1 70B.\n").file("train.jsonl", ROWS));
    a_model_made_the_data_and_the_licence_keeps_to_its_terms =>
        Story::of(dataset_saying("license: cc-by-nc-4.0", "# Talks\n\nThe answers were generated with ChatGPT.\n").file("train.jsonl", ROWS));
    a_model_did_not_make_the_data =>
        Story::of(dataset_saying("license: cc0-1.0", "# Talks\n\nNo answer was generated with ChatGPT.\n").file("train.jsonl", ROWS));
    a_dataset_is_its_own_source =>
        Story::of(dataset("license: cc0-1.0\nsource_datasets:\n- original").file("train.jsonl", ROWS));
    data_cards_cannot_be_reached =>
        Story::of(model("# Tiny\n")).within(with(books()).when_cut_off()).is(DataCard, Unchecked);
}
