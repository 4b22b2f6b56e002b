"""Closing the window: asks first if work would be lost, and waits until what runs has stopped."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget

from l3rocc_studio.model.job import JobKind
from l3rocc_studio.model.session import Session
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.question import Question


class Closing(QObject):
    """Says whether the window may close now; if not, it closes by itself once it may.

    Parameters
    ----------
    window, session
        What is to be closed, and what may be under way.
    stop
        Asks everything that runs to stop.
    """

    def __init__(self, window: QWidget, session: Session, stop: Callable[[], object]) -> None:
        super().__init__(window)
        self._window, self._session, self._stop = window, session, stop
        self._is_wanted = False
        self._question: Question | None = None

    @property
    def question(self) -> Question | None:
        """What is being asked, if anything."""
        return self._question

    def is_held_up(self) -> bool:
        """Whether something runs that must stop first; a person is asked about what takes long to make again."""
        if not self._session.is_busy:
            return False
        if self._is_wanted:
            return True
        titles = self._titles()
        if titles:
            self._ask(titles)
        else:
            self.stop_and_close()
        return True

    def stop_and_close(self) -> None:
        """Stop everything, and close when it has ended."""
        self._is_wanted = True
        self._stop()
        self.follow()

    def follow(self) -> None:
        """Something began or ended."""
        if self._question is not None and not self._titles():
            self._question.reject()  # nothing would be lost any more
        if self._is_wanted and not self._session.is_busy:
            self._is_wanted = False
            QTimer.singleShot(0, self._window, self._window.close)

    def _titles(self) -> list[str]:
        """What is under way and worth a question."""
        job = self._session.job(JobKind.PROCESS)
        exports = [
            tr("Exporting {name}").format(name=export.request.out.name) for export in self._session.exports.active
        ]
        return [*([tr(job.title)] if job.is_active else []), *exports]

    def _ask(self, titles: list[str]) -> None:
        if self._question is not None:
            self._question.raise_()
            return
        kept = tr("Finished stages are kept: the next run of the same input resumes from there.")
        self._question = Question(
            self._window,
            title=tr("Quit the program"),
            text=tr("Stop what is in progress and close?"),
            detail="\n".join([*titles, "", kept]),
            yes=tr("Stop and close"),
            no=tr("Keep going"),
        )
        self._question.answered.connect(self._answered)
        self._question.open()

    def _answered(self, is_wanted: bool) -> None:
        self._question = None
        if is_wanted:
            self.stop_and_close()
