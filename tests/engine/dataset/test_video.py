from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from l3rocc_engine.dataset.video import dataset_fps, even_size, pad_to, probe_video, write_video
from l3rocc_engine.errors import InputError, OutputError
from l3rocc_engine.progress import Cancelled, CancelToken


def pictures(n: int, width: int, height: int) -> list[tuple[int, np.ndarray]]:
    """Smooth colour ramps whose phase tells the frame number."""
    y, x = np.mgrid[:height, :width]
    result = []
    for i in range(n):
        image = np.stack([x * 200 / width + 20, y * 200 / height + 20, np.full_like(x, 20 + 15 * i)], axis=-1)
        result.append((i, image.astype(np.uint8)))
    return result


def decode(path: Path) -> tuple[list[np.ndarray], list[float]]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        frames = list(container.decode(stream))
        return [f.to_ndarray(format="rgb24") for f in frames], [float(f.pts * stream.time_base) for f in frames]


@pytest.mark.parametrize(("source", "wanted"), [(29.97, 30), (23.976, 24), (25.0, 25), (1.0, 1), (0.4, 1), (59.94, 60)])
def test_rate_is_the_closest_whole_number(source: float, wanted: int) -> None:
    assert dataset_fps(source) == wanted


def test_odd_pictures_are_padded_by_their_last_row_and_column() -> None:
    image = pictures(1, 5, 3)[0][1]
    padded = pad_to(image, even_size((5, 3)))
    assert padded.shape == (4, 6, 3)
    np.testing.assert_array_equal(padded[:3, :5], image)
    np.testing.assert_array_equal(padded[3, :5], image[2])
    np.testing.assert_array_equal(padded[:3, 5], image[:, 4])
    assert pad_to(padded, (6, 4)) is padded


@pytest.mark.parametrize(("fps", "size"), [(30, (64, 48)), (1, (65, 49)), (25, (480, 270))])
def test_file_is_what_the_format_asks_for(tmp_path: Path, fps: int, size: tuple[int, int]) -> None:
    path = tmp_path / "a.mp4"
    wanted = pictures(9, *size)
    assert write_video(path, wanted, size_px=size, fps=fps) == 9
    facts = probe_video(path)
    assert facts.size_px == even_size(size)
    assert (facts.codec, facts.pixel_format, facts.has_audio) == ("h264", "yuv420p", False)
    assert facts.num_key_frames >= 5  # every second frame, and more where the encoder sees a cut
    assert facts.fps == fps
    np.testing.assert_allclose(facts.times_s, np.arange(9) / fps, atol=1e-6)
    images, times_s = decode(path)
    np.testing.assert_allclose(times_s, np.arange(9) / fps, atol=1e-6)
    for (_, image), found in zip(wanted, images, strict=True):
        difference = np.abs(found[: size[1], : size[0]].astype(int) - image)
        assert difference.mean() < 3.0  # also fails if colours are turned with another matrix than they are read with


def test_pure_colours_survive(tmp_path: Path) -> None:
    image = np.zeros((48, 64, 3), np.uint8)
    image[:, :16], image[:, 16:32], image[:, 32:48] = (220, 30, 30), (30, 200, 40), (40, 60, 210)
    write_video(tmp_path / "a.mp4", [(0, image)], size_px=(64, 48), fps=10)
    found = decode(tmp_path / "a.mp4")[0][0]
    for column in (8, 24, 40, 56):
        np.testing.assert_allclose(found[24, column].astype(int), image[24, column], atol=6)


def test_index_stands_before_the_pictures(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", pictures(4, 64, 48), size_px=(64, 48), fps=10)
    data = (tmp_path / "a.mp4").read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_no_b_frames(tmp_path: Path) -> None:
    write_video(tmp_path / "a.mp4", pictures(8, 64, 48), size_px=(64, 48), fps=10)
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert all(p.pts == p.dts for p in container.demux(video=0) if p.size)


def test_problems_are_told(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no frames"):
        write_video(tmp_path / "a.mp4", [], size_px=(64, 48), fps=10)
    with pytest.raises(OutputError, match="Picture 3"):
        write_video(tmp_path / "a.mp4", [(3, np.zeros((4, 4, 3), np.uint8))], size_px=(64, 48), fps=10)
    token = CancelToken()
    token.set()
    with pytest.raises(Cancelled):
        write_video(tmp_path / "a.mp4", pictures(2, 64, 48), size_px=(64, 48), fps=10, cancel=token)
    (tmp_path / "b.mp4").write_bytes(b"no video at all")
    with pytest.raises(InputError, match=r"b\.mp4"):
        probe_video(tmp_path / "b.mp4")


def test_a_folder_whose_name_looks_like_a_protocol_is_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data:12").mkdir()
    path = Path("data:12") / "clip.mp4"
    pictures = enumerate(np.zeros((3, 32, 32, 3), np.uint8))
    assert write_video(path, pictures, size_px=(32, 32), fps=10) == 3
    assert probe_video(path).num_frames == 3
