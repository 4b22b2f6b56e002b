"""Which actions make sense now, and for the others why not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from PySide6.QtCore import QTimer

from l3rocc_studio.model.job import JobKind, JobPhase
from l3rocc_studio.model.session import Session
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.actions.spec import Need

NO_SOURCE = N_("Open a video or a folder first.")
NO_RUN = N_("Process the source first.")
Rule = Callable[[], str]
"""Says why an action makes no sense now; empty if it does."""


class Permissions:
    """Keeps the actions of a window in step with the session.

    What an action needs stands in its record; what else must hold is a rule. Much changes at once when a job ends or
    a video is opened, so what follows the session asks about all actions once, in an event of its own.
    """

    def __init__(self, session: Session, actions: ActionSet) -> None:
        self._session = session
        self._actions = actions
        self._config_refusal = ""
        self._rules: dict[str, list[Rule]] = defaultdict(list)
        self._disconnects: list[Callable[[], None]] = []
        self._soon = QTimer(actions)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self.update)
        self.add_rule("process", self._process_refusal)
        self.add_rule("cancel", self._cancel_refusal)
        self.add_rule("undo", lambda: "" if session.edits.undo_label else tr("Nothing to undo."))
        self.add_rule("redo", lambda: "" if session.edits.redo_label else tr("Nothing to redo."))
        self._disconnects = [
            session.source_changed.connect(self.update_soon),
            session.run_changed.connect(self.update_soon),
            session.job_changed.connect(self._follow_job),
            session.edits.changed.connect(self._follow_edits),
            session.exports.changed.connect(self.update_soon),
        ]
        self.update()

    def shut_down(self) -> None:
        """Stop listening."""
        self._soon.stop()
        for disconnect in self._disconnects:
            disconnect()
        self._disconnects = []

    def add_rule(self, key: str, rule: Rule) -> None:
        """Let an action depend on something else as well; :meth:`update` asks again."""
        self._rules[key].append(rule)

    def refuse_config(self, reason: str) -> None:
        """The settings as typed are not valid; empty once they are."""
        self._config_refusal = reason
        self.update_one("process")

    def update(self) -> None:
        """Enable and disable."""
        self._soon.stop()
        for spec in self._actions.specs:
            self._actions.allow(spec.key, self._refusal(spec.key, spec.needs))

    def update_soon(self) -> None:
        """The same once this event is over."""
        if self._disconnects:
            self._soon.start()

    def _follow_job(self, kind: JobKind) -> None:
        # What a job forbids is forbidden before the next key is pressed.
        if self._session.job(kind).is_active:
            self.update()
        else:
            self.update_soon()

    def _follow_edits(self) -> None:
        for key in ("undo", "redo"):
            self.update_one(key)
        self.update_soon()

    def update_one(self, key: str) -> None:
        """Enable or disable one action; cheap enough for each frame."""
        spec = self._actions.spec(key)
        self._actions.allow(key, self._refusal(key, spec.needs))

    def _refusal(self, key: str, needs: Need) -> str:
        if needs is not Need.NOTHING and self._session.source is None:
            return NO_SOURCE
        if needs is Need.RUN and self._session.run is None:
            return NO_RUN
        return next(filter(None, (rule() for rule in self._rules.get(key, ()))), "")

    def _process_refusal(self) -> str:
        if self._session.job(JobKind.PROCESS).is_active:
            return tr("Processing is in progress.")
        return self._config_refusal

    def _cancel_refusal(self) -> str:
        phases = [job.phase for job in self._session.active_jobs]
        phases += [export.phase for export in self._session.exports.active]
        if not phases:
            return tr("Nothing is running.")
        if all(phase is JobPhase.CANCELLING for phase in phases):
            return tr("Already stopping.")
        return ""
