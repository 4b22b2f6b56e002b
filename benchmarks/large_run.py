"""A run as large as people bring them: 480 frames, a million points, a hundred thousand voxels a frame.

The furnished room at 6 mm. The camera goes to and fro over a few places, so that it is made in a minute: each frame is
as large as any, and the window knows nothing of the repetition.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.dataset import write_dataset
from l3rocc_engine.geometry.intrinsics import visibility_rays
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.occupancy import OccupancySequence, occupancy_sequence, world_map
from l3rocc_engine.occupancy.rows import Piece, RowStore
from l3rocc_engine.reconstruction import Scale, ScaleMethod
from l3rocc_engine.run import Run, RunRecord
from tests.synthetic.furnished_room import room_cloud, room_intrinsics, room_picture, room_surface, walk
from tests.synthetic.picture_source import PictureSource

NUM_FRAMES, NUM_PLACES = 480, 24
VOXEL_M, CLOUD_SPACING_M, WIDTH_PX, FPS = 0.00625, 0.0069, 640, 30.0


class RepeatedRows:
    """Rows of another store in any order."""

    def __init__(self, rows: RowStore, order: list[int]) -> None:
        self._rows, self._order = rows, order

    def __len__(self) -> int:
        return len(self._order)

    def num_bytes(self, row_idx: int) -> int:
        return self._rows.num_bytes(self._order[row_idx])

    def piece(self, row_idx: int) -> Piece:
        return self._rows.piece(self._order[row_idx])

    def row(self, row_idx: int) -> bytes:
        return self._rows.row(self._order[row_idx])


def write_large_dataset(folder: Path) -> Path:
    """Make the run and write it; returns the dataset's folder."""
    return write_dataset(large_run(), folder / "large", profile="interndata")


def large_run() -> Run:
    """The run, with pictures in memory."""
    places = walk(NUM_PLACES * 5, fps=FPS)
    poses = places.world_from_cam[: NUM_PLACES * 2 : 2]
    config = PipelineConfig(voxel_size=VOXEL_M, history_len=5, history_step=2)
    camera = room_intrinsics(WIDTH_PX, WIDTH_PX * 3 // 4)
    surface = room_surface(VOXEL_M / 2)
    short = occupancy_sequence(surface[0], poses, visibility_rays(camera), config.grid)
    coarse = room_surface(0.02)
    pictures = [room_picture(*coarse, pose, camera) for pose in poses]
    order = [*range(NUM_PLACES), *range(NUM_PLACES - 2, 0, -1)]
    order = (order * (NUM_FRAMES // len(order) + 1))[:NUM_FRAMES]
    return Run(
        source=PictureSource(Path("large.mp4"), [pictures[i] for i in order], FPS),
        config=config,
        trajectory=_in_order(poses, order),
        intrinsics=camera,
        scale=Scale(method=ScaleMethod.GROUND_TRUTH),
        cloud=_known_from(room_cloud(_in_order(poses, list(range(NUM_PLACES))), spacing_m=CLOUD_SPACING_M, interval=4)),
        occupancy=OccupancySequence(
            grid=short.grid,
            world_from_cam=poses[order],
            occupied_rows=RepeatedRows(short.occupied_rows, order),
            visible_rows=RepeatedRows(short.visible_rows, order),
            in_view=short.in_view,
        ),
        world=world_map(short),
        record=RunRecord(backend="builtin", reason="computed", keyframes=tuple(range(0, NUM_FRAMES, 10))),
        world_up=(0.0, 0.0, 1.0),
    )


def _in_order(poses: np.ndarray, order: list[int]) -> Trajectory:
    return Trajectory(
        world_from_cam=poses[order],
        timestamps_s=np.arange(len(order)) / FPS,
        is_interpolated=np.zeros(len(order), dtype=bool),
    )


def _known_from(cloud):
    """Points appear over the whole run, as they would in a long one."""
    return replace(cloud, first_frame=(cloud.first_frame * (NUM_FRAMES // NUM_PLACES)).astype(np.int32))
