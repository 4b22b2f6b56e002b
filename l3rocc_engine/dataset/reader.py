"""Opens a dataset folder of ours as the run that it was written from."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_engine.config import config_from_dict
from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.layout import EpisodeFiles, episode_files
from l3rocc_engine.dataset.manifest import episode_facts, missing_files, read_manifest
from l3rocc_engine.dataset.poses import load_optics, load_poses
from l3rocc_engine.dataset.recorded_source import RecordedSource
from l3rocc_engine.dataset.tracks import load_tracks
from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.sim3 import Sim3
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.occupancy import load_sequence, load_world_map
from l3rocc_engine.reconstruction import Scale, ScaleMethod
from l3rocc_engine.run import Run, RunRecord
from l3rocc_engine.storage.ply import read_ply


def is_our_dataset(path: Path) -> bool:
    """Whether ``path`` is a folder with our manifest, so that :func:`open_dataset` can be tried."""
    return (path / layout.RUN).is_file()


def open_dataset(path: Path, *, episode_idx: int = 0) -> Run:
    """Open either profile; pictures and voxels stay on disk until they are asked for.

    Everything comes back exactly as it was written except the pictures, which went through the video encoder.

    Parameters
    ----------
    path
        Folder of the dataset.
    episode_idx
        Which episode, where a long run was split or several were merged.

    Raises
    ------
    InputError
        If the folder is incomplete, damaged, or not written by this program.
    """
    manifest = read_manifest(path)
    missing = missing_files(path, manifest)
    if missing:
        hint = "Process the source again, or copy the folder again."
        if missing[1:]:
            raise InputError(f"{path} is not complete: {missing[0]}, and {len(missing) - 1} more.", hint)
        raise InputError(f"{path} is not complete: {missing[0]}.", hint)
    if not 0 <= episode_idx < len(manifest["episodes"]):
        raise InputError(f"{path} has no episode {episode_idx}; it has {len(manifest['episodes'])}.")
    try:
        return _open_episode(path, manifest, episode_idx)
    except (LookupError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise InputError(f"{path / layout.RUN} is damaged.", repr(error)) from error


def _open_episode(path: Path, manifest: Mapping[str, Any], episode_idx: int) -> Run:
    files = episode_files(manifest["profile"], episode_idx)
    facts = episode_facts(manifest, episode_idx)
    trajectory = load_poses(path / files.poses)
    # The range was one of the source's frames; the video here has no others.
    config = config_from_dict({**facts["config"], "frame_range": []}, origin=str(path / layout.RUN))
    fx, fy, cx, cy, width, height = facts["intrinsics"]
    zoom, view_rays = load_optics(path / files.poses, (width, height))
    occupancy = load_sequence(path / files.occupied, path / files.visible, trajectory.world_from_cam, config.grid)
    return Run(
        config=config,
        trajectory=trajectory,
        intrinsics=Intrinsics(fx_px=fx, fy_px=fy, cx_px=cx, cy_px=cy, width_px=width, height_px=height),
        scale=_scale(facts["sim3"]),
        cloud=_cloud(path / files.cloud),
        occupancy=occupancy,
        world=load_world_map(path / files.world),
        record=_record(facts["record"], manifest["episodes"][episode_idx]),
        world_up=_up(facts["world"]["up_vector"]),
        tracks=load_tracks(path / files.tracks),
        zoom=zoom,
        view_rays=view_rays,
        # Last: what fails after it would leave its video open.
        source=_source(path, files, facts["source"], trajectory),
    )


def _source(path: Path, files: EpisodeFiles, facts: Mapping[str, Any], trajectory: Trajectory) -> RecordedSource:
    width, height = facts["size_px"]
    return RecordedSource(
        path / files.video,
        root=path,
        name=facts["name"],
        fps=float(facts["fps"]),
        size_px=(width, height),
        timestamps_s=trajectory.timestamps_s - trajectory.timestamps_s[0],
    )


def _scale(facts: Mapping[str, Any]) -> Scale:
    sim3 = Sim3(scale=facts["scale"], rotation=np.array(facts["rotation"]), translation=np.array(facts["translation"]))
    return Scale(sim3=sim3, method=ScaleMethod(facts["method"]), residual=facts["residual"])


def _cloud(path: Path) -> PointCloud:
    found = read_ply(path)
    if found.colors is None or found.confidence is None or found.first_frame is None:
        raise InputError(f"{path} has no colours, confidence or first frame.", "The cloud was replaced by another.")
    return PointCloud(
        points_world=found.points.astype(np.float32),
        colors=found.colors,
        confidence=found.confidence,
        first_frame=found.first_frame,
        num_seen=found.num_seen,
        edge=found.edge,
    )


def _record(facts: Mapping[str, Any], span: Mapping[str, Any]) -> RunRecord:
    keyframes = (frame_idx - span["start"] for frame_idx in facts["keyframes"])
    return RunRecord(
        backend=facts["backend"],
        reason=facts["reason"],
        versions=dict(facts["versions"]),
        stage_s=dict(facts["stage_s"]),
        peak_memory_bytes=facts["peak_memory_bytes"],
        notes=tuple(facts["notes"]),
        measures=dict(facts["measures"]),
        keyframes=tuple(frame_idx for frame_idx in keyframes if 0 <= frame_idx < span["stop"] - span["start"]),
    )


def _up(values: list[float] | None) -> tuple[float, float, float] | None:
    if values is None:
        return None
    x, y, z = values
    return float(x), float(y), float(z)
