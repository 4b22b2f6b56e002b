"""The dialog: what is there, the authors' terms, and what can be done."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from l3rocc_engine.backends.pi3.weights import LICENCE_NOTICE, URL
from l3rocc_engine.errors import L3roccError
from l3rocc_engine.progress import StageStatus
from l3rocc_engine.storage.space import readable_size
from l3rocc_studio.model.words import N_, retell, tr
from l3rocc_studio.services.weights_service import WeightsStatus
from l3rocc_studio.ui.card import make_card
from l3rocc_studio.ui.facts_table import FactsTable
from l3rocc_studio.ui.labels import hidden_label, show_text
from l3rocc_studio.ui.weights.transfer_bar import TransferBar

_WIDTH_PX = 680
LOOKING = N_("Looking for the weights…")
NOT_ACCEPTED = N_("Accept the terms first.")
BUSY = N_("Something is in progress.")
BUSY_ELSEWHERE = N_("Another window or command is downloading or copying the weights.")


class WeightsDialog(QDialog):
    """Shows a :class:`WeightsStatus` and asks for jobs; it does none itself.

    Signals
    -------
    download_wanted, verify_wanted, remove_wanted, cancel_wanted, file_wanted
        A button was pressed.
    """

    download_wanted = Signal()
    verify_wanted = Signal()
    remove_wanted = Signal()
    cancel_wanted = Signal()
    file_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("π³ network weights"))
        self.setFixedWidth(_WIDTH_PX)
        self._status: WeightsStatus | None = None
        self._is_busy = False
        self.headline = QLabel("", self)
        self.headline.setObjectName("title")
        self.headline.setWordWrap(True)
        self.place = hidden_label("error", self)
        self.place_hint = hidden_label("dim", self)
        self.facts = FactsTable(self)
        self.accepted_terms = QCheckBox(tr("I accept these terms"), self)
        self.accepted_terms.toggled.connect(self._update)
        self.url = _field(tr("Mirror to download from"), URL, self)
        self.sha256 = _field(
            tr("SHA-256 that the file must have"), tr("as announced by the server, noted at the first check"), self
        )
        self.transfer = TransferBar(self)
        self.transfer.cancel_wanted.connect(self.cancel_wanted)
        self.message = hidden_label("small", self)
        self.failure = hidden_label("error", self)
        self.hint = hidden_label("dim", self)
        self._lay_out()
        self._update()

    def show_status(self, status: WeightsStatus, *, is_accepted: bool) -> None:
        """Show what is on the disk; once the file is there, what failed before is over."""
        if status.found and self._status is not None and not self._status.found:
            self._show_failure_texts("", "")
        self._status = status
        self.accepted_terms.setChecked(is_accepted or status.is_ours)
        self._update()
        self._fit()

    @property
    def is_waiting(self) -> bool:
        """Whether another program is at work on the folder, so that it is worth looking again soon."""
        return self.isVisible() and not self._is_busy and self._status is not None and self._status.is_busy

    def show_busy(self, *, is_busy: bool, text: str = "") -> None:
        """Something started, which ``text`` says until there are numbers, or ended."""
        self._is_busy = is_busy
        if is_busy:
            self.say("")
        self.transfer.show_running(is_running=is_busy, text=text)
        self._update()
        self._fit()

    def show_progress(self, status: StageStatus) -> None:
        """How far it is."""
        self.transfer.show_status(status)

    def say(self, text: str) -> None:
        """Tell a good end; takes an earlier failure away."""
        show_text(self.message, retell(text))
        self._show_failure_texts("", "")
        self._fit()

    def show_failure(self, error: L3roccError) -> None:
        """Tell a bad end."""
        self.say("")
        self._show_failure_texts(retell(error.message), retell(error.hint))
        self._fit()

    def _show_failure_texts(self, message: str, hint: str) -> None:
        for label, content in ((self.failure, message), (self.hint, hint)):
            show_text(label, content)

    def _lay_out(self) -> None:
        terms = QLabel(retell(LICENCE_NOTICE), self)
        terms.setWordWrap(True)
        terms.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._terms_card = make_card(self, tr("AUTHORS' TERMS"), terms, self.accepted_terms)
        fields = QWidget(self)
        form = QFormLayout(fields)
        form.setContentsMargins(0, 0, 0, 0)
        form.addRow(tr("Download from"), self.url)
        form.addRow(tr("SHA-256"), self.sha256)
        self.more = QToolButton(self)
        self.more.setObjectName("notes")
        self.more.setText(tr("Other source or digest"))
        self.more.setCheckable(True)
        self.more.setArrowType(Qt.ArrowType.RightArrow)
        self.more.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._source_card = make_card(self, "", fields)
        self._source_card.hide()
        self.more.toggled.connect(self._show_more)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 16)
        column.setSpacing(10)
        for widget in (
            make_card(self, tr("STATUS"), self.headline, self.facts, self.place, self.place_hint),
            self._terms_card,
            self.more,
            self._source_card,
            self.transfer,
            self.message,
            self.failure,
            self.hint,
        ):
            column.addWidget(widget)
        column.addLayout(self._make_buttons())

    def _make_buttons(self) -> QHBoxLayout:
        self.download_button = QPushButton(tr("Download"), self)
        self.download_button.setProperty("primary", "true")
        self.add_button = QPushButton(tr("Use a file…"), self)
        self.verify_button = QPushButton(tr("Verify"), self)
        self.remove_button = QPushButton(tr("Remove"), self)
        close = QPushButton(tr("Close"), self)
        self.download_button.clicked.connect(self.download_wanted)
        self.add_button.clicked.connect(self.file_wanted)
        self.verify_button.clicked.connect(self.verify_wanted)
        self.remove_button.clicked.connect(self.remove_wanted)
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.verify_button, self.remove_button):
            row.addWidget(button)
        row.addStretch(1)
        for button in (self.add_button, self.download_button, close):
            row.addWidget(button)
        return row

    def _show_more(self, is_shown: bool) -> None:
        self.more.setArrowType(Qt.ArrowType.DownArrow if is_shown else Qt.ArrowType.RightArrow)
        self._source_card.setVisible(is_shown)
        self._fit()

    def _fit(self) -> None:
        # Once more when the layout has settled: a label that just appeared has no height before.
        self._resize()
        QTimer.singleShot(0, self, self._resize)

    def _resize(self) -> None:
        """As high as the wrapped text needs at this width; Qt's own size hint forgets the wrapping."""
        self._column.activate()
        self.setFixedHeight(self._column.totalHeightForWidth(_WIDTH_PX))

    def _update(self) -> None:
        status = self._status
        if status is None:
            for button in (self.download_button, self.add_button, self.verify_button, self.remove_button):
                _allow(button, tr(LOOKING))
            self.headline.setText(tr(LOOKING))
            return
        self.headline.setText(_headline(status, is_ours=self._is_busy))
        self.facts.show_facts(_facts(status))
        is_placeless = bool(status.place_problem) and not status.is_busy
        for label, text in ((self.place, status.place_problem), (self.place_hint, status.place_hint)):
            label.setText(retell(text))
            label.setVisible(is_placeless)
        self.download_button.setText(tr("Continue download") if status.unfinished_bytes else tr("Download"))
        terms = "" if self.accepted_terms.isChecked() else tr(NOT_ACCEPTED)
        there = tr("The weights are already installed.") if status.found else ""
        _allow(self.download_button, self._busy_or(there or retell(status.place_problem) or terms))
        _allow(self.add_button, self._busy_or(there or retell(status.place_problem) or terms))
        _allow(self.verify_button, self._busy_or("" if status.found else tr("There is no file to verify.")))
        own = status.is_ours or status.unfinished_bytes or status.problem
        kept = (
            tr("The file in use belongs to another program; remove it there.")
            if status.found
            else tr("There is nothing to remove.")
        )
        _allow(self.remove_button, self._busy_or("" if own else kept))
        for field in (self.url, self.sha256):
            field.setEnabled(not self._is_busy)

    def _busy_or(self, refusal: str) -> str:
        if self._is_busy:
            return tr(BUSY)
        return tr(BUSY_ELSEWHERE) if self._status and self._status.is_busy else refusal


def _allow(button: QPushButton, refusal: str) -> None:
    button.setEnabled(not refusal)
    button.setToolTip(refusal)


def _field(name: str, placeholder: str, parent: QWidget) -> QLineEdit:
    field = QLineEdit(parent)
    field.setAccessibleName(name)
    field.setToolTip(name)
    field.setPlaceholderText(placeholder)
    return field


def _headline(status: WeightsStatus, *, is_ours: bool) -> str:
    if status.is_busy and not is_ours:
        return tr(BUSY_ELSEWHERE)
    if status.found:
        return tr("The weights are installed; π³ can be chosen as the engine.")
    if status.problem:
        return retell(status.problem)
    return tr("The weights are not installed. Without them the built-in engine is used.")


def _facts(status: WeightsStatus) -> list[tuple[str, str]]:
    facts = [(tr("File"), str(status.found))] if status.found else [(tr("Folder"), str(status.folder))]
    facts.append((tr("Size"), readable_size(status.wanted_bytes)))
    if status.unfinished_bytes and not status.found:
        facts.append(
            (
                tr("Downloaded"),
                tr("{readable_size} so far; the download resumes from there").format(
                    readable_size=readable_size(status.unfinished_bytes)
                )
                if not status.is_busy
                else readable_size(status.unfinished_bytes),
            )
        )
    if not status.found:
        facts.append((tr("Free space"), _free_text(status)))
    if status.found and status.sha256:
        facts.append(("SHA-256", f"{status.sha256[:20]}…{status.sha256[-8:]}"))
    return facts


def _free_text(status: WeightsStatus) -> str:
    free = readable_size(status.free_bytes)
    left = status.free_bytes - (status.wanted_bytes - status.unfinished_bytes)
    if status.place_problem or status.is_busy or left < 0:
        return free
    return tr("{free}; {left} left after the download").format(free=free, left=readable_size(left))


def suggested_folder(status: WeightsStatus | None) -> Path:
    """Where to start looking for a file."""
    return status.folder if status and status.folder.is_dir() else Path.home()
