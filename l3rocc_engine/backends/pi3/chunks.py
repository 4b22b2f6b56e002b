"""A clip of any length through the network in overlapping passes, as one consistent world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.backends.pi3.inference import PassMemoryError, PassOutput, PointNetwork
from l3rocc_engine.backends.pi3.intrinsics import CameraFit, fit_camera
from l3rocc_engine.backends.pi3.joining import FEWEST_POINTS, MOST_POINTS, Seam, join_points
from l3rocc_engine.backends.pi3.memory import ChunkPlan, next_pass
from l3rocc_engine.backends.pi3.spool import SpooledPointMaps
from l3rocc_engine.backends.unknown_scale import MEDIAN_DEPTH
from l3rocc_engine.errors import ReconstructionError
from l3rocc_engine.frames.source import FrameSource
from l3rocc_engine.geometry.se3 import transform
from l3rocc_engine.geometry.sim3 import Sim3
from l3rocc_engine.progress import CancelToken, StepProgress
from l3rocc_engine.reconstruction import PointMap

JOIN_CONFIDENCE = 0.05
"""Pixels of either pass below this do not take part in joining."""
_BEST_SHARE = 0.1
_FEWEST_FRAMES = 3

OnKeyframe = Callable[[PointMap, NDArray[np.float64]], None]
"""Called with each finished point map and the poses (K, 4, 4) of all keyframes so far."""


@dataclass(slots=True, kw_only=True)
class JoinedPasses:
    """What is known so far; grows pass by pass.

    Attributes
    ----------
    point_maps
        In model units, on disk.
    poses
        world_from_cam of the same keyframes.
    cameras
        Fitted camera a keyframe, where there is one.
    seams
        One a pass after the first.
    retries
        Times the memory ran out and a shorter pass was taken.
    """

    point_maps: SpooledPointMaps
    poses: list[NDArray[np.float64]]
    cameras: list[CameraFit | None]
    seams: list[Seam]
    retries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PassRunner:
    """Runs the passes of one clip.

    Attributes
    ----------
    network
        The network.
    source
        Frames.
    key_frames
        (K,) increasing frame numbers.
    size
        (width, height) that the network sees.
    progress
        Thousandths of the clip.
    cancel
        Checked after every part of a pass.
    on_keyframe
        Told of every finished keyframe.
    """

    network: PointNetwork
    source: FrameSource
    key_frames: NDArray[np.int64]
    size: tuple[int, int]
    progress: StepProgress
    cancel: CancelToken
    on_keyframe: OnKeyframe

    def run(self, plan: ChunkPlan) -> JoinedPasses:
        """All passes, joined; after the memory ran out, shorter ones from there on.

        Raises
        ------
        ReconstructionError
            Passes cannot be joined, or even the shortest does not fit the memory.
        Cancelled
            If asked to stop.
        """
        joined = JoinedPasses(point_maps=SpooledPointMaps(), poses=[], cameras=[], seams=[])
        chunk, total = plan.chunk, len(self.key_frames)
        while len(joined.poses) < total:
            first, last = next_pass(len(joined.poses), total, chunk)
            try:
                pictures = self._pictures(first, last)
                output = self.network.run(pictures, self._step_progress(len(joined.poses), last))
            except (PassMemoryError, MemoryError) as error:
                chunk = self._shorter(last - first, error)
                joined.retries += 1
                continue
            self._add(joined, first, output, pictures)
            self.progress(1000 * last // total, 1000)
        return joined

    def _shorter(self, length: int, error: Exception) -> int:
        if length // 2 < min(_FEWEST_FRAMES, len(self.key_frames)):
            raise ReconstructionError(
                f"The memory does not hold even {length} frames at once.",
                "Close other programs, or use the built-in backend.",
            ) from error
        return length // 2

    def _pictures(self, first: int, last: int) -> NDArray[np.uint8]:
        from pi3.frames import resize_picture

        width, height = self.size
        pictures = np.empty((last - first, 3, height, width), np.uint8)
        for number, (_, picture) in enumerate(self.source.frames(self.key_frames[first:last].tolist())):
            self.cancel.check()
            pictures[number] = resize_picture(picture, self.size).transpose(2, 0, 1)
        return pictures

    def _step_progress(self, begun: int, last: int) -> StepProgress:
        total = len(self.key_frames)

        def on_step(done: int, steps: int) -> None:
            self.cancel.check()
            self.progress(int(1000 * (begun + (last - begun) * done / steps) / total), 1000)

        return on_step

    def _add(self, joined: JoinedPasses, first: int, output: PassOutput, pictures: NDArray[np.uint8]) -> None:
        known = len(joined.poses)
        if known == 0:
            similarity = model_units(output)
        else:
            seam = self._seam(joined, first, output)
            joined.seams.append(seam)
            similarity = seam.world_from_chunk
        poses, trust = similarity.apply_poses(output.world_from_cam), output.trust
        for number in range(known - first, len(poses)):
            self.cancel.check()
            points = output.points_cam[number]
            joined.cameras.append(fit_camera(points, trust[number]))
            point_map = PointMap(
                frame_idx=int(self.key_frames[first + number]),
                points_cam=points * np.float32(similarity.scale),
                confidence=output.confidence[number],
                colors=np.ascontiguousarray(pictures[number].transpose(1, 2, 0)),
            )
            joined.point_maps.append(point_map, output.is_edge[number])
            joined.poses.append(poses[number])
            self.on_keyframe(point_map, np.stack(joined.poses))

    def _seam(self, joined: JoinedPasses, first: int, output: PassOutput) -> Seam:
        shared = range(first, len(joined.poses))
        pairs, trust = [], output.trust
        for keyframe in shared:
            self.cancel.check()
            number = keyframe - first
            points, known = joined.point_maps.trusted(keyframe)
            chosen = reliable_pixels(np.minimum(known, trust[number]), MOST_POINTS // len(shared))
            in_chunk = output.points_cam[number].reshape(-1, 3)[chosen].astype(np.float64)
            in_world = points.reshape(-1, 3)[chosen].astype(np.float64)
            pairs.append(
                (transform(output.world_from_cam[number], in_chunk), transform(joined.poses[keyframe], in_world))
            )
        depth = np.concatenate(
            [np.linalg.norm(pair[1] - joined.poses[k][:3, 3], axis=1) for pair, k in zip(pairs, shared, strict=True)]
        )
        chunk_points, world_points = (np.concatenate(side) for side in zip(*pairs, strict=True))
        similarity, residual = join_points(chunk_points, world_points)
        moved = similarity.apply_poses(output.world_from_cam[: len(shared)])
        drift = np.linalg.norm(moved[:, :3, 3] - np.stack(joined.poses[first:])[:, :3, 3], axis=1)
        unit = float(np.median(depth))
        return Seam(
            world_from_chunk=similarity,
            error=float(np.median(residual)) / unit,
            pose_error=float(np.median(drift)) / unit,
            num_points=len(residual),
            frame_idx=int(self.key_frames[shared[len(shared) // 2]]),
        )


def reliable_pixels(confidence: NDArray[np.float32], most: int) -> NDArray[np.int64]:
    """Flat indices (n,) of the pixels that take part in joining; the best tenth where hardly any is good enough."""
    flat = confidence.ravel()
    chosen = np.flatnonzero(flat > JOIN_CONFIDENCE)
    if len(chosen) < min(FEWEST_POINTS, flat.size // 10):
        count = max(1, int(flat.size * _BEST_SHARE))
        best = np.argsort(flat, kind="stable")[-count:]
        chosen = np.sort(best[flat[best] > 0])
    return chosen[:: max(1, len(chosen) // max(1, most))]


def model_units(output: PassOutput) -> Sim3:
    """Similarity to a world that starts at the first camera, with the median depth at ``MEDIAN_DEPTH``."""
    depth = output.points_cam[..., 2]
    is_good = (output.trust > JOIN_CONFIDENCE) & (depth > 0)
    is_good = is_good if is_good.any() else np.isfinite(depth) & (depth > 0)
    if not is_good.any():
        raise ReconstructionError("The network sees no point before a camera.", "Film with more light and texture.")
    scale = MEDIAN_DEPTH / float(np.median(depth[is_good]))
    rotation, centre = output.world_from_cam[0, :3, :3].T, output.world_from_cam[0, :3, 3]
    return Sim3(scale=scale, rotation=rotation, translation=-scale * rotation @ centre)
