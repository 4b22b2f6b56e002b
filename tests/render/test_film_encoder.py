from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest

from l3rocc_engine.errors import OutputError
from l3rocc_studio.model.film_spec import FilmFormat, FilmQuality
from l3rocc_studio.render.film_encoder import open_segment
from l3rocc_studio.render.pixel_box import PixelBox
from l3rocc_studio.render.planar import fill_yuv420


def test_a_failing_encoder_is_reported(tmp_path):
    path = tmp_path / "missing" / "film.mp4"
    segment = open_segment(path, FilmFormat.MP4, (64, 64), Fraction(10), FilmQuality.GOOD, is_clear=False)
    with pytest.raises(OutputError, match="cannot be encoded"), segment as encoder:
        for _ in range(20):
            encoder.add(np.zeros((64, 64, 3), dtype=np.uint8))


def test_planes_are_those_of_the_library():
    rng = np.random.default_rng(1)
    picture = np.kron(rng.integers(0, 256, (4, 5, 3)), np.ones((16, 16, 1), dtype=np.int64)).astype(np.uint8)
    frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
    wanted = frame.reformat(format="yuv420p", dst_colorspace="ITU709").to_ndarray().astype(int)
    planes = np.empty((96, 80), dtype=np.uint8)
    fill_yuv420(picture, planes[:64], *planes[64:].reshape(2, 32, 40))
    found = planes.astype(int)
    assert np.abs(found[:64] - wanted[:64]).max() <= 1
    # The library sites chroma at the left, so that its values differ at the borders of colours.
    assert np.median(np.abs(found[64:] - wanted[64:])) <= 1


def test_opacity_survives_in_webm(tmp_path):
    path = tmp_path / "clear.webm"
    with open_segment(path, FilmFormat.WEBM, (64, 64), Fraction(10), FilmQuality.GOOD, is_clear=True) as encoder:
        for number in range(4):
            encoder.add(np.full((64, 64, 4), 60 * number, dtype=np.uint8))
    decoder = av.CodecContext.create("libvpx-vp9", "r")
    with av.open(str(path)) as container:
        assert container.streams.video[0].metadata.get("ALPHA_MODE") == "1"
        frames = [frame for packet in container.demux(video=0) for frame in decoder.decode(packet)]
    covers = [frame.to_ndarray(format="rgba")[..., 3].mean() for frame in frames]
    assert covers == pytest.approx([0, 60, 120, 180], abs=4)


def test_what_did_not_change_need_not_be_filled_again(tmp_path):
    rng = np.random.default_rng(2)
    pictures, parts = [rng.integers(0, 256, (66, 70, 3), dtype=np.uint8)], [None]
    for left, top, width, height in ((3, 5, 20, 11), (0, 0, 0, 0), (41, 33, 29, 33)):
        picture, part = pictures[-1].copy(), PixelBox(left_px=left, top_px=top, width_px=width, height_px=height)
        picture[part.rows, part.columns] = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
        pictures.append(picture)
        parts.append([part])
    for name, told in (("all.mp4", [None] * 4), ("parts.mp4", parts)):
        quality = FilmQuality.GOOD
        with open_segment(tmp_path / name, FilmFormat.MP4, (70, 66), Fraction(10), quality, is_clear=False) as encoder:
            for picture, changed in zip(pictures, told, strict=True):
                encoder.add(picture, changed)
    assert (tmp_path / "all.mp4").read_bytes() == (tmp_path / "parts.mp4").read_bytes()
