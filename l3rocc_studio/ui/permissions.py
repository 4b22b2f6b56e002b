"""Which actions make sense now, and for the others why not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial

from l3rocc_studio.model.job import JobKind, JobPhase
from l3rocc_studio.model.session import Session
from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.actions.spec import Need

NO_SOURCE = "Open a video or a folder first."
NO_RUN = "Process the source first."
Rule = Callable[[], str]
"""Says why an action makes no sense now; empty if it does."""
_EXPORTS = {
    "export_lerobot": JobKind.EXPORT_DATASET,
    "export_interndata": JobKind.EXPORT_DATASET,
    "export_film": JobKind.EXPORT_FILM,
}


class Permissions:
    """Keeps the actions of a window in step with the session.

    What an action needs stands in its record; what else must hold is a rule.
    """

    def __init__(self, session: Session, actions: ActionSet) -> None:
        self._session = session
        self._actions = actions
        self._config_refusal = ""
        self._rules: dict[str, list[Rule]] = defaultdict(list)
        self.add_rule("process", self._process_refusal)
        self.add_rule("cancel", self._cancel_refusal)
        self.add_rule("undo", lambda: "" if session.edits.undo_label else "Nothing to take back.")
        self.add_rule("redo", lambda: "" if session.edits.redo_label else "Nothing was taken back.")
        for key, kind in _EXPORTS.items():
            self.add_rule(key, partial(self._export_refusal, kind))
        self._disconnects = [
            session.source_changed.connect(self.update),
            session.run_changed.connect(self.update),
            session.job_changed.connect(lambda _kind: self.update()),
            session.edits.changed.connect(self.update),
        ]
        self.update()

    def shut_down(self) -> None:
        """Stop listening."""
        for disconnect in self._disconnects:
            disconnect()
        self._disconnects = []

    def add_rule(self, key: str, rule: Rule) -> None:
        """Let an action depend on something else as well; :meth:`update` asks again."""
        self._rules[key].append(rule)

    def refuse_config(self, reason: str) -> None:
        """The settings as typed are not valid; empty once they are."""
        self._config_refusal = reason
        self.update()

    def update(self) -> None:
        """Enable and disable."""
        for spec in self._actions.specs:
            self._actions.allow(spec.key, self._refusal(spec.key, spec.needs))

    def _refusal(self, key: str, needs: Need) -> str:
        if needs is not Need.NOTHING and self._session.source is None:
            return NO_SOURCE
        if needs is Need.RUN and self._session.run is None:
            return NO_RUN
        return next(filter(None, (rule() for rule in self._rules.get(key, ()))), "")

    def _process_refusal(self) -> str:
        if self._session.job(JobKind.PROCESS).is_active:
            return "Processing is under way."
        return self._config_refusal

    def _export_refusal(self, kind: JobKind) -> str:
        return "This export is running already." if self._session.job(kind).is_active else ""

    def _cancel_refusal(self) -> str:
        jobs = self._session.active_jobs
        if not jobs:
            return "Nothing is running."
        if all(job.phase is JobPhase.CANCELLING for job in jobs):
            return "Stopping already."
        return ""
