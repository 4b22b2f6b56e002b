from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest

from l3rocc_engine.errors import OutputError
from l3rocc_studio.model.film_spec import FilmFormat, FilmQuality
from l3rocc_studio.render.film_codec import segment_suffix
from l3rocc_studio.render.film_encoder import open_segment
from l3rocc_studio.render.pixel_box import PixelBox
from l3rocc_studio.render.planar import PICTURES_IN_WORK, PlanarPicture


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


@pytest.mark.parametrize("quality", FilmQuality)
@pytest.mark.parametrize("kind", [FilmFormat.MP4, FilmFormat.WEBM])
def test_pictures_of_planes_that_are_used_again_give_the_film_of_the_colours(tmp_path, kind, quality):
    rng = np.random.default_rng(2)
    pictures = [rng.integers(0, 256, (66, 70, 3), dtype=np.uint8) for _ in range(4 * PICTURES_IN_WORK)]
    kept = [PlanarPicture.empty((70, 66)) for _ in range(PICTURES_IN_WORK)]
    box = PixelBox(left_px=0, top_px=0, width_px=70, height_px=66)
    paths = [tmp_path / f"{name}{segment_suffix(kind)}" for name in ("colors", "planes")]
    with open_segment(paths[0], kind, (70, 66), Fraction(10), quality, is_clear=False) as encoder:
        for picture in pictures:
            encoder.add(picture)
    with open_segment(paths[1], kind, (70, 66), Fraction(10), quality, is_clear=False) as encoder:
        for number, picture in enumerate(pictures):
            planar = kept[number % PICTURES_IN_WORK]
            planar.planes.put(picture, box)
            encoder.add(planar)
    films = []
    for path in paths:
        with av.open(str(path)) as container:
            films.append([bytes(packet) for packet in container.demux(video=0) if packet.size])
    assert films[0] == films[1]
    assert len(films[0]) == len(pictures)
