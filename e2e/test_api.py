"""The hub's own description of its API: it is valid, and whatever is asked by it, the hub does not break.
schemathesis makes the requests, good and bad; `LIMPIDE_API_SECONDS` says for how long, for each caller."""

import json
import os
import subprocess
import urllib.request
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CACHE = Path(os.environ.get("LIMPIDE_CACHE", Path.home() / ".cache" / "limpide"))
SCHEMATHESIS = CACHE / "schemathesis" / "bin"
SECONDS = os.environ.get("LIMPIDE_API_SECONDS", "25")
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"


def test_the_description_is_valid_openapi(hub, tmp_path):
    document = tmp_path / "openapi.json"
    document.write_bytes(urllib.request.urlopen(f"{hub.url}/.well-known/openapi.json").read())
    run = subprocess.run(
        [SCHEMATHESIS / "openapi-spec-validator", document], capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("caller", ["administrator", "user", "anonymous"])
def test_nothing_that_is_asked_breaks_the_hub(hub, ada, tmp_path, caller):
    furnish(hub, token_of(ada))
    document = tmp_path / "openapi.json"
    document.write_bytes(urllib.request.urlopen(f"{hub.url}/.well-known/openapi.json").read())
    token = {"administrator": administrator(hub), "user": token_of(ada), "anonymous": None}[caller]
    run = subprocess.run(
        [
            SCHEMATHESIS / "schemathesis", "--config-file", HERE / "fuzz" / "schemathesis.toml", "run", document,
            "--url", hub.url, "--checks", CHECKS, "--seed", "1", "--max-time", SECONDS,
        ],
        capture_output=True, text=True, timeout=int(SECONDS) + 300, cwd=tmp_path,
        env=os.environ | {"SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE / "fuzz")} | words(hub, token),
    )
    assert run.returncode == 0, run.stdout + run.stderr


def furnish(hub, token: str) -> None:
    """A model and a dataset of ada's, with files; an organisation."""
    hub.command("org", "create", "lab")
    lines = [
        {"key": "header", "value": {"summary": "Some files"}},
        {"key": "file", "value": {"path": "README.md", "content": "LS0tCmxpY2Vuc2U6IG1pdAotLS0K"}},
        {"key": "file", "value": {"path": "data/a.txt", "content": "aGVsbG8="}},
    ]
    for kind in ("model", "dataset"):
        post(hub, token, "/api/repos/create", json.dumps({"name": "tiny", "type": kind}))
        post(hub, token, f"/api/{kind}s/ada/tiny/commit/main", "\n".join(map(json.dumps, lines)))


def words(hub, token: str | None) -> dict[str, str]:
    """What `hooks.py` shows to the hub, where its content store is, and what it shows there."""
    head = {"Authorization": f"Bearer {token}"} if token else {}
    act = "write" if token else "read"
    address = f"{hub.url}/api/models/ada/tiny/xet-{act}-token/main"
    answer = json.load(urllib.request.urlopen(urllib.request.Request(address, headers=head)))
    store = answer["casUrl"].rsplit("/", 1)[1]
    return {"LIMPIDE_STORE": store, "LIMPIDE_TOKEN": token or "", "LIMPIDE_CONTENT_PASS": answer["accessToken"]}


def post(hub, token: str, path: str, body: str) -> None:
    head = {"Authorization": f"Bearer {token}"}
    urllib.request.urlopen(urllib.request.Request(hub.url + path, body.encode(), head))


def token_of(person) -> str:
    return (person.folder / ".cache" / "huggingface" / "token").read_text()


def administrator(hub) -> str:
    """A token of somebody who may do everything."""
    hub.command("user", "create", "root", "--admin")
    return hub.command("token", "create", "root", "--role", "write").strip()
