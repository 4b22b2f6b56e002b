"""Says that a new scale left the range nearly empty, and grows it with one click."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from l3rocc_engine.errors import L3roccError
from l3rocc_studio.model.edits import Edit
from l3rocc_studio.model.held_range import HeldRange, held_range
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.view_overlay import ViewOverlay

if TYPE_CHECKING:
    from l3rocc_engine.config import PipelineConfig
    from l3rocc_engine.run import Run
    from l3rocc_studio.ui.studio import Studio

MARGIN, WIDTH_PX = 10, 360
TOP = 56
"""Below the bar that stands at the top while the range is edited."""


class RangeHintBar(ViewOverlay):
    """A sentence and two buttons at the top of a panel's view."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.text = QLabel("", self)
        self.text.setObjectName("small")
        self.text.setWordWrap(True)
        self.grow = QPushButton(tr("Grow the range"), self)
        self.grow.setProperty("primary", True)
        self.dismiss = QPushButton(tr("Leave it"), self)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.grow)
        buttons.addWidget(self.dismiss)
        buttons.addStretch(1)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 8, 12, 10)
        self._column.setSpacing(8)
        self._column.addWidget(self.text)
        self._column.addLayout(buttons)

    def say(self, sentence: str, tooltip: str) -> None:
        """Show a sentence."""
        self.text.setText(sentence)
        self.grow.setToolTip(tooltip)
        self.show()
        self._place()

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            width = min(max(parent.width() - 2 * MARGIN, self.minimumSizeHint().width()), WIDTH_PX)
            self.setFixedSize(width, self._column.totalHeightForWidth(width))
            self.move((parent.width() - self.width()) // 2, TOP)


class RangeHint:
    """Watches for a scale that makes the scene outgrow its range."""

    def __init__(self, studio: Studio) -> None:
        self._studio, self._session = studio, studio.session
        self._before: Run | None = studio.session.run
        self._held: HeldRange | None = None
        self.bar: RangeHintBar | None = None
        self._disconnects = [
            studio.session.run_changed.connect(self._look),
            studio.session.config_changed.connect(self._forget_if_changed),
        ]
        studio.ready.connect(self._host)

    def shut_down(self) -> None:
        """Stop listening."""
        for disconnect in self._disconnects:
            disconnect()
        self._disconnects = []
        self._before = None

    def _host(self) -> None:
        view = self._studio.window.cloud_panel.view
        if view is not None:
            self.bar = RangeHintBar(view)
            self.bar.grow.clicked.connect(lambda _checked=False: self._grow())
            self.bar.dismiss.clicked.connect(lambda _checked=False: self._forget())

    def _look(self) -> None:
        before, self._before = self._before, self._session.run
        now = self._before
        self._held = None if before is None or now is None else held_range(before, now)
        if self.bar is None:
            return
        if self._held is None or not self._held.is_too_small:
            self.bar.hide()
            return
        sentence = tr("At this scale the range holds {share:.0%} of what it held.").format(share=self._held.share)
        low, high = self._held.grown[:3], self._held.grown[3:]
        size = " × ".join(f"{b - a:.2f}" for a, b in zip(low, high, strict=True))
        self.bar.say(sentence, tr("Make the range {size} m and compute the occupancy in it").format(size=size))

    def _forget_if_changed(self) -> None:
        run = self._session.run
        if run is not None and run.config.pc_range != self._session.config.pc_range:
            self._forget()

    def _forget(self) -> None:
        self._held = None
        if self.bar is not None:
            self.bar.hide()

    def _grow(self) -> None:
        held, before = self._held, self._session.config
        if held is None:
            return
        try:
            grown = before.with_changes({"pc_range": list(held.grown)})
        except L3roccError as error:
            self._studio.messages.show_error(tr("Grow the range"), error)
            return
        redo, undo = partial(self._set, grown), partial(self._set, before)
        self._session.edits.do(Edit(label=tr("Grow the range"), redo=redo, undo=undo))
        self._studio.processor.start()

    def _set(self, config: PipelineConfig) -> None:
        self._session.set_config(config)
