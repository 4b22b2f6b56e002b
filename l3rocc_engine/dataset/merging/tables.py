"""Tables with new numbers of rows, episodes and tasks; all else in them stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from l3rocc_engine.dataset.features import EPISODE_INDEX, INDEX, TASK_INDEX
from l3rocc_engine.dataset.merging.plan import PlannedEpisode
from l3rocc_engine.dataset.stats import column_stats
from l3rocc_engine.errors import InputError
from l3rocc_engine.storage.parquet import READ_ERRORS, open_parquet

NUMBERING = (INDEX, EPISODE_INDEX, TASK_INDEX)


def read_renumbered(episode: PlannedEpisode) -> tuple[pa.Table, bool]:
    """An episode's table with the numbers of the merged dataset, and whether any number changed.

    Types, order, metadata and the values of all other columns stay.

    Raises
    ------
    InputError
        The table cannot be read, lacks one of the numbering columns, or points to a task that is not there.
    """
    path = episode.source.table
    try:
        with open_parquet(path) as file:
            table = file.read()
    except READ_ERRORS as error:
        raise InputError(f"{path} is not a readable parquet: {error}.", "Copy the dataset again.") from error
    absent = [key for key in NUMBERING if key not in table.column_names]
    if absent:
        raise InputError(
            f"{path} has no column {absent[0]}, which LeRobot v2.1 requires.",
            "Process the trajectory with --profile lerobot, and merge that.",
        )
    is_changed = False
    for key, values in _numbers(episode, table).items():
        place = table.column_names.index(key)
        field = table.schema.field(place)
        if not np.array_equal(values, _integers(table, key, path)):
            is_changed = True
            table = table.set_column(place, field, pa.array(values).cast(field.type))
    return table, is_changed


def numbering_stats(table: pa.Table) -> dict[str, Any]:
    """Statistics of the numbering columns, as ``episodes_stats.jsonl`` holds them."""
    return {key: column_stats(np.asarray(table.column(key))).to_json() for key in NUMBERING}


def _numbers(episode: PlannedEpisode, table: pa.Table) -> Mapping[str, NDArray[np.int64]]:
    path = episode.source.table
    tasks = _integers(table, TASK_INDEX, path)
    wrong = np.flatnonzero((tasks < 0) | (tasks >= len(episode.task_numbers)))
    if len(wrong):
        raise InputError(
            f"{path}, row {wrong[0]}: there is no task {tasks[wrong[0]]}.", "Run 'l3rocc validate' to see everything."
        )
    return {
        INDEX: np.arange(table.num_rows, dtype=np.int64) + episode.first_index,
        EPISODE_INDEX: np.full(table.num_rows, episode.number, dtype=np.int64),
        TASK_INDEX: np.array(episode.task_numbers, dtype=np.int64)[tasks],
    }


def _integers(table: pa.Table, key: str, path: Path) -> NDArray[np.int64]:
    column = table.column(key)
    if not pa.types.is_integer(column.type) or column.null_count:
        raise InputError(f"{path}: the column {key} does not hold whole numbers.", "Run 'l3rocc validate' to see more.")
    return np.asarray(column).astype(np.int64)
