"""A line on the start page: the last session ended unexpectedly, bring it back?"""

from __future__ import annotations

import time

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from l3rocc_studio.model.words import tr
from l3rocc_studio.services.project_file import Recovery
from l3rocc_studio.ui.theme import Theme


class RecoveryBar(QFrame):
    """Asks, and stands in nobody's way.

    Signals
    -------
    restore_wanted, discard_wanted
        The answer.
    """

    restore_wanted = Signal()
    discard_wanted = Signal()

    def __init__(self, recovery: Recovery, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._theme = theme
        self._image = QLabel(self)
        title = QLabel(tr("Restore the last session?"), self)
        title.setObjectName("title")
        detail = QLabel(
            tr("{name} was open when the program ended unexpectedly, {ago}.").format(
                name=recovery.name, ago=ago_text(recovery)
            ),
            self,
        )
        detail.setObjectName("small")
        detail.setWordWrap(True)
        text = QVBoxLayout()
        text.setSpacing(2)
        text.addWidget(title)
        text.addWidget(detail)
        self.restore_button = QPushButton(tr("Restore"), self)
        self.restore_button.setProperty("primary", "true")
        self.restore_button.clicked.connect(self.restore_wanted)
        self.discard_button = QPushButton(tr("Discard"), self)
        self.discard_button.clicked.connect(self.discard_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 14, 12)
        row.setSpacing(12)
        row.addWidget(self._image)
        row.addLayout(text, 1)
        row.addWidget(self.discard_button)
        row.addWidget(self.restore_button)
        theme.changed.connect(self._tint)
        self._tint()

    def _tint(self) -> None:
        self._image.setPixmap(self._theme.icon("history", "accent").pixmap(22, 22))


def ago_text(recovery: Recovery) -> str:
    """How long ago it was kept."""
    minutes = round((time.time() - recovery.saved_s) / 60)
    if minutes < 1:
        return tr("just now")
    if minutes < 90:
        return tr("{minutes} min ago").format(minutes=minutes)
    hours = round(minutes / 60)
    return (
        tr("{hours} h ago").format(hours=hours) if hours < 36 else tr("{days} days ago").format(days=round(hours / 24))
    )
