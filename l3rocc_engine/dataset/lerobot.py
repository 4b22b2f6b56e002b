"""A strictly valid LeRobot v2.1 dataset, with the occupancy in files beside it.

Policies get one vector of state and one of action: the camera's pose in the world and the pose of the next frame, each
as x, y, z and a quaternion; the last frame's action is to stay. Everything else has names that policies ignore.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from l3rocc_engine.dataset import features as names
from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.card import dataset_card
from l3rocc_engine.dataset.draft import Draft
from l3rocc_engine.dataset.episode import EpisodeSpan
from l3rocc_engine.dataset.features import Feature, video_feature
from l3rocc_engine.dataset.poses import next_poses, pose_vectors
from l3rocc_engine.dataset.provenance import plain_instruction
from l3rocc_engine.dataset.statements import grid_statement, sim3_statement, world_statement
from l3rocc_engine.dataset.table import Columns
from l3rocc_engine.occupancy.sequence import OccupancySequence
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.storage.atomic import atomic_file, write_json

POSE_TEXT = "position and unit quaternion of world_from_cam, OpenCV camera axes: x right, y down, z forward"
FILE_TEXTS = {
    layout.OCC_FILE: "scipy CSR matrix, one row a frame: voxels that hold a point and are seen",
    layout.MASK_FILE: "packed bits, one row a frame: voxels crossed by a ray, so free space and the visible surface",
    layout.WORLD_FILE: "centres of all voxels that some frame saw occupied, world frame",
    layout.CLOUD_FILE: "coloured points, world frame",
    layout.POSES_FILE: "world_from_cam in float64, times of the source, which poses are interpolated",
}


class LeRobotRules:
    """Tables and metadata of the ``lerobot`` profile."""

    robot_type = "camera"
    has_zero_normals = False

    def features(self, draft: Draft) -> tuple[Feature, ...]:
        """Video, vectors, small numbers, and the defaults; no matrices."""
        return (
            video_feature(names.FRONT_VIDEO, draft.video_size_px, draft.fps),
            Feature(key=names.STATE, dtype="float32", shape=(7,), names=names.POSE_NAMES),
            Feature(key=names.ACTION, dtype="float32", shape=(7,), names=names.POSE_NAMES),
            Feature(key=names.INTRINSICS_VECTOR, dtype="float32", shape=(4,), names=names.INTRINSICS_NAMES),
            Feature(key=names.IS_INTERPOLATED, dtype="bool", shape=(1,)),
            Feature(key=names.NUM_OCCUPIED, dtype="int64", shape=(1,)),
            Feature(key=names.NUM_VISIBLE, dtype="int64", shape=(1,)),
            *names.DEFAULT_FEATURES,
        )

    def columns(
        self, draft: Draft, span: EpisodeSpan, occupancy: OccupancySequence, cancel: CancelToken | None
    ) -> Columns:
        """Poses as vectors, and how much each frame sees."""
        trajectory = draft.run.trajectory
        states = pose_vectors(trajectory.world_from_cam[span.start : span.stop])
        return {
            names.STATE: states,
            names.ACTION: next_poses(states),
            names.INTRINSICS_VECTOR: draft.run.camera_rows()[span.start : span.stop].astype(np.float32),
            names.IS_INTERPOLATED: trajectory.is_interpolated[span.start : span.stop],
            names.NUM_OCCUPIED: occupancy.counts.astype(np.int64),
            names.NUM_VISIBLE: _visible_counts(occupancy, cancel),
        }

    def tasks(self, draft: Draft) -> tuple[str, ...]:
        """One instruction in plain words, as language-conditioned policies want it."""
        return (plain_instruction(draft.provenance.tasks[0]),)

    def episode_extra(self, draft: Draft) -> Mapping[str, Any]:
        """Nothing: the similarity stands in ``meta/occupancy.json``."""
        return {}

    def info_extra(self, draft: Draft) -> Mapping[str, Any]:
        """The description of the sidecars; programs from LeRobot 0.6 on drop it when they rewrite the file."""
        return {"occupancy": sidecar_statement(draft)}

    def write_extra(self, folder: Path, draft: Draft) -> None:
        """The same description in a file of its own, and the card."""
        write_json(folder / layout.OCCUPANCY, sidecar_statement(draft))
        with atomic_file(folder / layout.README) as partial:
            partial.write_text(dataset_card(draft, FILE_TEXTS), encoding="utf-8", errors="backslashreplace")


def sidecar_statement(draft: Draft) -> dict[str, Any]:
    """Where the occupancy is and how to read it."""
    return {
        "path": layout.SIDECAR_TEMPLATE,
        "files": FILE_TEXTS,
        "grid": grid_statement(draft.run.config.grid),
        "world": {**world_statement(draft.run), "sim3": sim3_statement(draft.run.scale)},
        "features": {
            names.STATE: POSE_TEXT,
            names.ACTION: f"the next frame's {names.STATE}; the last frame repeats its own",
            names.INTRINSICS_VECTOR: "pixels of the video; the centre of the top-left pixel is at (0.5, 0.5)",
            names.IS_INTERPOLATED: "true where the pose was not observed but lies between observed ones",
            names.NUM_OCCUPIED: f"voxels in the frame's row of {layout.OCC_FILE}",
            names.NUM_VISIBLE: f"bits set in the frame's row of {layout.MASK_FILE}",
        },
    }


def _visible_counts(occupancy: OccupancySequence, cancel: CancelToken | None) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Set bits of each mask, one decompressed at a time."""
    counts = np.empty(occupancy.num_frames, dtype=np.int64)
    for frame_idx in range(occupancy.num_frames):
        if cancel is not None:
            cancel.check()
        row = np.frombuffer(occupancy.visible_rows.row(frame_idx), dtype=np.uint8)
        counts[frame_idx] = np.bitwise_count(row).sum(dtype=np.int64)
    return counts
