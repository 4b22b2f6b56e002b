"""Writing a part of a run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.dataset import PROFILES, Outcome, open_dataset, validate_dataset, write_dataset
from l3rocc_engine.errors import ConfigError
from l3rocc_engine.run import Run


@pytest.mark.parametrize("profile", PROFILES)
def test_a_part_is_a_dataset_of_its_own(run: Run, tmp_path: Path, profile: str) -> None:
    out = write_dataset(run, tmp_path / profile, profile=profile, frames=range(4, 9))
    report = validate_dataset(out)
    assert [f for f in report.findings if f.outcome is Outcome.FAIL] == []
    part = open_dataset(out)
    assert part.num_frames == part.source.num_frames == part.occupancy.num_frames == 5
    np.testing.assert_array_equal(part.trajectory.world_from_cam, run.trajectory.world_from_cam[4:9])
    for t in range(5):
        np.testing.assert_array_equal(part.occupancy.occupied_indices(t), run.occupancy.occupied_indices(4 + t))
    assert part.record.keyframes == tuple(k - 4 for k in run.record.keyframes if 4 <= k < 9)
    assert part.source.timestamps_s[0] == 0.0


@pytest.mark.parametrize("frames", [range(0), range(-1, 3), range(3, 13), range(0, 8, 2)])
def test_what_is_no_part_is_refused(run: Run, tmp_path: Path, frames: range) -> None:
    with pytest.raises(ConfigError, match="frames 0 to 11"):
        write_dataset(run, tmp_path / "out", profile="lerobot", frames=frames)
    assert not (tmp_path / "out").exists()
