"""Occupancy of a furnished room: ours, the plain traversal, and the original's fixed-step march, in one run.

Results of the paths are compared bit by bit before they are timed. "CPU" counts all threads together, so that a busy
machine does not matter much; divide by the number of cores for the time an idle one takes. Part of ``benchmarks``.
"""

from __future__ import annotations

import tempfile
import zlib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np

from benchmarks.measure import Row, cost_of, costs_of, peak_mb, reset_peak
from benchmarks.room import room_points, room_rays, room_walk
from l3rocc_engine.cores import usable_cores
from l3rocc_engine.occupancy import (
    GridSpec,
    OccupancySequence,
    frames_that_saw,
    load_sequence,
    occupancy_sequence,
    warm,
    world_map,
)
from l3rocc_engine.occupancy.casters import BeamCaster, PlainCaster
from l3rocc_engine.occupancy.cells import sort_points
from l3rocc_engine.occupancy.dda import voxelise
from l3rocc_engine.occupancy.ray_tables import build_tables, forget_tables
from l3rocc_engine.occupancy.row_packer import RowPacker
from l3rocc_engine.occupancy.rows import pack_row

GRID = GridSpec()
LONGER = 4
"""How many times as long the walk is that shows that memory does not grow with it."""
HISTORIES = ((10, 2), (30, 4))
"""Length and step."""


@dataclass(frozen=True)
class Walk:
    """The benchmark's input."""

    num_frames: int
    num_points: int
    size_px: tuple[int, int]
    num_marched: int

    @cached_property
    def points(self) -> np.ndarray:
        return room_points(self.num_points)

    @cached_property
    def poses(self) -> np.ndarray:
        return room_walk(self.num_frames)

    @cached_property
    def rays(self) -> np.ndarray:
        return room_rays(*self.size_px)

    @property
    def text(self) -> str:
        return f"{self.num_points / 1e6:g} M points, {self.size_px[0]}x{self.size_px[1]} rays"

    def spread(self, count: int) -> list[int]:
        """Some frames from the first to the last."""
        return np.linspace(0, self.num_frames - 1, count).astype(int).tolist()


FULL = Walk(num_frames=480, num_points=1_500_000, size_px=(574, 434), num_marched=2)
QUICK = Walk(num_frames=24, num_points=60_000, size_px=(72, 54), num_marched=1)


def frame_rows(walk: Walk) -> list[Row]:
    """Costs of one frame, path by path."""
    warm()
    points, poses, rays = walk.points, walk.poses, walk.rays
    cores, some = usable_cores(), walk.spread(12)
    sorting, building = cost_of(lambda: sort_points(points, GRID)), cost_of(lambda: build_tables(rays, GRID, cores))
    tables = build_tables(rays, GRID, cores)
    assert tables is not None
    beams, packer = BeamCaster(sort_points(points, GRID), poses, tables, GRID), RowPacker(GRID)
    plain = PlainCaster(points, poses, rays, GRID)
    for t in some[:3]:
        ours, exact = beams.cast(t), plain.cast(t)
        assert np.array_equal(ours[0], exact[0]) and np.array_equal(ours[1], exact[1]), "the paths differ"
    by_plain = costs_of([partial(plain.cast, t) for t in some])
    by_beams = costs_of([partial(beams.cast, t) for t in some * 3])
    by_pairs = costs_of([partial(_cast_pair, beams, min(t, walk.num_frames - 2)) for t in some * 3])
    pair_ms = by_pairs.cpu_ms / 2

    def ratio(ms: float) -> str:
        return f"{by_plain.cpu_ms / ms:.0f}x the plain traversal, same bits"

    rows = [
        sorting.row("sort points into cells, once", input=walk.text),
        building.row("ray tables, once", input=walk.text),
        voxelise_row(walk, plain),
        by_plain.row("one frame, plain traversal", input=walk.text),
        by_beams.row("one frame, beams", input=walk.text, note=ratio(by_beams.cpu_ms)),
        by_pairs.row("one frame, beams, two at a time", per=2, input=walk.text, note=ratio(pair_ms)),
        packing_row(packer, [tuple(part.copy() for part in beams.cast(t)) for t in some]),
    ]
    return rows + [march_row(walk, t, beams, pair_ms) for t in some[: walk.num_marched]]


def _cast_pair(beams: BeamCaster, first: int) -> None:
    """As a sequence is made."""
    for _ in beams.cast_pair(first, 2):
        pass


def voxelise_row(walk: Walk, plain: PlainCaster) -> Row:
    """All points into a dense grid, without culling."""
    cells, shape = np.zeros(GRID.num_voxels, np.uint8), np.array(GRID.shape, np.int64)
    cost = costs_of([partial(voxelise, walk.points, plain._affine[t], shape, cells) for t in walk.spread(5)])
    return cost.row("voxelise, one frame", input=walk.text)


def packing_row(packer: RowPacker, frames: list[tuple[np.ndarray, np.ndarray]]) -> Row:
    """Both rows of a frame, against zlib at its level 6."""
    ours = costs_of([partial(_packed_bytes, packer, *frame) for frame in frames])
    theirs = costs_of([lambda frame=frame: [pack_row(part) for part in frame] for frame in frames])
    size = sum(_packed_bytes(packer, *frame) for frame in frames)
    zlib_size = sum(len(zlib.compress(part.tobytes(), 6)) for frame in frames for part in frame)
    note = f"zlib-6 {theirs.cpu_ms:.1f} ms; {size / zlib_size:.3f} of its size"
    return ours.row("compress one frame", note=note)


def _packed_bytes(packer: RowPacker, indices: np.ndarray, mask: np.ndarray) -> int:
    return len(packer.pack_mask(mask).data) + len(packer.pack_indices(indices).data)


def march_row(walk: Walk, t: int, beams: BeamCaster, beam_ms: float) -> Row:
    """The original's method on one frame, how far off it is, and its time over that of a frame cast in a pair."""
    from benchmarks.marching import march_frame

    exact, found = set(beams.cast(t)[0].tolist()), set()

    def march() -> None:
        found.update(march_frame(walk.points, walk.poses[t], walk.rays, GRID)[0].tolist())

    cost = cost_of(march, 1)
    missed, false = len(exact - found) / max(len(exact), 1), len(found - exact) / max(len(exact), 1)
    note = f"{cost.cpu_ms / beam_ms:.0f}x beams; {missed:.1%} missed, {false:.1%} false"
    return cost.row(f"frame {t}, fixed-step march (torch)", input=walk.text, note=note)


def inputs_of(walk: Walk) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points, poses and rays."""
    return walk.points, walk.poses, walk.rays


def sequence_rows(walk: Walk) -> list[Row]:
    """All frames with files, and what is done with them afterwards."""
    # Made elsewhere, so that what making it took is not in this process's memory.
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as pool:
        points, poses, rays = pool.submit(inputs_of, walk).result()
    frames, cores = f"{walk.num_frames} frames", usable_cores()
    warm()
    reset_peak()
    base_mb = peak_mb()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)

        def stream(times: int) -> None:
            """From nothing to both files; tables are built anew."""
            forget_tables()
            occupancy_sequence(points, np.tile(poses, (times, 1, 1)), rays, GRID, device="cpu", save_to=folder)

        # The memory is that of the first run of a new process; the time is the median of three.
        first = cost_of(partial(stream, 1), 1)
        once = replace(cost_of(partial(stream, 1), 3), peak_mb=first.peak_mb)
        longer = cost_of(partial(stream, LONGER), 1)
        stream(1)
        cpu_s = once.cpu_ms / 1e3
        size_mb = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
        note = f"{cpu_s:.2f} s CPU = {1e3 * cpu_s / walk.num_frames:.1f} ms a frame; {cpu_s / cores:.2f} s on {cores} "
        note += f"idle cores; {size_mb:.1f} MB; {base_mb:.0f} MB of memory before"
        rows = [
            once.row(f"{frames} into both files", unit="s", input=walk.text, note=note),
            longer.row(f"{LONGER} times as many", unit="s", input=walk.text, note="memory stays the same"),
        ]
        return rows + in_memory_rows(walk, (points, poses, rays), folder) + reading_rows(walk, folder)


def in_memory_rows(walk: Walk, inputs: tuple[np.ndarray, np.ndarray, np.ndarray], folder: Path) -> list[Row]:
    """The same kept in memory, compressed, and saved afterwards."""
    frames = f"{walk.num_frames} frames"
    made: list[OccupancySequence] = []
    cast = cost_of(lambda: made.append(occupancy_sequence(*inputs, GRID, device="cpu")), 1)
    saved = cost_of(lambda: made[0].save(folder), 3)
    return [
        cast.row(f"{frames} into memory, tables kept", unit="s", input=walk.text),
        saved.row("save both files", unit="ms", input=frames, note="compressed already"),
    ]


def reading_rows(walk: Walk, folder: Path) -> list[Row]:
    """Opening the files, single frames, scrubbing, histories, the world map."""
    frames = f"{walk.num_frames} frames"

    def opened() -> OccupancySequence:
        return load_sequence(folder / "occ_sequence.npz", folder / "mask_sequence.npz", walk.poses)

    loaded = opened()
    places = np.random.default_rng(0).integers(0, walk.num_frames, 60).tolist()
    scrubbed = cost_of(partial(_read_all, loaded), 3)
    rate = 1e3 * walk.num_frames / scrubbed.wall_ms
    rows = [
        cost_of(opened, 5).row("open both files", unit="ms", input=frames),
        costs_of([partial(loaded.frame, t) for t in places]).row("any frame of the files", unit="ms", input=frames),
        scrubbed.row("every frame of the files, a frame", unit="ms", per=walk.num_frames, note=f"{rate:.0f} a second"),
        whole_file_row(walk, folder),
        cost_of(lambda: world_map(loaded), 3).row("world map", input=frames),
        sightings_row(loaded, frames),
    ]
    first = walk.num_frames // 2
    for length, step in HISTORIES:
        fresh = opened()
        name = f"history of {length}, every {step}"
        cold = cost_of(lambda fresh=fresh, length=length, step=step: fresh.history(first, length, step), 1)
        for t in range(max(first - step, 0), first):
            fresh.history(t, length, step)
        played = range(first, min(first + 40, walk.num_frames))
        warmed = costs_of([partial(fresh.history, t, length, step) for t in played])
        rows += [cold.row(f"{name}, first", input=frames), warmed.row(f"{name}, playing", input=frames)]
    return rows


def _read_all(loaded: OccupancySequence) -> None:
    for t in range(loaded.num_frames):
        loaded.frame(t)


def whole_file_row(walk: Walk, folder: Path) -> Row:
    """What a frame costs those who read the file as numpy does."""

    def load() -> None:
        with np.load(folder / "mask_sequence.npz") as arrays:
            assert len(arrays["data"]) == walk.num_frames

    return cost_of(load, 1).row("the mask file by numpy, whole", unit="ms", input=f"{walk.num_frames} frames")


def sightings_row(loaded: OccupancySequence, frames: str) -> Row:
    """Who saw a voxel, for some that many frames saw and some that few did."""
    world = world_map(loaded)
    some = np.linspace(0, world.num_voxels - 1, 15).astype(int).tolist()
    for n in some[::5]:
        assert len(frames_that_saw(loaded, world, world.centres_world[n])) == world.count[n]
    cost = costs_of([partial(frames_that_saw, loaded, world, world.centres_world[n]) for n in some])
    return cost.row("who saw a voxel", unit="ms", input=frames, note=f"{world.num_voxels} voxels on the map")


def rows(*, is_quick: bool) -> list[Row]:
    """Single frames."""
    return frame_rows(QUICK if is_quick else FULL)


def rows_of_sequences(*, is_quick: bool) -> list[Row]:
    """The whole sequence."""
    return sequence_rows(QUICK if is_quick else FULL)
