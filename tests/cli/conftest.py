from __future__ import annotations

import pytest

from l3rocc_studio.cli import stopping


@pytest.fixture(autouse=True)
def never_end_the_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last resort of a command that is slow to stop would end the process that runs the tests."""
    monkeypatch.setattr(stopping, "_end_process", lambda: None)
