"""The Hub API in small and large repositories and hubs: how long an answer takes, and what it costs the server."""

import base64
import concurrent.futures
import http.client
import json
import time
import urllib.parse
from pathlib import Path

from measure import MIB, quantile
from servers import Limpide

LAYOUTS = ("folders of 1000", "one folder")
# The most changes that one commit takes by default.
CHANGES = 25_000


def run(bench) -> list[dict]:
    """A row for each size of repository, layout and request."""
    rows = []
    with Limpide(bench.folder / "files") as server:
        for name, files, layout in repositories(bench):
            server.create(name)
            started = time.perf_counter()
            for first in range(0, files, CHANGES):
                paths = [path_of(number, layout) for number in range(first, min(first + CHANGES, files))]
                server.commit(name, [change(path) for path in paths])
            print(f"api: {files} files in {layout}: made in {time.perf_counter() - started:.1f} s", flush=True)
            server.forget_peak()
            rows += commits(bench, server, name, files, layout)
            rows += reads(bench, server, name, files, layout)
    return rows


def repositories(bench):
    """Each repository that is measured: its name, how many files it has, and how they lie."""
    for files in bench.files:
        for layout in LAYOUTS:
            yield f"files-{files}-{layout.replace(' ', '-')}", files, layout


def path_of(number: int, layout: str) -> str:
    return f"{number // 1000:04}/{number % 1000:04}.txt" if layout == LAYOUTS[0] else f"data/{number:06}.txt"


def change(path: str, salt: str = "") -> dict:
    content = base64.b64encode(f"{salt}{path}\n".encode()).decode()
    return {"key": "file", "value": {"path": path, "content": content, "encoding": "base64"}}


def commits(bench, server: Limpide, name: str, files: int, layout: str) -> list[dict]:
    """Commits of 250 new files into the folder that holds most, and of as many into empty repositories, in turn: both in
    the same hub at the same time."""
    folder = {LAYOUTS[0]: "0000", LAYOUTS[1]: "data"}[layout]
    for turn in range(bench.commits):
        server.create(f"empty-{name}-{turn}")
    # Every one is into the same state but for the files of the few before it.
    into_it = [commit_of_250(name, folder, turn) for turn in range(bench.commits)]
    into_empty = [commit_of_250(f"empty-{name}-{turn}", folder, turn) for turn in range(bench.commits)]
    taken = alternately(server, {"it": into_it, "empty": into_empty})
    rows = [
        told(server, "commit of 250 files", files, layout, *taken["it"]),
        told(server, "commit of 250 files into an empty repository beside it", files, layout, *taken["empty"]),
    ]
    print(f"api: {rows[0]['cpu_ms'] / rows[1]['cpu_ms']:.2f} times the CPU", flush=True)
    return rows


def commit_of_250(name: str, folder: str, turn: int) -> tuple:
    body = commit_body([change(f"{folder}/new-{turn:03}-{number:03}.txt") for number in range(250)])
    return "POST", f"/api/models/admin/{name}/commit/main", body, "application/x-ndjson"


def commit_body(changes: list[dict]) -> bytes:
    header = {"key": "header", "value": {"summary": "Add 250 files"}}
    return b"\n".join(json.dumps(line).encode() for line in [header, *changes])


def reads(bench, server: Limpide, name: str, files: int, layout: str) -> list[dict]:
    """What clients ask of a repository that they know."""
    at = f"/api/models/admin/{name}"
    folder = "/0000" if layout == LAYOUTS[0] else "/data"
    count = min(files, 1000)
    paths = [path_of(number * (files // count), layout) for number in range(count)]
    form = urllib.parse.urlencode([("paths", path) for path in paths]).encode()
    deep = deep_cursor(server, f"{at}/tree/main?recursive=true&limit=1000", files)
    asked = {
        "tree page of a folder": ("GET", f"{at}/tree/main{folder}?limit=1000"),
        "tree page of a folder, expanded": ("GET", f"{at}/tree/main{folder}?expand=true&limit=1000"),
        "tree page, recursive": ("GET", f"{at}/tree/main?recursive=true&limit=1000"),
        "tree page, recursive, expanded": ("GET", f"{at}/tree/main?recursive=true&expand=true&limit=1000"),
        "tree page, recursive, deep": ("GET", deep),
        f"paths-info of {count} paths": ("POST", f"{at}/paths-info/main", form, "application/x-www-form-urlencoded"),
        "info without files": ("GET", f"{at}?expand=sha"),
        "info with siblings": ("GET", at),
        "info with siblings and blobs": ("GET", f"{at}?blobs=true"),
    }
    return [row(server, words, files, layout, [request] * bench.requests) for words, request in asked.items()]


def deep_cursor(server: Limpide, path: str, files: int) -> str:
    """The address of the page in the middle."""
    line = Line(server)
    for _ in range(files // 1000 // 2):
        line.send("GET", path)
        if not line.next_page:
            break
        path = line.next_page
    return path


def hubs(bench) -> list[dict]:
    """A row for each size of hub and request."""
    rows = []
    for repos in bench.repos:
        with Limpide(bench.folder / f"hub-{repos}") as server:
            started = time.perf_counter()
            fill(server, repos)
            print(f"hub: {repos} repositories made in {time.perf_counter() - started:.1f} s", flush=True)
            rows += lists(bench, server, repos)
    return rows


def fill(server: Limpide, repos: int) -> None:
    """Makes repositories through the API, four at a time, each name with a word that few others have."""
    def make(part: int) -> None:
        line = Line(server)
        for number in range(part, repos, 4):
            body = json.dumps({"type": "model", "name": f"model-{number:06}-{word(number)}"}).encode()
            line.send("POST", "/api/repos/create", body)

    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(make, range(4)))


def word(number: int) -> str:
    """A made-up word; a hundred repositories of 100 000 have the same."""
    return "".join("bdfgklmnprstvz"[number * 7 % 14] + "aeiou"[number // 3 % 5] for number in (number % 1000, number % 999, number % 50))


def lists(bench, server: Limpide, repos: int) -> list[dict]:
    """What clients ask of a hub to find a repository."""
    at = "/api/models"
    line = Line(server)
    deep = f"{at}?sort=createdAt&limit=100"
    for _ in range(min(repos // 100 // 2, 50)):
        line.send("GET", deep)
        deep = line.next_page or deep
    asked = {f"page of 100 by {sort}": f"{at}?sort={sort}&limit=100"
             for sort in ("trendingScore", "createdAt", "lastModified", "downloads", "likes")}
    asked |= {
        "page of 1000 by trendingScore": f"{at}?limit=1000",
        "page of 100, deep": deep,
        "search, found often": f"{at}?search=model-0&limit=100",
        "search, found once": f"{at}?search=model-{repos // 2:06}&limit=100",
        "search, never found": f"{at}?search=nothing-of-this-name&limit=100",
        "by author": f"{at}?author=admin&limit=100",
        "by an author who has nothing": f"{at}?author=nobody&limit=100",
    }
    return [row(server, words, repos, "", [("GET", path)] * bench.requests) for words, path in asked.items()]


def row(server: Limpide, words: str, size: int, layout: str, requests: list[tuple]) -> dict:
    """Sends each request once on one connection, after one that is not counted."""
    Line(server).send(*requests[0])
    server.forget_peak()
    return told(server, words, size, layout, *alternately(server, {"": requests})[""])


def alternately(server: Limpide, loads: dict[str, list[tuple]]) -> dict[str, tuple]:
    """Sends the loads' requests in turn; gives for each load the milliseconds that each took, the CPU milliseconds that all
    took, and the bytes of the last answer."""
    line, taken, spent, length = Line(server), {name: [] for name in loads}, dict.fromkeys(loads, 0.0), {}
    for requests in zip(*loads.values(), strict=True):
        for name, request in zip(loads, requests, strict=True):
            before, started = server.cpu(), time.perf_counter()
            line.send(*request)
            taken[name].append((time.perf_counter() - started) * 1000)
            spent[name] += (server.cpu() - before) * 1000
            length[name] = line.length
    return {name: (taken[name], spent[name], length[name]) for name in loads}


def told(server: Limpide, words: str, size: int, layout: str, taken: list[float], spent: float, length: int) -> dict:
    figures = {
        "request": words, "size": size, "layout": layout, "p50_ms": quantile(taken, 0.5), "p99_ms": quantile(taken, 0.99),
        "least_ms": min(taken), "cpu_ms": spent / len(taken), "peak_mib": server.peak() / MIB, "KiB": length / 1024,
    }
    print(f"api {figures}", flush=True)
    return figures


class Line:
    """One kept connection to the hub."""

    def __init__(self, server: Limpide):
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=600)
        self.token = server.token
        self.next_page = None
        self.length = 0

    def send(self, method: str, path: str, body: bytes | None = None, kind: str = "application/json") -> bytes:
        """Sends a request that must succeed; gives the body of the answer, unread as JSON."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": kind}
        self.connection.request(method, path, body, headers)
        answer = self.connection.getresponse()
        body = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {body[:500]}")
        self.length = len(body)
        link = answer.headers.get("Link", "")
        self.next_page = link.split("<")[1].split(">")[0].removeprefix(f"http://127.0.0.1:{self.connection.port}") if link else None
        return body
