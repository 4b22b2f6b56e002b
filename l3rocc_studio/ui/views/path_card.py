"""The camera path on the Views page: its views, and the choices of the one that is selected."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from l3rocc_studio.model.session import Session
from l3rocc_studio.model.view_keyframe import Ease, WorldPreset
from l3rocc_studio.model.view_keyframes import EASE_NAMES, FIXED_NAME, PRESET_NAMES
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.calm_controls import CalmSpinBox, NarrowComboBox
from l3rocc_studio.ui.labels import dim_label
from l3rocc_studio.ui.theme import Theme
from l3rocc_studio.ui.views.field_grid import make_field_grid
from l3rocc_studio.ui.views.path_list import PathList

_EMPTY_TEXT = N_(
    "No views on the path yet. Go to a frame, turn the scene as you like and press V; do the same at another frame, "
    "and the camera travels from one to the other."
)
_NO_FIXED = N_("Turn the scene at this frame and press V to fix the view.")
_TEXT_MARGIN_PX = 6  # the style sheet's padding does not reach the text of a spin box
_WAY_KEYS = ("set_path_view", "remove_path_view", "previous_path_view", "next_path_view", "preview_path")
_FILE_KEYS = ("copy_path", "paste_path", "save_path", "load_path", "clear_path")


class PathCard(QWidget):
    """Shows the session's camera path and asks it to change."""

    def __init__(self, session: Session, actions: ActionSet, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._path, self._timeline = session.view_keyframes, session.timeline
        self._session = session
        self._is_showing = False
        self.empty = QLabel(tr(_EMPTY_TEXT), self)
        self.empty.setObjectName("small")
        self.empty.setWordWrap(True)
        self.list = PathList(session, theme, self)
        self.frame = CalmSpinBox(self)
        self.frame.setKeyboardTracking(False)
        self.frame.lineEdit().setTextMargins(_TEXT_MARGIN_PX, 0, 0, 0)
        self.frame.setAccessibleName(tr("Frame of this view"))
        self.frame.setToolTip(tr("Frame of this view; another number moves it there"))
        self.view = NarrowComboBox(tr("View at this frame"), self)
        self.view.addItem(tr(FIXED_NAME), None)
        for preset, name in PRESET_NAMES.items():
            self.view.addItem(tr(name), preset)
        self.view.setToolTip(tr("What the camera shows here: the view as set, or one that fits itself to the scene"))
        self.ease = NarrowComboBox(tr("How this view turns into the next"), self)
        for ease, name in EASE_NAMES.items():
            self.ease.addItem(tr(name), ease)
        self.ease.setToolTip(
            tr("On the way to the next view: slow at both ends, at an even speed, or a cut at the next view")
        )
        self.editor = self._make_editor()
        self._lay_out(actions)
        self.frame.valueChanged.connect(self._move)
        self.view.activated.connect(lambda _index: self._choose_view())
        self.ease.activated.connect(lambda _index: self._choose_ease())
        self.list.selected.connect(self._show)
        self._show()

    def shut_down(self) -> None:
        """Stop listening."""
        self.list.shut_down()

    def _make_editor(self) -> QWidget:
        box, grid = make_field_grid(self, wide_column=2)
        grid.addWidget(dim_label(tr("View"), box), 0, 0)
        grid.addWidget(self.view, 0, 1, 1, 2)
        grid.addWidget(dim_label(tr("Frame"), box), 1, 0)
        grid.addWidget(self.frame, 1, 1)
        grid.addWidget(self.ease, 1, 2)
        return box

    def _lay_out(self, actions: ActionSet) -> None:
        tools = QHBoxLayout()
        tools.setSpacing(1)
        for keys in (_WAY_KEYS, _FILE_KEYS):
            for key in keys:
                button = actions.button(key, self, 16)
                button.setObjectName("narrow")
                tools.addWidget(button)
            if keys is _WAY_KEYS:
                tools.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for widget in (self.empty, self.list, self.editor):
            column.addWidget(widget)
        column.addLayout(tools)

    def _show(self) -> None:
        """The choices of the view that is selected."""
        frame_idx = self.list.frame_idx
        keyframe = None if frame_idx is None else self._path.at(frame_idx)
        self.empty.setVisible(not self._path.items)
        self.editor.setVisible(keyframe is not None)
        if keyframe is None:
            return
        preset = keyframe.view if isinstance(keyframe.view, WorldPreset) else None
        self._is_showing = True
        frames = self._session.run_frames or range(self._timeline.num_frames)
        self.frame.setRange(min(frames.start, keyframe.frame_idx), max(frames.stop - 1, keyframe.frame_idx))
        self.frame.setValue(keyframe.frame_idx)
        self.view.setCurrentIndex(self.view.findData(preset))
        self.ease.setCurrentIndex(self.ease.findData(keyframe.ease))
        self._is_showing = False
        model = self.view.model()
        if isinstance(model, QStandardItemModel):
            model.item(0).setEnabled(preset is None)
            model.item(0).setToolTip("" if preset is None else tr(_NO_FIXED))

    def _move(self, to: int) -> None:
        frame_idx = self.list.frame_idx
        if not self._is_showing and frame_idx is not None:
            self._path.move(frame_idx, to)
            self._timeline.pause()
            self._timeline.seek(to)

    def _choose_view(self) -> None:
        preset, frame_idx = self.view.currentData(Qt.ItemDataRole.UserRole), self.list.frame_idx
        if isinstance(preset, WorldPreset) and frame_idx is not None:
            self._path.put(frame_idx, preset)

    def _choose_ease(self) -> None:
        ease, frame_idx = self.ease.currentData(), self.list.frame_idx
        if isinstance(ease, Ease) and frame_idx is not None:
            self._path.set_ease(frame_idx, ease)
