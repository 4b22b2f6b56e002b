"""Says which range is set, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QToolButton, QWidget

from l3rocc_studio.model.timeline import Timeline
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.actions.action_set import ActionSet

MENU_KEYS = ("process_range", "range_only", "clear_range")


class RangeChip(QToolButton):
    """Hidden while the range covers every frame."""

    def __init__(self, timeline: Timeline, actions: ActionSet, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("chip")
        self.setAccessibleName(tr("Range"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._timeline = timeline
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for key in MENU_KEYS:
            menu.addAction(actions[key])
        self.setMenu(menu)
        self.show_range()

    def show_range(self) -> None:
        """Follow the timeline."""
        first, last = self._timeline.range
        count = last - first + 1
        is_cut = not self._timeline.is_range_full
        self.setText(f"{first}–{last}" if is_cut else "")
        unit = tr("frame") if count == 1 else tr("frames")
        self.setToolTip(
            tr("The range: {count} {unit}, from frame {first} to {last}. Playing stays within it.").format(
                count=count, unit=unit, first=first, last=last
            )
        )
        self.setVisible(is_cut)
