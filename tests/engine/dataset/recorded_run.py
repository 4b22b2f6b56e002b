"""Runs with something unusual about their source."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np

from l3rocc_engine.run import Run
from tests.synthetic.picture_source import PictureSource


def with_source(run: Run, **changes: object) -> Run:
    """The run on a copy of its source with some attributes replaced."""
    source = PictureSource(run.source.path, [run.source.frame(i) for i in range(run.num_frames)], run.source.fps)
    for name, value in changes.items():
        setattr(source, name, value)
    return dataclasses.replace(run, source=source)


def with_odd_pictures(run: Run) -> Run:
    """The run on pictures of 95x63."""
    pictures = [np.ascontiguousarray(run.source.frame(i)[:63, :95]) for i in range(run.num_frames)]
    intrinsics = dataclasses.replace(run.intrinsics, width_px=95, height_px=63)
    return dataclasses.replace(
        run, source=PictureSource(run.source.path, pictures, run.source.fps), intrinsics=intrinsics
    )


def with_times(run: Run, times_s: np.ndarray, fps: float) -> Run:
    """The run on a source with a clock of its own."""
    trajectory = dataclasses.replace(run.trajectory, timestamps_s=times_s)
    return dataclasses.replace(with_source(run, fps=fps, timestamps_s=times_s), trajectory=trajectory)


def dataset_like(root: Path) -> Path:
    """An empty folder that passes for a dataset."""
    (root / "meta").mkdir(parents=True)
    (root / "meta" / "info.json").write_text("{}")
    return root
