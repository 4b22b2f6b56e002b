"""The merged dataset as LeRobot v3.0: tables of many episodes, a video file an episode and camera.

The layout follows the one that LeRobot 0.4 writes. A video of one episode a file is allowed there, needs no second
copy, and has exact times: an episode lasts from 0 to its number of frames divided by the rate.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pyarrow as pa

from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.merging.plan import MergePlan, PlannedEpisode
from l3rocc_engine.dataset.merging.tables import numbering_stats, read_renumbered
from l3rocc_engine.dataset.merging.v21 import described_info, episode_line, link_sidecars, write_statement
from l3rocc_engine.dataset.merging.v30_stats import dataset_stats, stats_columns
from l3rocc_engine.dataset.metadata import write_lines
from l3rocc_engine.errors import InputError
from l3rocc_engine.progress import CancelToken, StepProgress
from l3rocc_engine.storage.atomic import write_json
from l3rocc_engine.storage.folders import make_folders
from l3rocc_engine.storage.link import link_or_copy
from l3rocc_engine.storage.parquet import ParquetParts, write_parquet

DATA_FILE_MB = 100
VIDEO_FILE_MB = 200
EPISODES_A_FILE = 1000
EXTRA_LINES = "meta/l3rocc_episodes.jsonl"
"""What the lines of a v2.1 ``episodes.jsonl`` say beyond LeRobot's own keys; v3.0 has no place for it."""


def write_v30(plan: MergePlan, folder: Path, progress: StepProgress, cancel: CancelToken) -> None:
    """Fill a new folder.

    Raises
    ------
    InputError
        A table cannot be read.
    OutputError
        Something cannot be written.
    Cancelled
        If asked to stop.
    """
    tables, stats = _TableFiles(folder, plan), []
    rows: list[dict[str, Any]] = []
    try:
        for done, episode in enumerate(plan.episodes, start=1):
            cancel.check()
            table, _ = read_renumbered(episode)
            rows.append(_episode_row(plan, episode, tables.append(table)))
            stats.append({**episode.source.stats, **numbering_stats(table)})
            _link_videos(episode, folder)
            link_sidecars(episode, folder)
            progress(done, len(plan.episodes))
    finally:
        tables.close()
    _write_tasks(plan, folder)
    _write_episodes(plan, folder, rows, stats)
    write_json(folder / layout.V30_STATS, dataset_stats(plan.features, stats, tables.paths, cancel), indent=4)
    write_lines(folder / EXTRA_LINES, (episode_line(plan, episode) for episode in plan.episodes))
    write_statement(plan, folder, layout.V30_VERSION)
    write_json(folder / layout.INFO, _info(plan), indent=4)


class _TableFiles:
    """``data/``: one row group an episode, a new file when one is full; no columns but those declared."""

    def __init__(self, folder: Path, plan: MergePlan) -> None:
        self._folder = folder
        self._keys = [key for key, feature in plan.features.items() if feature.get("dtype") != "video"]
        self._open = ExitStack()
        self._last: ParquetParts | None = None
        self.paths: list[Path] = []

    def append(self, table: pa.Table) -> tuple[int, int]:
        """Write an episode; returns the numbers of its chunk and its file."""
        absent = [key for key in self._keys if key not in table.column_names]
        if absent:
            raise InputError(f"A table has no column {absent[0]}, which is declared; LeRobot v3.0 requires it.")
        # What `datasets` notes about the columns may name some that are left out here; readers infer it.
        chosen = table.select(self._keys).replace_schema_metadata(None)
        if self._last is None or self._last.num_bytes > DATA_FILE_MB * 2**20:
            self.close()
            chunk_idx, file_idx = divmod(len(self.paths), layout.CHUNK_SIZE)
            path = self._folder / layout.V30_DATA_TEMPLATE.format(chunk_index=chunk_idx, file_index=file_idx)
            make_folders(path.parent)
            self.paths.append(path)
            self._last = self._open.enter_context(ParquetParts(path, chosen.schema))
        self._last.append(chosen)
        return divmod(len(self.paths) - 1, layout.CHUNK_SIZE)

    def close(self) -> None:
        """End the file that is open; without this it has no footer."""
        self._open.close()
        self._last = None


def _link_videos(episode: PlannedEpisode, folder: Path) -> None:
    chunk_idx, file_idx = divmod(episode.number, layout.CHUNK_SIZE)
    for key, path in episode.source.videos.items():
        name = layout.V30_VIDEO_TEMPLATE.format(video_key=key, chunk_index=chunk_idx, file_index=file_idx)
        link_or_copy(path.resolve(), folder / name)


def _episode_row(plan: MergePlan, episode: PlannedEpisode, data_place: tuple[int, int]) -> dict[str, Any]:
    chunk_idx, file_idx = divmod(episode.number, layout.CHUNK_SIZE)
    row: dict[str, Any] = {
        "episode_index": episode.number,
        "tasks": list(episode.source.line["tasks"]),
        "length": episode.length,
        "data/chunk_index": data_place[0],
        "data/file_index": data_place[1],
        "dataset_from_index": episode.first_index,
        "dataset_to_index": episode.first_index + episode.length,
    }
    for key in plan.video_keys:
        row[f"videos/{key}/chunk_index"] = chunk_idx
        row[f"videos/{key}/file_index"] = file_idx
        row[f"videos/{key}/from_timestamp"] = 0.0
        row[f"videos/{key}/to_timestamp"] = episode.length / plan.fps
    return row


def _write_episodes(
    plan: MergePlan, folder: Path, rows: list[dict[str, Any]], stats: Sequence[Mapping[str, Any]]
) -> None:
    columns = {**{key: _plain_column(key, rows) for key in rows[0]}, **stats_columns(plan.features, stats)}
    places = [divmod(number // EPISODES_A_FILE, layout.CHUNK_SIZE) for number in range(len(rows))]
    columns["meta/episodes/chunk_index"] = pa.array([chunk for chunk, _ in places], pa.int64())
    columns["meta/episodes/file_index"] = pa.array([file for _, file in places], pa.int64())
    table = pa.table(columns)
    for start in range(0, len(rows), EPISODES_A_FILE):
        chunk_idx, file_idx = places[start]
        path = folder / layout.V30_EPISODES_TEMPLATE.format(chunk_index=chunk_idx, file_index=file_idx)
        make_folders(path.parent)
        write_parquet(table.slice(start, EPISODES_A_FILE), path)


def _plain_column(key: str, rows: list[dict[str, Any]]) -> pa.Array:
    values = [row[key] for row in rows]
    if key == "tasks":
        return pa.array(values, pa.list_(pa.string()))
    return pa.array(values, pa.float64() if key.endswith("_timestamp") else pa.int64())


def _write_tasks(plan: MergePlan, folder: Path) -> None:
    """A data frame in the eyes of pandas, whose index is the text: the notes in the schema say so."""
    index, texts = "__index_level_0__", {"pandas_type": "unicode", "numpy_type": "object"}
    numbers = {"pandas_type": "int64", "numpy_type": "int64", "metadata": None}
    notes = {
        "index_columns": [index],
        "column_indexes": [{"name": None, "field_name": None, **texts, "metadata": {"encoding": "UTF-8"}}],
        "columns": [
            {"name": "task_index", "field_name": "task_index", **numbers},
            {"name": None, "field_name": index, **texts, "metadata": None},
        ],
        "creator": {"library": "pyarrow", "version": pa.__version__},
        "pandas_version": "2.2.0",
    }
    table = pa.table({"task_index": pa.array(range(len(plan.tasks)), pa.int64()), index: pa.array(plan.tasks)})
    path = folder / layout.V30_TASKS
    make_folders(path.parent)
    write_parquet(table.replace_schema_metadata({b"pandas": json.dumps(notes).encode()}), path)


def _info(plan: MergePlan) -> dict[str, Any]:
    """``info.json``; every feature but videos states the rate, as LeRobot's own converter does it."""
    first = {key: value for key, value in plan.first.info.items() if key not in ("total_chunks", "total_videos")}
    features = {
        key: dict(feature) if feature.get("dtype") == "video" else {**feature, "fps": plan.fps}
        for key, feature in plan.features.items()
    }
    info = {
        **first,
        "codebase_version": layout.V30_VERSION,
        "robot_type": plan.robot_type,
        "total_episodes": len(plan.episodes),
        "total_frames": plan.num_frames,
        "total_tasks": len(plan.tasks),
        "chunks_size": layout.CHUNK_SIZE,
        "data_files_size_in_mb": DATA_FILE_MB,
        "video_files_size_in_mb": VIDEO_FILE_MB,
        "splits": {"train": f"0:{len(plan.episodes)}"},
        "data_path": layout.V30_DATA_TEMPLATE,
        "video_path": layout.V30_VIDEO_TEMPLATE if plan.video_keys else None,
        "features": features,
    }
    return described_info(info, plan.statement)
