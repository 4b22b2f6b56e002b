from __future__ import annotations

import json

import pytest

from l3rocc_engine.errors import InputError
from l3rocc_studio.model.marks import Mark, Marks, marks_from_dict, neighbour


def test_marks_are_in_order_and_one_a_frame() -> None:
    marks, heard = Marks(), []
    marks.changed.connect(lambda: heard.append(len(marks.all)))
    marks.put(Mark(frame_idx=9, name="door"))
    marks.put(Mark(frame_idx=3, name="stairs"))
    marks.put(Mark(frame_idx=9, name="red door"))
    assert [(mark.frame_idx, mark.name) for mark in marks.all] == [(3, "stairs"), (9, "red door")]
    marks.remove(4)
    assert heard == [1, 2, 2]
    marks.remove(3)
    assert marks.at(3) is None and marks.at(9) is not None


def test_names_are_not_given_twice() -> None:
    marks = Marks()
    for frame_idx in (5, 2, 8):
        marks.put(Mark(frame_idx=frame_idx, name=marks.free_name()))
    assert [mark.name for mark in marks.all] == ["Mark 2", "Mark 1", "Mark 3"]
    marks.remove(2)
    assert marks.free_name() == "Mark 2"


def test_they_survive_json() -> None:
    marks = Marks()
    marks.put(Mark(frame_idx=3, name="stairs"))
    marks.put(Mark(frame_idx=90, name="beyond"))
    values = json.loads(json.dumps(marks.to_dict()))
    assert marks_from_dict(values, num_frames=91) == marks.all
    assert [mark.name for mark in marks_from_dict(values, num_frames=50)] == ["stairs"]
    assert marks_from_dict({}, num_frames=5) == ()


@pytest.mark.parametrize("values", [{"marks": [{"frame": 1}]}, {"marks": 3}, {"marks": [{"frame": "x", "name": "a"}]}])
def test_what_is_no_mark_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(InputError, match="not marks"):
        marks_from_dict(values, num_frames=10)


def test_neighbours_stop_at_the_ends() -> None:
    frames = [2, 5, 9]
    assert [neighbour(frames, frame, 1) for frame in (0, 2, 6, 9)] == [2, 5, 9, None]
    assert [neighbour(frames, frame, -1) for frame in (0, 2, 6, 9)] == [None, None, 5, 5]
