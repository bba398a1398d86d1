"""What ClamAV knows of files, asked by a hub and from the terminal: with its real daemon."""

import json
import pickle
import time
from pathlib import Path

import pytest
from clamd import LARGEST, MARKER, VIRUS, Clamd
from hub import Hub, Person, safetensors
from test_safety import scan, security, upload_all


@pytest.fixture
def settings(clamd: Clamd):
    return {"LIMPIDE_SAFETY_CLAMAV": clamd.address, "LIMPIDE_SAFETY_MALICIOUS": "quarantine"}


def statuses() -> dict:
    from huggingface_hub import HfApi

    listed = HfApi().list_repo_tree("ada/tiny", expand=True)
    return {file.path: {"status": file.security["status"], "av": file.security["av_scan"]} for file in listed}


def wait_until(hub: Hub, awaiting: int) -> None:
    """Until the virus scanner has so many contents left to look at."""
    for _ in range(600):
        said = security(hub, "ada/tiny")
        if said["awaitingAntivirus"] == awaiting:
            return
        time.sleep(0.1)
    raise AssertionError(said)


def test_what_clamav_knows_is_malicious_and_held_back(hub: Hub, ada: Person, clamd: Clamd):
    folder = ada.folder / "tiny"
    folder.mkdir()
    (folder / "notes.txt").write_bytes(MARKER)
    (folder / "weights.bin").write_bytes(b"\0" * 300_000 + MARKER)
    (folder / "good.pkl").write_bytes(pickle.dumps([1, 2, 3]))
    safetensors(folder / "model.safetensors", 2 * LARGEST, seed=1)
    ada.hf("upload", "ada/tiny", folder)
    flagged = {file["path"]: file["level"] for file in security(hub, "ada/tiny")["flagged"]}
    assert flagged["notes.txt"] == flagged["weights.bin"] == "malicious"
    seen = ada.does(statuses)
    for path in ("notes.txt", "weights.bin"):
        assert seen[path]["status"] == seen[path]["av"]["status"] == "unsafe", path
        assert seen[path]["av"]["message"] == VIRUS
        assert seen[path]["av"]["version"].startswith("ClamAV ")
    assert seen["good.pkl"]["status"] == seen["good.pkl"]["av"]["status"] == "safe"
    # What is too large for the virus scanner is not called safe by it.
    assert seen["model.safetensors"]["status"] == "safe"
    assert seen["model.safetensors"]["av"]["status"] == "unscanned"
    assert "not looked at" in seen["model.safetensors"]["av"]["message"]
    eve = hub.person("eve")
    for path in ("notes.txt", "weights.bin"):
        refused = eve.try_hf("download", "ada/tiny", path)
        assert refused.returncode != 0 and "malicious and held back" in refused.stdout + refused.stderr
    eve.hf("download", "ada/tiny", "good.pkl")


def test_a_daemon_that_was_away_is_shown_what_it_missed(hub: Hub, ada: Person, clamd: Clamd):
    clamd.stop()
    upload_all(ada, {"notes.txt": MARKER, "good.pkl": pickle.dumps([1, 2, 3])})
    said = security(hub, "ada/tiny")
    # The files, and `.gitattributes`, which the hub adds.
    assert said["flagged"] == [] and said["awaitingAntivirus"] == 3
    seen = ada.does(statuses)
    assert {file["av"]["status"] for file in seen.values()} == {"queued"}
    assert all("cannot be reached" in file["av"]["message"] for file in seen.values())
    assert ada.does(scans_done) is False
    assert any("without the virus scanner" in entry.get("message", "") for entry in hub.entries())
    clamd.start()
    wait_until(hub, awaiting=0)
    seen = ada.does(statuses)
    assert seen["notes.txt"]["status"] == seen["notes.txt"]["av"]["status"] == "unsafe"
    assert seen["good.pkl"]["av"]["status"] == "safe"
    assert ada.does(scans_done) is True
    notices = ada.does(told)
    assert [(notice["path"], notice["level"]) for notice in notices] == [("notes.txt", "malicious")]


def scans_done() -> bool:
    from huggingface_hub import HfApi

    return HfApi().model_info("ada/tiny", securityStatus=True).security_repo_status["scansDone"]


def told() -> list:
    from huggingface_hub import HfApi
    from huggingface_hub.utils import build_hf_headers, get_session

    return get_session().get(f"{HfApi().endpoint}/api/notices", headers=build_hf_headers()).json()


@pytest.mark.parametrize("settings", [{}])
def test_a_hub_without_a_virus_scanner_says_so(hub: Hub, ada: Person):
    upload_all(ada, {"notes.txt": MARKER})
    assert security(hub, "ada/tiny")["awaitingAntivirus"] == 0
    seen = ada.does(statuses)["notes.txt"]
    assert seen["status"] == "safe"
    assert seen["av"]["status"] == "unscanned" and "no virus scanner" in seen["av"]["message"]


def test_the_terminal_asks_it_too(tmp_path: Path, clamd: Clamd):
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "notes.txt").write_bytes(MARKER)
    (folder / "good.pkl").write_bytes(pickle.dumps([1]))
    asked = ("--clamav", clamd.address)
    assert scan(folder, "notes.txt").returncode == 0, "nobody else knows it"
    found = scan(folder, ".", *asked)
    assert found.returncode == 1 and f"A virus scanner knows it. {VIRUS}" in found.stdout
    files = {file["path"]: file for file in json.loads(scan(folder, ".", *asked, "--format", "json").stdout)["files"]}
    assert files["notes.txt"]["scan"]["antivirus"]["name"] == VIRUS
    assert files["good.pkl"]["scan"]["antivirus"]["said"] == "clean"
    safetensors(folder / "large.safetensors", 2 * LARGEST, seed=1)
    unlooked = scan(folder, "large.safetensors", *asked)
    assert unlooked.returncode == 2 and "larger than it takes" in unlooked.stdout
    clamd.stop()
    away = scan(folder, "good.pkl", *asked)
    assert away.returncode == 2 and "ClamAV cannot be reached at" in away.stdout
    wrong = scan(folder, "good.pkl", "--clamav", "localhost")
    assert wrong.returncode == 2 and "tcp:HOST:PORT" in wrong.stderr
