"""Writes the cases that `splits.rs` is compared with: what the `datasets` library finds in each layout.

    python libs/tables/tests/splits/generate.py                          # those of layouts.py, beside this script
    python libs/tables/tests/splits/generate.py --chance 300 SEED FOLDER    # as many layouts of chance, elsewhere
    LIMPIDE_SPLITS=FOLDER cargo test -p limpide-tables --test splits        # compares these

It needs the packages of e2e/requirements.txt; the cases kept here come from datasets 5.2.0 and huggingface_hub 2.4.0.
The library talks to a small hub in this process that knows only the names of the files, so that the cases show what
`load_dataset("owner/name")` does and not what it does with a local folder: a hub has no `./` and no `..`.
"""

import json
import os
import random
import re
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

COMMIT = "c0ffee" * 6 + "cafe"
HERE = Path(__file__).parent


class Hub(BaseHTTPRequestHandler):
    """The few addresses that the library asks, for repositories that are lists of paths."""

    repositories = {}
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        path = unquote(urlsplit(self.path).path)
        if found := re.fullmatch(r"/datasets/owner/([^/]+)/resolve/[^/]+/(.*)", path):
            return self.file(*found.groups())
        if found := re.fullmatch(r"/api/datasets/owner/([^/]+)/tree/[^/]+/?(.*)", path):
            return self.tree(*found.groups())
        found = re.fullmatch(r"/api/datasets/owner/([^/]+)(/revision/[^/]+)?", path)
        if found and found[1] in self.repositories:
            return self.json({"id": f"owner/{found[1]}", "sha": COMMIT, "siblings": [], "tags": []})
        self.missing()

    do_HEAD = do_GET

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        asked = parse_qs(self.rfile.read(length).decode()).get("paths", [])
        name = re.match(r"/api/datasets/owner/([^/]+)/paths-info/", unquote(self.path))[1]
        held = self.repositories.get(name, ())
        self.json([entry(path) for path in asked if path in held])

    def file(self, name, path):
        content = self.repositories.get(name, {}).get(path)
        return self.missing() if content is None else self.answer(content, "text/plain")

    def tree(self, name, folder):
        prefix = f"{folder}/" if folder else ""
        inside = [path for path in self.repositories.get(name, ()) if path.startswith(prefix)]
        if not inside and (folder or name not in self.repositories):
            return self.missing()
        recursive = "recursive=True" in self.path or "recursive=true" in self.path
        folders = {prefix + "/".join(parts[:count])
                   for path in inside
                   for parts in [path[len(prefix):].split("/")]
                   for count in range(1, len(parts))}
        entries = [entry(path) for path in inside]
        entries += [{"type": "directory", "path": path, "oid": COMMIT, "size": 0} for path in folders]
        self.json([one for one in entries if recursive or "/" not in one["path"][len(prefix):]])

    def json(self, value):
        self.answer(json.dumps(value).encode(), "application/json")

    def missing(self):
        self.answer(b"", "text/plain", 404, {"X-Error-Code": "EntryNotFound"})

    def answer(self, body, kind, status=200, headers=()):
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), "X-Repo-Commit": COMMIT,
                            "ETag": f'"{COMMIT}"', **dict(headers)}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_):
        pass


def entry(path):
    return {"type": "file", "path": path, "oid": COMMIT, "size": 1}


def main():
    hub = ThreadingHTTPServer(("127.0.0.1", 0), Hub)
    threading.Thread(target=hub.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as home:
        os.environ["HF_ENDPOINT"] = f"http://127.0.0.1:{hub.server_port}"
        os.environ["HF_HOME"] = home
        os.environ["HF_HUB_DISABLE_TELEMETRY"] = "1"
        if sys.argv[1:2] == ["--chance"]:
            count, seed, folder = int(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
            write(layouts_of_chance(count, random.Random(seed)), folder)
        else:
            for old in HERE.glob("*.json"):
                old.unlink()
            from layouts import LAYOUTS
            write(LAYOUTS, HERE)


def write(layouts, folder):
    from datasets import config, logging

    config.USE_PARQUET_EXPORT = False
    logging.set_verbosity_error()
    folder.mkdir(exist_ok=True)
    for number, (name, (paths, card)) in enumerate(layouts.items()):
        found = found_by_the_library(f"layout{number}", paths, card)
        case = {"paths": sorted(paths), "card": card, "found": found}
        (folder / f"{name}.json").write_text(json.dumps(case, indent=1, ensure_ascii=False) + "\n")


def found_by_the_library(name, paths, card):
    """The configurations with their files, or the kind of the error with which the library gives up."""
    import yaml
    from datasets import load
    from datasets.utils.logging import disable_progress_bar

    disable_progress_bar()
    Hub.repositories[name] = {path: b"x" for path in paths}
    if card is not None:
        front = yaml.safe_dump(card, sort_keys=False, allow_unicode=True)
        Hub.repositories[name]["README.md"] = f"---\n{front}---\n".encode()
    try:
        module = load.dataset_module_factory(f"owner/{name}")
        names = list(load.get_dataset_builder_class(module, dataset_name=name).builder_configs)
    except Exception as error:
        return {"refused": type(error).__name__}
    try:
        default = load.load_dataset_builder(f"owner/{name}").config.name
    except Exception:
        default = None
    return {"default": default, "configurations": [configuration(name, one) for one in names or ["default"]]}


def configuration(name, one):
    from datasets import load

    try:
        builder = load.load_dataset_builder(f"owner/{name}", one)
    except Exception as error:
        return {"name": one, "refused": type(error).__name__}
    prefix = f"hf://datasets/owner/{name}@{COMMIT}/"
    options = {key: getattr(builder.config, key)
               for key in ("sep", "field", "drop_labels")
               if getattr(builder.config, key, None) is not None}
    files = {str(split): [file.removeprefix(prefix) for file in files]
             for split, files in builder.config.data_files.items()}
    return {
        "name": one,
        "module": builder.name,
        "options": options,
        "splits": [{"name": split, "files": files[split]} for split in files],
    }


WORDS = ["train", "test", "dev", "val", "validation", "eval", "training", "data", "a", "b1", "part", "__x", ".h", "en",
         "logs", "task", "metadata", "README", "config", "x y", "é"]
SEPARATORS = ["-", "_", ".", " ", "0", ""]
ENDINGS = [".csv", ".idx", ".csv.gz", ".csv.", ".x.csv", ".Csv", "metadata.csv", ".json.csv",
           ".parquet", ".json", ".jsonl", ".txt", ".tsv", ".csv.gz", ".png", ".jpg", ".JPG",
           ".CSV", ".md",
           ".arrow", ".tar", "", ".py", "-00000-of-00002.parquet", "-00001-of-00002.parquet"]
GLOBS = ["*", "**", "*", "*", "?", "[a-e]*", "*[!a]*", "[!.]*", "[-._ 0-9]*", "*.csv", "*.parquet", "*.*",
         "[]a]*", "[a",
         "{a,b}*", ".*", "__*", "*[+-9]*", "[!a-c]*", "?*", "*?.*", "[!z-a]*", "[^a]*", "[a-]*", "", ".", ".."]


def layouts_of_chance(count, chance):
    return {f"chance-{number:04}": layout_of_chance(chance) for number in range(count)}


def layout_of_chance(chance):
    def word():
        parts = [chance.choice(WORDS)]
        while chance.random() < 0.3:
            parts += [chance.choice(SEPARATORS), chance.choice(WORDS)]
        return "".join(parts)

    folders = [word() for _ in range(3)] + ["data"]
    endings = chance.sample(ENDINGS, chance.choice([1, 1, 2, 3]))

    def path():
        parts = [chance.choice(folders) for _ in range(chance.choice([0, 0, 1, 1, 2]))]
        return "/".join([*parts, word() + chance.choice(endings)])

    paths = {path() for _ in range(chance.randrange(1, 9))}
    paths = {one for one in paths if not any(other.startswith(one + "/") for other in paths)} - {"README.md"}

    def pattern():
        parts = chance.choice(sorted(paths)).split("/")
        for place in range(len(parts)):
            if chance.random() < 0.5:
                parts[place] = chance.choice(GLOBS)
        return "/".join(parts).lstrip("/")

    def data_files():
        return chance.choice([
            pattern,
            lambda: [pattern() for _ in range(chance.randrange(1, 3))],
            lambda: [{"split": split, "path": pattern()} for split in chance.sample(["train", "test", "x.y"], 2)],
            lambda: [{"split": "train", "path": [pattern(), pattern()]}],
        ])()

    if chance.random() < 0.4:
        return paths, None
    configurations = []
    # The first of several has all files, so that most of what varies is not refused with it.
    several = chance.sample(["default", "en", "fr"], chance.choice([1, 2, 3]))
    if len(several) > 1:
        configurations.append({"config_name": "all", "data_files": "**"})
    for name in several:
        one = {"config_name": name}
        if chance.random() < 0.8:
            one["data_files"] = data_files()
        if chance.random() < 0.2:
            one["data_dir"] = chance.choice([*folders, "data/", "d*", "**"])
        configurations.append(one)
    return paths, {"configs": configurations}


if __name__ == "__main__":
    main()
