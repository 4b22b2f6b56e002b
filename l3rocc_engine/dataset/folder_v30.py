"""A LeRobot v3.0 folder in the shape of a v2.1 one, so that the same rules can look at it.

What v2.1 keeps in text files with a line an episode is made out of the tables of episodes and tasks, and an episode's
table is cut out of the file that it shares with others.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.folder import DatasetFolder, Line
from l3rocc_engine.progress import CancelToken

STATS_PREFIX = "stats/"
TASK_KEY = "task_index"


class V30Folder(DatasetFolder):
    """See :class:`DatasetFolder`; what cannot be read is as if it were not there."""

    def __init__(self, root: Path, cancel: CancelToken | None = None) -> None:
        super().__init__(root, cancel)
        self._last: tuple[Path, pa.Table | str] | None = None

    @cached_property
    def episode_files(self) -> list[Path]:
        """Files of the table of episodes."""
        return sorted((self.root / "meta" / "episodes").glob("*/*.parquet"))

    @cached_property
    def rows(self) -> dict[int, dict[str, Any]]:
        """Rows of the table of episodes by their number."""
        found: dict[int, dict[str, Any]] = {}
        for path in self.episode_files:
            table = self._read_table(path)
            for row in [] if isinstance(table, str) else table.to_pylist():
                if isinstance(row.get("episode_index"), int):
                    found[row["episode_index"]] = row
        return found

    @cached_property
    def data_files(self) -> list[Path]:
        """Files that the episodes name, each once."""
        return list(dict.fromkeys(self.table_path(number) for number in sorted(self.rows)))

    @cached_property
    def _first_rows(self) -> dict[Path, int]:
        """Number of the first row in each file of ``data/``."""
        first: dict[Path, int] = {}
        for number, row in self.rows.items():
            path, start = self.table_path(number), row.get("dataset_from_index")
            if isinstance(start, int):
                first[path] = min(start, first.get(path, start))
        return first

    def lines(self, name: str) -> list[Line] | None:
        """What v2.1 has as lines of text."""
        rows = [self.rows[number] for number in sorted(self.rows)]
        if name == layout.EPISODES and rows:
            return _lines({key: row.get(key) for key in ("episode_index", "tasks", "length")} for row in rows)
        if name == layout.EPISODES_STATS and rows:
            return _lines({"episode_index": row["episode_index"], "stats": _stats(row)} for row in rows)
        if name == layout.TASKS:
            return self._task_lines()
        return None

    def _task_lines(self) -> list[Line] | None:
        table = self._read_table(self.root / layout.V30_TASKS)
        if isinstance(table, str) or TASK_KEY not in table.column_names:
            return None
        texts = [name for name in table.column_names if name != TASK_KEY]
        return _lines({TASK_KEY: row[TASK_KEY], "task": row[texts[0]] if texts else None} for row in table.to_pylist())

    def table_path(self, episode_idx: int) -> Path:
        """The file that holds an episode's rows."""
        row = self.rows.get(episode_idx, {})
        return self.root / layout.V30_DATA_TEMPLATE.format(
            chunk_index=number_in(row, "data/chunk_index"), file_index=number_in(row, "data/file_index")
        )

    def video_path(self, episode_idx: int, key: str) -> Path:
        """The file that holds an episode's pictures."""
        row = self.rows.get(episode_idx, {})
        return self.root / layout.V30_VIDEO_TEMPLATE.format(
            video_key=key,
            chunk_index=number_in(row, f"videos/{key}/chunk_index"),
            file_index=number_in(row, f"videos/{key}/file_index"),
        )

    def table(self, episode_idx: int) -> pa.Table | str:
        """An episode's rows out of its file, or a sentence about why they cannot be read."""
        path = self.table_path(episode_idx)
        if self._last is None or self._last[0] != path:
            self._last = (path, self._read_table(path))
        whole, row = self._last[1], self.rows[episode_idx]
        if isinstance(whole, str):
            return whole
        start, stop = row.get("dataset_from_index"), row.get("dataset_to_index")
        if not isinstance(start, int) or not isinstance(stop, int):
            return "the table of episodes does not say which rows are the episode's"
        return whole.slice(start - self._first_rows[path], max(0, stop - start))


def number_in(row: Mapping[str, Any], key: str) -> int:
    """A whole number of a row of the table of episodes; 0 where there is none, which the rules tell."""
    value = row.get(key)
    return value if isinstance(value, int) else 0


def is_v30(root: Path) -> bool:
    """Whether a folder is laid out as v3.0."""
    folder = DatasetFolder(root)
    return str(folder.info.get("codebase_version", "")).startswith("v3") or (root / "meta" / "episodes").is_dir()


def _stats(row: dict[str, Any]) -> dict[str, dict[str, Any]]:
    stats: dict[str, dict[str, Any]] = {}
    for name, value in row.items():
        if name.startswith(STATS_PREFIX):
            key, _, statistic = name.removeprefix(STATS_PREFIX).rpartition("/")
            stats.setdefault(key, {})[statistic] = value
    return stats


def _lines(values: Any) -> list[Line]:
    return [Line(number=number, value=value) for number, value in enumerate(values)]
