from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest

from l3rocc_engine.errors import OutputError
from l3rocc_studio.model.film_spec import FilmFormat, FilmQuality
from l3rocc_studio.render.film_encoder import open_segment
from l3rocc_studio.render.planar import PlanarPicture


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
    planes = PlanarPicture.of(picture).planes
    assert np.abs(planes.luma - wanted[:64]).max() <= 1
    # The library sites chroma at the left, so that its values differ at the borders of colours.
    found = np.concatenate([planes.blue.reshape(-1), planes.red.reshape(-1)])
    assert np.median(np.abs(found - wanted[64:].reshape(-1))) <= 1


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


def test_pictures_of_planes_give_the_film_of_the_colours(tmp_path):
    rng = np.random.default_rng(2)
    pictures = [rng.integers(0, 256, (66, 70, 3), dtype=np.uint8) for _ in range(5)]
    for name, make in (("colors.mp4", lambda picture: picture), ("planes.mp4", PlanarPicture.of)):
        quality = FilmQuality.GOOD
        with open_segment(tmp_path / name, FilmFormat.MP4, (70, 66), Fraction(10), quality, is_clear=False) as encoder:
            for picture in pictures:
                encoder.add(make(picture))
    assert (tmp_path / "colors.mp4").read_bytes() == (tmp_path / "planes.mp4").read_bytes()
