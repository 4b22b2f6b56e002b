from __future__ import annotations

import numpy as np
import pytest

from l3rocc_engine.errors import InputError
from l3rocc_studio.model.quality import QualityTrack


def track(coverage: list[float], confidence: list[float] | None = None, seam: float = np.nan) -> QualityTrack:
    values = np.array(coverage, dtype=np.float32)
    sureness = values if confidence is None else np.array(confidence, dtype=np.float32)
    return QualityTrack(coverage=values, confidence=sureness, seam=np.full(len(values), seam, dtype=np.float32))


def test_the_lowest_of_what_is_known_counts() -> None:
    mixed = track([0.9, 0.2, 0.8], [0.5, np.nan, 0.9])
    np.testing.assert_allclose(mixed.worst_of_all, [0.5, 0.2, 0.8])
    assert not mixed.has_seams
    assert mixed.describe(1) == "coverage 20%"
    assert track([0.5], seam=0.25).describe(0) == "coverage 50%, confidence 50%, seam 25%"


def test_one_bad_stretch_is_listed_once() -> None:
    values = np.ones(60)
    values[20:24] = (0.3, 0.1, 0.2, 0.3)
    values[50] = 0.25
    assert track(values.tolist()).worst_frames(3)[:2] == [21, 50]
    assert track([np.nan] * 5).worst_frames(3) == []


def test_tracks_have_one_length() -> None:
    with pytest.raises(InputError, match="one length"):
        QualityTrack(coverage=np.zeros(3, np.float32), confidence=np.zeros(2, np.float32), seam=np.zeros(3, np.float32))
