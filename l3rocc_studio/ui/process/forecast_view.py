"""What a run would cost, and what to do if it does not fit."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.storage.space import readable_size
from l3rocc_studio.model.counts import frames_text, keyframes_text
from l3rocc_studio.model.outlook import Outlook
from l3rocc_studio.model.words import N_, retell, tr
from l3rocc_studio.ui.labels import hidden_label, show_text
from l3rocc_studio.ui.summary import about_text, between_text

ROUGH = N_("Rough estimate: nothing has been processed on this machine yet.")
BUSY = N_("Other programs keep this machine busy now.")


class ForecastView(QWidget):
    """Two lines of numbers; a warning and a way out where they do not fit.

    Signals
    -------
    proposal_taken (PipelineConfig)
        The person wants the settings that fit.
    """

    proposal_taken = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._outlook: Outlook | None = None
        self._time = hidden_label("", self)
        self._size = QLabel("", self)
        self._size.setObjectName("small")
        self._size.setWordWrap(True)
        self._warning = hidden_label("warning", self)
        self.proposal_button = QPushButton("", self)
        self.proposal_button.clicked.connect(self._take_proposal)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self._time, self._size, self._warning, self.proposal_button):
            column.addWidget(widget)
        self.show_outlook(None)

    @property
    def text(self) -> str:
        """Everything that is said."""
        labels = (self._time, self._size, self._warning)
        return "\n".join(label.text() for label in labels if label.text())

    def show_outlook(self, outlook: Outlook | None) -> None:
        """Tell what is ahead; nothing hides the view."""
        self._outlook = outlook
        forecast = outlook.forecast if outlook else None
        self.setVisible(bool(outlook and (forecast or outlook.refusal)))
        is_there = outlook is not None and forecast is not None and not outlook.is_done
        self._time.setText(_time_text(outlook) if outlook else "")
        self._time.setVisible(bool(self._time.text()))
        self._size.setText(_size_text(outlook) if outlook and is_there else "")
        self._size.setVisible(is_there)
        show_text(self._warning, _warning_text(outlook) if outlook else "")
        proposal = outlook.proposal if outlook else None
        self.proposal_button.setVisible(proposal is not None)
        if outlook is not None and proposal is not None:
            self.proposal_button.setText(
                tr("Use {changes}").format(changes=changes_text(outlook.config, proposal.config))
            )
            fits = tr("{size} memory, {time}").format(
                size=readable_size(proposal.forecast.memory_bytes),
                time=about_text(proposal.forecast.seconds),
            )
            self.proposal_button.setToolTip(tr("Fits this machine: {fits}").format(fits=fits))

    def _take_proposal(self) -> None:
        if self._outlook is not None and self._outlook.proposal is not None:
            self.proposal_taken.emit(self._outlook.proposal.config)


def changes_text(old: PipelineConfig, new: PipelineConfig) -> str:
    """What a proposal changes, in few words."""
    parts = []
    if new.voxel_size != old.voxel_size:
        parts.append(tr("{voxel_size:g} voxels").format(voxel_size=new.voxel_size))
    if new.interval != old.interval:
        parts.append(tr("interval {interval}").format(interval=new.interval))
    if new.mesh != old.mesh:
        parts.append(tr("mesh") if new.mesh else tr("no mesh"))
    return ", ".join(parts)


def _time_text(outlook: Outlook) -> str:
    if outlook.is_done and outlook.is_shown:
        return tr("This result is up to date.")
    if outlook.is_done:
        return tr("Already processed with these settings: Process shows it at once.")
    if outlook.forecast is None:
        return ""
    seconds = outlook.forecast.seconds
    text = between_text(seconds, outlook.slowdown * seconds)
    return text[0].upper() + text[1:]


def _size_text(outlook: Outlook) -> str:
    forecast = outlook.forecast
    if forecast is None:
        return ""
    work = forecast.workload
    rough = "" if forecast.num_runs else f"\n{tr(ROUGH)}"
    if outlook.slowdown > 1.0:
        rough = f"{rough}\n{tr(BUSY)}"
    return tr("{frames}, about {keyframes}\nMemory {memory} · disk {disk}{rough}").format(
        frames=frames_text(work.num_frames),
        keyframes=keyframes_text(work.num_keyframes),
        memory=readable_size(forecast.memory_bytes),
        disk=readable_size(forecast.disk_bytes),
        rough=rough,
    )


def _warning_text(outlook: Outlook) -> str:
    if outlook.refusal:
        return retell(outlook.refusal)
    forecast, room, lacks = outlook.forecast, outlook.room, outlook.lacks
    if not lacks or forecast is None or room is None:
        return ""
    needs = {
        "memory": tr("{size} of memory, {free} free").format(
            size=readable_size(forecast.memory_bytes), free=readable_size(room.memory_bytes)
        ),
        "disk": tr("{size} of disk space, {free} free").format(
            size=readable_size(forecast.disk_bytes), free=readable_size(room.disk_bytes)
        ),
    }
    way_out = "" if outlook.proposal else tr(" Process a shorter range, or a smaller box around the camera.")
    return tr("This may not fit: it needs {needs}.{way_out}").format(
        needs=tr(", and ").join(needs[name] for name in lacks), way_out=way_out
    )
