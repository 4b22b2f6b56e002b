"""How a film looks, and as what it is written."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QStandardItemModel
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from l3rocc_engine.errors import ConfigError
from l3rocc_studio.model.film_camera import CameraKind, FilmCamera
from l3rocc_studio.model.film_spec import (
    MAX_FPS,
    SIZE_PRESETS,
    Backdrop,
    FilmFormat,
    FilmLook,
    FilmOutput,
    FilmQuality,
)
from l3rocc_studio.model.looks import CloudLook, OccupancyLook, PanelLooks
from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.model.view_keyframe import ViewKeyframe
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.export.film_fields import (
    allow,
    make_check,
    make_choice,
    make_count,
    make_form,
    make_number,
    make_pair,
)
from l3rocc_studio.ui.looks.labels import PALETTES

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
NO_SIZE = N_("Choose a size first: this fills it with the background.")
NO_QUALITY = N_("This format loses nothing, so there is no quality to choose.")
_PAD_TIP = N_("Centre the film on exactly this size, as slides and players want it")


class PictureForm(QWidget):
    """Makes the look, the camera and the output of a film.

    Signals
    -------
    edited
        Something was changed.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: CameraPose | None = None
        self._occupancy_view: CameraPose | None = None
        self._keyframes: tuple[ViewKeyframe, ...] = ()
        self._looks: PanelLooks | None = None
        change = self._change
        self.camera = make_choice(tr("Camera of the world panel"), CAMERAS, change, self)
        self.backdrop = make_choice(tr("Background"), BACKDROPS, change, self)
        self.palette_choice = make_choice(
            tr("Colours of the occupancy"), ((title, palette) for palette, title in PALETTES.items()), change, self
        )
        self.fps = make_number(tr("Frames a second"), change, self, least=0.0, most=MAX_FPS, value=0.0)
        self.fps.setDecimals(3)
        self.fps.setSpecialValueText(tr("as the video"))
        self.fps.setToolTip(tr("Frames a second to play at; 0 keeps the video's own times"))
        self.every = make_count(tr("Use every n-th frame"), change, self, least=1, most=1000, value=1)
        self.every.setPrefix(tr("1 of "))
        self.every.setSpecialValueText(tr("every frame"))
        self.every.setToolTip(tr("Leave frames out: the film plays as long, with fewer pictures"))
        self.format = make_choice(tr("Format"), FORMATS, change, self)
        sizes = tuple((f"{name} · {width}×{height}", (width, height)) for name, (width, height) in SIZE_PRESETS.items())
        self.film_size = make_choice(
            tr("Size"), ((SOURCE_SIZE, None), *sizes), change, self, tooltip=tr("What the film must fit into")
        )
        self.is_padded = make_check(tr("Fill"), change, self, is_on=False)
        self.quality = make_choice(tr("Quality"), QUALITIES, change, self)
        self.quality.setCurrentIndex(1)
        self.as_window = make_check(
            tr("Colours and filters of the window"),
            change,
            self,
            is_on=True,
            tooltip=tr("Show points and voxels as the panels do now: colours, sizes and what is left out"),
        )
        self.shading = make_check(tr("Soft shadows and edges"), change, self, is_on=True)
        self.world_occupancy = make_check(tr("Occupancy in the world"), change, self, is_on=True)
        self.history = make_check(
            tr("History"), change, self, is_on=True, tooltip=tr("Show in the occupancy what earlier frames saw")
        )
        self.growing = make_check(
            tr("Growing cloud"), change, self, is_on=False, tooltip=tr("Let the cloud appear as it was seen")
        )
        self._lay_out()
        self._allow()

    def set_views(self, cloud: CameraPose | None, occupancy: CameraPose | None) -> None:
        """Where the panels look from now, for the camera that keeps it."""
        self._view, self._occupancy_view = cloud, occupancy

    def set_looks(self, looks: PanelLooks) -> None:
        """How the panels show the run now."""
        self._looks = looks
        self.palette_choice.setCurrentIndex(self.palette_choice.findData(looks.occupancy.palette))

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
    def film_look(self) -> FilmLook:
        """The look as it is chosen."""
        looks = self._looks if self.as_window.isChecked() else None
        return FilmLook(
            palette=self.palette_choice.currentData(),
            has_shading=self.shading.isChecked(),
            has_world_occupancy=self.world_occupancy.isChecked(),
            has_history=self.history.isChecked(),
            is_growing=self.growing.isChecked(),
            cloud=looks.cloud if looks else CloudLook(),
            occupancy=looks.occupancy if looks else OccupancyLook(),
        )

    @property
    def film_camera(self) -> FilmCamera:
        """The camera as it is chosen.

        Raises
        ------
        ConfigError
            If there is nothing that it could follow.
        """
        kind: CameraKind = self.camera.currentData()
        if kind is CameraKind.SAVED and self._view is None:
            raise ConfigError("The cloud panel shows nothing yet.", "Choose another camera.")
        if kind is CameraKind.KEYFRAMES and not self._keyframes:
            raise ConfigError("The camera path has no views.", "Choose another camera.")
        return FilmCamera(
            kind=kind,
            view=self._view if kind is CameraKind.SAVED else None,
            keyframes=self._keyframes if kind is CameraKind.KEYFRAMES else (),
            occupancy_view=self._occupancy_view if kind is CameraKind.SAVED else None,
        )

    def output(self, frames: tuple[int, int] | None) -> FilmOutput:
        """Format, size and time as they are chosen, of a range of frames or of all."""
        first, last = frames if frames is not None else (0, None)
        fit_px = self.film_size.currentData()
        return FilmOutput(
            format=self.format.currentData(),
            fit_px=fit_px,
            is_padded=fit_px is not None and self.is_padded.isChecked(),
            quality=self.quality.currentData(),
            fps=self.fps.value() or None,
            first_frame=first,
            last_frame=last,
            every=self.every.value(),
        )

    def _lay_out(self) -> None:
        left = make_form(
            self,
            (
                (tr("Camera"), self.camera),
                (tr("Background"), self.backdrop),
                (tr("Occupancy"), self.palette_choice),
                (tr("Frame rate"), make_pair(self, self.fps, self.every)),
            ),
        )
        right = make_form(
            self,
            (
                (tr("Format"), self.format),
                (tr("Size"), make_pair(self, self.film_size, self.is_padded)),
                (tr("Quality"), self.quality),
            ),
        )
        right.addRow(self.as_window)
        columns = QHBoxLayout()
        columns.setSpacing(18)
        columns.addLayout(left, 1)
        columns.addLayout(right, 1)
        checks = QGridLayout()
        checks.setHorizontalSpacing(14)
        for column, box in enumerate((self.shading, self.world_occupancy, self.history, self.growing)):
            checks.addWidget(box, 0, column)
        checks.setColumnStretch(4, 1)
        column_layout = QVBoxLayout(self)
        column_layout.setContentsMargins(0, 10, 0, 0)
        column_layout.setSpacing(10)
        column_layout.addLayout(columns)
        column_layout.addLayout(checks)

    def _change(self) -> None:
        self._allow()
        self.edited.emit()

    def _allow(self) -> None:
        has_size = self.film_size.currentData() is not None
        allow(self.is_padded, tr(_PAD_TIP), "" if has_size else tr(NO_SIZE))
        has_quality = self.format.currentData() in (FilmFormat.MP4, FilmFormat.WEBM)
        allow(self.quality, "", "" if has_quality else tr(NO_QUALITY))
