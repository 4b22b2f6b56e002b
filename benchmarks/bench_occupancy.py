"""Occupancy of a furnished room: ours, the plain traversal, and the original's fixed-step march, in one run.

    python -m benchmarks.bench_occupancy [--frames 480] [--points 1500000] [--size 574x434] [--march-frames 2]
                                         [--json FILE]

Times are medians. "CPU" counts all threads together, so that a busy machine does not matter much; divide by the number
of cores for the time an idle one takes. Results of the paths are compared bit by bit first.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.room import room_points, room_rays, room_walk
from l3rocc_engine.occupancy import GridSpec, load_sequence, occupancy_sequence, warm, world_map
from l3rocc_engine.occupancy.casters import BeamCaster, PlainCaster
from l3rocc_engine.occupancy.casting import usable_cores
from l3rocc_engine.occupancy.cells import sort_points
from l3rocc_engine.occupancy.ray_tables import build_tables
from l3rocc_engine.occupancy.row_packer import RowPacker
from l3rocc_engine.occupancy.rows import pack_row

GRID = GridSpec()


@dataclass(frozen=True, kw_only=True)
class Row:
    name: str
    value: float
    unit: str
    note: str = ""


def cpu_ms(work: Callable[[], object], repeats: int = 3) -> float:
    """Smallest of a few runs, all threads together."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(1e3 * (time.process_time() - start))
    return min(times)


def frame_rows(inputs: dict[str, np.ndarray], march_frames: int) -> list[Row]:
    """Costs of one frame, path by path."""
    points, poses, rays = inputs["points"], inputs["poses"], inputs["rays"]
    some = np.linspace(0, len(poses) - 1, 12).astype(int).tolist()
    plain = PlainCaster(points, poses, rays, GRID)
    rows = [
        Row(name="sort points into cells", value=cpu_ms(lambda: sort_points(points, GRID)), unit="CPU ms", note="once"),
        Row(
            name="ray tables",
            value=cpu_ms(lambda: build_tables(rays, GRID, usable_cores())),
            unit="CPU ms",
            note="once",
        ),
    ]
    tables = build_tables(rays, GRID, usable_cores())
    assert tables is not None
    beams, packer = BeamCaster(sort_points(points, GRID), poses, tables, GRID), RowPacker(GRID)
    for t in some[:3]:
        ours, exact = beams.cast(t), plain.cast(t)
        assert (ours[0] == exact[0]).all() and (ours[1] == exact[1]).all(), "the paths differ"
    plain_ms = statistics.median(cpu_ms(lambda t=t: plain.cast(t), 1) for t in some)
    beam_ms = statistics.median(cpu_ms(lambda t=t: beams.cast(t)) for t in some)
    costs: dict[str, list[float]] = {"masks": [], "indices": [], "zlib": []}
    sizes = np.zeros(2)
    for t in some:
        indices, mask = (part.copy() for part in beams.cast(t))
        costs["masks"].append(cpu_ms(partial(packer.pack_mask, mask)))
        costs["indices"].append(cpu_ms(partial(packer.pack_indices, indices)))
        costs["zlib"].append(cpu_ms(partial(pack_row, mask), 1) + cpu_ms(partial(pack_row, indices), 1))
        sizes += [
            len(packer.pack_mask(mask).data) + len(packer.pack_indices(indices).data),
            len(zlib.compress(mask.tobytes(), 6)) + len(zlib.compress(indices.tobytes(), 6)),
        ]
    ours_ms = statistics.median(costs["masks"]) + statistics.median(costs["indices"])
    note = f"zlib-6 {statistics.median(costs['zlib']):.1f} ms; {sizes[0] / sizes[1]:.3f} of its size"
    rows += [
        Row(name="one frame, plain traversal", value=plain_ms, unit="CPU ms"),
        Row(name="one frame, beams", value=beam_ms, unit="CPU ms", note=f"{plain_ms / beam_ms:.0f}x plain, same bits"),
        Row(name="compress one frame", value=ours_ms, unit="CPU ms", note=note),
    ]
    for t in some[:march_frames]:
        rows += march_rows(inputs, t, beams, beam_ms)
    return rows


def march_rows(inputs: dict[str, np.ndarray], t: int, beams: BeamCaster, beam_ms: float) -> list[Row]:
    """The original's method on one frame, and how far off it is."""
    from benchmarks.marching import march_frame

    exact = set(beams.cast(t)[0].tolist())
    start, wall = time.process_time(), time.perf_counter()
    found, _ = march_frame(inputs["points"], inputs["poses"][t], inputs["rays"], GRID)
    ms, wall_ms = 1e3 * (time.process_time() - start), 1e3 * (time.perf_counter() - wall)
    missed, false = len(exact - set(found.tolist())) / len(exact), len(set(found.tolist()) - exact) / len(exact)
    note = f"{ms / beam_ms:.0f}x beams; wall {wall_ms:.0f} ms; {missed:.1%} missed, {false:.1%} false"
    return [Row(name=f"frame {t}, fixed-step march (torch)", value=ms, unit="CPU ms", note=note)]


def sequence_rows(inputs: dict[str, np.ndarray]) -> list[Row]:
    """All frames, with files; meant for a process of its own, whose memory it reports."""
    points, poses, rays = inputs["points"], inputs["poses"], inputs["rays"]
    warm()
    before_mb = peak_mb()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cpu, wall = time.process_time(), time.perf_counter()
        sequence = occupancy_sequence(points, poses, rays, GRID)
        made_cpu, made_wall = time.process_time() - cpu, time.perf_counter() - wall
        sequence.save(folder)
        all_cpu, all_wall = time.process_time() - cpu, time.perf_counter() - wall
        used_mb = peak_mb()
        size_mb = sum(path.stat().st_size for path in folder.iterdir()) / 1e6
        wall = time.perf_counter()
        loaded = load_sequence(folder / "occ_sequence.npz", folder / "mask_sequence.npz", poses)
        load_ms = 1e3 * (time.perf_counter() - wall)
        some = np.linspace(0, len(poses) - 1, 20).astype(int).tolist()
        frame_ms = statistics.median(cpu_ms(lambda t=t: loaded.frame(t), 1) for t in some)
        history_ms = statistics.median(cpu_ms(lambda t=t: loaded.history(t, 10, 2), 1) for t in some)
        again_ms = statistics.median(cpu_ms(lambda t=t: loaded.history(t, 10, 2)) for t in some[-3:])
        world_ms = cpu_ms(lambda: world_map(loaded), 1)
    frames = len(poses)
    return [
        Row(name=f"{frames} frames", value=made_wall, unit="s", note=f"{made_cpu:.2f} s CPU"),
        Row(name=f"{frames} frames and both files", value=all_wall, unit="s",
            note=f"{all_cpu:.2f} s CPU = {1e3 * all_cpu / frames:.1f} ms a frame; {all_cpu / usable_cores():.2f} s on "
                 f"{usable_cores()} idle cores"),
        Row(name="both files", value=size_mb, unit="MB"),
        Row(name="peak memory", value=used_mb, unit="MB", note=f"{before_mb:.0f} MB with program and input loaded"),
        Row(name="open the files", value=load_ms, unit="ms"),
        Row(name="one frame of the files", value=frame_ms, unit="CPU ms"),
        Row(name="history of 10, from disk", value=history_ms, unit="CPU ms"),
        Row(name="history of 10, rows at hand", value=again_ms, unit="CPU ms"),
        Row(name="world map", value=world_ms, unit="CPU ms", note=f"all {frames} frames"),
    ]  # fmt: skip


def peak_mb() -> float:
    """Largest resident memory of this process so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def in_child(path: Path) -> list[Row]:
    """``sequence_rows`` in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.bench_occupancy", "--child", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return [Row(**values) for values in json.loads(done.stdout)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=480)
    parser.add_argument("--points", type=int, default=1_500_000)
    parser.add_argument("--size", default="574x434")
    parser.add_argument("--march-frames", type=int, default=2)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        with np.load(arguments.child) as npz:
            print(json.dumps([asdict(row) for row in sequence_rows(dict(npz))]))
        return
    width, height = (int(part) for part in arguments.size.split("x"))
    inputs = {
        "points": room_points(arguments.points),
        "poses": room_walk(arguments.frames),
        "rays": room_rays(width, height),
    }
    with tempfile.TemporaryDirectory() as name:
        np.savez(Path(name) / "inputs.npz", **inputs)
        rows = in_child(Path(name) / "inputs.npz")
    warm()
    rows += frame_rows(inputs, arguments.march_frames)
    print(f"{arguments.points:,} points, {arguments.frames} poses, {width}x{height} rays, grid {GRID.shape}")
    for row in rows:
        print(f"  {row.name:38s} {row.value:10.2f} {row.unit:7s} {row.note}")
    if arguments.json:
        machine = {"cores": usable_cores(), "load": os.getloadavg()[0], "python": platform.python_version()}
        report = {"input": vars(arguments) | {"json": None, "child": None}, "machine": machine}
        arguments.json.write_text(json.dumps(report | {"rows": [asdict(row) for row in rows]}, indent=2))


if __name__ == "__main__":
    main()
