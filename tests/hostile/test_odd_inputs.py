"""Inputs that are odd but real: a right result, or a sentence that says what is the matter."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from l3rocc_engine.dataset.video import write_video
from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.opener import open_source
from l3rocc_studio.cli.main import main
from tests.synthetic.absurd_picture import write_absurd_picture


def write_clip(path: Path, num_frames: int, size_px: tuple[int, int]) -> None:
    width, height = size_px
    pictures = [(number, np.full((height, width, 3), 40 + 8 * number, np.uint8)) for number in range(num_frames)]
    write_video(path, iter(pictures), size_px=size_px, fps=10)


def test_an_empty_video_is_said_to_be_empty(tmp_path: Path) -> None:
    (tmp_path / "clip.mp4").touch()
    with pytest.raises(InputError, match="is empty: it has 0 bytes"):
        open_source(tmp_path / "clip.mp4")


@pytest.mark.parametrize("count", [1, 2])
def test_a_video_of_one_or_two_frames_opens(tmp_path: Path, count: int) -> None:
    write_clip(tmp_path / "clip.mp4", count, (64, 48))
    source = open_source(tmp_path / "clip.mp4")
    assert source.num_frames == count
    assert source.frame(count - 1).shape == (48, 64, 3)
    source.close()


def test_pictures_of_odd_and_of_huge_sizes_open(tmp_path: Path) -> None:
    for name, size_px in (("odd", (63, 47)), ("8k", (7680, 4320)), ("line", (4000, 1)), ("dot", (1, 1))):
        folder = tmp_path / name
        folder.mkdir()
        for number in range(2):
            Image.new("RGB", size_px, (10, 20 * number, 30)).save(folder / f"{number}.png")
        source = open_source(folder)
        assert source.frame(1).shape == (size_px[1], size_px[0], 3)
        assert tuple(source.frame(1)[0, 0]) == (10, 20, 30)
        source.close()


def test_a_picture_of_absurd_size_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    write_absurd_picture(tmp_path / "0.png")
    with pytest.raises(InputError, match="too many pixels"):
        open_source(tmp_path).frame(0)


@pytest.mark.parametrize("name", [os.fsdecode(b"clip_\xff\xfe.mp4"), "c" * 251 + ".mp4", "cl\nip\t.mp4", "[b]x.mp4"])
def test_names_that_are_no_unicode_very_long_or_odd(tmp_path: Path, name: str) -> None:
    write_clip(tmp_path / "clip.mp4", 2, (64, 48))
    (tmp_path / "clip.mp4").rename(tmp_path / name)
    source = open_source(tmp_path / name)
    assert source.num_frames == 2
    assert len(source.fingerprint) == 32
    source.close()
    assert main(["info", str(tmp_path / name)]) == 0


@pytest.mark.parametrize("command", [["info"], ["process", "--out", "/tmp/never"], ["batch", "--out", "/tmp/never"]])
def test_a_name_that_no_file_system_takes_is_bad_input(command: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command[0], "/tmp/" + "x" * 300 + ".mp4", *command[1:]]) == 2
    assert "too long" in capsys.readouterr().err


def test_links_that_lead_in_circles_end(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").symlink_to("b.mp4")
    (tmp_path / "b.mp4").symlink_to("a.mp4")
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "up").symlink_to(tmp_path)
    with pytest.raises(InputError, match="There is nothing at"):
        open_source(tmp_path / "a.mp4")
    with pytest.raises(InputError):
        open_source(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "clip.mp4")
    with pytest.raises(InputError, match="neither a file nor a folder"):
        open_source(tmp_path / "clip.mp4")
    (tmp_path / "pictures").mkdir()
    os.mkfifo(tmp_path / "pictures" / "0.png")
    with pytest.raises(InputError):
        open_source(tmp_path / "pictures")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_a_sentence(tmp_path: Path) -> None:
    shutil.copytree(tmp_path, tmp_path / "closed")
    (tmp_path / "closed").chmod(0)
    with pytest.raises(InputError, match="cannot be read"):
        open_source(tmp_path / "closed")
