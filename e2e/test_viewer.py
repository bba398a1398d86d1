"""The pages of a dataset show the very rows that `datasets` loads, in the same splits."""

import html
import re
import urllib.parse
import urllib.request

import pytest


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
def test_pages_show_what_datasets_loads(hub, ada, form):
    loaded = ada.does(share, form)
    for split, rows in loaded.items():
        shown = pages(hub, f"/datasets/ada/{form}/viewer/main/default/{split}")
        assert [[cell if cell != "–" else "" for cell in row] for row in shown] == rows, split


def test_a_split_of_many_megabytes_is_entered_anywhere_and_never_loaded(hub, ada):
    ada.does(large)
    before = hub.memory()
    last = pages(hub, "/datasets/ada/large/viewer/main/default/train", row=1_999_990)
    assert [row[0] for row in last] == [str(row) for row in range(1_999_990, 2_000_000)]
    page = fetch(hub, "/datasets/ada/large/viewer/main/default/train?view=columns")
    assert "100,000" in page and "which has more" in page
    assert hub.memory() - before < 200 << 20


def share(form: str):
    """Runs as a person: shares tables with odd texts in two splits, and gives what `datasets` loads as a reader sees it."""
    import json
    from pathlib import Path

    import pyarrow
    import pyarrow.csv
    import pyarrow.parquet
    from datasets import load_dataset
    from huggingface_hub import HfApi

    odd = ["a, b", 'say "x"', "two\nlines", "", "é 中 🙂", "<b>&amp;</b>", "tab\there", "0012", " spaces "]

    def table(count: int) -> pyarrow.Table:
        texts = [f"{odd[row % len(odd)]}{row}" for row in range(count)]
        return pyarrow.table({"number": list(range(count)), "text": texts, "half": [row + 0.25 for row in range(count)]})

    folder = Path("tables") / form
    folder.mkdir(parents=True)
    for split, count in {"train": 230, "test": 7}.items():
        rows, path = table(count), folder / f"{split}.{form}"
        if form == "parquet":
            pyarrow.parquet.write_table(rows, path, row_group_size=50)
        elif form == "csv":
            pyarrow.csv.write_csv(rows, path)
        else:
            path.write_text("".join(json.dumps(row) + "\n" for row in rows.to_pylist()))
    api = HfApi()
    api.create_repo(f"ada/{form}", repo_type="dataset")
    api.upload_folder(repo_id=f"ada/{form}", repo_type="dataset", folder_path=folder)

    loaded = load_dataset(f"ada/{form}")
    return {split: [[str(value) for value in row.values()] for row in rows] for split, rows in loaded.items()}


def large():
    """Two million rows of Parquet, which cannot be packed well."""
    import random
    from pathlib import Path

    import pyarrow
    import pyarrow.parquet
    from huggingface_hub import HfApi

    source = random.Random(7)
    path = Path("train.parquet")
    schema = pyarrow.schema([("number", pyarrow.int64()), ("noise", pyarrow.binary())])
    with pyarrow.parquet.ParquetWriter(path, schema) as writer:
        for start in range(0, 2_000_000, 100_000):
            noise = source.randbytes(100 * 100_000)
            cells = [noise[at:at + 100] for at in range(0, len(noise), 100)]
            writer.write_table(pyarrow.table({"number": list(range(start, start + 100_000)), "noise": cells}, schema))
    api = HfApi()
    api.create_repo("ada/large", repo_type="dataset")
    api.upload_file(repo_id="ada/large", repo_type="dataset", path_or_fileobj=path, path_in_repo="train.parquet")


def pages(hub, address: str, **asked) -> list[list[str]]:
    """The cells of a page and of all that follow."""
    rows, address = [], address + ("?" + urllib.parse.urlencode(asked) if asked else "")
    while address:
        page = fetch(hub, address)
        for row in re.findall(r"<tr><th scope=\"row\".*?</tr>", page, re.DOTALL):
            rows.append([html.unescape(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)])
        following = re.search(r'rel="next" href="([^"]*)"', page)
        address = html.unescape(following[1]) if following else None
    return rows


def fetch(hub, address: str) -> str:
    with urllib.request.urlopen(hub.url + address) as answer:
        return answer.read().decode()
