"""The window's layout; what happens in it is decided elsewhere."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QByteArray, QSize, Qt, Signal
from PySide6.QtGui import QCloseEvent, QPaintEvent
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMainWindow, QMenu, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from l3rocc_studio.model.job import JobKind
from l3rocc_studio.model.session import Session
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.actions.catalog import MENUS
from l3rocc_studio.ui.icons import app_icon
from l3rocc_studio.ui.job_strip import JobStrip
from l3rocc_studio.ui.panels.cloud_panel import CloudPanel
from l3rocc_studio.ui.panels.occupancy_panel import OccupancyPanel
from l3rocc_studio.ui.panels.panel import Panel
from l3rocc_studio.ui.panels.rgb_panel import RgbPanel
from l3rocc_studio.ui.process_panel import ProcessPanel
from l3rocc_studio.ui.sidebar import Sidebar
from l3rocc_studio.ui.start_page import StartPage
from l3rocc_studio.ui.theme import Theme
from l3rocc_studio.ui.timeline.timeline_bar import TimelineBar

COLUMN_SHARES = (38, 62)
"""Width of the small panels and of the large one."""
LAYOUT_KEYS = ("geometry", "columns", "rows", "desk")


class MainWindow(QMainWindow):
    """Start page, or three panels with timeline and side bar.

    Signals
    -------
    first_painted
        The window is on the screen; what is slow may load now.
    """

    first_painted = Signal()

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self.setWindowTitle(tr("L3ROcc Studio"))
        self.setWindowIcon(app_icon())
        self.setMinimumSize(QSize(820, 520))
        self._has_painted = False
        self._may_close: Callable[[], bool] = lambda: True
        self.theme = theme
        self.actions_set = ActionSet(self, theme)
        self.submenus: dict[str, QMenu] = {}
        self._fill_menus()
        self.start_page = StartPage(self.actions_set, theme, self)
        self.rgb_panel = RgbPanel(self)
        self.cloud_panel = CloudPanel(self)
        self.occupancy_panel = OccupancyPanel(self)
        self._fill_headers()
        self.timeline_bar = TimelineBar(session.timeline, self.actions_set, theme, self)
        self.process_panel = ProcessPanel(session.config, self.actions_set, theme, self)
        self.sidebar = Sidebar(theme, self)
        self.sidebar.add_page("process", tr("Process"), "process", self.process_panel)
        self.pages = QStackedWidget(self)
        self.desk = self._make_desk()
        self.pages.addWidget(self.start_page)
        self.pages.addWidget(self.desk)
        self.setCentralWidget(self.pages)
        self._say = QLabel("", self)
        self.statusBar().addWidget(self._say, 1)
        self.statusBar().setSizeGripEnabled(False)
        self.job_strips = {kind: JobStrip(kind, theme, self) for kind in JobKind if kind is not JobKind.PROCESS}
        for strip in self.job_strips.values():
            self.statusBar().addPermanentWidget(strip)
        # A window that gets its first OpenGL child after it is shown is made anew by Qt; this keeps it as it is.
        self._gl_seed = QOpenGLWidget(self)
        self._gl_seed.setGeometry(0, 0, 1, 1)
        self._gl_seed.lower()

    @property
    def scene_panels(self) -> tuple[CloudPanel, OccupancyPanel]:
        """The panels that VTK draws."""
        return self.cloud_panel, self.occupancy_panel

    @property
    def large_panel(self) -> Panel:
        """The panel in the large place."""
        return next(panel for panel in self._panels() if self._columns.indexOf(panel) >= 0)

    @property
    def small_column(self) -> QWidget:
        """What holds the two panels beside it."""
        return self._rows

    def swap_panels(self, panel: Panel) -> None:
        """Exchange the panel in the large place with one of the small ones."""
        large, row = self.large_panel, self._rows.indexOf(panel)
        if row < 0:
            return
        sizes = self._columns.sizes(), self._rows.sizes()
        self._columns.addWidget(panel)
        self._rows.insertWidget(row, large)
        self._columns.setStretchFactor(1, COLUMN_SHARES[1])
        for splitter, before in zip((self._columns, self._rows), sizes, strict=True):
            splitter.setSizes(before)

    def _panels(self) -> tuple[Panel, Panel, Panel]:
        return self.rgb_panel, self.cloud_panel, self.occupancy_panel

    @property
    def status_text(self) -> str:
        """What the status bar says."""
        return self._say.text()

    def say(self, text: str) -> None:
        """Say something in the status bar."""
        self._say.setText(text)

    def show_desk(self, *, is_shown: bool) -> None:
        """The panels, or the start page."""
        self.pages.setCurrentWidget(self.desk if is_shown else self.start_page)

    def ask_before_closing(self, may_close: Callable[[], bool]) -> None:
        """Set what decides, and cleans up, when the window is about to close."""
        self._may_close = may_close

    def layout_state(self) -> dict[str, QByteArray]:
        """What to remember of the layout."""
        return {
            "geometry": self.saveGeometry(),
            "columns": self._columns.saveState(),
            "rows": self._rows.saveState(),
            "desk": self._desk_splitter.saveState(),
        }

    def restore_layout(self, state: dict[str, QByteArray | None]) -> None:
        """Bring a remembered layout back; what is missing stays as it is."""
        splitters = {"columns": self._columns, "rows": self._rows, "desk": self._desk_splitter}
        geometry = state.get("geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
        for key, splitter in splitters.items():
            saved = state.get(key)
            if saved is not None:
                splitter.restoreState(saved)

    def keep_on_screen(self) -> None:
        """Shrink and shift the window so that the screen holds all of it; it may have been larger the last time."""
        room = self.screen().availableGeometry()
        size = self.size().boundedTo(room.size())
        self.resize(size)
        left = max(room.left(), min(self.x(), room.right() + 1 - size.width()))
        top = max(room.top(), min(self.y(), room.bottom() + 1 - size.height()))
        self.move(left, top)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802  (Qt's name)
        """Tell once that the window is there."""
        super().paintEvent(event)
        if not self._has_painted:
            self._has_painted = True
            self.first_painted.emit()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Close if nothing stands against it."""
        if self._may_close():
            event.accept()
            super().closeEvent(event)
        else:
            event.ignore()

    def _fill_menus(self) -> None:
        for name, title in MENUS.items():
            menu = self.menuBar().addMenu(tr(title))
            self.submenus[name] = menu
            self.actions_set.fill_menu(menu, name, self.submenus)

    def _fill_headers(self) -> None:
        for key in ("view_gods_eye", "view_follow", "view_first_person", "world_voxels"):
            self.cloud_panel.add_header_button(self.actions_set.button(key, self.cloud_panel, 18))
        for key in ("history",):
            self.occupancy_panel.add_header_button(self.actions_set.button(key, self.occupancy_panel, 18))

    def _make_desk(self) -> QWidget:
        self._rows = _splitter(Qt.Orientation.Vertical, self.rgb_panel, self.occupancy_panel, sizes=(1, 1))
        self._columns = _splitter(Qt.Orientation.Horizontal, self._rows, self.cloud_panel, sizes=COLUMN_SHARES)
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._columns, 1)
        column.addWidget(self.timeline_bar)
        self._desk_splitter = _splitter(Qt.Orientation.Horizontal, left, self.sidebar, sizes=(1100, 320))
        self._desk_splitter.setStretchFactor(0, 1)
        self._desk_splitter.setStretchFactor(1, 0)
        desk = QWidget(self)
        row = QHBoxLayout(desk)
        row.setContentsMargins(8, 4, 8, 2)
        row.addWidget(self._desk_splitter)
        return desk


def _splitter(orientation: Qt.Orientation, first: QWidget, second: QWidget, *, sizes: tuple[int, int]) -> QSplitter:
    splitter = QSplitter(orientation)
    splitter.setChildrenCollapsible(False)
    splitter.addWidget(first)
    splitter.addWidget(second)
    splitter.setSizes([size * 100 if max(sizes) < 100 else size for size in sizes])
    for index, size in enumerate(sizes):
        splitter.setStretchFactor(index, size)
    return splitter
