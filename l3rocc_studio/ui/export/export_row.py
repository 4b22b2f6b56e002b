"""One export in the list."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from l3rocc_studio.model.export_request import ExportFormat
from l3rocc_studio.model.exports import ExportState
from l3rocc_studio.model.job import JobPhase
from l3rocc_studio.model.stage_words import stage_text
from l3rocc_studio.model.words import N_, retell, tr
from l3rocc_studio.ui.job_card import left_text
from l3rocc_studio.ui.labels import hidden_label
from l3rocc_studio.ui.theme import Theme

PHASE_WORDS = {
    JobPhase.IDLE: N_("Queued"),
    JobPhase.CANCELLING: N_("Stopping…"),
    JobPhase.DONE: N_("Done"),
    JobPhase.CANCELLED: N_("Stopped"),
}


class ExportRow(QWidget):
    """Name, bar and what can be done with it now."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.state: ExportState | None = None
        self._theme = theme
        self.name = QLabel("", self)
        self.name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.detail = QLabel("", self)
        self.detail.setObjectName("small")
        self.failure = hidden_label("error", self)
        self.bar = QProgressBar(self)
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(tr("Progress of the export"))
        self.cancel_button = self._button("stop", tr("Stop"))
        self.open_button = self._button("open", tr("Open the folder"))
        self.file_button = self._button("play", tr("Open the file"))
        self.retry_button = self._button("loop", tr("Try again"))
        self.forget_button = self._button("close", tr("Remove from the list"))
        self._buttons = {
            self.cancel_button: "stop",
            self.file_button: "play",
            self.open_button: "open",
            self.retry_button: "loop",
            self.forget_button: "close",
        }
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.name, 1)
        line.addWidget(self.detail)
        for button in self._buttons:
            line.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(line)
        column.addWidget(self.bar)
        column.addWidget(self.failure)

    def show_export(self, state: ExportState) -> None:
        """Show where it stands."""
        self.state = state
        self.name.setText(state.request.out.name)
        self.name.setToolTip(str(state.request.out))
        self.detail.setText(_detail(state))
        self.bar.setVisible(state.is_active)
        self.bar.setValue(round(fraction_of(state) * 1000))
        self.failure.setText(retell(f"{state.error.message} {state.error.hint}") if state.error else "")
        self.failure.setVisible(state.error is not None)
        self.cancel_button.setVisible(state.phase in (JobPhase.IDLE, JobPhase.RUNNING))
        self.open_button.setVisible(state.phase is JobPhase.DONE)
        self.file_button.setVisible(state.phase is JobPhase.DONE and state.request.out.is_file())
        self.retry_button.setVisible(state.phase in (JobPhase.FAILED, JobPhase.CANCELLED))
        self.forget_button.setVisible(not state.is_active)
        goes_on = state.phase is JobPhase.FAILED and state.request.format is ExportFormat.FILM
        self.retry_button.setToolTip(
            tr("Try again, going on from the finished pictures") if goes_on else tr("Try again")
        )
        for button, icon in self._buttons.items():
            button.setIcon(self._theme.icon(icon, "text_dim"))

    def _button(self, icon: str, text: str) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(self._theme.icon(icon, "text_dim"))
        button.setToolTip(text)
        button.setAccessibleName(text)
        return button


def fraction_of(state: ExportState) -> float:
    """Done share of the stage that runs."""
    return state.status.fraction if state.status else 0.0


def _detail(state: ExportState) -> str:
    if state.phase is JobPhase.FAILED:
        return tr("Failed")
    if state.phase is not JobPhase.RUNNING:
        return tr(PHASE_WORDS[state.phase])
    if state.status is None:
        return tr("Starting…")
    parts = (stage_text(state.status.event.stage), left_text(state.status))
    return " · ".join(part for part in parts if part)
