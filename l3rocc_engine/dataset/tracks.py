"""Point tracks in a file, and the part of them that belongs to an episode."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.point_tracks import PointTracks
from l3rocc_engine.occupancy.archive import NpzWriter
from l3rocc_engine.storage.atomic import atomic_file
from l3rocc_engine.storage.npz_stream import NpzStream


def save_tracks(path: Path, tracks: PointTracks) -> None:
    """Write ``points_world`` (N, 3), and ``frame_idx``, ``point_idx`` and ``pixels_px`` of every observation.

    Raises
    ------
    OutputError
        If the file cannot be written.
    """
    with atomic_file(path) as partial, partial.open("wb") as stream:
        npz = NpzWriter(stream)  # unlike numpy's, it writes no date, so equal runs give equal files
        npz.add_array("points_world", tracks.points_world)
        npz.add_array("frame_idx", tracks.frame_idx)
        npz.add_array("point_idx", tracks.point_idx)
        npz.add_array("pixels_px", tracks.pixels_px)
        npz.close()


def load_tracks(path: Path) -> PointTracks | None:
    """Read what :func:`save_tracks` wrote; None if there is no such file, since not every backend has tracks.

    Raises
    ------
    InputError
        If the file is damaged.
    """
    if not path.exists():
        return None
    try:
        with NpzStream(path) as arrays:
            return PointTracks(
                points_world=arrays.array("points_world"),
                frame_idx=arrays.array("frame_idx"),
                point_idx=arrays.array("point_idx"),
                pixels_px=arrays.array("pixels_px"),
            )
    except (InputError, ValueError, TypeError) as error:
        raise InputError(f"The point tracks in {path} cannot be read.", str(error)) from error


def tracks_of(tracks: PointTracks, start: int, stop: int) -> PointTracks:
    """The tracks of frames ``start`` to ``stop``, which are counted from 0 anew."""
    part = tracks.seen_by(np.arange(start, stop))
    return replace(part, frame_idx=part.frame_idx - start)
