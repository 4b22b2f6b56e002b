"""How much an export will be, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from l3rocc_engine.storage.space import free_bytes, readable_size
from l3rocc_studio.model.counts import frames_text
from l3rocc_studio.model.export_request import ExportRequest
from l3rocc_studio.model.words import retell, tr
from l3rocc_studio.services.run_writers import forecast_run
from l3rocc_studio.ui.film import foresee_film, num_pictures_left
from l3rocc_studio.ui.summary import between_text

if TYPE_CHECKING:
    from l3rocc_engine.run import Run
    from l3rocc_studio.render.film_costs import FilmCosts
    from l3rocc_studio.render.film_forecast import FilmForecast


def forecast_text(run: Run, request: ExportRequest, costs: FilmCosts | None = None) -> str:
    """How much an export will be, in a sentence; ``costs`` are those of a film's pictures, if they are known."""
    free = readable_size(free_bytes(request.out))
    if request.film is not None:
        film = foresee_film(run, request.film, costs)
        size = _size_text(film, is_known=costs is not None)
        rate = tr("{duration_s:.1f} s at {fps:.4g} fps").format(duration_s=film.duration_s, fps=film.fps)
        effort = tr("{time} to make").format(time=between_text(*film.seconds_range))
        left = num_pictures_left(run, request.out, request.film)
        again = tr("goes on from {left} finished pictures of {count}").format(left=left, count=film.num_pictures)
        return " · ".join((rate, size, effort, *([again] if left else ()), *map(retell, film.remarks)))
    frames = request.frame_range
    parts = []
    if request.format.has_frames:
        parts.append(frames_text(run.num_frames if frames is None else len(frames)))
    forecast = forecast_run(run, request)
    if forecast is not None:
        parts.append(retell(str(forecast)))
    return " · ".join((*parts, tr("{size} free").format(size=free)))


def _size_text(film: FilmForecast, *, is_known: bool) -> str:
    """Its size in pixels and on the disk, as a range while nobody has looked at its pictures."""
    width, height = film.size_px
    if is_known:
        text, values = tr("{width}×{height}, about {size}"), {"size": readable_size(film.num_bytes)}
    else:
        low, high = map(readable_size, film.bytes_range)
        text, values = tr("{width}×{height}, {low} to {high}"), {"low": low, "high": high}
    return text.format(width=width, height=height, **values)
