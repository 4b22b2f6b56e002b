from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from l3rocc_engine.dataset.features import DEFAULT_FEATURES, Feature, matrix_feature, video_feature
from l3rocc_engine.dataset.table import default_columns, write_table
from l3rocc_engine.errors import OutputError

FEATURES = (
    matrix_feature("pose", 4, "extrinsic"),
    Feature(key="state", dtype="float32", shape=(7,)),
    Feature(key="flag", dtype="bool", shape=(1,)),
    video_feature("video", (64, 48), 10),
    *DEFAULT_FEATURES,
)


def columns(n: int = 5) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "pose": rng.normal(size=(n, 4, 4)).astype(np.float32),
        "state": rng.normal(size=(n, 7)).astype(np.float32),
        "flag": np.arange(n) % 2 == 0,
        **default_columns(num_rows=n, fps=30, episode_idx=2, first_index=100),
    }


def test_values_types_and_metadata(tmp_path: Path) -> None:
    wanted = columns()
    write_table(tmp_path / "a.parquet", wanted, FEATURES)
    table = pq.read_table(tmp_path / "a.parquet")
    assert table.column_names == [feature.key for feature in FEATURES if not feature.is_video]
    for key, values in wanted.items():
        found = np.array(table.column(key).to_pylist(), dtype=values.dtype)
        np.testing.assert_array_equal(found, values)
    assert table.schema.field("pose").type == pa.list_(pa.list_(pa.float32()))
    assert table.schema.field("state").type == pa.list_(pa.float32(), 7)
    assert table.schema.field("index").type == pa.int64()
    assert not any(field.metadata for field in table.schema)
    hub = json.loads(table.schema.metadata[b"huggingface"])["info"]["features"]
    assert hub["pose"]["feature"]["feature"] == {"dtype": "float32", "_type": "Value"}
    assert hub["state"]["length"] == 7
    assert "video" not in hub
    assert pq.ParquetFile(tmp_path / "a.parquet").num_row_groups == 1


def test_matrix_names_go_row_by_row() -> None:
    names = matrix_feature("pose", 3, "k").names
    assert names is not None
    assert names[:4] == ("k_0_0", "k_0_1", "k_0_2", "k_1_0")


@pytest.mark.parametrize("fps", [1, 10, 15, 30, 60])
def test_clock_stays_within_the_loaders_tolerance_up_to_the_longest_episode(fps: int) -> None:
    times_s = default_columns(num_rows=1000 * fps, fps=fps, episode_idx=0, first_index=0)["timestamp"]
    assert times_s.dtype == np.float32 and times_s[0] == 0
    assert np.abs(np.diff(times_s) - np.float32(1 / fps)).max() <= 1e-4
    np.testing.assert_array_equal(times_s, (np.arange(1000 * fps) / fps).astype(np.float32))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"state": None}, "no column state"),
        ({"state": np.zeros((5, 6), np.float32)}, "state is float32"),
        ({"state": np.zeros((5, 7), np.float64)}, "float64"),
        ({"pose": np.full((5, 4, 4), np.nan, np.float32)}, "not finite"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path: Path, change: dict, words: str) -> None:
    values = {key: value for key, value in {**columns(), **change}.items() if value is not None}
    with pytest.raises(OutputError, match=words):
        write_table(tmp_path / "a.parquet", values, FEATURES)
