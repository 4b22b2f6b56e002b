"""Films and stills of a run as files.

What is slow to import is imported where it is needed: the first child starts before this process knows the run, and
none of it is worth waiting for till then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from l3rocc_engine.errors import ConfigError
from l3rocc_engine.progress import CancelToken, EventSink, ProgressEvent, no_events
from l3rocc_studio.model.film_plan import FilmPlan, film_facts, plan_film
from l3rocc_studio.model.film_spec import FilmSpec
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.render.film_children import FilmChildren, LoadRun, PictureDone, choose_workers
from l3rocc_studio.render.film_layout import plan_layout

if TYPE_CHECKING:
    from l3rocc_engine.run import Run
    from l3rocc_studio.render.film_store import FilmStore

STAGE = "film"
Draw = Callable[[FilmPlan, list[int], PictureDone], None]


def render_movie(
    run: Run,
    out: Path,
    spec: FilmSpec | None = None,
    *,
    overwrite: bool = True,
    events: EventSink = no_events,
    cancel: CancelToken | None = None,
) -> int:
    """Write a film of a run in this process.

    Parameters
    ----------
    run
        What to show.
    out
        The film, or the folder of a PNG sequence; appears when it is complete.
    spec
        What to show and how.
    overwrite
        Whether a PNG sequence may replace a folder.
    events
        Told of every picture, stage ``"film"``.
    cancel
        Asked before every picture.

    Returns
    -------
    int
        Number of pictures, a title card's included.

    Raises
    ------
    ConfigError
        If the wishes do not go with the run.
    OutputError
        If nothing here can draw, or the film cannot be written.
    Cancelled
        If asked to stop; finished segments are kept, and the same call goes on from them.
    """
    spec, token = spec or FilmSpec(), cancel or CancelToken()

    def draw(plan: FilmPlan, missing: list[int], on_picture: PictureDone) -> None:
        from l3rocc_studio.render.film_segments import draw_segments

        draw_segments(run, out, spec, plan, missing, on_picture, token)

    return _render(run, out, spec, draw, overwrite=overwrite, events=events, cancel=token)


def render_film(
    location: RunLocation,
    out: Path,
    spec: FilmSpec,
    *,
    load_run: LoadRun,
    overwrite: bool = True,
    workers: int | None = None,
    load_here: Callable[[], Run] | None = None,
    events: EventSink = no_events,
    cancel: CancelToken | None = None,
) -> int:
    """Write a film in child processes, which share the pictures and are ended at once on cancel.

    Parameters
    ----------
    location
        The run.
    load_run
        Loads it; a function of a module, as the children call it too.
    workers
        How many processes; None takes what suits this machine. The film is the same with any number.
    load_here
        Loads it in this process, where that does more than ``load_run``; a child is getting ready meanwhile.

    Other parameters, the result and the errors are those of :func:`render_movie`; this process never touches VTK.
    """
    token = cancel or CancelToken()
    token.check()
    with FilmChildren(location, load_run, out, spec) as children:
        children.start()  # it is wanted in any case, and takes as long to get ready as the run takes here
        run = load_here() if load_here else load_run(location)

        def draw(plan: FilmPlan, missing: list[int], on_picture: PictureDone) -> None:
            count = workers or choose_workers(sum(len(plan.segments[number]) for number in missing))
            children.draw(plan, missing, min(count, len(missing)), on_picture, token)

        with closing(run.source):
            return _render(run, out, spec, draw, overwrite=overwrite, events=events, cancel=token)


def _render(
    run: Run, out: Path, spec: FilmSpec, draw: Draw, *, overwrite: bool, events: EventSink, cancel: CancelToken
) -> int:
    """Draw the segments that are missing, then join them all."""
    from l3rocc_studio.render.film_joiner import join_segments

    plan = plan_film(film_facts(run), spec)
    plan_layout(run.source.size_px, spec.layout, spec.output)  # says at once if the panels do not fit
    cancel.check()
    with _segments(run, out, spec, plan) as store:
        missing = store.missing
        done = plan.num_pictures - sum(len(plan.segments[number]) for number in missing)

        def on_picture() -> None:
            nonlocal done
            done += 1
            events(ProgressEvent(stage=STAGE, done=done, total=plan.num_pictures))

        events(ProgressEvent(stage=STAGE, done=done, total=plan.num_pictures))
        if missing:
            draw(plan, missing, on_picture)
        join_segments(store.paths, out, spec.output.format, plan, overwrite=overwrite, cancel=cancel)
    return plan.num_pictures


@contextmanager
def _segments(run: Run, out: Path, spec: FilmSpec, plan: FilmPlan) -> Iterator[FilmStore]:
    from l3rocc_studio.render.film_store import FilmStore, film_key

    store = FilmStore(out, spec, plan)
    store.prepare(film_key(run, spec, plan))
    is_done = False
    try:
        yield store
        is_done = True
    finally:
        store.close(is_done=is_done)


def render_still(run: Run, frame_idx: int, out_png: Path, spec: FilmSpec | None = None) -> None:
    """Write one composed picture as PNG; parameters and errors as for :func:`render_movie`."""
    from PIL import Image

    from l3rocc_engine.storage.atomic import atomic_file
    from l3rocc_studio.render.run_painter import RunPainter

    if not 0 <= frame_idx < run.num_frames:
        raise ConfigError(f"There is no frame {frame_idx}; the run has {run.num_frames}.")
    with RunPainter(run, spec) as painter:
        picture = painter.paint(frame_idx, run.source.frame(frame_idx))
    with atomic_file(out_png) as partial:
        Image.fromarray(picture).save(partial, format="PNG")
