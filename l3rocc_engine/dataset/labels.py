"""What labelling an episode of an existing dataset adds to it: two columns, occupancy, cloud, and words about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from l3rocc_engine.dataset import features as names
from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.added_columns import write_with_columns
from l3rocc_engine.dataset.features import matrix_feature
from l3rocc_engine.dataset.interndata import K_TEXT, WORLD_FROM_CV_TEXT
from l3rocc_engine.dataset.layout import EpisodeFiles, episode_files
from l3rocc_engine.dataset.poses import save_poses
from l3rocc_engine.dataset.statements import grid_statement, sim3_statement, world_statement
from l3rocc_engine.dataset.stats import column_stats
from l3rocc_engine.dataset.tracks import save_tracks
from l3rocc_engine.geometry.zoom import camera_matrices
from l3rocc_engine.progress import CancelToken, EventSink, no_events, steps_of
from l3rocc_engine.run import Run
from l3rocc_engine.storage.folders import make_folders
from l3rocc_engine.storage.ply import PlyPoints, write_ply

ADDED_FEATURES = (
    matrix_feature(names.CAMERA_EXTRINSIC_OCC, 4, "extrinsic"),
    matrix_feature(names.CAMERA_INTRINSIC_OCC, 3, "intrinsic"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeLabels:
    """What the dataset's metadata have to say of a labelled episode; plain values that go through JSON.

    Attributes
    ----------
    episode_idx, length
        Its number and its rows.
    stats
        Statistics of the added columns by key.
    scale, sim3
        What was applied to cloud, poses and grid.
    world, occupancy
        Frame, unit and grid.
    """

    episode_idx: int
    length: int
    stats: Mapping[str, Any]
    scale: float
    sim3: Mapping[str, Any]
    world: Mapping[str, Any]
    occupancy: Mapping[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)


def label_files(table: PurePosixPath, episode_idx: int, *, is_alone: bool) -> EpisodeFiles:
    """Where the added files lie: as the original has them for a lone trajectory, else one folder an episode."""
    files = episode_files("interndata" if is_alone else "lerobot", episode_idx)
    return replace(files, table=table, reference=None)


def write_labels(
    run: Run,
    root: Path,
    folder: Path,
    files: EpisodeFiles,
    episode_idx: int,
    *,
    events: EventSink = no_events,
    cancel: CancelToken | None = None,
) -> EpisodeLabels:
    """Write the labelled table and the added files of one episode below ``folder``.

    Parameters
    ----------
    run
        Of the episode.
    root
        The dataset that the table comes from.
    files
        See :func:`label_files`.
    events, cancel
        Progress (stage ``dataset``) and the wish to stop.

    Raises
    ------
    InputError
        The table cannot be read.
    OutputError
        Something cannot be written, or table and run differ in length.
    Cancelled
        If asked to stop.
    """
    poses = run.trajectory.world_from_cam.astype(np.float32)
    k = camera_matrices(run.camera_rows()).astype(np.float32)
    columns = {names.CAMERA_EXTRINSIC_OCC: poses, names.CAMERA_INTRINSIC_OCC: k}
    write_with_columns(root / files.table, folder / files.table, columns, ADDED_FEATURES)
    for path in (files.occupied, files.visible, files.world, files.cloud, files.poses):
        make_folders((folder / path).parent)
    report = steps_of(events, "dataset")
    run.occupancy.save(folder / files.occupied, folder / files.visible, progress=report, cancel=cancel)
    run.world.save(folder / files.world)
    write_ply(folder / files.cloud, _cloud(run), comment="world frame", cancel=cancel)
    save_poses(folder / files.poses, run.trajectory, 0, run.num_frames, zoom=run.zoom, view_rays=run.view_rays)
    if run.tracks is not None:
        save_tracks(folder / files.tracks, run.tracks)
    return EpisodeLabels(
        episode_idx=episode_idx,
        length=run.num_frames,
        stats={key: column_stats(values).to_json() for key, values in columns.items()},
        scale=run.scale.sim3.scale,
        sim3=sim3_statement(run.scale),
        world=world_statement(run),
        occupancy=grid_statement(run.config.grid),
    )


def _cloud(run: Run) -> PlyPoints:
    cloud = run.cloud
    return PlyPoints(
        points=cloud.points_world,
        colors=cloud.colors,
        normals=np.broadcast_to(np.float32(0), cloud.points_world.shape),
        confidence=cloud.confidence,
        first_frame=cloud.first_frame,
    )


def labelled_metadata(
    info: Mapping[str, Any],
    episodes: Mapping[int, Mapping[str, Any]],
    stats: Mapping[int, Mapping[str, Any]],
    labels: Mapping[int, EpisodeLabels],
) -> tuple[dict[str, Any], list[dict[str, Any]], list[dict[str, Any]]]:
    """``info.json`` and the lines of ``episodes.jsonl`` and ``episodes_stats.jsonl`` with what was added.

    What the dataset says itself stays, but for its numbers of frames: where they differ from what is really there, the
    frames that decode count, and the claim is kept under ``l3rocc``.
    """
    first = labels[min(labels)]
    total = sum(label.length for label in labels.values())
    claims = {"total_frames": info["total_frames"]} if info.get("total_frames", total) != total else {}
    described = {feature.key: feature.to_json() for feature in ADDED_FEATURES}
    new_info = {
        **info,
        "total_frames": total,
        "features": {**dict(info.get("features") or {}), **described},
        "l3rocc": {
            "world": dict(first.world),
            "conventions": {names.CAMERA_EXTRINSIC_OCC: WORLD_FROM_CV_TEXT, names.CAMERA_INTRINSIC_OCC: K_TEXT},
            "occupancy": dict(first.occupancy),
            **({"claimed": claims} if claims else {}),
        },
    }
    numbers = sorted(labels)
    return (
        new_info,
        [_episode_line(episodes.get(number, {}), labels[number]) for number in numbers],
        [_stats_line(stats.get(number, {}), labels[number]) for number in numbers],
    )


def _episode_line(line: Mapping[str, Any], label: EpisodeLabels) -> dict[str, Any]:
    claimed = line.get("length", label.length)
    return {
        "episode_index": label.episode_idx,
        **line,
        "length": label.length,
        "scale": label.scale,
        "sim3": dict(label.sim3),
        **({"claimed_length": claimed} if claimed != label.length else {}),
    }


def _stats_line(line: Mapping[str, Any], label: EpisodeLabels) -> dict[str, Any]:
    stats = line.get("stats")
    own = dict(stats) if isinstance(stats, Mapping) else {}
    return {"episode_index": label.episode_idx, **line, "stats": {**own, **dict(label.stats)}}


CHANGED_METADATA = (layout.INFO, layout.EPISODES, layout.EPISODES_STATS)
"""Files that are written anew; all others stay as they are."""
