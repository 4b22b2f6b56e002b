"""Three panels side by side: the input, the world, the egocentric occupancy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from l3rocc_engine.errors import ConfigError
from l3rocc_studio.render.colormaps import WHITE, Background

RgbImage = NDArray[np.uint8]

WORLD_ASPECT = 16 / 9
OCCUPANCY_ASPECT = 1.2
LABELS = ("RGB input", "World", "Egocentric occupancy")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposeStyle:
    """How the three panels are put together.

    Attributes
    ----------
    crop
        Share cut from the left and from the right of the world view, as the original does.
    gap_px
        Distance between panels.
    has_labels
        Whether a strip above the panels names them.
    background
        Colour of gaps and strip, and of the panels' scenes.
    """

    crop: float = 0.15
    gap_px: int = 8
    has_labels: bool = True
    background: Background = field(default=WHITE)

    def __post_init__(self) -> None:
        if not 0.0 <= self.crop < 0.45:
            raise ConfigError(f"The crop must be from 0 to 0.45, not {self.crop}.")
        if self.gap_px < 0:
            raise ConfigError(f"The gap must be 0 or more pixels, not {self.gap_px}.")


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Where the panels go; all heights are equal and the whole has an even size.

    Attributes
    ----------
    style
        Gaps, labels, colours.
    panel_height_px
        Height of each panel.
    widths_px
        Widths of input, world and occupancy.
    """

    style: ComposeStyle
    panel_height_px: int
    widths_px: tuple[int, int, int]

    @property
    def strip_px(self) -> int:
        """Height of the strip with the labels."""
        return 2 * round(self.panel_height_px * 0.03 + 6) if self.style.has_labels else 0

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height) of the composed picture, both even as H.264 wants them."""
        width = sum(self.widths_px) + 2 * self.style.gap_px
        height = self.panel_height_px + self.strip_px
        return width + width % 2, height + height % 2

    @cached_property
    def canvas(self) -> RgbImage:
        """Everything that does not change from frame to frame."""
        width, height = self.size_px
        color = tuple(round(255 * channel) for channel in self.style.background.bottom)
        image = Image.new("RGB", (width, height), color)
        if self.style.has_labels:
            self._draw_labels(ImageDraw.Draw(image))
        canvas = np.asarray(image).copy()
        canvas.setflags(write=False)
        return canvas

    @property
    def lefts_px(self) -> tuple[int, int, int]:
        """Left edges of the panels."""
        first, second, _ = self.widths_px
        return 0, first + self.style.gap_px, first + second + 2 * self.style.gap_px

    def _draw_labels(self, pen: ImageDraw.ImageDraw) -> None:
        font = ImageFont.load_default(size=0.52 * self.strip_px)
        color = tuple(round(255 * channel) for channel in self.style.background.text)
        for label, left, width in zip(LABELS, self.lefts_px, self.widths_px, strict=True):
            pen.text((left + width / 2, self.strip_px / 2), label, fill=color, font=font, anchor="mm")


def plan_layout(source_size_px: tuple[int, int], height_px: int, style: ComposeStyle) -> Layout:
    """Sizes of the panels for an input of (width, height) shown at ``height_px``.

    Raises
    ------
    ConfigError
        If the height is too small for a picture.
    """
    if height_px < 64:
        raise ConfigError(f"The height of a composed picture must be 64 or more pixels, not {height_px}.")
    height_px += height_px % 2
    source_width_px = max(2, round(source_size_px[0] * height_px / source_size_px[1]))
    world_width_px = round(WORLD_ASPECT * (1.0 - 2.0 * style.crop) * height_px)
    return Layout(
        style=style,
        panel_height_px=height_px,
        widths_px=(source_width_px, world_width_px, round(OCCUPANCY_ASPECT * height_px)),
    )


def crop_sides(picture: RgbImage, share: float) -> RgbImage:
    """The middle of a picture, a share of its width cut from either side."""
    cut = round(share * picture.shape[1])
    return picture[:, cut : picture.shape[1] - cut]


def fit_height(picture: RgbImage, height_px: int) -> RgbImage:
    """A picture scaled to a height, its shape kept."""
    if picture.shape[0] == height_px:
        return picture
    width_px = max(2, round(picture.shape[1] * height_px / picture.shape[0]))
    return resize(picture, (width_px, height_px))


def resize(picture: RgbImage, size_px: tuple[int, int]) -> RgbImage:
    """A picture (H, W, 3) at another (width, height)."""
    if (picture.shape[1], picture.shape[0]) == size_px:
        return picture
    is_smaller = size_px[0] < picture.shape[1]
    how = Image.Resampling.BOX if is_smaller else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(picture).resize(size_px, how, reducing_gap=2.0 if is_smaller else None))


def compose(panels: Sequence[RgbImage], layout: Layout) -> RgbImage:
    """One picture of three.

    Parameters
    ----------
    panels
        Input, world and occupancy, (H, W, 3) uint8 each; any other size is scaled to the layout's.
    layout
        From :func:`plan_layout`.
    """
    canvas = layout.canvas.copy()
    top, bottom = layout.strip_px, layout.strip_px + layout.panel_height_px
    for picture, left, width in zip(panels, layout.lefts_px, layout.widths_px, strict=True):
        canvas[top:bottom, left : left + width] = resize(picture, (width, layout.panel_height_px))
    return canvas
