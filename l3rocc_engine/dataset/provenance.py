"""What a source that is itself a dataset says beyond pictures and poses: its tasks and the robot's base."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.dataset.features import CAMERA_EXTRINSIC
from l3rocc_engine.dataset.layout import DATA_TEMPLATE, INFO, TASKS
from l3rocc_engine.frames.frame_range import RangeSource
from l3rocc_engine.frames.source import FrameSource
from l3rocc_engine.storage.parquet import READ_ERRORS, open_parquet

DEFAULT_TASK = "Follow the recorded camera path."


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Statements carried over from a source dataset.

    Attributes
    ----------
    tasks
        Task strings as the dataset has them; one of ours if it has none.
    base_from_cam
        (T, 4, 4) float32 in the dataset's own convention, or None.
    """

    tasks: tuple[str, ...] = (DEFAULT_TASK,)
    base_from_cam: NDArray[np.float32] | None = None


def read_provenance(source: FrameSource) -> Provenance:
    """Look into the dataset that a source belongs to; what is missing or damaged there is simply not carried over."""
    root = dataset_root(source.path)
    if root is None:
        return Provenance()
    whole = source.whole if isinstance(source, RangeSource) else source
    base = _read_base(root / DATA_TEMPLATE.format(episode_chunk=0, episode_index=0), whole.num_frames)
    if base is not None and isinstance(source, RangeSource):
        base = base[source.first : source.last + 1]
    return Provenance(tasks=_read_tasks(root / TASKS) or (DEFAULT_TASK,), base_from_cam=base)


def dataset_root(path: Path) -> Path | None:
    """The dataset folder that ``path`` is, or that it is a video of; None if there is none."""
    candidates = [path] if path.is_dir() else list(path.parents)[3:4]
    return next((folder for folder in candidates if (folder / INFO).is_file()), None)


def plain_instruction(task: str) -> str:
    """The instruction inside an InternData task string, which is JSON; any other string as it is."""
    try:
        parts = json.loads(task)
    except (ValueError, RecursionError):
        return task
    if not isinstance(parts, dict):
        return task
    texts = (parts.get(key) for key in ("sum_instruction", "revised_sub_instruction", "sub_instruction"))
    return next((text for text in texts if isinstance(text, str) and text), task)


def _read_tasks(path: Path) -> tuple[str, ...]:
    try:
        lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        texts = [line["task"] for line in sorted(lines, key=lambda line: line["task_index"])]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return ()
    return tuple(dict.fromkeys(text for text in texts if isinstance(text, str) and text))


def _read_base(path: Path, num_frames: int) -> NDArray[np.float32] | None:
    try:
        with open_parquet(path) as file:
            column = file.read(columns=[CAMERA_EXTRINSIC]).column(CAMERA_EXTRINSIC)
        values = np.array(column.to_pylist(), dtype=np.float32)
    except (*READ_ERRORS, KeyError, TypeError):
        return None
    return values if values.shape == (num_frames, 4, 4) and np.isfinite(values).all() else None
