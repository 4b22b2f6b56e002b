"""Opening inputs and running the engine on them; synchronous, to be called on a thread of the caller's choice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from l3rocc_engine.progress import CancelToken, EventSink, StepProgress, no_events, no_progress, steps_of
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.services.workspace import Workspace

if TYPE_CHECKING:
    from l3rocc_engine.backends.protocol import PointMapSink
    from l3rocc_engine.config import PipelineConfig
    from l3rocc_engine.frames.source import FrameSource
    from l3rocc_engine.run import Run


OPEN_STAGE = "open"


class Engine(Protocol):
    """The engine's entry points, gathered so that tests can put others in their place."""

    def open_source(self, path: Path, *, fps: float, progress: StepProgress, cancel: CancelToken) -> FrameSource:
        """Open an input; ``fps`` is for sources that have none."""
        ...

    def open_dataset(self, folder: Path) -> Run:
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
    ) -> Run:
        """Turn a source into a run."""
        ...


class LocalEngine:
    """The engine in this process; each part is imported when it is first used, off the GUI thread."""

    def open_source(self, path: Path, *, fps: float, progress: StepProgress, cancel: CancelToken) -> FrameSource:
        """See :func:`l3rocc_engine.frames.opener.open_source`."""
        from l3rocc_engine.frames.opener import open_source

        return open_source(path, fps=fps, progress=progress, cancel=cancel)

    def open_dataset(self, folder: Path) -> Run:
        """See :func:`l3rocc_engine.dataset.open_dataset`."""
        from l3rocc_engine.dataset import open_dataset

        return open_dataset(folder)

    def process_source(
        self,
        source: FrameSource,
        config: PipelineConfig,
        workdir: Path,
        *,
        events: EventSink,
        cancel: CancelToken,
        on_point_map: PointMapSink | None = None,
    ) -> Run:
        """See :func:`l3rocc_engine.pipeline.process_source`."""
        from l3rocc_engine.pipeline import process_source

        return process_source(source, config, workdir, events=events, cancel=cancel, on_point_map=on_point_map)


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedRun:
    """A run and where it lies."""

    run: Run
    location: RunLocation


class JobService:
    """Opens and processes.

    Parameters
    ----------
    workspace
        Where runs live.
    engine
        What does the work.
    """

    def __init__(self, workspace: Workspace, engine: Engine | None = None) -> None:
        self._workspace = workspace
        self._engine = engine or LocalEngine()

    def open_source(self, path: Path, fps: float, *, events: EventSink, cancel: CancelToken) -> FrameSource:
        """Open a video, a folder of images or a dataset trajectory.

        Raises
        ------
        InputError
            If it cannot be used, with the reason.
        Cancelled
            If ``cancel`` was set.
        """
        return self._engine.open_source(path, fps=fps, progress=steps_of(events, OPEN_STAGE), cancel=cancel)

    def open_run(self, folder: Path) -> FinishedRun:
        """Open a finished dataset folder of ours.

        Raises
        ------
        InputError
            If the folder is not complete or not ours.
        """
        location = RunLocation(path=folder, workdir=None, config={})
        return FinishedRun(run=self._engine.open_dataset(folder), location=location)

    def process(
        self,
        source: FrameSource,
        config: PipelineConfig,
        *,
        events: EventSink,
        cancel: CancelToken,
        on_point_map: PointMapSink | None = None,
    ) -> FinishedRun:
        """Process a source; panels may go on reading it meanwhile.

        Raises
        ------
        L3roccError
            If the input or the settings do not allow a result.
        Cancelled
            If ``cancel`` was set; finished stages stay in the working folder and are used next time.
        """
        workdir = self._workspace.run_folder(source.name, source.fingerprint)
        run = self._engine.process_source(
            source, config, workdir, events=events, cancel=cancel, on_point_map=on_point_map
        )
        return FinishedRun(run=run, location=RunLocation(path=source.path, workdir=workdir, config=config.to_dict()))


def load_run(location: RunLocation) -> Run:
    """Load a finished run again, in any process; stages on disk are reused, so nothing is computed.

    Raises
    ------
    L3roccError
        If its files are gone or damaged.
    """
    from l3rocc_engine.config import config_from_dict

    engine = LocalEngine()
    if location.workdir is None:
        return engine.open_dataset(location.path)
    config = config_from_dict(location.config, origin="the run")
    source = engine.open_source(location.path, fps=config.fps, progress=no_progress, cancel=CancelToken())
    return engine.process_source(source, config, location.workdir, events=no_events, cancel=CancelToken())
