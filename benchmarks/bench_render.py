"""How long drawing takes: each panel, the composed picture, the film.

Run: ``python -m benchmarks.bench_render [--frames N] [--height PX] [--voxel-size M]``. The scene is the computed
furnished room; medians of wall and CPU time are printed, since a software renderer draws on all cores.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import numpy as np

from l3rocc_engine.run import Run
from l3rocc_studio.render.camera_rig import gods_eye
from l3rocc_studio.render.colormaps import MORANDI
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.environment import prepare_drawing
from l3rocc_studio.render.layered_view import LayeredView
from l3rocc_studio.render.movie import render_movie
from l3rocc_studio.render.occupancy_scene import OccupancyScene
from l3rocc_studio.render.offscreen import OffscreenView
from l3rocc_studio.render.run_painter import FilmLook, RunPainter
from l3rocc_studio.render.scene import Scene
from l3rocc_studio.render.voxel_mesh import build_voxel_mesh
from l3rocc_studio.render.world_scene import WorldScene, prepare_world
from tests.synthetic.furnished_room import furnished_run

SAMPLES = 15


def measure(name: str, step: Callable[[int], object], *, samples: int = SAMPLES) -> None:
    step(0)
    walls, cpus = [], []
    for number in range(1, samples + 1):
        wall, cpu = time.perf_counter(), time.process_time()
        step(number)
        walls.append(1000 * (time.perf_counter() - wall))
        cpus.append(1000 * (time.process_time() - cpu))
    print(f"{name:<46} {median(walls):8.1f} {min(walls):8.1f} {median(cpus):8.1f}")


def bench_scene(name: str, scene: Scene, run: Run, size_px: tuple[int, int]) -> None:
    with OffscreenView(scene, *size_px) as view:

        def frame(number: int) -> None:
            scene.show_frame(number % run.num_frames)
            view.draw()

        for detail in Detail:
            scene.set_detail(detail)
            measure(f"{name}, {detail.value}", frame)
        scene.set_smooth(is_smooth=False)
        measure(f"{name}, full without smoothing", frame)


def bench_layered(name: str, scene: WorldScene, run: Run, size_px: tuple[int, int]) -> None:
    scene.set_detail(Detail.FULL)
    with LayeredView(scene, *size_px) as view:
        measure(name, lambda number: (scene.show_frame(number % run.num_frames), view.draw()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=60)
    parser.add_argument("--height", type=int, default=480)
    parser.add_argument("--voxel-size", type=float, default=0.02)
    arguments = parser.parse_args()
    print(f"drawing system: {prepare_drawing().name}")
    run = furnished_run(arguments.frames, voxel_size_m=arguments.voxel_size, width_px=arguments.height * 4 // 3)
    middle = run.num_frames // 2
    print(f"{run.cloud.num_points:,} points, {len(run.occupancy.occupied_indices(middle)):,} voxels in a frame")
    print(f"{'milliseconds':<46} {'wall':>8} {'best':>8} {'CPU':>8}")
    measure("prepare the world (any thread)", lambda _: prepare_world(run), samples=3)
    measure("read a frame's voxels", lambda n: run.occupancy.occupied_indices(n % run.num_frames))
    measure("read a frame's history", lambda _: run.occupancy.history(middle, 10, 4))
    bench_mesh(run)
    size_px = (arguments.height * 4 // 3, arguments.height)
    world = WorldScene()
    world.set_run(run)
    assert world.scene_frame is not None
    world.set_camera_pose(gods_eye(world.scene_frame, aspect=4 / 3))
    bench_scene(f"world {size_px[0]}x{size_px[1]}", world, run, size_px)
    bench_layered("the same in a film, cloud kept", world, run, size_px)
    world.close()
    occupancy = OccupancyScene()
    occupancy.set_run(run)
    bench_scene(f"occupancy {size_px[0]}x{size_px[1]}", occupancy, run, size_px)
    occupancy.close()
    bench_film(run, arguments.height)


def bench_mesh(run: Run) -> None:
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

    measure(f"mesh of {len(voxels):,} voxels", build)


def bench_film(run: Run, height_px: int) -> None:
    with RunPainter(run, height_px=height_px) as painter:
        pictures = [picture for _, picture in run.source.frames()]
        width, height = painter.layout.size_px
        measure(
            f"composed picture {width}x{height}",
            lambda n: painter.paint(n % run.num_frames, pictures[n % len(pictures)]),
        )
    with RunPainter(run, height_px=height_px, look=FilmLook(has_world_occupancy=True)) as painter:
        measure(
            "the same with world occupancy", lambda n: painter.paint(n % run.num_frames, pictures[n % len(pictures)])
        )
    with tempfile.TemporaryDirectory() as folder:
        wall, cpu = time.perf_counter(), time.process_time()
        count = render_movie(run, Path(folder) / "film.mp4", height=height_px)
        wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"film: {count / wall:.1f} frames a second, {1000 * cpu / count:.0f} ms CPU a frame")


if __name__ == "__main__":
    main()
