"""Openness by the stock client: what is uploaded is audited in the background, described, listed and shown."""

import json
import time
import urllib.request

CARD = b"---\nlicense: apache-2.0\n---\n# A model\n"


def test_an_upload_is_audited_and_the_client_sees_it(hub, ada):
    ada.does(upload)
    report = wait_for_report(hub, "ada/tiny")
    assert report["schema"] == "limpide-openness-report/1"
    assert report["facts"]["files"] == 3
    seen = ada.does(look)
    assert seen["commit"] == seen["sha"] == report["subject"]["commit"]
    assert seen["listed"] == ["ada/tiny"]
    badge = urllib.request.urlopen(f"{hub.url}/api/models/ada/tiny/openness-badge.svg").read()
    assert badge.startswith(b"<svg")
    history = json.load(urllib.request.urlopen(f"{hub.url}/api/models/ada/tiny/openness-history"))
    assert history[0]["commit"] == seen["sha"]


def upload():
    from huggingface_hub import CommitOperationAdd, HfApi

    files = {"README.md": CARD, "weights.bin": bytes(range(256)) * 1000}
    api = HfApi()
    api.create_repo("ada/tiny")
    operations = [CommitOperationAdd(path, content) for path, content in files.items()]
    api.create_commit("ada/tiny", operations, commit_message="Weights and a card")


def look():
    from huggingface_hub import HfApi, hf_hub_download

    api = HfApi()
    info = api.model_info("ada/tiny")
    hf_hub_download("ada/tiny", "README.md")
    # A parameter of limpide's own, beside those of the client.
    params = {"openness": "E", "sort": "openness"}
    answer = api_get(f"{api.endpoint}/api/models", params)
    return {"sha": info.sha, "commit": info.openness["commit"], "listed": [model["id"] for model in answer]}


def api_get(url, params):
    from huggingface_hub.utils import get_session

    answer = get_session().get(url, params=params)
    answer.raise_for_status()
    return answer.json()


def wait_for_report(hub, name: str) -> dict:
    """The report of `main`, once it is there."""
    for _ in range(300):
        status, answer = ask(hub, name)
        if status == 200:
            return answer
        assert status == 202, answer
        time.sleep(0.1)
    raise AssertionError(f"{name} was not audited: {answer}")


def ask(hub, name: str) -> tuple[int, dict]:
    with urllib.request.urlopen(f"{hub.url}/api/models/{name}/openness") as answer:
        return answer.status, json.load(answer)
