"""The colours of the product: depth palette, trajectory, world occupancy, backgrounds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """A vertical gradient with what must stay readable on it.

    Attributes
    ----------
    bottom, top
        RGB in [0, 1]; equal for a plain colour.
    line
        Colour of outlines and other quiet strokes.
    text
        Colour of labels.
    """

    bottom: Rgb
    top: Rgb
    line: Rgb
    text: Rgb

    @property
    def is_dark(self) -> bool:
        """Whether light strokes stand out on it."""
        return luminance(self.bottom) + luminance(self.top) < 1.0


def luminance(color: Rgb) -> float:
    """Perceived brightness in [0, 1] (Rec. 709 weights)."""
    return 0.2126 * color[0] + 0.7152 * color[1] + 0.0722 * color[2]


def rgb_from_hex(text: str) -> Rgb:
    """``"#1b1f27"`` as RGB in [0, 1]."""
    red, green, blue = (int(text[i : i + 2], 16) / 255.0 for i in (1, 3, 5))
    return red, green, blue


DARK = Background(
    bottom=rgb_from_hex("#14171d"),
    top=rgb_from_hex("#262c37"),
    line=rgb_from_hex("#5b6675"),
    text=rgb_from_hex("#d7dde6"),
)
LIGHT = Background(
    bottom=rgb_from_hex("#e3e6ea"),
    top=rgb_from_hex("#f7f8fa"),
    line=rgb_from_hex("#9aa3ae"),
    text=rgb_from_hex("#2b313a"),
)
WHITE = Background(
    bottom=(1.0, 1.0, 1.0), top=(1.0, 1.0, 1.0), line=rgb_from_hex("#b4bac2"), text=rgb_from_hex("#2b313a")
)
BLACK = Background(
    bottom=(0.0, 0.0, 0.0), top=(0.0, 0.0, 0.0), line=rgb_from_hex("#4a525e"), text=rgb_from_hex("#d7dde6")
)

PATH_PAST: Rgb = rgb_from_hex("#2f6fde")
PATH_FUTURE: Rgb = rgb_from_hex("#9db9ea")
PATH_FUTURE_ON_DARK: Rgb = rgb_from_hex("#3d4f73")
HEAD: Rgb = rgb_from_hex("#e5383b")
WORLD_OCCUPANCY: Rgb = (0.27, 0.285, 0.31)
HISTORY: Rgb = (0.62, 0.64, 0.67)


@dataclass(frozen=True, slots=True, kw_only=True)
class DepthPalette:
    """Colours from near to far, linear in between."""

    stops: tuple[Rgb, ...]

    def colors(self, depth: NDArray[np.floating], *, near: float, far: float) -> NDArray[np.float32]:
        """Colours (N, 3) float32 in [0, 1] of depths (N,); nearer than ``near`` and beyond ``far`` stay at the ends."""
        at = np.clip((depth - near) / max(far - near, 1e-9), 0.0, 1.0)
        knots = np.linspace(0.0, 1.0, len(self.stops))
        columns = [np.interp(at, knots, channel) for channel in np.transpose(self.stops)]
        return np.stack(columns, axis=1).astype(np.float32)


MORANDI = DepthPalette(stops=((0.85, 0.83, 0.80), (0.25, 0.30, 0.35)))
"""Muted sand to slate, the palette of the original's pictures."""
