from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.inspection import Axes, FramePoints, Lattice, open_inspected
from l3rocc_engine.storage.ply import PlyPoints, write_ply
from l3rocc_engine.visual import write_visual
from l3rocc_studio.model.point_coloring import Coloring, available_colorings
from l3rocc_studio.render.colormaps import HEAD, WHITE
from l3rocc_studio.render.inspect_picture import draw_inspected
from l3rocc_studio.render.inspected_points import prepare_points, usual_spacing, voxel_mesh
from l3rocc_studio.render.point_colors import LABEL_COLORS, color_points
from tests.synthetic.run_factory import make_run

UP = (0.0, -1.0, 0.0)
LATTICE = Lattice(origin=(-1.0, 0.0, 0.0), cell_size=0.5)


def test_a_single_voxel_is_a_closed_cube_in_its_place() -> None:
    centres = np.array([[-0.25, 0.75, 0.25]], np.float32)
    mesh = voxel_mesh(centres, np.array([[200, 100, 50]], np.uint8), LATTICE, UP)
    assert mesh is not None
    assert mesh.num_quads == 6
    np.testing.assert_allclose(mesh.corners.min(axis=0), [-0.5, 0.5, 0.0])
    np.testing.assert_allclose(mesh.corners.max(axis=0), [0.0, 1.0, 0.5])
    shares = mesh.colors[:, :3] / np.array([200, 100, 50])
    assert shares.max() <= 1.01
    assert np.ptp(shares, axis=1).max() < 0.03


def test_voxels_too_far_apart_for_a_grid_become_dots() -> None:
    far = np.array([[-0.75, 0.25, 0.25], [1e6, 1e6, 1e6]], np.float32)
    points = FramePoints(points=far, lattice=LATTICE)
    prepared = prepare_points(points, Axes.WORLD, None, UP)
    assert prepared.mesh is None
    assert prepared.dots.GetNumberOfPoints() == 2


def test_background_path_and_occupancy_become_dots_a_line_and_cubes() -> None:
    points = FramePoints(
        points=np.array([[0, 0, 0], [1, 0, 0], [0, 0, 1], [0, 0, 2], [-0.75, 0.25, 0.25]], np.float32),
        labels=np.array([0, 0, 1, 1, 2], np.uint8),
        has_roles=True,
        lattice=LATTICE,
    )
    prepared = prepare_points(points, Axes.CAMERA, None, UP)
    assert prepared.coloring is Coloring.LABEL
    assert prepared.dots.GetNumberOfPoints() == 2
    assert prepared.spacing == pytest.approx(1.0)
    assert prepared.mesh is not None
    assert prepared.mesh.num_quads == 6
    assert prepared.path is not None
    assert [text for _, text in prepared.legend.swatches] == ["background", "path", "occupancy"]


def test_colours_follow_what_they_are_asked_for() -> None:
    points = FramePoints(
        points=np.array([[0, 0, 1], [0, -1, 2]], np.float32),
        colors=np.array([[1, 2, 3], [4, 5, 6]], np.uint8),
        labels=np.array([0, 12], np.uint8),
        counts=np.array([1, 9]),
    )
    assert set(available_colorings(points, Axes.CAMERA)) == set(Coloring)
    assert Coloring.DEPTH not in available_colorings(points, Axes.WORLD)
    assert color_points(points, Coloring.FILE, UP)[0].tolist() == [[1, 2, 3], [4, 5, 6]]
    assert color_points(points, Coloring.LABEL, UP)[0].tolist() == [LABEL_COLORS[0].tolist(), LABEL_COLORS[2].tolist()]
    for coloring, low, high in ((Coloring.HEIGHT, 0, 1), (Coloring.DEPTH, 1, 2), (Coloring.COUNT, 1, 9)):
        _, legend = color_points(points, coloring, UP)
        assert (legend.low, legend.high) == (pytest.approx(low, abs=0.1), pytest.approx(high, abs=0.1))


def test_spacing_is_the_distance_to_the_next() -> None:
    line = np.zeros((500, 3), np.float32)
    line[:, 0] = np.arange(500) * 0.25
    assert usual_spacing(line) == pytest.approx(0.25)
    assert usual_spacing(line[:1]) == 0.0


def test_the_spacing_of_a_large_surface_is_found_from_a_part(monkeypatch: pytest.MonkeyPatch) -> None:
    surface = np.random.default_rng(0).uniform(0, 1, size=(40_000, 3)).astype(np.float32)
    surface[:, 2] = 0
    whole = usual_spacing(surface)
    monkeypatch.setattr("l3rocc_studio.render.inspected_points.SPACING_POINTS", 5_000)
    assert usual_spacing(surface) == pytest.approx(whole, rel=0.15)


@pytest.mark.parametrize("folder", ["merge_npy_sequence_cam", "merge_npy_sequence_world"])
def test_a_picture_shows_the_points_and_nothing_is_cut_off(tmp_path: Path, folder: str) -> None:
    out = write_visual(make_run(tmp_path, num_frames=4), tmp_path / "visual", frames=range(2, 4))
    opened = open_inspected(out / folder)
    picture = draw_inspected(opened, opened.frame(1), size_px=(200, 150), background=WHITE)
    assert picture.shape == (150, 200, 3)
    drawn = (picture < 200).any(axis=2)
    assert drawn.mean() > 0.05
    border = np.concatenate([drawn[0], drawn[-1], drawn[:, 0], drawn[:, -1]])
    assert border.mean() < 0.5


def test_an_empty_moment_can_be_drawn(tmp_path: Path) -> None:
    np.save(tmp_path / "occ_0000.npy", np.zeros((0, 4), np.float32))
    opened = open_inspected(tmp_path / "occ_0000.npy")
    for coloring in (None, *available_colorings(opened.frame(0), opened.axes)):
        picture = draw_inspected(opened, opened.frame(0), size_px=(64, 48), background=WHITE, coloring=coloring)
        assert (picture == 255).all()


def test_a_surface_of_one_colour_shows_its_shape(tmp_path: Path) -> None:
    across = np.linspace(-1.0, 1.0, 200, dtype=np.float32)
    floor = np.stack(np.meshgrid(across, [0.5], across + 3.0), axis=-1).reshape(-1, 3)
    wall = np.stack(np.meshgrid(across, across - 0.5, [4.0]), axis=-1).reshape(-1, 3)
    points = np.concatenate([floor, wall]).astype(np.float32)
    grey = np.full(points.shape, 180, np.uint8)
    write_ply(tmp_path / "frame_cam.ply", PlyPoints(points=points, colors=grey))
    opened = open_inspected(tmp_path / "frame_cam.ply")
    picture = draw_inspected(opened, opened.frame(0), size_px=(240, 180), background=WHITE).astype(int).mean(axis=2)
    middle = picture[:, 120]
    bright, corner = np.median(middle[middle < 250]), middle[middle < 250].min()
    assert bright == pytest.approx(180, abs=12)
    assert corner < bright - 25


def test_a_path_has_the_colour_of_its_file_or_of_its_label() -> None:
    points = FramePoints(
        points=np.array([[0, 0, 0], [1, 0, 1], [2, 0, 2]], np.float32),
        colors=np.tile(np.array([0, 0, 255], np.uint8), (3, 1)),
        labels=np.ones(3, np.uint8),
        has_roles=True,
    )
    assert prepare_points(points, Axes.WORLD, Coloring.FILE, UP).path_color == (0.0, 0.0, 1.0)
    assert prepare_points(points, Axes.CAMERA, Coloring.DEPTH, UP).path_color == pytest.approx(HEAD)
