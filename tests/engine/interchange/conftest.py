from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from l3rocc_engine.geometry.point_tracks import PointTracks
from l3rocc_engine.geometry.se3 import invert
from l3rocc_engine.run import Run
from tests.synthetic.run_factory import make_run


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    return make_run(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="session")
def tracked_run(run: Run) -> Run:
    """The same run with points that several keyframes observe, half a pixel off to the right."""
    points = run.cloud.points_world[::37].astype(np.float64)
    frames, rows, pixels = [], [], []
    k = run.intrinsics
    for frame_idx in run.record.keyframes:
        cam_from_world = invert(run.trajectory.world_from_cam[frame_idx])
        points_cam = points @ cam_from_world[:3, :3].T + cam_from_world[:3, 3]
        with np.errstate(divide="ignore", invalid="ignore"):
            x = points_cam[:, 0] / points_cam[:, 2] * k.fx_px + k.cx_px
            y = points_cam[:, 1] / points_cam[:, 2] * k.fy_px + k.cy_px
        seen = np.flatnonzero((points_cam[:, 2] > 0.1) & (x > 0) & (x < k.width_px) & (y > 0) & (y < k.height_px))
        frames.append(np.full(len(seen), frame_idx, np.int64))
        rows.append(seen)
        pixels.append(np.stack([x[seen] + 0.5, y[seen]], axis=1))
    tracks = PointTracks(
        points_world=points,
        frame_idx=np.concatenate(frames),
        point_idx=np.concatenate(rows),
        pixels_px=np.concatenate(pixels),
    )
    return replace(run, tracks=tracks)
