"""Parquet files under any name, one that is no Unicode included, which pyarrow could not be told."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

READ_ERRORS = (pa.ArrowException, OSError, ValueError)
"""What reading a file that is missing, cut off or no parquet raises."""


@contextmanager
def open_parquet(path: Path) -> Iterator[pq.ParquetFile]:
    """A parquet file, open for as long as the block; raises one of :data:`READ_ERRORS`."""
    with path.open("rb") as opened, pq.ParquetFile(opened) as file:
        yield file


def write_parquet(table: pa.Table, path: Path) -> None:
    """Write a table as one group of rows; its folder must be there."""
    with ParquetParts(path, table.schema) as parts:
        parts.append(table)


class ParquetParts:
    """A parquet file that grows by tables of one schema, each a group of rows; use it in a ``with`` block.

    Parameters
    ----------
    path
        The file; its folder must be there.
    schema
        Of all tables.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._file = path.open("wb")
        self._writer = pq.ParquetWriter(self._file, schema, version="2.6", compression="snappy")

    @property
    def num_bytes(self) -> int:
        """Written so far."""
        return self._file.tell()

    def append(self, table: pa.Table) -> None:
        """Add the next group of rows."""
        self._writer.write_table(table, row_group_size=max(1, table.num_rows))

    def __enter__(self) -> ParquetParts:
        return self

    def __exit__(self, *_: object) -> None:
        with self._file:
            self._writer.close()
