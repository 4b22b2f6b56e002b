from __future__ import annotations

from pathlib import Path

import pytest

from l3rocc_engine.dataset import forecast_dataset, write_dataset
from l3rocc_engine.dataset.layout import Profile
from tests.synthetic.run_factory import make_run


@pytest.mark.parametrize("profile", ["lerobot", "interndata"])
@pytest.mark.parametrize("frames", [None, range(2, 6)])
def test_the_size_is_known_roughly_beforehand(tmp_path: Path, profile: Profile, frames: range | None) -> None:
    run = make_run(tmp_path)
    foreseen = forecast_dataset(run, profile=profile, frames=frames)
    out = write_dataset(run, tmp_path / "out", profile=profile, frames=frames)
    files = [path for path in out.rglob("*") if path.is_file()]
    written = sum({path.stat().st_ino: path.stat().st_size for path in files}.values())
    assert 0.6 * written < foreseen.num_bytes < 1.7 * written
    assert abs(foreseen.num_files - len(files)) <= 2


def test_frames_that_are_not_there_take_no_room(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    nothing = forecast_dataset(run, profile="lerobot", frames=range(90, 99))
    assert nothing.num_bytes < forecast_dataset(run, profile="lerobot").num_bytes
