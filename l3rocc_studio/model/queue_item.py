"""One entry of the queue: an input with the settings of when it was added, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import uuid4

from l3rocc_engine.errors import InputError


class ItemState(Enum):
    """Where an entry stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"
    INTERRUPTED = "interrupted"

    @property
    def can_run_again(self) -> bool:
        """Whether it ended without a result, so that another try makes sense."""
        return self in (ItemState.FAILED, ItemState.STOPPED, ItemState.INTERRUPTED)


class Review(Enum):
    """What a person thinks of the result."""

    NONE = "none"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemResult:
    """A finished entry in numbers.

    Attributes
    ----------
    workdir
        Folder of the run's stages.
    backend, reason
        The backend used and why.
    num_frames, num_keyframes, num_points
        Counts.
    is_metric
        Whether the scale is known.
    seconds
        Wall time of the whole entry.
    notes
        Sentences for people.
    """

    workdir: Path
    backend: str
    reason: str
    num_frames: int
    num_keyframes: int
    num_points: int
    is_metric: bool
    seconds: float
    notes: tuple[str, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "workdir": str(self.workdir),
            "backend": self.backend,
            "reason": self.reason,
            "num_frames": self.num_frames,
            "num_keyframes": self.num_keyframes,
            "num_points": self.num_points,
            "is_metric": self.is_metric,
            "seconds": self.seconds,
            "notes": list(self.notes),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueItem:
    """An entry; changes make a new one with the same key.

    Attributes
    ----------
    path, episode
        What to open; the episode's number for datasets that hold several.
    name
        For people.
    config
        Settings as plain values, those of when it was added.
    key
        Never changes, and is unique.
    state, review
        Where it stands, and what a person thinks of the result.
    result
        Only when done.
    error, hint
        Why it failed and what to do; empty otherwise.
    """

    path: Path
    name: str
    config: dict[str, Any]
    episode: int | None = None
    key: str = field(default_factory=lambda: uuid4().hex[:12])
    state: ItemState = ItemState.WAITING
    review: Review = Review.NONE
    result: ItemResult | None = None
    error: str = ""
    hint: str = ""

    def is_same_work(self, other: QueueItem) -> bool:
        """Whether both would compute the same."""
        return (self.path, self.episode, self.config) == (other.path, other.episode, other.config)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "key": self.key,
            "path": str(self.path),
            "episode": self.episode,
            "name": self.name,
            "config": self.config,
            "state": self.state.value,
            "review": self.review.value,
            "result": self.result.to_dict() if self.result else None,
            "error": self.error,
            "hint": self.hint,
        }


def queue_item_from_dict(values: Mapping[str, Any]) -> QueueItem:
    """Read an entry as :meth:`QueueItem.to_dict` writes it.

    Raises
    ------
    InputError
        If a value is missing or of the wrong kind.
    """
    try:
        result, episode = values.get("result"), values.get("episode")
        return QueueItem(
            key=str(values["key"]),
            path=Path(values["path"]),
            episode=None if episode is None else int(episode),
            name=str(values["name"]),
            config=dict(values["config"]),
            state=ItemState(values["state"]),
            review=Review(values.get("review", Review.NONE.value)),
            result=None if result is None else _result_from_dict(result),
            error=str(values.get("error", "")),
            hint=str(values.get("hint", "")),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise InputError(f"An entry of the queue cannot be read: {error!r}.") from error


def _result_from_dict(values: Mapping[str, Any]) -> ItemResult:
    return ItemResult(
        workdir=Path(values["workdir"]),
        backend=str(values["backend"]),
        reason=str(values["reason"]),
        num_frames=int(values["num_frames"]),
        num_keyframes=int(values["num_keyframes"]),
        num_points=int(values["num_points"]),
        is_metric=bool(values["is_metric"]),
        seconds=float(values["seconds"]),
        notes=tuple(map(str, values.get("notes", ()))),
    )
