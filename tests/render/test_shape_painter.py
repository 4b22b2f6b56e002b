from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from l3rocc_studio.model.film_camera import CameraKind, FilmCamera
from l3rocc_studio.model.film_spec import Backdrop, FilmFormat, FilmLayout, FilmOutput, FilmPanel, FilmSpec
from l3rocc_studio.render.camera_layers import CameraLayers
from l3rocc_studio.render.depth_shading import Lens
from l3rocc_studio.render.eye import Eye
from l3rocc_studio.render.run_painter import RunPainter
from l3rocc_studio.render.shape_painter import Poster, Shape, paint_shapes

SIZE_PX = (60, 40)
EYE = Eye(position=np.zeros(3), axes=np.eye(3), focal_px=40.0, near=0.1)
LENS = Lens(near=0.1, far=20.0, focal_px=40.0)


def square(z: float, half: float = 0.25) -> np.ndarray:
    return np.array([[-half, -half, z], [half, -half, z], [half, half, z], [-half, half, z]])


def shape(z: float, color: tuple[float, float, float], towards: tuple[float, float, float] = (0.0, 0.0, -1.0)) -> Shape:
    return Shape(
        vertices=square(z),
        normals=np.tile(towards, (4, 1)),
        triangles=np.array([[0, 2, 1], [0, 3, 2]], dtype=np.int32),
        colors=np.tile(np.multiply(color, 255.0), (4, 1)),
        shine=(0.0, 0.0, 0.0),
    )


@pytest.mark.parametrize("kind", [CameraKind.GODS_EYE, CameraKind.FOLLOW, CameraKind.ORBIT])
@pytest.mark.parametrize("backdrop", [Backdrop.WHITE, Backdrop.TRANSPARENT])
def test_cameras_look_as_the_graphics_library_draws_them(room_run, monkeypatch, kind, backdrop):
    spec = FilmSpec(
        layout=FilmLayout(panels=(FilmPanel.WORLD,), has_labels=False, backdrop=backdrop),
        output=FilmOutput(height_px=240, format=FilmFormat.PNG),
        camera=FilmCamera(kind=kind),
    )
    pictures = []
    for _ in range(2):
        with RunPainter(room_run, spec) as painter:
            pictures.append(painter.paint(3, room_run.source.frame(3)).astype(int))
        monkeypatch.setattr(CameraLayers, "shapes", lambda *_args, **_kwargs: None)
    difference = np.abs(pictures[0] - pictures[1]).max(axis=2)
    assert difference.mean() < 0.3
    assert (difference > 40).mean() < 0.003


def test_a_surface_is_as_bright_as_it_faces_the_eye_and_as_far_as_it_is():
    part = paint_shapes([shape(2.0, (0.5, 0.25, 0.0))], None, EYE, LENS, SIZE_PX, 3)
    is_there = part.picture.distances > 0.0
    # Half a unit is ten pixels at a distance of two.
    assert is_there.sum() == 100
    np.testing.assert_allclose(part.picture.color[is_there], np.tile([134, 67, 0], (100, 1)), atol=1)
    np.testing.assert_allclose(part.picture.distances[is_there], 2.0, rtol=1e-6)
    aside = paint_shapes([shape(2.0, (0.5, 0.25, 0.0), (1.0, 0.0, 0.0))], None, EYE, LENS, SIZE_PX, 4)
    np.testing.assert_allclose(aside.picture.color[is_there], np.tile([57, 29, 0, 255], (100, 1)), atol=1)


def test_the_nearer_is_seen_and_a_picture_stands_upright():
    picture = np.zeros((10, 10, 3), dtype=np.uint8)
    picture[:5, :5], picture[5:, 5:] = (200, 0, 0), (0, 0, 200)
    poster = Poster(corners=square(2.0), picture=picture)
    part = paint_shapes([], poster, EYE, LENS, SIZE_PX, 3)
    left, top = 25 - part.box.left_px, 15 - part.box.top_px
    np.testing.assert_array_equal(part.picture.color[top : top + 10, left : left + 10], picture)
    for z, wanted in ((1.9, (0, 134, 0)), (2.1, (200, 0, 0))):
        both = paint_shapes([shape(z, (0.0, 0.5, 0.0))], poster, EYE, LENS, SIZE_PX, 3)
        at = (17 - both.box.top_px, 27 - both.box.left_px)
        np.testing.assert_allclose(both.picture.color[at], wanted, atol=1)


def test_what_is_behind_the_eye_is_not_drawn():
    assert paint_shapes([shape(-2.0, (1.0, 1.0, 1.0))], None, EYE, LENS, SIZE_PX, 3) is None
    assert paint_shapes([], None, EYE, LENS, SIZE_PX, 3) is None
    around = replace(
        shape(2.0, (1.0, 1.0, 1.0)), vertices=square(2.0) * (1, 1, 1) - [[0, 0, 0], [0, 0, 0], [0, 0, 0], [0, 0, 4]]
    )
    part = paint_shapes([around], None, EYE, LENS, SIZE_PX, 3)
    assert 0 < (part.picture.distances > 0.0).sum() < 60
