"""What the stages of a run leave in their folders; whatever is damaged there ends in a sentence, as in all readers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_engine.dataset.tracks import load_tracks, save_tracks
from l3rocc_engine.errors import InputError, OutputError
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.sim3 import Sim3
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.geometry.zoom import ZoomTrack
from l3rocc_engine.reconstruction import PointMap, Reconstruction, Scale, ScaleMethod
from l3rocc_engine.storage.atomic import write_json, writing
from l3rocc_engine.storage.json_file import read_json
from l3rocc_engine.storage.npz_stream import DamagedNpz, NpzStream

_CLOUD_NOTES = ("num_seen", "edge")
"""What may be known of the points besides; clouds of earlier versions lack it."""
_AGAIN = "Check the disk or the network share, and process the source again: damaged stages are computed again."
_FACTS_FILE = "reconstruction.json"
ZOOM_FILE, RAYS_FILE, TRACKS_FILE = "zoom.npz", "view_rays.npz", "tracks.npz"


@dataclass(frozen=True, slots=True)
class StoredPointMaps(Sequence[PointMap]):
    """Point maps that are read from disk one at a time."""

    paths: tuple[Path, ...]

    def __len__(self) -> int:
        """Number of keyframes."""
        return len(self.paths)

    @overload
    def __getitem__(self, index: int) -> PointMap: ...
    @overload
    def __getitem__(self, index: slice) -> StoredPointMaps: ...
    def __getitem__(self, index: int | slice) -> PointMap | StoredPointMaps:
        """Read one keyframe, or take a range of them without reading."""
        if isinstance(index, slice):
            return StoredPointMaps(self.paths[index])
        return _load_point_map(self.paths[index])

    def __iter__(self) -> Iterator[PointMap]:
        """Read the keyframes in order."""
        return (_load_point_map(path) for path in self.paths)


def _load_point_map(path: Path) -> PointMap:
    with _reading(path) as arrays:
        return PointMap(
            frame_idx=int(arrays.array("frame_idx")),
            points_cam=arrays.array("points_cam"),
            confidence=arrays.array("confidence"),
            colors=arrays.array("colors"),
        )


@contextmanager
def _reading(path: Path) -> Iterator[NpzStream]:
    """The arrays of a stage's file; none of the input's business, so that a batch tries again.

    Raises
    ------
    OutputError
        If it is missing or damaged, or the disk or share does not give it out.
    """
    try:
        with path.open("rb") as file:
            file.read(1)  # zipfile would take a disk that gives nothing for a file that is none
        with NpzStream(path) as arrays:
            yield arrays
    except OSError as error:
        raise OutputError(f"{path} cannot be read: {error.strerror or error}.", _AGAIN) from error
    except (InputError, ValueError, TypeError) as error:
        problem = error.problem if isinstance(error, DamagedNpz) else str(error)
        raise OutputError(f"{path} cannot be used: {problem}.", _AGAIN) from error


def save_reconstruction(reconstruction: Reconstruction, folder: Path) -> None:
    """Write a reconstruction into an empty folder, one file a keyframe.

    Raises
    ------
    OutputError
        If the disk is full, for example.
    """
    with writing(folder):
        _save_arrays(reconstruction, folder)
    _save_facts(reconstruction, folder)


def _save_arrays(reconstruction: Reconstruction, folder: Path) -> None:
    for point_map in reconstruction.point_maps:
        np.savez(
            folder / f"keyframe_{point_map.frame_idx:06d}.npz",
            frame_idx=point_map.frame_idx,
            points_cam=point_map.points_cam,
            confidence=point_map.confidence,
            colors=point_map.colors,
        )
    trajectory, scale = reconstruction.trajectory, reconstruction.scale
    np.savez(
        folder / "trajectory.npz",
        world_from_cam=trajectory.world_from_cam,
        timestamps_s=trajectory.timestamps_s,
        is_interpolated=trajectory.is_interpolated,
        scale_rotation=scale.sim3.rotation,
        scale_translation=scale.sim3.translation,
    )
    if reconstruction.tracks is not None:
        save_tracks(folder / TRACKS_FILE, reconstruction.tracks)
    if reconstruction.zoom is not None:
        np.savez(folder / ZOOM_FILE, values=reconstruction.zoom.numbers)
    if reconstruction.view_rays is not None:
        np.savez(folder / RAYS_FILE, values=reconstruction.view_rays)


def _save_facts(reconstruction: Reconstruction, folder: Path) -> None:
    k, scale = reconstruction.intrinsics, reconstruction.scale
    write_json(
        folder / _FACTS_FILE,
        {
            "backend": reconstruction.backend,
            "intrinsics": [k.fx_px, k.fy_px, k.cx_px, k.cy_px, k.width_px, k.height_px],
            "scale": {"method": scale.method.value, "factor": scale.sim3.scale, "residual": scale.residual},
            "world_up": reconstruction.world_up,
            "notes": reconstruction.notes,
            "measures": reconstruction.measures,
            "has_floating_points": reconstruction.has_floating_points,
        },
    )


def load_reconstruction(folder: Path) -> Reconstruction:
    """Read what :func:`save_reconstruction` wrote; point maps stay on disk until they are iterated.

    Raises
    ------
    OutputError
        If a file is missing or damaged.
    """
    path = folder / _FACTS_FILE
    try:
        return _reconstruction_of(read_json(path), folder)
    except (OSError, ValueError, LookupError, TypeError, AttributeError, OverflowError, InputError) as error:
        raise OutputError(f"{path} cannot be used: {error}.", _AGAIN) from error


def _reconstruction_of(facts: dict[str, Any], folder: Path) -> Reconstruction:
    with _reading(folder / "trajectory.npz") as arrays:
        trajectory = Trajectory(
            world_from_cam=arrays.array("world_from_cam"),
            timestamps_s=arrays.array("timestamps_s"),
            is_interpolated=arrays.array("is_interpolated"),
        )
        sim3 = Sim3(
            scale=facts["scale"]["factor"],
            rotation=arrays.array("scale_rotation"),
            translation=arrays.array("scale_translation"),
        )
    fx, fy, cx, cy, width, height = facts["intrinsics"]
    zoom, view_rays = _array_if_there(folder / ZOOM_FILE), _array_if_there(folder / RAYS_FILE)
    up = facts["world_up"]
    return Reconstruction(
        point_maps=StoredPointMaps(tuple(sorted(folder.glob("keyframe_*.npz")))),
        trajectory=trajectory,
        intrinsics=Intrinsics(fx_px=fx, fy_px=fy, cx_px=cx, cy_px=cy, width_px=width, height_px=height),
        backend=facts["backend"],
        scale=Scale(sim3=sim3, method=ScaleMethod(facts["scale"]["method"]), residual=facts["scale"]["residual"]),
        world_up=None if up is None else (up[0], up[1], up[2]),
        notes=tuple(facts["notes"]),
        measures=facts["measures"],
        tracks=load_tracks(folder / TRACKS_FILE),
        zoom=None if zoom is None else ZoomTrack(numbers=zoom, width_px=width, height_px=height),
        view_rays=view_rays,
        has_floating_points=facts.get("has_floating_points", False),
    )


def _array_if_there(path: Path) -> NDArray[Any] | None:
    """An array that only some reconstructions have."""
    if not path.exists():
        return None
    with _reading(path) as arrays:
        return arrays.array("values")


def save_cloud(cloud: PointCloud, folder: Path) -> None:
    """Write a cloud into a folder, uncompressed, so that it opens at once.

    Raises
    ------
    OutputError
        If the disk is full, for example.
    """
    noted = {name: values for name in _CLOUD_NOTES if (values := getattr(cloud, name)) is not None}
    with writing(folder):
        np.savez(
            folder / "cloud.npz",
            points_world=cloud.points_world,
            colors=cloud.colors,
            confidence=cloud.confidence,
            first_frame=cloud.first_frame,
            **noted,
        )


def load_cloud(folder: Path) -> PointCloud:
    """Read what :func:`save_cloud` wrote.

    Raises
    ------
    OutputError
        If the file is missing or damaged.
    """
    with _reading(folder / "cloud.npz") as arrays:
        return PointCloud(
            points_world=arrays.array("points_world"),
            colors=arrays.array("colors"),
            confidence=arrays.array("confidence"),
            first_frame=arrays.array("first_frame"),
            **{name: arrays.array(name) for name in _CLOUD_NOTES if name in arrays.names()},
        )
