"""How long drawing takes: each panel, the composed picture, the film.

The scene is the computed furnished room. Wall time is the value and CPU time the note, since a software renderer draws
on all cores. The rows of single panels are what a scrub costs once its frame is there; the window's own share is not in
them. Part of ``benchmarks``.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.measure import Row, cost_of, costs_of
from l3rocc_engine.run import Run
from l3rocc_studio.model.film_spec import FilmLook, FilmOutput, FilmSpec
from l3rocc_studio.render.camera_rig import gods_eye
from l3rocc_studio.render.colormaps import MORANDI
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.environment import prepare_drawing
from l3rocc_studio.render.layered_view import LayeredView
from l3rocc_studio.render.movie import render_movie
from l3rocc_studio.render.occupancy_scene import OccupancyScene
from l3rocc_studio.render.offscreen import OffscreenView
from l3rocc_studio.render.prepared_world import prepare_world
from l3rocc_studio.render.run_painter import RunPainter
from l3rocc_studio.render.scene import Scene
from l3rocc_studio.render.voxel_mesh import build_voxel_mesh
from l3rocc_studio.render.world_scene import WorldScene
from tests.synthetic.furnished_room import furnished_run

SAMPLES = 15


def measure(name: str, step: Callable[[int], object], *, samples: int = SAMPLES) -> Row:
    step(0)
    cost = costs_of([partial(step, number) for number in range(1, samples + 1)])
    return cost.row(name, unit="ms", note=f"{cost.cpu_ms:.1f} ms CPU")


def bench_scene(name: str, scene: Scene, run: Run, size_px: tuple[int, int]) -> list[Row]:
    with OffscreenView(scene, *size_px) as view:

        def frame(number: int) -> None:
            scene.show_frame(number % run.num_frames)
            view.draw()

        rows = []
        for detail in Detail:
            scene.set_detail(detail)
            rows.append(measure(f"{name}, {detail.value}", frame))
        scene.set_smooth(is_smooth=False)
        return [*rows, measure(f"{name}, full, no smoothing", frame)]


def bench_layered(name: str, scene: WorldScene, run: Run, size_px: tuple[int, int]) -> Row:
    scene.set_detail(Detail.FULL)
    with LayeredView(scene, *size_px) as view:
        return measure(name, lambda number: (scene.show_frame(number % run.num_frames), view.draw()))


def rows(*, is_quick: bool) -> list[Row]:
    """Drawing of the furnished room; the quick one is short, small and coarse."""
    num_frames, height, voxel_size_m = (6, 120, 0.1) if is_quick else (60, 480, 0.02)
    system = prepare_drawing().name
    run = furnished_run(num_frames, voxel_size_m=voxel_size_m, width_px=height * 4 // 3)
    size_px, middle = (height * 4 // 3, height), run.num_frames // 2
    found = [
        measure("prepare the world (any thread)", lambda _: prepare_world(run), samples=3),
        measure("read a frame's voxels", lambda n: run.occupancy.occupied_indices(n % run.num_frames)),
        measure("read a frame's history", lambda _: run.occupancy.history(middle, 10, 4)),
        bench_mesh(run),
    ]
    world = WorldScene()
    world.set_run(run)
    assert world.scene_frame is not None
    world.set_camera_pose(gods_eye(world.scene_frame, aspect=4 / 3))
    found += bench_scene("world panel", world, run, size_px)
    found.append(bench_layered("the same in a film, cloud kept", world, run, size_px))
    world.close()
    occupancy = OccupancyScene()
    occupancy.set_run(run)
    found += bench_scene("occupancy panel", occupancy, run, size_px)
    occupancy.close()
    found += bench_film(run, height)
    text = f"{size_px[0]}x{size_px[1]}, {voxel_size_m * 100:g} cm, {run.cloud.num_points / 1e3:.0f} k points, {system}"
    return [replace(row, input=text) for row in found]


def bench_mesh(run: Run) -> Row:
    grid = run.occupancy.grid
    voxels = run.occupancy.history(run.num_frames // 2, 10, 4)
    depth = np.linspace(0.0, 1.0, grid.shape[2])
    palettes = MORANDI.colors(depth, near=0.0, far=1.0)[None]
    face_shade = np.ones(6, dtype=np.float32)

    def build(_number: int) -> None:
        build_voxel_mesh(
            voxels,
            grid.shape,
            origin=grid.origin,
            voxel_size=grid.voxel_size,
            palettes=palettes,
            layer_axis=2,
            face_shade=face_shade,
        )

    return measure(f"mesh of {len(voxels):,} voxels", build)


def bench_film(run: Run, height_px: int) -> list[Row]:
    found, output = [], FilmOutput(height_px=height_px)
    pictures = [picture for _, picture in run.source.frames()]
    for name, look in (
        ("composed picture", FilmLook(has_world_occupancy=False)),
        ("the same with world occupancy", FilmLook()),
    ):
        with RunPainter(run, FilmSpec(look=look, output=output)) as painter:
            step = partial(_paint, painter, run.num_frames, pictures)
            found.append(measure(name, step))
    with tempfile.TemporaryDirectory() as folder:
        cost = cost_of(lambda: render_movie(run, Path(folder) / "film.mp4", FilmSpec(output=output)), 1)
    note = (
        f"{1e3 * run.num_frames / cost.wall_ms:.1f} frames a second, {cost.cpu_ms / run.num_frames:.0f} ms CPU a frame"
    )
    return [*found, cost.row("film, a frame", unit="ms", per=run.num_frames, note=note)]


def _paint(painter: RunPainter, num_frames: int, pictures: list[np.ndarray], number: int) -> None:
    painter.paint(number % num_frames, pictures[number % len(pictures)])
