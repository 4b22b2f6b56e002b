"""The documented L3ROcc / InternData-N1 trajectory folder.

Matrices as InternData has them: ``action`` is ``world_from_cam`` in OpenGL camera axes and
``observation.camera_extrinsic`` is ``base_from_cam``. The ``_occ`` columns are the original's: ``world_from_cam`` in
OpenCV camera axes, as the voxel files use it. A camera height is written only where the source states one.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from l3rocc_engine.conventions import world_from_cv
from l3rocc_engine.dataset import features as names
from l3rocc_engine.dataset.draft import Draft
from l3rocc_engine.dataset.episode import EpisodeSpan
from l3rocc_engine.dataset.features import Feature, matrix_feature, video_feature
from l3rocc_engine.dataset.poses import BASE_FROM_GL
from l3rocc_engine.dataset.statements import grid_statement, sim3_statement, world_statement
from l3rocc_engine.dataset.table import Columns
from l3rocc_engine.geometry.zoom import camera_matrices
from l3rocc_engine.occupancy.sequence import OccupancySequence
from l3rocc_engine.progress import CancelToken

WORLD_FROM_GL_TEXT = "world_from_cam, OpenGL camera axes: x right, y up, z back"
WORLD_FROM_CV_TEXT = "world_from_cam, OpenCV camera axes: x right, y down, z forward"
K_TEXT = "K in pixels of the video; the centre of the top-left pixel is at (0.5, 0.5)"
SOURCE_BASE_TEXT = "base_from_cam of the source dataset, OpenGL camera axes"
NO_BASE_TEXT = (
    "base_from_cam, OpenGL camera axes: a change of axes only (base: x right, y forward, z up, at the camera centre); "
    "height and pitch of the camera are not known"
)


class InternDataRules:
    """Tables and metadata of the ``interndata`` profile."""

    robot_type = "unknown"
    has_zero_normals = True

    def features(self, draft: Draft) -> tuple[Feature, ...]:
        """The original's columns, the video that the original forgot to declare, and the defaults."""
        return (
            matrix_feature(names.CAMERA_INTRINSIC, 3, "intrinsic"),
            matrix_feature(names.CAMERA_EXTRINSIC, 4, "extrinsic"),
            matrix_feature(names.ACTION, 4, "action"),
            matrix_feature(names.CAMERA_EXTRINSIC_OCC, 4, "extrinsic"),
            matrix_feature(names.CAMERA_INTRINSIC_OCC, 3, "intrinsic"),
            video_feature(names.TRAJECTORY_VIDEO, draft.video_size_px, draft.fps),
            *names.DEFAULT_FEATURES,
        )

    def columns(
        self, draft: Draft, span: EpisodeSpan, occupancy: OccupancySequence, cancel: CancelToken | None
    ) -> Columns:
        """Poses and intrinsics as matrices."""
        world_from_cam = draft.run.trajectory.world_from_cam[span.start : span.stop]
        k = camera_matrices(draft.run.camera_rows()[span.start : span.stop]).astype(np.float32)
        return {
            names.CAMERA_INTRINSIC: k,
            names.CAMERA_EXTRINSIC: self._base_from_cam(draft, span),
            names.ACTION: world_from_cv(world_from_cam).astype(np.float32),
            names.CAMERA_EXTRINSIC_OCC: world_from_cam.astype(np.float32),
            names.CAMERA_INTRINSIC_OCC: k,
        }

    @staticmethod
    def _base_from_cam(draft: Draft, span: EpisodeSpan) -> np.ndarray[Any, np.dtype[np.float32]]:
        stated = _stated_base(draft)
        if stated is not None:
            return stated[span.start : span.stop]
        return np.tile(BASE_FROM_GL.astype(np.float32), (span.num_frames, 1, 1))

    def tasks(self, draft: Draft) -> tuple[str, ...]:
        """Those of the source, word for word."""
        return draft.provenance.tasks

    def episode_extra(self, draft: Draft) -> Mapping[str, Any]:
        """The Sim(3): ``scale`` where the original has it, everything under ``sim3``."""
        return {"scale": draft.run.scale.sim3.scale, "sim3": sim3_statement(draft.run.scale)}

    def info_extra(self, draft: Draft) -> Mapping[str, Any]:
        """Conventions, world and grid under one key of ours."""
        has_base = _stated_base(draft) is not None
        return {
            "l3rocc": {
                "world": world_statement(draft.run),
                "conventions": {
                    names.ACTION: WORLD_FROM_GL_TEXT,
                    names.CAMERA_EXTRINSIC: SOURCE_BASE_TEXT if has_base else NO_BASE_TEXT,
                    names.CAMERA_INTRINSIC: K_TEXT,
                    names.CAMERA_EXTRINSIC_OCC: WORLD_FROM_CV_TEXT,
                    names.CAMERA_INTRINSIC_OCC: K_TEXT,
                },
                "occupancy": grid_statement(draft.run.config.grid),
            }
        }

    def write_extra(self, folder: Path, draft: Draft) -> None:
        """Nothing more."""


def _stated_base(draft: Draft) -> np.ndarray[Any, np.dtype[np.float32]] | None:
    """The source's base, valid only together with the source's own poses."""
    base = draft.provenance.base_from_cam
    is_usable = draft.run.record.backend == "dataset" and base is not None and len(base) == draft.run.num_frames
    return base if is_usable else None
