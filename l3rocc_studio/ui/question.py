"""A question with two answers."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMessageBox, QWidget


class Question(QMessageBox):
    """Open it with ``open()``; it goes when it is answered. Esc, and closing it, mean the second answer.

    Parameters
    ----------
    parent
        The window that it is about.
    title, text, detail
        What is asked.
    yes, no
        The answers.
    is_yes_usual
        Whether Enter means the first; else the second, as where something would be lost.
    loses
        Whether the first answer does away with something.
    icon
        The picture beside it.

    Signals
    -------
    answered (bool)
        Whether the first answer was given.
    """

    answered = Signal(bool)

    def __init__(
        self,
        parent: QWidget,
        *,
        title: str,
        text: str,
        yes: str,
        no: str,
        detail: str = "",
        is_yes_usual: bool = False,
        loses: bool = False,
        icon: QMessageBox.Icon = QMessageBox.Icon.Question,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setIcon(icon)
        self.setText(text)
        self.setInformativeText(detail)
        roles = QMessageBox.ButtonRole
        self.yes_button = self.addButton(yes, roles.DestructiveRole if loses else roles.AcceptRole)
        self.no_button = self.addButton(no, roles.RejectRole)
        self.setDefaultButton(self.yes_button if is_yes_usual else self.no_button)
        self.setEscapeButton(self.no_button)
        self.finished.connect(self._end)

    def _end(self, _code: int) -> None:
        self.answered.emit(self.clickedButton() is self.yes_button)
        self.deleteLater()
