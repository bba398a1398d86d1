"""A client that cuts the connection at any byte, or stalls: nothing of its request is seen, and nothing stays held."""

import json
import random
import socket
import time

import pytest

from raw import Raw
from server import Server, eventually

SMALL = b"words of a small file\n"
LARGE = random.Random(11).randbytes(1_500_000)


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path, settings=["--timeouts-stalled", "2s", "--timeouts-idle", "3s"])
    yield server
    assert server.stop() == 0
    assert not server.failures()
    server.check()


@pytest.fixture
def raw(server):
    server.command("user", "create", "ada")
    raw = Raw(server.port, server.command("token", "create", "ada").strip())
    assert raw.create("ada/here")[0] == 200
    return raw


def uploads(raw) -> dict:
    """Each kind of request that brings something, complete."""
    store, token = raw.content_token("ada/here")
    sample = {"files": [{"path": "a.txt", "size": 3, "sample": "YWJj"}]}
    return {
        "commit": raw.request_bytes(
            "POST", "/api/models/ada/here/commit/main", raw.commit_body({"a.txt": SMALL, "b.txt": SMALL * 2})
        ),
        "preupload": raw.request_bytes("POST", "/api/models/ada/here/preupload/main", json.dumps(sample).encode()),
        "LFS": raw.request_bytes("PUT", raw.lfs_address("ada/here", LARGE), LARGE),
        "xorb": raw.request_bytes("POST", f"{store}/v1/xorbs/default/{'ab' * 32}", LARGE, token),
        "shard v1": raw.request_bytes("POST", f"{store}/v1/shards", LARGE[:5000], token),
        "shard v2": raw.request_bytes("POST", f"{store}/v2/shards", LARGE[:5000], token),
    }


def cuts(request: bytes) -> list[int]:
    """Where to cut: after every byte of something short, else at boundaries and by chance, never at the end."""
    length = len(request)
    if length < 1500:
        return list(range(1, length))
    head = request.find(b"\r\n\r\n") + 4
    edges = {1, head - 1, head, head + 1, length // 2, length - 1, 1 << 16, 1 << 20, (1 << 20) + head}
    chance = random.Random(length)
    return sorted(cut for cut in edges | {chance.randrange(1, length) for _ in range(12)} if cut < length)


def test_a_request_cut_at_any_byte_leaves_nothing_behind(server, raw):
    head, base = raw.head("ada/here"), None
    for name, request in uploads(raw).items():
        for cut in cuts(request):
            raw.send_part(request[:cut], random.Random(cut).choice(["cut", "half", "reset"]))
        assert raw.head("ada/here") == head, name
        if base is None:
            base = server.open_files()
    status, _, body = raw.call("GET", "/api/models/ada/here/tree/main?recursive=true")
    assert [entry["path"] for entry in json.loads(body)] == [".gitattributes"]
    eventually(lambda: not list((server.data / "blobs" / "tmp").iterdir()), what="unfinished files are removed")
    eventually(lambda: server.open_files() <= base + 2, what="files are closed again")
    # What was cut was never claimed: the object still has to be sent, and then it is whole.
    assert raw.lfs_put("ada/here", LARGE)[0] == 200
    assert raw.commit("ada/here", {"a.txt": SMALL}, {"large.bin": LARGE})[0] == 200
    assert raw.call("GET", "/ada/here/resolve/main/large.bin")[2] == LARGE


@pytest.mark.parametrize("path", ["small.txt", "large.bin"])
def test_a_download_cut_at_any_byte_goes_on_from_there(server, raw, path):
    assert raw.lfs_put("ada/here", LARGE)[0] == 200
    assert raw.commit("ada/here", {"small.txt": SMALL}, {"large.bin": LARGE})[0] == 200
    data = {"small.txt": SMALL, "large.bin": LARGE}[path]
    address = f"/ada/here/resolve/main/{path}"
    request = raw.request_bytes("GET", address, b"")
    files = server.open_files()
    for cut in cuts(data):
        had = b""
        with socket.create_connection(("127.0.0.1", raw.port), timeout=60) as client:
            client.sendall(request)
            while len(had.partition(b"\r\n\r\n")[2]) < cut:
                had += client.recv(1 << 16)
        had = had.partition(b"\r\n\r\n")[2][:cut]
        status, headers, rest = raw.call("GET", address, headers={"Range": f"bytes={cut}-"})
        assert (status, had + rest) == (206, data), cut
    eventually(lambda: server.open_files() <= files + 2, what="files are closed again")


def ends(client: socket.socket, patience: float = 30) -> bytes:
    """What the hub says before it closes the connection, which it must."""
    client.settimeout(patience)
    said = b""
    try:
        while piece := client.recv(1 << 16):
            said += piece
    except ConnectionResetError:
        pass
    return said


@pytest.mark.parametrize("name", ["commit", "preupload", "LFS", "xorb", "shard v1", "shard v2"])
def test_a_client_that_stalls_within_a_body_is_cut_off(raw, server, name):
    request = uploads(raw)[name]
    head = request.index(b"\r\n\r\n") + 4
    with socket.create_connection(("127.0.0.1", raw.port)) as client:
        client.sendall(request[: (head + len(request)) // 2])
        said = ends(client)
    assert said.startswith(b"HTTP/1.1 4"), said[:200]


def test_a_client_that_stalls_within_the_head_or_sends_nothing_is_cut_off(raw):
    for part in (b"", b"GET /healthz HTT", b"GET /healthz HTTP/1.1\r\nhost: x\r\n"):
        with socket.create_connection(("127.0.0.1", raw.port)) as client:
            client.sendall(part)
            assert ends(client).split(b"\r\n")[0] in (b"", b"HTTP/1.1 408 Request Timeout")


def test_a_byte_now_and_then_is_no_upload(raw):
    request = uploads(raw)["LFS"]
    head = request.index(b"\r\n\r\n") + 4
    with socket.create_connection(("127.0.0.1", raw.port)) as client:
        client.sendall(request[: head + 100_000])
        end = time.monotonic() + 60
        client.settimeout(0.2)
        said = b""
        while not said and time.monotonic() < end:
            try:
                client.sendall(request[head + 100_000 : head + 100_001])
                said = client.recv(1000)
            except TimeoutError:
                continue
            except OSError:
                return
        assert said.startswith(b"HTTP/1.1 4"), said


def test_a_slow_upload_that_goes_on_is_taken(raw):
    # Three times as long as a client that stalls is waited for.
    request = uploads(raw)["LFS"]
    with socket.create_connection(("127.0.0.1", raw.port)) as client:
        for start in range(0, len(request), len(request) // 30):
            client.sendall(request[start : start + len(request) // 30])
            time.sleep(0.2)
        client.settimeout(30)
        assert client.recv(1000).startswith(b"HTTP/1.1 200")
    assert raw.commit("ada/here", {}, {"large.bin": LARGE})[0] == 200


def test_readers_that_stall_are_cut_off_and_hold_little_memory(raw, server):
    data = random.Random(12).randbytes(60_000_000)
    assert raw.lfs_put("ada/here", data)[0] == 200
    assert raw.commit("ada/here", {}, {"large.bin": data})[0] == 200
    files, memory = server.open_files(), server.memory()
    request = raw.request_bytes("GET", "/ada/here/resolve/main/large.bin", b"")
    clients = []
    for _ in range(20):
        client = socket.create_connection(("127.0.0.1", raw.port))
        client.sendall(request)
        assert client.recv(1000).startswith(b"HTTP/1.1 200")
        clients.append(client)
    eventually(lambda: server.open_files() >= files + 20, what="all read")
    grown = server.memory() - memory
    assert grown < 20 * 8_000_000, f"{grown} bytes for 20 readers"
    eventually(lambda: server.open_files() <= files + 2, what="stalled readers are cut off")
    for client in clients:
        client.close()
    assert raw.call("GET", "/ada/here/resolve/main/large.bin")[2] == data
