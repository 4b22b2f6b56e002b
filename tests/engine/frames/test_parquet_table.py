from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from l3rocc_engine.frames.parquet_table import ParquetTable

NUM_ROWS = 3


def write_rows(path: Path, length: int) -> Path:
    """Rows of so many zeros, in a column whose name has points as those of datasets do."""
    ends = pa.array(np.arange(NUM_ROWS + 1, dtype=np.int32) * length)
    rows = pa.ListArray.from_arrays(ends, pa.array(np.zeros(NUM_ROWS * length, np.float32)))
    pq.write_table(pa.table({"observation.pose": rows}), path)
    return path


def test_flat_rows_of_the_right_length_are_taken_in_their_shape(tmp_path: Path) -> None:
    found = ParquetTable(write_rows(tmp_path / "a.parquet", 16)).matrices("observation.pose", (4, 4))
    assert found is not None and found.shape == (NUM_ROWS, 4, 4)
    assert ParquetTable(tmp_path / "a.parquet").matrices("observation", (4, 4)) is None


def test_longer_rows_are_not_even_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of a few thousand bytes can hold rows that fill the memory."""
    table = ParquetTable(write_rows(tmp_path / "a.parquet", 100_000))
    monkeypatch.setattr(pq.ParquetFile, "read", lambda *_arguments, **_options: pytest.fail("it was unpacked"))
    assert table.matrices("observation.pose", (4, 4)) is None
