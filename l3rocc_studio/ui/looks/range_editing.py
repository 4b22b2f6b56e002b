"""The range's box in the panels: drag a face, see the numbers, apply or go back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from l3rocc_engine.occupancy.grid import GridSpec, Range
from l3rocc_studio.model.edits import Edit
from l3rocc_studio.model.job import JobKind
from l3rocc_studio.model.session import Session
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.labels import show_text
from l3rocc_studio.ui.view_overlay import ViewOverlay

if TYPE_CHECKING:
    from l3rocc_studio.render.range_box import RangeBox
    from l3rocc_studio.ui.panels.scene_panel import ScenePanel

MARGIN = 10


class RangeEditing:
    """Changes the range of the next run, as one edit a drag.

    Parameters
    ----------
    session
        Holds the settings.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._before: Range | None = None

    @property
    def refusal(self) -> str:
        """Why the range cannot be changed now; empty if it can."""
        is_busy = self._session.job(JobKind.PROCESS).is_active
        return tr("The range can be changed when the job is done.") if is_busy else ""

    @property
    def is_changed(self) -> bool:
        """Whether the next run would have another range than the one that is shown."""
        run = self._session.run
        return run is not None and run.config.pc_range != self._session.config.pc_range

    def begin(self) -> None:
        """A face is gripped."""
        self._before = self._session.config.pc_range

    def move(self, pc_range: Range) -> None:
        """The box while it is dragged."""
        self._set(pc_range)

    def end(self) -> None:
        """The face is let go; the whole drag can be taken back."""
        before, self._before = self._before, None
        after = self._session.config.pc_range
        if before is not None and before != after:
            edit = Edit(label=tr("Range"), redo=partial(self._set, after), undo=partial(self._set, before))
            self._session.edits.note(edit)

    def go_back(self) -> None:
        """The range of the run that is shown."""
        run = self._session.run
        if run is not None:
            self.begin()
            self._set(run.config.pc_range)
            self.end()

    def _set(self, pc_range: Range) -> None:
        self._session.set_config(self._session.config.with_changes({"pc_range": list(pc_range)}))


class RangeTool:
    """Lets the mouse grip the faces of a box in one panel; see :class:`.panels.mouse_tool.MouseTool`."""

    def __init__(self, panel: ScenePanel[Any], box: RangeBox, editing: RangeEditing) -> None:
        self._panel, self._box, self._editing = panel, box, editing
        self._hovered: int | None = None

    def hover(self, x_px: float, y_px: float) -> Qt.CursorShape | None:
        """A hand over a handle."""
        face = None if self._editing.refusal else self._box.face_at(x_px, y_px)
        if face != self._hovered:
            self._hovered = face
            self._box.highlight(face)
            self._request_render()
        return None if face is None else Qt.CursorShape.OpenHandCursor

    def press(self, x_px: float, y_px: float) -> bool:
        """Grip a handle."""
        face = None if self._editing.refusal else self._box.face_at(x_px, y_px)
        if face is None:
            return False
        self._box.grip(face, x_px, y_px)
        self._editing.begin()
        return True

    def drag(self, x_px: float, y_px: float) -> None:
        """Move the face, in whole voxels."""
        self._editing.move(self._box.drag(x_px, y_px))

    def release(self, _x_px: float, _y_px: float) -> None:
        """Let go."""
        self._box.let_go()
        self._editing.end()
        self._request_render()

    def _request_render(self) -> None:
        if self._panel.view is not None:
            self._panel.view.request_render()


class RangeBar(ViewOverlay):
    """At the top of a panel while the range is edited: its size, Apply, and back.

    Parameters
    ----------
    on_apply, on_back
        What the buttons do.
    parent
        The view that it stands in.
    """

    def __init__(self, on_apply: Callable[[], object], on_back: Callable[[], object], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._texts: tuple[str, ...] = ("",)
        self.text = QLabel("", self)
        self.text.setObjectName("small")
        self.apply = QPushButton(tr("Apply"), self)
        self.apply.setProperty("primary", True)
        self.apply.setToolTip(tr("Compute the occupancy in this range; the reconstruction is kept"))
        self.back = QPushButton(tr("Discard"), self)
        self.back.setToolTip(tr("Go back to the range of the result"))
        self.apply.clicked.connect(lambda _checked=False: on_apply())
        self.back.clicked.connect(lambda _checked=False: on_back())
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 6, 6, 6)
        row.setSpacing(8)
        for widget in (self.text, self.apply, self.back):
            row.addWidget(widget)

    def show_range(self, grid: GridSpec, unit: str, *, is_changed: bool, refusal: str) -> None:
        """Say how large the range is, and offer to apply it if it changed."""
        size = (high - low for low, high in zip(grid.pc_range[:3], grid.pc_range[3:], strict=True))
        lengths = " × ".join(f"{length:.2f}" for length in size)
        cells = " × ".join(str(count) for count in grid.shape)
        self._texts = (
            tr("{lengths} {unit}  ·  {cells} voxels").format(lengths=lengths, unit=unit, cells=cells),
            tr("{cells} voxels").format(cells=cells),
            "",
        )
        for button in (self.apply, self.back):
            button.setVisible(is_changed)
            button.setEnabled(not refusal)
        self._place()

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        for text in self._texts:
            # As many words as there is room for.
            show_text(self.text, text)
            self.adjustSize()
            if self.width() <= parent.width() - 2 * MARGIN:
                break
        self.move(max(0, (parent.width() - self.width()) // 2), MARGIN)
