"""What came in chunk by chunk goes out as plain HTTP to programs that know nothing of the hub."""

import subprocess

from both_ways import both_ways
from hub import safetensors, sha256

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
