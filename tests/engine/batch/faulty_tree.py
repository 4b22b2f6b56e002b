"""A tree of trajectories with everything among them that goes wrong in thousands of real ones."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tests.engine.batch.tree import write_trajectory
from tests.synthetic.run_factory import make_run

TABLE = "data/chunk-000/episode_000000.parquet"
VIDEO = "videos/chunk-000/observation.video.trajectory/episode_000000.mp4"
LONG_NAME = "trajectory_" + "l" * 244
NO_UNICODE = os.fsdecode(b"trajectory_\xff\xfe")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing that is wrong with a trajectory, and whether it can be labelled all the same."""

    name: str
    apply: Callable[[Path], object]
    is_labelled: bool


def _cut(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 3])


def _drop_rows(root: Path) -> None:
    table = pq.read_table(root / TABLE)
    pq.write_table(table.slice(0, table.num_rows - 3), root / TABLE)


def _repeat_rows(root: Path) -> None:
    table = pq.read_table(root / TABLE)
    pq.write_table(pa.concat_tables([table, table.slice(0, 3)]), root / TABLE)


def _spoil_poses(root: Path) -> None:
    _set_poses(root, np.full((_num_rows(root), 4, 4), np.nan, np.float32))


def _scatter_poses(root: Path) -> None:
    """Poses of a walk that is not the video's."""
    rows = np.tile(np.eye(4, dtype=np.float32), (_num_rows(root), 1, 1))
    rows[:, :3, 3] = np.random.default_rng(5).uniform(-2.0, 2.0, (len(rows), 3))
    _set_poses(root, rows)


def _stand_still(root: Path) -> None:
    """Poses that say nothing of the size of the world."""
    _set_poses(root, np.tile(np.eye(4, dtype=np.float32), (_num_rows(root), 1, 1)))


def _num_rows(root: Path) -> int:
    return int(pq.read_metadata(root / TABLE).num_rows)


def _set_poses(root: Path, rows: NDArray[np.float32]) -> None:
    table = pq.read_table(root / TABLE)
    column = pa.array(rows.reshape(table.num_rows, -1).tolist(), type=pa.list_(pa.float32()))
    at = table.column_names.index("action")
    pq.write_table(table.set_column(at, "action", column), root / TABLE)


FAULTS = (
    Fault(name="corrupt_video", apply=lambda root: _cut(root / VIDEO), is_labelled=False),
    Fault(name="zero_length_video", apply=lambda root: (root / VIDEO).write_bytes(b""), is_labelled=False),
    Fault(name="no_video", apply=lambda root: (root / VIDEO).unlink(), is_labelled=False),
    Fault(name="missing_table", apply=lambda root: (root / TABLE).unlink(), is_labelled=False),
    Fault(name="broken_table", apply=lambda root: _cut(root / TABLE), is_labelled=False),
    Fault(name="fewer_rows_than_frames", apply=_drop_rows, is_labelled=False),
    Fault(name="more_rows_than_frames", apply=_repeat_rows, is_labelled=False),
    Fault(name="nan_poses", apply=_spoil_poses, is_labelled=False),
    Fault(name="poses_of_another_walk", apply=_scatter_poses, is_labelled=False),
    Fault(name="poses_that_stand_still", apply=_stand_still, is_labelled=False),
    Fault(name="broken_info", apply=lambda root: (root / "meta/info.json").write_text("{"), is_labelled=True),
    Fault(name="dangling_link", apply=lambda root: (root / "notes").symlink_to("nowhere"), is_labelled=True),
    Fault(name="circular_link", apply=lambda root: (root / "round").symlink_to(root), is_labelled=True),
    Fault(name="pipe", apply=lambda root: os.mkfifo(root / "pipe"), is_labelled=True),
    Fault(name="read_only", apply=lambda root: root.chmod(0o555), is_labelled=True),
)


def write_faulty_tree(root: Path, folder: Path, count: int) -> dict[str, Fault]:
    """``count`` trajectories, one with each fault among them; the faults by the name of their unit."""
    scene = root / "group" / "scene"
    first = scene / "trajectory_0000"
    write_trajectory(make_run(folder), first)
    names = [f"trajectory_{number:04d}" for number in range(1, count)]
    names[-1], names[-2] = LONG_NAME, NO_UNICODE
    for name in names:
        shutil.copytree(first, scene / name)
    spread = len(names) // len(FAULTS)
    faulty = {}
    for number, fault in enumerate(FAULTS):
        name = names[number * spread]
        fault.apply(scene / name)
        faulty[f"group/scene/{name}"] = fault
    return faulty
