"""Fields of the cloud panel's look."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from l3rocc_studio.model.looks import CloudColor, CloudFilter, CloudLook
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.card import make_card
from l3rocc_studio.ui.labels import show_text
from l3rocc_studio.ui.looks.fields import allow_choice, in_columns, named_rows, show_choice
from l3rocc_studio.ui.looks.labels import CLOUD_COLORS, DEPTH_ORIGINS, PALETTES
from l3rocc_studio.ui.looks.look_form import LookForm, percent_text
from l3rocc_studio.ui.looks.slider_row import SliderRow

if TYPE_CHECKING:
    from l3rocc_studio.render.cloud_measures import CloudMeasures

MOST_EDGE = 0.3
SPAN_MARGIN = 0.1
NO_COUNT = N_("This result does not say how often points were seen. Process the source again.")
NO_EDGE = N_("This result does not say which points lie on depth edges. Process the source again.")
NO_RUN = N_("Process the source first.")
_PARTS = (
    ("has_path", N_("Path"), N_("The camera path: bright so far, pale ahead")),
    ("has_camera", N_("Camera"), N_("Position and direction of the camera at this frame")),
    ("has_picture", N_("Picture in camera"), N_("The current frame in the current camera")),
    ("has_keyframes", N_("Keyframes"), N_("All keyframe cameras; click one to go there")),
    ("has_occupancy", N_("Occupancy"), N_("Voxels occupied up to the current frame, as dark cubes")),
    ("is_growing", N_("Only seen so far"), N_("Points appear once a camera has seen them")),
    ("hides_backs", N_("Hide back faces"), N_("Hide surfaces that face away, to look into rooms")),
    ("has_legend", N_("Legend"), N_("Colour legend in the panel")),
)


class CloudForm(LookForm[CloudLook]):
    """Colours, filters and parts."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(CloudLook(), parent)
        self._unit = tr("units")
        self.color = self._choice("color", tr("Colours"), CLOUD_COLORS)
        self.depth_from = self._choice("depth_from", tr("Depth from"), DEPTH_ORIGINS)
        self.palette_box = self._choice("palette", tr("Palette"), PALETTES)
        self.counts = QLabel("", self)
        self.counts.setObjectName("small")
        self.show_all = QPushButton(tr("Show all points"), self)
        self.show_all.clicked.connect(lambda: self._set("filters", CloudFilter(), tr("Filters")))
        self.sliders = self._make_sliders()
        self.parts = self._checks(_PARTS)
        self.backdrop = self._backdrop()
        self._lay_out()
        self.show_measures(None, unit=tr("units"))

    def _make_sliders(self) -> dict[str, SliderRow]:
        rows = {
            "min_confidence": SliderRow(
                tr("Min confidence"), percent_text, tr("Hide points of lower confidence"), self
            ),
            "max_edge": SliderRow(
                tr("Max edge"),
                percent_text,
                tr("Hide points next to a depth step larger than this share: they may float between two surfaces"),
                self,
                open_end="high",
            ),
            "max_distance": SliderRow(
                tr("Max distance"),
                self._length,
                tr("Hide points farther from the camera that first saw them"),
                self,
                open_end="high",
            ),
            "min_height": SliderRow(
                tr("Min height"), self._length, tr("Hide points below this height"), self, open_end="low"
            ),
            "max_height": SliderRow(
                tr("Max height"), self._length, tr("Hide points above this height"), self, open_end="high"
            ),
            "point_scale": SliderRow(tr("Point size"), _times, tr("Point size relative to the default"), self),
            "camera_scale": SliderRow(tr("Camera size"), _times, tr("Camera size relative to the default"), self),
        }
        for name in ("point_scale", "camera_scale"):
            rows[name].set_span(-2.0, 2.0)
            rows[name].moved.connect(lambda value, name=name: self._set(name, 2.0**value, tr("Size"), name))
        rows["max_edge"].set_span(0.0, MOST_EDGE)
        for name in ("min_confidence", "max_edge", "max_distance", "min_height", "max_height"):
            rows[name].moved.connect(lambda _value, name=name: self._filter(name))
        self._follow(rows.values())
        return rows

    def _lay_out(self) -> None:
        column = self._column
        palette = named_rows(self, ((tr("Palette"), self.palette_box),))
        backdrop = named_rows(self, ((tr("Background"), self.backdrop),))
        self._origin_rows = named_rows(self, ((tr("Depth from"), self.depth_from),))
        colors = named_rows(self, ((tr("Colours"), self.color),))
        column.addWidget(make_card(self, tr("COLOURS"), colors, palette, self._origin_rows))
        filters = [self.sliders[name] for name in ("min_confidence", "max_edge", "max_distance")]
        heights = [self.sliders[name] for name in ("min_height", "max_height")]
        column.addWidget(make_card(self, tr("FILTERS"), self.counts, *filters, *heights, self.show_all))
        sizes = (self.sliders["point_scale"], self.sliders["camera_scale"])
        column.addWidget(make_card(self, tr("SHOW"), in_columns(self, self.parts.values()), *sizes, backdrop))

    def show_look(self, look: CloudLook) -> None:
        """Fill the fields."""
        self._look = look
        show_choice(self.color, look.color)
        show_choice(self.depth_from, look.depth_from)
        show_choice(self.palette_box, look.palette)
        self._origin_rows.setVisible(look.color is CloudColor.DEPTH)
        self.palette_box.setEnabled(look.color is not CloudColor.RGB)
        self.palette_box.setToolTip("" if self.palette_box.isEnabled() else tr("Picture colours need no palette."))
        for name, box in self.parts.items():
            box.setChecked(getattr(look, name))
        self.parts["has_picture"].setEnabled(look.has_camera)
        for name in ("point_scale", "camera_scale"):
            self.sliders[name].show_value(math.log2(getattr(look, name)))
        self.sliders["min_confidence"].show_value(look.filters.min_confidence)
        for name in ("max_edge", "max_distance", "min_height", "max_height"):
            self.sliders[name].show_limit(getattr(look.filters, name))
        self.show_all.setEnabled(not look.filters.shows_all)
        self.show_all.setToolTip("" if self.show_all.isEnabled() else tr("No filter hides anything."))
        self.backdrop.show_backdrop(look.backdrop)

    def show_measures(self, measures: CloudMeasures | None, *, unit: str) -> None:
        """Set the sliders' ends by the points that are there, and allow what is known of them."""
        self._unit = unit
        distance, height = (
            (0.0, 1.0) if measures is None else measures.span(color) for color in (CloudColor.DEPTH, CloudColor.HEIGHT)
        )
        margin = SPAN_MARGIN * (height[1] - height[0])
        self.sliders["max_distance"].set_span(0.0, (1.0 + SPAN_MARGIN) * distance[1])
        for name in ("min_height", "max_height"):
            self.sliders[name].set_span(height[0] - margin, height[1] + margin)
        missing = tr(NO_RUN) if measures is None else ""
        for name in ("min_confidence", "max_edge", "max_distance", "min_height", "max_height"):
            self.sliders[name].allow(missing)
        if measures is not None and measures.edge is None:
            self.sliders["max_edge"].allow(tr(NO_EDGE))
        allow_choice(
            self.color, CloudColor.COUNT, tr(NO_COUNT) if measures is not None and measures.num_seen is None else ""
        )
        self.show_look(self._look)

    def show_counts(self, text: str) -> None:
        """Say how many points are shown; empty where there are none."""
        show_text(self.counts, text)

    def _filter(self, name: str) -> None:
        row = self.sliders[name]
        value = row.value if name == "min_confidence" else row.limit
        changes: dict[str, Any] = {name: value}
        filters = replace(self._look.filters, **changes)
        self.edited.emit(replace(self._look, filters=filters), tr("Filters"), name)

    def _length(self, value: float) -> str:
        return f"{value:.2f} {self._unit}"


def _times(power: float) -> str:
    return f"{2.0**power:.2g}×"
