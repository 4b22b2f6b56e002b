from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.dataset import PROFILES, open_dataset, validate_dataset, write_dataset
from l3rocc_engine.dataset.tracks import load_tracks, save_tracks, tracks_of
from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.point_tracks import PointTracks
from tests.synthetic.run_factory import make_run


def some_tracks(num_frames: int = 12) -> PointTracks:
    """Point ``n`` is seen by the frames from ``n`` on."""
    seen = [(frame, point) for frame in range(num_frames) for point in range(num_frames) if point <= frame]
    rng = np.random.default_rng(0)
    return PointTracks(
        points_world=rng.normal(size=(num_frames, 3)),
        frame_idx=np.array([frame for frame, _ in seen]),
        point_idx=np.array([point for _, point in seen]),
        pixels_px=rng.uniform(0, 60, size=(len(seen), 2)),
    )


def assert_equal(found: PointTracks | None, wanted: PointTracks) -> None:
    assert found is not None
    for name in ("points_world", "frame_idx", "point_idx", "pixels_px"):
        np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name))


@pytest.mark.parametrize("profile", PROFILES)
def test_a_dataset_keeps_the_tracks_and_stays_valid(tmp_path: Path, profile: str) -> None:
    run = replace(make_run(tmp_path), tracks=some_tracks())
    out = write_dataset(run, tmp_path / "out", profile=profile)
    opened = open_dataset(out)
    assert run.tracks is not None
    assert_equal(opened.tracks, run.tracks.seen_by(np.arange(12)))
    assert validate_dataset(out).ok
    opened.source.close()


def test_a_run_without_tracks_has_no_file_of_them(tmp_path: Path) -> None:
    out = write_dataset(make_run(tmp_path), tmp_path / "out", profile="interndata")
    assert not list(out.rglob("tracks.npz"))
    opened = open_dataset(out)
    assert opened.tracks is None
    opened.source.close()


def test_an_episode_has_the_points_that_two_of_its_frames_see() -> None:
    part = tracks_of(some_tracks(), 6, 9)
    assert part.frame_idx.min() == 0
    assert part.frame_idx.max() == 2
    assert np.bincount(part.point_idx).min() == 2
    np.testing.assert_array_equal(part.points_world, some_tracks().points_world[:8])


def test_damaged_tracks_are_told(tmp_path: Path) -> None:
    save_tracks(tmp_path / "tracks.npz", some_tracks())
    whole = (tmp_path / "tracks.npz").read_bytes()
    (tmp_path / "tracks.npz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(InputError, match="cannot be read"):
        load_tracks(tmp_path / "tracks.npz")
    with pytest.raises(InputError, match="points that do not exist"):
        replace(some_tracks(), points_world=np.zeros((3, 3)))
