"""Every test gets a hub of its own on an empty folder, and checks that it never broke, stops in order and is sound."""

import pytest

from clamd import Clamd
from hub import Counter, sound


@pytest.fixture
def settings():
    """Settings of the hub, where a story is about them."""
    return {}


@pytest.fixture
def hub(tmp_path, settings):
    with sound(tmp_path, settings) as hub:
        yield hub


@pytest.fixture
def without_xet():
    """Stories about large files are told twice: see `both_ways`."""
    return False


@pytest.fixture
def ada(hub, without_xet):
    """A user with a token that may write."""
    return hub.person("ada", without_xet=without_xet)


@pytest.fixture
def eve(hub, without_xet):
    """Another user, with nothing to do with ada."""
    return hub.person("eve", without_xet=without_xet)


@pytest.fixture
def counter(hub):
    """Counts the bytes between a person and the hub: `ada.endpoint = counter.url`."""
    counter = Counter(hub)
    yield counter
    counter.close()


@pytest.fixture
def clamd(tmp_path):
    """ClamAV's daemon. A hub asks it when the story's settings name its address."""
    daemon = Clamd(tmp_path / "clamd")
    yield daemon
    daemon.stop()
