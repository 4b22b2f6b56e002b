"""The log at the bottom of the window: filter, search, copy."""

from __future__ import annotations

import logging
from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication, QHideEvent, QShowEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.services.log_tail import LogEntry, LogTail
from l3rocc_studio.ui.theme import Theme

LEVELS = ((N_("Everything"), logging.INFO), (N_("Warnings and errors"), logging.WARNING), (N_("Errors"), logging.ERROR))
_POLL_MS, _MAX_BATCH = 250, 200


class LogPanel(QWidget):
    """Follows the log while it is shown, a batch at a time.

    Parameters
    ----------
    tail
        Where the records are.
    """

    def __init__(self, tail: LogTail, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Log"))
        self._tail, self._theme = tail, theme
        self._next = 0
        self.level = QComboBox(self)
        self.level.setAccessibleName(tr("Min level"))
        for title, level in LEVELS:
            self.level.addItem(tr(title), level)
        self.search = QLineEdit(self)
        self.search.setPlaceholderText(tr("Show lines that contain…"))
        self.search.setAccessibleName(tr("Search the log"))
        self.search.setClearButtonEnabled(True)
        self.text = QPlainTextEdit(self)
        self.text.setReadOnly(True)
        self.text.setMaximumBlockCount(5000)
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setAccessibleName(tr("Log lines"))
        self.text.setPlaceholderText(tr("The log is empty."))
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setInterval(_POLL_MS)
        self._timer.timeout.connect(self._append_new)
        self.level.currentIndexChanged.connect(self._start_over)
        self.search.textChanged.connect(self._start_over)
        theme.changed.connect(self._start_over)

    def shut_down(self) -> None:
        """Stop following."""
        self._timer.stop()
        self._theme.changed.disconnect(self._start_over)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802  (Qt's name)
        """Catch up and follow."""
        super().showEvent(event)
        self._append_new()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Rest."""
        super().hideEvent(event)
        self._timer.stop()

    def _lay_out(self) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(self.level)
        tools.addWidget(self.search, 1)
        tools.addWidget(self._button(tr("Copy"), lambda: QGuiApplication.clipboard().setText(self.text.toPlainText())))
        tools.addWidget(self._button(tr("Clear"), self._clear))
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 6, 8, 8)
        column.setSpacing(6)
        column.addLayout(tools)
        column.addWidget(self.text, 1)

    def _button(self, text: str, action: Callable[[], object]) -> QPushButton:
        button = QPushButton(text, self)
        button.clicked.connect(lambda _checked=False: action())
        return button

    def _clear(self) -> None:
        self._next = self._tail.count
        self.text.clear()

    def _start_over(self) -> None:
        self._next = 0
        self.text.clear()
        self._append_new()

    def _append_new(self) -> None:
        entries = self._tail.entries(self._next)[:_MAX_BATCH]
        if not entries:
            return
        self._next = entries[-1].number + 1
        bar = self.text.verticalScrollBar()
        follows = bar.value() >= bar.maximum() - 2
        for entry in filter(self._is_wanted, entries):
            self._append(entry)
        if follows:
            bar.setValue(bar.maximum())
        if self._next < self._tail.count:
            QTimer.singleShot(0, self, self._append_new)

    def _is_wanted(self, entry: LogEntry) -> bool:
        return entry.level >= self.level.currentData() and self.search.text().lower() in entry.text.lower()

    def _append(self, entry: LogEntry) -> None:
        token = "bad" if entry.level >= logging.ERROR else "warn" if entry.level >= logging.WARNING else "text"
        look = QTextCharFormat()
        look.setForeground(self._theme.color(token))
        cursor = QTextCursor(self.text.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if not self.text.document().isEmpty():
            cursor.insertBlock()
        cursor.insertText(entry.text, look)
