"""The colours of the product: depth palette, trajectory, world occupancy, backgrounds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_studio.model.looks import Backdrop, BackdropKind

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


def plain_background(color: Rgb) -> Background:
    """A background of one colour, with strokes and letters that stand out on it."""
    target = 1.0 if luminance(color) < 0.5 else 0.0
    line, text = (tuple(float(channel + share * (target - channel)) for channel in color) for share in (0.35, 0.82))
    return Background(bottom=color, top=color, line=_rgb(line), text=_rgb(text))


def _rgb(values: Iterable[float]) -> Rgb:
    red, green, blue = values
    return red, green, blue


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


def background_of(backdrop: Backdrop, theme: Background) -> Background:
    """The background that was chosen; ``theme`` is that of the dark or light look."""
    chosen = {BackdropKind.THEME: theme, BackdropKind.BLACK: BLACK, BackdropKind.WHITE: WHITE}
    return chosen.get(backdrop.kind) or plain_background(rgb_from_hex(backdrop.color))


PATH_PAST: Rgb = rgb_from_hex("#2f6fde")
PATH_FUTURE: Rgb = rgb_from_hex("#9db9ea")
PATH_FUTURE_ON_DARK: Rgb = rgb_from_hex("#3d4f73")
HEAD: Rgb = rgb_from_hex("#e5383b")
WORLD_OCCUPANCY: Rgb = (0.43, 0.45, 0.49)


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


def _palette(stops: str) -> DepthPalette:
    return DepthPalette(stops=tuple(rgb_from_hex(f"#{stop}") for stop in stops.split()))


MORANDI = DepthPalette(stops=((0.85, 0.83, 0.80), (0.25, 0.30, 0.35)))
"""Muted sand to slate, the palette of the original's pictures."""

PALETTES: dict[str, DepthPalette] = {
    "morandi": MORANDI,
    "viridis": _palette("440154 481f70 443983 3b528b 31688e 287c8e 21918c 20a486 35b779 5ec962 90d743 c8e020 fde725"),
    "cividis": _palette("00224e 003170 2a3f6d 434e6c 575d6d 6a6c71 7d7c78 918b78 a59c74 bcae6c d2c060 e9d34e fee838"),
    "magma": _palette("1a1042 471078 752181 a1307e cf4070 f2625d fd9668 feca8d fcfdbf"),
    "turbo": _palette("30123b 434eba 4685fa 28bceb 1ae4b6 55fa76 a4fc3c d9e436 faba39 fb7e21 e4450a b91e02 7a0403"),
    "grey": DepthPalette(stops=((0.93, 0.93, 0.93), (0.22, 0.22, 0.22))),
}
"""Scales from near to far and from low to high, by ``model.looks.PaletteName``.

Sampled from perceptual scales that all tools know: viridis, magma (S. van der Walt, N. Smith, 2015), cividis, made for
colour-blind eyes (J. Nunez, C. Anderton, R. Renslow, 2018), turbo (A. Mikhailov, 2019).
"""
