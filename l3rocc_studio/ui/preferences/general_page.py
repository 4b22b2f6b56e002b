"""Look of the window and what it does at its start."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QPushButton, QVBoxLayout, QWidget

from l3rocc_studio.model.words import LANGUAGES, N_, SYSTEM, tr
from l3rocc_studio.ui.card import make_card
from l3rocc_studio.ui.labels import dim_label, hidden_label

LOOKS = ((N_("Follow system"), "system"), (N_("Dark"), "dark"), (N_("Light"), "light"))


class GeneralPage(QWidget):
    """Asks for changes; the owner makes them.

    Signals
    -------
    look_chosen (str)
        One of ``system``, ``dark``, ``light``.
    language_chosen (str)
        ``system``, or the code of a language.
    restart_wanted
        Show the window in the chosen language now.
    """

    look_chosen = Signal(str)
    language_chosen = Signal(str)
    restart_wanted = Signal()

    def __init__(self, look: str, language: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.look = QComboBox(self)
        self.look.setAccessibleName(tr("Theme"))
        for title, name in LOOKS:
            self.look.addItem(tr(title), name)
        self.look.setCurrentIndex(self.look.findData(look))
        self.look.activated.connect(lambda _index: self.look_chosen.emit(self.look.currentData()))
        self.language = QComboBox(self)
        self.language.setAccessibleName(tr("Language"))
        self.language.addItem(tr("System default"), SYSTEM)
        for code, name in LANGUAGES.items():
            self.language.addItem(name, code)
        self.language.setCurrentIndex(max(0, self.language.findData(language)))
        self.language.activated.connect(self._choose_language)
        fields = QWidget(self)
        form = QFormLayout(fields)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(dim_label(tr("Theme"), self), self.look)
        form.addRow(dim_label(tr("Language"), self), self.language)
        self.note = hidden_label("small", self)
        self.note.setText(tr("The language changes after a restart."))
        self.restart = QPushButton(tr("Restart now"), self)
        self.restart.setVisible(False)
        self.restart.setAutoDefault(False)
        self.restart.clicked.connect(lambda _checked=False: self.restart_wanted.emit())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(make_card(self, tr("WINDOW"), fields, self.note, self.restart))
        column.addStretch(1)

    def _choose_language(self, _index: int) -> None:
        self.language_chosen.emit(self.language.currentData())

    def offer_restart(self, *, is_offered: bool, refusal: str) -> None:
        """Offer to show the window in another language now, or say why not now."""
        self.note.setVisible(is_offered)
        self.restart.setVisible(is_offered)
        self.restart.setEnabled(not refusal)
        self.restart.setToolTip(refusal or tr("What is open stays open"))
