from __future__ import annotations

import pytest

from l3rocc_engine.occupancy import warm_in_background
from tests.ui.conftest import no_thread_survives, qapp_args, theme

__all__ = ["no_thread_survives", "qapp_args", "theme"]


@pytest.fixture(scope="session", autouse=True)
def kernels_are_ready() -> None:
    """What warms kernels in the background ends before the first test begins to count threads."""
    warm_in_background().join()
