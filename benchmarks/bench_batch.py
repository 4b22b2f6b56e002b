"""A batch of a hundred trajectories: what the program that hands them out takes, and whether that grows.

Each is a few frames of a room with a stand-in for the pipeline, but everything else is real: claims, a fresh process
for each, its result, the published folder, the report. Part of ``benchmarks``.
"""

from __future__ import annotations

import gc
import os
import tempfile
import time
from pathlib import Path

import psutil

from benchmarks.measure import Row, cpu_s
from l3rocc_engine.batch.report import Outcome
from l3rocc_engine.batch.runner import run_batch
from l3rocc_engine.batch.settings import BatchSettings
from l3rocc_engine.batch.unit import list_targets
from l3rocc_engine.batch.workers import Workers
from l3rocc_engine.dataset import write_dataset
from tests.engine.batch.program import RUN, SLOWNESS, perform
from tests.engine.batch.tree import write_tree
from tests.synthetic.run_factory import CONFIG, make_run

COUNT, FIRST, WORKERS = 100, 10, 2


def rows(*, is_quick: bool) -> list[Row]:
    """Memory of the parent after the first ten and after all, and processor time a trajectory."""
    count, first = (6, 2) if is_quick else (COUNT, FIRST)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        write_tree(folder / "tree", folder / "video", count)
        write_dataset(make_run(folder / "other video"), folder / "run", profile="interndata")
        os.environ.update({RUN: str(folder / "run"), SLOWNESS: "0"})
        return _rows_of(folder, count, first)


def _rows_of(folder: Path, count: int, first: int) -> list[Row]:
    memory_mb: list[float] = []

    def weigh(_outcome: Outcome) -> None:
        gc.collect()
        memory_mb.append(psutil.Process().memory_info().rss / 1e6)

    cpu, wall = cpu_s(), time.perf_counter()
    workers = Workers(count=WORKERS, threads_each=1)
    summary = run_batch(
        list_targets(folder / "tree"),
        folder / "out",
        BatchSettings(config=CONFIG),
        workers,
        perform=perform,
        on_outcome=weigh,
    )
    if summary.has_failed:
        raise SystemExit(f"The batch failed: {summary.failures[0].message}")
    each_ms = {"CPU ms": 1e3 * (cpu_s() - cpu) / count, "ms": 1e3 * (time.perf_counter() - wall) / count}
    told = f"{count} trajectories, {WORKERS} workers"
    name, note = "a trajectory without its pipeline", "its process starts and imports"
    return [
        Row(name=f"parent's memory after {first}", value=memory_mb[first - 1], unit="MB", input=told),
        Row(name=f"parent's memory after {count}", value=memory_mb[-1], unit="MB", input=told),
        *(Row(name=name, value=value, unit=unit, input=told, note=note) for unit, value in each_ms.items()),
    ]
