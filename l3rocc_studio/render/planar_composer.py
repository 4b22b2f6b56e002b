"""Pictures of a film put together as the planes that video encoders take, only what changed of each."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_studio.model.film_spec import FilmPanel
from l3rocc_studio.render.composer import Composer, Picture, Stamp
from l3rocc_studio.render.pixel_box import PixelBox
from l3rocc_studio.render.planar import (
    BLACK,
    BLUE,
    CHROMA_BITS,
    GREY,
    LUMA,
    LUMA_BITS,
    PICTURES_IN_WORK,
    RED,
    PlanarPicture,
    Planes,
    evened,
    half,
)

Layer = tuple[NDArray[np.float32], NDArray[np.float32]]
"""Of each value of a plane how much shows through, in [0, 1], and what is added to that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanarStamp:
    """A small picture with opacity, at its place in planes.

    Attributes
    ----------
    box
        Where, from and to even pixels.
    luma, blue, red
        What it does to each plane.
    """

    box: PixelBox
    luma: Layer
    blue: Layer
    red: Layer

    def press(self, planes: Planes, part: PixelBox) -> None:
        """Put what of it falls into a part of a picture there, in place."""
        shared = self.box.overlap(part)
        if shared is None:
            return
        at, target = shared.within(self.box), planes.part(shared)
        _press(target.luma, self.luma, at)
        for plane, layer in ((target.blue, self.blue), (target.red, self.red)):
            _press(plane, layer, half(at))


class PlanarComposer:
    """Does what a composer does, for encoders of planes; writes only what changed.

    Parameters
    ----------
    composer
        Knows what goes where; its pictures have no opacity.
    """

    def __init__(self, composer: Composer) -> None:
        self._boxes = composer.layout.boxes
        self._stamps = [_planar(stamp) for stamp in composer.stamps]
        around = composer.around()
        self._kept = deque(_Kept(PlanarPicture.of(around), len(self._boxes)) for _ in range(PICTURES_IN_WORK))

    def compose(self, panels: Mapping[FilmPanel, Picture], changed: Sequence[PixelBox] | None) -> PlanarPicture:
        """One picture of the panels, which stays until so many more are made as are in work at once.

        Parameters
        ----------
        panels
            (h, w, 3) RGB each; those of another size are scaled to their place.
        changed
            For each box of the layout where its panel is another one than in the picture before; None for anywhere.
        """
        for kept in self._kept:
            kept.expect(changed or self._boxes)
        self._kept.rotate()
        kept = self._kept[0]
        for box, part in zip(self._boxes, kept.take_expected(), strict=True):
            if part is not None:
                self._write(kept.picture.planes, panels[box.panel], box, part)
        return kept.picture

    def _write(self, planes: Planes, panel: Picture, box: PixelBox, part: PixelBox) -> None:
        if panel.shape[:2] == (box.height_px, box.width_px):
            part = evened(part, box)
            planes.put(panel, box, part)
        else:
            part = box
            planes.put_scaled(panel, box)
        for stamp in self._stamps:
            stamp.press(planes, part)


class _Kept:
    """A picture that is written to again and again, and what of its panels is not yet as in the newest one."""

    def __init__(self, picture: PlanarPicture, num_panels: int) -> None:
        self.picture = picture
        self._expected: list[PixelBox | None] = [None] * num_panels

    def expect(self, changed: Sequence[PixelBox]) -> None:
        """Note what changed."""
        self._expected = [
            before if not part.width_px else part if before is None else before.around(part)
            for before, part in zip(self._expected, changed, strict=True)
        ]

    def take_expected(self) -> list[PixelBox | None]:
        """Where each panel is to be written now; None for nowhere."""
        expected, self._expected = self._expected, [None] * len(self._expected)
        return expected


def _planar(stamp: Stamp) -> PlanarStamp:
    height, width = stamp.cover.shape[:2]
    before = (stamp.rows.start % 2, stamp.columns.start % 2)
    around = [(begin, (begin + size) % 2) for begin, size in zip(before, (height, width), strict=True)]
    color = np.pad(stamp.color, (*around, (0, 0))).astype(np.float32)
    cover = np.pad(stamp.cover, (*around, (0, 0))).astype(np.float32)
    left, top = stamp.columns.start - before[1], stamp.rows.start - before[0]
    box = PixelBox(left_px=left, top_px=top, width_px=cover.shape[1], height_px=cover.shape[0])
    layers = [
        (1.0 - _mean(cover, size)[..., 0], _mean(cover * (color @ (weights / scale) + offset)[..., None], size)[..., 0])
        for weights, scale, offset, size in (
            (LUMA.astype(np.float32), np.float32(1 << LUMA_BITS), np.float32(BLACK), 1),
            (BLUE.astype(np.float32), np.float32(1 << CHROMA_BITS), np.float32(GREY), 2),
            (RED.astype(np.float32), np.float32(1 << CHROMA_BITS), np.float32(GREY), 2),
        )
    ]
    return PlanarStamp(box=box, luma=layers[0], blue=layers[1], red=layers[2])


def _mean(values: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """Means over squares of pixels."""
    height, width, channels = values.shape
    squares = values.reshape(height // size, size, width // size, size, channels)
    return np.asarray(squares.mean(axis=(1, 3)))


def _press(plane: NDArray[np.uint8], layer: Layer, at: PixelBox) -> None:
    shows, added = layer[0][at.rows, at.columns], layer[1][at.rows, at.columns]
    plane[...] = np.rint(shows * plane + added)
