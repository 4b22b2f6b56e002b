"""Rules on ``meta/``: files, totals, tasks, episodes."""

from __future__ import annotations

from functools import partial
from typing import Any

from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.folder import DatasetFolder
from l3rocc_engine.dataset.rules.rule import Problem, Problems, Rule

NEEDED_KEYS: dict[str, type] = {
    "codebase_version": str,
    "fps": int,
    "features": dict,
    "data_path": str,
    "chunks_size": int,
    "total_episodes": int,
}
JSONL_FILES = (layout.EPISODES, layout.EPISODES_STATS, layout.TASKS)


def _files(folder: DatasetFolder) -> Problems:
    if not folder.info:
        yield Problem(sentence="the file is missing or is not a JSON object", file=layout.INFO)
    for name in JSONL_FILES:
        lines = folder.lines(name)
        if lines is None:
            yield Problem(sentence="the file is missing; LeRobot would look for the dataset on the hub", file=name)
            continue
        if not lines:
            yield Problem(sentence="the file is empty", file=name)
        for line in lines:
            if line.value is None:
                yield Problem(sentence="the line is not a JSON object", file=name, row=line.number)


def _keys(folder: DatasetFolder) -> Problems:
    info = folder.info
    for key, kind in NEEDED_KEYS.items():
        value = info.get(key)
        if key not in info:
            yield Problem(sentence=f"the key {key} is missing", file=layout.INFO)
        elif not isinstance(value, kind) or isinstance(value, bool):
            yield Problem(sentence=f"{key} must be of type {kind.__name__}, not {value!r}", file=layout.INFO)
    version = info.get("codebase_version")
    if isinstance(version, str) and version != layout.CODEBASE_VERSION:
        yield Problem(
            sentence=f"codebase_version is {version}; these rules are for {layout.CODEBASE_VERSION}", file=layout.INFO
        )
    if isinstance(info.get("fps"), int) and info["fps"] < 1:
        yield Problem(sentence=f"fps must be 1 or more, not {info['fps']}", file=layout.INFO)
    if folder.video_keys and not isinstance(info.get("video_path"), str):
        yield Problem(sentence="there are video features, but video_path is missing", file=layout.INFO)


def _totals(folder: DatasetFolder) -> Problems:
    episodes, tasks = folder.lines(layout.EPISODES) or [], folder.lines(layout.TASKS) or []
    num_rows = sum(table.num_rows for _, table in folder.readable_tables())
    chunk_size = folder.info.get("chunks_size")
    facts: list[tuple[str, int, str, bool]] = [
        ("total_episodes", len(episodes), "episodes.jsonl has", False),
        ("total_frames", sum(folder.lengths.values()), "the episodes' lengths add up to", False),
        ("total_frames", num_rows, "the tables have", False),
        ("total_tasks", len(tasks), "tasks.jsonl has", False),
        ("total_videos", len(episodes) * len(folder.video_keys), "episodes times video features are", True),
    ]
    if isinstance(chunk_size, int) and chunk_size > 0:
        facts.append(("total_chunks", -(-len(episodes) // chunk_size), "the episodes fill", True))
    for key, found, words, is_warning in facts:
        stated = folder.info.get(key)
        if isinstance(stated, int) and stated != found:
            sentence = f"{key} is {stated}, but {words} {found}"
            yield Problem(sentence=sentence, file=layout.INFO, is_warning=is_warning)


def _tasks(folder: DatasetFolder) -> Problems:
    seen: set[Any] = set()
    for expected, line in enumerate(folder.lines(layout.TASKS) or []):
        value = line.value or {}
        task, index = value.get("task"), value.get("task_index")
        if not isinstance(task, str) or not task:
            yield Problem(sentence=f"task must be a text, not {task!r}", file=layout.TASKS, row=line.number)
        elif task in seen:
            yield Problem(sentence="the same text stands on an earlier line", file=layout.TASKS, row=line.number)
        if index != expected:
            yield Problem(
                sentence=f"task_index is {index!r} where {expected} is due", file=layout.TASKS, row=line.number
            )
        seen.add(task if isinstance(task, str) else None)


def _episodes(folder: DatasetFolder) -> Problems:
    lines = folder.lines(layout.EPISODES) or []
    known = {(line.value or {}).get("task") for line in folder.lines(layout.TASKS) or []}
    indices = []
    for line in lines:
        value, here = line.value or {}, partial(Problem, file=layout.EPISODES, row=line.number)
        indices.append(value.get("episode_index"))
        if not isinstance(value.get("length"), int) or value["length"] < 1:
            yield here(sentence=f"length must be a whole number above 0, not {value.get('length')!r}")
        tasks = value.get("tasks")
        if not isinstance(tasks, list) or not tasks:
            yield here(sentence=f"tasks must be a list of texts, not {tasks!r}")
            continue
        for task in tasks:
            if not isinstance(task, str):
                yield here(sentence=f"tasks must hold texts, not {task!r}")
            elif task not in known:
                yield here(sentence=f"the task {task[:60]!r} is not in tasks.jsonl")
    if sorted(i for i in indices if isinstance(i, int)) != list(range(len(lines))):
        yield Problem(sentence="episode_index does not run from 0 without gaps", file=layout.EPISODES)


def _splits(folder: DatasetFolder) -> Problems:
    splits, total = folder.info.get("splits"), folder.info.get("total_episodes")
    if splits is not None and splits != {"train": f"0:{total}"}:
        yield Problem(
            sentence=f'splits is {splits!r}, where LeRobot writes {{"train": "0:{total}"}}',
            file=layout.INFO,
            is_warning=True,
        )


METADATA_RULES = (
    Rule(name="meta.files", sentence="All four files under meta/ are there and readable.", search=_files),
    Rule(name="meta.keys", sentence="info.json has every key that a reader needs.", search=_keys),
    Rule(name="meta.totals", sentence="The totals agree with episodes, tables and tasks.", search=_totals),
    Rule(name="meta.tasks", sentence="Tasks are numbered from 0 and differ from each other.", search=_tasks),
    Rule(name="meta.episodes", sentence="Episodes are numbered from 0 and name known tasks.", search=_episodes),
    Rule(name="meta.splits", sentence="The split covers all episodes.", search=_splits),
)
