"""Folders of pictures."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from l3rocc_engine.errors import Cancelled, InputError
from l3rocc_engine.frames.images import ImageFolderSource, list_images, natural_key
from l3rocc_engine.progress import CancelToken
from tests.engine.frames.clips import numbered_picture, read_number


def _write(path: Path, number: int, size_px: tuple[int, int] = (160, 96), **options: object) -> Path:
    Image.fromarray(numbered_picture(number, size_px)).save(path, **options)
    return path


def test_names_are_sorted_as_numbers(tmp_path: Path) -> None:
    for number in range(12):
        _write(tmp_path / f"{number}.jpg", number, quality=95)
    (tmp_path / "._3.jpg").write_bytes(b"left behind by another system")
    (tmp_path / "notes.txt").write_text("not a picture")
    source = ImageFolderSource(tmp_path, fps=10.0)
    assert source.num_frames == 12
    assert [read_number(picture) for _, picture in source.frames()] == list(range(12))
    assert [frame_idx for frame_idx, _ in source.frames([7, 2, 2])] == [2, 7]
    assert np.allclose(source.timestamps_s, np.arange(12) / 10)
    assert (source.fps, source.size_px, source.warnings, source.video_path) == (10.0, (160, 96), (), None)
    assert sorted(["b2", "b10", "A3", "b1"], key=natural_key) == ["A3", "b1", "b2", "b10"]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("0.png", {}),
        ("0.webp", {"lossless": True}),
        ("0.bmp", {}),
        ("0.tif", {"compression": "tiff_lzw"}),
        ("0.PNG", {}),
    ],
)
def test_lossless_kinds_come_back_exactly(tmp_path: Path, name: str, options: dict[str, object]) -> None:
    _write(tmp_path / name, 5, **options)
    assert np.array_equal(ImageFolderSource(tmp_path, fps=1.0).frame(0), numbered_picture(5))


@pytest.mark.parametrize("name", ["0.png", "0.tif"])
def test_sixteen_bits_and_grey_become_rgb(tmp_path: Path, name: str) -> None:
    levels = np.linspace(0, 65535, 64 * 48).reshape(48, 64).astype(np.uint16)
    cv2.imwrite(str(tmp_path / name), levels)
    picture = ImageFolderSource(tmp_path, fps=1.0).frame(0)
    assert picture.shape == (48, 64, 3)
    assert (picture[..., 0] == picture[..., 2]).all()
    assert (picture.min(), picture.max()) == (0, 255)
    assert np.abs(picture[..., 1] - levels / 257.0).max() <= 0.51
    colour = np.stack([levels, levels // 2, levels // 4], axis=-1)
    cv2.imwrite(str(tmp_path / name), colour[..., ::-1])
    picture = ImageFolderSource(tmp_path, fps=1.0).frame(0)
    assert np.abs(picture - colour / 257.0).max() <= 0.51


def test_transparency_and_palettes_become_rgb(tmp_path: Path) -> None:
    Image.fromarray(np.dstack([numbered_picture(1), np.full((96, 160), 255, np.uint8)])).save(tmp_path / "1.png")
    Image.fromarray(numbered_picture(2)).quantize(200).save(tmp_path / "2.png")
    Image.fromarray(numbered_picture(3)).convert("L").save(tmp_path / "3.png")
    source = ImageFolderSource(tmp_path, fps=1.0)
    assert np.array_equal(source.frame(0), numbered_picture(1))
    assert [read_number(picture) for _, picture in source.frames()] == [1, 2, 3]


@pytest.mark.parametrize("value", range(1, 9))
def test_exif_orientation_is_applied(tmp_path: Path, value: int) -> None:
    upright = numbered_picture(6)
    turned = {
        1: upright,
        2: upright[:, ::-1],
        3: upright[::-1, ::-1],
        4: upright[::-1],
        5: upright.swapaxes(0, 1),
        6: np.rot90(upright, 1),
        7: np.rot90(upright, 2).swapaxes(0, 1),
        8: np.rot90(upright, 3),
    }[value]
    exif = Image.Exif()
    exif[274] = value
    for name in ("0.png", "0.jpg"):
        image = Image.fromarray(np.ascontiguousarray(turned))
        image.save(tmp_path / name, exif=exif, **({"quality": 98} if name == "0.jpg" else {}))
        source = ImageFolderSource(tmp_path, fps=1.0)
        assert source.size_px == (160, 96)
        assert np.abs(source.frame(0).astype(int) - upright).mean() < 3
        (tmp_path / name).unlink()


def test_mixed_sizes_are_refused_with_both(tmp_path: Path) -> None:
    _write(tmp_path / "0.png", 0)
    _write(tmp_path / "1.png", 1, (128, 64))
    with pytest.raises(InputError, match=r"0\.png is 160x96, 1\.png is 128x64"):
        ImageFolderSource(tmp_path, fps=1.0)


def test_twins_are_refused(tmp_path: Path) -> None:
    _write(tmp_path / "0.png", 0)
    _write(tmp_path / "0.jpg", 0)
    with pytest.raises(InputError, match=r"both 0\.jpg and 0\.png"):
        ImageFolderSource(tmp_path, fps=1.0)


def test_gaps_are_told_and_even_steps_are_not(tmp_path: Path) -> None:
    for number in (0, 10, 20, 30):
        _write(tmp_path / f"{number}.png", number)
    assert ImageFolderSource(tmp_path, fps=1.0).warnings == ()
    _write(tmp_path / "60.png", 60)
    (sentence,) = ImageFolderSource(tmp_path, fps=1.0).warnings
    assert "30.png" in sentence and "60.png" in sentence


def test_what_cannot_be_read_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no pictures"):
        ImageFolderSource(tmp_path, fps=1.0)
    whole = _write(tmp_path / "0.png", 0).read_bytes()
    (tmp_path / "1.png").write_bytes(b"")
    with pytest.raises(InputError, match=r"1\.png cannot be read"):
        ImageFolderSource(tmp_path, fps=1.0)
    (tmp_path / "1.png").write_bytes(whole)
    with pytest.raises(InputError, match="rate"):
        ImageFolderSource(tmp_path, fps=0.0)
    cv2.imwrite(str(tmp_path / "1.tiff"), np.ones((96, 160), np.float32))
    (tmp_path / "1.png").unlink()
    source = ImageFolderSource(tmp_path, fps=1.0)
    with pytest.raises(InputError, match="float32"):
        source.frame(1)
    with pytest.raises(IndexError, match="2 frames"):
        source.frame(2)


def test_a_picture_that_vanishes_or_breaks_later_is_named(tmp_path: Path) -> None:
    whole = _write(tmp_path / "0.jpg", 0).read_bytes()
    source = ImageFolderSource(tmp_path, fps=1.0)
    (tmp_path / "0.jpg").write_bytes(whole[:60])
    with pytest.raises(InputError, match=r"0\.jpg"):
        source.frame(0)
    (tmp_path / "0.jpg").unlink()
    with pytest.raises(InputError, match=r"0\.jpg"):
        source.frame(0)


def test_the_fingerprint_follows_the_content_and_not_the_place(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    for number in range(3):
        _write(here / f"{number}.png", number)
    shutil.copytree(here, there)
    first = ImageFolderSource(here, fps=1.0).fingerprint
    assert ImageFolderSource(there, fps=1.0).fingerprint == first
    _write(there / "1.png", 9)
    assert ImageFolderSource(there, fps=1.0).fingerprint != first


def test_cache_is_bounded_and_pictures_are_read_only(tmp_path: Path) -> None:
    for number in range(6):
        _write(tmp_path / f"{number}.png", number)
    source = ImageFolderSource(tmp_path, fps=1.0, cache_bytes=3 * 160 * 96 * 3)
    assert [read_number(source.frame(i)) for i in (0, 1, 2, 3, 4, 0, 5)] == [0, 1, 2, 3, 4, 0, 5]
    assert source._cache.used_bytes <= 3 * 160 * 96 * 3
    assert not source.frame(0).flags.writeable
    cancel = CancelToken()
    cancel.set()
    with pytest.raises(Cancelled):
        ImageFolderSource(tmp_path, fps=1.0, cancel=cancel)
    assert [path.name for path in list_images(tmp_path)] == [f"{i}.png" for i in range(6)]
