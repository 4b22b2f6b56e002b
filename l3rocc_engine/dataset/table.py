"""One episode's rows as a parquet file that every LeRobot reader understands.

Matrices are plain nested lists and not Arrow extension types: both read the same, but only the plain form survives
the public v2.1 to v3.0 converter.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from l3rocc_engine.dataset.features import (
    EPISODE_INDEX,
    FRAME_INDEX,
    INDEX,
    TASK_INDEX,
    TIMESTAMP,
    Feature,
)
from l3rocc_engine.errors import OutputError
from l3rocc_engine.storage.folders import make_folders
from l3rocc_engine.storage.parquet import write_parquet

Columns = Mapping[str, NDArray[Any]]


def default_columns(*, num_rows: int, fps: int, episode_idx: int, first_index: int) -> Columns:
    """The five columns of every dataset, of one task; ``timestamp`` is float32(i / fps) computed in float64."""
    rows = np.arange(num_rows)
    return {
        TIMESTAMP: (rows / fps).astype(np.float32),
        FRAME_INDEX: rows,
        EPISODE_INDEX: np.full(num_rows, episode_idx, dtype=np.int64),
        INDEX: rows + first_index,
        TASK_INDEX: np.zeros(num_rows, dtype=np.int64),
    }


def write_table(path: Path, columns: Columns, features: Sequence[Feature]) -> None:
    """Write the columns in the order of ``features``; video features have none.

    Raises
    ------
    OutputError
        If a column is missing, has another shape or type than declared, or holds numbers that are not finite.
    """
    stored = [feature for feature in features if not feature.is_video]
    arrays = [arrow_array(feature, columns) for feature in stored]
    description = {"info": {"features": {feature.key: hub_type(feature) for feature in stored}}}
    schema = pa.schema(
        [pa.field(feature.key, array.type) for feature, array in zip(stored, arrays, strict=True)],
        metadata={"huggingface": json.dumps(description)},
    )
    table = pa.Table.from_arrays(arrays, schema=schema)
    make_folders(path.parent)
    write_parquet(table, path)


def arrow_array(feature: Feature, columns: Columns) -> pa.Array:
    """One column as parquet holds it.

    Raises
    ------
    OutputError
        If it is missing, has another shape or type than declared, or holds numbers that are not finite.
    """
    if feature.key not in columns:
        raise OutputError(f"The table has no column {feature.key}.")
    values = np.ascontiguousarray(columns[feature.key])
    row_shape = () if feature.shape == (1,) else feature.shape
    if values.shape[1:] != row_shape or values.dtype != np.dtype(feature.dtype):
        raise OutputError(
            f"Column {feature.key} is {values.dtype} {values.shape[1:]}, not {feature.dtype} {feature.shape}."
        )
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise OutputError(f"Column {feature.key} holds numbers that are not finite.")
    flat = pa.array(values.reshape(-1))
    if len(row_shape) == 1:
        return pa.FixedSizeListArray.from_arrays(flat, row_shape[0])
    for size in reversed(row_shape):
        offsets = np.arange(0, len(flat) + 1, size, dtype=np.int32)
        flat = pa.ListArray.from_arrays(pa.array(offsets), flat)
    return flat


def hub_type(feature: Feature) -> dict[str, Any]:
    """The column's type in the words of the ``datasets`` library."""
    value: dict[str, Any] = {"dtype": feature.dtype, "_type": "Value"}
    if feature.shape == (1,):
        return value
    if len(feature.shape) == 1:
        return {"feature": value, "length": feature.shape[0], "_type": "Sequence"}
    for _ in feature.shape:
        value = {"feature": value, "_type": "Sequence"}
    return value
