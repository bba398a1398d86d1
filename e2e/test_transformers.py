"""A real model and its tokenizer are pushed with transformers, and loaded again on another computer."""

from both_ways import both_ways


@both_ways
def test_a_model_is_pushed_and_loaded_by_its_name(hub, ada, without_xet):
    pushed = ada.does(push)
    reader = hub.home("reader", without_xet=without_xet)
    assert reader.does(load) == pushed


def push():
    import torch
    from tokenizers import Tokenizer, models, pre_tokenizers
    from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

    torch.manual_seed(0)
    words = {"[UNK]": 0, "[PAD]": 1, "clear": 2, "water": 3, "runs": 4}
    tokenizer = Tokenizer(models.WordLevel(words, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]")
    config = BertConfig(
        vocab_size=5, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64
    )
    model = BertModel(config).eval()
    model.push_to_hub("ada/tiny-bert")
    tokenizer.push_to_hub("ada/tiny-bert")
    return answers(model, tokenizer)


def load():
    from transformers import AutoModel, AutoTokenizer

    model = AutoModel.from_pretrained("ada/tiny-bert").eval()
    return answers(model, AutoTokenizer.from_pretrained("ada/tiny-bert"))


def answers(model, tokenizer):
    """What a model says to a sentence."""
    import torch

    with torch.no_grad():
        state = model(**tokenizer("clear water runs deep", return_tensors="pt")).last_hidden_state
    return [round(number, 5) for number in state.flatten().tolist()]


def test_a_private_model_loads_for_its_owner_only(hub, ada, eve):
    ada.does(push)
    ada.hf("repos", "settings", "ada/tiny-bert", "--private")
    assert len(ada.elsewhere().does(load)) > 0
    assert eve.does(cannot_load) == "OSError"


def cannot_load():
    from transformers import AutoModel

    try:
        AutoModel.from_pretrained("ada/tiny-bert")
    except OSError:
        return "OSError"
