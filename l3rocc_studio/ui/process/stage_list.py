"""Every stage of a run with a chip: done, kept, will run again, waiting, running, stopped or failed."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from l3rocc_studio.model.stage_groups import StageGroup
from l3rocc_studio.model.stage_track import StageState
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.process.stage_reasons import NAMES
from l3rocc_studio.ui.process.stage_row import STATE_WORDS, GroupLine, time_text
from l3rocc_studio.ui.theme import Theme


class StageList(QWidget):
    """A line for each result that is kept; it unfolds into the steps that make it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._lines: dict[str, GroupLine] = {}
        self._said: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Stages"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(5)

    @property
    def lines(self) -> tuple[str, ...]:
        """What is said, a line a result."""
        return self._said

    def line(self, name: str) -> GroupLine:
        """The line of ``reconstruction``, ``cloud`` or ``occupancy``, once it was shown."""
        return self._lines[name]

    def show_groups(self, groups: tuple[StageGroup, ...], reasons: Mapping[str, str]) -> None:
        """Show where each stands, and why."""
        for place, group in enumerate(groups):
            if group.name not in self._lines:
                self._lines[group.name] = GroupLine(self._theme, self)
            line = self._lines[group.name]
            if self._column.indexOf(line) != place:
                self._column.insertWidget(place, line)
            line.show_group(group, reasons.get(group.name, ""))
        shown = {group.name for group in groups}
        for name, line in self._lines.items():
            line.setVisible(name in shown)
        self._said = tuple(_said(group) for group in groups)
        self.setAccessibleDescription("; ".join(self._said))

    def forget_folding(self) -> None:
        """Each line unfolds by itself again, as a new job begins."""
        for line in self._lines.values():
            line.forget_folding()


def _said(group: StageGroup) -> str:
    name, word = tr(NAMES.get(group.name, group.name)), tr(STATE_WORDS[group.state])
    time = time_text(group.state, group.seconds, group.left_s)
    parts = (word, time) if group.state is not StageState.KEPT and time else (word,)
    return f"{name}: {', '.join(parts)}"
