from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from l3rocc_studio.model.film_camera import CameraKind, FilmCamera
from l3rocc_studio.model.film_spec import (
    Backdrop,
    FilmFormat,
    FilmLayout,
    FilmLook,
    FilmOutput,
    FilmPanel,
    FilmSpec,
)
from l3rocc_studio.model.looks import CloudColor, CloudFilter, CloudLook, DepthFrom
from l3rocc_studio.render import point_painter
from l3rocc_studio.render.depth_shading import Lens
from l3rocc_studio.render.eye import Eye
from l3rocc_studio.render.point_painter import BOWL_PX, paint_points
from l3rocc_studio.render.run_painter import RunPainter
from l3rocc_studio.render.still_picture import StillPicture
from l3rocc_studio.render.styled_points import ShownPoints, StyledPoints
from tests.render.looked_wall import wall_run

SIZE_PX = (60, 80)
LENS = Lens(near=1.0, far=20.0, focal_px=96.0)
EYE = Eye(position=np.array([0.0, 0.0, -6.0]), axes=np.eye(3), focal_px=LENS.focal_px, near=LENS.near)


def shown(positions, *, colors=None, normals=None, **changes) -> ShownPoints:
    positions = np.array(positions, dtype=np.float32)
    count = len(positions)
    red, green, blue = np.full((3, count), 200) if colors is None else np.transpose(colors)
    points = StyledPoints(
        positions=np.ascontiguousarray(positions.T),
        normals=np.array(np.zeros((count, 3)) if normals is None else normals, dtype=np.float32, order="F").T,
        tints=(red | green << 8 | blue << 16).astype(np.uint32),
        ends=np.array([count]),
    )
    usual = ShownPoints(points=points, num_points=count, diameter=0.5, scale=1.0, hides_backs=True)
    return replace(usual, **changes)


def painted(points: ShownPoints, *, eye: Eye = EYE, channels: int = 3, distance: float = 0.0):
    picture = np.zeros((*SIZE_PX, channels), dtype=np.uint8)
    distances = np.full(SIZE_PX, distance, dtype=np.float32)
    paint_points(points, eye, LENS, picture, distances)
    return picture, distances


def test_a_point_is_a_square_of_its_size_at_its_place():
    picture, distances = painted(shown([(0.25, 0.5, 2.0)]))
    rows, cols = np.nonzero(picture.any(axis=2))
    # 8 away: 12 px a unit, so 6 px wide, 3 px to the right of the middle and 6 px below it.
    assert (rows.min(), rows.max(), cols.min(), cols.max()) == (33, 38, 40, 45)
    assert len(rows) == 36
    # A bowl: from its middle at (35.5, 42.5) on it falls off, by BOWL_PX pixels' widths in the middle of a side.
    down, across = np.mgrid[33:39, 40:46] - np.array([35.5, 42.5])[:, None, None]
    bowl = BOWL_PX / 12 * (down**2 + across**2) / 3**2
    np.testing.assert_allclose(distances[33:39, 40:46], 8.0 + bowl, rtol=1e-5)
    assert (np.delete(distances, np.s_[33:39], axis=0) == 0.0).all()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_nearer_point_is_seen_in_whatever_order(order):
    positions, colors = [(0, 0, 2.0), (0.1, 0, 1.0)], [(10, 20, 30), (90, 80, 70)]
    picture, _ = painted(shown([positions[i] for i in order], colors=[colors[i] for i in order]))
    assert picture[30, 40].tolist() == [90, 80, 70]


def test_of_points_at_one_place_the_same_is_seen_in_whatever_order():
    colors = [(10, 20, 30), (90, 80, 70)]
    one, other = (painted(shown([(0, 0, 2.0)] * 2, colors=order))[0] for order in (colors, colors[::-1]))
    assert one[30, 40].tolist() in [list(color) for color in colors]
    np.testing.assert_array_equal(one, other)


def test_only_the_first_points_are_drawn_if_so_many_are_asked_for():
    points = shown([(0, 0, 2.0), (2, 0, 2.0)])
    assert painted(points)[0][30, 64].all()
    assert not painted(replace(points, num_points=1))[0][30, 64].any()
    assert not painted(replace(points, num_points=0))[0].any()


def test_a_surface_is_not_seen_from_behind():
    points = shown([(0, 0, 2.0)], normals=[(0, 0, 1.0)])
    assert not painted(points)[0].any()
    assert painted(replace(points, hides_backs=False))[0].any()
    assert painted(shown([(0, 0, 2.0)], normals=[(0, 0, -1.0)]))[0].any()
    # Estimates of a side that is seen at a grazing angle are not trusted.
    assert painted(shown([(0, 0, 2.0)], normals=[(0.99, 0, 0.11)]))[0].any()


@pytest.mark.parametrize("z", [-7.0, -5.1, 14.1])
def test_what_is_behind_too_near_or_too_far_is_left_out(z):
    assert not painted(shown([(0, 0, z)]))[0].any()


def test_where_points_of_one_surface_overlap_each_pixel_is_of_the_nearest_middle():
    left, right = (-0.125, 0, 2.0), (0.125, 0, 2.0)
    for order in ([left, right], [right, left]):
        colors = [(50, 50, 50) if place is left else (250, 250, 250) for place in order]
        row = painted(shown(order, colors=colors))[0][30, :, 0]
        assert row[36:44].tolist() == [50] * 4 + [250] * 4


def test_what_stands_before_a_point_hides_it():
    points = shown([(0, 0, 2.0)])
    assert not painted(points, distance=7.9)[0].any()
    assert painted(points, distance=8.1)[0].any()


def test_opacity_is_full_where_a_point_is():
    picture, distances = painted(shown([(0, 0, 2.0)]), channels=4)
    np.testing.assert_array_equal(picture[..., 3], np.where(distances > 0, 255, 0))


def test_many_points_are_those_that_each_pixel_finds_by_asking_all():
    rng = np.random.default_rng(5)
    positions = rng.uniform((-3, -2, -4), (3, 2, 8), (1500, 3)).astype(np.float32)
    colors = rng.integers(1, 256, (1500, 3))
    picture, _ = painted(shown(positions, colors=colors, scale=0.7))
    seen = positions - EYE.position
    reach = 0.7 * np.clip(0.5 * EYE.focal_px / seen[:, 2], 1.5, 20.0) / 2
    x, y = EYE.focal_px * seen[:, :2].T / seen[:, 2] + np.array([[39.5], [29.5]])
    rows, cols = np.indices(SIZE_PX)[..., None]
    distance = np.hypot(rows - y, cols - x)
    covers = (np.abs(rows - y) < reach) & (np.abs(cols - x) < reach)
    bowls = seen[:, 2] * (1 + BOWL_PX / EYE.focal_px * (distance / reach) ** 2)
    nearest = np.where(covers, bowls, np.inf).argmin(axis=2)
    wanted = np.where(covers.any(axis=2)[..., None], colors[nearest], 0)
    # The very border of a square may fall to either side.
    assert (picture == wanted).all(axis=2).mean() > 0.999


def drawn_and_painted(run, monkeypatch, **changes) -> list[np.ndarray]:
    """A frame with points as the window draws them: flat, by the graphics library and by ours."""
    monkeypatch.setattr(point_painter, "BOWL_PX", 0.0)
    spec = FilmSpec(
        layout=FilmLayout(
            panels=(FilmPanel.WORLD,), has_labels=False, backdrop=changes.pop("backdrop", Backdrop.WHITE)
        ),
        output=FilmOutput(height_px=160, format=FilmFormat.PNG),
        **changes,
    )

    pictures = []
    for is_paintable in (lambda _still: False, StillPicture._is_paintable):
        monkeypatch.setattr(StillPicture, "_is_paintable", is_paintable)
        with RunPainter(run, spec) as painter:
            pictures.append(painter.paint(3, run.source.frame(3)).astype(int))
    return pictures


@pytest.mark.parametrize("kind", [CameraKind.GODS_EYE, CameraKind.FOLLOW, CameraKind.ORBIT, CameraKind.FIRST_PERSON])
@pytest.mark.parametrize("backdrop", [Backdrop.WHITE, Backdrop.TRANSPARENT])
def test_painted_points_and_cubes_look_as_in_the_window(room_run, monkeypatch, kind, backdrop):
    # Of points at one distance, as flat ones of an upright wall are, the window shows the last.
    noise = np.random.default_rng(3).normal(scale=0.003, size=room_run.cloud.points_world.shape)
    cloud = replace(room_run.cloud, points_world=(room_run.cloud.points_world + noise).astype(np.float32))
    run = replace(room_run, cloud=cloud)
    drawn, found = drawn_and_painted(run, monkeypatch, camera=FilmCamera(kind=kind), backdrop=backdrop)
    difference = np.abs(drawn - found).max(axis=2)
    assert difference.mean() < 1.2
    assert (difference > 20).mean() < 0.016


LOOKS = [
    *(CloudLook(color=color, depth_from=DepthFrom.START) for color in CloudColor),
    CloudLook(color=CloudColor.DEPTH),
    CloudLook(has_keyframes=True),
    CloudLook(point_scale=2.0, hides_backs=False),
    CloudLook(filters=CloudFilter(min_confidence=0.5)),
    CloudLook(filters=CloudFilter(max_distance=1.9)),
    CloudLook(filters=CloudFilter(max_edge=0.3)),
    CloudLook(filters=CloudFilter(min_height=-0.5, max_height=0.6)),
]


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: f"{look.color.value}-{LOOKS.index(look)}")
def test_every_look_of_the_points_can_be_painted(room_run, monkeypatch, look):
    film_look = FilmLook(cloud=look, has_world_occupancy=False, has_shading=False)
    drawn, found = drawn_and_painted(wall_run(room_run), monkeypatch, look=film_look)
    difference = np.abs(drawn - found).max(axis=2)
    assert (drawn != 255).any(axis=2).mean() > 0.01
    assert difference.mean() < 0.5
    assert (difference > 20).mean() < 0.01


def test_a_growing_cloud_is_painted_as_far_as_it_was_seen(room_run, monkeypatch):
    drawn, found = drawn_and_painted(room_run, monkeypatch, look=FilmLook(is_growing=True))
    whole = drawn_and_painted(room_run, monkeypatch, look=FilmLook())[1]
    assert (np.abs(drawn - found).max(axis=2) > 20).mean() < 0.016
    assert (whole != found).any(axis=2).mean() > 0.02


def test_nothing_of_what_was_painted_before_is_left():
    first = painted(shown([(0.25, 0.5, 2.0)]))[0]
    assert not painted(shown([(40.0, 0, 2.0)]))[0].any()
    np.testing.assert_array_equal(painted(shown([(0.25, 0.5, 2.0)]))[0], first)


@pytest.mark.parametrize("place", [(-10 / 3, 0.0), (10 / 3, 0.0), (0.0, -2.5), (0.0, 2.5)])
def test_a_point_on_the_border_is_seen_in_part(place):
    # 12 px a unit, so that its middle is on the border; six pixels wide.
    rows, cols = np.nonzero(painted(shown([(*place, 2.0)]))[0].any(axis=2))
    assert len(rows) == 18
    assert {0, SIZE_PX[0] - 1} & set(rows.tolist()) or {0, SIZE_PX[1] - 1} & set(cols.tolist())
