"""Rules of LeRobot v3.0 where it differs from v2.1: several episodes a file, and what says which is where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.folder import DatasetFolder
from l3rocc_engine.dataset.folder_v30 import V30Folder, number_in
from l3rocc_engine.dataset.report import Finding
from l3rocc_engine.dataset.rules.rule import NotApplicable, Problem, Problems, Rule
from l3rocc_engine.dataset.rules.table import TOLERANCE_S

NEEDED_KEYS = {"fps": int, "features": dict, "data_path": str, "chunks_size": int, "total_episodes": int}
EPISODES_FOLDER = "meta/episodes"
PLACES = ("data/chunk_index", "data/file_index", "dataset_from_index", "dataset_to_index")


def _v30(folder: DatasetFolder) -> V30Folder:
    assert isinstance(folder, V30Folder)
    return folder


def _files(folder: DatasetFolder) -> Problems:
    found = _v30(folder)
    if not found.info:
        yield Problem(sentence="the file is missing or is not a JSON object", file=layout.INFO)
    if not isinstance(found.read_json(layout.V30_STATS), dict):
        yield Problem(sentence="the file is missing or is not a JSON object", file=layout.V30_STATS)
    if found.lines(layout.TASKS) is None:
        yield Problem(sentence="the file is missing, unreadable, or has no task_index", file=layout.V30_TASKS)
    if not found.rows:
        yield Problem(sentence="no file in it lists an episode", file=EPISODES_FOLDER)


def _keys(folder: DatasetFolder) -> Problems:
    info, here = folder.info, partial(Problem, file=layout.INFO)
    stated, wanted = info.get("codebase_version"), layout.V30_VERSION
    if stated != wanted:
        yield here(sentence=f"codebase_version is {stated!r}, but the files are those of {wanted}")
    for key, kind in NEEDED_KEYS.items():
        if not isinstance(info.get(key), kind) or isinstance(info.get(key), bool):
            yield here(sentence=f"{key} must be of type {kind.__name__}, not {info.get(key)!r}")
    for key, template in (("data_path", layout.V30_DATA_TEMPLATE), ("video_path", layout.V30_VIDEO_TEMPLATE)):
        stated = info.get(key)
        if stated != template and (key == "data_path" or folder.video_keys):
            yield here(sentence=f"{key} is {stated!r}, where LeRobot writes {template!r}")


def _ranges(folder: DatasetFolder) -> Problems:
    expected = 0
    for number, row in sorted(_v30(folder).rows.items()):
        here = partial(Problem, file=EPISODES_FOLDER, row=number)
        absent = [key for key in PLACES if not isinstance(row.get(key), int)]
        if absent:
            yield here(sentence=f"{absent[0]} is {row.get(absent[0])!r}, not a whole number")
            return
        start, stop = row["dataset_from_index"], row["dataset_to_index"]
        if start != expected:
            yield here(sentence=f"dataset_from_index is {start}, but the episodes before end at {expected}")
        if stop - start != row.get("length"):
            yield here(sentence=f"the rows {start} to {stop} are not the {row.get('length')} of its length")
        expected = stop


def _foreign(folder: DatasetFolder) -> Problems:
    found = _v30(folder)
    known = {*found.data_files, *found.episode_files, found.root / layout.V30_TASKS}
    for path in found.all_files:
        parts = path.relative_to(found.root).parts
        if path.suffix != ".parquet" or path in known or parts[0] not in ("data", "meta"):
            continue
        # data/*/*.parquet is read whole, whatever the episodes name
        is_read = parts[0] == "data" and len(parts) == 3
        yield Problem(
            sentence="no episode is in this file" + (", but the loader reads it" if is_read else ""),
            file=found.relative(path),
            is_warning=not is_read,
        )


def _undeclared_columns(folder: DatasetFolder) -> Problems:
    stored = {key for key, feature in folder.features.items() if feature.get("dtype") != "video"}
    seen: set[Path] = set()
    for number, table in folder.readable_tables():
        path = folder.table_path(number)
        extra = [key for key in table.column_names if key not in stored]
        if path not in seen and extra:
            yield Problem(
                sentence=f"the column {extra[0]} is not declared, which the loader refuses", file=folder.relative(path)
            )
        seen.add(path)


def _segments(folder: DatasetFolder) -> Iterator[tuple[int, str, dict[str, Any], Path]]:
    if not folder.video_keys:
        raise NotApplicable("there are no video features")
    for number, row in sorted(_v30(folder).rows.items()):
        for key in folder.video_keys:
            yield number, key, row, folder.video_path(number, key)


def _segment_times(folder: DatasetFolder) -> Problems:
    for number, key, row, path in _segments(folder):
        facts, here = folder.video(path), partial(Problem, file=folder.relative(path))
        start, stop = row.get(f"videos/{key}/from_timestamp"), row.get(f"videos/{key}/to_timestamp")
        length = row.get("length")
        if isinstance(facts, str) or not folder.fps or not isinstance(length, int):
            continue
        if not isinstance(start, float) or not isinstance(stop, float):
            yield here(sentence=f"episode {number} has no from_timestamp and to_timestamp")
            continue
        if abs(stop - start - length / folder.fps) > TOLERANCE_S:
            yield here(sentence=f"episode {number} lasts {stop - start:.4f} s for {length} frames at {folder.fps:g}")
        wanted = start + np.arange(length) / folder.fps
        places = np.clip(np.searchsorted(facts.times_s, wanted - 0.5 / folder.fps), 0, max(0, facts.num_frames - 1))
        late = np.abs(facts.times_s[places] - wanted) if facts.num_frames else np.full(length, np.inf)
        for row_idx in np.flatnonzero(late > TOLERANCE_S)[:1]:
            yield here(sentence=f"episode {number} has no frame at {wanted[row_idx]:.4f} s", row=int(row_idx))


def _frame_counts(folder: DatasetFolder) -> Problems:
    lengths: dict[Path, int] = {}
    for _, _, row, path in _segments(folder):
        lengths[path] = lengths.get(path, 0) + number_in(row, "length")
    for path, wanted in lengths.items():
        facts = folder.video(path)
        if not isinstance(facts, str) and facts.num_frames != wanted:
            yield Problem(
                sentence=f"the video has {facts.num_frames} frames for {wanted} rows", file=folder.relative(path)
            )


V30_RULES = {
    "meta.files": Rule(name="meta.files", sentence="All files under meta/ are there and readable.", search=_files),
    "meta.keys": Rule(name="meta.keys", sentence="info.json has every key that a reader needs.", search=_keys),
    "meta.splits": Rule(
        name="meta.ranges", sentence="Each episode's rows follow those of the one before.", search=_ranges
    ),
    "data.foreign": Rule(name="data.foreign", sentence="Every table holds episodes that are listed.", search=_foreign),
    "data.lengths": Rule(
        name="data.undeclared", sentence="The tables have no column that is not declared.", search=_undeclared_columns
    ),
    "video.frames": Rule(name="video.frames", sentence="Videos have a frame a row.", search=_frame_counts),
    "video.time": Rule(
        name="video.time", sentence="Frame i of an episode is shown i / fps after its start.", search=_segment_times
    ),
}
"""Take the place of the v2.1 rules of these names."""

_NAMES = {
    layout.EPISODES_STATS: EPISODES_FOLDER,
    layout.EPISODES: EPISODES_FOLDER,
    layout.TASKS: layout.V30_TASKS,
    "episodes.jsonl": EPISODES_FOLDER,
    "tasks.jsonl": layout.V30_TASKS,
}


def in_words_of_v30(finding: Finding) -> Finding:
    """A finding of a rule that is written for v2.1, with the names that the files have here."""
    sentence = finding.sentence
    for old, new in _NAMES.items():
        sentence = sentence.replace(old, new)
    return replace(finding, sentence=sentence, file=_NAMES.get(finding.file, finding.file))
