"""Options of a film, with a preview of the frame that is shown."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QHBoxLayout, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from l3rocc_engine.errors import ConfigError
from l3rocc_studio.model.export_request import ExportRequest
from l3rocc_studio.model.film_spec import (
    SIZE_PRESETS,
    Backdrop,
    CameraKind,
    FilmCamera,
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
from l3rocc_studio.ui.export.preview_label import PreviewLabel
from l3rocc_studio.ui.labels import dim_label

PANEL_SETS = (
    ("Video · world · occupancy", (FilmPanel.RGB, FilmPanel.WORLD, FilmPanel.OCCUPANCY)),
    ("Video · occupancy · world", (FilmPanel.RGB, FilmPanel.OCCUPANCY, FilmPanel.WORLD)),
    ("Video · world", (FilmPanel.RGB, FilmPanel.WORLD)),
    ("Video · occupancy", (FilmPanel.RGB, FilmPanel.OCCUPANCY)),
    ("World · occupancy", (FilmPanel.WORLD, FilmPanel.OCCUPANCY)),
    ("World alone", (FilmPanel.WORLD,)),
    ("Occupancy alone", (FilmPanel.OCCUPANCY,)),
)
CAMERAS = (
    ("God's eye", CameraKind.GODS_EYE),
    ("As the cloud panel looks now", CameraKind.SAVED),
    ("Director: moves between views", CameraKind.DIRECTOR),
    ("Follow the camera", CameraKind.FOLLOW),
    ("First person", CameraKind.FIRST_PERSON),
    ("Orbit", CameraKind.ORBIT),
    ("Top", CameraKind.TOP),
)
FORMATS = (
    ("MP4 (H.264), plays everywhere", FilmFormat.MP4),
    ("WebM (VP9)", FilmFormat.WEBM),
    ("GIF", FilmFormat.GIF),
    ("PNG pictures in a folder", FilmFormat.PNG),
)
BACKDROPS = (
    ("White", Backdrop.WHITE),
    ("Black", Backdrop.BLACK),
    ("Light, as in the window", Backdrop.LIGHT),
    ("Dark, as in the window", Backdrop.DARK),
    ("Transparent", Backdrop.TRANSPARENT),
)
QUALITIES = (("Draft", FilmQuality.DRAFT), ("Good", FilmQuality.GOOD), ("Best", FilmQuality.BEST))
SOURCE_SIZE = "As high as the video"


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
        self.preview = PreviewLabel(self)
        self.panels = self._combo("Panels", PANEL_SETS)
        self.camera = self._combo("Camera of the world panel", CAMERAS)
        self.format = self._combo("Format", FORMATS)
        self.film_size = self._combo(
            "Size", ((SOURCE_SIZE, None), *((name, size) for name, size in SIZE_PRESETS.items()))
        )
        self.quality = self._combo("Quality", QUALITIES)
        self.quality.setCurrentIndex(1)
        self.backdrop = self._combo("Background", BACKDROPS)
        self.every = QSpinBox(self)
        self.every.setRange(1, 1000)
        self.every.setPrefix("1 of ")
        self.every.setSpecialValueText("each")
        self.every.setAccessibleName("Show each n-th frame")
        self.every.valueChanged.connect(lambda _value: self.edited.emit())
        self.labels = self._check("Names above the panels", is_on=True)
        self.shading = self._check("Soft shadows and edges", is_on=True)
        self.world_occupancy = self._check("Occupancy in the world", is_on=True)
        self.history = self._check("History", is_on=True)
        self.growing = self._check("Cloud grows", is_on=False)
        self.watermark = self._check("Watermark", is_on=False)
        self.title = QLineEdit(self)
        self.title.setPlaceholderText("no title card")
        self.title.setAccessibleName("Title")
        self.title.textChanged.connect(lambda _text: self.edited.emit())
        self._lay_out()

    def set_views(self, cloud: CameraPose | None, occupancy: CameraPose | None) -> None:
        """Where the panels look from now, for the camera that keeps it."""
        self.view, self._occupancy_view = cloud, occupancy

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
            return f"{error.message} {error.hint}".strip()
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
        return FilmSpec(
            layout=FilmLayout(
                panels=self.panels.currentData(),
                has_labels=self.labels.isChecked(),
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
                    ("Panels", self.panels),
                    ("Camera", self.camera),
                    ("Background", self.backdrop),
                    ("Title", self.title),
                ),
            ),
            (
                right,
                (("Format", self.format), ("Size", self.film_size), ("Quality", self.quality), ("Frames", self.every)),
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
        column.addLayout(columns)
        column.addLayout(checks)

    def _combo(self, name: str, choices: tuple[tuple[str, object], ...]) -> QComboBox:
        box = QComboBox(self)
        box.setAccessibleName(name)
        for title, value in choices:
            box.addItem(title, value)
        box.currentIndexChanged.connect(lambda _index: self.edited.emit())
        return box

    def _check(self, text: str, *, is_on: bool) -> QCheckBox:
        box = QCheckBox(text, self)
        box.setChecked(is_on)
        box.toggled.connect(lambda _on: self.edited.emit())
        return box
