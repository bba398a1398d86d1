"""The modules beside these tests, for pytest as for the commands."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from server import Server  # noqa: E402


@pytest.fixture
def server(tmp_path):
    """A hub that tests kill and start again; at the end it stops in order, never broke, and is sound."""
    server = Server(tmp_path)
    yield server
    assert server.stop() == 0
    assert not server.failures()
    server.check()
