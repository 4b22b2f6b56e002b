"""A finished picture of what stands, on which lies what moves: each frame only what changed is laid on anew."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_studio.render.depth_picture import DepthPart, DepthPicture
from l3rocc_studio.render.pixel_box import PixelBox
from l3rocc_studio.render.way_picture import WayPicture

BORDER_PX = 1
"""How far borders are softened."""


@dataclass(slots=True, kw_only=True)
class _LaidWay:
    """A way on a picture.

    Attributes
    ----------
    way
        At any frame.
    plain
        The part of the picture without it.
    now
        The way alone, as it lies there.
    frame_idx
        Of that.
    """

    way: WayPicture
    plain: DepthPicture
    now: DepthPart
    frame_idx: int


class Ground:
    """A picture, with a way on it, and a part of another picture over both.

    Attributes
    ----------
    picture
        With what lies on it at present; its distances are those without the part.
    """

    def __init__(self, picture: DepthPicture) -> None:
        self.picture = picture
        self._covered: tuple[PixelBox, NDArray[np.uint8]] | None = None
        self._laid: _LaidWay | None = None

    def lay(self, part: DepthPart) -> None:
        """Put a part over it where it is nearer; no other may lie there."""
        self._covered = (part.box, self.picture.color[part.box.rows, part.box.columns].copy())
        self.picture.lay(part)

    def take_off(self) -> None:
        """Take the part off again."""
        if self._covered is not None:
            box, color = self._covered
            self.picture.color[box.rows, box.columns] = color
            self._covered = None

    def show_way(self, way: WayPicture | None, frame_idx: int) -> PixelBox | None:
        """Have a way on it as it is at a frame, or none; only while no part is over it.

        Returns
        -------
        PixelBox or None
            Where the picture is another one by that; None for nowhere.
        """
        if self._laid is not None and self._laid.way is way:
            return self._show_frame(self._laid, frame_idx)
        removed = self._remove_way()
        now = None if way is None else way.at(frame_idx)
        if way is None or now is None:
            return removed
        self._laid = _LaidWay(way=way, plain=self.picture.part(now.box), now=now, frame_idx=frame_idx)
        self.picture.lay(now)
        at = (now.box.rows, now.box.columns)
        self.picture.distances[at] = _nearer(self.picture.distances[at], now.picture.distances)
        return now.box if removed is None else removed.around(now.box)

    def _remove_way(self) -> PixelBox | None:
        if self._laid is None:
            return None
        box, plain = self._laid.now.box, self._laid.plain
        self.picture.color[box.rows, box.columns] = plain.color
        self.picture.distances[box.rows, box.columns] = plain.distances
        self._laid = None
        return box

    def _show_frame(self, laid: _LaidWay, frame_idx: int) -> PixelBox | None:
        """Lay anew what is passed now and was not, or the other way round."""
        changed = laid.way.recolor(laid.now.picture, laid.frame_idx, frame_idx)
        laid.frame_idx = frame_idx
        if changed is None:
            return None
        # To soften what borders on it as before, the pixels around it are needed too.
        size_px = laid.now.box.size_px
        near, wide = (changed.grown(reach * BORDER_PX, 1, size_px) for reach in (1, 2))
        part = laid.plain.part(wide)
        whole = PixelBox(left_px=0, top_px=0, width_px=wide.width_px, height_px=wide.height_px)
        part.lay(DepthPart(picture=laid.now.picture.part(wide), box=whole))
        inner, box = near.within(wide), near.beyond(laid.now.box)
        self.picture.color[box.rows, box.columns] = part.color[inner.rows, inner.columns]
        return box


def _nearer(distances: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """The lesser of distances, of which 0 is that of nothing."""
    is_nearer = (others > 0.0) & ((others < distances) | (distances == 0.0))
    return np.where(is_nearer, others, distances)
