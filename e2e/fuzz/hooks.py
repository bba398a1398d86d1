"""Leads most requests to what is there: the repositories that `test_api.py` made, and their content store."""

import json
import os

import schemathesis

TOKEN = os.environ["LIMPIDE_TOKEN"]
CONTENT_PASS = os.environ["LIMPIDE_CONTENT_PASS"]
STORE = "/cas/"
THERE = {
    "kind": ["models", "datasets"], "ns": ["ada"], "name": ["tiny"], "user": ["ada"], "org": ["lab"],
    "rev": ["main"], "branch": ["main", "next"], "path": ["README.md", "data", "data/a.txt"],
    "store": [os.environ["LIMPIDE_STORE"]], "prefix": ["default", "default-merkledb"],
}


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    for name, values in THERE.items():
        # Four in five, and the same ones in every run.
        made_up = path_parameters.get(name) if path_parameters else None
        number = sum(map(ord, repr(made_up)))
        if made_up is not None and number % 5:
            path_parameters[name] = values[number % len(values)]
    return path_parameters


@schemathesis.hook
def before_call(context, case, kwargs):
    """Says who asks; the content store wants to see a pass, which clients get from a repository."""
    word = CONTENT_PASS if case.path.startswith(STORE) else TOKEN
    if word:
        case.headers = dict(case.headers or {}) | {"Authorization": f"Bearer {word}"}


@schemathesis.serializer("application/x-ndjson")
def lines(context, value):
    """A list of objects as lines of JSON."""
    items = value if isinstance(value, list) else [value]
    return "\n".join(json.dumps(item) for item in items).encode("utf-8", "surrogatepass")


@schemathesis.serializer("application/vnd.git-lfs+json")
def lfs(context, value):
    return json.dumps(value).encode("utf-8", "surrogatepass")
