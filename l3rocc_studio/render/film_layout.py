"""Where the panels of a film go."""

from __future__ import annotations

from dataclasses import dataclass, replace

from l3rocc_engine.errors import ConfigError
from l3rocc_studio.model.film_spec import PANEL_HEIGHTS_PX, FilmLayout, FilmOutput, FilmPanel
from l3rocc_studio.model.words import N_
from l3rocc_studio.render.pixel_box import PixelBox

WORLD_ASPECT = 16 / 9
OCCUPANCY_ASPECT = 1.2
MAX_DEFAULT_HEIGHT_PX = 720
PANEL_LABELS = {
    FilmPanel.RGB: N_("RGB input"),
    FilmPanel.WORLD: N_("World"),
    FilmPanel.OCCUPANCY: N_("Egocentric occupancy"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PanelBox(PixelBox):
    """A panel's place in the picture of all panels, and what stands above it."""

    panel: FilmPanel
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the panels go; all heights are equal and the whole has an even size, as H.264 wants it.

    Attributes
    ----------
    boxes
        From left to right.
    size_px
        (width, height) of the whole.
    strip_top_px, strip_px
        Upper edge and height of the strip with the labels; height 0 without one.
    """

    boxes: tuple[PanelBox, ...]
    size_px: tuple[int, int]
    strip_top_px: int
    strip_px: int

    @property
    def panel_height_px(self) -> int:
        """Height of each panel."""
        return self.boxes[0].height_px

    def box(self, panel: FilmPanel) -> PanelBox | None:
        """The place of a panel, if it is shown."""
        return next((box for box in self.boxes if box.panel is panel), None)


def plan_layout(source_size_px: tuple[int, int], layout: FilmLayout, output: FilmOutput) -> Layout:
    """Sizes and places for an input of (width, height).

    Raises
    ------
    ConfigError
        If the panels do not fit into what the film must fit into.
    """
    if output.fit_px is None:
        height_px = output.height_px or min(max(source_size_px[1], PANEL_HEIGHTS_PX.start), MAX_DEFAULT_HEIGHT_PX)
        return _layout_of_height(source_size_px, layout, height_px)
    fit = next(
        (
            found
            for height_px in range(min(output.fit_px[1], PANEL_HEIGHTS_PX[-1]), PANEL_HEIGHTS_PX.start - 1, -2)
            if _fits(found := _layout_of_height(source_size_px, layout, height_px), output.fit_px)
        ),
        None,
    )
    if fit is None:
        width, height = output.fit_px
        raise ConfigError(
            f"{len(layout.panels)} panels do not fit into {width}x{height}.", "Take a larger size, or fewer panels."
        )
    return _padded(fit, output.fit_px) if output.is_padded else fit


def _fits(layout: Layout, fit_px: tuple[int, int]) -> bool:
    return layout.size_px[0] <= fit_px[0] and layout.size_px[1] <= fit_px[1]


def _layout_of_height(source_size_px: tuple[int, int], layout: FilmLayout, height_px: int) -> Layout:
    height_px += height_px % 2
    widths_px = {
        FilmPanel.RGB: max(2, round(source_size_px[0] * height_px / source_size_px[1])),
        FilmPanel.WORLD: round(WORLD_ASPECT * (1.0 - 2.0 * layout.crop) * height_px),
        FilmPanel.OCCUPANCY: round(OCCUPANCY_ASPECT * height_px),
    }
    strip_px = 2 * round(height_px * 0.03 + 6) if layout.has_labels else 0
    boxes, left_px = [], 0
    titles = layout.titles or tuple(PANEL_LABELS[panel] for panel in layout.panels)
    for panel, title in zip(layout.panels, titles, strict=True):
        boxes.append(
            PanelBox(
                panel=panel,
                title=title,
                left_px=left_px,
                top_px=strip_px,
                width_px=widths_px[panel],
                height_px=height_px,
            )
        )
        left_px += widths_px[panel] + layout.gap_px
    width_px, height_px = left_px - layout.gap_px, height_px + strip_px
    size_px = (width_px + width_px % 2, height_px + height_px % 2)
    return Layout(boxes=tuple(boxes), size_px=size_px, strip_top_px=0, strip_px=strip_px)


def _padded(layout: Layout, size_px: tuple[int, int]) -> Layout:
    """The layout in the middle of a larger picture."""
    even_px = (size_px[0] - size_px[0] % 2, size_px[1] - size_px[1] % 2)
    right, down = ((wanted - has) // 2 for wanted, has in zip(even_px, layout.size_px, strict=True))
    boxes = tuple(replace(box, left_px=box.left_px + right, top_px=box.top_px + down) for box in layout.boxes)
    return Layout(boxes=boxes, size_px=even_px, strip_top_px=down, strip_px=layout.strip_px)
