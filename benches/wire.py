"""Counts what passes between a client and a server."""

import socket
import threading

_PIECE = 1 << 18


class Wire:
    """Takes connections at an address of its own and passes on all bytes, both ways."""

    def __init__(self, port: int):
        self.port = port
        self.counted = 0
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # A thread that waits for connections is not woken by closing.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            server = socket.create_connection(("127.0.0.1", self.port))
            for ends in ((client, server), (server, client)):
                threading.Thread(target=self._pass, args=ends, daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        try:
            while piece := source.recv(_PIECE):
                target.sendall(piece)
                with self.lock:
                    self.counted += len(piece)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            # One side has gone: so does the other.
            for end in (source, target):
                end.close()
