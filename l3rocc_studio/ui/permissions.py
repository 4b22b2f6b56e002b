"""Which actions make sense now, and for the others why not."""

from __future__ import annotations

from l3rocc_studio.model.job import JobKind, JobPhase
from l3rocc_studio.model.session import Session
from l3rocc_studio.ui.actions import ActionSet

NO_SOURCE = "Open a video or a folder first."
NO_RUN = "Process the source first."
_SCRUB_ACTIONS = ("play", "previous", "next", "back_10", "on_10", "first", "last", "loop")
_VIEW_ACTIONS = ("fit", "view_gods_eye", "view_follow", "view_first_person", "world_voxels", "history")
_EXPORTS = {
    "export_lerobot": JobKind.EXPORT_DATASET,
    "export_interndata": JobKind.EXPORT_DATASET,
    "export_film": JobKind.EXPORT_FILM,
}


class Permissions:
    """Keeps the actions of a window in step with the session."""

    def __init__(self, session: Session, actions: ActionSet) -> None:
        self._session = session
        self._actions = actions
        self._config_refusal = ""
        self._disconnects = [
            session.source_changed.connect(self.update),
            session.run_changed.connect(self.update),
            session.job_changed.connect(lambda _kind: self.update()),
        ]
        self.update()

    def shut_down(self) -> None:
        """Stop listening."""
        for disconnect in self._disconnects:
            disconnect()
        self._disconnects = []

    def refuse_config(self, reason: str) -> None:
        """The settings as typed are not valid; empty once they are."""
        self._config_refusal = reason
        self.update()

    def update(self) -> None:
        """Enable and disable."""
        session = self._session
        no_source = "" if session.source else NO_SOURCE
        for key in _SCRUB_ACTIONS:
            self._actions.allow(key, no_source)
        self._actions.allow("close_source", no_source)
        no_run = no_source or ("" if session.run else NO_RUN)
        for key in _VIEW_ACTIONS:
            self._actions.allow(key, no_run)
        self._actions.allow("process", no_source or self._process_refusal())
        self._actions.allow("cancel", self._cancel_refusal())
        for key, kind in _EXPORTS.items():
            busy = "This export is running already." if session.job(kind).is_active else ""
            self._actions.allow(key, no_run or busy)

    def _process_refusal(self) -> str:
        if self._session.job(JobKind.PROCESS).is_active:
            return "Processing is under way."
        return self._config_refusal

    def _cancel_refusal(self) -> str:
        jobs = self._session.active_jobs
        if not jobs:
            return "Nothing is running."
        if all(job.phase is JobPhase.CANCELLING for job in jobs):
            return "Stopping already."
        return ""
