"""A LeRobot v2.1 folder as it lies on the disk, ours or anybody's, read without believing it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa

from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.features import video_keys
from l3rocc_engine.dataset.video import VideoFacts, probe_video
from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.dataset_meta import declared_features
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.storage.json_file import read_json
from l3rocc_engine.storage.parquet import READ_ERRORS, open_parquet
from l3rocc_engine.storage.space import file_size

_PLACEHOLDER = re.compile(r"\{(?:episode_chunk|episode_index|video_key)(?::0?[0-9]{1,2}d?)?\}")
KEPT_BYTES = 256 * 2**20
"""Tables of large datasets are read again by each rule rather than kept beyond this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a JSONL file; ``value`` is None if it is not a JSON object."""

    number: int
    value: dict[str, Any] | None


class DatasetFolder:
    """Files of a dataset, read when asked for and kept.

    Parameters
    ----------
    root
        The folder that holds ``meta/``.
    cancel
        The wish to stop, for rules that take long.
    """

    def __init__(self, root: Path, cancel: CancelToken | None = None) -> None:
        self.root = root
        self._cancel = cancel
        self._kept_bytes = 0
        self._tables: dict[int, pa.Table | str] = {}
        self._videos: dict[Path, VideoFacts | str] = {}

    def check_cancel(self) -> None:
        """Stop here if asked to."""
        if self._cancel is not None:
            self._cancel.check()

    def relative(self, path: Path) -> str:
        """A path as findings name it; one that metadata lead out of the folder stays whole."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.as_posix()

    @cached_property
    def info(self) -> dict[str, Any]:
        """``meta/info.json``; empty if it is missing or no JSON object."""
        value = self.read_json(layout.INFO)
        return value if isinstance(value, dict) else {}

    def read_json(self, name: str) -> Any:
        """A JSON file below the folder, or None if it is missing or damaged."""
        try:
            return read_json(self.root / name)
        except (OSError, ValueError):
            return None

    def lines(self, name: str) -> list[Line] | None:
        """The lines of a JSONL file, or None if it cannot be read."""
        try:
            text = (self.root / name).read_text(encoding="utf-8")
        except (OSError, ValueError):
            return None
        return [Line(number=i, value=_json_object(line)) for i, line in enumerate(text.splitlines()) if line.strip()]

    @property
    def features(self) -> dict[str, dict[str, Any]]:
        """Entries of ``features`` that are objects."""
        return declared_features(self.info)

    @property
    def video_keys(self) -> list[str]:
        """Keys of the video features."""
        return video_keys(self.features)

    @property
    def fps(self) -> float:
        """Declared rate; 0 if there is no usable one."""
        fps = self.info.get("fps")
        return float(fps) if isinstance(fps, int | float) and not isinstance(fps, bool) and fps > 0 else 0.0

    @cached_property
    def lengths(self) -> dict[int, int]:
        """``length`` by ``episode_index``, of those lines of ``episodes.jsonl`` that state both."""
        pairs = ((line.value or {}) for line in self.lines(layout.EPISODES) or [])
        return {
            pair["episode_index"]: pair["length"]
            for pair in pairs
            if isinstance(pair.get("episode_index"), int) and isinstance(pair.get("length"), int)
        }

    def table_path(self, episode_idx: int) -> Path:
        """Where ``info.json`` promises an episode's table."""
        return self.root / self._filled("data_path", layout.DATA_TEMPLATE, episode_idx, "")

    def video_path(self, episode_idx: int, key: str) -> Path:
        """Where ``info.json`` promises an episode's video."""
        return self.root / self._filled("video_path", layout.VIDEO_TEMPLATE, episode_idx, key)

    def _filled(self, entry: str, default: str, episode_idx: int, key: str) -> str:
        template, chunk_size = self.info.get(entry), self.info.get("chunks_size")
        size = chunk_size if isinstance(chunk_size, int) and chunk_size > 0 else layout.CHUNK_SIZE
        numbers: Mapping[str, Any] = {"episode_chunk": episode_idx // size, "episode_index": episode_idx}
        chosen = template if isinstance(template, str) and _is_plain(template) else default
        try:
            return chosen.format(**numbers, video_key=key)
        except ValueError:  # a number's form for a text
            return default.format(**numbers, video_key=key)

    def table(self, episode_idx: int) -> pa.Table | str:
        """An episode's rows, or a sentence about why they cannot be read."""
        if episode_idx not in self._tables:
            table = self._read_table(self.table_path(episode_idx))
            self._kept_bytes += 0 if isinstance(table, str) else table.nbytes
            if self._kept_bytes > KEPT_BYTES:
                return table
            self._tables[episode_idx] = table
        return self._tables[episode_idx]

    @staticmethod
    def _read_table(path: Path) -> pa.Table | str:
        try:
            with open_parquet(path) as file:
                return file.read()
        except FileNotFoundError:
            return "the file is missing"
        except READ_ERRORS as error:
            return f"the file is not a readable parquet: {error}"

    def readable_tables(self) -> Iterator[tuple[int, pa.Table]]:
        """The episodes whose tables can be read, in order."""
        for episode_idx in sorted(self.lengths):
            table = self.table(episode_idx)
            if not isinstance(table, str):
                yield episode_idx, table

    def video(self, path: Path) -> VideoFacts | str:
        """What a video holds, or a sentence about why it cannot be read."""
        if path not in self._videos:
            try:
                self._videos[path] = "the file is missing" if file_size(path) is None else probe_video(path)
            except InputError as error:
                self._videos[path] = error.message
        return self._videos[path]

    @cached_property
    def all_files(self) -> list[Path]:
        """Every file below the folder, in order of names."""
        return sorted(path for path in self.root.rglob("*") if path.is_file())

    @cached_property
    def profile(self) -> str:
        """Which of our profiles the added files follow; empty for the folders of others."""
        manifest = self.read_json(layout.RUN)
        profile = manifest.get("profile") if isinstance(manifest, dict) else None
        if profile in layout.PROFILES:
            return str(profile)
        # A lone trajectory that was labelled got its files where the original puts them.
        is_lone = (self.root / layout.BATCH).is_file() and len(self.lengths) == 1
        return "interndata" if is_lone else ""


def _is_plain(template: str) -> bool:
    """Whether a path is made by putting numbers and keys in: other forms can ask for a text that fills the memory."""
    return bool(template) and not set("{}") & set(_PLACEHOLDER.sub("", template))


def _json_object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
