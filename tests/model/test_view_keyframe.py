from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.sim3 import Sim3
from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.model.view_keyframe import (
    Ease,
    ViewKeyframe,
    WorldPreset,
    read_keyframes,
    rescaled_keyframe,
    shifted_keyframes,
    write_keyframes,
)

VIEW = CameraPose(
    position=(1.0, 2.0, 3.0), focal_point=(0.0, 0.0, 0.0), view_up=(0.0, 1.0, 0.0), clipping_range=(0.1, 9.0)
)


def test_keyframes_come_back_from_their_file_in_order_of_frames(tmp_path: Path) -> None:
    late = ViewKeyframe(frame_idx=9, view=VIEW, ease=Ease.LINEAR)
    early = ViewKeyframe(frame_idx=2, view=WorldPreset.ORBIT)
    path = tmp_path / "cameras.json"
    written = [{"frame": 9, "view": VIEW.to_dict(), "ease": "linear"}, {"frame": 2, "preset": "orbit"}]
    path.write_text(json.dumps({"keyframes": written}), encoding="utf-8")
    assert read_keyframes(path) == (early, late)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("nonsense", "is not JSON"),
        (100_000 * "[", "is not JSON"),
        ("{}", "holds no keyframes"),
        ('{"keyframes": []}', "holds no keyframes"),
        ('{"keyframes": [3]}', "not a keyframe"),
        (json.dumps([{"frame": 1}]), "not a keyframe"),
        (json.dumps(2 * [{"frame": 7, "preset": "orbit"}]), "two keyframes at frame 7"),
        (json.dumps([{"frame": 1, "preset": "sideways"}]), "not a keyframe"),
        (json.dumps([{"frame": -1, "preset": "orbit"}]), "cannot be at frame"),
        (json.dumps([{"frame": 1, "view": {"position": [0, 0, 0]}}]), "not a view"),
    ],
)
def test_files_that_are_none_are_refused_with_the_reason(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "cameras.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_keyframes(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"cameras\.json cannot be read"):
        read_keyframes(tmp_path / "cameras.json")


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    keyframes = tuple(ViewKeyframe(frame_idx=3 * number, view=VIEW, ease=ease) for number, ease in enumerate(Ease))
    moving = tuple(ViewKeyframe(frame_idx=50 + number, view=preset) for number, preset in enumerate(WorldPreset))
    path = tmp_path / "cameras.json"
    write_keyframes(path, keyframes + moving)
    assert read_keyframes(path) == keyframes + moving


def test_frames_are_counted_from_elsewhere_and_those_outside_left_out() -> None:
    keyframes = [ViewKeyframe(frame_idx=frame_idx, view=VIEW) for frame_idx in (2, 5, 9, 12)]
    assert [keyframe.frame_idx for keyframe in shifted_keyframes(keyframes, -5, num_frames=7)] == [0, 4]


def test_a_scale_moves_what_stands_and_leaves_what_fits_itself() -> None:
    twice = Sim3(scale=2.0, translation=np.array([1.0, 0.0, 0.0]))
    grown = rescaled_keyframe(ViewKeyframe(frame_idx=4, view=VIEW, ease=Ease.HOLD), twice)
    assert isinstance(grown.view, CameraPose)
    assert (grown.frame_idx, grown.ease) == (4, Ease.HOLD)
    assert grown.view.position == (3.0, 4.0, 6.0) and grown.view.focal_point == (1.0, 0.0, 0.0)
    assert grown.view.clipping_range == (0.2, 18.0)
    moving = ViewKeyframe(frame_idx=4, view=WorldPreset.FOLLOW)
    assert rescaled_keyframe(moving, twice) is moving
