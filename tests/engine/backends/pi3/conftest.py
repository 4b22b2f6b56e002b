from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine.backends.pi3.weights_server import FileOffer, serve
from tests.synthetic.tiny_pi3 import tiny_weights


@pytest.fixture
def content() -> bytes:
    return tiny_weights()


@pytest.fixture
def offer(content: bytes) -> Iterator[FileOffer]:
    with serve(FileOffer(content)) as offered:
        yield offered
