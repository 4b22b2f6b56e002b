"""Reconstruction by the π³ network: point maps and poses straight from the pictures, at an unknown scale."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.backends.gravity import UP_NOTE, guess_up
from l3rocc_engine.backends.pi3.chunks import JoinedPasses, PassRunner
from l3rocc_engine.backends.pi3.identity import weights_identity
from l3rocc_engine.backends.pi3.inference import Pi3Network, PointNetwork
from l3rocc_engine.backends.pi3.memory import FULL_WEIGHTS, LARGEST_CHUNK, ChunkPlan, Device, plan_chunks
from l3rocc_engine.backends.pi3.optics import Optics, find_optics, measured_rays
from l3rocc_engine.backends.pi3.weights import file_problem, find_weights, noted_sha256, require_digest
from l3rocc_engine.backends.protocol import PointMapSink
from l3rocc_engine.backends.unknown_scale import UNKNOWN_SCALE_NOTE
from l3rocc_engine.cloud.floating import without_floating_points
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import ReconstructionError
from l3rocc_engine.frames.source import FrameSource
from l3rocc_engine.geometry.interpolate import interpolate_trajectory
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.progress import CancelToken, EventSink, ProgressEvent, steps_of
from l3rocc_engine.reconstruction import PointMap, Reconstruction

AUTO_SECONDS = 900.0
"""Longest estimate with which ``auto`` still prefers the network."""
NO_WEIGHTS = "The π³ backend needs the network's weights, which are not installed."
HOW_TO_GET_WEIGHTS = (
    "Get them with 'l3rocc weights download' (3.8 GB, CC BY-NC 4.0: not for commercial use), add a file you have with "
    "'l3rocc weights add FILE', or use --backend builtin, which needs none."
)
WEAK_SEAM = 0.03
"""Seam error, as a share of the depth, that is told to the user."""

Loader = Callable[[Path, Device], PointNetwork]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preparation:
    """What is known before the network is loaded.

    Attributes
    ----------
    key_frames, size, device
        Frame numbers, (width, height) that the network sees, and where.
    plan
        For the memory that is free now; None if it does not do.
    usual_plan
        For the memory that the machine has: what is decided by it does not change from one moment to the next.
    """

    key_frames: NDArray[np.int64]
    size: tuple[int, int]
    device: Device
    plan: ChunkPlan | None
    usual_plan: ChunkPlan | None


class Pi3Backend:
    """The published network over every ``interval``-th frame; needs its weights, no texture, no known camera.

    Parameters
    ----------
    weights
        The file; searched in the usual places if not given.
    load
        Makes the network of file and device; the real one, compiled if the settings say so, if not given.
    device
        Where to run; the best one of this machine if not given.
    num_weights
        Values in the file, for the memory model.
    """

    def __init__(
        self,
        *,
        weights: Path | None = None,
        load: Loader | None = None,
        device: Device | None = None,
        num_weights: int = FULL_WEIGHTS,
    ) -> None:
        self._weights = weights
        self._load = load
        self._device = device
        self._num_weights = num_weights

    @classmethod
    def for_config(cls, config: PipelineConfig) -> Pi3Backend:
        """With the weights that the settings name, or those in the usual places."""
        return cls(weights=Path(config.weights_file).expanduser() if config.weights_file else None)

    @property
    def name(self) -> str:
        """Name on the command line."""
        return "pi3"

    @property
    def weights(self) -> Path | None:
        """The weights file, if there is one."""
        return self._weights or find_weights()

    @property
    def weights_problem(self) -> str | None:
        """Why the file that was named cannot be the weights; one that was searched has been looked at already."""
        return None if self._weights is None else file_problem(self._weights)

    def result_key(self, config: PipelineConfig) -> tuple[str, int, int]:
        """What a result depends on besides pictures and interval: equal keys mean equal weights, cut and picture size.

        The length of a pass counts as it was asked for. What happened to be free in memory does not: a result that is
        there is as good as the one that another length would give, and an edit of a later stage must not redo it.
        """
        identity = "" if self.weights is None else weights_identity(self.weights)
        return identity, config.network_frames, config.network_pixels

    def refusal(self, source: FrameSource, config: PipelineConfig) -> str | None:
        """Refuse without weights, and clips that do not fit the memory even in the shortest passes."""
        if self.weights is None:
            return NO_WEIGHTS
        prepared = self.prepare(source, config)
        if prepared.plan is None:
            free, total = prepared.device.free_bytes / 2**30, prepared.device.total_bytes / 2**30
            where = prepared.device.label
            return f"The π³ network does not fit the memory: {free:.1f} of {total:.1f} GiB are free on {where}."
        return None

    def prepare(self, source: FrameSource, config: PipelineConfig) -> Preparation:
        """Keyframes, size and plan; loads no weights."""
        from l3rocc_engine.backends.pi3.device import best_device
        from pi3.frames import target_size

        device = self._device or best_device()
        key_frames = pick_frames(source.num_frames, config.interval)
        size = target_size(*source.size_px, config.network_pixels)
        plan, usual_plan = (
            plan_chunks(
                len(key_frames),
                size[0] * size[1],
                device,
                num_weights=self._num_weights,
                largest_chunk=config.network_frames or LARGEST_CHUNK,
                budget_bytes=budget,
            )
            for budget in (device.budget_bytes, device.usual_bytes)
        )
        return Preparation(key_frames=key_frames, size=size, device=device, plan=plan, usual_plan=usual_plan)

    def reconstruct(
        self,
        source: FrameSource,
        config: PipelineConfig,
        *,
        events: EventSink,
        cancel: CancelToken,
        on_point_map: PointMapSink | None = None,
    ) -> Reconstruction:
        """Reconstruct the source, see :class:`l3rocc_engine.backends.protocol.Backend`.

        The world starts at the first keyframe's camera; the median depth of the first pass is two units. Point maps
        are unfiltered, floating points between surfaces included. They lie on disk as long as the result lives.
        """
        weights = self.weights
        if weights is None:
            raise ReconstructionError(NO_WEIGHTS, HOW_TO_GET_WEIGHTS)
        prepared = self.prepare(source, config)
        if prepared.plan is None:
            raise ReconstructionError(self.refusal(source, config) or "", "Close other programs, or use builtin.")
        require_digest(weights, config.weights_sha256, progress=steps_of(events, "check"), cancel=cancel)
        cancel.check()
        described = prepared.plan.describe(prepared.device)
        events(ProgressEvent(stage="network", done=0, total=0, message=described))
        key_frames, times = prepared.key_frames, source.timestamps_s

        def show(point_map: PointMap, poses: NDArray[np.float64]) -> None:
            if on_point_map is not None:
                on_point_map(_shown(point_map, config), interpolate_trajectory(key_frames[: len(poses)], poses, times))

        joined = PassRunner(
            network=self._network(weights, prepared.device, config),
            source=source,
            key_frames=key_frames,
            size=prepared.size,
            progress=steps_of(events, "network", described),
            cancel=cancel,
            on_keyframe=show,
        ).run(prepared.plan)
        trajectory = interpolate_trajectory(key_frames, np.stack(joined.poses), times)
        digest = noted_sha256(weights)
        about = f"π³: {described}. Weights: {weights}{f', SHA-256 {digest}' if digest else ''}."
        return self._reconstruction(source, joined, key_frames, trajectory, about)

    def _network(self, weights: Path, device: Device, config: PipelineConfig) -> PointNetwork:
        if self._load is not None:
            return self._load(weights, device)
        return Pi3Network.load(weights, device, is_compiled=config.network_compile)

    def _reconstruction(
        self,
        source: FrameSource,
        joined: JoinedPasses,
        key_frames: NDArray[np.int64],
        trajectory: Trajectory,
        about: str,
    ) -> Reconstruction:
        optics = find_optics(joined.cameras, key_frames, source.timestamps_s, source.size_px)
        world_up = guess_up(np.stack(joined.poses))
        up_notes = (UP_NOTE,) if world_up is not None else ()
        notes = (about, *_pass_notes(joined), *optics.notes, UNKNOWN_SCALE_NOTE, *up_notes)
        return Reconstruction(
            point_maps=joined.point_maps,
            trajectory=trajectory,
            intrinsics=optics.intrinsics,
            backend=self.name,
            world_up=world_up,
            notes=notes,
            measures=_measures(joined, optics),
            zoom=optics.zoom,
            view_rays=None if optics.is_pinhole else measured_rays(joined.point_maps),
            has_floating_points=True,
        )


def _shown(point_map: PointMap, config: PipelineConfig) -> PointMap:
    """As it will enter the cloud, for those who watch it grow."""
    if not config.edge_depth_step:
        return point_map
    return without_floating_points(point_map, depth_step=config.edge_depth_step, turn_deg=config.edge_turn_deg)


def pick_frames(num_frames: int, interval: int) -> NDArray[np.int64]:
    """Every ``interval``-th frame, and the last, so that no pose has to be guessed beyond the ends."""
    frames = np.arange(0, num_frames, interval, dtype=np.int64)
    return frames if frames[-1] == num_frames - 1 else np.append(frames, num_frames - 1)


def _pass_notes(joined: JoinedPasses) -> tuple[str, ...]:
    notes = []
    if joined.retries:
        notes.append(f"The memory ran out {joined.retries} times; the passes were made shorter and went on.")
    for number, seam in enumerate(joined.seams, start=2):
        if seam.error > WEAK_SEAM:
            notes.append(
                f"Pass {number} joins the one before badly: {seam.error:.1%} of the depth is left between them."
            )
    return tuple(notes)


def _measures(joined: JoinedPasses, optics: Optics) -> dict[str, float]:
    measures = {
        "keyframes_registered": float(len(joined.poses)),
        "passes": float(len(joined.seams) + 1),
        "memory_retries": float(joined.retries),
        "focal_px": optics.intrinsics.fx_px,
        "focal_spread": optics.focal_spread,
    }
    if np.isfinite(optics.residual_px):
        measures["camera_residual_px"] = optics.residual_px
    if optics.zoom is not None:
        measures["zoom_ratio"] = optics.zoom.ratio
    for number, seam in enumerate(joined.seams, start=2):
        measures[f"seam_error_{number}"] = seam.error
        measures[f"seam_pose_error_{number}"] = seam.pose_error
        measures[f"seam_frame_{number}"] = float(seam.frame_idx)
    return measures
