"""What a film will be and cost, said before it is made."""

from __future__ import annotations

from dataclasses import dataclass

from l3rocc_engine.cores import usable_cores
from l3rocc_studio.model.film_plan import FilmFacts, plan_film
from l3rocc_studio.model.film_spec import FilmFormat, FilmSpec
from l3rocc_studio.render.film_children import choose_workers
from l3rocc_studio.render.film_costs import FilmCosts, guess_costs
from l3rocc_studio.render.film_layout import Layout, plan_layout

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
        How long it takes to make with nothing else running, and without a graphics card where that was not tried.
    num_bytes
        How large the file becomes.
    seconds_range, bytes_range
        Between what the two are, as far as anybody can know.
    remarks
        Sentences about what may surprise.
    """

    num_pictures: int
    size_px: tuple[int, int]
    fps: float
    duration_s: float
    seconds: float
    num_bytes: int
    seconds_range: tuple[float, float]
    bytes_range: tuple[int, int]
    remarks: tuple[str, ...] = ()


def forecast_film(
    facts: FilmFacts, spec: FilmSpec, *, workers: int | None = None, costs: FilmCosts | None = None
) -> FilmForecast:
    """Foresee a film; takes no time and touches nothing.

    Parameters
    ----------
    facts, spec
        The film.
    workers
        How many processes draw; None for as many as would.
    costs
        From :func:`.film_probe.probe_film`; None guesses.

    Raises
    ------
    ConfigError
        If the wishes do not go with the run.
    """
    plan = plan_film(facts, spec)
    layout = plan_layout(facts.size_px, spec.layout, spec.output)
    costs = costs or guess_costs(layout, spec, facts)
    num_workers = min(workers or choose_workers(plan.num_pictures), len(plan.segments))
    seconds, num_bytes = costs.film_seconds(plan, workers=num_workers, cores=usable_cores()), costs.film_bytes(plan)
    return FilmForecast(
        num_pictures=plan.num_pictures,
        size_px=layout.size_px,
        fps=float(plan.rate),
        duration_s=plan.duration_s,
        seconds=seconds,
        num_bytes=round(num_bytes),
        seconds_range=(seconds / costs.work_spread, seconds * costs.work_spread),
        bytes_range=(round(num_bytes / costs.bytes_spread), round(num_bytes * costs.bytes_spread)),
        remarks=_remarks(layout, spec),
    )


def _remarks(layout: Layout, spec: FilmSpec) -> tuple[str, ...]:
    width, height = layout.size_px
    if spec.output.format is FilmFormat.MP4 and max(width, height) > WIDE_PX:
        return (f"At {width}x{height} many players cannot use their video chip; 4k or less plays everywhere.",)
    return ()
