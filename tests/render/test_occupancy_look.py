from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from l3rocc_studio.model.looks import HiddenStyle, OccupancyLook, PaletteName, VoxelColor, VoxelShape
from l3rocc_studio.render.colormaps import BLACK, rgb_from_hex
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.face_drag import face_centres
from l3rocc_studio.render.frame_voxels import HIDDEN_COLORS
from l3rocc_studio.render.occupancy_scene import OccupancyScene
from l3rocc_studio.render.offscreen import OffscreenView
from l3rocc_studio.render.projection import project

SIZE = (240, 180)
BARE = OccupancyLook(has_history=False, has_box=False, has_camera=False)


@pytest.fixture
def drawn(room_run):
    """The scene, and a function that draws a frame in a look."""
    scene = OccupancyScene()
    scene.set_background(BLACK)
    with OffscreenView(scene, *SIZE) as view:
        scene.set_run(room_run)

        def draw(frame_idx: int = 0, **changes: object) -> np.ndarray:
            scene.set_look(dataclasses.replace(BARE, **changes))
            scene.show_frame(frame_idx)
            return view.draw().astype(int)

        yield scene, draw
    scene.close()


def lit(picture: np.ndarray) -> np.ndarray:
    return picture.max(axis=-1) > 25


def hue_share(picture: np.ndarray, color: tuple[float, float, float]) -> float:
    """Share of the picture in the hue of a colour, however dark."""
    wanted = np.array(color) / np.linalg.norm(color)
    length = np.linalg.norm(picture, axis=-1)
    cosine = (picture @ wanted) / np.maximum(length, 1.0)
    return float(((cosine > 0.99) & (length > 50)).mean())


def test_cubes_stand_where_the_faces_do_but_apart(drawn):
    _, draw = drawn
    faces, cubes = lit(draw()), lit(draw(shape=VoxelShape.CUBES))
    assert 0.6 * faces.sum() < cubes.sum() < faces.sum()
    assert (cubes & ~faces).sum() < 0.03 * faces.sum()


def test_cubes_have_the_shades_and_colours_of_faces(drawn):
    _, draw = drawn
    color = "#40c060"
    for shape in VoxelShape:
        picture = draw(shape=shape, color=VoxelColor.PLAIN, plain_color=color, edge_strength=0.0)
        shown = picture[lit(picture)]
        ratio = np.median(shown, axis=0) / np.median(shown, axis=0).max()
        assert ratio == pytest.approx(np.array(rgb_from_hex(color)) / max(rgb_from_hex(color)), abs=0.05)


def test_edges_darken(drawn):
    _, draw = drawn
    scene, _ = drawn
    scene.renderer.GetActiveCamera().Zoom(3.0)
    with_edges, without = draw(edge_strength=1.0), draw(edge_strength=0.0)
    both = lit(without)
    assert with_edges[both].mean() < 0.97 * without[both].mean()


def test_palettes_change_colours_and_heights_grow_upwards(drawn):
    _, draw = drawn
    morandi, turbo = draw(), draw(palette=PaletteName.TURBO)
    assert (np.ptp(morandi, axis=-1) < 45).mean() > 0.9
    assert (np.ptp(turbo, axis=-1) > 90).mean() > 0.1
    height = draw(color=VoxelColor.HEIGHT, palette=PaletteName.GREY, edge_strength=0.0)
    values = height.max(axis=-1)
    rows = np.arange(SIZE[1])[:, None] * np.ones(SIZE[0])
    shown = lit(height)
    # Grey goes from light, low, to dark, high.
    assert np.corrcoef(values[shown], rows[shown])[0, 1] > 0.2


@pytest.mark.parametrize("style", list(HiddenStyle))
@pytest.mark.parametrize("layer", ["has_occluded", "has_never_seen", "has_free"])
def test_layers_that_are_no_surface_show_in_their_colour(drawn, layer, style):
    _, draw = drawn
    name = {"has_occluded": "occluded", "has_never_seen": "out_of_view", "has_free": "free"}[layer]
    without = draw(has_visible=False)
    assert not lit(without).any()
    picture = draw(has_visible=False, hidden_style=style, **{layer: True})
    assert hue_share(picture, HIDDEN_COLORS[name]) > 0.01
    # An outline leaves most of the picture free; a veil covers it thinly.
    assert lit(picture).mean() < 0.9


def test_all_layers_together_let_the_surface_be_seen(drawn):
    _, draw = drawn
    surface = draw()
    everything = draw(has_occluded=True, has_never_seen=True, has_free=True)
    shown = lit(surface)
    changed = np.abs(everything.astype(int) - surface.astype(int)).max(axis=-1)[shown]
    assert np.median(changed) < 25, "thin, pale lines"
    for name in HIDDEN_COLORS:
        assert hue_share(everything, HIDDEN_COLORS[name]) > 0.002, f"{name} is still told by its colour"


def test_counts_are_those_of_the_engine(drawn, room_run):
    scene, draw = drawn
    draw(frame_idx=3)
    frame = room_run.occupancy.frame(3)
    counts = scene.counts
    assert counts.visible == len(frame.occupied)
    assert counts.free == len(frame.free)
    assert counts.occluded == len(frame.occluded)
    assert counts.never_seen == len(frame.out_of_view)
    whole = counts.visible + counts.free + counts.occluded + counts.never_seen
    assert whole == room_run.occupancy.grid.num_voxels


def test_the_history_is_as_long_as_asked_for(drawn, room_run, monkeypatch):
    scene, draw = drawn
    asked: list[tuple[int, ...]] = []
    real = room_run.occupancy.history
    monkeypatch.setattr(room_run.occupancy, "history", lambda *args: asked.append(args) or real(*args))
    draw(frame_idx=5, has_history=True)
    draw(frame_idx=5, has_history=True, history_len=2, history_step=1)
    draw(frame_idx=5, has_history=True, history_len=0)
    run_config = room_run.config
    assert asked == [(5, run_config.history_len, run_config.history_step), (5, 2, 1)]
    assert scene.counts.remembered == 0


def test_box_and_camera_can_be_hidden(drawn):
    _, draw = drawn
    bare = lit(draw())
    assert lit(draw(has_box=True)).sum() > bare.sum()
    red = draw(has_camera=True)
    assert ((red[..., 0] > 120) & (red[..., 1] < 80)).sum() > 5


def test_what_no_mesh_depends_on_makes_none(drawn, room_run, monkeypatch):
    _, draw = drawn
    draw()
    monkeypatch.setattr(room_run.occupancy, "frame", lambda *_args: pytest.fail("made again"))
    draw(edge_strength=0.9, hidden_style=HiddenStyle.VEIL, has_box=True)


def test_a_file_that_does_not_say_what_is_in_view_shows_what_it_knows(drawn, room_run, monkeypatch):
    scene, draw = drawn
    monkeypatch.setattr(room_run.occupancy, "in_view", None)
    picture = draw(has_occluded=True, has_never_seen=True, has_free=True)
    assert scene.counts.occluded is None
    assert scene.counts.never_seen is None
    assert hue_share(picture, HIDDEN_COLORS["free"]) > 0.005


def test_coarse_detail_draws_faces(drawn):
    scene, draw = drawn
    draw(shape=VoxelShape.CUBES)
    prepared = scene.prepare_frame(1, scene.style(Detail.COARSE))
    assert prepared.voxels.mesh is not None
    assert prepared.voxels.cubes is None


def test_all_handles_of_the_range_are_in_the_picture(drawn, room_run):
    scene, draw = drawn
    draw()
    before = scene.camera_pose().position
    scene.range_box.set_range(room_run.config.pc_range, room_run.config.voxel_size)
    scene.set_range_visible(is_visible=True)
    assert scene.camera_pose().position != before
    pixels, depths = project(scene.renderer, face_centres(room_run.config.pc_range))
    assert (depths > 0).all()
    assert (pixels >= 0).all()
    assert (pixels <= SIZE).all()
    scene.set_range_visible(is_visible=False)
    assert scene.camera_pose().position == pytest.approx(before)
