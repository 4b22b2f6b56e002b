"""One run: reconstruct, fuse, voxelise and cast, each stage kept on disk so that edits redo only what follows them."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

from l3rocc_engine.backends.protocol import Backend, PointMapSink
from l3rocc_engine.backends.registry import choose_backend
from l3rocc_engine.cloud.fuse import fuse_point_maps
from l3rocc_engine.cloud.mesh import add_mesh_surface
from l3rocc_engine.cloud.point_cloud import PointCloud
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import InputError, OutputError, ReconstructionError
from l3rocc_engine.frames.frame_range import in_range
from l3rocc_engine.frames.source import FrameSource
from l3rocc_engine.geometry.zoom import frame_rays
from l3rocc_engine.occupancy import (
    OccupancySequence,
    WorldMap,
    load_sequence,
    load_world_map,
    occupancy_sequence,
    warm_in_background,
    world_map,
)
from l3rocc_engine.occupancy.device import check_device
from l3rocc_engine.pipeline.measure import StageTimer, library_versions, peak_memory_bytes
from l3rocc_engine.pipeline.plan import stage_keys
from l3rocc_engine.pipeline.rescale import brought_to_metres
from l3rocc_engine.pipeline.stage import damage_of, empty_stage, finish_stage, finished_stage, remove_old_stages
from l3rocc_engine.pipeline.store import load_cloud, load_reconstruction, save_cloud, save_reconstruction
from l3rocc_engine.progress import CancelToken, EventSink, ProgressEvent, no_events, steps_of
from l3rocc_engine.reconstruction import Reconstruction
from l3rocc_engine.run import GrowingRun, Run, RunRecord
from l3rocc_engine.storage.atomic import write_json

RUN_FILE = "run.json"
OLD_RESULTS_KEPT = 1
OccupancySink = Callable[[GrowingRun], None]
BackendChoice = Callable[[FrameSource, PipelineConfig], tuple[Backend, str]]


def process_source(
    source: FrameSource,
    config: PipelineConfig,
    workdir: Path,
    *,
    events: EventSink = no_events,
    cancel: CancelToken | None = None,
    on_point_map: PointMapSink | None = None,
    on_occupancy: OccupancySink | None = None,
    choose: BackendChoice = choose_backend,
    trusts_stages: bool = False,
) -> Run:
    """Turn a source into occupancy.

    Parameters
    ----------
    source
        Where the frames come from; it stays open and belongs to the returned run, or the part of it that the settings'
        ``frame_range`` names.
    config
        Settings.
    workdir
        Folder of this run's stages. Stages that are there already and match source and settings are reused, so an
        interrupted run goes on where it stopped.
    events, cancel, on_point_map
        Progress, the wish to stop, and point maps as they are finished.
    on_occupancy
        Given the run as far as it is known when the first ray is about to be cast; from then on frames of its
        occupancy can be read as they are made, from any thread. Not called where the occupancy is there already.
    choose
        Picks the backend and says why.
    trusts_stages
        Finished stages are checked bit by bit before they are used, and made anew where they are damaged, which is
        told as an event. Who has just made them need not have that done.

    Raises
    ------
    ConfigError
        The settings ask for a device that is not there.
    ReconstructionError
        The pictures do not allow a result that can be trusted.
    Cancelled
        ``cancel`` was set; finished stages are kept.
    OutputError
        The folder cannot be written.
    """
    check_device(config.device)
    source = in_range(source, config.frame_range)
    backend, reason = choose(source, config)
    events(ProgressEvent(stage="backend", done=0, total=0, message=reason))
    job = _Job(source, config, workdir, events, cancel or CancelToken(), trusts_stages=trusts_stages)
    return job.run(backend, reason, on_point_map, on_occupancy)


class _Job:
    """The stages of one run and what they note down."""

    def __init__(
        self,
        source: FrameSource,
        config: PipelineConfig,
        workdir: Path,
        events: EventSink,
        cancel: CancelToken,
        *,
        trusts_stages: bool,
    ) -> None:
        self._trusts_stages = trusts_stages
        self._source = source
        self._config = config
        self._workdir = workdir
        self._timer = StageTimer()
        self._events = self._timer.follow(events)
        self._cancel = cancel
        self._stage_s: dict[str, float] = {}

    def run(
        self, backend: Backend, reason: str, on_point_map: PointMapSink | None, on_occupancy: OccupancySink | None
    ) -> Run:
        config = self._config
        keys = stage_keys(self._source, backend.name, config)

        def reconstruct(folder: Path) -> None:
            warm_in_background()  # the kernels of the stage after next
            made = backend.reconstruct(
                self._source, config, events=self._events, cancel=self._cancel, on_point_map=on_point_map
            )
            save_reconstruction(made, folder)

        as_found = load_reconstruction(self._stage("reconstruction", keys, reconstruct))
        reconstruction = brought_to_metres(as_found, self._source, config, self._cancel)
        cloud = load_cloud(
            self._stage("cloud", keys, lambda folder: save_cloud(self._make_cloud(reconstruction), folder))
        )
        occupancy_folder = self._stage(
            "occupancy", keys, lambda folder: self._make_occupancy(reconstruction, cloud, folder, on_occupancy)
        )
        sequence, world = self._load_occupancy(occupancy_folder, reconstruction)
        record = self._record(reconstruction, cloud, world, backend.name, reason)
        facts = {"num_frames": self._source.num_frames, "size_px": list(self._source.size_px)}
        write_json(self._workdir / RUN_FILE, {"source": facts, "config": config.to_dict(), "record": record.to_dict()})
        return Run(
            source=self._source,
            config=config,
            trajectory=reconstruction.trajectory,
            intrinsics=reconstruction.intrinsics,
            scale=reconstruction.scale,
            cloud=cloud,
            occupancy=sequence,
            world=world,
            record=record,
            world_up=reconstruction.world_up,
            tracks=reconstruction.tracks,
            zoom=reconstruction.zoom,
            view_rays=reconstruction.view_rays,
            point_maps=reconstruction.point_maps,
        )

    def _stage(self, name: str, keys: Mapping[str, str], make: Callable[[Path], None]) -> Path:
        """The folder of a stage, made unless a finished one of the same key is there; notes the seconds it took.

        Results of other keys lie beside it: the last one is kept, since a run that is still shown reads from it.
        """
        key = keys[name]
        folder = self._workdir / name / key
        mark = None if self._is_damaged(name, folder, key) else finished_stage(folder, key)
        if mark is None:
            self._cancel.check()
            empty_stage(folder)
            self._timer.reset()
            make(folder)
            mark = finish_stage(folder, key, self._timer.finish(), self._cancel)
            remove_old_stages(folder, num_kept=OLD_RESULTS_KEPT)
        with suppress(OSError):  # only decides which old results go first
            os.utime(folder)
        self._stage_s.update(mark.stage_s)
        return folder

    def _is_damaged(self, name: str, folder: Path, key: str) -> bool:
        """Whether a stage was finished but cannot be gone on with; says so."""
        problem = "" if self._trusts_stages else damage_of(folder, key, self._cancel)
        if problem:
            message = f"The finished stage {name} is damaged ({problem}) and is computed again."
            self._events(ProgressEvent(stage=name, done=0, total=0, message=message))
        return bool(problem)

    def _make_cloud(self, reconstruction: Reconstruction) -> PointCloud:
        cloud = fuse_point_maps(
            reconstruction,
            self._config.grid,
            min_confidence=self._config.min_confidence,
            edge_depth_step=self._config.edge_depth_step,
            edge_turn_deg=self._config.edge_turn_deg,
            progress=steps_of(self._events, "cloud"),
            cancel=self._cancel,
        )
        if not cloud.num_points:
            raise self._empty_cloud(has_edge_filter=reconstruction.has_floating_points)
        if self._config.mesh:
            cloud = add_mesh_surface(
                cloud, reconstruction.trajectory, self._config, events=self._events, cancel=self._cancel
            )
        return cloud

    def _empty_cloud(self, *, has_edge_filter: bool) -> ReconstructionError:
        config, name = self._config, self._source.name
        if has_edge_filter and config.edge_depth_step:
            return ReconstructionError(
                f"No point of {name} has a confidence of {config.min_confidence} or more "
                f"and lies on a surface whose depth steps by less than {config.edge_depth_step:.0%}.",
                "Lower min_confidence, raise edge_depth_step (0 switches the edge filter off), or film another clip.",
            )
        return ReconstructionError(
            f"No point of {name} has a confidence of {config.min_confidence} or more.",
            "Lower min_confidence, or film with more texture and sideways motion.",
        )

    def _make_occupancy(
        self, reconstruction: Reconstruction, cloud: PointCloud, folder: Path, on_occupancy: OccupancySink | None
    ) -> None:
        def tell(growing: OccupancySequence) -> None:
            if on_occupancy is not None:
                on_occupancy(
                    GrowingRun(
                        config=self._config,
                        trajectory=reconstruction.trajectory,
                        intrinsics=reconstruction.intrinsics,
                        occupancy=growing,
                    )
                )

        sequence = occupancy_sequence(
            cloud.points_world,
            reconstruction.trajectory.world_from_cam,
            frame_rays(reconstruction.intrinsics, reconstruction.zoom, reconstruction.view_rays),
            self._config.grid,
            progress=steps_of(self._events, "occupancy"),
            cancel=self._cancel,
            on_start=tell,
            save_to=folder,
            device=self._config.device,
        )
        world_map(sequence, progress=steps_of(self._events, "world"), cancel=self._cancel).save(folder / "all_occ.npz")

    @staticmethod
    def _load_occupancy(folder: Path, reconstruction: Reconstruction) -> tuple[OccupancySequence, WorldMap]:
        try:
            sequence = load_sequence(
                folder / "occ_sequence.npz", folder / "mask_sequence.npz", reconstruction.trajectory.world_from_cam
            )
            return sequence, load_world_map(folder / "all_occ.npz")
        except InputError as error:
            raise OutputError(error.message, "Process the source again: damaged stages are computed again.") from error

    def _record(
        self, reconstruction: Reconstruction, cloud: PointCloud, world: WorldMap, backend: str, reason: str
    ) -> RunRecord:
        keyframes = tuple(point_map.frame_idx for point_map in reconstruction.point_maps)
        measures = {
            **reconstruction.measures,
            "num_points": float(cloud.num_points),
            "num_world_voxels": float(len(world.centres_world)),
        }
        return RunRecord(
            backend=backend,
            reason=reason,
            versions=library_versions(),
            stage_s=dict(self._stage_s),
            peak_memory_bytes=peak_memory_bytes(),
            notes=(*self._config.warnings, *self._source.warnings, *reconstruction.notes),
            measures=measures,
            keyframes=keyframes,
        )
