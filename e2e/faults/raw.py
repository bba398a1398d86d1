"""Requests by hand: what the stock clients send, byte for byte, so that they can be cut anywhere."""

import base64
import hashlib
import http.client
import json
import socket
import struct


class Raw:
    """Somebody who speaks HTTP to the hub without a client library."""

    def __init__(self, port: int, token: str):
        self.port = port
        self.token = token

    def call(self, method: str, path: str, body=b"", token: str | None = None, headers=None):
        """The status, headers and body of an answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        body = json.dumps(body).encode() if isinstance(body, dict | list) else body
        try:
            bearer = {"Authorization": f"Bearer {token or self.token}"}
            connection.request(method, path, body, bearer | (headers or {}))
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()
        finally:
            connection.close()

    def create(self, repo: str):
        owner, name = repo.split("/")
        return self.call("POST", "/api/repos/create", {"name": name, "organization": owner, "type": "model"})

    def commit_body(self, files: dict, lfs: dict | None = None) -> bytes:
        lines = [{"key": "header", "value": {"summary": "raw", "description": ""}}]
        for path, data in files.items():
            text = base64.b64encode(data).decode()
            lines.append({"key": "file", "value": {"path": path, "content": text, "encoding": "base64"}})
        for path, data in (lfs or {}).items():
            oid = hashlib.sha256(data).hexdigest()
            value = {"path": path, "algo": "sha256", "oid": oid, "size": len(data)}
            lines.append({"key": "lfsFile", "value": value})
        return b"".join(json.dumps(line).encode() + b"\n" for line in lines)

    def commit(self, repo: str, files: dict, lfs: dict | None = None):
        return self.call("POST", f"/api/models/{repo}/commit/main", self.commit_body(files, lfs))

    def lfs_address(self, repo: str, data: bytes) -> str:
        """Where to put an LFS object."""
        oid = hashlib.sha256(data).hexdigest()
        asked = {"operation": "upload", "objects": [{"oid": oid, "size": len(data)}]}
        status, _, body = self.call("POST", f"/{repo}.git/info/lfs/objects/batch", asked)
        assert status == 200, body
        actions = json.loads(body)["objects"][0].get("actions")
        return actions["upload"]["href"].split(str(self.port), 1)[1] if actions else ""

    def lfs_put(self, repo: str, data: bytes):
        return self.call("PUT", self.lfs_address(repo, data), data)

    def content_token(self, repo: str) -> tuple[str, str]:
        """The path of the content store, and a token to write there."""
        _, _, body = self.call("GET", f"/api/models/{repo}/xet-write-token/main")
        answer = json.loads(body)
        return answer["casUrl"].split(str(self.port), 1)[1], answer["accessToken"]

    def head(self, repo: str) -> str:
        status, _, body = self.call("GET", f"/api/models/{repo}")
        assert status == 200, body
        return json.loads(body)["sha"]

    def request_bytes(self, method: str, path: str, body: bytes, token: str | None = None) -> bytes:
        """A whole request, as it stands on the wire."""
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: 127.0.0.1:{self.port}\r\ncontent-length: {len(body)}\r\n"
            f"authorization: Bearer {token or self.token}\r\n\r\n"
        )
        return head.encode() + body

    def send_part(self, part: bytes, end: str) -> None:
        """Sends the beginning of a request, and leaves: `cut`, `half` (writes no more, but listens) or `reset`."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as client:
            try:
                client.sendall(part)
                if end == "half":
                    client.shutdown(socket.SHUT_WR)
                    while client.recv(1 << 16):
                        pass
                elif end == "reset":
                    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            except OSError:
                # The hub has refused already.
                pass
