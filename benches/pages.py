"""The pages of the site, in a large repository and in a large hub: how long until the first byte, and how many bytes."""

import contextlib
import http.client
import io
import json
import random
import sqlite3
import threading
import time

import api
from measure import quantile
from servers import Limpide

LANGUAGES = ["en", "fr", "de", "zh", "es", "ar"]
LICENCES = ["apache-2.0", "mit", "cc-by-4.0", "cc-by-nc-4.0", "llama3"]
TASKS = ["text-generation", "image-classification", "translation", "automatic-speech-recognition"]


def run(bench) -> list[dict]:
    """A row for each page; the hub holds many repositories, and one of them many files."""
    repos, files = bench.repos[-1], bench.files[-1]
    with Limpide(bench.folder / "pages") as server:
        started = time.perf_counter()
        with nothing_to_do(server):
            api.fill(server, repos)
        describe(server)
        large(server, files)
        tables(server, bench.size // 8)
        print(f"pages: {repos} repositories, one with {files} files, made in {time.perf_counter() - started:.0f} s", flush=True)
        return [row(bench, server, page, path) for page, path in pages().items()]


@contextlib.contextmanager
def nothing_to_do(server: Limpide):
    """Audits and scans of a hundred thousand repositories take hours: they are forgotten as they are asked for."""
    done = threading.Event()

    def forget():
        while not done.wait(0.5):
            with sqlite3.connect(server.folder / "data" / "limpide.db", timeout=60) as database:
                database.execute("DELETE FROM jobs WHERE state = 'waiting'")

    forgetting = threading.Thread(target=forget)
    forgetting.start()
    try:
        yield
    finally:
        done.set()
        forgetting.join()


def describe(server: Limpide) -> None:
    """Gives every repository the facets that cards and scans would give it: a hundred thousand commits take hours."""
    rows = []
    with sqlite3.connect(server.folder / "data" / "limpide.db", timeout=60) as database:
        for number, (repository,) in enumerate(database.execute("SELECT id FROM repositories").fetchall()):
            values = {
                "language": LANGUAGES[number % 6], "licence": LICENCES[number % 5], "task": TASKS[number % 4],
                "library": "transformers", "format": "safetensors", "safety": "clean", "size": "up-to-1-gb",
            }
            rows += [(repository, facet, value) for facet, value in values.items()]
        # What waits for an audit or a scan would be at it for hours, beside what is measured.
        database.execute("DELETE FROM jobs WHERE state = 'waiting'")
        database.executemany("INSERT INTO facets (repository_id, facet, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING", rows)


def large(server: Limpide, files: int) -> None:
    server.create("large")
    for first in range(0, files, api.CHANGES):
        numbers = range(first, min(first + api.CHANGES, files))
        server.commit("large", [api.change(api.path_of(number, api.LAYOUTS[0])) for number in numbers])
    card = "---\nlicense: apache-2.0\n---\n# Large\n\nMany files.\n"
    server.commit("large", [{"key": "file", "value": {"path": "README.md", "content": card, "encoding": "utf-8"}}])
    for report in ("openness", "security"):
        while waits(server, report):
            time.sleep(1)


def tables(server: Limpide, size: int) -> None:
    """Two datasets, of Parquet and of JSON lines, of about this size each, with texts that do not pack well."""
    import pyarrow
    import pyarrow.parquet
    from huggingface_hub import HfApi

    source, rows = random.Random(7), size // 256
    texts = [source.randbytes(96).hex() for _ in range(rows)]
    columns = {"number": list(range(rows)), "text": texts, "share": [number / rows for number in range(rows)]}
    parquet = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), parquet, row_group_size=100_000)
    lines = "".join(f'{{"number": {n}, "text": "{texts[n]}", "share": {n / rows}}}\n' for n in range(rows)).encode()
    client = HfApi(endpoint=server.url, token=server.token)
    for name, data in {"parquet": parquet.getvalue(), "jsonl": lines}.items():
        client.create_repo(f"admin/{name}", repo_type="dataset")
        client.upload_file(
            repo_id=f"admin/{name}", repo_type="dataset", path_in_repo=f"train.{name}", path_or_fileobj=data,
        )


def waits(server: Limpide, report: str) -> bool:
    return "state" in (server.ask("GET", f"/api/models/admin/large/{report}") or {})


def pages() -> dict[str, str]:
    at = "/admin/large"
    rows, lines = (f"/datasets/admin/{form}/viewer/main/default/train" for form in ("parquet", "jsonl"))
    return {
        "home": "/", "models": "/models", "models, most liked": "/models?sort=likes", "models in French": "/models?language=fr",
        "models, two facets": "/models?language=fr&licence=mit", "models, searched": "/models?search=model-0123",
        "card": at, "files": f"{at}/tree/main", "a folder of 1000": f"{at}/tree/main/0050",
        "a file": f"{at}/blob/main/0050/0500.txt", "history": f"{at}/commits/main", "openness": f"{at}/openness",
        "safety": f"{at}/safety", "lineage": f"{at}/lineage", "owner": "/admin", "compare": "/compare?repo=admin/large",
        "sign in": "/login",
        # Splits of datasets: the first rows, some in the middle, some that are looked for, what columns hold.
        "rows of Parquet": rows, "rows in the middle": f"{rows}?row=150000",
        "rows, filtered": f"{rows}?column=number&test=is&value=140000", "columns": f"{rows}?view=columns",
        "rows of JSON lines": lines, "64 MiB of lines, searched": f"{lines}?q=abcdef01",
        "columns of lines": f"{lines}?view=columns",
    }


def row(bench, server: Limpide, page: str, path: str) -> dict:
    """Asks for a page again and again on one connection, after one time that is not counted."""
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
    taken, length = [], 0
    for turn in range(bench.requests + 1):
        started = time.perf_counter()
        line.request("GET", path, headers={"Accept-Language": "fr"})
        answer = line.getresponse()
        first = (time.perf_counter() - started) * 1000
        length = len(answer.read())
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}")
        if turn:
            taken.append(first)
    figures = {"page": page, "p50_ms": quantile(taken, 0.5), "p99_ms": quantile(taken, 0.99), "KiB": length / 1024}
    print(f"pages {json.dumps(figures)}", flush=True)
    return figures
