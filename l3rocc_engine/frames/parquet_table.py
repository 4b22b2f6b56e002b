"""Columns of a parquet file as arrays."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.storage.parquet import READ_ERRORS, open_parquet


class ParquetTable:
    """One parquet file; only the columns asked for are read.

    Raises
    ------
    InputError
        If the file cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with open_parquet(path) as file:
                self.num_rows = int(file.metadata.num_rows)
                self.columns = tuple(str(name) for name in file.schema_arrow.names)
        except READ_ERRORS as error:
            raise self._unreadable() from error

    def matrices(self, column: str, shape: Sequence[int]) -> NDArray[np.float64] | None:
        """A column of nested lists as (rows, *shape) float64, or None if it is absent or has another shape.

        Values that are missing become not-a-number. A flattened column of the right length is reshaped.

        Raises
        ------
        InputError
            If the file cannot be read.
        """
        if column not in self.columns:
            return None
        try:
            with open_parquet(self.path) as file:
                if _num_values(file.metadata, column) > self.num_rows * math.prod(shape):
                    return None  # before it is unpacked: a small file can hold endless rows of zeros
                values: list[Any] = file.read(columns=[column]).column(0).to_pylist()
        except READ_ERRORS as error:
            raise self._unreadable() from error
        try:
            array = np.array(values, dtype=np.float64)
            return array.reshape(len(values), *shape)
        except (ValueError, TypeError):
            return None

    def _unreadable(self) -> InputError:
        return InputError(
            f"{self.path} cannot be read as a parquet table.", "The file is cut off or damaged: copy it again."
        )


def _num_values(metadata: pq.FileMetaData, column: str) -> int:
    """Numbers in all rows of a column, a missing row counting as one."""
    groups = (metadata.row_group(number) for number in range(metadata.num_row_groups))
    chunks = (group.column(number) for group in groups for number in range(group.num_columns))
    return sum(int(chunk.num_values) for chunk in chunks if f"{chunk.path_in_schema}.".startswith(f"{column}."))
