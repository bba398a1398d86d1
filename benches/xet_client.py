"""A process of its own that moves files with the stock Xet client. It says that it is ready, waits for a line, and tells how
it went in JSON: `python xet_client.py '{"act": "upload", "pass": {…}, "files": [{"path": …}]}'`."""

import json
import sys
import time

import hf_xet


def main() -> None:
    asked = json.loads(sys.argv[1])
    print("ready", flush=True)
    sys.stdin.readline()
    started = time.perf_counter()
    files = {"upload": upload, "download": download}[asked["act"]](asked["pass"], asked["files"])
    print(json.dumps({"files": files, "seconds": time.perf_counter() - started}), flush=True)


def upload(access: dict, files: list[dict]) -> list[dict]:
    """Sends each `path`; gives the hash by which each can be asked for."""
    with hf_xet.XetSession().new_upload_commit(**access) as commit:
        handles = [commit.start_upload_file(file["path"], sha256=hf_xet.COMPUTE_SHA256) for file in files]
    told = [handle.result().xet_info for handle in handles]
    return [{"hash": info.hash, "sha256": info.sha256, "size": info.file_size} for info in told]


def download(access: dict, files: list[dict]) -> list[dict]:
    """Fetches what has each `hash` and `size` to its `path`."""
    with hf_xet.XetSession().new_file_download_group(**access) as group:
        for file in files:
            group.start_download_file(hf_xet.XetFileInfo(file["hash"], file["size"]), file["path"])
    return files


main()
