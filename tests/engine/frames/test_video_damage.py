"""Files that are cut off or damaged: what decodes is used and said, the rest is refused in a sentence."""

from __future__ import annotations

import random
from pathlib import Path

import av
import numpy as np
import pytest

from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.video import VideoSource
from tests.engine.frames.clips import Clip, read_number, write_clip

X264 = {"preset": "fast", "crf": "20", "g": "12", "bf": "2", "threads": "1"}
CLIPS = {
    "faststart.mp4": Clip(options=X264, container_options={"movflags": "faststart"}),
    "fragments.mp4": Clip(options=X264, container_options={"movflags": "frag_keyframe+empty_moov"}),
    "plain.mp4": Clip(options=X264),
    "a.mkv": Clip(options=X264),
    "h264.avi": Clip(options=X264),
    "mpeg4.avi": Clip(codec="mpeg4", options={"g": "12", "bf": "2"}),
    "vp9.webm": Clip(codec="libvpx-vp9", options={"g": "12", "speed": "8", "b": "500k"}),
}
INDEX_LAST = ("h264.avi", "mpeg4.avi", "a.mkv", "vp9.webm")
"""Files with a table at the end, so that all pictures may be there although the file is not whole."""


@pytest.fixture(scope="module")
def whole_clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("whole")
    return {name: write_clip(folder / name, clip).read_bytes() for name, clip in CLIPS.items()}


def _check_consistent(source: VideoSource) -> list[int]:
    """Random access must agree with the stream, picture by picture; gives the numbers in the pictures."""
    streamed = dict(source.frames())
    assert list(streamed) == list(range(source.num_frames))
    order = list(streamed)
    random.Random(3).shuffle(order)
    for frame_idx in order:
        assert np.array_equal(source.frame(frame_idx), streamed[frame_idx]), frame_idx
    return [read_number(picture) for picture in streamed.values()]


@pytest.mark.parametrize("name", sorted(CLIPS))
@pytest.mark.parametrize("share", [0.02, 0.2, 0.55, 0.83, 0.97])
def test_a_file_that_is_cut_off_gives_its_beginning(
    tmp_path: Path, whole_clips: dict[str, bytes], name: str, share: float
) -> None:
    data = whole_clips[name]
    path = tmp_path / name
    path.write_bytes(data[: int(len(data) * share)])
    try:
        source = VideoSource(path)
    except InputError as error:
        assert path.name in error.message
        assert error.hint
        # An mp4 without its table at the end is lost; of the others the beginning must open.
        assert name == "plain.mp4" or share < 0.5
        return
    numbers = _check_consistent(source)
    assert numbers == sorted(set(numbers))
    assert numbers[0] == 0
    assert len(numbers) < 40 or name in INDEX_LAST
    assert any("cut off" in sentence for sentence in source.warnings), source.warnings


@pytest.mark.parametrize("name", ["faststart.mp4", "a.mkv", "mpeg4.avi"])
@pytest.mark.parametrize("seed", range(3))
def test_a_file_with_a_hole_never_gives_two_answers(
    tmp_path: Path, whole_clips: dict[str, bytes], name: str, seed: int
) -> None:
    data = bytearray(whole_clips[name])
    start = random.Random(seed).randrange(len(data) // 3, len(data) * 2 // 3)
    data[start : start + 600] = bytes(600)
    path = tmp_path / name
    path.write_bytes(data)
    try:
        source = VideoSource(path)
        _check_consistent(source)
    except InputError as error:
        assert path.name in error.message
        assert error.hint


@pytest.mark.parametrize("seed", range(4))
def test_lost_chunks_do_not_shift_the_count(tmp_path: Path, seed: int) -> None:
    path = write_clip(tmp_path / "a.avi", Clip(codec="mjpeg", pixel_format="yuvj420p"))
    data = bytearray(path.read_bytes())
    start = random.Random(seed).randrange(len(data) // 4, len(data) // 2)
    data[start : start + 3000] = bytes(3000)
    path.write_bytes(data)
    source = VideoSource(path, cache_bytes=0)
    in_order = [_number_or_none(source, frame_idx) for frame_idx in range(source.num_frames)]
    assert in_order[0] == 0 and in_order[-1] == 39
    assert len(in_order) - in_order.count(None) < 40
    order = list(range(source.num_frames))
    random.Random(3).shuffle(order)
    assert all(_number_or_none(source, frame_idx) == in_order[frame_idx] for frame_idx in order)


def _number_or_none(source: VideoSource, frame_idx: int) -> int | None:
    try:
        return read_number(source.frame(frame_idx))
    except InputError:
        return None


def test_a_broken_picture_in_a_sound_file_is_named_and_the_others_stay(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mov", Clip(codec="mjpeg", pixel_format="yuvj420p"))
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        packet = [packet for packet in container.demux(video=0) if packet.size][20]
        start, end = packet.pos, packet.pos + packet.size
    data[start:end] = random.Random(1).randbytes(end - start)
    path.write_bytes(data)
    source = VideoSource(path)
    with pytest.raises(InputError, match=r"Frame 20 of .*a\.mov") as caught:
        source.frame(20)
    assert "ffmpeg" in caught.value.hint
    assert [read_number(source.frame(i)) for i in (19, 21, 39, 0)] == [19, 21, 39, 0]


def test_noise_is_refused(tmp_path: Path) -> None:
    for seed, suffix in enumerate((".mp4", ".mkv", ".avi", ".webm", ".mov")):
        path = tmp_path / f"noise{suffix}"
        path.write_bytes(random.Random(seed).randbytes(20_000))
        with pytest.raises(InputError, match="noise"):
            VideoSource(path)
