"""Beside the picture: what the file is, what its colours mean, and the live camera."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from l3rocc_studio.model.point_coloring import TITLES, Coloring
from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.model.words import N_, retell, tr
from l3rocc_studio.render.inspected_points import PreparedPoints
from l3rocc_studio.ui.facts_table import FactsTable
from l3rocc_studio.ui.inspector.camera_text import camera_facts
from l3rocc_studio.ui.inspector.legend_bar import LegendBar
from l3rocc_studio.ui.labels import hidden_label, show_text

WIDTH_PX = 320
SKIPPED = ("file", "kind", "shown", "notes")
FACT_WORDS = (
    *(N_("axes"), N_("up"), N_("frames"), N_("grid"), N_("range"), N_("voxel size"), N_("points"), N_("lowest")),
    *(N_("highest"), N_("mean"), N_("labels"), N_("run"), N_("unit"), N_("least"), N_("median"), N_("most")),
    *(N_("times seen"), N_("not finite"), N_("voxels in all"), N_("voxels a frame"), N_("grid from")),
    *(N_("columns"), N_("random access"), N_("background"), N_("path"), N_("occupancy")),
)
"""Names of facts, as the engine has them."""


class SidePanel(QFrame):
    """Facts, colouring and camera.

    Signals
    -------
    coloring_asked (Coloring)
        The person wants other colours.
    copy_asked
        The person wants the camera on the clipboard.
    """

    coloring_asked = Signal(object)
    copy_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setFixedWidth(WIDTH_PX)
        self.colors = QComboBox(self)
        self.colors.setAccessibleName(tr("Colour by"))
        self.colors.setToolTip(tr("Colour by (K for the next)"))
        self.colors.activated.connect(lambda index: self.coloring_asked.emit(self.colors.itemData(index)))
        self.legend = LegendBar(self)
        self.facts = FactsTable(self)
        self.notes = hidden_label("small", self)
        self.camera = FactsTable(self)
        self.camera.setAccessibleName(tr("Camera"))
        self.copy = QPushButton(tr("Copy camera"), self)
        self.copy.setToolTip(tr("Copy these values as JSON, for scripts and for l3rocc inspect --camera (C)"))
        self.copy.clicked.connect(self.copy_asked.emit)
        self._lay_out()

    def _lay_out(self) -> None:
        page = QWidget(self)
        page.setObjectName("plain")
        column = QVBoxLayout(page)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(8)
        for title, widgets in (
            (tr("COLOUR BY"), (self.colors, self.legend)),
            (tr("CAMERA"), (self.camera, self.copy)),
            (tr("FILE"), (self.facts, self.notes)),
        ):
            label = QLabel(title, page)
            label.setObjectName("section")
            column.addWidget(label)
            for widget in widgets:
                column.addWidget(widget)
            column.addSpacing(8)
        column.addStretch(1)
        area = QScrollArea(self)
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.addWidget(area)

    def show_prepared(self, prepared: PreparedPoints) -> None:
        """Show what the colours mean, and what else there is to choose."""
        self.colors.clear()
        for coloring in prepared.colorings:
            self.colors.addItem(tr(TITLES[coloring]), coloring)
        self.colors.setCurrentIndex(prepared.colorings.index(prepared.coloring))
        is_alone = len(prepared.colorings) == 1
        self.colors.setEnabled(not is_alone)
        self.colors.setToolTip(
            tr("There is nothing else to colour by") if is_alone else tr("Colour by (K for the next)")
        )
        self.legend.show_legend(prepared.legend)

    def next_coloring(self) -> Coloring:
        """What comes after the colouring that is shown, in a circle."""
        index = (self.colors.currentIndex() + 1) % max(1, self.colors.count())
        coloring: Coloring = self.colors.itemData(index)
        return coloring

    def show_facts(self, facts: dict[str, Any]) -> None:
        """Show numbers about the file and the frame."""
        shown = [(_word(name), retell(readable(value))) for name, value in facts.items() if name not in SKIPPED]
        self.facts.show_facts(shown)
        notes = facts.get("notes", [])
        show_text(self.notes, "\n".join(map(retell, notes)))

    def show_camera(self, pose: CameraPose) -> None:
        """Show the live camera values."""
        self.camera.show_facts(camera_facts(pose))


def readable(value: Any) -> str:
    """A fact as people read it."""
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list):
        return "  ".join(readable(item) for item in value)
    if isinstance(value, dict):
        return "\n".join(f"{_word(key)}  {readable(item)}" for key, item in value.items())
    return str(value)


def _word(name: str) -> str:
    """Name of a fact; names that are values themselves, such as labels, stay."""
    return tr(name) if name in FACT_WORDS else retell(name)
