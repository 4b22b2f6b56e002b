"""How a picture lies in its view: fitted, or enlarged and shifted."""

from __future__ import annotations

from dataclasses import dataclass, replace

LARGEST = 32.0
"""View pixels a picture pixel at the closest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PictureZoom:
    """Where a picture is drawn.

    Attributes
    ----------
    picture, view
        (width, height) of the picture in its pixels, and of the view.
    scale
        View pixels a picture pixel; 0 fits the picture into the view.
    centre
        Place of the picture, in its pixels, that lies in the middle of the view; of no meaning while it is fitted.
    """

    picture: tuple[float, float] = (0.0, 0.0)
    view: tuple[float, float] = (1.0, 1.0)
    scale: float = 0.0
    centre: tuple[float, float] = (0.0, 0.0)

    @property
    def is_fitted(self) -> bool:
        """Whether the whole picture is in view, as large as it goes."""
        return self.scale <= 0

    @property
    def fit_scale(self) -> float:
        """The scale at which the picture just fits."""
        (width, height), (view_width, view_height) = self.picture, self.view
        return min(view_width / width, view_height / height) if width and height else 1.0

    @property
    def shown_scale(self) -> float:
        """View pixels a picture pixel, as drawn."""
        return self.fit_scale if self.is_fitted else self.scale

    @property
    def rect(self) -> tuple[float, float, float, float]:
        """Left, top, width, height of the picture in the view."""
        scale = self.shown_scale
        width, height = self.picture[0] * scale, self.picture[1] * scale
        x, y = (self.picture[0] / 2, self.picture[1] / 2) if self.is_fitted else self.centre
        return self.view[0] / 2 - x * scale, self.view[1] / 2 - y * scale, width, height

    def to_picture(self, x: float, y: float) -> tuple[float, float]:
        """The place of the picture, in its pixels, under a place of the view."""
        left, top, _, _ = self.rect
        return (x - left) / self.shown_scale, (y - top) / self.shown_scale

    def zoomed(self, factor: float, x: float, y: float) -> PictureZoom:
        """Larger or smaller, with the picture's place under a place of the view staying there."""
        scale = min(self.shown_scale * factor, max(LARGEST, self.fit_scale))
        if scale <= self.fit_scale:
            return self.fitted()
        held = self.to_picture(x, y)
        centre = tuple(h + (v / 2 - at) / scale for h, v, at in zip(held, self.view, (x, y), strict=True))
        return replace(self, scale=scale, centre=(centre[0], centre[1]))._held()

    def panned(self, dx: float, dy: float) -> PictureZoom:
        """Shifted by some view pixels; a fitted picture stays."""
        if self.is_fitted:
            return self
        return replace(self, centre=(self.centre[0] - dx / self.scale, self.centre[1] - dy / self.scale))._held()

    def fitted(self) -> PictureZoom:
        """The whole picture in view."""
        return replace(self, scale=0.0, centre=(0.0, 0.0))

    def at_scale(self, scale: float) -> PictureZoom:
        """At a given scale about the middle of the view."""
        middle = self.to_picture(self.view[0] / 2, self.view[1] / 2)
        return replace(self, scale=scale, centre=middle)._held()

    def of(self, picture: tuple[float, float], view: tuple[float, float]) -> PictureZoom:
        """The same place in another view, or of a picture of another size, which is fitted."""
        if picture != self.picture:
            return PictureZoom(picture=picture, view=view)
        return replace(self, view=view)._held()

    def _held(self) -> PictureZoom:
        """Not shifted out of view: borders of the picture do not come inside the view's while it is larger."""
        if self.is_fitted:
            return self
        centre = []
        for place, size, room in zip(self.centre, self.picture, self.view, strict=True):
            half = room / 2 / self.scale
            centre.append(size / 2 if 2 * half >= size else min(max(place, half), size - half))
        return replace(self, centre=(centre[0], centre[1]))
