"""Options of a film, with a preview of the frame that is shown."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QHBoxLayout, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from l3rocc_engine.errors import ConfigError
from l3rocc_studio.model.export_request import ExportRequest
from l3rocc_studio.model.film_camera import CameraKind, FilmCamera
from l3rocc_studio.model.film_spec import (
    SIZE_PRESETS,
    Backdrop,
    FilmFormat,
    FilmLayout,
    FilmLook,
    FilmMarks,
    FilmOutput,
    FilmPanel,
    FilmQuality,
    FilmSpec,
)
from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.model.view_keyframe import ViewKeyframe
from l3rocc_studio.model.words import N_, retell, tr
from l3rocc_studio.render.film_layout import PANEL_LABELS
from l3rocc_studio.ui.export.preview_frame import PreviewFrame
from l3rocc_studio.ui.export.preview_label import PreviewLabel
from l3rocc_studio.ui.labels import dim_label

PANEL_SETS = (
    (N_("Video · world · occupancy"), (FilmPanel.RGB, FilmPanel.WORLD, FilmPanel.OCCUPANCY)),
    (N_("Video · occupancy · world"), (FilmPanel.RGB, FilmPanel.OCCUPANCY, FilmPanel.WORLD)),
    (N_("Video · world"), (FilmPanel.RGB, FilmPanel.WORLD)),
    (N_("Video · occupancy"), (FilmPanel.RGB, FilmPanel.OCCUPANCY)),
    (N_("World · occupancy"), (FilmPanel.WORLD, FilmPanel.OCCUPANCY)),
    (N_("World only"), (FilmPanel.WORLD,)),
    (N_("Occupancy only"), (FilmPanel.OCCUPANCY,)),
)
CAMERAS = (
    (N_("God's eye"), CameraKind.GODS_EYE),
    (N_("Current view of the cloud panel"), CameraKind.SAVED),
    (N_("Camera path: keyframed views"), CameraKind.KEYFRAMES),
    (N_("Director: moves between views"), CameraKind.DIRECTOR),
    (N_("Follow the camera"), CameraKind.FOLLOW),
    (N_("First person"), CameraKind.FIRST_PERSON),
    (N_("Orbit"), CameraKind.ORBIT),
    (N_("Top"), CameraKind.TOP),
)
NO_KEYFRAMES = N_("Set views on the timeline first (V).")
FORMATS = (
    (N_("MP4 (H.264), plays everywhere"), FilmFormat.MP4),
    (N_("WebM (VP9)"), FilmFormat.WEBM),
    ("GIF", FilmFormat.GIF),
    (N_("PNG sequence in a folder"), FilmFormat.PNG),
)
BACKDROPS = (
    (N_("White"), Backdrop.WHITE),
    (N_("Black"), Backdrop.BLACK),
    (N_("Light, as in the window"), Backdrop.LIGHT),
    (N_("Dark, as in the window"), Backdrop.DARK),
    (N_("Transparent"), Backdrop.TRANSPARENT),
)
QUALITIES = ((N_("Draft"), FilmQuality.DRAFT), (N_("Good"), FilmQuality.GOOD), (N_("Best"), FilmQuality.BEST))
SOURCE_SIZE = N_("Same height as the video")

_TEXT_MARGIN_PX = 6  # the style sheet's padding does not reach the text of a spin box


class FilmPage(QWidget):
    """Makes a :class:`FilmSpec`.

    Signals
    -------
    edited
        Something was changed.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.view: CameraPose | None = None
        self._occupancy_view: CameraPose | None = None
        self._keyframes: tuple[ViewKeyframe, ...] = ()
        self.preview = PreviewLabel(self)
        self.preview_frame = PreviewFrame(self)
        self.preview_frame.changed.connect(self.edited)
        self.panels = self._combo(tr("Panels"), PANEL_SETS)
        self.camera = self._combo(tr("Camera of the world panel"), CAMERAS)
        self.format = self._combo(tr("Format"), FORMATS)
        self.film_size = self._combo(
            tr("Size"), ((SOURCE_SIZE, None), *((name, size) for name, size in SIZE_PRESETS.items()))
        )
        self.quality = self._combo(tr("Quality"), QUALITIES)
        self.quality.setCurrentIndex(1)
        self.backdrop = self._combo(tr("Background"), BACKDROPS)
        self.every = QSpinBox(self)
        self.every.setRange(1, 1000)
        self.every.lineEdit().setTextMargins(_TEXT_MARGIN_PX, 0, 0, 0)
        self.every.setPrefix(tr("1 of "))
        self.every.setSpecialValueText(tr("every frame"))
        self.every.setAccessibleName(tr("Use every n-th frame"))
        self.every.valueChanged.connect(lambda _value: self.edited.emit())
        self.labels = self._check(tr("Panel titles"), is_on=True)
        self.shading = self._check(tr("Soft shadows and edges"), is_on=True)
        self.world_occupancy = self._check(tr("Occupancy in the world"), is_on=True)
        self.history = self._check(tr("History"), is_on=True)
        self.growing = self._check(tr("Growing cloud"), is_on=False)
        self.watermark = self._check(tr("Watermark"), is_on=False)
        self.title = QLineEdit(self)
        self.title.setPlaceholderText(tr("no title card"))
        self.title.setAccessibleName(tr("Title"))
        self.title.textChanged.connect(lambda _text: self.edited.emit())
        self._lay_out()

    def set_views(self, cloud: CameraPose | None, occupancy: CameraPose | None) -> None:
        """Where the panels look from now, for the camera that keeps it."""
        self.view, self._occupancy_view = cloud, occupancy

    def set_keyframes(self, keyframes: tuple[ViewKeyframe, ...]) -> None:
        """The camera path, at frames of the run: whoever made one wants it in the film."""
        self._keyframes = keyframes
        index, model = self.camera.findData(CameraKind.KEYFRAMES), self.camera.model()
        if isinstance(model, QStandardItemModel):
            model.item(index).setEnabled(bool(keyframes))
            model.item(index).setToolTip("" if keyframes else tr(NO_KEYFRAMES))
        if keyframes:
            self.camera.setCurrentIndex(index)

    @property
    def suffix(self) -> str:
        """Ending of the file's name; empty for a folder."""
        chosen: FilmFormat = self.format.currentData()
        return "" if chosen is FilmFormat.PNG else f".{chosen.value}"

    @property
    def refusal(self) -> str:
        """Why this film cannot be made as it is."""
        try:
            self.spec(None)
        except ConfigError as error:
            return retell(f"{error.message} {error.hint}".strip())
        return ""

    def spec(self, frames: tuple[int, int] | None) -> FilmSpec:
        """The film as it is chosen.

        Raises
        ------
        ConfigError
            If the choices do not go together.
        """
        first, last = frames if frames is not None else (0, None)
        kind: CameraKind = self.camera.currentData()
        if kind is CameraKind.SAVED and self.view is None:
            raise ConfigError("The cloud panel shows nothing yet.", "Choose another camera.")
        if kind is CameraKind.KEYFRAMES and not self._keyframes:
            raise ConfigError("The camera path has no views.", "Choose another camera.")
        return FilmSpec(
            layout=FilmLayout(
                panels=self.panels.currentData(),
                has_labels=self.labels.isChecked(),
                titles=tuple(tr(PANEL_LABELS[panel]) for panel in self.panels.currentData()),
                backdrop=self.backdrop.currentData(),
            ),
            look=FilmLook(
                has_shading=self.shading.isChecked(),
                has_world_occupancy=self.world_occupancy.isChecked(),
                has_history=self.history.isChecked(),
                is_growing=self.growing.isChecked(),
            ),
            camera=FilmCamera(
                kind=kind,
                view=self.view if kind is CameraKind.SAVED else None,
                keyframes=self._keyframes if kind is CameraKind.KEYFRAMES else (),
                occupancy_view=self._occupancy_view if kind is CameraKind.SAVED else None,
            ),
            marks=FilmMarks(title=self.title.text().strip(), has_watermark=self.watermark.isChecked()),
            output=FilmOutput(
                format=self.format.currentData(),
                fit_px=self.film_size.currentData(),
                quality=self.quality.currentData(),
                first_frame=first,
                last_frame=last,
                every=self.every.value(),
            ),
        )

    def complete(self, request: ExportRequest) -> ExportRequest:
        """The request with this page's film."""
        return dataclasses.replace(request, film=self.spec(request.frames))

    def _lay_out(self) -> None:
        left, right = QFormLayout(), QFormLayout()
        rows = (
            (
                left,
                (
                    (tr("Panels"), self.panels),
                    (tr("Camera"), self.camera),
                    (tr("Background"), self.backdrop),
                    (tr("Title"), self.title),
                ),
            ),
            (
                right,
                (
                    (tr("Format"), self.format),
                    (tr("Size"), self.film_size),
                    (tr("Quality"), self.quality),
                    (tr("Frame step"), self.every),
                ),
            ),
        )
        for form, fields in rows:
            form.setVerticalSpacing(8)
            for name, field in fields:
                form.addRow(dim_label(name, self), field)
        columns = QHBoxLayout()
        columns.setSpacing(18)
        columns.addLayout(left, 1)
        columns.addLayout(right, 1)
        checks = QHBoxLayout()
        checks.setSpacing(14)
        for box in (self.labels, self.shading, self.world_occupancy, self.history, self.growing, self.watermark):
            checks.addWidget(box)
        checks.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.preview, 1)
        column.addWidget(self.preview_frame)
        column.addLayout(columns)
        column.addLayout(checks)

    def _combo(self, name: str, choices: tuple[tuple[str, object], ...]) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name)
        for title, value in choices:
            box.addItem(tr(title), value)
        box.currentIndexChanged.connect(lambda _index: self.edited.emit())
        return box

    def _check(self, text: str, *, is_on: bool) -> QCheckBox:
        box = QCheckBox(text, self)
        box.setChecked(is_on)
        box.toggled.connect(lambda _on: self.edited.emit())
        return box
