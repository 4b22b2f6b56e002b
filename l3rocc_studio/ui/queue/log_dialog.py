"""The log of one entry of the queue."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from l3rocc_studio.model.words import N_, tr

RELOAD_MS = 1000
EMPTY_TEXT = N_("Nothing yet: this entry has not been processed.")


class LogDialog(QDialog):
    """Shows a log and follows it while it grows."""

    def __init__(self, name: str, read: Callable[[], str], parent: QWidget) -> None:
        super().__init__(parent)
        self._read = read
        self.setWindowTitle(tr("Log of {name}").format(name=name))
        self.resize(720, 420)
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setAccessibleName(tr("Log"))
        self.text.setPlaceholderText(tr(EMPTY_TEXT))
        copy = QPushButton(tr("Copy"), self)
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self.text.toPlainText()))
        close = QPushButton(tr("Close"), self)
        close.setDefault(True)
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(copy)
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 14)
        column.setSpacing(12)
        column.addWidget(self.text)
        column.addLayout(row)
        self._timer = QTimer(self)
        self._timer.setInterval(RELOAD_MS)
        self._timer.timeout.connect(self._reload)
        self._timer.start()
        self._reload()
        close.setFocus()

    def _reload(self) -> None:
        text = self._read()
        if text != self.text.toPlainText():
            self.text.setPlainText(text)
            bar = self.text.verticalScrollBar()
            bar.setValue(bar.maximum())
