"""One file in a window: turn it, step through its frames, colour it, copy the camera."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMainWindow, QVBoxLayout, QWidget

from l3rocc_engine.errors import L3roccError
from l3rocc_engine.inspection import FramePoints, InspectedFile, describe_file
from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_studio.model.point_coloring import Coloring
from l3rocc_studio.model.words import N_, retell, tr
from l3rocc_studio.render import colormaps
from l3rocc_studio.render.inspect_scene import InspectScene
from l3rocc_studio.render.inspected_points import PreparedPoints, prepare_points
from l3rocc_studio.ui.bridge import Job
from l3rocc_studio.ui.inspector.camera_text import camera_text
from l3rocc_studio.ui.inspector.frame_bar import FrameBar
from l3rocc_studio.ui.inspector.side_panel import SidePanel
from l3rocc_studio.ui.panels.vtk_view import VtkView
from l3rocc_studio.ui.theme import Theme

SIZE_PX = (1240, 800)
PAGE_FRAMES = 10
SAID_MS = 2500
HINT = N_("Drag to turn · Shift-drag to move · Wheel to zoom · F fit · K colours · C copy camera")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    """What the worker brings back."""

    frame_idx: int
    prepared: PreparedPoints
    facts: dict[str, Any]


class InspectorWindow(QMainWindow):
    """Shows an opened file.

    Parameters
    ----------
    opened
        The file; read on a worker's thread, one frame at a time.
    theme
        The look.
    points, frame_idx
        The moment to begin with.
    coloring
        By what to colour at first; the most telling if None.
    """

    def __init__(
        self,
        opened: InspectedFile,
        theme: Theme,
        *,
        points: FramePoints,
        frame_idx: int = 0,
        coloring: Coloring | None = None,
    ) -> None:
        super().__init__()
        self._opened, self._theme, self._coloring = opened, theme, coloring
        self._points: FramePoints = points
        self._frame_idx = frame_idx
        self._wanted: tuple[int, Coloring | None] | None = None
        self._is_fitted = self._has_points = False
        self.scene = InspectScene(opened.axes, grid=opened.grid, up=opened.up)
        self.view = VtkView(self.scene.renderer, self)
        self.side = SidePanel(self)
        self.side.setEnabled(False)  # until there is something that it is about
        self.frames = FrameBar(opened.num_frames, theme, self) if opened.num_frames > 1 else None
        self._job = Job(self)
        self._said = QTimer(self)
        self._said.setSingleShot(True)
        self._said.setInterval(SAID_MS)
        self._lay_out()
        self._connect()
        self._add_keys()
        self._take_theme()
        self._start(frame_idx, coloring)

    @property
    def title(self) -> str:
        """The file that the header names."""
        return self._title.text()

    @property
    def shown(self) -> str:
        """What the header says about the file and the frame."""
        return self._note.text()

    @property
    def said(self) -> str:
        """What the line below the picture says."""
        return self._hint.text()

    # Building

    def _lay_out(self) -> None:
        self.setWindowTitle(tr("{name} – L3ROcc inspect").format(name=self._opened.path.name))
        self.resize(*SIZE_PX)
        page = QWidget(self)
        page.setObjectName("page")
        column = QVBoxLayout(page)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._make_picture(), 1)
        row.addWidget(self.side)
        column.addLayout(row, 1)
        if self.frames is not None:
            column.addWidget(self.frames)
        self.setCentralWidget(page)

    def _make_picture(self) -> QFrame:
        card = QFrame(self)
        card.setObjectName("card")
        header = QFrame(card)
        header.setObjectName("panelHeader")
        header.setFixedHeight(34)
        bar = QHBoxLayout(header)
        bar.setContentsMargins(12, 0, 12, 0)
        self._title = QLabel(self._opened.path.name, header)
        self._title.setObjectName("title")
        self._note = QLabel(tr("Reading…"), header)
        self._note.setObjectName("small")
        bar.addWidget(self._title)
        bar.addWidget(self._note, 1)
        self._hint = QLabel(tr(HINT), card)
        self._hint.setObjectName("small")
        self._hint.setContentsMargins(12, 5, 12, 6)
        column = QVBoxLayout(card)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(header)
        column.addWidget(self.view, 1)
        column.addWidget(self._hint)
        return card

    def _connect(self) -> None:
        self._job.succeeded.connect(self._show)
        self._job.failed.connect(self._tell)
        self._job.finished.connect(self._go_on)
        self._said.timeout.connect(lambda: self._hint.setText(tr(HINT)))
        self._theme.changed.connect(self._take_theme)
        self.view.camera_moved.connect(self._show_camera)
        self.view.painted.connect(lambda _seconds: self._show_camera())
        self.view.resized.connect(self._fit_once)
        self.side.coloring_asked.connect(self.color_by)
        self.side.copy_asked.connect(self.copy_camera)
        if self.frames is not None:
            self.frames.asked.connect(self.go_to)

    def _add_keys(self) -> None:
        keys: list[tuple[str, Callable[[], object]]] = [
            ("F", self.fit),
            ("C", self.copy_camera),
            ("K", lambda: self.color_by(self.side.next_coloring())),
            ("Q", self.close),
            ("Ctrl+W", self.close),
            ("Ctrl+Q", self.close),
        ]
        bar = self.frames
        if bar is not None:
            last = self._opened.num_frames - 1
            keys += [
                ("Left", lambda: bar.step(-1)),
                ("Right", lambda: bar.step(1)),
                ("PgUp", lambda: bar.step(-PAGE_FRAMES)),
                ("PgDown", lambda: bar.step(PAGE_FRAMES)),
                ("Home", lambda: bar.ask(0)),
                ("End", lambda: bar.ask(last)),
            ]
        for key, act in keys:
            QShortcut(QKeySequence(key), self).activated.connect(act)

    # What the person asks for

    def go_to(self, frame_idx: int) -> None:
        """Show another frame."""
        if self.frames is not None:
            self.frames.show_frame(frame_idx)
        self._ask(frame_idx, self._coloring)

    def color_by(self, coloring: Coloring) -> None:
        """Colour by something else, in this frame and those to come."""
        self._coloring = coloring
        self._ask(self._wanted[0] if self._wanted else self._frame_idx, coloring)

    def fit(self) -> None:
        """Look at everything."""
        self.scene.fit()
        self.view.request_render()

    def copy_camera(self) -> None:
        """Put the camera on the clipboard as JSON."""
        QGuiApplication.clipboard().setText(camera_text(self.scene.camera_pose()))
        self._say(tr("The camera is on the clipboard: paste it into a script, or save it for --camera."))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802  (Qt's name)
        """Wait for the worker and free the graphics card."""
        self._said.stop()
        self._job.shut_down()
        self.view.shut_down()
        self.scene.close()
        super().closeEvent(event)

    # The worker

    def _ask(self, frame_idx: int, coloring: Coloring | None) -> None:
        """Make a frame ready; while one is being made only the newest wish is kept."""
        if self._job.is_running:
            self._wanted = (frame_idx, coloring)
        else:
            self._start(frame_idx, coloring)

    def _start(self, frame_idx: int, coloring: Coloring | None) -> None:
        opened, up = self._opened, self.scene.up
        known = self._points if frame_idx == self._frame_idx else None

        def work(_events: EventSink, cancel: CancelToken) -> _Made:
            points = opened.frame(frame_idx, cancel) if known is None else known
            prepared = prepare_points(points, opened.axes, coloring, up)
            return _Made(frame_idx=frame_idx, prepared=prepared, facts=describe_file(opened, frame_idx, points))

        self._job.start(work)

    def _show(self, made: _Made) -> None:
        self._points, self._frame_idx = made.prepared.points, made.frame_idx
        self.scene.show(made.prepared)
        self.side.show_prepared(made.prepared)
        self.side.show_facts(made.facts)
        self._has_points = True
        self.side.setEnabled(True)
        name = retell(self._opened.frame_name(made.frame_idx))
        kind = retell(self._opened.kind)
        said = [kind, *([] if name == self._opened.path.name else [name])]
        said += [] if len(made.prepared.points.points) else [tr("no points")]
        self._note.setText(" · ".join(said))
        if self.frames is not None and self._wanted is None:
            self.frames.show_frame(made.frame_idx)
        self._fit_once()
        self.view.request_render()

    def _tell(self, error: L3roccError) -> None:
        self._say(retell(str(error)))
        if self.frames is not None:
            self.frames.show_frame(self._frame_idx)

    def _go_on(self) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is not None:
            self._start(*wanted)

    # Upkeep

    def _fit_once(self) -> None:
        """Fit the view as soon as there are both points and a picture's shape."""
        if not self._is_fitted and self._has_points and self.view.width() > 1 and self.isVisible():
            self._is_fitted = True
            self.scene.fit()

    def _show_camera(self) -> None:
        self.side.show_camera(self.scene.camera_pose())

    def _say(self, text: str) -> None:
        self._hint.setText(text)
        self._said.start()

    def _take_theme(self) -> None:
        self.scene.set_background(colormaps.DARK if self._theme.is_dark else colormaps.LIGHT)
        if self.frames is not None:
            self.frames.paint_icons()
        self.view.request_render()
