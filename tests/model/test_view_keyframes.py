from __future__ import annotations

import pytest

from l3rocc_studio.model.edits import Edits
from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.model.view_keyframe import Ease, ViewKeyframe, WorldPreset
from l3rocc_studio.model.view_keyframes import ViewKeyframes, view_name

POSE = CameraPose(position=(1.0, 2.0, 3.0), focal_point=(0.0, 0.0, 0.0), view_up=(0.0, 1.0, 0.0))
OTHER = CameraPose(position=(4.0, 2.0, 3.0), focal_point=(0.0, 0.0, 0.0), view_up=(0.0, 1.0, 0.0))


@pytest.fixture
def edits() -> Edits:
    return Edits()


@pytest.fixture
def path(edits: Edits) -> ViewKeyframes:
    return ViewKeyframes(edits)


def test_views_are_set_in_order_of_frames_and_replaced_with_their_ease_kept(path: ViewKeyframes) -> None:
    path.put(20, POSE)
    path.put(5, WorldPreset.FOLLOW)
    path.set_ease(20, Ease.HOLD)
    path.put(20, OTHER)
    assert path.items == (
        ViewKeyframe(frame_idx=5, view=WorldPreset.FOLLOW),
        ViewKeyframe(frame_idx=20, view=OTHER, ease=Ease.HOLD),
    )
    assert path.frames == [5, 20]
    assert path.at(20) is path.items[1] and path.at(6) is None
    assert [view_name(keyframe) for keyframe in path.items] == ["Follow the camera", "Fixed view"]


def test_a_view_that_is_moved_takes_the_place_of_what_is_there(path: ViewKeyframes, edits: Edits) -> None:
    path.put(5, POSE)
    path.put(9, OTHER)
    path.move(5, 9)
    assert path.items == (ViewKeyframe(frame_idx=9, view=POSE),)
    edits.undo()
    assert path.frames == [5, 9]


def test_every_change_is_one_edit_that_can_be_taken_back(path: ViewKeyframes, edits: Edits) -> None:
    steps = (
        lambda: path.put(5, POSE),
        lambda: path.put(9, WorldPreset.ORBIT),
        lambda: path.put(9, OTHER),
        lambda: path.set_ease(5, Ease.LINEAR),
        lambda: path.move(9, 30),
        lambda: path.remove(5),
        lambda: path.replace_all([ViewKeyframe(frame_idx=2, view=POSE), ViewKeyframe(frame_idx=1, view=OTHER)], "Load"),
        path.clear,
    )
    states = [path.items]
    for step in steps:
        step()
        states.append(path.items)
    assert len(set(states)) == len(states) - 1, "empty twice, all else differs"
    for expected in reversed(states[:-1]):
        edits.undo()
        assert path.items == expected
    assert not edits.undo_label
    for expected in states[1:]:
        edits.redo()
        assert path.items == expected


def test_what_changes_nothing_is_no_edit(path: ViewKeyframes, edits: Edits) -> None:
    heard: list[int] = []
    path.put(5, POSE)
    path.changed.connect(lambda: heard.append(1))
    path.remove(6)
    path.move(6, 7)
    path.move(5, 5)
    path.set_ease(5, Ease.SMOOTH)
    path.set_ease(6, Ease.HOLD)
    assert not heard
    edits.undo()
    assert not edits.undo_label and heard == [1]
