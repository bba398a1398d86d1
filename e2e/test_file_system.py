"""The hub as a file system: `hf://` paths read, written and listed by fsspec."""

from both_ways import both_ways


@both_ways
def test_paths_are_written_read_listed_copied_and_removed(ada):
    assert ada.does(use_paths) == {
        "listed": ["ada/disk/.gitattributes", "ada/disk/folder"],
        "found": ["ada/disk/folder/large.bin", "ada/disk/folder/words.txt"],
        "words": "some words",
        "middle": True,
        "size": 6_000_000,
        "copied": True,
        "gone": False,
    }


def use_paths():
    from huggingface_hub import HfApi, HfFileSystem

    HfApi().create_repo("ada/disk")
    disk, data = HfFileSystem(), bytes(range(250)) * 24_000
    with disk.open("ada/disk/folder/words.txt", "w") as file:
        file.write("some words")
    with disk.open("ada/disk/folder/large.bin", "wb") as file:
        file.write(data)
    with disk.open("ada/disk/folder/large.bin", "rb", block_size=1 << 20) as file:
        file.seek(3_000_000)
        middle = file.read(2_000_000)
    disk.cp_file("ada/disk/folder/large.bin", "ada/disk/copy.bin")
    copied = disk.cat_file("ada/disk/copy.bin") == data
    disk.rm("ada/disk/copy.bin")
    return {
        "listed": sorted(disk.ls("ada/disk", detail=False)),
        "found": sorted(disk.glob("ada/disk/folder/*")),
        "words": disk.read_text("ada/disk/folder/words.txt"),
        "middle": middle == data[3_000_000:5_000_000],
        "size": disk.info("ada/disk/folder/large.bin")["size"],
        "copied": copied,
        "gone": disk.exists("ada/disk/copy.bin"),
    }


def test_pandas_reads_and_writes_a_table_by_its_path(ada):
    assert ada.does(use_table) == [1, 2, 3]


def use_table():
    import pandas
    from huggingface_hub import HfApi

    HfApi().create_repo("ada/table", repo_type="dataset")
    pandas.DataFrame({"number": [1, 2, 3]}).to_parquet("hf://datasets/ada/table/numbers.parquet")
    return pandas.read_parquet("hf://datasets/ada/table/numbers.parquet")["number"].tolist()
