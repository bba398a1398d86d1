//! Stories of weights: whole, lacking, lost, named and not there, counted and claimed.

use limpide_openness::Criterion::{Access, BaseWeights, Checkpoints, FinalWeights, InferenceCode};
use limpide_openness::Degree::{Full, None as Nothing, Partial};
use limpide_openness::Gate;
use limpide_openness::Severity::{Proves, Suggests};
use limpide_openness::Status::{Claimed, Contradicted, Missing, NotApplicable, Unchecked, Verified};

use crate::commons::{Commons, Shelf};
use crate::made::{config, gguf, index, pointer, safetensors, weights};
use crate::story::{Story, stories};

const ONE: &str = "model-00001-of-00002.safetensors";
const TWO: &str = "model-00002-of-00002.safetensors";
const INDEX: &str = "model.safetensors.index.json";

fn tiny() -> Shelf {
    Shelf::model("ada/tiny").file("model.safetensors", weights(1))
}

/// A model of ten thousand parameters, with this said of it.
fn said(text: &str) -> Shelf {
    let tensors = safetensors(&[("layer.0", "F32", &[100, 100])], 1);
    Shelf::model("ada/tiny").file("model.safetensors", tensors).card("language: en", text)
}

stories! {
    an_empty_repository_has_no_weights => Story::of(Shelf::model("ada/tiny")).is(FinalWeights, Missing);
    one_whole_file_is_verified => Story::of(tiny()).goes(FinalWeights, Verified, Full, Full);
    whole_shards_are_verified =>
        Story::of(Shelf::model("ada/tiny").file(ONE, weights(1)).file(TWO, weights(2)).file(INDEX, index(&[ONE, TWO])))
            .goes(FinalWeights, Verified, Full, Full);
    a_shard_that_the_index_names_is_not_there =>
        Story::of(Shelf::model("ada/tiny").file(ONE, weights(1)).file(INDEX, index(&[ONE, TWO])))
            .is(FinalWeights, Contradicted)
            .contradicts("X8", Proves);
    a_shard_is_lacking_by_its_number =>
        Story::of(Shelf::model("ada/tiny").file(ONE, weights(1))).goes(FinalWeights, Missing, Nothing, Nothing);
    shards_of_pickles_are_lacking_beside_whole_safetensors =>
        Story::of(tiny().file("pytorch_model.bin.index.json", index(&["pytorch_model-00001-of-00002.bin"])))
            .goes(FinalWeights, Verified, Full, Full);
    an_object_is_lost_and_nothing_is_said =>
        Story::of(Shelf::model("ada/tiny").lost("model.safetensors", 4000)).is(FinalWeights, Missing);
    an_object_is_lost_and_the_card_says_it_is_released =>
        Story::of(Shelf::model("ada/tiny").lost("model.safetensors", 4000).card("language: en", "The weights are available for download.\n"))
            .is(FinalWeights, Contradicted)
            .contradicts("X8", Proves);
    a_folder_of_pointers_is_claimed =>
        Story::of(Shelf::model("ada/tiny").in_a_folder().pointer("model.safetensors", 4000))
            .goes(FinalWeights, Claimed, Nothing, Full);
    a_pointer_stands_where_the_weights_should =>
        Story::of(Shelf::model("ada/tiny").file("model.safetensors", pointer())).is(FinalWeights, Missing);
    an_empty_file_is_no_weights =>
        Story::of(Shelf::model("ada/tiny").file("model.safetensors", "")).is(FinalWeights, Missing);
    a_header_without_tensors_is_no_weights =>
        Story::of(Shelf::model("ada/tiny").file("model.safetensors", safetensors(&[], 0))).is(FinalWeights, Missing);
    a_file_that_ends_before_its_tensors_is_broken =>
        Story::of(Shelf::model("ada/tiny").file("model.safetensors", &weights(1)[..500])).is(FinalWeights, Missing);
    a_text_called_pickle_is_no_weights =>
        Story::of(Shelf::model("ada/tiny").file("pytorch_model.bin", "see the other repository")).is(FinalWeights, Missing);
    a_pickle_is_there_and_not_counted =>
        Story::of(Shelf::model("ada/tiny").file("pytorch_model.bin", [b"PK\x03\x04".as_slice(), &[0; 60]].concat()))
            .is(FinalWeights, Verified);
    one_tensor_is_no_model_of_seven_billion =>
        Story::of(tiny().file("config.json", config(4096, 32))).goes(FinalWeights, Claimed, Nothing, Partial);
    one_tensor_may_be_a_small_model =>
        Story::of(tiny().file("config.json", config(4, 1))).goes(FinalWeights, Verified, Full, Full);
    an_adapter_without_a_base_is_nothing =>
        Story::of(Shelf::model("ada/lora").file("adapter_model.safetensors", weights(1)).file("adapter_config.json", r#"{"peft_type":"LORA"}"#))
            .goes(FinalWeights, Missing, Nothing, Nothing)
            .is(BaseWeights, NotApplicable);
    an_adapter_with_its_base_is_whole =>
        Story::of(Shelf::model("ada/lora").file("adapter_model.safetensors", weights(2)).file("adapter_config.json", r#"{"peft_type":"LORA","base_model_name_or_path":"ada/tiny"}"#))
            .within(Commons::new().with(tiny()))
            .goes(FinalWeights, Verified, Full, Full)
            .goes(BaseWeights, Verified, Full, Full);
    the_base_does_not_exist =>
        Story::of(tiny().card("base_model: ada/base", "# Tiny\n")).is(BaseWeights, Missing);
    the_base_is_private =>
        Story::of(tiny().card("base_model: ada/base", "# Tiny\n"))
            .within(Commons::new().with(Shelf::model("ada/base").private()))
            .goes(BaseWeights, Claimed, Nothing, Partial);
    the_base_is_gated =>
        Story::of(tiny().card("base_model: ada/base", "# Tiny\n"))
            .within(Commons::new().with(Shelf::model("ada/base").file("model.safetensors", weights(3)).gated(Gate::Auto)))
            .goes(BaseWeights, Verified, Partial, Partial);
    the_base_has_no_weights =>
        Story::of(tiny().card("base_model: ada/base", "# Tiny\n"))
            .within(Commons::new().with(Shelf::model("ada/base").card("license: other", "# Base\n")))
            .is(BaseWeights, Missing);
    the_base_lacks_a_shard =>
        Story::of(tiny().card("base_model: ada/base", "# Tiny\n"))
            .within(Commons::new().with(Shelf::model("ada/base").file(ONE, weights(1)).file(INDEX, index(&[ONE, TWO]))))
            .is(BaseWeights, Missing);
    the_base_is_out_of_reach =>
        Story::of(tiny().card("base_model: ada/base", "# Tiny\n"))
            .within(Commons::new().with(Shelf::model("ada/base").file("model.safetensors", weights(3))).when_cut_off())
            .is(BaseWeights, Unchecked);
    checkpoints_hold_different_weights =>
        Story::of(tiny().revision("step1000", "model.safetensors", weights(2)).revision("step2000", "model.safetensors", weights(3)))
            .goes(Checkpoints, Verified, Full, Full);
    checkpoints_are_the_same_bytes =>
        Story::of(tiny().revision("step1000", "model.safetensors", weights(2)).revision("step2000", "model.safetensors", weights(2)))
            .is(Checkpoints, Missing);
    checkpoints_that_are_the_same_bytes_are_claimed =>
        Story::of(tiny()
            .card("language: en", "All intermediate checkpoints are available as branches.\n")
            .revision("step1000", "model.safetensors", weights(2))
            .revision("step2000", "model.safetensors", weights(2)))
            .is(Checkpoints, Contradicted)
            .contradicts("X10", Proves);
    branches_that_are_no_checkpoints_are_none =>
        Story::of(tiny().revision("dev2", "model.safetensors", weights(2)).revision("fp16", "model.safetensors", weights(3)))
            .is(Checkpoints, Missing);
    checkpoints_lie_in_folders =>
        Story::of(Shelf::model("ada/tiny").file("checkpoint-500/model.safetensors", weights(1)).file("checkpoint-1000/model.safetensors", weights(2)))
            .goes(Checkpoints, Verified, Full, Full)
            .goes(FinalWeights, Verified, Full, Full);
    the_state_of_an_optimizer_is_part_of_a_checkpoint =>
        Story::of(tiny().file("optimizer.pt", [b"PK\x03\x04".as_slice(), &[0; 60]].concat()))
            .goes(Checkpoints, Claimed, Nothing, Partial);
    an_empty_optimizer_is_none => Story::of(tiny().file("optimizer.pt", "")).is(Checkpoints, Missing);
    checkpoints_of_a_folder_cannot_be_seen => Story::of(tiny().in_a_folder()).is(Checkpoints, Unchecked);
    the_number_of_parameters_is_right => Story::of(said("Tiny has 10,000 parameters.\n"));
    the_number_of_parameters_is_rounded => Story::of(said("Tiny has 0.01M parameters.\n"));
    the_number_of_parameters_is_a_tenth_too_high =>
        Story::of(said("Tiny has 11,000 parameters.\n")).contradicts("X9", Proves);
    the_number_of_parameters_is_four_per_cent_off => Story::of(said("Tiny has 10,400 parameters.\n"));
    one_of_two_numbers_of_parameters_is_right =>
        Story::of(said("The family has 10,000 parameters.\n\nThe big sister has 70,000 parameters.\n"));
    a_mixture_counts_all_its_experts =>
        Story::of(said("A mixture of experts with 10,000 total parameters and 2,000 active parameters.\n"));
    a_mixture_counts_too_many =>
        Story::of(said("A mixture of experts with 47,000 total parameters and 2,000 active parameters.\n"))
            .contradicts("X9", Proves);
    a_name_promises_more_than_there_is =>
        Story::of(Shelf::model("ada/tiny-7b").file("model.safetensors", weights(1)).card("language: en", "# Tiny\n"))
            .contradicts("X9", Suggests);
    a_quantised_file_is_counted_by_its_elements =>
        Story::of(Shelf::model("ada/tiny").file("tiny.gguf", gguf(&[("general.base_model.0.repo_url", "https://hub.example.org/ada/base")], 12, 2560)).card("language: en", "It has 2,560 parameters.\n"))
            .within(Commons::new().with(Shelf::model("ada/base").file("model.safetensors", weights(3))))
            .goes(InferenceCode, Verified, Partial, Full)
            .is(FinalWeights, Verified);
    quantised_weights_name_no_base =>
        Story::of(Shelf::model("ada/tiny-gguf").file("tiny.gguf", gguf(&[], 12, 2560)).card("language: en", "# Tiny\n"))
            .contradicts("X9", Suggests);
    whole_weights_in_gguf_are_no_repackage =>
        Story::of(Shelf::model("ada/tiny-gguf").file("tiny.gguf", gguf(&[], 0, 512)).card("language: en", "# Tiny\n"));
    quantised_weights_name_their_base =>
        Story::of(Shelf::model("ada/tiny-gguf").file("tiny.gguf", gguf(&[], 12, 2560)).card("base_model: ada/base\nbase_model_relation: quantized", "# Tiny\n"))
            .within(Commons::new().with(Shelf::model("ada/base").file("model.safetensors", weights(3))));
    the_same_bytes_are_those_of_another =>
        Story::of(Shelf::model("eve/mine").file("model.safetensors", weights(1)).card("language: en", "Trained from scratch.\n"))
            .within(Commons::new().with(tiny()))
            .contradicts("X9", Suggests);
    the_same_bytes_are_those_of_the_base =>
        Story::of(Shelf::model("eve/mine").file("model.safetensors", weights(1)).card("base_model: ada/tiny", "# Mine\n"))
            .within(Commons::new().with(tiny()))
            .is(BaseWeights, Verified);
    a_configuration_was_saved_from_another_model =>
        Story::of(said("# Tiny\n").file("config.json", r#"{"_name_or_path":"meta/llama"}"#)).contradicts("X9", Suggests);
    a_configuration_was_saved_from_an_earlier_one_of_the_same_owner =>
        Story::of(said("# Tiny\n").file("config.json", r#"{"_name_or_path":"ada/tiny-before"}"#));
    a_configuration_was_saved_from_a_folder =>
        Story::of(said("# Tiny\n").file("config.json", r#"{"_name_or_path":"/home/ada/out"}"#));
    weights_are_released_and_one_has_to_ask =>
        Story::of(said("The weights are publicly available.\n").gated(Gate::Manual))
            .is(Access, Contradicted)
            .is(FinalWeights, Verified)
            .contradicts("X8", Proves);
    weights_are_released_and_one_has_to_agree =>
        Story::of(said("The weights are publicly available.\n").gated(Gate::Auto)).is(Access, Verified);
    weights_are_released_and_there_are_none =>
        Story::of(Shelf::model("ada/tiny").card("language: en", "We release the weights of Tiny.\n"))
            .is(FinalWeights, Contradicted)
            .contradicts("X8", Proves);
    weights_lie_in_another_repository =>
        Story::of(Shelf::model("ada/tiny").card("language: en", "The weights are available [here](https://hub.example.org/ada/tiny-hf).\n"))
            .is(FinalWeights, Missing);
}
