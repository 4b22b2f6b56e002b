"""What is open in the window: one source, its run, the settings for the next one, and the jobs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from l3rocc_engine.frames.frame_range import RangeSource
from l3rocc_studio.model.edits import Edits
from l3rocc_studio.model.exports import Exports
from l3rocc_studio.model.job import JobKind, JobState
from l3rocc_studio.model.looks import Looks
from l3rocc_studio.model.marks import Marks
from l3rocc_studio.model.measurements import Measurements
from l3rocc_studio.model.saved_views import SavedViews
from l3rocc_studio.model.signal import Signal
from l3rocc_studio.model.timeline import Timeline
from l3rocc_studio.model.view_keyframe import ViewKeyframe, shifted_keyframes
from l3rocc_studio.model.view_keyframes import ViewKeyframes
from l3rocc_studio.model.words import tr

if TYPE_CHECKING:
    from l3rocc_engine.config import PipelineConfig
    from l3rocc_engine.frames.source import FrameSource
    from l3rocc_engine.run import Run
    from l3rocc_studio.model.run_location import RunLocation


class Session:
    """Mutable state of one window; widgets listen and forward, they never hold the truth.

    Attributes
    ----------
    edits
        What can be taken back; starts over with each source.
    exports
        What is being written; stays whatever is opened.
    marks
        Named frames; they go with the source.
    looks
        How the panels show what is open.
    views
        Saved views; they go with the source.
    view_keyframes
        Views along the timeline; they go with the source.
    measurements
        Distances that were measured; they go with the source.
    source_changed, run_changed
        No arguments: another source, or another result (or none).
    config_changed
        No arguments: the settings for the next run.
    job_changed
        ``(kind,)``: the state of that job.
    """

    def __init__(self, config: PipelineConfig) -> None:
        self.timeline = Timeline()
        self.edits = Edits()
        self.exports = Exports()
        self.marks = Marks()
        self.looks = Looks(self.edits)
        self.views = SavedViews(self.edits)
        self.view_keyframes = ViewKeyframes(self.edits)
        self.measurements = Measurements(self.edits)
        self.source_changed: Signal[[]] = Signal()
        self.run_changed: Signal[[]] = Signal()
        self.config_changed: Signal[[]] = Signal()
        self.job_changed: Signal[[JobKind]] = Signal()
        self._source: FrameSource | None = None
        self._run: Run | None = None
        self._run_location: RunLocation | None = None
        self._config = config
        self._jobs = {kind: JobState(kind=kind) for kind in JobKind}

    @property
    def source(self) -> FrameSource | None:
        """The source whose frames are on the timeline."""
        return self._source

    @property
    def run(self) -> Run | None:
        """The result that belongs to the source, or None."""
        return self._run

    @property
    def shown_name(self) -> str:
        """Name of what is open, with the episode where its dataset has several; empty if nothing is."""
        name, location = "" if self._source is None else self._source.name, self._run_location
        if location is None or not location.is_dataset or location.episode is None:
            return name
        return tr("{name} · episode {episode}").format(name=name, episode=location.episode)

    @property
    def run_location(self) -> RunLocation | None:
        """Where the run can be loaded from again."""
        return self._run_location

    @property
    def config(self) -> PipelineConfig:
        """Settings of the next run."""
        return self._config

    @property
    def run_frames(self) -> range:
        """Frames of the timeline that the run has; all of them unless just a range was processed."""
        if self._run is None:
            return range(0)
        source = self._run.source
        first = source.first if isinstance(source, RangeSource) and source.whole is self._source else 0
        return range(first, first + self._run.num_frames)

    @property
    def is_next_metric(self) -> bool:
        """Whether a run with the present settings would be in metres, as far as can be told before it."""
        config, source, run = self._config, self._source, self._run
        if config.scale_distance > 0 or config.camera_height > 0:
            return True
        return run.scale.is_metric if run is not None else source is not None and source.cameras is not None

    def run_frame(self, frame_idx: int) -> int | None:
        """The run's number of a frame of the timeline; None where the run has none."""
        frames = self.run_frames
        return frame_idx - frames.start if frame_idx in frames else None

    @property
    def run_view_keyframes(self) -> tuple[ViewKeyframe, ...]:
        """The views along the timeline at the run's frames; those at frames that it does not have are left out."""
        frames = self.run_frames
        return shifted_keyframes(self.view_keyframes.items, -frames.start, num_frames=len(frames))

    @property
    def selected_run_frames(self) -> tuple[int, int]:
        """First and last frame of the run that lie in the timeline's range; all of them if none does."""
        (first, last), frames = self.timeline.range, self.run_frames
        low, high = max(first, frames.start), min(last, frames.stop - 1)
        return (low - frames.start, high - frames.start) if low <= high else (0, len(frames) - 1)

    def job(self, kind: JobKind) -> JobState:
        """State of a kind of job."""
        return self._jobs[kind]

    @property
    def active_jobs(self) -> tuple[JobState, ...]:
        """Jobs that still run."""
        return tuple(job for job in self._jobs.values() if job.is_active)

    @property
    def is_busy(self) -> bool:
        """Whether a job or an export still runs."""
        return bool(self.active_jobs or self.exports.active)

    def open_source(self, source: FrameSource) -> None:
        """Show a source; the result of the previous one goes."""
        self._source, self._run, self._run_location = source, None, None
        self._start_over()
        self.timeline.load(source.timestamps_s.tolist())
        self.source_changed.emit()
        self.run_changed.emit()

    def open_run(self, run: Run, location: RunLocation) -> None:
        """Show a finished run together with the source that it was made from; its settings become the next ones.

        Of a run of just a range the whole source is shown.
        """
        self._source = run.source.whole if isinstance(run.source, RangeSource) else run.source
        self._config = run.config
        self._run, self._run_location = run, location
        self._start_over()
        self.timeline.load(self._source.timestamps_s.tolist(), run.config.frame_range)
        self.source_changed.emit()
        self.config_changed.emit()
        self.run_changed.emit()

    def finish_run(self, run: Run, location: RunLocation) -> None:
        """Attach the result of processing; the current frame stays where the person left it."""
        self._run, self._run_location = run, location
        self.run_changed.emit()

    def close(self) -> None:
        """Show nothing."""
        self._source = self._run = self._run_location = None
        self._start_over()
        self.timeline.load(())
        self.source_changed.emit()
        self.run_changed.emit()

    def _start_over(self) -> None:
        """Nothing that a person made of what was shown before belongs to what comes."""
        self.edits.clear()
        self.marks.replace_all(())
        self.views.load(())
        self.view_keyframes.load(())
        self.measurements.load(())

    def set_config(self, config: PipelineConfig) -> None:
        """Change the settings of the next run."""
        if config != self._config:
            self._config = config
            self.config_changed.emit()

    def set_job(self, state: JobState) -> None:
        """Note where a job stands."""
        if state != self._jobs[state.kind]:
            self._jobs[state.kind] = state
            self.job_changed.emit(state.kind)
