"""`limpide audit`: what a folder shows and what the same files show on a hub is the same, and so is the answer to a script."""

import json
import subprocess
from pathlib import Path

import pytest
from hub import Hub, Person, plain_environment, program, safetensors
from programs import run, token

CARD = """---
license: apache-2.0
pipeline_tag: text-generation
datasets:
- ada/words
---
# Tiny

A small model, for tests.
"""
# What only a hub tells: how a repository is offered, what it held before, and under which commit.
OF_A_HUB = {"W3", "A1", "P1"}


def audit(folder: Path, *words, **settings) -> subprocess.CompletedProcess:
    """Runs `limpide audit …` in a folder, with nothing of the machine's settings."""
    return subprocess.run(
        [program(), "audit", *map(str, words)], capture_output=True, text=True, timeout=120, cwd=folder,
        env=plain_environment() | settings, stdin=subprocess.DEVNULL,
    )


def report(folder: Path, *words, **settings) -> dict:
    audited = audit(folder, *words, "--format", "json", **settings)
    assert audited.returncode == 0, audited.stderr
    return json.loads(audited.stdout)


@pytest.fixture
def tiny(ada) -> Path:
    """A small model in a folder."""
    folder = ada.folder / "tiny"
    folder.mkdir()
    (folder / "README.md").write_text(CARD)
    (folder / "config.json").write_text('{"architectures": ["LlamaForCausalLM"]}')
    (folder / "train.py").write_text("optimizer.step()\n")
    safetensors(folder / "model.safetensors", 300_000, seed=1)
    return folder


def of_files(said: dict) -> dict:
    """What is found by criterion, without what only a hub tells."""
    return {
        finding["criterion"]: (finding["status"], finding["extent"], finding.get("probable", False))
        for finding in said["findings"] if finding["criterion"] not in OF_A_HUB
    }


def test_a_folder_and_the_same_files_on_a_hub_are_found_equally_open(hub: Hub, ada: Person, tiny: Path):
    ada.hf("upload", "ada/tiny", tiny)
    here = report(ada.folder, "tiny", "--as", "ada/tiny", "--hash")
    there = report(ada.folder, f"{hub.url}/ada/tiny", "--offline")
    assert of_files(here) == of_files(there)
    # `.gitattributes` came with the first commit.
    assert (here["facts"]["files"], there["facts"]["files"]) == (4, 5)
    assert here["subject"] == {"kind": "model", "repository": "ada/tiny", "commit": None, "hub": None}
    assert there["subject"]["hub"] == hub.url and len(there["subject"]["commit"]) == 40


def test_what_was_downloaded_is_known_by_its_place_in_the_cache(hub: Hub, ada: Person, tiny: Path):
    ada.hf("upload", "ada/tiny", tiny)
    snapshot = ada.hf("download", "ada/tiny").split()[-1].removeprefix("path=")
    here = report(ada.folder, snapshot, "--hash")
    there = report(ada.folder, "ada/tiny", "--offline", HF_ENDPOINT=hub.url)
    for part in ("kind", "repository", "commit"):
        assert here["subject"][part] == there["subject"][part]
    assert of_files(here) == of_files(there)
    assert here["facts"]["bytes"] == there["facts"]["bytes"]


def test_a_repository_is_audited_at_the_revision_that_is_named(hub: Hub, ada: Person, tiny: Path):
    ada.hf("upload", "ada/tiny", tiny)
    ada.hf("repos", "tag", "create", "ada/tiny", "v1")
    (tiny / "more.py").write_text("more\n")
    ada.hf("upload", "ada/tiny", tiny)
    files = {
        name: report(ada.folder, name, "--hub", hub.url, "--offline")["facts"]["files"]
        for name in ("ada/tiny", "ada/tiny@v1", "ada/tiny@main")
    }
    assert files == {"ada/tiny": 6, "ada/tiny@v1": 5, "ada/tiny@main": 6}


def test_the_hub_is_asked_as_anybody_unless_a_token_is_to_be_used(hub: Hub, ada: Person, tiny: Path):
    ada.hf("repos", "create", "ada/tiny", "--private")
    ada.hf("upload", "ada/tiny", tiny)
    where = {"HF_ENDPOINT": hub.url, "HF_TOKEN": token(ada)}
    refused = audit(ada.folder, "ada/tiny", **where)
    assert refused.returncode == 2
    assert "`ada/tiny` is private" in refused.stderr and "--with-token" in refused.stderr
    assert report(ada.folder, "ada/tiny", "--with-token", "--offline", **where)["facts"]["files"] == 5
    without = audit(ada.folder, "ada/tiny", "--with-token", HF_ENDPOINT=hub.url)
    assert without.returncode == 2 and "HF_TOKEN" in without.stderr


@pytest.mark.parametrize("words, said", [
    (["nothing"], "`nothing` is neither a folder here nor the name of a repository"),
    (["./nothing"], "nothing"),
    (["ada/nothing"], "say --kind dataset if it is one"),
    (["datasets/ada/nothing"], "`datasets/ada/nothing`"),
    (["ada/tiny", "--hash"], "--hash and --as belong to folders"),
    ([".", "--beside", "nothing"], "--beside: there is no folder `nothing`"),
    ([".", "--online", "--offline"], "--offline"),
    ([".", "--belief", "claimed"], "--fail-under"),
], ids=lambda value: " ".join(value) if isinstance(value, list) else "")
def test_what_cannot_be_audited_is_named_and_is_no_verdict(hub: Hub, ada: Person, words, said):
    none = audit(ada.folder, *words, HF_ENDPOINT=hub.url)
    assert none.returncode == 2 and none.stdout == ""
    assert said in none.stderr


def test_neither_a_file_nor_a_hub_that_is_not_there_has_a_verdict(tmp_path: Path):
    (tmp_path / "file").write_text("words")
    file = audit(tmp_path, "./file")
    assert file.returncode == 2 and "the folder `./file` cannot be opened: Not a directory" in file.stderr
    away = audit(tmp_path, "ada/tiny", "--hub", "http://127.0.0.1:9")
    assert away.returncode == 2 and "http://127.0.0.1:9 could not be asked" in away.stderr


def test_a_script_is_told_when_the_grade_is_too_low(ada: Person, tiny: Path):
    low = audit(ada.folder, "tiny", "--fail-under", "A")
    assert low.returncode == 1
    assert "and A was asked for" in low.stderr
    assert audit(ada.folder, "tiny", "--fail-under", "e", "--belief", "claimed").returncode == 0


def test_reports_go_to_a_file_or_to_a_pipe_without_colours(ada: Person, tiny: Path):
    said = audit(ada.folder, "tiny").stdout
    assert said.startswith("a folder · model\n") and "\x1b" not in said
    assert audit(ada.folder, "tiny", "--output", "report.txt").stdout == ""
    assert (ada.folder / "report.txt").read_text() == said
    assert audit(ada.folder, "tiny", "--format", "json").stdout == audit(ada.folder, "tiny", "--format", "json").stdout


def test_what_lies_beside_is_all_there_is_when_offline(ada: Person, tiny: Path):
    words = ada.folder / "commons" / "datasets" / "ada" / "words"
    words.mkdir(parents=True)
    (words / "README.md").write_text("---\ntask_categories: [text-generation]\n---\n")
    assert report(ada.folder, "tiny", "--beside", "commons")["facts"]["files"] == 4
    assert report(ada.folder, words)["subject"]["kind"] == "dataset"


def key_pair(folder: Path) -> None:
    for words in (["genpkey", "-algorithm", "ed25519", "-out", "key.pem"], ["pkey", "-in", "key.pem", "-pubout", "-out", "ada.pem"]):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)


def attest(folder: Path, about: str, *words, **settings) -> subprocess.CompletedProcess:
    """Signs for the compute of a model, with the key in the folder."""
    said = ["--criterion", "T4", "--statement", "Trained on one GPU for an hour.", "--expires", "2999-01-01", "--key", "key.pem"]
    return subprocess.run(
        [program(), "attest", about, *said, *words], cwd=folder, capture_output=True, text=True, timeout=60,
        env=plain_environment() | settings,
    )


def test_an_attestation_counts_with_the_key_of_whoever_signed(hub: Hub, ada: Person, tiny: Path):
    ada.hf("upload", "ada/tiny", tiny)
    commit = report(ada.folder, "ada/tiny", "--offline", HF_ENDPOINT=hub.url)["subject"]["commit"]
    key_pair(ada.folder)
    signed = attest(ada.folder, f"ada/tiny@{commit}", "--output", "signed.json")
    assert signed.returncode == 0, signed.stderr
    for key, standing, counts in ((["--key", "ada=ada.pem"], "valid", True), ([], "unknown-key", False)):
        said = report(ada.folder, "ada/tiny", "--offline", "--attestation", "signed.json", *key, HF_ENDPOINT=hub.url)
        assert said["attestations"][0]["standing"] == standing
        found = next(finding["status"] for finding in said["findings"] if finding["criterion"] == "T4")
        assert (found == "attested") == counts
    branch = attest(ada.folder, "ada/tiny@main")
    assert branch.returncode == 1 and "names no commit" in branch.stderr


def test_an_attestation_is_kept_by_a_hub_that_knows_the_key(hub: Hub, ada: Person, tiny: Path):
    ada.hf("upload", "ada/tiny", tiny)
    commit = report(ada.folder, "ada/tiny", "--offline", HF_ENDPOINT=hub.url)["subject"]["commit"]
    key_pair(ada.folder)
    where = {"HF_ENDPOINT": hub.url, "HF_TOKEN": token(ada)}
    refused = attest(ada.folder, f"ada/tiny@{commit}", "--send", **where)
    assert refused.returncode == 1 and f"{hub.url} does not keep it" in refused.stderr
    signed_in = ("--silent", "--show-error", "--fail", "--header", f"Authorization: Bearer {token(ada)}")
    public = json.dumps({"name": "laptop", "key": (ada.folder / "ada.pem").read_text()})
    run(ada, "curl", *signed_in, "--json", public, f"{hub.url}/api/keys")
    assert attest(ada.folder, f"ada/tiny@{commit}", "--send", **where).returncode == 0
    kept = json.loads(run(ada, "curl", "--silent", f"{hub.url}/api/models/ada/tiny/attestations"))
    assert [one["attestation"]["statement"]["criterion"] for one in kept] == ["T4"]
