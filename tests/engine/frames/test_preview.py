from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.preview import WHERE, preview_picture
from l3rocc_engine.frames.video import VideoSource
from tests.engine.frames.clips import Clip, numbered_picture, read_number, write_clip

EVERY_FRAME_A_KEY = {"preset": "ultrafast", "g": "1"}


@pytest.mark.parametrize("degrees", [0, 90, 180, -90])
def test_a_video_gives_a_picture_of_its_first_third_as_it_is_meant_to_be_seen(tmp_path: Path, degrees: int) -> None:
    clip = Clip(options=EVERY_FRAME_A_KEY, num_frames=20, rotation_deg=degrees)
    path = write_clip(tmp_path / "a.mp4", clip)
    picture = preview_picture(path)
    shown = VideoSource(path).frame(int(WHERE * clip.num_frames))
    np.testing.assert_array_equal(picture, shown)


def test_a_folder_gives_one_of_its_pictures(tmp_path: Path) -> None:
    for number in range(11):
        Image.fromarray(numbered_picture(number)).save(tmp_path / f"{number:02d}.png")
    assert read_number(preview_picture(tmp_path)) == 3


def test_what_gives_no_picture_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"no video")
    with pytest.raises(InputError, match="gives no picture"):
        preview_picture(tmp_path / "a.mp4")
