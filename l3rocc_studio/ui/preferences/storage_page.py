"""Disk space that the studio takes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSpinBox, QVBoxLayout, QWidget

from l3rocc_engine.storage.space import readable_size
from l3rocc_studio.model.words import tr
from l3rocc_studio.services.run_folders import RunFolder
from l3rocc_studio.ui.card import make_card
from l3rocc_studio.ui.facts_table import FactsTable
from l3rocc_studio.ui.labels import dim_label

_DAY_S = 86_400.0


class StoragePage(QWidget):
    """Shows the working folders and asks to remove old ones.

    Signals
    -------
    remove_wanted (tuple of RunFolder)
        The person wants these gone.
    """

    remove_wanted = Signal(object)

    def __init__(self, root: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._root = root
        self._folders: tuple[RunFolder, ...] = ()
        self._now_s = 0.0
        self.facts = FactsTable(self)
        self.days = QSpinBox(self)
        self.days.setRange(0, 365)
        self.days.setValue(30)
        self.days.setSuffix(tr(" days"))
        self.days.setAccessibleName(tr("Days unused"))
        self.days.valueChanged.connect(lambda _days: self._count())
        self.remove_button = QPushButton(tr("Remove"), self)
        self.remove_button.clicked.connect(lambda: self.remove_wanted.emit(self.old_folders))
        self.message = QLabel("", self)
        self.message.setObjectName("small")
        self.message.setWordWrap(True)
        self.open_button = QPushButton(tr("Open the folder"), self)
        self.open_button.clicked.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(root))))
        self._lay_out()
        self.show_folders(None, 0.0)

    @property
    def old_folders(self) -> tuple[RunFolder, ...]:
        """Those that were not used for as long as is chosen."""
        limit_s = self._now_s - self.days.value() * _DAY_S
        return tuple(folder for folder in self._folders if folder.used_at_s <= limit_s)

    def show_folders(self, folders: Sequence[RunFolder] | None, now_s: float) -> None:
        """Show what was found; None while it is being counted."""
        self._folders, self._now_s = tuple(folders or ()), now_s
        total = tr("counting…") if folders is None else readable_size(sum(folder.num_bytes for folder in folders))
        number = "" if folders is None else f"{len(folders)}"
        self.facts.show_facts([(tr("Folder"), str(self._root)), (tr("Sources"), number), (tr("Size"), total)])
        self._count()

    def say(self, text: str) -> None:
        """Tell how removing went."""
        self.message.setText(text)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(dim_label(tr("Unused for"), self))
        row.addWidget(self.days)
        row.addStretch(1)
        row.addWidget(self.remove_button)
        line = QWidget(self)
        line.setLayout(row)
        row.setContentsMargins(0, 0, 0, 0)
        text = QLabel(
            tr(
                "Results and intermediate stages are kept here, so that a source opens at once next time and a "
                "change redoes only the stages after it. Exported datasets and videos are stored elsewhere and "
                "stay."
            ),
            self,
        )
        text.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(make_card(self, tr("WORKING FOLDER"), text, self.facts, self.open_button))
        column.addWidget(make_card(self, tr("FREE UP SPACE"), line, self.message))
        column.addStretch(1)

    def _count(self) -> None:
        old = self.old_folders
        freed = readable_size(sum(folder.num_bytes for folder in old))
        self.remove_button.setText(
            tr("Remove {count} ({freed})").format(count=len(old), freed=freed) if old else tr("Remove")
        )
        self.remove_button.setEnabled(bool(old))
        self.remove_button.setToolTip("" if old else tr("Nothing is that old."))
