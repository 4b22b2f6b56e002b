"""The side bar: pages behind a row of tabs."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QApplication, QButtonGroup, QHBoxLayout, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.theme import Theme

MIN_WIDTH_PX = 310


class Sidebar(QWidget):
    """Shows one page at a time; a tab is an icon with its name below.

    Signals
    -------
    page_changed
        Key of the page that is shown now.
    """

    page_changed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(MIN_WIDTH_PX)
        self.setAccessibleName(tr("Side bar"))
        self._theme = theme
        self._icons: dict[str, str] = {}
        self._tabs: dict[str, QToolButton] = {}
        self._pages: dict[str, QWidget] = {}
        self._group = QButtonGroup(self)
        self._row = QHBoxLayout()
        self._row.setContentsMargins(4, 0, 4, 0)
        self._row.setSpacing(2)
        self._stack = QStackedWidget(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(self._row)
        column.addWidget(self._stack, 1)
        theme.changed.connect(self._tint, Qt.ConnectionType.QueuedConnection)  # all icons in one event would be felt

    @property
    def current(self) -> str:
        """Key of the page that is shown; empty while there is none."""
        return next((key for key, page in self._pages.items() if page is self._stack.currentWidget()), "")

    def add_page(self, key: str, title: str, icon: str, page: QWidget) -> None:
        """Add a page and its tab at the end; the first one is shown."""
        tab = QToolButton(self)
        tab.setObjectName("tab")
        tab.setText(tr(title))
        tab.setToolTip(tr(title))
        tab.setCheckable(True)
        tab.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        tab.setIconSize(QSize(18, 18))
        tab.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        tab.setSizePolicy(tab.sizePolicy().Policy.Expanding, tab.sizePolicy().Policy.Fixed)
        tab.clicked.connect(lambda: self.show_page(key))
        self._group.addButton(tab)
        self._row.addWidget(tab)
        self._icons[key], self._tabs[key], self._pages[key] = icon, tab, page
        self._stack.addWidget(page)
        self._tint()
        if len(self._pages) == 1:
            self.show_page(key)

    def has_page(self, key: str) -> bool:
        """Whether there is a page of this key."""
        return key in self._pages

    def show_page(self, key: str) -> None:
        """Bring a page to the front."""
        self._tabs[key].setChecked(True)
        # Qt would put the keyboard into the first field of the new page, where it swallows the keys of the timeline.
        had_focus = self._stack.isAncestorOf(QApplication.focusWidget() or self)
        if had_focus:
            self._tabs[key].setFocus()
        self._stack.setCurrentWidget(self._pages[key])
        self.page_changed.emit(key)

    def _tint(self) -> None:
        for key, tab in self._tabs.items():
            tab.setIcon(self._theme.icon(self._icons[key]))
