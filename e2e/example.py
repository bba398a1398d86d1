"""A small commons with something of everything, for those who look at pages: the tests of pages and `scripts/screenshots`.

`furnish` fills a hub through the stock client; `PAGES` lists what there is to see, one page a line.
"""

import json
import struct
import time
import urllib.request
import zlib
from pathlib import Path
from typing import NamedTuple

from hub import Hub
from programs import cache

PASSWORD = "correct horse battery"
PEOPLE = {"ada": "Ada Lovelace", "eve": "Ève Durand", "root": "Radia"}
LONG = "a-model-whose-name-is-so-long-that-it-must-break-somewhere-on-a-telephone-of-today"
# It calls `os.system` when it is loaded; what it would run does no harm.
MALICIOUS = b"cos\nsystem\n(S'echo limpide-test'\ntR."


class Page(NamedTuple):
    """A page: who looks, where, and how it answers. `shot` names the file of its picture."""

    who: str
    address: str
    status: int = 200
    shot: str = ""


# `nobody` is not signed in, `eve` is a user, `ada` owns what she looks at, `root` administers the hub.
PAGES = [
    Page("nobody", "/", shot="home"),
    Page("nobody", "/models", shot="models"),
    Page("nobody", "/models?search=tiny&sort=openness", shot="search"),
    Page("nobody", "/models?search=nothing-is-called-so", shot="search-empty"),
    Page("nobody", "/datasets", shot="datasets"),
    Page("nobody", "/spaces", shot="spaces"),
    Page("nobody", "/login", shot="login"),
    Page("nobody", "/join", shot="join"),
    Page("nobody", "/ada", shot="user"),
    Page("nobody", "/lab", shot="organisation"),
    Page("nobody", "/ada/tiny", shot="model"),
    Page("nobody", "/ada/tiny/tree/main", shot="files"),
    Page("nobody", "/ada/tiny/tree/main/code", shot="folder"),
    Page("nobody", "/ada/tiny/commits/main", shot="history"),
    Page("nobody", "/ada/tiny/commit/main", shot="commit"),
    Page("nobody", "/ada/tiny/blob/main/README.md", shot="file-card"),
    Page("nobody", "/ada/tiny/blob/main/code/train.py", shot="file-code"),
    Page("nobody", "/ada/tiny/blame/main/code/train.py", shot="blame"),
    Page("nobody", "/ada/tiny/blob/main/code/look.ipynb", shot="file-notebook"),
    Page("nobody", "/ada/tiny/blob/main/config.json", shot="file-json"),
    Page("nobody", "/ada/tiny/blob/main/LICENSE?bytes=200-420", shot="file-bytes"),
    Page("nobody", "/ada/tiny/blob/main/model.safetensors", shot="file-tensors"),
    Page("nobody", "/ada/tiny/blob/main/loss.png", shot="file-picture"),
    Page("nobody", "/lab/risky/blob/main/weights.pkl", shot="file-malicious"),
    Page("nobody", "/datasets/ada/words/blob/main/data/train-00000-of-00002.parquet", shot="file-parquet"),
    Page("nobody", "/ada/tiny/blob/main/logs/2026-11-28/run.csv", shot="file-csv"),
    Page("nobody", "/ada/tiny/openness", shot="openness"),
    Page("nobody", "/ada/tiny/safety", shot="safety"),
    Page("nobody", "/ada/tiny/lineage", shot="lineage"),
    Page("nobody", "/lab/claims/openness", shot="openness-contradicted"),
    Page("nobody", "/lab/risky/safety", shot="safety-malicious"),
    Page("nobody", "/eve/derived/lineage", shot="lineage-derived"),
    Page("nobody", "/eve/derived/blob/main/NOTES.md", shot="file-markdown"),
    Page("nobody", "/eve/derived/blob/main/walks.pdf?page=2", shot="file-pdf"),
    Page("nobody", f"/eve/{LONG}", shot="long-name"),
    Page("nobody", f"/eve/{LONG}/tree/main", shot="long-files"),
    Page("nobody", "/ada/empty", shot="model-empty"),
    Page("nobody", "/ada/gated", shot="model-gated"),
    Page("nobody", "/datasets/ada/words", shot="dataset"),
    Page("nobody", "/datasets/ada/words/tree/main", shot="dataset-files"),
    Page("nobody", "/datasets/ada/words/openness", shot="dataset-openness"),
    Page("nobody", "/datasets/ada/words/viewer", shot="rows"),
    Page("nobody", "/datasets/ada/words/viewer/main/default/train?view=columns", shot="columns"),
    Page("nobody", "/datasets/ada/words/viewer/main/default/train?q=nothing+is+called+so", shot="rows-none"),
    Page("nobody", "/datasets/ada/words/viewer/main/default/train?column=count&test=above&value=290&file=1", shot="rows-filtered"),
    Page("nobody", "/datasets/ada/words/viewer/main/default/test?row=1&alone=true", shot="row"),
    Page("nobody", "/datasets/lab/pictures/viewer", shot="rows-pictures"),
    Page("nobody", "/datasets/lab/nothing/viewer", shot="rows-no-split"),
    Page("nobody", "/spaces/ada/demo", shot="space"),
    Page("nobody", "/compare", shot="compare-empty"),
    Page("nobody", "/compare?repo=ada/tiny&repo=lab/claims&repo=eve/derived", shot="compare"),
    Page("nobody", "/docs", shot="guide"),
    Page("nobody", "/docs/safety.md", shot="guide-page"),
    Page("nobody", "/docs/api", shot="guide-api"),
    Page("nobody", "/nobody/nothing", 404, shot="not-found"),
    Page("nobody", "/ada/tiny/tree/nothing", 404, shot="no-revision"),
    Page("nobody", "/ada/quiet", 404),
    Page("eve", "/", shot="home-signed-in"),
    Page("eve", "/ada/tiny"),
    Page("eve", "/ada/quiet", 404),
    Page("ada", "/ada", shot="user-self"),
    Page("ada", "/ada/tiny", shot="model-owner"),
    Page("ada", "/ada/tiny/tree/main", shot="files-owner"),
    Page("ada", "/ada/tiny/openness", shot="openness-owner"),
    Page("ada", "/ada/tiny/safety"),
    Page("ada", "/ada/tiny/upload/main", shot="upload"),
    Page("ada", "/ada/tiny/edit/main/README.md", shot="edit"),
    Page("ada", "/ada/quiet", shot="model-private"),
    Page("ada", "/new", shot="new"),
    Page("ada", "/settings", shot="settings"),
    Page("ada", "/settings/tokens", shot="settings-tokens"),
    Page("ada", "/settings/keys", shot="settings-keys"),
    Page("ada", "/settings/sessions", shot="settings-sessions"),
    Page("ada", "/settings/notices", shot="settings-notices"),
    Page("ada", "/organizations/new", shot="organisation-new"),
    Page("ada", "/organizations/lab/settings", shot="organisation-settings"),
    Page("ada", "/ada/tiny/settings", shot="model-settings"),
    Page("root", "/", shot="home-administrator"),
    Page("root", "/administration", shot="administration"),
    Page("root", "/administration/storage", shot="administration-storage"),
    Page("root", "/administration/work", shot="administration-work"),
    Page("root", "/administration/events", shot="administration-events"),
]


def furnish(hub: Hub) -> None:
    """Makes people, an organisation and repositories, and waits until all is audited and scanned."""
    tokens = {name: member(hub, name, full_name) for name, full_name in PEOPLE.items()}
    hub.command("org", "create", "lab", "--full-name", "Laboratory of Small Models")
    hub.command("org", "member", "add", "lab", "ada", "--role", "admin")
    hub.command("org", "member", "add", "lab", "eve", "--role", "write")
    made = repos()
    keeper = hub.home("ada", tokens["ada"])
    (keeper.folder / "repos.json").write_text(json.dumps([repo.written() for repo in made]))
    keeper.does(fill, tokens)
    for repo in made:
        wait(hub, repo.kind, repo.id, tokens[repo.keeper])


def member(hub: Hub, name: str, full_name: str) -> str:
    """A user who signs in with a password; gives a token, too."""
    more = ["--admin"] if name == "root" else []
    hub.command("user", "create", name, "--full-name", full_name, "--password-stdin", *more, stdin=PASSWORD)
    return hub.command("token", "create", name, "--role", "write").strip()


class Repo(NamedTuple):
    """A repository as it is to be: its files by commit."""

    kind: str
    id: str
    keeper: str
    commits: list[tuple[str, dict[str, bytes]]]
    private: bool = False
    gated: bool = False

    def written(self) -> "Repo":
        """The same with bytes as text, for JSON."""
        commits = [(title, {path: data.hex() for path, data in files.items()}) for title, files in self.commits]
        return self._replace(commits=commits)


def fill(tokens):
    """Runs as a person with a client: makes the repositories that `repos.json` describes."""
    from huggingface_hub import CommitOperationAdd, HfApi

    for repo in (Repo(*fields) for fields in json.loads(Path("repos.json").read_text())):
        api = HfApi(token=tokens[repo.keeper])
        sdk = {"space_sdk": "static"} if repo.kind == "space" else {}
        api.create_repo(repo.id, repo_type=repo.kind, private=repo.private, **sdk)
        for title, files in repo.commits:
            adds = [CommitOperationAdd(path, bytes.fromhex(data)) for path, data in files.items()]
            api.create_commit(repo.id, adds, commit_message=title, repo_type=repo.kind)
        if repo.gated:
            api.update_repo_settings(repo.id, repo_type=repo.kind, gated="auto")
    api = HfApi(token=tokens["ada"])
    api.create_branch("ada/tiny", branch="feature/longer-context")
    api.create_tag("ada/tiny", tag="v1.0", tag_message="The first that is whole")
    for name in ("eve", "root"):
        HfApi(token=tokens[name]).snapshot_download("ada/tiny", local_dir="copy")


def wait(hub: Hub, kind: str, name: str, token: str | None = None) -> None:
    """Until a repository is audited and scanned."""
    for what in ("openness", "security"):
        for _ in range(600):
            headers = {"Authorization": f"Bearer {token}"} if token else {}
            request = urllib.request.Request(f"{hub.url}/api/{kind}s/{name}/{what}", headers=headers)
            with urllib.request.urlopen(request) as answer:
                if answer.status == 200:
                    break
            time.sleep(0.1)
        else:
            raise AssertionError(f"{name}: {what} is not known after a minute")


def repos() -> list[Repo]:
    """What is on the hub."""
    apache, non_commercial = licence("apache-2.0"), licence("cc-by-nc-4.0")
    start = {"README.md": card("license: apache-2.0", "# Tiny\n"), "model.safetensors": weights(1)}
    whole = {
        "README.md": card(TINY_FIELDS, TINY_CARD),
        "LICENSE": apache,
        "config.json": config(10, 2),
        "tokenizer.json": json.dumps({"version": "1.0", "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}).encode(),
        "code/train.py": TRAINS.encode(),
        "code/model.py": MODEL.encode(),
        "code/evaluate.py": b"import json\n\nprint(json.dumps({'accuracy': 0.5}))\n",
        "code/look.ipynb": notebook(),
        "loss.png": picture(),
        "logs/2026-11-28/run.csv": b"step,loss\n1,2.5\n2,2.25\n",
    }
    words = {
        "README.md": card(WORDS_FIELDS, WORDS_CARD), "LICENSE": licence("cc0-1.0"),
        "data/train-00000-of-00002.parquet": parquet(range(200)),
        "data/train-00001-of-00002.parquet": parquet(range(200, 300)),
        "data/test-00000-of-00001.parquet": parquet(range(300, 320)),
    }
    claims = {
        "README.md": card(CLAIMS_FIELDS, CLAIMS_CARD), "LICENSE": non_commercial, "model.safetensors": weights(2),
    }
    derived = "license: apache-2.0\nbase_model: ada/tiny\nbase_model_relation: finetune\npipeline_tag: text-generation"
    plain = card("license: mit", "# A model\n")
    return [
        Repo("dataset", "ada/words", "ada", [("Words, counted by hand", words)]),
        Repo("dataset", "lab/bare", "ada", [("Rows", {"train.csv": b"word,count\nwater,12\nstone,7\n"})]),
        Repo("dataset", "lab/pictures", "ada", [("By folder", {
            f"{split}/{name}/{number}.png": picture(step)
            for split in ("train", "test") for number in range(2) for name, step in (("steep", 4), ("flat", 1))
        })]),
        Repo("dataset", "lab/nothing", "ada", [("Only words", {"README.md": plain})]),
        Repo("model", "ada/tiny", "ada", [("A first model", start), ("Code, logs and a licence", whole)]),
        Repo("model", "lab/claims", "ada", [("Open source at last", claims)]),
        Repo("model", "lab/risky", "ada", [("Weights as a pickle", {
            "README.md": plain, "weights.pkl": MALICIOUS, "model.safetensors": weights(4),
        })]),
        Repo("model", "eve/derived", "eve", [("Tuned on letters", {
            "README.md": card(derived, "# Derived\n"), "LICENSE": apache, "model.safetensors": weights(5),
            "NOTES.md": NOTES.encode(), "walks.pdf": document([
                stream(b"BT /F 18 Tf 20 200 Td (Walk %d by the water) Tj ET 0 .4 .6 rg 20 60 %d 80 re f" % (walk, 40 * walk))
                for walk in (1, 2, 3, 4)
            ]),
        })]),
        Repo("model", f"eve/{LONG}", "eve", [("Une description de commit qui ne tient pas sur une seule ligne d'un téléphone", {
            "README.md": plain, "model-of-many-parts-00001-of-00002-in-bfloat16-and-sharded.safetensors": weights(6),
            "a folder/with spaces and é/file (1).txt": b"text\n",
        })]),
        Repo("model", "ada/empty", "ada", []),
        Repo("model", "ada/gated", "ada", [("Weights", {"README.md": plain, "model.safetensors": weights(7)})], gated=True),
        Repo("model", "ada/quiet", "ada", [("Not yet", {"README.md": plain})], private=True),
        Repo("space", "ada/demo", "ada", [("A page", {"index.html": b"<!doctype html><title>Demo</title>"})]),
    ]


def licence(name: str) -> bytes:
    """The text of a licence, below the metadata that the collection puts above it."""
    return (cache() / f"licence-texts/{name}.LICENSE").read_bytes().split(b"---\n", 2)[2].lstrip()


def card(fields: str, text: str) -> bytes:
    return f"---\n{fields}\n---\n{text}".encode()


def config(width: int, layers: int) -> bytes:
    return json.dumps({
        "architectures": ["LlamaForCausalLM"], "model_type": "llama", "hidden_size": width,
        "num_hidden_layers": layers, "vocab_size": 100,
    }).encode()


def weights(fill: int) -> bytes:
    """A thousand parameters."""
    header = json.dumps({"layer.0": {"dtype": "F32", "shape": [10, 100], "data_offsets": [0, 4000]}}).encode()
    return len(header).to_bytes(8, "little") + header + bytes([fill]) * 4000


def parquet(rows: range) -> bytes:
    """A row for each number, with a picture, as `datasets` writes them."""
    import io

    import pyarrow
    import pyarrow.parquet

    features = {
        "kind": {"names": ["noun", "verb"], "_type": "ClassLabel"}, "picture": {"_type": "Image"},
    }
    image = pyarrow.struct([("bytes", pyarrow.binary()), ("path", pyarrow.string())])
    table = pyarrow.table({
        "word": [f"word-{row}" for row in rows],
        "count": list(rows),
        "kind": [row % 2 for row in rows],
        "share": [None if row % 10 == 0 else row / 7 for row in rows],
        "letters": [list(f"{row}") for row in rows],
        "picture": pyarrow.array([{"bytes": picture(1 + row % 5), "path": f"{row}.png"} for row in rows], image),
    }).replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
    file = io.BytesIO()
    pyarrow.parquet.write_table(table, file)
    return file.getvalue()


def document(pages: list[bytes], more: list[bytes] = (), catalogue: bytes = b"") -> bytes:
    """A PDF of pages on which so is drawn; what they draw with is Helvetica as `/F`, and as `/X0` the first of `more`."""
    first = 4 + len(more)
    kids = b" ".join(b"%d 0 R" % (first + 2 * index) for index in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R" + catalogue + b">>",
        b"<</Type/Pages/Count %d/Kids[%s]/MediaBox[0 0 200 250]>>" % (len(pages), kids),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        *more,
    ]
    with_form = b"/XObject<</X0 4 0 R>>" if more else b""
    for index, drawn in enumerate(pages):
        with_what = b"/Resources<</Font<</F 3 0 R>>%s>>" % with_form
        objects += [b"<</Type/Page/Parent 2 0 R/Contents %d 0 R%s>>" % (first + 2 * index + 1, with_what), drawn]
    written, places = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
    return written + end % (len(objects) + 1, table, len(objects) + 1, len(written))


def stream(content: bytes, entries: bytes = b"") -> bytes:
    """Bytes as an object of a PDF."""
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(content), entries, content)


def notebook() -> bytes:
    """Text, code, and what the code printed."""
    code = {
        "cell_type": "code", "execution_count": 1, "metadata": {}, "source": "print(sum(range(10)))\n",
        "outputs": [{"output_type": "stream", "name": "stdout", "text": "45\n"}],
    }
    text = {"cell_type": "markdown", "metadata": {}, "source": "# A look\n\nWhat does it count?\n"}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [text, code]}).encode()


def picture(step: int = 2) -> bytes:
    """A small PNG: a ramp of grey."""
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = b"".join(b"\0" + bytes(min(255, x * step) for x in range(120)) for _ in range(60))
    header = struct.pack(">IIBBBBB", 120, 60, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


TINY_FIELDS = """\
license: apache-2.0
pipeline_tag: text-generation
library_name: transformers
language: [en, fr]
datasets: [ada/words]"""

TINY_CARD = """\
# Tiny

A model of a thousand parameters that counts words. The training data is open: `ada/words`. The code that
trained it is in this repository.

## Uses

Counting words in English and French. It is too small for anything else, and knows nothing of the world.

## Limitations

| Language | Words | Right |
| --- | ---: | ---: |
| English | 1 200 | 98 % |
| French | 1 100 | 97 % |

## Training

```python
loss = criterion(logits, batch["labels"])
loss.backward()
```

It took four minutes on a laptop: about 0.003 kWh, 1 g of CO₂.
"""

WORDS_FIELDS = """\
license: cc0-1.0
language: [en, fr]
task_categories: [text-classification]
dataset_info:
  features:
  - name: word
    dtype: string
  - name: count
    dtype: int64
  splits:
  - name: train
    num_examples: 300"""

# Whatever Markdown can be.
NOTES = """\
# Notes

| | Left | Right |
| :-: | :-- | --: |
| a | b | 1 200 |

> [!NOTE]
> A note with `code` and [a link](README.md).

> [!TIP]
> A tip.

> [!IMPORTANT]
> Something important.

> [!WARNING]
> A warning.

> [!CAUTION]
> Something to take care of.

> What somebody else said.

- [x] Done
- [ ] To do
- Neither

A footnote[^1], <mark>a mark</mark>, ~~what is gone~~, <kbd>Ctrl</kbd>, $x^2 + y_1$ and $\\nothing{x}$.

$$\\int_0^\\infty e^{-x^2}\\,dx = a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q + r + s + t + u + v + w$$

![A picture elsewhere](https://example.org/picture.png)

<p align="center">In the middle</p>

```diff
- what was
+ what is
```

```python
@wraps
def f(x: int) -> str:  # a comment
    return "text" + str(12)
```

[^1]: What it says.
"""

SECTIONS = [
    "Dataset Description", "Source Data", "Annotation process", "Personal and Sensitive Information", "Dataset Structure",
]
WORDS_CARD = "# Words\n" + "".join(
    f"## {heading}\n{'Scanned from a library by hand, page after page, and then read by four people. ' * 3}\n"
    for heading in SECTIONS
)

CLAIMS_FIELDS = "license: mit\npipeline_tag: text-generation\ndatasets: [lab/unseen]"
CLAIMS_CARD = """\
# Claims

A fully open source model. The training data is open, and you may use it commercially without restriction.
We release all intermediate checkpoints and the complete training code.
"""

TRAINS = """\
import torch
from torch.utils.data import DataLoader
from model import Tiny

learning_rate = 3e-4
epochs = 2
batch_size = 16

model = Tiny()
loader = DataLoader(dataset, batch_size=batch_size)
optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate)
criterion = torch.nn.CrossEntropyLoss()
for epoch in range(epochs):
    for batch in loader:
        logits = model(batch['ids'])
        loss = criterion(logits, batch['labels'])
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
    torch.save(model.state_dict(), 'model.pt')
"""

MODEL = """\
import torch


class Tiny(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(10, 100)

    def forward(self, ids):
        return self.layer(ids)
"""
