"""Says what went wrong, what to do, and offers a report to copy."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from l3rocc_engine.errors import L3roccError
from l3rocc_studio.model.words import retell, tr
from l3rocc_studio.ui.icons import icon_pixmap
from l3rocc_studio.ui.theme import Theme


class ErrorDialog(QDialog):
    """One error.

    Parameters
    ----------
    title
        What could not be done.
    error
        Why, with its hint.
    report
        Text for developers; shown on request and copied by a button. Empty where there is nothing to report.
    """

    def __init__(
        self, title: str, error: L3roccError, report: str, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setMinimumWidth(560)
        self._report = report
        self._details = QPlainTextEdit(report, self)
        self._details.setReadOnly(True)
        self._details.setMinimumHeight(260)
        self._details.setAccessibleName(tr("Report"))
        self._details.setVisible(False)
        self.message = _text(retell(error.message), "", self)
        self.hint = _text(retell(error.hint), "dim", self)
        self.hint.setVisible(bool(error.hint))
        mark = QLabel(self)
        mark.setPixmap(icon_pixmap("error", theme.colors["bad"], 32, self.devicePixelRatioF()))
        heading = QLabel(title, self)
        heading.setStyleSheet("font-size: 16px; font-weight: 600;")
        texts = QVBoxLayout()
        texts.setSpacing(8)
        for label in (heading, self.message, self.hint):
            texts.addWidget(label)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(texts, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(22, 20, 22, 18)
        column.setSpacing(16)
        column.addLayout(head)
        column.addWidget(self._details, 1)
        column.addLayout(self._make_buttons())

    def _make_buttons(self) -> QHBoxLayout:
        self.details_button = QPushButton(tr("Show report"), self)
        self.copy_button = QPushButton(tr("Copy report"), self)
        close = QPushButton(tr("Close"), self)
        close.setProperty("primary", "true")
        close.setDefault(True)
        close.setFocus()
        self.details_button.clicked.connect(self._toggle_details)
        self.copy_button.clicked.connect(self._copy)
        for button in (self.details_button, self.copy_button):
            button.setVisible(bool(self._report))
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addWidget(self.details_button)
        row.addWidget(self.copy_button)
        row.addStretch(1)
        row.addWidget(close)
        return row

    def _toggle_details(self) -> None:
        self._details.setVisible(self._details.isHidden())
        self.details_button.setText(tr("Show report") if self._details.isHidden() else tr("Hide report"))
        self.adjustSize()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._report)
        self.copy_button.setText(tr("Copied"))


def _text(text: str, name: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
