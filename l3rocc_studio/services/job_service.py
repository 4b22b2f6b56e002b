"""Opening inputs and running the engine on them; synchronous, to be called on a thread of the caller's choice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from l3rocc_engine.errors import InputError
from l3rocc_engine.progress import CancelToken, EventSink, no_progress, steps_of
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.model.words import tr
from l3rocc_studio.services.engine import Engine, LocalEngine
from l3rocc_studio.services.workspace import Workspace

if TYPE_CHECKING:
    from l3rocc_engine.backends.protocol import PointMapSink
    from l3rocc_engine.config import PipelineConfig
    from l3rocc_engine.frames.finder import FoundInput
    from l3rocc_engine.frames.source import FrameSource
    from l3rocc_engine.pipeline.process import OccupancySink
    from l3rocc_engine.run import Run

OPEN_STAGE = "open"


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

    def open_source(
        self, path: Path, fps: float, *, events: EventSink, cancel: CancelToken, episode: int | None = None
    ) -> FrameSource:
        """Open a video, a folder of images or a dataset trajectory, of several the one with this number.

        Raises
        ------
        InputError
            If it cannot be used, with the reason.
        Cancelled
            If ``cancel`` was set.
        """
        progress = steps_of(events, OPEN_STAGE)
        return self._engine.open_source(path, fps=fps, progress=progress, cancel=cancel, episode=episode)

    def find_inputs(self, path: Path, cancel: CancelToken) -> list[FoundInput]:
        """Everything that can be processed in and below a folder; a file counts as what it is.

        Raises
        ------
        Cancelled
            If ``cancel`` was set.
        """
        from l3rocc_engine.frames.finder import FoundInput, FoundKind, find_inputs

        if path.is_dir():
            return find_inputs(path, cancel=cancel)
        return [FoundInput(path=path, kind=FoundKind.VIDEO, episode=None, label=path.name)]

    def input_problem(self, found: FoundInput) -> InputError | None:
        """Why a find cannot be opened, as far as a look at its head tells; only videos are looked at."""
        from l3rocc_engine.frames.finder import FoundKind
        from l3rocc_engine.frames.video_container import VideoContainer

        if found.kind is not FoundKind.VIDEO:
            return None
        try:
            VideoContainer(found.path).close()
        except InputError as error:
            return error
        return None

    def find_several(self, folder: Path, cancel: CancelToken) -> list[FoundInput]:
        """What can be opened in and below a folder, if that is more than one thing; empty if it is one or nothing.

        A folder of pictures counts as one thing, whatever lies below it.

        Raises
        ------
        Cancelled
            If ``cancel`` was set.
        """
        from l3rocc_engine.frames.finder import FoundKind, find_inputs

        found = find_inputs(folder, cancel=cancel)
        is_itself = bool(found) and found[0].path == folder and found[0].kind is FoundKind.PICTURES
        is_alone = len(found) == 1 and found[0].path == folder
        return [] if is_itself or is_alone else found

    def find_episodes(self, folder: Path) -> list[FoundInput]:
        """The episodes of a finished dataset folder of ours, if there are several; empty if there is one.

        Raises
        ------
        InputError
            If the folder is not ours, or damaged.
        """
        from l3rocc_engine.dataset.manifest import episode_facts, read_manifest
        from l3rocc_engine.frames.finder import FoundInput, FoundKind

        manifest = read_manifest(folder)
        if len(manifest["episodes"]) < 2:
            return []
        found = []
        for number, span in enumerate(manifest["episodes"]):
            name = (episode_facts(manifest, number).get("source") or {}).get("name", folder.name)
            label = tr("episode {number} · {name}, frames {first} to {last}").format(
                number=number, name=name, first=span["start"], last=span["stop"] - 1
            )
            found.append(FoundInput(path=folder, kind=FoundKind.EPISODE, episode=number, label=label))
        return found

    def open_run(self, folder: Path, episode: int | None = None) -> FinishedRun:
        """Open a finished dataset folder of ours, of several episodes the one with this number.

        Raises
        ------
        InputError
            If the folder is not complete or not ours, or has no such episode.
        """
        location = RunLocation(path=folder, workdir=None, config={}, episode=episode)
        return FinishedRun(run=self._engine.open_dataset(folder, episode), location=location)

    def process(
        self,
        source: FrameSource,
        config: PipelineConfig,
        *,
        events: EventSink,
        cancel: CancelToken,
        on_point_map: PointMapSink | None = None,
        on_occupancy: OccupancySink | None = None,
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
            source,
            config,
            workdir,
            events=events,
            cancel=cancel,
            on_point_map=on_point_map,
            on_occupancy=on_occupancy,
        )
        location = RunLocation(
            path=source.path, workdir=workdir, config=config.to_dict(), episode=episode_number(source)
        )
        return FinishedRun(run=run, location=location)

    def open_finished(
        self, location: RunLocation, *, events: EventSink, cancel: CancelToken
    ) -> FinishedRun | FrameSource:
        """Open a result that was made before; the source alone if its stages are gone or were made differently.

        Raises
        ------
        L3roccError
            If the source is gone, or the settings cannot be read.
        """
        from l3rocc_engine.config import config_from_dict

        if location.workdir is None:
            from l3rocc_studio.services.rescaling import as_located

            run = as_located(
                self._engine.open_dataset(location.path, location.episode), location, events=events, cancel=cancel
            )
            return FinishedRun(run=run, location=location)
        config = config_from_dict(location.config, origin="the result")
        source = self.open_source(location.path, config.fps, events=events, cancel=cancel, episode=location.episode)
        try:
            if self._engine.is_finished(source, config, location.workdir):
                run = self._engine.process_source(source, config, location.workdir, events=events, cancel=cancel)
                return FinishedRun(run=run, location=location)
        except BaseException:
            source.close()
            raise
        return source


def episode_number(source: FrameSource) -> int | None:
    """Which episode of a recorded dataset a source is; None for all other sources."""
    from l3rocc_engine.frames.episode import EpisodeSource

    return source.episode if isinstance(source, EpisodeSource) else None


def load_run(location: RunLocation) -> Run:
    """Load a finished run again, in any process; stages on disk are reused as they are, so nothing is computed.

    Raises
    ------
    L3roccError
        If its files are gone or damaged.
    """
    engine = LocalEngine()
    if location.workdir is None:
        from l3rocc_studio.services.rescaling import as_located

        return as_located(engine.open_dataset(location.path, location.episode), location)
    # What makes runs is slow to import, and each child process that draws a film of a dataset would wait for it.
    from l3rocc_engine.config import config_from_dict
    from l3rocc_engine.pipeline import process_source

    config = config_from_dict(location.config, origin="the run")
    source = engine.open_source(
        location.path, fps=config.fps, progress=no_progress, cancel=CancelToken(), episode=location.episode
    )
    try:
        return process_source(source, config, location.workdir, trusts_stages=True)
    except BaseException:
        source.close()
        raise
