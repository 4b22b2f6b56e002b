"""Looks at the machine in the background and tells about it on the start page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.services.machine import machine_facts
from l3rocc_studio.ui.bridge import Job

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio


class Machine:
    """Keeps the card on the start page up to date while that is seen."""

    def __init__(self, studio: Studio) -> None:
        self._session, self._workspace = studio.session, studio.workspace
        self._life = QObject(studio.window)
        self._job = Job(self._life)
        self._job.succeeded.connect(studio.window.start_page.machine.show_machine)
        self._job.failed.connect(lambda error: studio.window.start_page.machine.show_problem(error.message))
        self._disconnect = self._session.source_changed.connect(self._look_again)
        studio.ready.connect(self._look_again)

    def shut_down(self) -> None:
        """Stop and wait."""
        self._disconnect()
        self._job.shut_down()

    def _look_again(self) -> None:
        if self._session.source is not None or self._job.is_running:
            return
        root = self._workspace.root

        def work(_events: EventSink, _cancel: CancelToken) -> object:
            return machine_facts(root)

        self._job.start(work)
