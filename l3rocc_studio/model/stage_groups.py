"""The stages of a job by the result that they work on, which is what is kept on disk and what an edit redoes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from l3rocc_engine.progress import result_of
from l3rocc_studio.model.outlook import Outlook
from l3rocc_studio.model.stage_track import StageRow, StageState, StageTrack

_FIRST_OF_ALL = (StageState.FAILED, StageState.STOPPED, StageState.RUNNING, StageState.STALE)
_ENDED = (StageState.FAILED, StageState.STOPPED)
_FINISHED = (StageState.DONE, StageState.KEPT)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageGroup:
    """All stages that work on one result.

    Attributes
    ----------
    name
        ``reconstruction``, ``cloud`` or ``occupancy``.
    rows
        Its stages, in the order in which they run.
    """

    name: str
    rows: tuple[StageRow, ...]

    @property
    def state(self) -> StageState:
        """Where the result stands: what is worst of one stage is so of all."""
        states = [row.state for row in self.rows]
        for state in _FIRST_OF_ALL:
            if state in states:
                return state
        if all(state in _FINISHED for state in states):
            return StageState.DONE if StageState.DONE in states else StageState.KEPT
        # Between the end of one stage and the first word of the next.
        return StageState.RUNNING if StageState.DONE in states else StageState.WAITING

    @property
    def seconds(self) -> float:
        """What its stages took, or have taken so far."""
        return sum(row.seconds for row in self.rows)

    @property
    def left_s(self) -> float | None:
        """What is left, or is to be expected; None where that is not known."""
        parts = [row.left_s for row in self.rows]
        known = [part for part in parts if part is not None]
        return sum(known) if len(known) == len(parts) else None


def grouped(track: StageTrack) -> tuple[StageGroup, ...]:
    """Put the stages of a job together by result, in the order of the job."""
    names = dict.fromkeys(result_of(row.name) for row in track.rows)
    return tuple(
        StageGroup(name=name, rows=tuple(row for row in track.rows if result_of(row.name) == name)) for name in names
    )


def unchanged(outlook: Outlook) -> tuple[str, ...]:
    """The results that the run which is shown has in common with the one that would be made now."""
    names = list(outlook.changed)
    first = next((place for place, name in enumerate(names) if outlook.changed[name]), len(names))
    return tuple(names[:first])


def standing(outlook: Outlook, took_s: Mapping[str, float], ended: StageTrack, *, has_result: bool) -> StageTrack:
    """Where every stage stands while no job runs.

    Parameters
    ----------
    outlook
        What a run with the present settings would do.
    took_s
        Seconds that stages of the result took, where the outlook keeps them.
    ended
        How the stages of a job came to an end that left no result; empty if there was none, or with other settings.
    has_result
        Whether a result is shown, so that what would be done now would be done again.
    """
    if outlook.forecast is None:
        return StageTrack()
    kept, expected = set(outlook.kept_steps), outlook.forecast.stage_s
    ends = {row.name: row for group in grouped(ended) if group.state in _ENDED for row in group.rows}
    open_state = StageState.STALE if has_result else StageState.WAITING

    def stand(name: str) -> StageRow:
        if name in kept:
            took = took_s.get(name)
            state = StageState.KEPT if took is None else StageState.DONE
            return StageRow(name=name, state=state, seconds=took or 0.0)
        return ends.get(name) or StageRow(name=name, state=open_state, expected_s=expected.get(name))

    return StageTrack(rows=tuple(stand(name) for name in outlook.forecast.workload.stages))
