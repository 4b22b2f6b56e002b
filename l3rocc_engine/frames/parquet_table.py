"""Columns of a parquet file as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError


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
            with path.open("rb") as opened, pq.ParquetFile(opened) as file:
                self.num_rows = int(file.metadata.num_rows)
                self.columns = tuple(str(name) for name in file.schema_arrow.names)
        except (OSError, pa.ArrowException) as error:
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
            with self.path.open("rb") as opened, pq.ParquetFile(opened) as file:
                values: list[Any] = file.read(columns=[column]).column(0).to_pylist()
        except (OSError, pa.ArrowException) as error:
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
