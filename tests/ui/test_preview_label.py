"""The picture in the export dialog."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from l3rocc_studio.model.film_spec import FilmLayout, FilmPanel, FilmSpec
from l3rocc_studio.render.film_layout import plan_layout
from l3rocc_studio.ui.export.preview_label import PreviewLabel
from l3rocc_studio.ui.film import LEAST_PREVIEW_PX, MOST_PREVIEW_PX, preview_height_px
from tests.synthetic.run_factory import make_run


@pytest.fixture
def label(qtbot: QtBot) -> PreviewLabel:
    made = PreviewLabel()
    qtbot.addWidget(made)
    made.resize(604, 304)
    made.show()
    return made


@pytest.mark.parametrize("size", [(300, 100), (1200, 400)])
def test_a_picture_fills_its_frame_whatever_its_size(label: PreviewLabel, size: tuple[int, int]) -> None:
    label.show_image(QImage(*size, QImage.Format.Format_RGB32))
    assert label.pixmap().deviceIndependentSize().toSize().toTuple() == (600, 200)


def test_a_bar_tells_of_a_picture_that_takes_a_while(label: PreviewLabel, qtbot: QtBot) -> None:
    label.show_image(QImage(300, 100, QImage.Format.Format_RGB32))
    label.set_busy(is_busy=True)
    assert not label.bar.isVisible(), "one that is there at once needs none"
    qtbot.waitUntil(label.bar.isVisible)
    assert not label.pixmap().isNull(), "the last picture stays meanwhile"
    label.set_busy(is_busy=False)
    assert not label.bar.isVisible()


def test_a_preview_is_drawn_as_large_as_the_screen_shows_it(tmp_path: Path) -> None:
    run = make_run(tmp_path)
    film = FilmSpec(layout=FilmLayout(panels=(FilmPanel.WORLD,)))
    whole = plan_layout(run.source.size_px, film.layout, film.output)
    for share in (0.8, 1.5):
        room = round(share * whole.size_px[0]), 5000
        wanted = round(share * whole.panel_height_px)
        height = preview_height_px(run, film, room)
        assert height == pytest.approx(min(max(wanted, LEAST_PREVIEW_PX), MOST_PREVIEW_PX), abs=2)
    assert preview_height_px(run, film, (10, 10)) == LEAST_PREVIEW_PX
    assert preview_height_px(run, film, (20_000, 20_000)) == MOST_PREVIEW_PX
