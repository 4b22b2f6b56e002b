from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from l3rocc_studio.model.film_camera import CameraKind, FilmCamera
from l3rocc_studio.model.film_spec import Backdrop, FilmLayout, FilmMarks, FilmOutput, FilmSpec
from l3rocc_studio.render.composer import Composer
from l3rocc_studio.render.film_layout import Layout, plan_layout
from l3rocc_studio.render.pixel_box import NOWHERE, PixelBox
from l3rocc_studio.render.planar import PICTURES_IN_WORK, PlanarPicture
from l3rocc_studio.render.planar_composer import PlanarComposer
from l3rocc_studio.render.run_painter import RunPainter

SOURCE_PX = (333, 250)
ODD_GAPS = (0, 3, 8)


def layout_with(gap_px: int) -> Layout:
    return plan_layout(SOURCE_PX, FilmLayout(gap_px=gap_px), FilmOutput(height_px=250))


def composer_of(layout: Layout, marks: FilmMarks | None = None) -> Composer:
    return Composer(layout, Backdrop.DARK, marks or FilmMarks(has_watermark=True), "facts of the run, in a long line")


def panels_of(layout: Layout, seed: int) -> dict:
    """Soft pictures, as films have."""
    rng = np.random.default_rng(seed)
    return {
        box.panel: np.asarray(
            Image.fromarray(rng.integers(0, 256, (9, 12, 3), dtype=np.uint8)).resize((box.width_px, box.height_px))
        )
        for box in layout.boxes
    }


def bits(picture: PlanarPicture) -> bytes:
    return b"".join(plane.tobytes() for plane in (picture.planes.luma, picture.planes.blue, picture.planes.red))


@pytest.mark.parametrize("gap_px", ODD_GAPS)
def test_planes_show_what_the_picture_of_colours_does(gap_px, tmp_path):
    Image.new("RGBA", (61, 33), (250, 40, 10, 130)).save(tmp_path / "logo.png")
    layout = layout_with(gap_px)
    composer = composer_of(layout, FilmMarks(has_watermark=True, logo=tmp_path / "logo.png"))
    panels = panels_of(layout, 1)
    wanted = PlanarPicture.of(composer.compose(panels)).planes
    found = PlanarComposer(composer).compose(panels, None).planes
    assert np.abs(found.luma.astype(int) - wanted.luma).max() <= 1
    for plane, other in ((found.blue, wanted.blue), (found.red, wanted.red)):
        # Where a panel begins between two pixels of one colour, the colour is that of one of both sides.
        shared = {box.left_px // 2 for box in layout.boxes} | {box.columns.stop // 2 for box in layout.boxes}
        differences = np.delete(np.abs(plane.astype(int) - other), sorted(shared & set(range(plane.shape[1]))), axis=1)
        assert differences.max() <= 8  # under letters
        assert (differences > 1).mean() < 1e-3


@pytest.mark.parametrize("gap_px", ODD_GAPS)
def test_what_did_not_change_need_not_be_written_again(gap_px):
    layout = layout_with(gap_px)
    composer = composer_of(layout)
    kept, rng = PlanarComposer(composer), np.random.default_rng(2)
    panels = panels_of(layout, 3)
    assert bits(kept.compose(panels, None)) == bits(PlanarComposer(composer).compose(panels, None))
    for number in range(4 * PICTURES_IN_WORK):
        panels, others = {panel: picture.copy() for panel, picture in panels.items()}, panels_of(layout, 10 + number)
        changed = []
        for box in layout.boxes:
            left, top = (int(rng.integers(0, size)) for size in box.size_px)
            width, height = (int(rng.integers(1, most)) for most in (box.width_px - left + 1, box.height_px - top + 1))
            part = PixelBox(left_px=left, top_px=top, width_px=width, height_px=height)
            if rng.random() < 0.3:
                changed.append(NOWHERE)
                continue
            panels[box.panel][part.rows, part.columns] = others[box.panel][part.rows, part.columns]
            changed.append(part.beyond(box))
        assert bits(kept.compose(panels, changed)) == bits(PlanarComposer(composer).compose(panels, None))


def test_a_picture_stays_while_it_is_in_work():
    layout = layout_with(8)
    kept = PlanarComposer(composer_of(layout))
    pictures = [kept.compose(panels_of(layout, number), None) for number in range(PICTURES_IN_WORK)]
    assert len({bits(picture) for picture in pictures}) == PICTURES_IN_WORK
    first = bits(pictures[0])
    assert bits(kept.compose(panels_of(layout, 0), None)) == first
    assert bits(pictures[1]) != first


@pytest.mark.parametrize("size_px", [(223, 167), (333, 250), (700, 525)])
@pytest.mark.parametrize("gap_px", ODD_GAPS)
def test_a_panel_of_another_size_is_scaled_to_its_place(size_px, gap_px):
    layout = layout_with(gap_px)
    composer, panels = composer_of(layout), panels_of(layout, 5)
    rgb = layout.boxes[0]
    panels[rgb.panel] = np.asarray(Image.fromarray(panels[rgb.panel]).resize(size_px))
    wanted = PlanarPicture.of(composer.compose(panels)).planes
    found = PlanarComposer(composer).compose(panels, None).planes
    for plane, other, least_db in (
        (found.luma, wanted.luma, 54),
        (found.blue, wanted.blue, 42),
        (found.red, wanted.red, 42),
    ):
        error = (plane.astype(float) - other)[:, : rgb.width_px * plane.shape[1] // layout.size_px[0] - 1]
        assert abs(error.mean()) < 0.15
        assert 10 * np.log10(255**2 / (error**2).mean()) > least_db


@pytest.mark.parametrize("kind", [CameraKind.GODS_EYE, CameraKind.FOLLOW])
def test_a_frame_of_a_run_has_the_same_planes_whatever_was_painted_before(room_run, kind):
    spec = FilmSpec(output=FilmOutput(height_px=121), camera=FilmCamera(kind=kind))
    with RunPainter(room_run, spec) as kept:
        for frame_idx in (0, 1, 2, 3, 3, 5, 0):
            source = room_run.source.frame(frame_idx)
            found = bits(kept.paint_planes(frame_idx, source))
            with RunPainter(room_run, spec) as fresh:
                assert found == bits(fresh.paint_planes(frame_idx, source))
            if frame_idx == 2:
                kept.paint(4, room_run.source.frame(4))
            if frame_idx == 5:
                kept.paint_title(0.5)
