"""What the window knows about the job that is running, or ran last."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from l3rocc_engine.errors import L3roccError
from l3rocc_engine.progress import StageStatus
from l3rocc_studio.model.stage_track import StageTrack


class JobPhase(Enum):
    """Where a job stands."""

    IDLE = "idle"
    RUNNING = "running"
    CANCELLING = "cancelling"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class JobKind(Enum):
    """What a job does."""

    OPEN = "open"
    PROCESS = "process"


@dataclass(frozen=True, slots=True, kw_only=True)
class JobState:
    """A snapshot of one job.

    Attributes
    ----------
    kind, phase
        What it does and where it stands.
    title
        What is being done, for people.
    status
        The newest stage report, or None before the first.
    stages
        Names of the stages that were entered so far, in order.
    error
        Why it failed, or None.
    track
        Every stage with what it took; empty for jobs that keep none.
    """

    kind: JobKind
    phase: JobPhase = JobPhase.IDLE
    title: str = ""
    status: StageStatus | None = None
    stages: tuple[str, ...] = ()
    error: L3roccError | None = None
    track: StageTrack = field(default_factory=StageTrack)

    @property
    def is_active(self) -> bool:
        """Whether something still runs."""
        return self.phase in (JobPhase.RUNNING, JobPhase.CANCELLING)
