"""The Look page: one form a panel, and the range."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from l3rocc_studio.model.looks import PanelLooks
from l3rocc_studio.model.presets import Presets
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.card import make_card
from l3rocc_studio.ui.looks.cloud_form import CloudForm
from l3rocc_studio.ui.looks.fields import in_row
from l3rocc_studio.ui.looks.occupancy_form import OccupancyForm
from l3rocc_studio.ui.preset_bar import PresetBar
from l3rocc_studio.ui.scroll_page import ScrollPage
from l3rocc_studio.ui.theme import Theme

PANELS = (("cloud", N_("Cloud")), ("occupancy", N_("Occupancy")))


class LookPage(QWidget):
    """Widgets only; the feature connects them."""

    def __init__(
        self, presets: Presets[PanelLooks], actions: ActionSet, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Look"))
        self.presets = PresetBar(presets, PanelLooks(), tr("Presets for the looks of both panels"), theme, self)
        self.cloud = CloudForm(self)
        self.occupancy = OccupancyForm(self)
        self.reset = QPushButton(tr("Reset this look"), self)
        self.reset.setToolTip(tr("Reset this panel to its default look"))
        self.range_text = QLabel("", self)
        self.range_text.setObjectName("small")
        self.range_text.setWordWrap(True)
        self._edit_range = actions.button("edit_range", self, 18)
        self._edit_range.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._stack = QStackedWidget(self)
        self._forms: dict[str, QWidget] = {"cloud": self.cloud, "occupancy": self.occupancy}
        self._tabs: dict[str, QToolButton] = {}
        self._lay_out()
        self.show_panel("cloud")

    @property
    def panel(self) -> str:
        """Key of the panel whose form is shown."""
        return next(key for key, form in self._forms.items() if form is self._stack.currentWidget())

    def show_panel(self, key: str) -> None:
        """Bring one panel's form to the front."""
        self._tabs[key].setChecked(True)
        self._stack.setCurrentWidget(self._forms[key])
        # The page is as tall as the form that is shown.
        for form in self._forms.values():
            policy = QSizePolicy.Policy.Preferred if form is self._forms[key] else QSizePolicy.Policy.Ignored
            form.setSizePolicy(QSizePolicy.Policy.Preferred, policy)
        self._stack.adjustSize()

    def _lay_out(self) -> None:
        tabs = QHBoxLayout()
        tabs.setContentsMargins(4, 0, 4, 0)
        tabs.setSpacing(4)
        group = QButtonGroup(self)
        for key, title in PANELS:
            tab = QToolButton(self)
            tab.setText(tr(title))
            tab.setToolTip(tr("Look of the {panel} panel").format(panel=tr(title).lower()))
            tab.setCheckable(True)
            tab.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            tab.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            tab.clicked.connect(lambda _checked=False, key=key: self.show_panel(key))
            group.addButton(tab)
            tabs.addWidget(tab)
            self._tabs[key] = tab
            self._stack.addWidget(self._forms[key])
        row = QHBoxLayout()
        row.setContentsMargins(4, 0, 4, 0)
        row.addWidget(self.presets)
        content = QWidget(self)
        cards = QVBoxLayout(content)
        cards.setContentsMargins(4, 0, 4, 0)
        cards.setSpacing(8)
        cards.addWidget(self._stack)
        cards.addWidget(make_card(self, tr("RANGE"), self.range_text, in_row(self, self._edit_range)))
        cards.addWidget(self.reset)
        cards.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(row)
        column.addLayout(tabs)
        column.addWidget(ScrollPage(content, self))
        column.addStretch(1)
