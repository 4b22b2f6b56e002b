from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.errors import ConfigError, L3roccError
from l3rocc_engine.run import Run
from l3rocc_studio.model.film_plan import film_facts
from l3rocc_studio.model.film_spec import FilmLayout, FilmMarks, FilmOutput, FilmPanel, FilmSpec
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.render.film_forecast import forecast_film
from l3rocc_studio.render.film_preview import FilmPreview, PreviewProcess, preview_spec
from l3rocc_studio.render.run_painter import RunPainter
from tests.synthetic.run_factory import make_run


def load_room(location: RunLocation) -> Run:
    return make_run(location.path, num_frames=6)


def load_nothing(location: RunLocation) -> Run:
    raise ConfigError("The run is gone.")


def test_a_preview_is_the_film_in_small(room_run):
    spec = FilmSpec(output=FilmOutput(height_px=640))
    with FilmPreview(room_run) as preview:
        first, again = preview.picture(spec, 2, 96), preview.picture(spec, 2, 96)
        card = preview.picture(FilmSpec(marks=FilmMarks(title="Room"), output=spec.output), None, 96)
        other = preview.picture(FilmSpec(layout=FilmLayout(panels=(FilmPanel.WORLD,))), 2, 96)
    with RunPainter(room_run, preview_spec(room_run, spec, 96)) as painter:
        np.testing.assert_array_equal(first, painter.paint(2, room_run.source.frame(2)))
    assert card.shape == first.shape and (card != first).any()
    np.testing.assert_array_equal(first, again)
    assert other.shape[1] < first.shape[1] / 2


@pytest.mark.parametrize("output", [FilmOutput(height_px=720), FilmOutput(fit_px=(1920, 1080), is_padded=True)])
def test_a_preview_has_the_shape_of_the_film(room_run, output):
    whole = forecast_film(film_facts(room_run), FilmSpec(output=output)).size_px
    small = forecast_film(film_facts(room_run), preview_spec(room_run, FilmSpec(output=output), 160)).size_px
    assert small[0] / small[1] == pytest.approx(whole[0] / whole[1], rel=0.06)
    assert small[1] < 460


def test_previews_come_from_another_process_and_errors_are_told(tmp_path, room_run):
    process = PreviewProcess(RunLocation(path=tmp_path / "room", workdir=None, config={}), load_room)
    try:
        picture = process.picture(FilmSpec(), 3, 96)
        with pytest.raises(ConfigError, match="no frame 77"):
            process.picture(FilmSpec(), 77, 96)
    finally:
        process.close()
    with FilmPreview(room_run) as preview:
        here = preview.picture(FilmSpec(), 3, 96)
    # The two may draw with different systems, a display here and none there, which round edges differently.
    difference = np.abs(picture.astype(int) - here.astype(int)).max(axis=2)
    assert (difference > 2).mean() < 0.02
    assert difference.mean() < 0.5


def test_a_process_that_cannot_load_its_run_says_so():
    process = PreviewProcess(RunLocation(path=Path("gone"), workdir=None, config={}), load_nothing)
    try:
        with pytest.raises(L3roccError, match="The run is gone"):
            process.picture(FilmSpec(), 0)
    finally:
        process.close()
