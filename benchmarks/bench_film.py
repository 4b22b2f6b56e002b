"""How many pictures of a film are made in a second: each panel, the whole picture, the film with all cores.

The scene is the computed furnished room, the film 1080 lines high with its labels, 3802 wide with its three panels.
Rows of panels are drawn by one process, so that on a machine without a graphics card they stand for one core. The
film of a standing camera has 480 pictures, played 30 a second, and is measured from a dataset on disk to the finished
mp4: real time is 16 s. Films of moving cameras are as long or shorter. All are medians. The note says how much CPU
time a picture takes, which a busy machine disturbs least. Part of ``benchmarks``.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.large_run import RepeatedRows
from benchmarks.measure import Row, cost_of, costs_of
from l3rocc_engine.dataset import write_dataset
from l3rocc_engine.geometry.trajectory import Trajectory
from l3rocc_engine.occupancy import OccupancySequence
from l3rocc_engine.run import Run
from l3rocc_studio.model.film_camera import CameraKind, FilmCamera
from l3rocc_studio.model.film_spec import FilmLayout, FilmOutput, FilmPanel, FilmSpec
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.render.environment import prepare_drawing
from l3rocc_studio.render.film_children import choose_workers
from l3rocc_studio.render.movie import render_film
from l3rocc_studio.render.run_painter import PreparedRun, RunPainter, prepare_run
from l3rocc_studio.services.job_service import load_run
from tests.synthetic.furnished_room import furnished_run
from tests.synthetic.picture_source import PictureSource

SAMPLES = 12
ONE_PANEL = {
    "world panel, standing camera": (FilmPanel.WORLD, CameraKind.GODS_EYE),
    "world panel, moving camera": (FilmPanel.WORLD, CameraKind.ORBIT),
    "occupancy panel": (FilmPanel.OCCUPANCY, CameraKind.GODS_EYE),
    "input panel": (FilmPanel.RGB, CameraKind.GODS_EYE),
}
FILMS = 3
"""How often each film is made."""
MOVING = {CameraKind.FOLLOW: 4, CameraKind.ORBIT: 4, CameraKind.DIRECTOR: 1}
"""Of which the standing camera's film has how many times the pictures; a director needs time to move at all."""
LINES_TO_PANEL = {1080: 1002, 130: 100}
"""Heights of the panels that make a film of so many lines, labels included."""


def rows(*, is_quick: bool) -> list[Row]:
    """Films of the furnished room; the quick one is short, small and coarse."""
    num_frames, lines, voxel_size_m = (6, 130, 0.1) if is_quick else (96, 1080, 0.02)
    film_frames = 12 if is_quick else 480
    system = prepare_drawing().name
    run = furnished_run(num_frames, voxel_size_m=voxel_size_m, width_px=640)
    output = FilmOutput(height_px=LINES_TO_PANEL[lines])
    prepared, pictures = prepare_run(run), [picture for _, picture in run.source.frames()]
    found = []
    for name, (panel, kind) in ONE_PANEL.items():
        spec = FilmSpec(
            layout=FilmLayout(panels=(panel,), has_labels=False), camera=FilmCamera(kind=kind), output=output
        )
        found.append(painted(name, run, spec, prepared, pictures))
    found.append(painted("whole picture", run, FilmSpec(output=output), prepared, pictures))
    long_run = to_and_fro(run, film_frames)
    found.append(filmed("film, all cores", long_run, FilmSpec(output=output)))
    for kind, times in MOVING.items():
        part = replace(output, last_frame=film_frames // times - 1)
        spec = FilmSpec(output=part, camera=FilmCamera(kind=kind))
        found.append(filmed(f"film, {kind.value} camera, all cores", long_run, spec))
    text = f"{lines} lines, {voxel_size_m * 100:g} cm, {run.cloud.num_points / 1e3:.0f} k points, {system}"
    return [replace(row, input=text) for row in found]


def to_and_fro(run: Run, num_frames: int) -> Run:
    """A longer run through the same places; what is known grows over all of it."""
    there = list(range(run.num_frames))
    order = [*there, *there[-2:0:-1]]
    order = (order * -(-num_frames // len(order)))[:num_frames]
    factor = num_frames // run.num_frames
    poses, pictures = run.trajectory.world_from_cam, [picture for _, picture in run.source.frames()]
    return replace(
        run,
        source=PictureSource(run.source.path, [pictures[i] for i in order], run.source.fps),
        trajectory=Trajectory(
            world_from_cam=poses[order],
            timestamps_s=np.arange(num_frames) / run.source.fps,
            is_interpolated=np.zeros(num_frames, dtype=bool),
        ),
        cloud=replace(run.cloud, first_frame=(run.cloud.first_frame * factor).astype(np.int32)),
        occupancy=OccupancySequence(
            grid=run.occupancy.grid,
            world_from_cam=poses[order],
            occupied_rows=RepeatedRows(run.occupancy.occupied_rows, order),
            visible_rows=RepeatedRows(run.occupancy.visible_rows, order),
            in_view=run.occupancy.in_view,
        ),
        world=replace(run.world, first_frame=(run.world.first_frame * factor).astype(np.int32)),
    )


def painted(name: str, run: Run, spec: FilmSpec, prepared: PreparedRun, pictures: list[np.ndarray]) -> Row:
    """Pictures a second of one process."""
    with RunPainter(run, spec, prepared) as painter:

        def paint(number: int) -> None:
            frame_idx = number % run.num_frames
            painter.paint_planes(frame_idx, pictures[frame_idx])

        paint(0)
        cost = costs_of([partial(paint, number) for number in range(1, SAMPLES + 1)])
    row = cost.row(name, unit="ms", note=f"{cost.cpu_ms:.0f} ms CPU a picture")
    return replace(row, value=1e3 / cost.wall_ms, unit="fps")


def filmed(name: str, run: Run, spec: FilmSpec) -> Row:
    """Pictures a second of the whole way from a dataset to a finished mp4, processes' start included."""
    with tempfile.TemporaryDirectory() as folder:
        dataset = Path(folder) / "run"
        write_dataset(run, dataset, profile="interndata")
        location = RunLocation(path=dataset, workdir=None, config={})
        cost = cost_of(lambda: render_film(location, Path(folder) / "film.mp4", spec, load_run=load_run), FILMS)
    last = spec.output.last_frame
    num_pictures = run.num_frames if last is None else last + 1
    processes = choose_workers(num_pictures)
    fps = 1e3 * num_pictures / cost.wall_ms
    note = f"{num_pictures} pictures, {fps / run.source.fps:.2f} of real time at {run.source.fps:g} fps, "
    note += f"{cost.cpu_ms / num_pictures:.0f} ms CPU a picture, {processes} processes, starting included"
    return replace(cost.row(name, unit="ms", note=note), value=fps, unit="fps")
