from __future__ import annotations

from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"


@pytest.fixture(scope="session")
def samples_dir() -> Path:
    """Real clips kept beside the project; tests that need them skip where they are absent."""
    if not SAMPLES.is_dir():
        pytest.skip("the real sample clips are not here")
    return SAMPLES
