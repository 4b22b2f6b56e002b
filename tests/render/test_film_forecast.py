from __future__ import annotations

from pathlib import Path

import pytest

from l3rocc_engine.errors import Cancelled
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.run import Run
from l3rocc_studio.model.film_camera import CameraKind, FilmCamera
from l3rocc_studio.model.film_plan import film_facts, plan_film
from l3rocc_studio.model.film_spec import (
    FilmFormat,
    FilmLayout,
    FilmMarks,
    FilmOutput,
    FilmPanel,
    FilmQuality,
    FilmSpec,
)
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.render.film_costs import GUESSED_BYTES, FilmCosts
from l3rocc_studio.render.film_forecast import forecast_film
from l3rocc_studio.render.film_preview import PreviewProcess
from l3rocc_studio.render.film_probe import PLACES, RUN_PICTURES, probe_film, sample_plan
from l3rocc_studio.render.movie import render_movie
from l3rocc_studio.render.run_painter import RunPainter
from tests.synthetic.run_factory import make_run


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of two segments and a half."""
    return make_run(tmp_path_factory.mktemp("walk"), num_frames=60)


def film_of(kind: FilmFormat, camera: CameraKind, height_px: int = 160) -> FilmSpec:
    return FilmSpec(camera=FilmCamera(kind=camera), output=FilmOutput(format=kind, height_px=height_px))


def size_of(out: Path) -> int:
    return out.stat().st_size if out.is_file() else sum(item.stat().st_size for item in out.iterdir())


def test_a_forecast_is_exact_where_it_can_be(walk: Run) -> None:
    spec = FilmSpec(marks=FilmMarks(title="Room", title_s=1.0), output=FilmOutput(height_px=96, every=2))
    forecast = forecast_film(film_facts(walk), spec, workers=1)
    with RunPainter(walk, spec) as painter:
        assert forecast.size_px == painter.layout.size_px
    assert (forecast.num_pictures, forecast.fps) == (30 + 5, 5.0)
    assert forecast.duration_s == pytest.approx(7.0)
    assert forecast.remarks == ()
    low, high = forecast.bytes_range
    assert low < forecast.num_bytes < high and high / low == pytest.approx(GUESSED_BYTES**2, rel=0.01)
    assert forecast.seconds_range[0] < forecast.seconds < forecast.seconds_range[1]


def test_more_pixels_take_longer_and_too_wide_films_are_remarked(walk: Run) -> None:
    facts = film_facts(walk)
    small, large = (forecast_film(facts, FilmSpec(output=FilmOutput(height_px=h)), workers=1) for h in (240, 2160))
    assert small.seconds < large.seconds
    assert small.num_bytes < large.num_bytes
    assert "4k" in large.remarks[0]
    best = FilmOutput(height_px=240, quality=FilmQuality.BEST, format=FilmFormat.WEBM)
    assert forecast_film(facts, FilmSpec(output=best), workers=1).seconds > small.seconds
    moving = FilmSpec(camera=FilmCamera(kind=CameraKind.ORBIT), output=FilmOutput(height_px=2160))
    followed = forecast_film(facts, moving, workers=1)
    assert followed.num_bytes > large.num_bytes and followed.seconds > large.seconds


def test_costs_add_up_over_segments_pictures_and_processes(walk: Run) -> None:
    costs = FilmCosts(key_bytes=1000.0, next_bytes=100.0, first_s=2.0, next_s=0.1)
    plan = plan_film(film_facts(walk), FilmSpec())
    assert len(plan.segments) == 3
    assert costs.film_bytes(plan) == 3 * 1000 + 57 * 100
    titled = plan_film(film_facts(walk), FilmSpec(marks=FilmMarks(title="Room", title_s=10.0)))
    assert costs.film_bytes(titled) < 1.5 * costs.film_bytes(plan), "a title card takes next to nothing"
    alone, shared = (costs.film_seconds(plan, workers=workers, cores=8) for workers in (1, 2))
    assert shared < alone
    assert costs.film_seconds(plan, workers=2, cores=1) > shared, "processes share the cores that there are"


def test_samples_are_neighbours_at_places_of_the_film(walk: Run) -> None:
    plan = plan_film(film_facts(walk), FilmSpec(marks=FilmMarks(title="Room")))
    sample = sample_plan(plan)
    assert len(sample.frames) == len(PLACES) * (RUN_PICTURES + 1) == sample.segments[-1].stop
    assert [len(numbers) for numbers in sample.segments] == len(PLACES) * [RUN_PICTURES, 1]
    for numbers in sample.segments:
        frames = [sample.frames[number] for number in numbers]
        assert None not in frames and frames == list(range(frames[0], frames[0] + len(numbers)))  # type: ignore[arg-type, operator]
    everything = [frame for frame in sample.frames if frame is not None]
    assert everything == sorted(set(everything)), "in the order in which a source tells its pictures, each once"
    short = plan_film(film_facts(walk), FilmSpec(output=FilmOutput(last_frame=6)))
    assert sample_plan(short).frames == short.frames and len(sample_plan(short).segments) == 2


@pytest.mark.parametrize(
    ("kind", "camera"),
    [
        (FilmFormat.MP4, CameraKind.GODS_EYE),
        (FilmFormat.MP4, CameraKind.ORBIT),
        (FilmFormat.WEBM, CameraKind.GODS_EYE),
        (FilmFormat.GIF, CameraKind.FOLLOW),
        (FilmFormat.PNG, CameraKind.GODS_EYE),
    ],
)
def test_a_film_is_as_large_as_its_samples_say(walk: Run, kind: FilmFormat, camera: CameraKind, tmp_path: Path) -> None:
    spec = film_of(kind, camera)
    costs = probe_film(walk, spec, lambda: None, CancelToken())
    probed, guessed = (forecast_film(film_facts(walk), spec, costs=given) for given in (costs, None))
    out = tmp_path / f"film.{kind.value}"
    assert render_movie(walk, out, spec) == 60
    assert probed.bytes_range[0] / 1.15 < size_of(out) < 1.15 * probed.bytes_range[1]
    assert size_of(out) / 3 < guessed.num_bytes < 3 * size_of(out)  # of a synthetic room, which is plainer than others
    assert costs.first_s > 0.0 and costs.next_s > 0.0
    if kind not in (FilmFormat.PNG, FilmFormat.GIF):
        assert costs.key_bytes > 1.1 * costs.next_bytes


@pytest.mark.parametrize("num_frames", [1, 2, 16, 29, 31])
def test_films_of_any_length_can_be_probed(walk: Run, num_frames: int) -> None:
    output = FilmOutput(height_px=64, first_frame=3, last_frame=2 + num_frames)
    spec = FilmSpec(layout=FilmLayout(panels=(FilmPanel.RGB,)), output=output)
    costs = probe_film(walk, spec, lambda: None, CancelToken())
    assert costs.key_bytes > 0 and costs.next_bytes > 0 and costs.next_s > 0


def test_a_probe_ends_when_asked_to_and_leaves_nothing(
    walk: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    token, made = CancelToken(), []

    def stop() -> None:
        made.append(1)
        token.set()

    with pytest.raises(Cancelled):
        probe_film(walk, film_of(FilmFormat.MP4, CameraKind.GODS_EYE), stop, token)
    assert made == [1] and not list(tmp_path.iterdir())


def load_walk(location: RunLocation) -> Run:
    return make_run(location.path, num_frames=8)


def test_the_preview_s_process_tells_the_costs_unless_they_are_no_longer_wanted(tmp_path: Path) -> None:
    spec = FilmSpec(layout=FilmLayout(panels=(FilmPanel.RGB,)), output=FilmOutput(height_px=96))
    process = PreviewProcess(RunLocation(path=tmp_path / "room", workdir=None, config={}), load_walk)
    try:
        costs = process.costs(spec, CancelToken())
        assert costs.key_bytes > costs.next_bytes > 0
        stopped = CancelToken()
        stopped.set()
        with pytest.raises(Cancelled):
            process.costs(spec, stopped)
        assert process.picture(spec, 3, 96).shape[2] == 3, "and goes on with what is wanted now"
    finally:
        process.close()
