"""Rules on ``episodes_stats.jsonl``."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.folder import DatasetFolder
from l3rocc_engine.dataset.rules.rule import NotApplicable, Problem, Problems, Rule

STATISTICS = ("min", "max", "mean", "std")
PICTURE_SHAPE = (3, 1, 1)


def _episodes(folder: DatasetFolder) -> Problems:
    lines = folder.lines(layout.EPISODES_STATS) or []
    found = [(line.value or {}).get("episode_index") for line in lines]
    if sorted(i for i in found if isinstance(i, int)) != sorted(folder.lengths):
        yield Problem(
            sentence=f"there are statistics of the episodes {found}, but the episodes are {sorted(folder.lengths)}",
            file=layout.EPISODES_STATS,
        )


def _shapes(folder: DatasetFolder) -> Problems:
    for line in folder.lines(layout.EPISODES_STATS) or []:
        stats = (line.value or {}).get("stats")
        here = partial(Problem, file=layout.EPISODES_STATS, row=line.number)
        if not isinstance(stats, dict):
            yield here(sentence="the line has no stats")
            continue
        for key, feature in folder.features.items():
            if feature.get("dtype") == "string":
                continue
            entry = stats.get(key)
            if not isinstance(entry, dict):
                yield here(sentence=f"there are no statistics of {key}")
                continue
            is_picture = feature.get("dtype") in ("video", "image")
            wanted = PICTURE_SHAPE if is_picture else tuple(feature.get("shape") or ())
            wrong = {name: shape for name in STATISTICS if (shape := _shape_of(entry.get(name))) != wanted}
            if wrong:
                shapes = " and ".join(sorted({str(shape) for shape in wrong.values()}))
                yield here(sentence=f"{', '.join(wrong)} of {key} should have the shape {wanted}, not {shapes}")


def _counts(folder: DatasetFolder) -> Problems:
    for line in folder.lines(layout.EPISODES_STATS) or []:
        value = line.value or {}
        episode_idx, stats = value.get("episode_index"), value.get("stats")
        table = folder.table(episode_idx) if isinstance(episode_idx, int) else ""
        here = partial(Problem, file=layout.EPISODES_STATS, row=line.number)
        for key, entry in stats.items() if isinstance(stats, dict) else ():
            count = entry.get("count") if isinstance(entry, dict) else None
            if not isinstance(count, list) or _shape_of(count) != (1,):
                yield here(sentence=f"count of {key} must be a list of one number, not {count!r}")
            elif folder.features.get(key, {}).get("dtype") in ("video", "image") or isinstance(table, str):
                continue
            elif count[0] != table.num_rows:
                yield here(sentence=f"count of {key} is {count[0]}, but the table has {table.num_rows} rows")


def _ranges(folder: DatasetFolder) -> Problems:
    if not folder.video_keys:
        raise NotApplicable("there are no video features")
    for line in folder.lines(layout.EPISODES_STATS) or []:
        stats = (line.value or {}).get("stats")
        for key in folder.video_keys:
            entry = stats.get(key) if isinstance(stats, dict) else None
            values = [entry.get(name) for name in ("min", "max")] if isinstance(entry, dict) else []
            numbers = [np.array(value) for value in values if _shape_of(value) == PICTURE_SHAPE]
            if any((array < 0).any() or (array > 1).any() for array in numbers):
                yield Problem(
                    sentence=f"the statistics of {key} are not in 0 to 1", file=layout.EPISODES_STATS, row=line.number
                )


def _shape_of(value: Any) -> tuple[int, ...] | None:
    """Shape of nested lists of numbers; None for what is none."""
    try:
        array = np.array(value)
    except ValueError:
        return None
    return array.shape if array.dtype.kind in "biuf" else None


STATS_RULES = (
    Rule(name="stats.episodes", sentence="There are statistics of every episode.", search=_episodes),
    Rule(name="stats.shapes", sentence="Every feature has statistics of its own shape.", search=_shapes),
    Rule(name="stats.counts", sentence="Counts are single numbers that fit the tables.", search=_counts),
    Rule(name="stats.pictures", sentence="Statistics of pictures lie in 0 to 1.", search=_ranges),
)
