"""How long drawing the panels takes; ``bench_film`` has the films.

The scene is the computed furnished room. Wall time is the value and CPU time the note, since a software renderer draws
on all cores. The rows of single panels are what a scrub costs once its frame is there; the window's own share is not in
them. Part of ``benchmarks``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np

from benchmarks.measure import Row, costs_of
from l3rocc_engine.run import Run
from l3rocc_studio.render.camera_rig import gods_eye
from l3rocc_studio.render.colormaps import MORANDI
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.environment import prepare_drawing
from l3rocc_studio.render.occupancy_scene import OccupancyScene
from l3rocc_studio.render.offscreen import OffscreenView
from l3rocc_studio.render.prepared_world import prepare_world
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
    world.close()
    occupancy = OccupancyScene()
    occupancy.set_run(run)
    found += bench_scene("occupancy panel", occupancy, run, size_px)
    occupancy.close()
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
