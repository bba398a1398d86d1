"""What came in chunk by chunk goes out as plain HTTP to programs that know nothing of the hub."""

import subprocess

import pytest
from both_ways import both_ways
from hub import Counter, git_id, safetensors, sha256
from programs import attempt, run, token

SIZE = 20_000_000


def curl(hub, *words) -> subprocess.CompletedProcess:
    run = subprocess.run(["curl", "--silent", "--show-error", "--fail", *words], capture_output=True, cwd=hub.folder)
    assert run.returncode == 0, run.stderr
    return run


@both_ways
def test_curl_fetches_a_large_file_whole_by_range_and_resumed(hub, ada):
    file = ada.folder / "w.safetensors"
    safetensors(file, SIZE, seed=7)
    ada.hf("upload", "ada/plain", file, "w.safetensors")
    url = f"{hub.url}/ada/plain/resolve/main/w.safetensors"

    head = curl(hub, "--head", url).stdout.decode().lower()
    assert f"content-length: {SIZE}\r\n" in head
    assert f'etag: "{sha256(file)}"\r\n' in head
    assert "accept-ranges: bytes\r\n" in head

    there = hub.folder / "there"
    curl(hub, "--output", there, url)
    assert sha256(there) == sha256(file)

    part = curl(hub, "--range", "7000000-7000099", url).stdout
    assert part == file.read_bytes()[7_000_000:7_000_100]

    there.write_bytes(file.read_bytes()[:9_999_999])
    curl(hub, "--continue-at", "-", "--output", there, url)
    assert sha256(there) == sha256(file)


def test_a_page_in_a_repo_is_not_run_by_a_browser(hub, ada):
    page = ada.folder / "index.html"
    page.write_text("<script>alert(1)</script>")
    ada.hf("upload", "ada/plain", page, "index.html")
    head = curl(hub, "--head", f"{hub.url}/ada/plain/resolve/main/index.html").stdout.decode().lower()
    assert "content-disposition: attachment" in head or "sandbox" in head, head
    assert "x-content-type-options: nosniff\r\n" in head


def test_curl_is_told_what_has_not_changed_and_who_may_not_read(hub, ada):
    ada.hf("repos", "create", "ada/private", "--private")
    file = ada.folder / "notes.txt"
    file.write_text("words " * 10_000)
    ada.hf("upload", "ada/private", file, "notes.txt")
    url = f"{hub.url}/ada/private/resolve/main/notes.txt"
    signed = ("--header", f"Authorization: Bearer {token(ada)}")
    status = ("--output", "/dev/null", "--write-out", "%{http_code}")
    assert attempt(ada, "curl", "--silent", *status, url).stdout == b"401"
    assert curl(hub, "--compressed", *signed, url).stdout == file.read_bytes()
    etag = f'"{git_id(file.read_bytes())}"'
    assert curl(hub, *status, *signed, "--header", f"If-None-Match: {etag}", url).stdout == b"304"
    assert curl(hub, *status, *signed, "--header", 'If-None-Match: "other"', url).stdout == b"200"
    past = attempt(ada, "curl", "--silent", *status, *signed, "--range", "60000-", url)
    assert past.stdout == b"416"
    # The old name of a repository leads to the new one.
    curl(hub, *signed, "--json", '{"fromRepo": "ada/private", "toRepo": "ada/moved", "type": "model"}', f"{hub.url}/api/repos/move")
    assert curl(hub, *status, *signed, url).stdout == b"307"
    assert curl(hub, "--location", *signed, url).stdout == file.read_bytes()


@both_ways
@pytest.mark.parametrize("fetch", [
    ("curl", "--silent", "--show-error", "--continue-at", "-", "--output", "w.safetensors"),
    ("wget", "--quiet", "--continue", "--tries=1", "--output-document=w.safetensors"),
], ids=["curl", "wget"])
def test_a_download_that_was_cut_is_finished_by_fetching_the_rest(hub, ada, fetch):
    file = ada.folder / "w.safetensors"
    safetensors(file, SIZE, seed=8)
    ada.hf("upload", "ada/plain", file, "w.safetensors")
    cutter = Counter(hub, cut_after=SIZE // 2)
    there = ada.elsewhere()
    url = f"{cutter.url}/ada/plain/resolve/main/w.safetensors"
    assert attempt(there, *fetch, url).returncode != 0
    half = (there.folder / "w.safetensors").stat().st_size
    assert 0 < half < SIZE and cutter.cuts == 1

    cutter.reset()
    run(there, *fetch, url)
    cutter.close()
    assert sha256(there.folder / "w.safetensors") == sha256(file)
    # The rest and a few headers.
    assert SIZE - half <= cutter.received < SIZE - half + 10_000
