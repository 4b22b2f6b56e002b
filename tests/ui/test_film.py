from __future__ import annotations

from pathlib import Path

import pytest

from l3rocc_engine.progress import CancelToken, ProgressEvent
from l3rocc_studio.model.export_request import ExportFormat, ExportRequest
from l3rocc_studio.model.film_spec import FilmLayout, FilmOutput, FilmPanel, FilmSpec
from l3rocc_studio.render.film_store import film_folder
from l3rocc_studio.render.movie import render_movie
from l3rocc_studio.ui.export.forecast_text import forecast_text
from l3rocc_studio.ui.film import num_pictures_left
from tests.synthetic.run_factory import make_run

SPEC = FilmSpec(layout=FilmLayout(panels=(FilmPanel.RGB,)), output=FilmOutput(height_px=64))


class PowerCutError(Exception):
    pass


def test_what_a_render_that_was_ended_left_is_told_before_it_goes_on(tmp_path: Path) -> None:
    run, out = make_run(tmp_path / "room", num_frames=30), tmp_path / "film.mp4"
    request = ExportRequest(format=ExportFormat.FILM, out=out, film=SPEC)
    assert num_pictures_left(run, out, SPEC) == 0 and "goes on" not in forecast_text(run, request)

    def cut(event: ProgressEvent) -> None:
        if event.done == 20:
            raise PowerCutError

    with pytest.raises(PowerCutError):
        render_movie(run, out, SPEC, events=cut, cancel=CancelToken())
    assert film_folder(out).is_dir()
    assert num_pictures_left(run, out, SPEC) == 15
    assert "goes on from 15 finished pictures of 30" in forecast_text(run, request)
    other = FilmSpec(layout=SPEC.layout, output=FilmOutput(height_px=66))
    assert num_pictures_left(run, out, other) == 0, "of another film"
    assert render_movie(run, out, SPEC) == 30
    assert num_pictures_left(run, out, SPEC) == 0
