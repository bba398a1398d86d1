"""What files would do if they were loaded: as stock clients see it, as a hub holds it back, as the terminal tells it."""

import io
import json
import pickle
import subprocess
import time
import urllib.request
import zipfile
from pathlib import Path

import pytest
from hub import Hub, Person, plain_environment, program, safetensors, sha256
from programs import try_git

# It calls `os.system` when it is loaded; what it would run does no harm.
MALICIOUS = b"cos\nsystem\n(S'echo limpide-test'\ntR."
RULES = Path(__file__).parent.parent / "libs/safety/data/policy.toml"
QUARANTINE = [{"LIMPIDE_SAFETY_MALICIOUS": "quarantine"}]


def torch_zip(pickled: bytes) -> bytes:
    """A checkpoint in the layout of torch, as large as goes by LFS."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("model/data.pkl", pickled)
        archive.writestr("model/version", "3\n")
        archive.writestr("model/byteorder", "little")
    return data.getvalue()


def security(hub: Hub, name: str) -> dict:
    """What scans said of `main`, once they are done."""
    for _ in range(300):
        with urllib.request.urlopen(f"{hub.url}/api/models/{name}/security") as answer:
            said = json.load(answer)
            if answer.status == 200:
                return said
        time.sleep(0.1)
    raise AssertionError(f"{name} was not scanned: {said}")


def test_a_stock_client_sees_the_statuses(hub: Hub, ada: Person):
    upload_all(ada, {"bad.pkl": MALICIOUS, "good.pkl": pickle.dumps([1, 2, 3]), "weights.bin": torch_zip(MALICIOUS)})
    assert {file["path"]: file["level"] for file in security(hub, "ada/tiny")["flagged"]} == {
        "bad.pkl": "malicious", "weights.bin": "malicious",
    }
    seen = ada.does(look)
    assert seen["repo"]["scansDone"] is True
    assert {file["path"]: file["level"] for file in seen["repo"]["filesWithIssues"]} == {
        "bad.pkl": "unsafe", "weights.bin": "unsafe",
    }
    for listing in ("tree", "paths"):
        statuses = {path: security["status"] for path, security in seen[listing].items()}
        assert statuses["bad.pkl"] == statuses["weights.bin"] == "unsafe", listing
        assert statuses["good.pkl"] == "safe", listing
    imports = seen["tree"]["bad.pkl"]["pickle_import_scan"]["pickleImports"]
    assert imports == [{"module": "os", "name": "system", "safety": "dangerous"}]


def upload_all(person: Person, files: dict) -> None:
    person.does(upload, {path: content.hex() for path, content in files.items()})


def upload(files):
    from huggingface_hub import CommitOperationAdd, HfApi

    api = HfApi()
    api.create_repo("ada/tiny", exist_ok=True)
    operations = [CommitOperationAdd(path, bytes.fromhex(content)) for path, content in files.items()]
    api.create_commit("ada/tiny", operations, commit_message="files")


def look():
    from huggingface_hub import HfApi

    api = HfApi()

    def files(entries):
        return {
            entry.path: {"status": entry.security["status"], "pickle_import_scan": entry.security["pickle_import_scan"]}
            for entry in entries
        }

    info = api.model_info("ada/tiny", securityStatus=True)
    return {
        "repo": info.security_repo_status,
        "tree": files(api.list_repo_tree("ada/tiny", expand=True)),
        "paths": files(api.get_paths_info("ada/tiny", ["bad.pkl", "good.pkl", "weights.bin"], expand=True)),
    }


@pytest.mark.parametrize("settings", QUARANTINE)
def test_what_is_malicious_is_held_back_until_it_is_acknowledged(hub: Hub, ada: Person):
    upload_all(ada, {"in_git.txt": MALICIOUS, "good.pkl": pickle.dumps([1]), "weights.bin": torch_zip(MALICIOUS)})
    security(hub, "ada/tiny")
    eve = hub.person("eve")
    for path in ("in_git.txt", "weights.bin"):
        refused = eve.try_hf("download", "ada/tiny", path)
        assert refused.returncode != 0
        assert "malicious and held back" in refused.stdout + refused.stderr
    eve.hf("download", "ada/tiny", "good.pkl")
    clone = try_git(eve, "clone", f"{hub.url}/ada/tiny")
    assert clone.returncode != 0
    assert "in_git.txt" in clone.stderr and "held back" in clone.stderr
    for path in ("in_git.txt", "weights.bin"):
        assert ada.does(acknowledge, path) == 201
    assert eve.does(acknowledge, "in_git.txt") == 403
    for path in ("in_git.txt", "weights.bin"):
        eve.hf("download", "ada/tiny", path)
    assert try_git(eve, "clone", f"{hub.url}/ada/tiny").returncode == 0


def acknowledge(path):
    from huggingface_hub import HfApi
    from huggingface_hub.utils import build_hf_headers, get_session

    body = {"path": path, "reason": "a sample for a course"}
    url = f"{HfApi().endpoint}/api/models/ada/tiny/acknowledgements"
    return get_session().post(url, headers=build_hf_headers(), json=body).status_code


def test_a_changed_file_of_rules_judges_again_at_the_next_start_and_reads_no_file(tmp_path: Path):
    first = Hub(tmp_path)
    upload_all(first.person("ada"), {"weights.bin": torch_zip(MALICIOUS)})
    assert security(first, "ada/tiny")["flagged"][0]["level"] == "malicious"
    assert first.stop() == 0
    # Whoever reads the file again finds nothing.
    if (first.data / "blobs").exists():
        (first.data / "blobs").rename(first.data / "elsewhere")
    rules = tmp_path / "rules.toml"
    rules.write_text(mild(RULES.read_text()))
    second = Hub(tmp_path, first.settings | {"LIMPIDE_SAFETY_RULES": str(rules)})
    try:
        for _ in range(300):
            said = security(second, "ada/tiny")
            if said["policy"] == sha256(rules):
                break
            time.sleep(0.1)
        assert not said["stale"] and said["policy"] == sha256(rules)
        assert all(file["level"] != "malicious" for file in said["flagged"]), said
    finally:
        assert second.stop() == 0


def mild(rules: str) -> str:
    """The same rules, except that `os.system` may be called."""
    allowed = rules.replace("names = [", 'names = ["os.system", "posix.system", ', 1)
    changed = allowed.replace('modules = ["os", "posix", ', "modules = [").replace('"system", ', "")
    assert len(changed) < len(allowed), "the rules are written otherwise now"
    return changed


def scan(folder: Path, *words, **settings) -> subprocess.CompletedProcess:
    """Runs `limpide scan …` in a folder, with nothing of the machine's settings."""
    return subprocess.run(
        [program(), "scan", *map(str, words)], capture_output=True, text=True, timeout=120, cwd=folder,
        env=plain_environment() | settings, stdin=subprocess.DEVNULL,
    )


@pytest.fixture
def tiny(ada) -> Path:
    """A small model in a folder."""
    folder = ada.folder / "tiny"
    folder.mkdir()
    (folder / "README.md").write_text("# Tiny\n")
    safetensors(folder / "model.safetensors", 300_000, seed=1)
    (folder / "bad.pkl").write_bytes(MALICIOUS)
    (folder / "inside.zip").write_bytes(torch_zip(MALICIOUS))
    return folder


def levels(said: str) -> dict:
    return {file["path"]: file["level"] for file in json.loads(said)["files"]}


def test_a_folder_and_the_same_files_on_a_hub_are_found_equally_safe(hub: Hub, ada: Person, tiny: Path):
    ada.hf("upload", "ada/tiny", tiny)
    here = scan(tiny, ".", "--format", "json")
    there = scan(tiny, "ada/tiny", "--hub", hub.url, "--format", "json")
    assert here.returncode == there.returncode == 1, here.stderr + there.stderr
    of_hub = {path: level for path, level in levels(there.stdout).items() if path != ".gitattributes"}
    assert of_hub == levels(here.stdout)
    flagged = {file["path"]: file["level"] for file in security(hub, "ada/tiny")["flagged"]}
    assert flagged == {path: level for path, level in levels(here.stdout).items() if level != "clean"}


def test_the_exit_status_tells_a_script(ada: Person, tiny: Path):
    assert scan(tiny, "model.safetensors").returncode == 0
    assert scan(tiny, "bad.pkl").returncode == 1
    assert scan(tiny, "bad.pkl", "--fail-on", "never").returncode == 0
    missing = scan(tiny, "./nothing")
    assert missing.returncode == 2 and "nothing" in missing.stderr
    (tiny / "link.pkl").symlink_to("/etc/passwd")
    assert scan(tiny, ".", "--fail-on", "malicious").returncode == 1
    (tiny / "bad.pkl").unlink()
    (tiny / "inside.zip").unlink()
    unread = scan(tiny, ".", "--fail-on", "malicious")
    assert unread.returncode == 2, "what is not read is not known to be safe"


def test_people_read_why(ada: Person, tiny: Path):
    said = scan(tiny, ".", NO_COLOR="1").stdout
    assert "malicious  bad.pkl" in said and "os.system" in said
    assert "data.pkl" in said, "where in the archive"
    assert "model.safetensors" not in said, "what is clean is not in the way"
    assert "model.safetensors" in scan(tiny, ".", "--verbose").stdout
    sarif = json.loads(scan(tiny, ".", "--format", "sarif").stdout)
    found = {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in sarif["runs"][0]["results"]}
    assert {"bad.pkl", "inside.zip"} <= found


def test_a_file_and_the_same_file_on_a_hub_hold_the_same(hub: Hub, ada: Person, tiny: Path):
    ada.hf("upload", "ada/tiny", tiny)
    here = inspect(tiny, "model.safetensors")[0]
    assert here["format"] == "safetensors" and sum(len(tensor["shape"]) > 0 for tensor in here["tensors"])
    there = {file["path"]: file for file in inspect(tiny, "ada/tiny", "--hub", hub.url)}
    assert there["model.safetensors"] == here
    assert there["bad.pkl"]["imports"] == [["os", "system"]]
    assert [member["name"] for member in there["inside.zip"]["members"]][:1] == ["model/data.pkl"]
    said = subprocess.run([program(), "inspect", "model.safetensors"], capture_output=True, text=True, cwd=tiny, check=True)
    assert "safetensors" in said.stdout and "Tensors" in said.stdout


def inspect(folder: Path, *words) -> list[dict]:
    done = subprocess.run(
        [program(), "inspect", *map(str, words), "--format", "json"], capture_output=True, text=True, timeout=120,
        cwd=folder, env=plain_environment(), stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
