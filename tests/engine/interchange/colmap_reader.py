"""Reads a model with COLMAP itself, in a process of its own: its libraries do not meet those of the other tests."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.isolation import Say, run_isolated
from l3rocc_engine.progress import CancelToken


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadImage:
    """One picture: ``observed_px`` and ``projected_px`` (M, 2) belong to the points ``point_ids`` (M,)."""

    name: str
    camera_id: int
    cam_from_world: NDArray[np.float64]
    observed_px: NDArray[np.float64]
    projected_px: NDArray[np.float64]
    point_ids: list[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPoint:
    """One point; ``track`` lists (image id, place of the observation)."""

    xyz: NDArray[np.float64]
    color: NDArray[np.uint8]
    stated_error_px: float
    computed_error_px: float
    track: list[tuple[int, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadModel:
    """Everything by id; a camera is (model, width, height, parameters)."""

    cameras: dict[int, tuple[str, int, int, list[float]]]
    images: dict[int, ReadImage]
    points: dict[int, ReadPoint]


def read_model(folder: Path) -> ReadModel:
    """What COLMAP finds in ``folder/sparse/0``."""
    model: ReadModel = run_isolated(_read, folder / "sparse" / "0", cancel=CancelToken())
    return model


def _read(_say: Say, folder: Path) -> ReadModel:
    import pycolmap

    found = pycolmap.Reconstruction(folder)
    stated = {point_id: point.error for point_id, point in found.points3D.items()}
    found.update_point_3d_errors()
    images = {}
    for image_id, image in sorted(found.images.items()):
        ids = [int(p.point3D_id) for p in image.points2D]
        images[image_id] = ReadImage(
            name=image.name,
            camera_id=image.camera_id,
            cam_from_world=image.cam_from_world().matrix(),
            observed_px=np.array([p.xy for p in image.points2D]).reshape(-1, 2),
            projected_px=np.array([image.project_point(found.points3D[i].xyz) for i in ids]).reshape(-1, 2),
            point_ids=ids,
        )
    return ReadModel(
        cameras={i: (c.model.name, c.width, c.height, list(c.params)) for i, c in found.cameras.items()},
        images=images,
        points={
            point_id: ReadPoint(
                xyz=point.xyz,
                color=point.color,
                stated_error_px=stated[point_id],
                computed_error_px=point.error,
                track=[(e.image_id, e.point2D_idx) for e in point.track.elements],
            )
            for point_id, point in sorted(found.points3D.items())
        },
    )
