from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import InputError
from l3rocc_studio.model.marks import Mark
from l3rocc_studio.model.project import Project
from l3rocc_studio.model.project_parts import location_of, location_to_dict, session_parts
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.model.session import Session
from l3rocc_studio.model.signal import Signal


class Number:
    """A part with one number."""

    def __init__(self, key: str) -> None:
        self.key = key
        self.value = 0
        self.changed: Signal[[]] = Signal()

    def set(self, value: int) -> None:
        self.value = value
        self.changed.emit()

    def to_dict(self) -> dict[str, Any]:
        return {"value": self.value}

    def from_dict(self, values: Mapping[str, Any]) -> None:
        if not isinstance(values.get("value"), int):
            raise InputError(f"{self.key} is no number.")
        self.set(values["value"])

    def connect(self, listener: Callable[[], object]) -> Callable[[], None]:
        return self.changed.connect(listener)


@pytest.fixture
def numbers() -> tuple[Project, Number, Number]:
    project, first, second = Project(), Number("first"), Number("second")
    project.register(first)
    project.register(second)
    return project, first, second


def test_parts_are_read_and_written_and_others_kept(numbers: tuple[Project, Number, Number]) -> None:
    project, first, second = numbers
    heard: list[int] = []
    project.touched.connect(lambda: heard.append(1))
    problems = project.load({"first": {"value": 3}, "second": {"value": "x"}, "alien": [1]}, Path("a.l3rocc"))
    assert problems == ["second is no number."]
    assert (first.value, second.value) == (3, 0)
    assert heard == [] and not project.is_dirty, "reading is no change"
    assert project.to_dict() == {"first": {"value": 3}, "second": {"value": "x"}, "alien": [1]}
    assert project.name == "a"
    second.set(5)
    assert project.to_dict()["second"] == {"value": 5}, "what a person changed counts"


def test_changes_make_it_dirty_until_it_is_saved(numbers: tuple[Project, Number, Number]) -> None:
    project, first, _ = numbers
    heard: list[int] = []
    project.changed.connect(lambda: heard.append(1))
    first.set(1)
    first.set(2)
    assert project.is_dirty and len(heard) == 1
    project.note_saved(Path("b.l3rocc"))
    assert not project.is_dirty and project.name == "b"
    project.start_over()
    assert project.path is None
    project.shut_down()
    first.set(9)
    assert not project.is_dirty
    with pytest.raises(ValueError, match="already"):
        project.register(Number("first"))


def test_the_sessions_parts_go_through_plain_values() -> None:
    session, other = Session(PipelineConfig()), Session(PipelineConfig())
    for each in (session, other):
        each.timeline.load([0.1 * i for i in range(20)])
    session.set_config(PipelineConfig(interval=3))
    session.timeline.set_range(2, 15)
    session.timeline.set_speed(2.0)
    session.timeline.set_looping(False)
    session.timeline.seek(7)
    session.marks.put(Mark(frame_idx=5, name="door"))
    plain = {part.key: part.to_dict() for part in session_parts(session, lambda: None)}
    for part in session_parts(other, lambda: None):
        part.from_dict(plain[part.key])
    assert other.config.interval == 3
    assert (other.timeline.range, other.timeline.current, other.timeline.speed) == ((2, 15), 7, 2.0)
    assert not other.timeline.is_looping
    assert other.marks.all == session.marks.all
    assert other.looks.value == session.looks.value


@pytest.mark.parametrize(
    ("key", "values"),
    [
        ("settings", {"interval": -3}),
        ("settings", {"unheard_of": 1}),
        ("timeline", {"range": "x"}),
        ("timeline", {"marks": [3]}),
        ("views", {"views": 3}),
        ("views", {"views": [{"name": "x"}]}),
        ("looks", {"cloud": 3}),
    ],
)
def test_damaged_parts_are_refused(key: str, values: dict[str, Any]) -> None:
    session = Session(PipelineConfig())
    part = next(part for part in session_parts(session, lambda: None) if part.key == key)
    with pytest.raises(InputError):
        part.from_dict(values)


def test_where_a_result_is_survives_plain_values() -> None:
    location = RunLocation(path=Path("/v/a.mp4"), workdir=Path("/w"), config={"interval": 3}, episode=2)
    assert location_of(location_to_dict(location)) == location
    assert location_of({"path": "/v/a.mp4"}) is None
    with pytest.raises(InputError):
        location_of({"has_run": True})
