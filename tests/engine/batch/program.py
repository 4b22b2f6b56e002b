"""A batch as a program of its own, which a test can kill: the real thing but for a stand-in in place of the pipeline.

Started with ``COMMAND`` and then TREE OUT RUN WORKERS SLOWNESS; by its import, so that its children find it too.
"""

from __future__ import annotations

import dataclasses
import os
import sys
import time
from pathlib import Path
from typing import Any

from l3rocc_engine.batch.result import UnitResult
from l3rocc_engine.batch.runner import run_batch
from l3rocc_engine.batch.settings import BatchSettings
from l3rocc_engine.batch.unit import list_targets
from l3rocc_engine.batch.work import Say, UnitTask, work_on
from l3rocc_engine.batch.workers import Workers
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.source import FrameSource
from l3rocc_engine.isolation import run_isolated
from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_engine.reconstruction import Scale
from l3rocc_engine.run import Run

RUN = "L3ROCC_TEST_RUN"
SLOWNESS = "L3ROCC_TEST_SLOWNESS"
COMMAND = (sys.executable, "-c", f"import sys; from {__name__} import main; sys.exit(main(*sys.argv[1:]))")


def stand_in(source: FrameSource, config: PipelineConfig, workdir: Path, *, events: EventSink) -> Run:
    """Stages that take a while, and in the end the run that lies in a folder, with the source that was opened."""
    from l3rocc_engine.dataset import open_dataset

    for number in range(10):
        time.sleep(float(os.environ.get(SLOWNESS, "0")) / 10)
        (workdir / f"stage_{number}").write_bytes(bytes(1000))
    return aligned(dataclasses.replace(open_dataset(Path(os.environ[RUN])), source=source))


def aligned(run: Run) -> Run:
    """As the pipeline does it: no scale where the run does not follow the poses that came along."""
    from l3rocc_engine.geometry.scale import scale_from_path

    cameras = run.source.cameras
    if cameras is None:
        return run
    try:
        scale_from_path(run.trajectory.world_from_cam, cameras.trajectory.world_from_cam)
    except InputError as error:
        note = f"The source's poses set no scale: {error.message}"
        return dataclasses.replace(run, scale=Scale(), record=dataclasses.replace(run.record, notes=(note,)))
    return run


def fast_work(say: Say, task: UnitTask) -> UnitResult:
    """What a child does."""
    return work_on(say, task, stand_in)


def perform(task: UnitTask, events: EventSink, cancel: CancelToken) -> UnitResult:
    """Each unit in a fresh child, as in the product."""
    result: UnitResult = run_isolated(fast_work, task, cancel=cancel, on_message=events)
    return result


def main(tree: str, out: str, run: str, workers: str, slowness: str) -> int:
    """Process the tree; 1 if anything failed."""
    from tests.synthetic.run_factory import CONFIG

    os.environ.update({RUN: run, SLOWNESS: slowness})
    settings = BatchSettings(config=CONFIG)
    targets = list_targets(Path(tree))

    def tell(outcome: Any) -> None:
        sys.stdout.buffer.write(os.fsencode(f"{outcome.result.unit} {outcome.result.status.value}\n"))
        sys.stdout.flush()

    at_once = Workers(count=int(workers), threads_each=1)
    summary = run_batch(targets, Path(out), settings, at_once, perform=perform, on_outcome=tell)
    return 1 if summary.has_failed else 0
