"""What a film will be and cost, said before it is made."""

from __future__ import annotations

from dataclasses import dataclass

from l3rocc_studio.model.film_camera import CameraKind
from l3rocc_studio.model.film_plan import FilmFacts, plan_film
from l3rocc_studio.model.film_spec import FilmFormat, FilmPanel, FilmQuality, FilmSpec
from l3rocc_studio.render.film_children import choose_workers
from l3rocc_studio.render.film_layout import Layout, plan_layout

START_S = 3.0
"""For processes to start and the run to be loaded."""
OCCUPANCY_MS, OCCUPANCY_MS_A_MEGAPIXEL = 8.0, 12.0
STILL_WORLD_MS_A_MEGAPIXEL, MOVING_WORLD_MS, MOVING_WORLD_MS_A_MEGAPIXEL = 7.0, 20.0, 22.0
CPU_MS_A_MEGAPIXEL = {
    FilmFormat.MP4: {FilmQuality.DRAFT: 8.0, FilmQuality.GOOD: 8.5, FilmQuality.BEST: 80.0},
    FilmFormat.WEBM: {FilmQuality.DRAFT: 45.0, FilmQuality.GOOD: 55.0, FilmQuality.BEST: 300.0},
    FilmFormat.GIF: dict.fromkeys(FilmQuality, 90.0),
    FilmFormat.PNG: dict.fromkeys(FilmQuality, 60.0),
}
"""CPU time of a picture on one core of a server with software rendering; a graphics card draws faster."""
BYTES_A_PIXEL = {
    FilmFormat.MP4: {FilmQuality.DRAFT: 0.045, FilmQuality.GOOD: 0.050, FilmQuality.BEST: 0.080},
    FilmFormat.WEBM: {FilmQuality.DRAFT: 0.020, FilmQuality.GOOD: 0.035, FilmQuality.BEST: 0.070},
    FilmFormat.GIF: dict.fromkeys(FilmQuality, 0.35),
    FilmFormat.PNG: dict.fromkeys(FilmQuality, 0.9),
}
WIDE_PX = 4096
"""Wider H.264 is more than the chips of many players take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmForecast:
    """What a film will be.

    Attributes
    ----------
    num_pictures
        Exact, the title card's included.
    size_px
        (width, height), exact.
    fps
        Pictures a second, exact; the mean where the source has no constant rate.
    duration_s
        How long it plays, exact.
    seconds
        How long it takes to make with nothing else running, without a graphics card: a guess within a factor of two.
    num_bytes
        How large the file becomes: a guess within a factor of two or three, as it depends on the pictures.
    remarks
        Sentences about what may surprise.
    """

    num_pictures: int
    size_px: tuple[int, int]
    fps: float
    duration_s: float
    seconds: float
    num_bytes: int
    remarks: tuple[str, ...] = ()


def forecast_film(facts: FilmFacts, spec: FilmSpec, *, workers: int | None = None) -> FilmForecast:
    """Foresee a film; takes no time and touches nothing.

    Raises
    ------
    ConfigError
        If the wishes do not go with the run.
    """
    plan = plan_film(facts, spec)
    layout = plan_layout(facts.size_px, spec.layout, spec.output)
    pixels = layout.size_px[0] * layout.size_px[1]
    kind, quality = spec.output.format, spec.output.quality
    share = 1.0 / (workers or choose_workers(plan.num_pictures))
    picture_s = 1e-3 * (_drawing_ms(layout, spec) + CPU_MS_A_MEGAPIXEL[kind][quality] * pixels / 1e6)
    return FilmForecast(
        num_pictures=plan.num_pictures,
        size_px=layout.size_px,
        fps=float(plan.rate),
        duration_s=plan.duration_s,
        seconds=START_S + share * picture_s * plan.num_pictures,
        num_bytes=round(BYTES_A_PIXEL[kind][quality] * pixels * plan.num_pictures),
        remarks=_remarks(layout, spec),
    )


def _drawing_ms(layout: Layout, spec: FilmSpec) -> float:
    cost_ms = 0.0
    for box in layout.boxes:
        megapixels = box.width_px * box.height_px / 1e6
        if box.panel is FilmPanel.OCCUPANCY:
            cost_ms += OCCUPANCY_MS + OCCUPANCY_MS_A_MEGAPIXEL * megapixels
        elif box.panel is FilmPanel.WORLD and spec.camera.kind in (
            CameraKind.GODS_EYE,
            CameraKind.TOP,
            CameraKind.SAVED,
        ):
            cost_ms += STILL_WORLD_MS_A_MEGAPIXEL * megapixels
        elif box.panel is FilmPanel.WORLD:
            cost_ms += MOVING_WORLD_MS + MOVING_WORLD_MS_A_MEGAPIXEL * megapixels
    return cost_ms


def _remarks(layout: Layout, spec: FilmSpec) -> tuple[str, ...]:
    width, height = layout.size_px
    if spec.output.format is FilmFormat.MP4 and max(width, height) > WIDE_PX:
        return (f"At {width}x{height} many players cannot use their video chip; 4k or less plays everywhere.",)
    return ()
