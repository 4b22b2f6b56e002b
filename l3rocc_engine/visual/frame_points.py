"""The points of one file of the visual format."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.geometry.se3 import invert, transform
from l3rocc_engine.run import Run
from l3rocc_engine.visual import layout
from l3rocc_engine.visual.window import OccupancyWindow


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelledPoints:
    """Points with colours and labels, in the order of the labels.

    Attributes
    ----------
    points
        (N, 3) float32.
    colors
        (N, 3) uint8 RGB.
    labels
        (N,) uint8; see :mod:`l3rocc_engine.visual.layout`.
    """

    points: NDArray[np.float32]
    colors: NDArray[np.uint8]
    labels: NDArray[np.uint8]

    def table(self, *, with_colors: bool) -> NDArray[np.float32]:
        """(N, 4) rows ``x y z label`` or (N, 7) ``x y z r g b label``, float32, colours in [0, 1]."""
        columns = [self.points, self.labels[:, None].astype(np.float32)]
        if with_colors:
            columns.insert(1, self.colors.astype(np.float32) / np.float32(255.0))
        return np.concatenate(columns, axis=1, dtype=np.float32)


Layer = tuple[NDArray[np.floating], NDArray[np.uint8] | tuple[int, int, int], int]


def stack(*layers: Layer) -> LabelledPoints:
    """Put layers ``(points (N, 3), colours (N, 3) or one, label)`` one after the other."""
    counts = [len(points) for points, _, _ in layers]
    colors = [np.broadcast_to(np.asarray(color, np.uint8), points.shape) for points, color, _ in layers]
    return LabelledPoints(
        points=np.concatenate([points for points, _, _ in layers], dtype=np.float32),
        colors=np.concatenate(colors),
        labels=np.repeat(np.array([label for _, _, label in layers], np.uint8), counts),
    )


class FramePoints:
    """Makes the points of each frame of a run, each kind at most once a frame.

    Parameters
    ----------
    run
        What to show.
    with_background
        Whether the cloud is part of each frame.
    """

    def __init__(self, run: Run, *, with_background: bool) -> None:
        self._run, self._with_background = run, with_background
        self._window = OccupancyWindow(run)

    def background_world(self) -> LabelledPoints:
        """The cloud in its own colours."""
        return stack(self._cloud_world())

    def occupancy_cam(self, frame_idx: int) -> LabelledPoints:
        """What the frame and its history saw, in its grid."""
        return stack(self._occupancy_cam(frame_idx))

    def merged_cam(self, frame_idx: int) -> LabelledPoints:
        """Background, the whole path and occupancy, each brought into the camera once."""
        cam_from_world = invert(self._run.trajectory.world_from_cam[frame_idx])
        path = transform(cam_from_world, self._run.trajectory.centres_world)
        layers: list[Layer] = [(path, layout.PATH_CAM, layout.PATH), self._occupancy_cam(frame_idx)]
        if self._with_background:
            cloud = transform(cam_from_world.astype(np.float32), self._run.cloud.points_world)
            layers.insert(0, (cloud, layout.BACKGROUND_CAM, layout.BACKGROUND))
        return stack(*layers)

    def merged_world(self, frame_idx: int) -> LabelledPoints:
        """Background, the path up to the frame, and occupancy."""
        path = self._run.trajectory.centres_world[: frame_idx + 1]
        layers: list[Layer] = [
            (path, layout.PATH_WORLD, layout.PATH),
            (self._window.points_world(frame_idx), layout.OCCUPANCY_WORLD, layout.OCCUPANCY),
        ]
        if self._with_background:
            layers.insert(0, self._cloud_world())
        return stack(*layers)

    def _cloud_world(self) -> Layer:
        return self._run.cloud.points_world, self._run.cloud.colors, layout.BACKGROUND

    def _occupancy_cam(self, frame_idx: int) -> Layer:
        return self._window.points_cam(frame_idx), layout.OCCUPANCY_CAM, layout.OCCUPANCY
