"""Pictures of a film put together: panels on a canvas with labels, a logo and a line of facts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from l3rocc_engine.errors import InputError
from l3rocc_studio.model.film_spec import Backdrop, FilmMarks, FilmPanel
from l3rocc_studio.render.colormaps import BLACK, DARK, LIGHT, WHITE, Background, Rgb
from l3rocc_studio.render.film_layout import PANEL_LABELS, Layout, PanelBox
from l3rocc_studio.render.lettering import font_for
from l3rocc_studio.render.scaling import resize

Picture = NDArray[np.uint8]
"""(H, W, 3) RGB, or (H, W, 4) RGBA with colours not multiplied by opacity."""

BACKGROUNDS = {
    Backdrop.WHITE: WHITE,
    Backdrop.BLACK: BLACK,
    Backdrop.LIGHT: LIGHT,
    Backdrop.DARK: DARK,
    Backdrop.TRANSPARENT: WHITE,
}
LABEL_SHARE = 0.52
"""Size of a label's letters as a share of its strip."""
LOGO_SHARE, WATERMARK_SHARE, MARGIN_SHARE = 0.10, 0.034, 0.022
TITLE_SHARE, SUBTITLE_SHARE, TITLE_WIDTH_SHARE = 0.10, 0.048, 0.86
QUIET_SHARE = 0.7
HALO_SHARE = 0.14
MIN_LETTERS_PX = 9
FADE_SHARE = 0.18
"""Share of a title card's time in which it comes, and in which it goes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """A small picture with opacity, at its place.

    Attributes
    ----------
    rows, columns
        Where.
    color, cover
        (h, w, 3) float32 in [0, 255], and (h, w, 1) float32 in [0, 1].
    """

    rows: slice
    columns: slice
    color: NDArray[np.float32]
    cover: NDArray[np.float32]

    def press(self, picture: Picture) -> None:
        """Put it onto a picture, in place."""
        part = picture[self.rows, self.columns]
        below = part[..., :3].astype(np.float32)
        if picture.shape[2] == 3:
            part[...] = np.rint(below + self.cover * (self.color - below))
            return
        seen = part[..., 3:].astype(np.float32) / 255.0 * (1.0 - self.cover)
        whole = self.cover + seen
        part[..., :3] = np.rint((self.cover * self.color + seen * below) / np.maximum(whole, 1e-6))
        part[..., 3:] = np.rint(255.0 * whole)


class Composer:
    """Puts pictures of one layout together; what never changes is drawn once.

    Parameters
    ----------
    layout
        Where the panels go.
    backdrop
        Colour of what no panel covers.
    marks
        Logo, line of facts, title card.
    caption
        The line of facts where ``marks`` does not give one.

    Raises
    ------
    InputError
        If the logo cannot be read, or no font has a character of a line.
    """

    def __init__(self, layout: Layout, backdrop: Backdrop, marks: FilmMarks, caption: str = "") -> None:
        self._layout = layout
        self._background = BACKGROUNDS[backdrop]
        self._is_clear = backdrop is Backdrop.TRANSPARENT
        self._marks = marks
        self._canvas = self._blank()
        _draw_labels(self._canvas, layout, self._background, has_halo=self._is_clear)
        self._around = _around(layout)
        self._stamps = _stamps(layout, marks, marks.watermark or caption)
        for line in (marks.title, marks.subtitle):
            font_for(line, 1.0)  # what cannot be written is told now, not at the title
        self._card: Picture | None = None

    @property
    def layout(self) -> Layout:
        """Where the panels go."""
        return self._layout

    @property
    def stamps(self) -> Sequence[Stamp]:
        """What lies over the panels, from below."""
        return self._stamps

    def around(self) -> Picture:
        """A picture of what is around the panels; where those are there is nothing of use."""
        picture = self._canvas.copy()
        for stamp in self._stamps:
            stamp.press(picture)
        return picture

    @property
    def num_channels(self) -> int:
        """4 with opacity, else 3."""
        return 4 if self._is_clear else 3

    def compose(self, panels: Mapping[FilmPanel, Picture]) -> Picture:
        """One picture of the panels; those of another size are scaled to their place."""
        picture = np.empty_like(self._canvas)
        for part in self._around:
            picture[part] = self._canvas[part]
        for box in self._layout.boxes:
            panel, size_px = panels[box.panel], (box.width_px, box.height_px)
            target = picture[box.rows, box.columns]
            if self._is_clear and panel.shape[2] == 3:
                target[..., :3], target[..., 3] = resize(panel, size_px), 255
            elif panel.shape == target.shape:
                target[...] = panel
            else:
                resize(panel, size_px, target)
        for stamp in self._stamps:
            stamp.press(picture)
        if self._is_clear:
            # What is clear has the background's colour for players that know no opacity, and for soft borders.
            picture[..., :3][picture[..., 3] == 0] = _bytes(self._background.bottom)
        return picture

    def title(self, share: float) -> Picture:
        """The title card when a share of its time, from 0 to 1, is over: it fades in and out."""
        if self._card is None:
            self._card = _title_card(self._blank(), self._marks, self._background)
        weight = min(1.0, share / FADE_SHARE, (1.0 - share) / FADE_SHARE)
        blank = self._blank().astype(np.float32)
        faded: Picture = np.rint(blank + weight * (self._card - blank)).astype(np.uint8)
        return faded

    def _blank(self) -> Picture:
        width, height = self._layout.size_px
        pixel = np.array((*_bytes(self._background.bottom), 0)[: self.num_channels], dtype=np.uint8)
        # Row by row, which is many times quicker than pixel by pixel.
        return np.tile(np.tile(pixel, width), height).reshape(height, width, self.num_channels)


def _around(layout: Layout) -> list[tuple[slice, slice]]:
    """Rows and columns of what no panel covers, so that the panels are not written twice."""
    width_px, height_px = layout.size_px
    top_px, bottom_px = layout.boxes[0].top_px, layout.boxes[0].top_px + layout.panel_height_px
    whole, middle = slice(0, width_px), slice(top_px, bottom_px)
    parts = [(slice(0, top_px), whole), (slice(bottom_px, height_px), whole)]
    left_px = 0
    for box in sorted(layout.boxes, key=lambda box: box.left_px):
        parts.append((middle, slice(left_px, box.left_px)))
        left_px = box.left_px + box.width_px
    return [*parts, (middle, slice(left_px, width_px))]


def _bytes(color: Rgb) -> tuple[int, int, int]:
    red, green, blue = (round(255 * channel) for channel in color)
    return red, green, blue


def _text(
    size_px: tuple[int, int],
    words: str,
    at_px: tuple[float, float],
    letters_px: float,
    anchor: str,
    outline_px: int = 0,
) -> NDArray[np.float32]:
    """Cover (H, W, 1) in [0, 1] of words; wide ones are set smaller."""
    image = Image.new("L", size_px)
    pen = ImageDraw.Draw(image)
    width_px = pen.textlength(words, font=font_for(words, letters_px))
    letters_px *= min(1.0, TITLE_WIDTH_SHARE * size_px[0] / max(width_px, 1.0))
    pen.text(at_px, words, fill=255, font=font_for(words, letters_px), anchor=anchor, stroke_width=outline_px)
    return np.asarray(image, dtype=np.float32)[..., None] / 255.0


def _stamp(top_px: int, left_px: int, color: NDArray[np.float32], cover: NDArray[np.float32]) -> Stamp:
    height, width = cover.shape[:2]
    return Stamp(
        rows=slice(top_px, top_px + height),
        columns=slice(left_px, left_px + width),
        color=np.broadcast_to(color, (height, width, 3)),
        cover=cover,
    )


def _draw_labels(canvas: Picture, layout: Layout, background: Background, *, has_halo: bool) -> None:
    """Name the panels; a halo in the background's colour keeps the words readable on whatever will be behind."""
    if not layout.strip_px:
        return
    letters_px = LABEL_SHARE * layout.strip_px
    halo = [(background.bottom, max(1, round(letters_px * HALO_SHARE)))] if has_halo else []
    for box in layout.boxes:
        size_px, middle = (box.width_px, layout.strip_px), (box.width_px / 2, layout.strip_px / 2)
        for color, outline_px in (*halo, (background.text, 0)):
            cover = _text(size_px, _writable_title(box), middle, letters_px, "mm", outline_px)
            _stamp(layout.strip_top_px, box.left_px, np.array(_bytes(color), dtype=np.float32), cover).press(canvas)


def _writable_title(box: PanelBox) -> str:
    """The panel's title; the English one where this machine has no letters for it, since nobody wrote it himself."""
    try:
        font_for(box.title, 1.0)
    except InputError:
        return PANEL_LABELS[box.panel]
    return box.title


def _stamps(layout: Layout, marks: FilmMarks, line: str) -> list[Stamp]:
    stamps = []
    height_px = layout.panel_height_px
    last, margin_px = layout.boxes[-1], round(MARGIN_SHARE * height_px)
    bottom_px = last.top_px + height_px - margin_px
    if marks.has_watermark and line:
        letters_px = max(MIN_LETTERS_PX, round(WATERMARK_SHARE * height_px))
        left_px = layout.boxes[0].left_px + margin_px
        size_px = (last.left_px + last.width_px - left_px, 2 * letters_px)
        outline_px = max(1, letters_px // 9)
        for color, stroke_px in ((20.0, outline_px), (255.0, 0)):
            cover = _text(size_px, line, (outline_px, letters_px), letters_px, "lm", stroke_px)
            stamps.append(
                _stamp(bottom_px - 2 * letters_px, left_px, np.full(3, color, dtype=np.float32), 0.95 * cover)
            )
    if marks.logo is not None:
        logo = _logo(marks, round(LOGO_SHARE * height_px), last.width_px // 2)
        left_px = last.left_px + last.width_px - margin_px - logo.shape[1]
        stamps.append(_stamp(bottom_px - logo.shape[0], left_px, logo[..., :3], logo[..., 3:] / 255.0))
    return stamps


def _logo(marks: FilmMarks, height_px: int, max_width_px: int) -> NDArray[np.float32]:
    """The logo (h, w, 4) float32 in [0, 255], as high as asked for and not too wide."""
    path = marks.logo
    assert path is not None
    try:
        with Image.open(path) as image:
            colors = image.convert("RGBA")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise InputError(f"The logo {path} cannot be read: {error}.", "Give a PNG or JPEG picture.") from error
    share = min(height_px / colors.height, max_width_px / colors.width)
    size_px = (max(1, round(share * colors.width)), max(1, round(share * colors.height)))
    return np.asarray(colors.resize(size_px, Image.Resampling.LANCZOS), dtype=np.float32)


def _quiet(background: Background) -> Rgb:
    """The colour of words that stand back and are still easy to read."""
    red, green, blue = (
        QUIET_SHARE * text + (1.0 - QUIET_SHARE) * behind
        for text, behind in zip(background.text, background.bottom, strict=True)
    )
    return red, green, blue


def _title_card(blank: Picture, marks: FilmMarks, background: Background) -> Picture:
    height, width = blank.shape[:2]
    card = blank.copy()
    shift = 0.06 * height if marks.subtitle else 0.0
    lines = [(marks.title, TITLE_SHARE, height / 2 - shift, background.text)]
    if marks.subtitle:
        lines.append((marks.subtitle, SUBTITLE_SHARE, height / 2 + shift, _quiet(background)))
    for words, share, middle_px, color in lines:
        cover = _text((width, height), words, (width / 2, middle_px), share * height, "mm")
        _stamp(0, 0, np.array(_bytes(color), dtype=np.float32), cover).press(card)
    return card
