"""The Views page: choose a view, keep views, read a camera's numbers."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QSlider,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from l3rocc_studio.model.saved_view import ViewPanel
from l3rocc_studio.model.session import Session
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.actions.wording import without_access_key
from l3rocc_studio.ui.calm_controls import CalmComboBox
from l3rocc_studio.ui.card import make_card
from l3rocc_studio.ui.labels import dim_label
from l3rocc_studio.ui.scroll_page import ScrollPage
from l3rocc_studio.ui.theme import Theme
from l3rocc_studio.ui.views.camera_values import CameraValues
from l3rocc_studio.ui.views.field_grid import make_field_grid
from l3rocc_studio.ui.views.path_card import PathCard
from l3rocc_studio.ui.views.saved_list import SavedList

CLOUD_KEYS = (
    "view_gods_eye",
    "view_follow",
    "view_first_person",
    "view_top",
    "view_front",
    "view_side",
    "view_orbit",
)
OCCUPANCY_KEYS = ("occupancy_behind", "occupancy_top", "occupancy_front", "occupancy_side", "occupancy_orbit")
PANEL_LABELS = {ViewPanel.CLOUD: N_("Cloud"), ViewPanel.OCCUPANCY: N_("Occupancy")}
ORBIT_SPEEDS_DEG = (2, 90)
_EMPTY_TEXT = N_("No views yet. Turn the scene as you like and save the view: one key brings it back.")
_ROW_TOOLS = (
    ("update", "update", N_("Update this view from its panel's camera")),
    ("rename", "edit", N_("Rename this view (F2)")),
    ("up", "up", N_("Move this view up")),
    ("down", "down", N_("Move this view down")),
    ("copy", "copy", N_("Copy this view as JSON")),
    ("delete", "trash", N_("Delete this view (Del)")),
)


class ViewsPage(QWidget):
    """Widgets only; the feature connects them."""

    def __init__(self, session: Session, actions: ActionSet, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Views"))
        self._actions = actions
        self._theme = theme
        self.orbit_speed = QSlider(Qt.Orientation.Horizontal, self)
        self.orbit_speed.setRange(*ORBIT_SPEEDS_DEG)
        self.orbit_speed.setAccessibleName(tr("Orbit speed"))
        self.orbit_speed.setToolTip(tr("Orbit speed in degrees per second"))
        self.smooth = _action_box(actions, "smooth_views", self)
        self.link = _action_box(actions, "link_cameras", self)
        self.list = SavedList(session.views, theme, self)
        self.empty = QLabel(tr(_EMPTY_TEXT), self)
        self.empty.setObjectName("small")
        self.empty.setWordWrap(True)
        self.tools = {key: self._make_tool(tr(tip)) for key, _icon, tip in _ROW_TOOLS}
        self.path = PathCard(session, actions, theme, self)
        self.panel = CalmComboBox(self)
        for panel, label in PANEL_LABELS.items():
            self.panel.addItem(tr(label), panel)
        self.panel.setAccessibleName(tr("Panel whose camera is shown"))
        self.values = CameraValues(self)
        self.copy_values = self._make_tool(tr("Copy these numbers as JSON"))
        self._lay_out()
        theme.changed.connect(self._tint, Qt.ConnectionType.QueuedConnection)  # all icons in one event would be felt
        self._tint()

    def _lay_out(self) -> None:
        content = QWidget(self)
        cards = QVBoxLayout(content)
        cards.setContentsMargins(4, 0, 4, 0)
        cards.setSpacing(8)
        cards.addWidget(make_card(self, tr("VIEW FROM"), self._make_presets(), self.smooth, self.link))
        cards.addWidget(make_card(self, tr("SAVED VIEWS"), self.empty, self.list, self._make_tools()))
        cards.addWidget(make_card(self, tr("CAMERA PATH"), self.path))
        cards.addWidget(make_card(self, tr("CAMERA"), self._make_camera_row(), self.values))
        cards.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(ScrollPage(content, self))
        column.addStretch(1)

    def _make_presets(self) -> QWidget:
        box, grid = make_field_grid(self, wide_column=1)
        for row, (name, keys) in enumerate(((tr("Cloud"), CLOUD_KEYS), (tr("Occupancy"), OCCUPANCY_KEYS))):
            buttons = QHBoxLayout()
            buttons.setSpacing(0)
            for key in keys:
                button = self._actions.button(key, box, 16)
                button.setObjectName("narrow")
                buttons.addWidget(button)
            buttons.addStretch(1)
            grid.addWidget(dim_label(name, box), row, 0)
            grid.addLayout(buttons, row, 1)
        grid.addWidget(dim_label(tr("Orbit speed"), box), 2, 0)
        grid.addWidget(self.orbit_speed, 2, 1)
        return box

    def _make_tools(self) -> QWidget:
        box = QWidget(self)
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        for key in ("save_view", "paste_view"):
            row.addWidget(self._actions.button(key, box, 18))
        row.addStretch(1)
        for button in self.tools.values():
            row.addWidget(button)
        return box

    def _make_camera_row(self) -> QWidget:
        box = QWidget(self)
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.panel, 1)
        row.addWidget(self.copy_values)
        return box

    def _make_tool(self, tip: str) -> QToolButton:
        button = QToolButton(self)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.setIconSize(QSize(18, 18))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _tint(self) -> None:
        for key, icon, _tip in _ROW_TOOLS:
            self.tools[key].setIcon(self._theme.icon(icon))
        self.copy_values.setIcon(self._theme.icon("copy"))


def _action_box(actions: ActionSet, key: str, parent: QWidget) -> QCheckBox:
    """A check box that is an action."""
    action = actions[key]
    box = QCheckBox(without_access_key(action.text()), parent)
    box.clicked.connect(lambda _checked=False: action.trigger())

    def follow() -> None:
        box.setChecked(action.isChecked())
        box.setEnabled(action.isEnabled())
        box.setToolTip(action.toolTip())

    action.changed.connect(follow)
    follow()
    return box
