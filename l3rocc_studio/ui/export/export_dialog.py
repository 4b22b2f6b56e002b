"""The dialog: what, which frames, with which options, where to, and how much it will be."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from l3rocc_studio.model.export_request import DatasetOptions, ExportFormat, ExportRequest
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.export.film_page import FilmPage
from l3rocc_studio.ui.export.format_page import ColmapPage, DatasetPage, FormatPage, GlbPage, PlyPage, VisualPage
from l3rocc_studio.ui.labels import dim_label, hidden_label, show_text
from l3rocc_studio.ui.theme import Theme

_SIZE = QSize(980, 690)
FORMAT_TITLES = {
    ExportFormat.FILM: (N_("Video"), "film"),
    ExportFormat.LEROBOT: (N_("LeRobot dataset"), "dataset"),
    ExportFormat.INTERNDATA: (N_("InternData dataset"), "dataset"),
    ExportFormat.VISUAL: (N_("Visual format"), "layers"),
    ExportFormat.PLY: (N_("PLY cloud"), "cloud"),
    ExportFormat.GLB: (N_("GLB for the web"), "cube"),
    ExportFormat.COLMAP: (N_("COLMAP model"), "camera"),
}
ABOUT_LEROBOT = N_(
    "A LeRobot v2.1 dataset with video, poses, intrinsics, statistics and occupancy; the LeRobot loader opens it."
)
ABOUT_INTERNDATA = N_(
    "A trajectory folder in the InternData-N1 layout, with occupancy files as the original L3ROcc writes them."
)
ENDINGS = {
    ExportFormat.LEROBOT: "_lerobot",
    ExportFormat.INTERNDATA: "_interndata",
    ExportFormat.VISUAL: "_visual",
    ExportFormat.PLY: ".ply",
    ExportFormat.GLB: ".glb",
    ExportFormat.COLMAP: "_colmap",
}
ALL_FRAMES, IN_OUT, CHOSEN = "all", "in_out", "chosen"


class ExportDialog(QDialog):
    """Makes an :class:`ExportRequest`.

    Parameters
    ----------
    name
        Of the source, for the suggested file name.
    folder
        Where exports went the last time.
    num_frames
        Of the run.
    in_out
        The range on the timeline.
    words
        Task and robot of datasets as they were given the last time.

    Signals
    -------
    edited
        The request would be another one now: forecast and preview should follow.
    export_wanted (ExportRequest)
        Export was pressed.
    """

    edited = Signal()
    export_wanted = Signal(object)

    def __init__(
        self,
        name: str,
        folder: Path,
        num_frames: int,
        in_out: tuple[int, int],
        theme: Theme,
        parent: QWidget | None = None,
        words: DatasetOptions | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Export"))
        self.resize(_SIZE)
        self._name, self._folder = name, folder
        self._num_frames, self._in_out = num_frames, in_out
        self._is_path_typed = False
        self.list = QListWidget(self)
        self.list.setObjectName("palette")
        self.list.setAccessibleName(tr("Formats"))
        self.list.setFixedWidth(180)
        self.pages = QStackedWidget(self)
        self.film_page = FilmPage(theme, self)
        self._visual_page = VisualPage(self)
        self._pages: dict[ExportFormat, FilmPage | FormatPage] = {
            ExportFormat.FILM: self.film_page,
            ExportFormat.LEROBOT: DatasetPage(tr(ABOUT_LEROBOT), words or DatasetOptions(), "camera", self),
            ExportFormat.INTERNDATA: DatasetPage(tr(ABOUT_INTERNDATA), words or DatasetOptions(), "unknown", self),
            ExportFormat.VISUAL: self._visual_page,
            ExportFormat.PLY: PlyPage(self),
            ExportFormat.GLB: GlbPage(self),
            ExportFormat.COLMAP: ColmapPage(self),
        }
        for form, page in self._pages.items():
            title, icon = FORMAT_TITLES[form]
            item = QListWidgetItem(theme.icon(icon), tr(title), self.list)
            item.setSizeHint(QSize(0, 36))
            self.pages.addWidget(page)
            page.edited.connect(self._update)
        self.frames = QComboBox(self)
        self.first, self.last = self._frame_box(tr("First frame")), self._frame_box(tr("Last frame"))
        self.path = QLineEdit(self)
        self.path.setAccessibleName(tr("Save to"))
        self.forecast = QLabel("", self)
        self.forecast.setObjectName("small")
        self.forecast.setWordWrap(True)
        self.refusal = hidden_label("error", self)
        self._lay_out()
        self._fill_frames()
        self.list.currentRowChanged.connect(self._choose_row)
        self.list.setCurrentRow(0)
        self.list.setFocus()

    @property
    def format(self) -> ExportFormat:
        """What is chosen."""
        return tuple(self._pages)[max(self.list.currentRow(), 0)]

    @property
    def out(self) -> Path:
        """Where to."""
        return Path(self.path.text().strip()).expanduser()

    @property
    def shown_frames(self) -> tuple[int, int] | None:
        """The range as chosen, or None for all."""
        kind = self.frames.currentData()
        if not self.format.has_frames or kind == ALL_FRAMES:
            return None
        if kind == IN_OUT:
            return self._in_out
        return self.first.value(), self.last.value()

    def choose(self, form: ExportFormat) -> None:
        """Show a format."""
        self.list.setCurrentRow(tuple(self._pages).index(form))

    def why_not(self) -> str:
        """Why this cannot be exported as it is; empty if it can."""
        page = self._pages[self.format]
        refusal = page.refusal if isinstance(page, FilmPage | VisualPage) else ""
        frames = self.shown_frames
        if not refusal and frames is not None and frames[0] > frames[1]:
            refusal = tr("The first frame comes after the last one.")
        if not refusal and not self.path.text().strip():
            refusal = tr("Choose where to save.")
        return refusal

    def request(self, *, overwrite: bool = False) -> ExportRequest:
        """What is asked for; only while :meth:`why_not` is empty."""
        plain = ExportRequest(format=self.format, out=self.out, overwrite=overwrite, frames=self.shown_frames)
        return self._pages[self.format].complete(plain)

    def say_forecast(self, text: str) -> None:
        """Say how much it will be."""
        self.forecast.setText(text)

    def _lay_out(self) -> None:
        self._frames_row = QWidget(self)
        row = QHBoxLayout(self._frames_row)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (dim_label(tr("Range"), self), self.frames, self.first, self.last):
            row.addWidget(widget)
        row.addStretch(1)
        browse = QPushButton(tr("Choose…"), self)
        browse.clicked.connect(self._browse)
        where = QHBoxLayout()
        where.setSpacing(8)
        where.addWidget(dim_label(tr("Save to"), self))
        where.addWidget(self.path, 1)
        where.addWidget(browse)
        self.export_button = QPushButton(tr("Export"), self)
        self.export_button.setProperty("primary", "true")
        self.export_button.setDefault(True)
        self.export_button.clicked.connect(lambda: self.export_wanted.emit(self.request()))
        cancel = QPushButton(tr("Cancel"), self)
        cancel.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.forecast, 1)
        foot.addWidget(cancel)
        foot.addWidget(self.export_button)
        right = QVBoxLayout()
        right.setSpacing(12)
        right.addWidget(self.pages, 1)
        right.addWidget(self._frames_row)
        right.addLayout(where)
        right.addWidget(self.refusal)
        right.addLayout(foot)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(14, 14, 16, 14)
        outer.setSpacing(14)
        outer.addWidget(self.list)
        outer.addLayout(right, 1)
        self.path.textEdited.connect(self._path_typed)

    def _fill_frames(self) -> None:
        self.frames.setAccessibleName(tr("Frames"))
        self.frames.addItem(tr("all {num_frames}").format(num_frames=self._num_frames), ALL_FRAMES)
        if self._in_out != (0, self._num_frames - 1):
            self.frames.addItem(
                tr("in to out: {first} to {last}").format(first=self._in_out[0], last=self._in_out[1]), IN_OUT
            )
            self.frames.setCurrentIndex(1)
        self.frames.addItem(tr("from … to …"), CHOSEN)
        self.last.setValue(self._num_frames - 1)
        self.frames.currentIndexChanged.connect(lambda _index: self._update())

    def _frame_box(self, name: str) -> QSpinBox:
        box = QSpinBox(self)
        box.setRange(0, self._num_frames - 1)
        box.setAccessibleName(name)
        box.valueChanged.connect(lambda _value: self._update())
        return box

    def _choose_row(self, row: int) -> None:
        self.pages.setCurrentIndex(row)
        self.say_forecast("")  # what is said of another format is wrong of this one
        self._is_path_typed = False
        self._update()

    def _path_typed(self, _text: str) -> None:
        self._is_path_typed = True
        self._update()

    def _update(self) -> None:
        """Follow a change of any choice."""
        self._frames_row.setVisible(self.format.has_frames)
        for box in (self.first, self.last):
            box.setVisible(self.frames.currentData() == CHOSEN)
        if not self._is_path_typed:
            self.path.setText(str(self._suggestion()))
        refusal = self.why_not()
        show_text(self.refusal, refusal)
        self.export_button.setEnabled(not refusal)
        self.export_button.setToolTip(refusal)
        self.edited.emit()

    def _suggestion(self) -> Path:
        if self.format is ExportFormat.FILM:
            return self._folder / f"{self._name}_panels{self.film_page.suffix}"
        return self._folder / f"{self._name}{ENDINGS[self.format]}"

    def _browse(self) -> None:
        chosen, _ = QFileDialog.getSaveFileName(
            self, tr("Choose where to save"), str(self.out), options=QFileDialog.Option.DontConfirmOverwrite
        )
        if chosen:
            path = Path(chosen)
            wanted = self._suggestion().suffix
            self.path.setText(str(path if path.suffix or not wanted else path.with_suffix(wanted)))
            self._path_typed("")


def replaces(request: ExportRequest) -> bool:
    """Whether something is in the way of an export."""
    out = request.out
    return out.exists() and not (request.format.is_folder and out.is_dir() and not any(out.iterdir()))


def with_overwrite(request: ExportRequest) -> ExportRequest:
    """The same request, allowed to replace an earlier export."""
    return dataclasses.replace(request, overwrite=True)
