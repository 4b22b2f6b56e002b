"""A small tree of trajectories as InternData-N1 has them, and a fast stand-in for the pipeline."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from l3rocc_engine.batch.attempt import Perform
from l3rocc_engine.batch.result import UnitResult
from l3rocc_engine.batch.work import UnitTask, work_on
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.dataset import features, layout, write_dataset
from l3rocc_engine.frames.source import FrameSource
from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_engine.run import Run
from tests.synthetic.run_factory import make_run

ADDED = (features.CAMERA_EXTRINSIC_OCC, features.CAMERA_INTRINSIC_OCC)


def write_trajectory(run: Run, root: Path) -> None:
    """A recorded trajectory: table, video and metadata, which claim twice as many frames as there are."""
    write_dataset(run, root, profile="interndata")
    for name in (layout.RUN, "meta/poses.npz", "data/chunk-000/all_occ.npz", "data/chunk-000/origin_pcd.ply"):
        (root / name).unlink()
    for name in ("observation.occ.view", "observation.occ.mask"):
        shutil.rmtree(root / "videos" / "chunk-000" / name)
    (root / "videos/chunk-000/observation.video.trajectory/reference.mp4").unlink()
    (root / "data/chunk-000/path.ply").write_bytes(b"ply\nnot ours\n")
    table = root / "data/chunk-000/episode_000000.parquet"
    pq.write_table(pq.read_table(table).drop_columns(list(ADDED)), table)
    info = json.loads((root / layout.INFO).read_text(encoding="utf-8"))
    for key in ADDED:
        del info["features"][key]
    info = {**info, "total_frames": 2 * info["total_frames"]}
    info.pop("l3rocc", None)
    (root / layout.INFO).write_text(json.dumps(info), encoding="utf-8")
    stats = json.loads((root / layout.EPISODES_STATS).read_text(encoding="utf-8"))
    for key in ADDED:
        del stats["stats"][key]
    (root / layout.EPISODES_STATS).write_text(json.dumps(stats) + "\n", encoding="utf-8")
    line = {"episode_index": 0, "tasks": ["walk"], "length": info["total_frames"]}
    (root / layout.EPISODES).write_text(json.dumps(line) + "\n", encoding="utf-8")


def write_tree(root: Path, folder: Path, count: int) -> None:
    """``count`` trajectories below ``group/scene``, all of the same room; the first frame's time of change differs."""
    first = root / "group" / "scene" / "trajectory_0"
    write_trajectory(make_run(folder), first)
    for number in range(1, count):
        shutil.copytree(first, first.with_name(f"trajectory_{number}"))


def fast_process(folder: Path) -> Callable[..., Run]:
    """Stands for the pipeline: the exact run of the room at once, with the source that was opened."""
    run = make_run(folder)

    def process(source: FrameSource, config: PipelineConfig, workdir: Path, *, events: EventSink) -> Run:
        assert workdir.is_dir()
        assert config
        return dataclasses.replace(run, source=source)

    return process


def fast_perform(folder: Path, seen: list[str] | None = None) -> Perform:
    """Works on a unit in this process."""
    process = fast_process(folder)

    def perform(task: UnitTask, events: EventSink, cancel: CancelToken) -> UnitResult:
        cancel.check()
        if seen is not None:
            seen.append(task.unit.name)
        return work_on(events, task, process)

    return perform


def contents(root: Path) -> dict[str, Any]:
    """Every published file with its bytes; what tells times is left out."""
    found: dict[str, Any] = {}
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root).as_posix()
        if path.is_file() and not relative.startswith(".l3rocc/") and path.name != "report.jsonl":
            found[relative] = path.read_bytes()
    for name in list(found):
        if name.endswith("l3rocc_batch.json"):
            manifest = json.loads(found[name])
            for unit in manifest["units"].values():
                unit.pop("seconds")
                unit.pop("input_hash")
                for told in ("stage_s", "peak_memory_bytes"):
                    unit.pop(told, None)
            manifest.pop("source")
            found[name] = manifest
    return found
