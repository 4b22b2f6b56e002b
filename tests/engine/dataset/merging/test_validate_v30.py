from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from l3rocc_engine.dataset import layout, validate_dataset
from l3rocc_engine.dataset.merging import merge_datasets

EPISODES = "meta/episodes/chunk-000/file-000.parquet"
DATA = "data/chunk-000/file-000.parquet"
VIDEO = "videos/observation.images.front/chunk-000/file-001.mp4"


@pytest.fixture(scope="module")
def pristine(parts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return merge_datasets([parts], tmp_path_factory.mktemp("v30") / "all", version="v3.0").out


def change_info(root: Path, change: Callable[[dict[str, Any]], None]) -> None:
    info = json.loads((root / layout.INFO).read_text(encoding="utf-8"))
    change(info)
    (root / layout.INFO).write_text(json.dumps(info), encoding="utf-8")


def change_column(path: Path, key: str, values: list[Any]) -> None:
    with pq.ParquetFile(path) as file:
        table = file.read()
    place = table.column_names.index(key)
    array = pa.array(values, table.schema.field(place).type)
    pq.write_table(table.set_column(place, table.schema.field(place), array), path)


def add_column(path: Path) -> None:
    with pq.ParquetFile(path) as file:
        table = file.read()
    pq.write_table(table.append_column("mine", pa.array(range(table.num_rows))), path)


def test_what_merging_writes_is_strictly_valid(pristine: Path) -> None:
    report = validate_dataset(pristine)
    assert report.is_strict, report.text()


FRONT = "videos/observation.images.front"
DAMAGES: list[tuple[str, str, str, Callable[[Path], object]]] = [
    ("video.files", "missing", VIDEO, lambda root: (root / VIDEO).unlink()),
    ("meta.files", "missing", layout.V30_STATS, lambda root: (root / layout.V30_STATS).unlink()),
    ("meta.files", "missing", layout.V30_TASKS, lambda root: (root / layout.V30_TASKS).unlink()),
    (
        "meta.keys",
        "codebase_version is 'v2.1'",
        layout.INFO,
        lambda root: change_info(root, lambda info: info.update(codebase_version="v2.1")),
    ),
    (
        "meta.totals",
        "total_frames is 25, but the tables have 24",
        layout.INFO,
        lambda root: change_info(root, lambda info: info.update(total_frames=25)),
    ),
    (
        "meta.ranges",
        "dataset_from_index is 13, but the episodes before end at 12",
        "meta/episodes",
        lambda root: change_column(root / EPISODES, "dataset_from_index", [0, 13, 19]),
    ),
    ("data.undeclared", "the column mine is not declared", DATA, lambda root: add_column(root / DATA)),
    (
        "data.numbering",
        "index is 99 where 0 is due",
        DATA,
        lambda root: change_column(root / DATA, "index", [99, *range(1, 24)]),
    ),
    (
        "video.time",
        "episode 1 lasts 0.8000 s for 7 frames at 10",
        VIDEO,
        lambda root: change_column(root / EPISODES, f"{FRONT}/to_timestamp", [1.2, 0.8, 0.5]),
    ),
    (
        "video.time",
        "episode 1 has no frame at 0.0500 s",
        VIDEO,
        lambda root: (
            change_column(root / EPISODES, f"{FRONT}/from_timestamp", [0.0, 0.05, 0.0]),
            change_column(root / EPISODES, f"{FRONT}/to_timestamp", [1.2, 0.75, 0.5]),
        ),
    ),
    (
        "video.frames",
        "the video has 12 frames for 7 rows",
        VIDEO,
        lambda root: shutil.copy(root / VIDEO.replace("001", "000"), root / VIDEO),
    ),
    (
        "data.foreign",
        "the loader reads it",
        "data/chunk-000/file-007.parquet",
        lambda root: shutil.copy(root / DATA, root / "data/chunk-000/file-007.parquet"),
    ),
]


@pytest.mark.parametrize(("rule", "words", "file", "damage"), DAMAGES)
def test_damages_are_found_and_named(
    pristine: Path, tmp_path: Path, rule: str, words: str, file: str, damage: Callable[[Path], object]
) -> None:
    root = Path(shutil.copytree(pristine, tmp_path / "copy"))
    damage(root)
    failures = [f for f in validate_dataset(root).failures if f.rule == rule]
    assert any(words in failure.sentence and failure.file == file for failure in failures), failures
