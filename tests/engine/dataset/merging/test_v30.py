from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.merging import merge_datasets
from l3rocc_engine.dataset.merging.v30_stats import QUANTILES
from l3rocc_engine.errors import InputError


@pytest.fixture(scope="module")
def out(parts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return merge_datasets([parts], tmp_path_factory.mktemp("v30") / "all", version="v3.0").out


def read(path: Path) -> pa.Table:
    with pq.ParquetFile(path) as file:
        return file.read()


def info_of(root: Path) -> dict[str, Any]:
    return json.loads((root / layout.INFO).read_text(encoding="utf-8"))


def test_files_are_those_of_the_format(out: Path) -> None:
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    occupancy = {name for name in names if name.startswith("occupancy/")}
    assert len(occupancy) == 3 * 5
    videos = {f"videos/observation.images.front/chunk-000/file-00{n}.mp4" for n in range(3)}
    assert names - occupancy == videos | {
        "README.md",
        "data/chunk-000/file-000.parquet",
        "meta/episodes/chunk-000/file-000.parquet",
        "meta/info.json",
        "meta/l3rocc_episodes.jsonl",
        "meta/occupancy.json",
        "meta/stats.json",
        "meta/tasks.parquet",
    }


def test_info_and_episodes_say_where_everything_is(out: Path) -> None:
    info = info_of(out)
    assert (info["codebase_version"], info["total_episodes"], info["total_frames"]) == ("v3.0", 3, 24)
    assert not {"total_videos", "total_chunks"} & set(info)
    assert info["features"]["action"]["fps"] == 10
    rows = read(out / "meta/episodes/chunk-000/file-000.parquet").to_pylist()
    assert [(r["dataset_from_index"], r["dataset_to_index"], r["length"]) for r in rows] == [
        (0, 12, 12),
        (12, 19, 7),
        (19, 24, 5),
    ]
    key = "videos/observation.images.front"
    assert [(r[f"{key}/file_index"], r[f"{key}/from_timestamp"], r[f"{key}/to_timestamp"]) for r in rows] == [
        (0, 0.0, 1.2),
        (1, 0.0, 0.7),
        (2, 0.0, 0.5),
    ]
    assert np.shape(rows[1]["stats/observation.images.front/mean"]) == (3, 1, 1)
    assert rows[1]["stats/index/min"] == [12]


def test_rows_are_those_of_the_episodes_one_group_each(out: Path, parts: Path) -> None:
    path = out / "data/chunk-000/file-000.parquet"
    with pq.ParquetFile(path) as file:
        assert [file.metadata.row_group(i).num_rows for i in range(file.num_row_groups)] == [12, 7, 5]
    table = read(path)
    assert set(table.column_names) == {k for k, f in info_of(out)["features"].items() if f["dtype"] != "video"}
    assert table["index"].to_pylist() == list(range(24))
    for number, start in enumerate((0, 12, 19)):
        own = read(next((parts / f"clip_{number}/data").rglob("*.parquet")))
        part = table.slice(start, own.num_rows)
        assert part["timestamp"].to_pylist() == own["timestamp"].to_pylist()
        assert part["observation.state"].to_pylist() == own["observation.state"].to_pylist()


def test_statistics_are_those_of_all_rows(out: Path) -> None:
    stats = json.loads((out / layout.V30_STATS).read_text(encoding="utf-8"))
    table = read(out / "data/chunk-000/file-000.parquet")
    for key in ("action", "observation.state", "index", "occupancy.num_visible", "camera.is_interpolated"):
        values = np.array(table[key].to_pylist())
        rows = values.reshape(24, -1).astype(np.float64)
        np.testing.assert_allclose(stats[key]["mean"], rows.mean(axis=0), rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(stats[key]["std"], rows.std(axis=0), rtol=1e-9, atol=1e-9)
        assert stats[key]["count"] == [24]
        for name, share in QUANTILES.items():
            np.testing.assert_allclose(stats[key][name], np.quantile(rows, share, axis=0), atol=1e-12)
        np.testing.assert_array_equal(np.array(stats[key]["max"], dtype=np.float64), rows.max(axis=0))
    assert np.shape(stats["observation.images.front"]["mean"]) == (3, 1, 1)


def test_tasks_are_a_frame_whose_index_is_the_text(out: Path) -> None:
    table = read(out / layout.V30_TASKS)
    assert table["task_index"].to_pylist() == [0]
    notes = json.loads(table.schema.metadata[b"pandas"])
    (index,) = notes["index_columns"]
    assert table[index].to_pylist() == ["Follow the recorded camera path."]


def test_tables_and_episodes_begin_new_files_when_these_are_full(
    parts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("l3rocc_engine.dataset.merging.v30.DATA_FILE_MB", 0)
    monkeypatch.setattr("l3rocc_engine.dataset.merging.v30.EPISODES_A_FILE", 2)
    out = merge_datasets([parts], tmp_path / "all", version="v3.0").out
    assert [read(out / f"data/chunk-000/file-00{n}.parquet").num_rows for n in range(3)] == [12, 7, 5]
    rows = [r for n in range(2) for r in read(out / f"meta/episodes/chunk-000/file-00{n}.parquet").to_pylist()]
    assert [(r["episode_index"], r["data/file_index"], r["meta/episodes/file_index"]) for r in rows] == [
        (0, 0, 0),
        (1, 1, 0),
        (2, 2, 1),
    ]


@pytest.mark.parametrize("nonsense", ["many", None, [[1, 2], [3]], {}])
def test_statistics_that_are_none_are_refused(parts: Path, tmp_path: Path, nonsense: object) -> None:
    root = Path(shutil.copytree(parts / "clip_0", tmp_path / "in"))
    (root / layout.RUN).unlink()
    line = json.loads((root / layout.EPISODES_STATS).read_text(encoding="utf-8"))
    line["stats"]["action"]["max"] = nonsense
    (root / layout.EPISODES_STATS).write_text(json.dumps(line) + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"max|differ in shape"):
        merge_datasets([root], tmp_path / "all", version="v3.0")
    assert not (tmp_path / "all").exists()


def test_rows_of_different_lengths_have_no_quantiles(parts: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(parts / "clip_0", tmp_path / "in"))
    (root / layout.RUN).unlink()
    path = root / layout.DATA_TEMPLATE.format(episode_chunk=0, episode_index=0)
    table = read(path)
    uneven = pa.array([[1.0] * (1 + row % 2) for row in range(table.num_rows)], pa.list_(pa.float32()))
    pq.write_table(table.append_column("uneven", uneven), path)
    info = info_of(root)
    info["features"]["uneven"] = {"dtype": "float32", "shape": [2], "names": None}
    (root / layout.INFO).write_text(json.dumps(info), encoding="utf-8")
    line = json.loads((root / layout.EPISODES_STATS).read_text(encoding="utf-8"))
    line["stats"]["uneven"] = line["stats"]["timestamp"]
    (root / layout.EPISODES_STATS).write_text(json.dumps(line) + "\n", encoding="utf-8")
    out = merge_datasets([root], tmp_path / "all", version="v3.0").out
    stats = json.loads((out / layout.V30_STATS).read_text(encoding="utf-8"))
    assert set(QUANTILES) <= set(stats["timestamp"])
    assert not set(QUANTILES) & set(stats["uneven"])
