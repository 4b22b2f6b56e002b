"""The sparse points as point maps, so that a viewer has something to show as soon as there are poses."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from l3rocc_engine.backends.protocol import PointMapSink
from l3rocc_engine.backends.sparse_model import SparseModel
from l3rocc_engine.frames.source import FrameSource
from l3rocc_engine.geometry.interpolate import interpolate_trajectory
from l3rocc_engine.geometry.se3 import invert, transform
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.reconstruction import PointMap


def show_first_points(source: FrameSource, sparse: SparseModel, sink: PointMapSink, cancel: CancelToken) -> None:
    """Hand the sparse points to a viewer, with the keyframes' poses and what lies between them.

    Raises
    ------
    Cancelled
        If ``cancel`` was set.
    """
    poses = interpolate_trajectory(sparse.key_frames, sparse.world_from_cam, source.timestamps_s)
    for point_map in sparse_point_maps(source, sparse, cancel):
        sink(point_map, poses)


def sparse_point_maps(source: FrameSource, sparse: SparseModel, cancel: CancelToken) -> Iterator[PointMap]:
    """What each keyframe sees of the sparse points, with the colours of its picture; maps of one row.

    Point maps: points (1, n, 3) float32 in the keyframe's camera, in the model's units. They are for showing only:
    confidence is 1 throughout, and a dense map of the same frame takes their place.

    Raises
    ------
    Cancelled
        If ``cancel`` was set.
    """
    camera = sparse.intrinsics
    for key_idx, (frame_idx, picture) in enumerate(source.frames(sparse.key_frames.tolist())):
        cancel.check()
        points_cam = transform(
            invert(sparse.world_from_cam[key_idx]), sparse.points_world[sparse.observations[key_idx]]
        )
        points_cam = points_cam[points_cam[:, 2] > 0.0]
        if not len(points_cam):
            continue
        u = camera.fx_px * points_cam[:, 0] / points_cam[:, 2] + camera.cx_px
        v = camera.fy_px * points_cam[:, 1] / points_cam[:, 2] + camera.cy_px
        columns = np.clip(u, 0, picture.shape[1] - 1).astype(np.intp)
        rows = np.clip(v, 0, picture.shape[0] - 1).astype(np.intp)
        yield PointMap(
            frame_idx=frame_idx,
            points_cam=points_cam[None].astype(np.float32),
            confidence=np.ones((1, len(points_cam)), np.float32),
            colors=picture[rows, columns][None],
        )
