"""What becomes of which episode: the merged numbering and the tasks, after all differences were looked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

from l3rocc_engine.dataset.features import DEFAULT_FEATURES, video_keys
from l3rocc_engine.dataset.merging.part import Part, PartEpisode
from l3rocc_engine.dataset.merging.sidecars import merged_statement
from l3rocc_engine.errors import InputError

COMPARED = ("dtype", "shape", "names")
"""What of a feature has to be equal; what its ``info`` says of a video's encoding may differ, as in LeRobot itself."""

NUMBERED = frozenset(feature.key for feature in DEFAULT_FEATURES)
"""Features that only number rows and times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedEpisode:
    """One episode of the merged dataset.

    Attributes
    ----------
    source
        Where it comes from.
    number, first_index
        Its number, and that of its first row.
    task_numbers
        New number of each of its dataset's tasks.
    """

    source: PartEpisode
    number: int
    first_index: int
    task_numbers: tuple[int, ...]

    @property
    def length(self) -> int:
        """Frames."""
        return self.source.length


@dataclass(frozen=True, kw_only=True)
class MergePlan:
    """The merged dataset before it is written.

    Attributes
    ----------
    parts
        The datasets, in order.
    tasks
        Different texts in the order of their first appearance.
    episodes
        In order.
    """

    parts: tuple[Part, ...]
    tasks: tuple[str, ...]
    episodes: tuple[PlannedEpisode, ...]

    @property
    def first(self) -> Part:
        """The dataset whose description of the features counts."""
        return self.parts[0]

    @property
    def features(self) -> Mapping[str, Mapping[str, Any]]:
        """Entries of ``features``."""
        return self.first.features

    @property
    def video_keys(self) -> list[str]:
        """Keys of the video features."""
        return video_keys(self.features)

    @property
    def fps(self) -> int:
        """Frames a second."""
        return int(self.first.info["fps"])

    @property
    def num_frames(self) -> int:
        """Rows of all tables."""
        return sum(episode.length for episode in self.episodes)

    @property
    def robot_type(self) -> str | None:
        """That of all parts, or None where they differ."""
        kinds = {part.info.get("robot_type") for part in self.parts}
        return kinds.pop() if len(kinds) == 1 else None

    @property
    def is_described(self) -> bool:
        """Whether a manifest of ours tells of every episode how it was made."""
        return all(episode.source.facts is not None for episode in self.episodes)

    @cached_property
    def statement(self) -> dict[str, Any]:
        """Description of the sidecars; empty if no episode has any."""
        worlds = [episode.source.world for episode in self.episodes if episode.source.sidecars]
        return merged_statement([part.statement for part in self.parts if part.statement], worlds)

    def remarks(self) -> Iterator[str]:
        """What is not as one might expect."""
        if len({str(part.info.get("robot_type")) for part in self.parts}) > 1:
            yield "The datasets name different robot types, so the merged one names none."
        bare = sum(not episode.source.sidecars for episode in self.episodes)
        if bare and bare < len(self.episodes):
            yield f"{bare} of {len(self.episodes)} episodes have no occupancy."
        if any(_encodings(part) != _encodings(self.first) for part in self.parts):
            yield f"The datasets' videos are encoded differently; info.json describes those of {self.first.root}."


def make_plan(parts: Sequence[Part]) -> MergePlan:
    """Number episodes and tasks anew.

    Raises
    ------
    InputError
        The datasets do not fit together; the sentence names the first difference. Or an episode is there twice.
    """
    for part in parts[1:]:
        _require_same(parts[0], part)
    _require_same_schema(parts)
    _require_once(parts)
    tasks = tuple(dict.fromkeys(task for part in parts for task in part.tasks))
    numbers = {task: number for number, task in enumerate(tasks)}
    episodes: list[PlannedEpisode] = []
    first_index = 0
    for part in parts:
        task_numbers = tuple(numbers[task] for task in part.tasks)
        for source in part.episodes:
            episodes.append(
                PlannedEpisode(source=source, number=len(episodes), first_index=first_index, task_numbers=task_numbers)
            )
            first_index += source.length
    return MergePlan(parts=tuple(parts), tasks=tasks, episodes=tuple(episodes))


def _require_same(first: Part, other: Part) -> None:
    difference = next(_differences(first, other), None)
    if difference is not None:
        raise InputError(
            f"{first.root.name} and {other.root.name} cannot be one dataset: {difference}.",
            "Merge datasets that were made with the same settings and in the same profile.",
        )


def _differences(first: Part, other: Part) -> Iterator[str]:
    if first.info["fps"] != other.info["fps"]:
        yield f"{first.root} has {first.info['fps']} frames a second, {other.root} {other.info['fps']}"
    for key in first.features:
        if key not in other.features:
            yield f"{other.root} has no feature {key}"
    for key, feature in other.features.items():
        if key not in first.features:
            yield f"{first.root} has no feature {key}"
            continue
        for entry in COMPARED:
            a, b = first.features[key].get(entry), feature.get(entry)
            if a != b:
                yield f"{entry} of {key} is {a} in {first.root}, {b} in {other.root}"
    a, b = first.statement.get("grid"), other.statement.get("grid")
    if a is not None and b is not None:
        for entry in dict.fromkeys([*a, *b]):
            if a.get(entry) != b.get(entry):
                yield f"{entry} of the occupancy grid is {a.get(entry)} in {first.root}, {b.get(entry)} in {other.root}"


def _require_same_schema(parts: Sequence[Part]) -> None:
    """Tables are loaded as one, so each column must have one type in all of them."""
    first = parts[0].episodes[0]
    wanted = _types(first.schema)
    for part in parts:
        for episode in part.episodes:
            found = _types(episode.schema)
            for name in dict.fromkeys([*wanted, *found]):
                if wanted.get(name) != found.get(name):
                    raise InputError(
                        f"{first.table} and {episode.table} cannot be one dataset: the column {name} is "
                        f"{wanted.get(name, 'absent')} in the first, {found.get(name, 'absent')} in the other.",
                        "Merge datasets that were written by the same program.",
                    )


def _require_once(parts: Sequence[Part]) -> None:
    """An episode that is there twice would count twice in training; its rows have the same statistics, bit for bit."""
    found: dict[str, PartEpisode] = {}
    for part in parts:
        for episode in part.episodes:
            own = {key: value for key, value in episode.stats.items() if key not in NUMBERED}
            if not own:
                continue
            content = json.dumps([episode.length, own], sort_keys=True).encode()
            earlier = found.setdefault(hashlib.sha256(content).hexdigest(), episode)
            if earlier is not episode and earlier.root != episode.root:
                raise InputError(
                    f"{episode.place} holds the same as {earlier.place}: it would be there twice.",
                    f"Leave out {episode.root}.",
                )


def _types(schema: pa.Schema) -> dict[str, pa.DataType]:
    return {field.name: field.type for field in schema}


def _encodings(part: Part) -> list[Any]:
    return [part.features[key].get("info") for key in video_keys(part.features)]
