//! Stories of code: that trains, that speaks of it, that only shows a model; here, elsewhere and nowhere.

use limpide_openness::Criterion::{
    Architecture, CodeLicence, EvaluationCode, InferenceCode, Tooling, TrainingCode,
};
use limpide_openness::Degree::{Full, None as Nothing, Partial};
use limpide_openness::Severity::{Proves, Suggests};
use limpide_openness::Status::{Claimed, Contradicted, Missing, Unchecked, Verified};

use crate::commons::{Commons, Shelf};
use crate::made::{DEMONSTRATES, SPEAKS_OF_TRAINING, TRAINS, config, notebook, text_of, weights};
use crate::story::{Story, stories};

const FORGE: &str = "https://github.com/ada/tiny";
const AVAILABLE: &str = "The training code is available at https://github.com/ada/tiny.\n";

fn model(text: &str) -> Shelf {
    Shelf::model("ada/tiny").file("model.safetensors", weights(1)).card("language: en", text)
}

fn forge(path: &str, code: &str) -> Commons {
    Commons::new().code(FORGE, Shelf::model("ada/tiny").file(path, code).file("LICENSE", text_of("MIT")))
}

stories! {
    code_that_trains_is_verified => Story::of(model("# Tiny\n").file("train.py", TRAINS)).goes(TrainingCode, Verified, Full, Full);
    code_that_trains_by_any_name_is_verified =>
        Story::of(model("# Tiny\n").file("run.py", TRAINS)).goes(TrainingCode, Verified, Full, Full);
    code_that_speaks_of_training_is_none =>
        Story::of(model("# Tiny\n").file("train.py", SPEAKS_OF_TRAINING)).is(TrainingCode, Missing);
    a_notebook_trains =>
        Story::of(model("# Tiny\n").file("train.ipynb", notebook(TRAINS))).is(TrainingCode, Verified);
    a_demonstration_beside_a_model_is_no_training =>
        Story::of(model("# Tiny\n").file("demo.py", DEMONSTRATES)).is(TrainingCode, Missing).is(InferenceCode, Verified);
    code_to_adapt_it_did_not_train_it =>
        Story::of(model("# Tiny\n").file("finetune/lora.py", TRAINS)).is(TrainingCode, Missing);
    code_to_adapt_a_base_trained_the_adapted =>
        Story::of(Shelf::model("ada/tiny").file("model.safetensors", weights(1)).card("base_model: ada/base", "# Tiny\n").file("finetune/lora.py", TRAINS))
            .within(Commons::new().with(Shelf::model("ada/base").file("train.py", TRAINS).file("model.safetensors", weights(2))))
            .is(TrainingCode, Verified);
    a_base_without_code_takes_it_away =>
        Story::of(Shelf::model("ada/tiny").file("model.safetensors", weights(1)).card("base_model: ada/base", "# Tiny\n").file("finetune.py", TRAINS))
            .within(Commons::new().with(Shelf::model("ada/base").file("model.safetensors", weights(2))))
            .goes(TrainingCode, Missing, Nothing, Nothing);
    code_elsewhere_trains => Story::of(model(AVAILABLE)).within(forge("src/main.py", TRAINS)).goes(TrainingCode, Verified, Full, Full).goes(CodeLicence, Verified, Full, Full);
    code_elsewhere_does_not_exist =>
        Story::of(model(AVAILABLE)).is(TrainingCode, Contradicted).contradicts("X7", Proves);
    code_elsewhere_shows_only => Story::of(model(AVAILABLE)).within(forge("demo.py", DEMONSTRATES)).is(TrainingCode, Claimed).contradicts("X7", Suggests);
    code_elsewhere_is_a_readme =>
        Story::of(model(AVAILABLE)).within(forge("README.md", "Code coming soon.\n")).contradicts("X7", Suggests);
    code_elsewhere_is_out_of_reach =>
        Story::of(model(AVAILABLE)).within(forge("demo.py", DEMONSTRATES).when_cut_off())
            .goes(TrainingCode, Claimed, Nothing, Full)
            .is(CodeLicence, Unchecked)
            .is(Architecture, Unchecked)
            .is(InferenceCode, Unchecked);
    code_that_is_to_come_is_not_claimed =>
        Story::of(model("The training code will be released at https://github.com/ada/tiny soon.\n")).is(TrainingCode, Missing);
    code_is_claimed_and_is_here =>
        Story::of(model("The training code is available in this repository.\n").file("train.py", TRAINS)).is(TrainingCode, Verified);
    code_is_claimed_and_linked_nowhere =>
        Story::of(model("The training code is available on request of nobody, in this repository.\n")).is(TrainingCode, Missing);
    code_is_claimed_and_is_nowhere =>
        Story::of(model("The training code is available in this repository.\n")).is(TrainingCode, Claimed).contradicts("X7", Suggests);
    code_is_claimed_at_another_sort_of_place =>
        Story::of(model("The training code is available at https://files.example.org/code.zip.\n")).is(TrainingCode, Claimed);
    a_class_of_a_library_is_its_architecture =>
        Story::of(model("# Tiny\n").file("config.json", config(4, 1))).goes(Architecture, Verified, Full, Full).goes(InferenceCode, Verified, Full, Full).is(CodeLicence, Verified);
    a_class_that_nobody_knows_is_claimed =>
        Story::of(model("# Tiny\n").file("config.json", r#"{"architectures":["EveForCausalLM"]}"#)).is(Architecture, Claimed);
    a_class_in_the_repository_is_its_architecture =>
        Story::of(model("# Tiny\n")
            .file("config.json", r#"{"architectures":["TinyForCausalLM"],"auto_map":{"AutoModelForCausalLM":"modeling_tiny.TinyForCausalLM"}}"#)
            .file("modeling_tiny.py", "import torch.nn as nn\n\nclass TinyForCausalLM(nn.Module):\n    def forward(self, x):\n        return x\n"))
            .goes(Architecture, Verified, Full, Full);
    a_file_that_defines_another_class_is_not =>
        Story::of(model("# Tiny\n")
            .file("config.json", r#"{"architectures":["TinyForCausalLM"],"auto_map":{"AutoModelForCausalLM":"modeling_tiny.TinyForCausalLM"}}"#)
            .file("modeling_tiny.py", "print('TinyForCausalLM')\n"))
            .is(Architecture, Claimed);
    code_that_evaluates_is_verified =>
        Story::of(model("# Tiny\n").file("eval.py", format!("import evaluate\nmetric = evaluate.load('accuracy')\n{}", "count = count + 1\n".repeat(20))))
            .is(EvaluationCode, Verified);
    a_program_named_eval_does_nothing_of_it =>
        Story::of(model("# Tiny\n").file("eval.py", SPEAKS_OF_TRAINING)).is(EvaluationCode, Missing);
    needs_are_listed => Story::of(model("# Tiny\n").file("requirements.txt", "torch==2.4\n")).goes(Tooling, Verified, Full, Full);
    an_empty_list_lists_no_needs => Story::of(model("# Tiny\n").file("requirements.txt", "# to be written\n")).is(Tooling, Missing);
    a_snippet_shows_how_to_run_it =>
        Story::of(model("# Tiny\n\n```python\nfrom transformers import pipeline\npipeline('text-generation', 'ada/tiny')\n```\n")).goes(InferenceCode, Claimed, Nothing, Partial);
    own_code_has_a_licence_of_its_own =>
        Story::of(model("# Tiny\n").file("train.py", TRAINS).file("LICENSE-CODE", text_of("Apache-2.0"))).goes(CodeLicence, Verified, Full, Full);
    a_sparse_loop_is_a_part =>
        Story::of(model("# Tiny\n").file("train.py", format!("import torch\n{}for batch in data:\n    model(batch).backward()\n    optimizer.step()\n", "count = count + 1\n".repeat(15))))
            .goes(TrainingCode, Verified, Partial, Partial);
}
