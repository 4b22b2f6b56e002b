"""An engine whose results are exact and made beforehand, and whose pace the test sets."""

from __future__ import annotations

import dataclasses
import threading
from pathlib import Path

from l3rocc_engine.backends.protocol import PointMapSink
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import InputError, L3roccError
from l3rocc_engine.frames.frame_range import in_range
from l3rocc_engine.frames.source import FrameSource
from l3rocc_engine.occupancy.growing import MemorySequence
from l3rocc_engine.pipeline.process import OccupancySink
from l3rocc_engine.progress import CancelToken, EventSink, ProgressEvent, StepProgress
from l3rocc_engine.reconstruction import PointMap
from l3rocc_engine.run import GrowingRun, Run
from l3rocc_studio.model.run_location import RunLocation
from tests.synthetic.run_factory import make_run, part_of


class FakeEngine:
    """Opens every video as the synthetic room and "processes" it to its exact run.

    Attributes
    ----------
    go_on
        Processing waits for it after its first stage, if ``waits`` is true.
    point_maps
        Handed over one after another before the first stage.
    casts
        If set, the occupancy grows by one frame each time that the test releases it.
    error
        Raised instead of a result, if set.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.opened_episodes: list[int | None] = []
        self.go_on = threading.Event()
        self.waits = False
        self.casts: threading.Semaphore | None = None
        self.point_maps: tuple[PointMap, ...] = ()
        self.error: L3roccError | None = None
        self.processed: list[PipelineConfig] = []
        self.finished: list[tuple[str, Path]] = []
        self._run: Run | None = None

    @property
    def run(self) -> Run:
        """The room."""
        if self._run is None:
            self._run = make_run(self.folder)
        return self._run

    @property
    def video(self) -> Path:
        """A real video file of the room."""
        path = self.run.source.video_path
        assert path is not None
        return path

    def open_source(
        self, path: Path, *, fps: float, progress: StepProgress, cancel: CancelToken, episode: int | None = None
    ) -> FrameSource:
        """The room, under the name of any file but a broken one."""
        assert fps > 0
        progress(1, 1)
        cancel.check()
        if path.stat().st_size == 0:
            raise InputError(f"{path.name} is empty.", "Choose another video.")
        return self.run.source

    def open_dataset(self, folder: Path, episode: int | None = None) -> Run:
        """The room again."""
        self.opened_episodes.append(episode)
        assert folder.is_dir()
        return self.run

    def load_run(self, _location: RunLocation) -> Run:
        """The room once more, with a source of its own that may be closed."""
        return make_run(self.folder / "loaded")

    def process_source(
        self,
        source: FrameSource,
        config: PipelineConfig,
        workdir: Path,
        *,
        events: EventSink,
        cancel: CancelToken,
        on_point_map: PointMapSink | None = None,
        on_occupancy: OccupancySink | None = None,
    ) -> Run:
        """The room's run, after reporting three stages."""
        assert workdir.is_dir()
        self.processed.append(config)
        if on_point_map is not None:
            for point_map in self.point_maps:
                on_point_map(point_map, self.run.trajectory)
        for stage in ("poses", "depth", "occupancy"):
            for done in range(5):
                events(ProgressEvent(stage=stage, done=done, total=4, message=f"step {done}"))
                while self.waits and stage == "depth" and not self.go_on.wait(0.05):
                    cancel.check()
                cancel.check()
        if self.casts is not None and on_occupancy is not None:
            self._grow(self.casts, config, events, cancel, on_occupancy)
        if self.error is not None:
            raise self.error
        self.finished.append((config.digest, workdir))
        made = part_of(self.run, *config.frame_range) if config.frame_range else self.run
        return dataclasses.replace(made, source=in_range(source, config.frame_range), config=config)

    def is_finished(self, source: FrameSource, config: PipelineConfig, workdir: Path) -> bool:
        """Whether this very run was made before."""
        return (config.digest, workdir) in self.finished

    def _grow(
        self,
        casts: threading.Semaphore,
        config: PipelineConfig,
        events: EventSink,
        cancel: CancelToken,
        on_occupancy: OccupancySink,
    ) -> None:
        """Hand over the occupancy and add to it."""
        whole, run = self.run.occupancy, self.run
        growing = MemorySequence(whole.grid, whole.world_from_cam, whole.in_view)
        on_occupancy(
            GrowingRun(config=config, trajectory=run.trajectory, intrinsics=run.intrinsics, occupancy=growing.sequence)
        )
        for t in range(whole.num_frames):
            while not casts.acquire(timeout=0.05):
                cancel.check()
            growing.append(whole.occupied_rows.piece(t), whole.visible_rows.piece(t))
            events(ProgressEvent(stage="occupancy", done=t + 1, total=whole.num_frames))


def write_fake_film(location: RunLocation, out: Path, *, events: EventSink) -> None:
    """Stands for the film's renderer in the child process."""
    events(ProgressEvent(stage="render", done=1, total=2))
    out.write_text(str(location.path), encoding="utf-8")
