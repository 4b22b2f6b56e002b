"""Says over a 3D view that clicks measure there, whichever page of the side bar is shown."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.theme import Theme
from l3rocc_studio.ui.view_overlay import ViewOverlay

MARGIN = 10


class MeasureChip(ViewOverlay):
    """A small card at the lower right of its view while distances are measured, with a button that ends it.

    Parameters
    ----------
    on_end
        Ends measuring.
    theme
        Tints the button.
    parent
        The view that it stands in.
    """

    def __init__(self, on_end: Callable[[], object], theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._theme = theme
        self._texts: tuple[str, ...] = ("",)
        self.text = QLabel("", self)
        self.text.setObjectName("small")
        self.end = QToolButton(self)
        self.end.setObjectName("narrow")
        self.end.setToolTip(tr("Stop measuring (Esc)"))
        self.end.setAccessibleName(tr("Stop measuring"))
        self.end.clicked.connect(lambda _checked=False: on_end())
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 3, 4, 3)
        row.setSpacing(6)
        row.addWidget(self.text)
        row.addWidget(self.end)
        theme.changed.connect(self._tint)
        self._tint()

    def show_step(self, *, is_on: bool, has_first: bool) -> None:
        """Say which click is next; nothing while clicks do not measure."""
        said = tr("Measuring · second point") if has_first else tr("Measuring · first point")
        self._texts = (said, tr("Measuring"))
        self.setVisible(is_on)
        self._place()

    def _place(self) -> None:
        view = self.parentWidget()
        if view is None:
            return
        for text in self._texts:
            self.text.setText(text)
            self.adjustSize()
            if self.width() + 2 * MARGIN < view.width() / 2:
                break  # the legend has the other half
        self.move(max(0, view.width() - self.width() - MARGIN), max(0, view.height() - self.height() - MARGIN))

    def _tint(self) -> None:
        self.end.setIcon(self._theme.icon("close"))
