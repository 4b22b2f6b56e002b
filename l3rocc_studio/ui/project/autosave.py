"""Keeps what is open on disk while it changes, for the case that the program does not end by itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from l3rocc_studio.model.project import Project
from l3rocc_studio.model.session import Session
from l3rocc_studio.model.timeline import FrameCause
from l3rocc_studio.services.latest_writer import LatestWriter
from l3rocc_studio.services.project_file import RecoveryFolder
from l3rocc_studio.ui.bridge import Latest

AFTER_MS = 3000
Snapshot = tuple[dict[str, Any], Path | None, str]


class Autosave(QObject):
    """Writes a few seconds after a change, in a thread.

    Signals
    -------
    failed (L3roccError)
        It could not be written.
    """

    failed = Signal(object)

    def __init__(self, project: Project, session: Session, folder: RecoveryFolder, parent: QObject) -> None:
        super().__init__(parent)
        self._project = project
        self._session = session
        self._folder = folder
        self._errors = Latest(self)
        self._errors.arrived.connect(self.failed)
        self._writer: LatestWriter[Snapshot] = LatestWriter(self._write, self._errors.put, name="autosave")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(AFTER_MS)
        self._timer.timeout.connect(self.save_now)
        self._disconnects: list[Callable[[], None]] = [
            project.touched.connect(self.save_soon),
            project.changed.connect(self.save_soon),
            session.source_changed.connect(self.save_soon),
            session.timeline.frame_changed.connect(self._frame_changed),
        ]

    def save_now(self) -> None:
        """Write what is open."""
        source = self._session.source
        if source is not None:
            self._writer.put((self._project.to_dict(), self._project.path, self._project.name or source.name))

    def save_soon(self) -> None:
        """Write in a few seconds what is open then."""
        if self._session.source is None:
            self._timer.stop()
            self._folder.forget_own()
        elif not self._timer.isActive():
            self._timer.start()

    def shut_down(self) -> None:
        """The program ends by itself, so nothing has to be recovered."""
        for disconnect in self._disconnects:
            disconnect()
        self._timer.stop()
        self._writer.close()
        self._folder.forget_own()

    def _frame_changed(self, _frame_idx: int, cause: FrameCause) -> None:
        """Where a person went is kept; what plays need not be."""
        if cause is FrameCause.SEEK:
            self.save_soon()

    def _write(self, snapshot: Snapshot) -> None:
        parts, path, name = snapshot
        self._folder.keep(parts, project_path=path, name=name)
