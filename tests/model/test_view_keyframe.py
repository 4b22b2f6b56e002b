from __future__ import annotations

import json
from pathlib import Path

import pytest

from l3rocc_engine.errors import InputError
from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.model.view_keyframe import Ease, ViewKeyframe, WorldPreset, read_keyframes

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
