"""Single pictures of a film that is still being wished for, drawn in a child process so that no window waits."""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any

from l3rocc_engine.errors import Cancelled, ConfigError, L3roccError, OutputError
from l3rocc_engine.isolation import Say, run_isolated
from l3rocc_engine.kernel_loading import load_kernels_alone
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.run import Run
from l3rocc_studio.model.film_spec import FilmSpec
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.render.composer import Picture
from l3rocc_studio.render.film_children import ENVIRONMENT, LoadRun
from l3rocc_studio.render.film_layout import plan_layout

if TYPE_CHECKING:
    from l3rocc_studio.render.film_costs import FilmCosts
    from l3rocc_studio.render.run_painter import RunPainter

PREVIEW_HEIGHT_PX = 240
_POLL_S = 0.05


def preview_spec(run: Run, spec: FilmSpec, height_px: int = PREVIEW_HEIGHT_PX) -> FilmSpec:
    """The same film with low panels, for a quick look at it."""
    whole = plan_layout(run.source.size_px, spec.layout, spec.output)
    scale = min(1.0, height_px / whole.panel_height_px)
    output = replace(spec.output, height_px=None, fit_px=None, is_padded=False)
    if spec.output.is_padded:
        fit_px = (round(scale * whole.size_px[0]), round(scale * whole.size_px[1]))
        output = replace(output, fit_px=fit_px, is_padded=True)
    else:
        output = replace(output, height_px=max(64, round(scale * whole.panel_height_px)))
    gap_px = round(scale * spec.layout.gap_px)
    return replace(spec, layout=replace(spec.layout, gap_px=gap_px), output=output)


@dataclass(frozen=True, slots=True)
class _PictureWish:
    spec: FilmSpec
    frame_idx: int | None
    height_px: int


@dataclass(frozen=True, slots=True)
class _CostsWish:
    spec: FilmSpec


class FilmPreview:
    """Pictures of one run in this process; use it as a context manager.

    Parameters
    ----------
    run
        What to show.
    """

    def __init__(self, run: Run) -> None:
        from l3rocc_studio.render.run_painter import prepare_run

        self._run, self._prepared = run, prepare_run(run)
        self._painter: RunPainter | None = None
        self._spec: FilmSpec | None = None

    def picture(self, spec: FilmSpec, frame_idx: int | None, height_px: int = PREVIEW_HEIGHT_PX) -> Picture:
        """One composed picture, for no frame the title card; scenes are kept as long as the wishes stay the same.

        Raises
        ------
        L3roccError
            As :func:`l3rocc_studio.render.movie.render_movie`.
        """
        if frame_idx is not None and not 0 <= frame_idx < self._run.num_frames:
            raise ConfigError(f"There is no frame {frame_idx}; the run has {self._run.num_frames}.")
        wanted = preview_spec(self._run, spec, height_px)
        if self._painter is None or wanted != self._spec:
            self._renew(wanted)
        assert self._painter is not None
        if frame_idx is None:
            return self._painter.paint_title(0.5)
        return self._painter.paint(frame_idx, self._run.source.frame(frame_idx))

    def costs(self, spec: FilmSpec, on_picture: Callable[[], None], cancel: CancelToken) -> FilmCosts:
        """What pictures of the film cost, of which some are made for it; ``on_picture`` is called after each.

        Raises
        ------
        L3roccError
            As for :meth:`picture`.
        Cancelled
            If asked to stop.
        """
        from l3rocc_studio.render.film_probe import probe_film

        return probe_film(self._run, spec, on_picture, cancel)

    def _renew(self, spec: FilmSpec) -> None:
        from l3rocc_studio.render.run_painter import RunPainter

        self.close()
        self._painter, self._spec = RunPainter(self._run, spec, self._prepared), spec

    def close(self) -> None:
        """Free everything."""
        if self._painter is not None:
            self._painter.close()
        self._painter = self._spec = None

    def __enter__(self) -> FilmPreview:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


class PreviewProcess:
    """Pictures of one run from a child process, which starts at once and ends with :meth:`close`.

    Parameters
    ----------
    location, load_run
        The run; see :func:`l3rocc_studio.render.movie.render_film`.
    """

    def __init__(self, location: RunLocation, load_run: LoadRun) -> None:
        self._here, there = multiprocessing.Pipe()
        self._stop, self._lock = CancelToken(), threading.Lock()
        self._failure: L3roccError | None = None
        self._thread = threading.Thread(
            target=self._run, args=(location, load_run, there), name="film-preview", daemon=True
        )
        self._thread.start()

    def _run(self, location: RunLocation, load_run: LoadRun, there: Connection) -> None:
        try:
            run_isolated(_serve, location, load_run, there, cancel=self._stop, environment=ENVIRONMENT)
        except L3roccError as error:
            self._failure = error
        except Cancelled:
            return
        finally:
            there.close()

    def picture(self, spec: FilmSpec, frame_idx: int | None, height_px: int = PREVIEW_HEIGHT_PX) -> Picture:
        """One composed picture, for no frame the title card.

        It waits for the picture, so call it from a worker thread, one call at a time.

        Raises
        ------
        L3roccError
            If the wishes do not go with the run, or the child died.
        Cancelled
            If :meth:`close` was called meanwhile.
        """
        picture: Picture = self._ask(_PictureWish(spec, frame_idx, height_px), CancelToken())
        return picture

    def costs(self, spec: FilmSpec, cancel: CancelToken) -> FilmCosts:
        """What pictures of the film cost, of which some are made for it; waits like :meth:`picture`.

        Raises
        ------
        L3roccError
            As for :meth:`picture`.
        Cancelled
            If asked to stop, or :meth:`close` was called meanwhile.
        """
        costs: FilmCosts = self._ask(_CostsWish(spec), cancel)
        return costs

    def _ask(self, wish: _PictureWish | _CostsWish, cancel: CancelToken) -> Any:
        """The child's answer; one that is no longer wanted is waited for all the same, as the next comes after it."""
        has_stopped = False
        try:
            with self._lock:
                self._here.send(wish)
                while not self._here.poll(_POLL_S):
                    self._stop.check()
                    if cancel.is_set() and not has_stopped:
                        has_stopped = True
                        self._here.send(None)
                answer = self._here.recv()
        except (EOFError, OSError) as error:
            self._thread.join()
            self._stop.check()
            raise self._failure or OutputError("The preview's process has ended.") from error
        cancel.check()
        if isinstance(answer, L3roccError):
            raise answer
        return answer

    def close(self) -> None:
        """End the child."""
        self._stop.set()
        self._thread.join()
        self._here.close()


def _serve(_say: Say, location: RunLocation, load_run: LoadRun, there: Connection) -> None:
    load_kernels_alone()
    run = load_run(location)
    with closing(run.source), FilmPreview(run) as preview:
        while True:
            try:
                wish = there.recv()
            except EOFError:
                return
            if wish is not None:  # to stop what is finished already
                there.send(_answer(preview, wish, there))


def _answer(preview: FilmPreview, wish: _PictureWish | _CostsWish, there: Connection) -> object:
    stop = CancelToken()

    def look_up() -> None:
        if there.poll():  # nothing but the wish to stop comes before the answer
            stop.set()

    try:
        if isinstance(wish, _PictureWish):
            return preview.picture(wish.spec, wish.frame_idx, wish.height_px)
        return preview.costs(wish.spec, look_up, stop)
    except L3roccError as error:
        return error
    except Cancelled:
        return None
