"""Asks what becomes of the job that runs when another input is to be opened."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget

from l3rocc_studio.model.words import tr


class StopQuestion(QMessageBox):
    """Stop and open, keep going, or put the input into the queue; the job may end while it is asked.

    Parameters
    ----------
    name
        The input that is to be opened.
    running
        What is under way.
    can_queue
        Whether the input is something that the queue takes.
    """

    def __init__(self, name: str, running: str, parent: QWidget, *, can_queue: bool) -> None:
        super().__init__(parent)
        self._name, self._running = name, running
        self.setWindowTitle(tr("Open another input"))
        self.setIcon(QMessageBox.Icon.Question)
        self.setText(tr("Stop this job and open {name}?").format(name=name))
        self.setInformativeText(tr("{running} is in progress. Finished stages are kept.").format(running=running))
        self.open_button = self.addButton(tr("Stop and open"), QMessageBox.ButtonRole.AcceptRole)
        self.queue_button = self.addButton(tr("Add to the queue"), QMessageBox.ButtonRole.ActionRole)
        self.queue_button.setVisible(can_queue)
        self.keep_button = self.addButton(tr("Keep going"), QMessageBox.ButtonRole.RejectRole)
        self.setDefaultButton(self.keep_button)
        self.setEscapeButton(self.keep_button)

    def tell_ended(self) -> None:
        """The job has ended: there is nothing left to stop, but what is shown may be wanted still."""
        self.setText(tr("Open {name} now?").format(name=self._name))
        self.setInformativeText(tr("{running} has ended. What it finished is kept.").format(running=self._running))
        self.open_button.setText(tr("Open"))
        self.keep_button.setText(tr("Stay here"))
        self.queue_button.setVisible(False)
        # Qt gives the focus to another button where one is hidden.
        self.setDefaultButton(self.keep_button)
        self.keep_button.setFocus()
