"""Random access against plain decoding, over containers, codecs and group structures."""

from __future__ import annotations

import random
from pathlib import Path

import av
import numpy as np
import pytest

from l3rocc_engine.frames.video import VideoSource
from tests.engine.frames.clips import Clip, decode_in_order, read_number, write_clip

X264 = {"preset": "fast", "crf": "20", "threads": "1"}


def x264(params: str = "", **options: str) -> dict[str, str]:
    return {**X264, **options, **({"x264-params": params} if params else {})}


def x265(params: str) -> dict[str, str]:
    return {"preset": "ultrafast", "x265-params": f"log-level=none:pools=none:frame-threads=1:{params}"}


UNEVEN = np.cumsum([0, *([7, 10, 23, 4, 10, 51, 3, 10] * 8)])[:40].tolist()

CLIPS: dict[str, tuple[str, Clip]] = {
    "mp4-gop1": ("a.mp4", Clip(options=x264(g="1"))),
    "mp4-gop2": ("a.mp4", Clip(options=x264(g="2", bf="1"))),
    "mp4-gop12-b": ("a.mp4", Clip(options=x264(g="12", bf="3"))),
    "mp4-gop250-b": ("a.mp4", Clip(options=x264(g="250", bf="3"))),
    "mp4-open-gop": ("a.mp4", Clip(options=x264("open-gop=1:keyint=12:min-keyint=12:scenecut=0:bframes=3:b-adapt=0"))),
    "mkv-open-gop": ("a.mkv", Clip(options=x264("open-gop=1:keyint=12:min-keyint=12:scenecut=0:bframes=3:b-adapt=0"))),
    "mp4-refresh": ("a.mp4", Clip(options=x264("intra-refresh=1:keyint=10:bframes=0"))),
    "mkv-refresh": ("a.mkv", Clip(options=x264("intra-refresh=1:keyint=10:bframes=2"))),
    "mp4-uneven": ("a.mp4", Clip(options=x264(g="12", bf="2"), ticks=UNEVEN)),
    "mkv-uneven": ("a.mkv", Clip(options=x264(g="12", bf="2"), ticks=UNEVEN)),
    "mp4-late-start": ("a.mp4", Clip(options=x264(g="12", bf="2"), ticks=[330 + 10 * i for i in range(40)])),
    "mkv-late-start": ("a.mkv", Clip(options=x264(g="12", bf="2"), ticks=[330 + 10 * i for i in range(40)])),
    "mp4-fragmented": (
        "a.mp4",
        Clip(options=x264(g="12", bf="2"), container_options={"movflags": "frag_keyframe+empty_moov"}),
    ),
    "mp4-sound": ("a.mp4", Clip(options=x264(g="12", bf="2"), with_sound=True)),
    "mov-h264": ("a.mov", Clip(options=x264(g="12", bf="2"))),
    "mov-mjpeg": ("a.mov", Clip(codec="mjpeg", pixel_format="yuvj420p")),
    "mp4-444-odd": ("a.mp4", Clip(options=x264(g="12"), pixel_format="yuv444p", size_px=(161, 97))),
    "mp4-10bit": ("a.mp4", Clip(options=x264(g="12"), pixel_format="yuv420p10le")),
    "mp4-hevc": ("a.mp4", Clip(codec="libx265", options=x265("keyint=12:bframes=3:open-gop=0"))),
    "mp4-hevc-open": ("a.mp4", Clip(codec="libx265", options=x265("keyint=12:min-keyint=12:bframes=3:open-gop=1"))),
    "mkv-hevc-open": ("a.mkv", Clip(codec="libx265", options=x265("keyint=12:min-keyint=12:bframes=3:open-gop=1"))),
    "mp4-mpeg4-b": ("a.mp4", Clip(codec="mpeg4", options={"g": "12", "bf": "2", "b": "2M"})),
    "avi-mjpeg": ("a.avi", Clip(codec="mjpeg", pixel_format="yuvj420p")),
    "avi-mpeg4": ("a.avi", Clip(codec="mpeg4", options={"g": "12", "b": "2M"})),
    "avi-mpeg4-b": ("a.avi", Clip(codec="mpeg4", options={"g": "12", "bf": "2", "b": "2M"})),
    "avi-h264-b": ("a.avi", Clip(options=x264(g="12", bf="3"))),
    "avi-ffv1": ("a.avi", Clip(codec="ffv1")),
    "avi-raw": ("a.avi", Clip(codec="rawvideo", pixel_format="bgr24")),
    "webm-vp9": ("a.webm", Clip(codec="libvpx-vp9", options={"g": "12", "speed": "8", "b": "500k"})),
    "webm-vp9-odd": (
        "a.webm",
        Clip(codec="libvpx-vp9", options={"g": "12", "speed": "8", "b": "500k"}, size_px=(161, 97)),
    ),
    "webm-vp8": (
        "a.webm",
        Clip(
            codec="libvpx", options={"g": "20", "b": "300k", "auto-alt-ref": "1", "lag-in-frames": "16", "speed": "4"}
        ),
    ),
    "mkv-av1": ("a.mkv", Clip(codec="libsvtav1", options={"g": "12", "preset": "12"})),
}


@pytest.fixture(scope="module", params=sorted(CLIPS))
def clip_path(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    name, clip = CLIPS[request.param]
    if clip.codec not in av.codecs_available:
        pytest.skip(f"this build of PyAV has no {clip.codec}")
    return write_clip(tmp_path_factory.mktemp("clip") / name, clip)


def test_every_order_gives_the_same_pictures(clip_path: Path) -> None:
    expected = decode_in_order(clip_path)
    source = VideoSource(clip_path, cache_bytes=0)
    assert source.num_frames == len(expected) == 40
    assert [read_number(picture) for picture in expected] == list(range(40))
    shuffled = list(range(40))
    random.Random(7).shuffle(shuffled)
    for order in (range(40), reversed(range(40)), range(0, 40, 7), shuffled):
        for frame_idx in order:
            assert np.array_equal(source.frame(frame_idx), expected[frame_idx]), frame_idx


def test_streams_give_the_same_pictures(clip_path: Path) -> None:
    expected = decode_in_order(clip_path)
    source = VideoSource(clip_path)
    assert len(source.frame(0)) == source.size_px[1]
    for indices in (None, range(0, 40, 9), [39, 3, 3, 17]):
        wanted = sorted(set(range(40) if indices is None else indices))
        streamed = list(source.frames(indices))
        assert [frame_idx for frame_idx, _ in streamed] == wanted
        assert all(np.array_equal(picture, expected[frame_idx]) for frame_idx, picture in streamed)


def test_times_start_at_zero_and_increase(clip_path: Path) -> None:
    times_s = VideoSource(clip_path).timestamps_s
    assert times_s[0] == 0.0
    assert (np.diff(times_s) > 0).all()
