"""What the studio asks of the engine, and the engine that answers in this process."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from l3rocc_engine.progress import CancelToken, EventSink, StepProgress

if TYPE_CHECKING:
    from l3rocc_engine.backends.protocol import PointMapSink
    from l3rocc_engine.config import PipelineConfig
    from l3rocc_engine.frames.source import FrameSource
    from l3rocc_engine.pipeline.process import OccupancySink
    from l3rocc_engine.run import Run


class Engine(Protocol):
    """The engine's entry points, gathered so that tests can put others in their place."""

    def open_source(
        self, path: Path, *, fps: float, progress: StepProgress, cancel: CancelToken, episode: int | None = None
    ) -> FrameSource:
        """Open an input; ``fps`` is for sources that have none, ``episode`` for datasets that have several."""
        ...

    def open_dataset(self, folder: Path, episode: int | None = None) -> Run:
        """Open a finished dataset folder of ours."""
        ...

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
        """Turn a source into a run."""
        ...

    def is_finished(self, source: FrameSource, config: PipelineConfig, workdir: Path) -> bool:
        """Whether every stage of this run is in its folder already."""
        ...


class LocalEngine:
    """The engine in this process; each part is imported when it is first used, off the GUI thread."""

    def open_source(
        self, path: Path, *, fps: float, progress: StepProgress, cancel: CancelToken, episode: int | None = None
    ) -> FrameSource:
        """See :func:`l3rocc_engine.frames.opener.open_source`."""
        from l3rocc_engine.frames.opener import open_source

        return open_source(path, fps=fps, episode=episode, progress=progress, cancel=cancel)

    def open_dataset(self, folder: Path, episode: int | None = None) -> Run:
        """See :func:`l3rocc_engine.dataset.open_dataset`."""
        from l3rocc_engine.dataset import open_dataset

        return open_dataset(folder, episode_idx=episode or 0)

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
        """See :func:`l3rocc_engine.pipeline.process_source`."""
        from l3rocc_engine.pipeline import process_source

        return process_source(
            source,
            config,
            workdir,
            events=events,
            cancel=cancel,
            on_point_map=on_point_map,
            on_occupancy=on_occupancy,
        )

    def is_finished(self, source: FrameSource, config: PipelineConfig, workdir: Path) -> bool:
        """See :func:`l3rocc_engine.pipeline.plan_stages`."""
        from l3rocc_engine.backends.registry import choose_backend
        from l3rocc_engine.pipeline import plan_stages

        backend, _reason = choose_backend(source, config)
        return all(stage.is_finished for stage in plan_stages(source, backend.name, config, workdir))
