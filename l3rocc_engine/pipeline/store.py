"""Finished stages on disk: a stage folder is complete when its ``stage.json`` holds the wanted key."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_engine.dataset.tracks import load_tracks, save_tracks
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.sim3 import Sim3
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.geometry.zoom import ZoomTrack
from l3rocc_engine.reconstruction import PointMap, Reconstruction, Scale, ScaleMethod
from l3rocc_engine.storage.atomic import fsync_path, write_json, writing

_STAGE_FILE = "stage.json"
_CLOUD_NOTES = ("num_seen", "edge")
"""What may be known of the points besides; clouds of earlier versions lack it."""
ZOOM_FILE, RAYS_FILE, TRACKS_FILE = "zoom.npy", "view_rays.npy", "tracks.npz"


def stage_key(*parts: Any) -> str:
    """Hash of everything a stage's result depends on, 16 hexadecimal digits."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:16]


def finished_stage(folder: Path, key: str) -> dict[str, Any] | None:
    """What was noted when the stage was finished, or None if it is absent, unfinished or of another key."""
    try:
        noted = json.loads((folder / _STAGE_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return noted if isinstance(noted, dict) and noted.get("key") == key else None


def finish_stage(folder: Path, key: str, **notes: Any) -> None:
    """Mark a stage as complete; call it last.

    Raises
    ------
    OutputError
        If the folder cannot be written.
    """
    with writing(folder):  # on the disk before the mark is, lest a power cut leave a mark on empty files
        for item in folder.iterdir():
            fsync_path(item)
    write_json(folder / _STAGE_FILE, {"key": key, **notes})


def has_finished_stage(workdir: Path) -> bool:
    """Whether any stage below a run's folder is complete, so that another run may go on from it."""
    return any(workdir.glob(f"*/*/{_STAGE_FILE}"))


def remove_old_stages(folder: Path, *, num_kept: int) -> None:
    """Remove the results beside a stage's folder but for the ``num_kept`` that were used last."""
    others = [other for other in folder.parent.iterdir() if other.is_dir() and other != folder]
    others.sort(key=lambda other: other.stat().st_mtime, reverse=True)
    for other in others[num_kept:]:
        shutil.rmtree(other, ignore_errors=True)


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
    with np.load(path, allow_pickle=False) as arrays:
        return PointMap(
            frame_idx=int(arrays["frame_idx"]),
            points_cam=arrays["points_cam"],
            confidence=arrays["confidence"],
            colors=arrays["colors"],
        )


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
        np.save(folder / ZOOM_FILE, reconstruction.zoom.numbers)
    if reconstruction.view_rays is not None:
        np.save(folder / RAYS_FILE, reconstruction.view_rays)


def _save_facts(reconstruction: Reconstruction, folder: Path) -> None:
    k, scale = reconstruction.intrinsics, reconstruction.scale
    write_json(
        folder / "reconstruction.json",
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
    """Read what :func:`save_reconstruction` wrote; point maps stay on disk until they are iterated."""
    facts = json.loads((folder / "reconstruction.json").read_text(encoding="utf-8"))
    with np.load(folder / "trajectory.npz", allow_pickle=False) as arrays:
        trajectory = Trajectory(
            world_from_cam=arrays["world_from_cam"],
            timestamps_s=arrays["timestamps_s"],
            is_interpolated=arrays["is_interpolated"],
        )
        sim3 = Sim3(
            scale=facts["scale"]["factor"],
            rotation=arrays["scale_rotation"],
            translation=arrays["scale_translation"],
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
    return np.load(path, allow_pickle=False) if path.exists() else None


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
    """Read what :func:`save_cloud` wrote."""
    with np.load(folder / "cloud.npz", allow_pickle=False) as arrays:
        return PointCloud(
            points_world=arrays["points_world"],
            colors=arrays["colors"],
            confidence=arrays["confidence"],
            first_frame=arrays["first_frame"],
            **{name: arrays[name] for name in _CLOUD_NOTES if name in arrays.files},
        )
