"""Why a stage stands where it stands."""

from __future__ import annotations

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import L3roccError
from l3rocc_studio.model.outlook import Outlook
from l3rocc_studio.model.setting_words import changes_text
from l3rocc_studio.model.stage_groups import StageGroup
from l3rocc_studio.model.stage_track import StageState
from l3rocc_studio.model.words import N_, retell, tr
from l3rocc_studio.ui.summary import duration_text

_SIMPLE = {
    StageState.WAITING: N_("Not computed yet."),
    StageState.RUNNING: N_("Running."),
    StageState.KEPT: N_("Already computed with these settings; it is reused."),
    StageState.STOPPED: N_("Stopped here; finished work is kept."),
    StageState.FAILED: N_("Failed."),
    StageState.STALE: N_("Its result for these settings is not on disk; it will be computed again."),
}
NAMES = {"reconstruction": N_("Poses and depth"), "cloud": N_("Cloud"), "occupancy": N_("Occupancy")}
"""What people call the results that are kept."""


def reasons(
    groups: tuple[StageGroup, ...],
    *,
    outlook: Outlook | None = None,
    shown: PipelineConfig | None = None,
    error: L3roccError | None = None,
) -> dict[str, str]:
    """A sentence for each group.

    Parameters
    ----------
    groups
        All groups of a job.
    outlook, shown
        What would be done now, and the settings of the result that is shown; None where there is none.
    error
        Why the last job failed.
    """
    said: dict[str, str] = {}
    redone = ""
    for group in groups:
        said[group.name] = _reason(group, outlook, shown, error, after=redone)
        redone = redone or (tr(NAMES[group.name]) if group.state is StageState.STALE else "")
    return said


def _reason(
    group: StageGroup, outlook: Outlook | None, shown: PipelineConfig | None, error: L3roccError | None, *, after: str
) -> str:
    state = group.state
    if state is StageState.DONE:
        return tr("Computed with these settings in {duration}.").format(duration=duration_text(group.seconds))
    if state is StageState.FAILED and error is not None:
        return retell(str(error))
    changed = outlook.changed.get(group.name, ()) if outlook is not None else ()
    if state is StageState.STALE and changed and outlook is not None and shown is not None:
        changes = changes_text(changed, shown, outlook.config)
        return tr("Will run again: changed since this result: {changes}.").format(changes=changes)
    if state is StageState.STALE and after:
        return tr("Will run again: it depends on {stage}.").format(stage=after)
    return tr(_SIMPLE[state])
