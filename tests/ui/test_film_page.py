from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from l3rocc_studio.model.film_spec import Backdrop, FilmFormat, FilmMarks, FilmPanel, FilmSpec
from l3rocc_studio.model.looks import CloudColor, CloudLook, OccupancyLook, PaletteName, PanelLooks
from l3rocc_studio.ui.export.film_page import FilmPage
from l3rocc_studio.ui.theme import Theme

RGB, WORLD, OCCUPANCY = FilmPanel.RGB, FilmPanel.WORLD, FilmPanel.OCCUPANCY


@pytest.fixture
def page(qtbot: QtBot, theme: Theme) -> Iterator[FilmPage]:
    made = FilmPage(theme)
    qtbot.addWidget(made)
    made.resize(800, 560)
    made.show()
    qtbot.waitExposed(made)
    yield made


def test_nothing_chosen_is_the_usual_film(page: FilmPage) -> None:
    spec = page.spec(None)
    assert spec.layout.titles == ("RGB input", "World", "Egocentric occupancy")
    assert (spec.look, spec.camera, spec.marks, spec.output) == (
        FilmSpec().look,
        FilmSpec().camera,
        FilmMarks(),
        FilmSpec().output,
    )


def test_panels_are_ordered_ticked_and_titled_with_keys_alone(page: FilmPage, qtbot: QtBot) -> None:
    form = page.panels
    page.tabs.setCurrentWidget(form)
    assert "already at this end" in form.up.toolTip() and not form.up.isEnabled()
    form.down.setFocus()
    qtbot.keyClick(form.down, Qt.Key.Key_Space)
    assert form.panels == (WORLD, RGB, OCCUPANCY)
    qtbot.keyClick(form.down, Qt.Key.Key_Space)
    assert form.panels == (WORLD, OCCUPANCY, RGB) and not form.down.isEnabled()
    form.list.setFocus()
    form.list.setCurrentRow(0)
    qtbot.keyClick(form.list, Qt.Key.Key_Space)
    assert form.panels == (OCCUPANCY, RGB)
    assert not form.crop.isEnabled() and form.crop.toolTip() == "The film does not show the world."
    form.list.setCurrentRow(1)
    form.list.item(1).setText("What the robot knows")
    form.gap.setValue(20)
    layout = page.spec(None).layout
    assert (layout.panels, layout.titles) == ((OCCUPANCY, RGB), ("What the robot knows", "RGB input"))
    assert layout.gap_px == 20
    for row in (1, 2):
        form.list.item(row).setCheckState(Qt.CheckState.Unchecked)
    assert "at least one panel" in page.refusal


def test_a_dragged_row_is_another_order(page: FilmPage) -> None:
    heard: list[int] = []
    page.edited.connect(lambda: heard.append(1))
    model = page.panels.list.model()
    assert model.moveRow(model.index(0, 0).parent(), 2, model.index(0, 0).parent(), 0)
    assert page.spec(None).layout.panels == (OCCUPANCY, RGB, WORLD) and heard


def test_times_sizes_and_marks(page: FilmPage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    picture, marks = page.picture, page.marks
    assert not picture.is_padded.isEnabled() and "Choose a size first" in picture.is_padded.toolTip()
    picture.film_size.setCurrentIndex(picture.film_size.findText("4k · 3840×2160"))
    picture.is_padded.setChecked(True)
    picture.fps.setValue(29.97)
    picture.every.setValue(3)
    picture.backdrop.setCurrentIndex(picture.backdrop.findData(Backdrop.BLACK))
    output = page.spec((5, 20)).output
    assert (output.fit_px, output.is_padded, output.fps, output.every) == ((3840, 2160), True, 29.97, 3)
    assert (output.first_frame, output.last_frame) == (5, 20)
    picture.film_size.setCurrentIndex(0)
    assert not page.spec(None).output.is_padded, "what cannot be chosen is not asked for"
    picture.format.setCurrentIndex(picture.format.findData(FilmFormat.GIF))
    assert "no quality to choose" in picture.quality.toolTip() and page.suffix == ".gif"

    for field in (marks.subtitle, marks.title_s):
        assert not field.isEnabled() and field.toolTip() == "Write a title first."
    marks.title.setText(" Our room ")
    marks.subtitle.setText("two walks")
    marks.title_s.setValue(1.5)
    marks.logo.setText(str(tmp_path / "gone.png"))
    assert "no picture" in page.refusal and "gone.png" in page.refusal
    logo = tmp_path / "logo.png"
    logo.write_bytes(b"\x89PNG")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(logo), ""))
    marks.choose.click()
    assert page.refusal == ""
    assert not marks.watermark.isEnabled()
    marks.has_watermark.setChecked(True)
    marks.watermark.setText("lab 7")
    assert page.spec(None).marks == FilmMarks(
        title="Our room", subtitle="two walks", title_s=1.5, logo=logo, has_watermark=True, watermark="lab 7"
    )


def test_the_preview_shows_the_title_card_on_demand(page: FilmPage) -> None:
    page.preview_frame.set_frames(50, 7)
    assert page.preview_frame_idx == 7 and page.marks.card.toolTip() == "Write a title first."
    page.marks.title.setText("Our room")
    page.marks.card.click()
    assert page.preview_frame_idx is None
    page.preview_frame.slider.setValue(9)
    assert page.preview_frame_idx == 9 and not page.marks.card.isChecked()
    page.marks.card.click()
    page.marks.title.clear()
    assert page.preview_frame_idx == 9, "without a title there is no card"
    page.marks.title.setText("Our room")
    page.tabs.setCurrentIndex(2)
    page.tabs.setCurrentIndex(0)
    assert page.preview_frame_idx == 9


def test_the_film_looks_as_the_window_unless_that_is_not_wanted(page: FilmPage) -> None:
    looks = PanelLooks(
        cloud=CloudLook(color=CloudColor.HEIGHT, point_scale=2.0), occupancy=OccupancyLook(palette=PaletteName.MAGMA)
    )
    page.picture.set_looks(looks)
    look = page.spec(None).look
    assert look.cloud == looks.cloud and look.palette is PaletteName.MAGMA
    page.picture.as_window.setChecked(False)
    assert page.spec(None).look.cloud == CloudLook() and page.spec(None).look.occupancy == OccupancyLook()
