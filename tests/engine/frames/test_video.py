"""What a video source says about its file, and how it behaves under use."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import av
import numpy as np
import pytest

from l3rocc_engine.errors import Cancelled, InputError
from l3rocc_engine.frames.video import VideoSource
from l3rocc_engine.progress import CancelToken
from tests.engine.frames.clips import Clip, decode_in_order, numbered_picture, read_number, write_clip, write_sound

X264 = {"preset": "fast", "crf": "18", "g": "12", "bf": "2", "threads": "1"}
UNEVEN = [0, 7, 17, 40, 44, 54, 105, 108, 118, 125]


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.mov"])
@pytest.mark.parametrize("start", [0, 330])
def test_uneven_times_are_those_of_the_file(tmp_path: Path, name: str, start: int) -> None:
    clip = Clip(options=X264, num_frames=10, ticks=[start + tick for tick in UNEVEN])
    source = VideoSource(write_clip(tmp_path / name, clip))
    assert np.allclose(source.timestamps_s, np.array(UNEVEN) / 250, atol=6e-4)
    assert source.fps == pytest.approx(9 / (125 / 250), rel=1e-3)
    assert any("variable frame rate" in sentence for sentence in source.warnings)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi"])
def test_even_times_are_exact(tmp_path: Path, name: str) -> None:
    source = VideoSource(write_clip(tmp_path / name, Clip(options=X264, rate=10)))
    assert np.allclose(source.timestamps_s, np.arange(40) / 10, atol=6e-4)
    assert source.fps == pytest.approx(10)
    assert source.warnings == ()


def _cut(source: Path, target: Path, start_s: float) -> Path:
    """Copy packets from the key frame before ``start_s`` on; an edit list hides what comes before it."""
    with av.open(str(source)) as reader, av.open(str(target), "w") as writer:
        stream = reader.streams.video[0]
        copy = writer.add_stream_from_template(stream)
        offset = int(start_s / stream.time_base)
        reader.seek(offset, stream=stream)
        for packet in reader.demux(stream):
            if packet.dts is not None:
                packet.pts, packet.dts, packet.stream = packet.pts - offset, packet.dts - offset, copy
                writer.mux(packet)
    return target


def test_frames_cut_away_by_an_edit_list_are_not_counted(tmp_path: Path) -> None:
    path = _cut(write_clip(tmp_path / "whole.mp4", Clip(options=X264)), tmp_path / "cut.mp4", 0.7)
    expected = decode_in_order(path)
    source = VideoSource(path, cache_bytes=0)
    assert read_number(expected[0]) > 12, "the cut must fall inside a group of pictures for this test to say something"
    assert source.num_frames == len(expected)
    assert source.timestamps_s[0] == 0.0
    for frame_idx in (3, 0, len(expected) - 1, 7, 1):
        assert np.array_equal(source.frame(frame_idx), expected[frame_idx])


def test_reference_pictures_that_are_never_shown_are_not_counted(tmp_path: Path) -> None:
    whole = write_clip(tmp_path / "whole.webm", Clip(codec="libvpx", options={"g": "15", "deadline": "realtime"}))
    path = tmp_path / "hidden.webm"
    with av.open(str(whole)) as reader, av.open(str(path), "w") as writer:
        stream = reader.streams.video[0]
        copy = writer.add_stream_from_template(stream)
        for number, packet in enumerate(packet for packet in reader.demux(stream) if packet.size):
            data = bytearray(bytes(packet))
            if number in (3, 20, 21):
                data[0] &= ~0x10  # VP8's "show frame" bit
            changed = av.Packet(bytes(data))
            changed.pts, changed.dts, changed.time_base = packet.pts, packet.dts, packet.time_base
            changed.stream, changed.is_keyframe = copy, packet.is_keyframe
            writer.mux(changed)
    expected = decode_in_order(path)
    source = VideoSource(path, cache_bytes=0)
    assert source.num_frames == len(expected) == 37
    for frame_idx in (36, 20, 0, 3, 19, 18):
        assert np.array_equal(source.frame(frame_idx), expected[frame_idx])


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.mkv"])
@pytest.mark.parametrize(("degrees", "quarter_turns"), [(90, 1), (180, 2), (-90, 3)])
def test_rotation_is_applied(tmp_path: Path, name: str, degrees: int, quarter_turns: int) -> None:
    source = VideoSource(write_clip(tmp_path / name, Clip(options=X264, num_frames=3, rotation_deg=degrees)))
    picture = source.frame(0)
    assert source.size_px == ((96, 160) if quarter_turns % 2 else (160, 96))
    assert picture.shape == (source.size_px[1], source.size_px[0], 3)
    # PyAV's angle turns anticlockwise; the ffmpeg program and OpenCV show these files in the same way.
    expected = np.rot90(numbered_picture(0), quarter_turns)
    assert np.abs(picture.astype(int) - expected).mean() < 12
    assert any("upright" in sentence for sentence in source.warnings)


def test_colours_survive(tmp_path: Path) -> None:
    for name, clip in (
        ("a.mp4", Clip(options={**X264, "crf": "8"}, num_frames=1)),
        ("a.avi", Clip(codec="mjpeg", pixel_format="yuvj420p", options={"qscale": "2"}, num_frames=1)),
    ):
        picture = VideoSource(write_clip(tmp_path / name, clip)).frame(0).astype(int)
        assert np.abs(picture - numbered_picture(0)).mean() < 4, name


def test_high_dynamic_range_is_told(tmp_path: Path) -> None:
    options = {**X264, "x264-params": "colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc"}
    clip = Clip(options=options, num_frames=2, pixel_format="yuv420p10le")
    source = VideoSource(write_clip(tmp_path / "a.mp4", clip))
    assert any("high dynamic range" in sentence for sentence in source.warnings)


def test_pictures_are_read_only_and_indices_are_checked(tmp_path: Path) -> None:
    source = VideoSource(write_clip(tmp_path / "a.mp4", Clip(options=X264, num_frames=5)))
    assert not source.frame(0).flags.writeable
    for frame_idx in (-1, 5):
        with pytest.raises(IndexError, match="5 frames"):
            source.frame(frame_idx)
        with pytest.raises(IndexError):
            source.frames([0, frame_idx])
    assert list(source.frames([])) == []


def test_a_closed_source_says_so(tmp_path: Path) -> None:
    source = VideoSource(write_clip(tmp_path / "a.mp4", Clip(options=X264, num_frames=5)))
    stream = source.frames()
    assert next(stream)[0] == 0
    source.close()
    with pytest.raises(InputError, match="closed"):
        source.frame(1)
    with pytest.raises(InputError, match="closed"):
        source.frames()
    assert len(list(stream)) == 4


def test_the_cache_stays_within_its_bounds(tmp_path: Path) -> None:
    picture_bytes = 160 * 96 * 3 // 2
    source = VideoSource(
        write_clip(tmp_path / "a.mp4", Clip(options={**X264, "g": "250"})), cache_bytes=5 * picture_bytes
    )
    for frame_idx in (39, 0, 20, 19, 18, 17):
        source.frame(frame_idx)
    assert source._cache.used_bytes <= 5 * picture_bytes * 1.5
    assert len(source._cache) >= 2


def test_threads_share_a_source(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip(options=X264))
    source = VideoSource(path, cache_bytes=0)
    wrong: list[int] = []

    def scrub(step: int) -> None:
        for turn in range(30):
            frame_idx = turn * step % 40
            if read_number(source.frame(frame_idx)) != frame_idx:
                wrong.append(frame_idx)

    def stream() -> None:
        wrong.extend(i for i, picture in source.frames() if read_number(picture) != i)

    threads = [threading.Thread(target=scrub, args=(step,)) for step in (7, 11)] + [threading.Thread(target=stream)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_fingerprint_follows_the_content_and_not_the_place(tmp_path: Path) -> None:
    first = write_clip(tmp_path / "a.mp4", Clip(options=X264))
    (tmp_path / "elsewhere").mkdir()
    copy = Path(shutil.copy(first, tmp_path / "elsewhere" / "b.mp4"))
    other = write_clip(tmp_path / "c.mp4", Clip(options={**X264, "crf": "30"}))
    assert VideoSource(first).fingerprint == VideoSource(copy).fingerprint != VideoSource(other).fingerprint


def test_opening_can_be_cancelled_and_tells_how_far_it_is(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.avi", Clip(codec="mpeg4", num_frames=40))
    steps: list[tuple[int, int]] = []
    VideoSource(path, progress=lambda done, total: steps.append((done, total)))
    assert (32, 40) in steps
    cancel = CancelToken()
    cancel.set()
    with pytest.raises(Cancelled):
        VideoSource(path, cancel=cancel)


def test_one_frame_is_enough(tmp_path: Path) -> None:
    source = VideoSource(write_clip(tmp_path / "a.mp4", Clip(options=X264, num_frames=1)))
    assert source.num_frames == 1
    assert source.timestamps_s.tolist() == [0.0]
    assert read_number(source.frame(0)) == 0


def test_what_is_no_video_is_refused_by_name(tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("no video at all\n" * 50)
    empty = tmp_path / "empty.mkv"
    empty.touch()
    sound = write_sound(tmp_path / "sound.mp4")
    no_frames = write_clip(tmp_path / "none.mp4", Clip(options=X264, num_frames=0))
    for path, what in (
        (text, "cannot be opened"),
        (empty, "is empty"),
        (sound, "only sound"),
        (no_frames, "none.mp4"),
    ):
        with pytest.raises(InputError, match=what) as caught:
            VideoSource(path)
        assert path.name in caught.value.message
        assert caught.value.hint
    with pytest.raises(InputError, match="not a file"):
        VideoSource(tmp_path / "absent.mp4")


def test_the_real_clips_open_as_they_are(samples_dir: Path) -> None:
    for name, num_frames, size_px in (
        ("house.mp4", 8, (672, 384)),
        ("man_walking_long.mp4", 24, (720, 352)),
        ("valley.mp4", 11, (672, 384)),
    ):
        source = VideoSource(samples_dir / name)
        expected = decode_in_order(samples_dir / name)
        assert (source.num_frames, source.size_px, source.fps, source.warnings) == (num_frames, size_px, 1.0, ())
        for frame_idx in (num_frames - 1, 0, num_frames // 2):
            assert np.array_equal(source.frame(frame_idx), expected[frame_idx])
