"""The side bar: what is open, the settings of the next run, the job that runs, and what the last run found."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from l3rocc_engine.config import PipelineConfig
from l3rocc_studio.ui.actions import ActionSet
from l3rocc_studio.ui.config_form import ConfigForm
from l3rocc_studio.ui.facts_table import FactsTable
from l3rocc_studio.ui.job_card import JobCard
from l3rocc_studio.ui.labels import hidden_label
from l3rocc_studio.ui.notes import Notes
from l3rocc_studio.ui.start_page import action_button


class _Page(QScrollArea):
    """Scrolls what does not fit, and takes no more height than its content needs."""

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.setWidget(content)
        content.installEventFilter(self)

    def sizeHint(self) -> QSize:  # noqa: N802  (Qt's name)
        """The content's size at the present width."""
        hint = self._content.sizeHint()
        layout = self._content.layout()
        if layout is not None and layout.hasHeightForWidth():
            hint.setHeight(layout.heightForWidth(self.viewport().width()))
        return hint

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Wrapped text needs another height at another width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow the content as it grows and shrinks."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return bool(super().eventFilter(watched, event))


class ProcessPanel(QWidget):
    """The side bar. Its cards scroll where there is little room; Process, Cancel and the progress always stay."""

    def __init__(self, config: PipelineConfig, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(290)
        self.setAccessibleName("Process")
        self.form = ConfigForm(config, self)
        self.job_card = JobCard(self)
        self.process_button = action_button(actions, "process", "Process", self, is_primary=True)
        self.cancel_button = action_button(actions, "cancel", "Cancel", self)
        self.cancel_button.setVisible(False)
        self._source_name = QLabel("", self)
        self._source_name.setObjectName("title")
        self._source_name.setWordWrap(True)
        self._source_facts = hidden_label("small", self)
        self.source_notes = Notes("Notes on the source", self)
        self._stale = hidden_label("warning", self)
        self._results = FactsTable(self)
        self.result_notes = Notes("Notes on the result", self)
        self._lay_out()

    def _lay_out(self) -> None:
        content = QWidget(self)
        cards = QVBoxLayout(content)
        cards.setContentsMargins(4, 0, 4, 0)
        cards.setSpacing(8)
        cards.addWidget(_card(self, "SOURCE", self._source_name, self._source_facts, self.source_notes))
        cards.addWidget(_card(self, "SETTINGS", self.form))
        self._result_card = _card(self, "RESULT", self._results, self.result_notes)
        cards.addWidget(self._result_card)
        cards.addStretch(1)
        self._page = _Page(content, self)
        foot = _card(self, "", self._stale, self.process_button, self.cancel_button, self.job_card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._page)
        row = QVBoxLayout()
        row.setContentsMargins(4, 0, 4, 0)
        row.addWidget(foot)
        column.addLayout(row)
        column.addStretch(1)
        self.show_result([], ())

    def show_source(self, name: str, facts: str, warnings: tuple[str, ...]) -> None:
        """Say what is open and what is odd about it."""
        self._source_name.setText(name)
        _say(self._source_facts, facts)
        self.source_notes.show_notes(warnings)

    def show_result(self, facts: Sequence[tuple[str, str]], notes: Sequence[str]) -> None:
        """Say what the last run found, and bring it into view; no facts hide the card."""
        self._results.show_facts(facts)
        self.result_notes.show_notes(notes)
        self._result_card.setVisible(bool(facts))
        if facts:
            # Once the layout has made room for it.
            QTimer.singleShot(0, self._page, self._show_result_card)

    def _show_result_card(self) -> None:
        self._page.ensureWidgetVisible(self._result_card, 0, 0)

    @property
    def stale_text(self) -> str:
        """What is said about a result that does not match the settings; empty while it does."""
        return self._stale.text()

    def show_stale(self, text: str) -> None:
        """Say that the result does not match the settings; empty hides it."""
        _say(self._stale, text)

    def show_running(self, *, is_running: bool) -> None:
        """Swap Process for Cancel."""
        self.process_button.setVisible(not is_running)
        self.cancel_button.setVisible(is_running)
        self.form.setEnabled(not is_running)
        self.form.setToolTip("The settings can be changed when the job is done." if is_running else "")


def _say(label: QLabel, text: str) -> None:
    label.setText(text)
    label.setVisible(bool(text))


def _card(parent: QWidget, title: str, *content: QWidget | QPushButton) -> QFrame:
    card = QFrame(parent)
    card.setObjectName("card")
    column = QVBoxLayout(card)
    column.setContentsMargins(14, 12, 14, 14)
    column.setSpacing(8)
    if title:
        heading = QLabel(title, card)
        heading.setObjectName("section")
        column.addWidget(heading)
    for widget in content:
        column.addWidget(widget)
    return card
