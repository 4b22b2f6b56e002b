"""Rules on ``data/``: the tables, their columns, their numbering and their clock."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.episode import LONGEST_EPISODE_S
from l3rocc_engine.dataset.features import EPISODE_INDEX, FRAME_INDEX, INDEX, TASK_INDEX, TIMESTAMP
from l3rocc_engine.dataset.folder import DatasetFolder
from l3rocc_engine.dataset.rules.rule import NotApplicable, Problem, Problems, Rule

TOLERANCE_S = 1e-4
SPLIT_NAMES = ("train", "test", "validation", "valid", "dev", "val", "eval")
ARROW_TYPES = {"float32": "float", "float64": "double", "bool": "bool", "string": "string"}


def _files(folder: DatasetFolder) -> Problems:
    for episode_idx in sorted(folder.lengths):
        table = folder.table(episode_idx)
        if isinstance(table, str):
            yield Problem(sentence=table, file=folder.relative(folder.table_path(episode_idx)))


def _foreign(folder: DatasetFolder) -> Problems:
    ours = {layout.WORLD_FILE, layout.ORIGIN_CLOUD_FILE} if folder.profile == "interndata" else set()
    promised = {folder.table_path(episode_idx) for episode_idx in folder.lengths}
    for path in folder.all_files:
        name, place = path.name, path.relative_to(folder.root).parts
        here = partial(Problem, file=folder.relative(path))
        if path.suffix == ".parquet" and path not in promised:
            yield here(sentence="no episode has this table; LeRobot cannot record on beside it", is_warning=True)
        if place[0] != "data" or name.startswith("."):
            continue
        if path.suffix != ".parquet":
            yield here(
                sentence="LeRobot parses every file in data/ as a table, so it opens this folder only with the "
                "episodes named" + ("; the layout asks for it" if name in ours else ""),
                is_warning=name in ours,
            )
        for part in place[1:-1]:
            if part in SPLIT_NAMES:
                yield here(sentence=f"the folder name {part} is taken for a split, which stops the loader")


def _columns(folder: DatasetFolder) -> Problems:
    stored = {key: feature for key, feature in folder.features.items() if feature.get("dtype") != "video"}
    for episode_idx, table in folder.readable_tables():
        here = partial(Problem, file=folder.relative(folder.table_path(episode_idx)))
        for key, feature in stored.items():
            if key not in table.column_names:
                yield here(sentence=f"the declared column {key} is missing")
                continue
            problem = _type_problem(table, key, feature)
            if problem:
                yield here(sentence=problem)
        for key in table.column_names:
            if key not in stored:
                yield here(sentence=f"the column {key} is not declared, which LeRobot v3.0 refuses", is_warning=True)
            if isinstance(table.schema.field(key).type, pa.BaseExtensionType) or b"ARROW:extension:name" in (
                table.schema.field(key).metadata or {}
            ):
                yield here(sentence=f"{key} is an Arrow extension, which stops the v3.0 converter", is_warning=True)


def _type_problem(table: pa.Table, key: str, feature: dict[str, Any]) -> str:
    """What is wrong with a column's type, nesting, completeness or numbers; empty if nothing is."""
    column, shape, dtype = table.column(key), feature.get("shape"), feature.get("dtype")
    if dtype == "image" or not isinstance(shape, list):
        return ""
    if column.null_count:
        return f"{key} has {column.null_count} empty cells"
    axes, leaf = 0, column.type
    while pa.types.is_list(leaf) or pa.types.is_fixed_size_list(leaf) or pa.types.is_large_list(leaf):
        axes, leaf = axes + 1, leaf.value_type
    wanted_axes = 0 if shape == [1] else len(shape)
    if isinstance(leaf, pa.BaseExtensionType):
        return ""
    if str(leaf) != ARROW_TYPES.get(str(dtype), str(dtype)):
        return f"{key} holds {leaf}, but {dtype} is declared"
    if axes != wanted_axes:
        return f"{key} is nested {axes} deep, but the shape {shape} is declared"
    values = column_values(table, key)
    if values is None or values.shape[1:] != (() if shape == [1] else tuple(shape)):
        return f"{key} has values of another shape than {shape}"
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        return f"{key} holds numbers that are not finite"
    return ""


def column_values(table: pa.Table, key: str) -> NDArray[Any] | None:
    """A column as an array (T, ...), or None if it is absent or its rows differ in shape."""
    if key not in table.column_names:
        return None
    try:
        return np.array(table.column(key).to_pylist())
    except ValueError:
        return None


def _lengths(folder: DatasetFolder) -> Problems:
    for episode_idx, table in folder.readable_tables():
        stated = folder.lengths[episode_idx]
        if table.num_rows != stated:
            yield Problem(
                sentence=f"the table has {table.num_rows} rows, but {layout.EPISODES} states {stated}",
                file=folder.relative(folder.table_path(episode_idx)),
            )


def _numbering(folder: DatasetFolder) -> Problems:
    num_tasks, first_index = len(folder.lines(layout.TASKS) or []), 0
    absent: set[str] = set()
    for episode_idx, table in folder.readable_tables():
        rows = np.arange(table.num_rows)
        wanted = {INDEX: rows + first_index, FRAME_INDEX: rows, EPISODE_INDEX: np.full(table.num_rows, episode_idx)}
        first_index += table.num_rows
        absent |= {*wanted, TASK_INDEX} - set(table.column_names)
        here = partial(Problem, file=folder.relative(folder.table_path(episode_idx)))
        for key, numbers in wanted.items():
            values = column_values(table, key)
            if values is None or values.shape != numbers.shape:
                continue
            wrong = np.flatnonzero(values != numbers)
            if len(wrong):
                row = int(wrong[0])
                yield here(sentence=f"{key} is {values[row]} where {numbers[row]} is due", row=row)
        tasks = column_values(table, TASK_INDEX)
        if tasks is not None and tasks.shape == rows.shape:
            for row in np.flatnonzero((tasks < 0) | (tasks >= num_tasks))[:1]:
                yield here(sentence=f"task_index {tasks[row]} is not in {layout.TASKS}", row=int(row))
    if absent:
        raise NotApplicable(f"the tables lack {', '.join(sorted(absent))}")


def _clock(folder: DatasetFolder) -> Problems:
    if not folder.fps or all(TIMESTAMP not in table.column_names for _, table in folder.readable_tables()):
        raise NotApplicable(f"there is no {TIMESTAMP} or no fps")
    for episode_idx, table in folder.readable_tables():
        times_s = column_values(table, TIMESTAMP)
        if times_s is None or times_s.ndim != 1 or times_s.dtype.kind != "f":
            continue
        here = partial(Problem, file=folder.relative(folder.table_path(episode_idx)))
        steps_s = np.diff(times_s.astype(np.float32))
        wrong = np.flatnonzero(np.abs(steps_s - np.float32(1 / folder.fps)) > TOLERANCE_S)
        if len(wrong):
            row = int(wrong[0]) + 1
            yield here(sentence=f"the step to this row is {steps_s[row - 1]:.6f} s, not {1 / folder.fps:.6f}", row=row)
        if len(times_s) and abs(times_s[0]) > TOLERANCE_S:
            yield here(sentence=f"the first timestamp is {times_s[0]:.6f} s, not 0", row=0)
        if len(times_s) and times_s[-1] >= LONGEST_EPISODE_S:
            yield here(
                sentence=f"the episode reaches {times_s[-1]:.0f} s; float32 is too coarse for times beyond about 1000",
                row=len(times_s) - 1,
                is_warning=not len(wrong),
            )


TABLE_RULES = (
    Rule(name="data.files", sentence="Every episode has a readable table.", search=_files),
    Rule(name="data.foreign", sentence="Nothing but the episodes' tables is in data/.", search=_foreign),
    Rule(name="data.columns", sentence="The columns are those declared, with their types and shapes.", search=_columns),
    Rule(name="data.lengths", sentence="Tables have as many rows as their episodes are long.", search=_lengths),
    Rule(name="data.numbering", sentence="Frames, episodes and tasks are numbered without gaps.", search=_numbering),
    Rule(name="data.time", sentence="Timestamps are i / fps from 0.", search=_clock),
)
