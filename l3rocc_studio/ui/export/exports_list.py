"""The exports that wait, run and ended: a button in the status bar and the list that it opens."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from l3rocc_studio.model.exports import Exports, ExportState
from l3rocc_studio.model.job import JobPhase
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.export.export_row import ExportRow, fraction_of
from l3rocc_studio.ui.theme import Theme

_WIDTH_PX = 460


class ExportsPopup(QFrame):
    """The list.

    Signals
    -------
    cancel_wanted (int), retry_wanted (int), forget_wanted (int)
        A button of a row was pressed.
    clear_wanted
        Take everything that ended off the list.
    """

    cancel_wanted = Signal(int)
    retry_wanted = Signal(int)
    forget_wanted = Signal(int)
    clear_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("popup")
        self.setAccessibleName(tr("Exports"))
        self.setFixedWidth(_WIDTH_PX)
        self._theme = theme
        self.rows: dict[int, ExportRow] = {}
        title = QLabel(tr("Exports"), self)
        title.setObjectName("title")
        self._clear = QPushButton(tr("Clear finished"), self)
        self._clear.clicked.connect(self.clear_wanted)
        head = QHBoxLayout()
        head.addWidget(title, 1)
        head.addWidget(self._clear)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(14, 12, 14, 14)
        self._column.setSpacing(10)
        self._column.addLayout(head)

    def show_exports(self, states: tuple[ExportState, ...]) -> None:
        """Show the list, newest first."""
        for number in set(self.rows) - {state.number for state in states}:
            self.rows.pop(number).deleteLater()
        for state in states:
            if state.number not in self.rows:
                self._add_row(state.number)
            self.rows[state.number].show_export(state)
        self._clear.setEnabled(any(not state.is_active for state in states))
        if self.isVisible():
            self._column.activate()
            wraps = self._column.hasHeightForWidth()
            whole = self._column.totalSizeHint().height()
            self.setFixedHeight(self._column.totalHeightForWidth(_WIDTH_PX) if wraps else whole)

    def _add_row(self, number: int) -> None:
        row = ExportRow(self._theme, self)
        row.cancel_button.clicked.connect(lambda: self.cancel_wanted.emit(number))
        row.retry_button.clicked.connect(lambda: self.retry_wanted.emit(number))
        row.forget_button.clicked.connect(lambda: self.forget_wanted.emit(number))
        row.open_button.clicked.connect(lambda: _open_folder(row.state))
        row.file_button.clicked.connect(lambda: _open_file(row.state))
        self.rows[number] = row
        self._column.insertWidget(1, row)


class ExportsButton(QToolButton):
    """Says in the status bar how exports stand; hidden while there are none."""

    def __init__(self, exports: Exports, popup: ExportsPopup, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._exports, self._popup, self._theme = exports, popup, theme
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setAccessibleName(tr("Exports"))
        self.setToolTip(tr("Show the exports"))
        self.clicked.connect(self.open_list)
        theme.changed.connect(self._tint)
        self._disconnect = exports.changed.connect(self.update_text)
        self._tint()
        self.update_text()

    def shut_down(self) -> None:
        """Stop listening."""
        self._disconnect()

    def open_list(self) -> None:
        """Show the list above the button."""
        self._popup.show()
        self._popup.show_exports(self._exports.states)
        corner = self.mapToGlobal(QPoint(self.width() - _WIDTH_PX, -self._popup.height() - 6))
        self._popup.move(max(corner.x(), 0), max(corner.y(), 0))

    def update_text(self) -> None:
        """Follow the list."""
        states, active = self._exports.states, self._exports.active
        self.setVisible(bool(states))
        if active:
            share = sum(fraction_of(state) for state in active) / len(active)
            self.setText(tr("{count} exporting · {share:.0%}").format(count=len(active), share=share))
        else:
            failed = sum(state.phase is JobPhase.FAILED for state in states)
            self.setText(
                tr("{failed} of {count} exports failed").format(failed=failed, count=len(states))
                if failed
                else tr("Exports")
            )
        self._popup.show_exports(states)

    def _tint(self) -> None:
        self.setIcon(self._theme.icon("export"))


def _open_file(state: ExportState | None) -> None:
    if state is not None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(state.request.out)))


def _open_folder(state: ExportState | None) -> None:
    if state is not None:
        place = state.request.out if state.request.format.is_folder else state.request.out.parent
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(place)))
