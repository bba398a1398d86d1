"""A dataset is pushed with datasets, and loaded at once or as a stream on another computer."""

from both_ways import both_ways

ROWS = 20_000


@both_ways
def test_a_dataset_is_pushed_and_loaded_whole_and_as_a_stream(hub, ada, without_xet):
    ada.does(push)
    reader = hub.home("reader", without_xet=without_xet)
    assert reader.does(load) == {
        "splits": {"test": 100, "train": ROWS},
        "sum": sum(range(ROWS)),
        "streamed": sum(range(ROWS)),
        "first": {"number": 0, "text": "row 0"},
    }


def push():
    from datasets import Dataset, DatasetDict

    def rows(count):
        return Dataset.from_dict({"number": list(range(count)), "text": [f"row {n}" for n in range(count)]})

    DatasetDict({"train": rows(ROWS), "test": rows(100)}).push_to_hub("ada/numbers", max_shard_size="200KB")


def load():
    from datasets import load_dataset

    whole = load_dataset("ada/numbers")
    stream = load_dataset("ada/numbers", split="train", streaming=True)
    return {
        "splits": {name: len(rows) for name, rows in whole.items()},
        "sum": sum(whole["train"]["number"]),
        "streamed": sum(row["number"] for row in stream),
        "first": next(iter(stream)),
    }


def test_tables_uploaded_as_files_load_as_a_dataset(ada):
    folder = ada.folder / "tables"
    (folder / "data").mkdir(parents=True)
    (folder / "data" / "train.csv").write_text("word,count\nwater,3\nstone,4\n")
    (folder / "data" / "test.csv").write_text("word,count\nwind,5\n")
    (folder / "README.md").write_text(
        "---\nconfigs:\n- config_name: default\n  data_files:\n  - split: train\n    path: data/train.csv\n"
        "- config_name: other\n  data_files:\n  - split: test\n    path: data/test.csv\n---\n# Words\n"
    )
    ada.hf("upload", "ada/words", folder, "--type", "dataset")
    assert ada.does(load_tables) == [["water", "stone"], [5]]


def load_tables():
    from datasets import load_dataset

    train = load_dataset("ada/words", split="train")
    other = load_dataset("ada/words", "other", split="test")
    return [train["word"][:], other["count"][:]]
