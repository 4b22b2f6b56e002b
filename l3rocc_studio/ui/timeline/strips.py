"""Paints the strips below the ruler: thumbnails and quality."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from l3rocc_studio.model.quality import QualityTrack
from l3rocc_studio.model.time_scale import TimeScale
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.theme import Theme
from l3rocc_studio.ui.timeline.content import Picture, TrackContent

QUALITY_ROW_PX = 4
_GAP_PX = 1


def thumbnail_frames(scale: TimeScale, width_px: float) -> list[tuple[float, int]]:
    """Left edges of the strip's pictures, side by side, and the frame under the middle of each.

    They start at a multiple of their width from the first frame, so that they stay put while the view is shifted.
    """
    if scale.num_frames == 0:
        return []
    start = scale.edge_x(0)
    end = min(scale.edge_x(scale.num_frames), scale.margin_px + scale.width_px)
    number = max(0, int((scale.margin_px - start) // width_px))
    places = []
    while (left := start + number * width_px) < end:
        places.append((left, scale.frame_at(min(left + width_px / 2, end - 0.5))))
        number += 1
    return places


def paint_thumbnails(
    painter: QPainter, area: QRectF, scale: TimeScale, aspect: float, picture: Picture, theme: Theme
) -> None:
    """Pictures side by side; a quiet frame where one is still being made."""
    width_px = max(8.0, area.height() * aspect)
    end = min(scale.edge_x(scale.num_frames), area.right())
    painter.save()
    painter.setClipRect(area)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for left, frame_idx in thumbnail_frames(scale, width_px):
        place = QRectF(left, area.top(), width_px, area.height())
        shown = place.intersected(QRectF(area.left(), area.top(), end - area.left(), area.height()))
        image = picture(frame_idx)
        if image is None:
            painter.fillRect(shown, theme.color("track"))
        else:
            part = QRectF(0, 0, image.width() * shown.width() / width_px, image.height())
            part.moveLeft(image.width() * (shown.left() - left) / width_px)
            painter.drawImage(shown, image, part)
        painter.fillRect(QRectF(shown.right() - 1, area.top(), 1, area.height()), theme.color("panel"))
    painter.restore()


def quality_rows(quality: QualityTrack | None) -> list[tuple[str, NDArray[np.float32]]]:
    """Names and values of the rows, top to bottom."""
    if quality is None:
        return []
    rows = [(tr("Coverage"), quality.coverage), (tr("Confidence"), quality.confidence)]
    return [*rows, (tr("Seams"), quality.seam)] if quality.has_seams else rows


def quality_height_px(quality: QualityTrack | None) -> int:
    """Height of the lane; two rows are kept free while nothing is known, so that nothing jumps."""
    count = max(2, len(quality_rows(quality)))
    return count * QUALITY_ROW_PX + (count - 1) * _GAP_PX


def paint_quality(painter: QPainter, area: QRectF, scale: TimeScale, content: TrackContent, theme: Theme) -> None:
    """A row a measure: bad frames stand out, good ones recede; of several frames in a pixel the worst is shown."""
    left = max(scale.edge_x(0), area.left())
    right = min(scale.edge_x(scale.num_frames), area.right())
    rows = quality_rows(content.quality)
    for number in range(max(2, len(rows))):
        top = area.top() + number * (QUALITY_ROW_PX + _GAP_PX)
        row = QRectF(left, top, right - left, QUALITY_ROW_PX)
        painter.fillRect(row, theme.color("track"))
        if number < len(rows) and row.width() >= 1:
            values = worst_per_pixel(rows[number][1], content.processed.start, scale, left, round(row.width()))
            painter.drawImage(row, _row_picture(values, theme))


def worst_per_pixel(
    values: NDArray[np.float32], first: int, scale: TimeScale, left_px: float, width_px: int
) -> NDArray[np.float32]:
    """(width_px,) float32: the lowest value of the frames in each pixel, NaN where there is none."""
    edges = (np.arange(width_px + 1) + left_px - scale.margin_px) / scale.px_per_frame + scale.first - first
    starts = np.floor(edges[:-1]).astype(np.intp)
    stops = np.maximum(np.ceil(edges[1:]).astype(np.intp), starts + 1)
    padded = np.append(np.where(np.isfinite(values), values, np.float32(np.inf)), np.float32(np.inf))
    bounds = np.stack([np.clip(starts, 0, len(values)), np.clip(stops, 0, len(values))], axis=1)
    lowest = np.minimum.reduceat(padded, bounds.ravel())[::2]
    lowest[(bounds[:, 1] <= bounds[:, 0]) | np.isinf(lowest)] = np.nan
    return lowest


def _row_picture(values: NDArray[np.float32], theme: Theme) -> QImage:
    stops = np.array([_rgb(theme.color(token)) for token in ("bad", "warn", "quality_fair", "quality_good")])
    knots = np.array([0.25, 0.55, 0.75, 1.0])
    known = np.where(np.isfinite(values), values, 0.0)
    colors = np.stack([np.interp(known, knots, stops[:, channel]) for channel in range(3)], axis=1)
    pixels = np.zeros((1, len(values), 4), dtype=np.uint8)
    pixels[0, :, :3] = colors[:, ::-1]
    pixels[0, :, 3] = np.where(np.isfinite(values), 255, 0)
    image = QImage(pixels.data, len(values), 1, 4 * len(values), QImage.Format.Format_ARGB32)
    return image.copy()


def _rgb(color: QColor) -> tuple[int, int, int]:
    return color.red(), color.green(), color.blue()


def paint_overview(painter: QPainter, area: QRectF, scale: TimeScale, theme: Theme) -> None:
    """Which part of the whole is in view."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.fillRect(area, theme.color("track"))
    left = area.left() + area.width() * scale.first / scale.num_frames
    width = max(6.0, area.width() * scale.visible / scale.num_frames)
    painter.fillRect(QRectF(left, area.top(), width, area.height()), theme.color("line_strong"))
