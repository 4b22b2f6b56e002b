"""Options of a film, with a preview of the frame that is shown."""

from __future__ import annotations

import dataclasses

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QTabWidget, QVBoxLayout, QWidget

from l3rocc_engine.errors import ConfigError
from l3rocc_studio.model.export_request import ExportRequest
from l3rocc_studio.model.film_spec import FilmFormat, FilmSpec
from l3rocc_studio.model.words import retell, tr
from l3rocc_studio.ui.export.marks_form import MarksForm
from l3rocc_studio.ui.export.panels_form import PanelsForm
from l3rocc_studio.ui.export.picture_form import PictureForm
from l3rocc_studio.ui.export.preview_frame import PreviewFrame
from l3rocc_studio.ui.export.preview_label import PreviewLabel
from l3rocc_studio.ui.theme import Theme


class FilmPage(QWidget):
    """Makes a :class:`FilmSpec`.

    Signals
    -------
    edited
        Something was changed.
    """

    edited = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preview = PreviewLabel(self)
        self.preview_frame = PreviewFrame(self)
        self.preview_frame.changed.connect(self.edited)
        self.tabs = QTabWidget(self)  # before what is on them, as the keyboard goes in this order
        self.picture = PictureForm(self.tabs)
        self.panels = PanelsForm(theme, self.tabs)
        self.marks = MarksForm(self.tabs)
        for title, form in (
            (tr("Picture and format"), self.picture),
            (tr("Panels"), self.panels),
            (tr("Title and logo"), self.marks),
        ):
            self.tabs.addTab(form, title)
            form.edited.connect(self.edited)
        self.tabs.currentChanged.connect(lambda _index: self.marks.leave_card())
        self.preview_frame.changed.connect(self.marks.leave_card)
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.tabBar().setAccessibleName(tr("Options of the film"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.preview, 1)
        column.addWidget(self.preview_frame)
        column.addWidget(self.tabs)

    @property
    def preview_frame_idx(self) -> int | None:
        """The frame that the preview shows, counted in the run's; None for the title card."""
        return None if self.marks.shows_card else self.preview_frame.frame_idx

    @property
    def suffix(self) -> str:
        """Ending of the file's name; empty for a folder."""
        chosen: FilmFormat = self.picture.format.currentData()
        return "" if chosen is FilmFormat.PNG else f".{chosen.value}"

    @property
    def refusal(self) -> str:
        """Why this film cannot be made as it is."""
        try:
            self.spec(None)
        except ConfigError as error:
            return retell(f"{error.message} {error.hint}".strip())
        return self.marks.refusal

    def spec(self, frames: tuple[int, int] | None) -> FilmSpec:
        """The film as it is chosen.

        Raises
        ------
        ConfigError
            If the choices do not go together.
        """
        return FilmSpec(
            layout=self.panels.layout_with(self.picture.backdrop.currentData()),
            look=self.picture.film_look,
            camera=self.picture.film_camera,
            marks=self.marks.marks,
            output=self.picture.output(frames),
        )

    def complete(self, request: ExportRequest) -> ExportRequest:
        """The request with this page's film."""
        return dataclasses.replace(request, film=self.spec(request.frames))
