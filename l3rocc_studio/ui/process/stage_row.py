"""One line of the list of stages: a name, a time, and where it stands."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from l3rocc_studio.model.stage_groups import StageGroup
from l3rocc_studio.model.stage_track import StageRow, StageState
from l3rocc_studio.model.stage_words import stage_text
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.labels import ElidedLabel
from l3rocc_studio.ui.process.stage_reasons import NAMES
from l3rocc_studio.ui.state_chip import StateChip
from l3rocc_studio.ui.summary import about_text, duration_text
from l3rocc_studio.ui.theme import Theme

STATE_WORDS = {
    StageState.WAITING: N_("waiting"),
    StageState.RUNNING: N_("running"),
    StageState.DONE: N_("done"),
    StageState.KEPT: N_("kept"),
    StageState.STALE: N_("run again"),
    StageState.STOPPED: N_("stopped"),
    StageState.FAILED: N_("failed"),
}
BAR_PX, FOLD_PX = 3, 18
_UNFOLDED = (StageState.RUNNING, StageState.FAILED)


def time_text(state: StageState, seconds: float, left_s: float | None) -> str:
    """What a stage took, or is still to take."""
    if state in (StageState.DONE, StageState.STOPPED, StageState.FAILED):
        return duration_text(seconds)
    return "" if state is StageState.KEPT or left_s is None else about_text(left_s)


class ThinBar(QWidget):
    """How far something is; as flat as a line."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fraction = 0.0
        self.setFixedHeight(BAR_PX)

    def show_fraction(self, fraction: float) -> None:
        """Fill another share."""
        if fraction != self._fraction:
            self._fraction = fraction
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Draw track and share."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        for token, share in (("track", 1.0), ("accent", self._fraction)):
            painter.setBrush(self._theme.color(token))
            painter.drawRoundedRect(QRectF(0, 0, share * self.width(), self.height()), 1.5, 1.5)
        painter.end()


class StepLine(QWidget):
    """One stage as it reports progress, below its group."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._name = ElidedLabel("", self)
        self._time = QLabel("", self)
        for label in (self._name, self._time):
            label.setObjectName("small")
        self._bar = ThinBar(theme, self)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._name, 1)
        row.addWidget(self._time)
        column = QVBoxLayout(self)
        column.setContentsMargins(FOLD_PX + 5, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(self._bar)

    def show_row(self, step: StageRow) -> None:
        """Show where the stage stands."""
        name = stage_text(step.name)
        time = time_text(step.state, step.seconds, step.left_s)
        self._name.setText(name)
        self._time.setText(time or tr(STATE_WORDS[step.state]))
        self._bar.setVisible(step.state is StageState.RUNNING)
        self._bar.show_fraction(step.fraction or 0.0)
        self.setToolTip(f"{name} – {tr(STATE_WORDS[step.state])}")


class GroupLine(QWidget):
    """All stages of one result: a line that unfolds into one for each."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._chosen: bool | None = None
        self.fold = QToolButton(self)
        self.fold.setObjectName("fold")
        self.fold.setFixedSize(FOLD_PX, FOLD_PX)
        self.fold.clicked.connect(self._turn)
        self._name = ElidedLabel("", self)
        self._time = QLabel("", self)
        self._time.setObjectName("small")
        self.chip = StateChip(self)
        row = QHBoxLayout()
        row.setSpacing(5)
        row.addWidget(self.fold)
        row.addWidget(self._name, 1)
        row.addWidget(self._time)
        row.addWidget(self.chip)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addLayout(row)
        self._steps: list[StepLine] = []
        self._state = StageState.WAITING
        self._rows: tuple[StageRow, ...] = ()

    @property
    def is_unfolded(self) -> bool:
        """Whether its stages are shown: as the person chose, else while there is something to watch."""
        return self._state in _UNFOLDED if self._chosen is None else self._chosen

    def forget_folding(self) -> None:
        """Unfold by itself again."""
        self._chosen = None

    def show_group(self, group: StageGroup, reason: str) -> None:
        """Show where it stands and why."""
        name, self._state = tr(NAMES.get(group.name, group.name)), group.state
        word = tr(STATE_WORDS[group.state])
        self._name.setText(name)
        self._time.setText(time_text(group.state, group.seconds, group.left_s))
        self.chip.show_state(group.state.value, word)
        self.setToolTip(reason)
        self.chip.setAccessibleName(tr("{stage}: {state}").format(stage=name, state=word))
        self.chip.setAccessibleDescription(reason)
        self.fold.setAccessibleName(tr("Steps of {stage}").format(stage=name))
        self._rows = group.rows
        self._fold()

    def _turn(self) -> None:
        self._chosen = not self.is_unfolded
        self._fold()

    def _fold(self) -> None:
        is_unfolded = self.is_unfolded
        self.fold.setArrowType(Qt.ArrowType.DownArrow if is_unfolded else Qt.ArrowType.RightArrow)
        self.fold.setToolTip(tr("Hide the steps") if is_unfolded else tr("Show the steps"))
        if is_unfolded:
            self._show_steps()
        for index, line in enumerate(self._steps):
            line.setVisible(is_unfolded and index < len(self._rows))

    def _show_steps(self) -> None:
        """Lines are made for those who look."""
        while len(self._steps) < len(self._rows):
            line = StepLine(self._theme, self)
            self._steps.append(line)
            self._column.addWidget(line)
        for line, step in zip(self._steps, self._rows, strict=False):
            line.show_row(step)
