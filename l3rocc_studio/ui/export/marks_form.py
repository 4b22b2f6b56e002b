"""What is written on a film: a title card, a logo, a line in the corner."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QWidget

from l3rocc_studio.model.film_spec import MAX_TITLE_S, FilmMarks
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.export.film_fields import allow, make_check, make_form, make_line, make_number, make_pair

PICTURES = N_("Pictures (*.png *.jpg *.jpeg *.webp)")
NO_TITLE = N_("Write a title first.")
NO_WATERMARK = N_("Tick the watermark first.")
_LEAST_TITLE_S = 0.1


class MarksForm(QWidget):
    """Makes :class:`FilmMarks`.

    Signals
    -------
    edited
        Something was changed.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        usual, change = FilmMarks(), self._change
        self.title = make_line(tr("Title"), tr("no title card"), change, self)
        self.subtitle = make_line(tr("Second line of the title card"), tr("none"), change, self)
        self.title_s = make_number(
            tr("Seconds that the title card stays"),
            change,
            self,
            least=_LEAST_TITLE_S,
            most=MAX_TITLE_S,
            value=usual.title_s,
        )
        self.title_s.setDecimals(1)
        self.title_s.setSuffix(tr(" s"))
        self.card = QPushButton(tr("Show the card"), self)
        self.card.setCheckable(True)
        self.card.setAutoDefault(False)
        self.card.toggled.connect(lambda _on: self.edited.emit())
        self.logo = make_line(tr("Picture in the lower right corner"), tr("none"), change, self)
        self.choose = QPushButton(tr("Choose…"), self)
        self.choose.setAutoDefault(False)
        self.choose.clicked.connect(self._choose_logo)
        self.has_watermark = make_check(
            tr("Watermark"),
            change,
            self,
            is_on=usual.has_watermark,
            tooltip=tr("A line in the lower left corner"),
        )
        self.watermark = make_line(tr("Text of the watermark"), tr("what made this run"), change, self)
        self._lay_out()
        self._allow()

    @property
    def refusal(self) -> str:
        """Why these marks cannot be made; empty if they can."""
        logo = self._logo
        if logo is not None and not logo.is_file():
            return tr("There is no picture {name} for the logo.").format(name=logo)
        return ""

    @property
    def marks(self) -> FilmMarks:
        """As they are chosen."""
        return FilmMarks(
            title=self.title.text().strip(),
            subtitle=self.subtitle.text().strip(),
            title_s=self.title_s.value(),
            logo=self._logo,
            has_watermark=self.has_watermark.isChecked(),
            watermark=self.watermark.text().strip(),
        )

    @property
    def shows_card(self) -> bool:
        """Whether the preview is to show the title card."""
        return self.card.isChecked() and self.card.isEnabled()

    def leave_card(self) -> None:
        """Let the preview show a frame again."""
        self.card.setChecked(False)

    @property
    def _logo(self) -> Path | None:
        text = self.logo.text().strip()
        return Path(text).expanduser().absolute() if text else None

    def _lay_out(self) -> None:
        card, logo = (
            make_pair(self, field, button) for field, button in ((self.title_s, self.card), (self.logo, self.choose))
        )
        left = make_form(
            self,
            ((tr("Title"), self.title), (tr("Second line"), self.subtitle), (tr("Title card for"), card)),
        )
        right = make_form(self, ((tr("Logo"), logo),))
        right.addRow(self.has_watermark)
        right.addRow(self.watermark)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 10, 0, 0)
        columns.setSpacing(18)
        columns.addLayout(left, 1)
        columns.addLayout(right, 1)

    def _choose_logo(self) -> None:
        here = self._logo
        chosen, _ = QFileDialog.getOpenFileName(
            self, tr("Choose a logo"), str(here.parent if here else ""), tr(PICTURES)
        )
        if chosen:
            self.logo.setText(chosen)

    def _change(self) -> None:
        self._allow()
        self.edited.emit()

    def _allow(self) -> None:
        no_title = "" if self.title.text().strip() else tr(NO_TITLE)
        for field in (self.subtitle, self.title_s):
            allow(field, field.accessibleName(), no_title)
        allow(self.card, tr("Show the title card above"), no_title)
        allow(
            self.watermark,
            self.watermark.accessibleName(),
            "" if self.has_watermark.isChecked() else tr(NO_WATERMARK),
        )
