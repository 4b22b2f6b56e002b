"""The menu in the video panel's header."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QSlider, QToolButton, QWidget, QWidgetAction

from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.actions.picture import OVERLAY_KEYS, ZOOM_KEYS


class OverlayMenu(QToolButton):
    """Choices, how much they cover, and zoom.

    Signals
    -------
    opacity_chosen (float)
        How much the fill covers, from 0 to 1.
    """

    opacity_chosen = Signal(float)

    def __init__(self, actions: ActionSet, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("menuButton")
        self.setAccessibleName(tr("Overlays and zoom"))
        self.setToolTip(tr("Overlay occupancy, depth, confidence or the path on the video; zoom"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for key in OVERLAY_KEYS:
            menu.addAction(actions[key])
        menu.addAction(self._make_slider(menu))
        menu.addSeparator()
        for key in ZOOM_KEYS:
            menu.addAction(actions[key])
        self.setMenu(menu)

    def _make_slider(self, menu: QMenu) -> QWidgetAction:
        row = QWidget(menu)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(14, 4, 14, 4)
        label = QLabel(tr("Opacity"), row)
        self.slider = QSlider(Qt.Orientation.Horizontal, row)
        self.slider.setRange(10, 100)
        self.slider.setPageStep(10)
        self.slider.setAccessibleName(tr("Opacity of the overlay"))
        self.slider.setToolTip(tr("How much the overlay covers the video"))
        self.slider.setMinimumWidth(120)
        self.slider.valueChanged.connect(lambda percent: self.opacity_chosen.emit(percent / 100))
        layout.addWidget(label)
        layout.addWidget(self.slider, 1)
        action = QWidgetAction(menu)
        action.setDefaultWidget(row)
        return action
