"""The Measure page: what is picked, which distances were measured, and the scale."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QPushButton, QToolButton, QVBoxLayout, QWidget

from l3rocc_studio.model.job import JobState
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.card import make_card
from l3rocc_studio.ui.facts_table import FactsTable
from l3rocc_studio.ui.job_card import JobCard
from l3rocc_studio.ui.labels import hidden_label, show_text
from l3rocc_studio.ui.picking.scale_form import ScaleForm
from l3rocc_studio.ui.scroll_page import ScrollPage
from l3rocc_studio.ui.start_page import action_button
from l3rocc_studio.ui.theme import Theme

HINT = N_("Click a point or voxel to see its details. Double-click to orbit around it.")
_ROW_PX = 26
_MAX_ROWS = 6


class DistanceList(QListWidget):
    """The measured distances.

    Signals
    -------
    delete_wanted (int)
        Delete the distance in this row.
    """

    delete_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("cards")
        self.setAccessibleName(tr("Measured distances"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    def show_texts(self, texts: Sequence[str], chosen: int | None) -> None:
        """Show other distances."""
        self.blockSignals(True)
        self.clear()
        self.addItems(texts)
        self.setCurrentRow(-1 if chosen is None else chosen)
        self.blockSignals(False)
        self.setFixedHeight(min(len(texts), _MAX_ROWS) * _ROW_PX + 4)
        self.setVisible(bool(texts))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802  (Qt's name)
        """Delete removes a distance."""
        if event.key() == Qt.Key.Key_Delete and self.currentRow() >= 0:
            self.delete_wanted.emit(self.currentRow())
        else:
            super().keyPressEvent(event)


class MeasurePage(QWidget):
    """Widgets only; the feature connects them.

    Signals
    -------
    frame_wanted (int)
        Go to a frame of the timeline.
    """

    frame_wanted = Signal(int)

    def __init__(self, actions: ActionSet, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Measure"))
        self._actions = actions
        self._theme = theme
        self.hint = QLabel(tr(HINT), self)
        self.hint.setObjectName("small")
        self.hint.setWordWrap(True)
        self.facts = FactsTable(self)
        self.frames = hidden_label("small", self)
        self.frames.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.frames.setAccessibleName(tr("Frames that saw it"))
        self.frames.linkActivated.connect(lambda link: self.frame_wanted.emit(int(link)))
        self.distances = DistanceList(self)
        self.delete = QToolButton(self)
        self.delete.setIconSize(QSize(18, 18))
        self.delete.setAccessibleName(tr("Delete this distance"))
        self.delete.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.step = hidden_label("small", self)
        self.scale = ScaleForm(self)
        self.job_card = JobCard(self)
        self.cancel_button = action_button(actions, "cancel", tr("Cancel"), self)
        self.cancel_button.setVisible(False)
        self._lay_out()
        theme.changed.connect(self._tint)
        self._tint()

    def show_picked(self, rows: Sequence[tuple[str, str]]) -> None:
        """Say what is known of the picked place; nothing shows the hint."""
        self.facts.show_facts(rows)
        self.facts.setVisible(bool(rows))
        self.hint.setVisible(not rows)
        self._pick_tools.setVisible(bool(rows))
        if not rows:
            self.show_frames("")

    def show_frames(self, text: str) -> None:
        """Say which frames saw it; empty hides it."""
        show_text(self.frames, text)

    def show_step(self, text: str) -> None:
        """Say what to click next; empty hides it."""
        show_text(self.step, text)

    def show_job(self, job: JobState) -> None:
        """Show how far the new scale is."""
        self.job_card.show_job(job)
        self.cancel_button.setVisible(job.is_active)

    def _lay_out(self) -> None:
        content = QWidget(self)
        cards = QVBoxLayout(content)
        cards.setContentsMargins(4, 0, 4, 0)
        cards.setSpacing(8)
        self._pick_tools = self._row("previous_sight", "next_sight", "look_at_pick", "copy_pick")
        cards.addWidget(make_card(self, tr("DISTANCES"), self._make_measure_row(), self.step, self.distances))
        cards.addWidget(make_card(self, tr("SCALE"), self.scale, self.job_card, self.cancel_button))
        # Last, as each pick says more or less: no button moves under the mouse.
        cards.addWidget(make_card(self, tr("PICKED"), self.hint, self.facts, self.frames, self._pick_tools))
        cards.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(ScrollPage(content, self, keeps_width=True))
        column.addStretch(1)
        self.show_picked([])

    def _row(self, *keys: str) -> QWidget:
        box = QWidget(self)
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        for key in keys:
            row.addWidget(self._actions.button(key, box, 18))
        row.addStretch(1)
        return box

    def _make_measure_row(self) -> QWidget:
        box = QWidget(self)
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        button: QPushButton = action_button(self._actions, "measure", tr("Measure"), box)
        button.setCheckable(True)
        button.setIcon(self._theme.icon("ruler"))
        action = self._actions["measure"]
        action.changed.connect(lambda: button.setChecked(action.isChecked()))
        row.addWidget(button, 1)
        row.addWidget(self.delete)
        row.addWidget(self._actions.button("clear_measurements", box, 18))
        self._measure_button = button
        return box

    def _tint(self) -> None:
        self.delete.setIcon(self._theme.icon("close"))
        self._measure_button.setIcon(self._theme.icon("ruler"))
