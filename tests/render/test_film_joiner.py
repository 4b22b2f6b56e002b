from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from l3rocc_engine.errors import Cancelled, OutputError
from l3rocc_engine.progress import CancelToken
from l3rocc_studio.model.film_plan import FilmFacts, FilmPlan, plan_film
from l3rocc_studio.model.film_spec import FilmFormat, FilmOutput, FilmQuality, FilmSpec
from l3rocc_studio.render.film_codec import segment_suffix
from l3rocc_studio.render.film_encoder import open_segment
from l3rocc_studio.render.film_joiner import join_segments

COUNT, SIZE = 50, (64, 48)
VARIABLE_S = np.cumsum(np.random.default_rng(7).uniform(0.02, 0.2, COUNT))
TIMES = {
    "10": (10.0, np.arange(COUNT) / 10),
    "29.97": (29.97, np.arange(COUNT) * 1001 / 30000),
    "60": (60.0, np.arange(COUNT) / 60),
    "variable": (9.0, VARIABLE_S - VARIABLE_S[0]),
}
RATES = {"10": Fraction(10), "29.97": Fraction(30000, 1001), "60": Fraction(60)}


def picture(number: int) -> np.ndarray:
    """Brighter with its number."""
    return np.full((SIZE[1], SIZE[0], 3), 5 * number, dtype=np.uint8)


def plan_of(name: str, kind: FilmFormat, quality: FilmQuality = FilmQuality.GOOD) -> FilmPlan:
    fps, times = TIMES[name]
    facts = FilmFacts(name="clip", size_px=SIZE, fps=fps, timestamps_s=tuple(times.tolist()))
    return plan_film(facts, FilmSpec(output=FilmOutput(format=kind, quality=quality)))


def write_segments(folder: Path, kind: FilmFormat, plan: FilmPlan, quality: FilmQuality) -> list[Path]:
    paths = []
    for index, numbers in enumerate(plan.segments):
        path = folder / f"{index}{segment_suffix(kind)}"
        with open_segment(path, kind, SIZE, plan.rate, quality, is_clear=False) as sink:
            for number in numbers:
                sink.add(picture(number))
        paths.append(path)
    return paths


def joined(tmp_path: Path, name: str, kind: FilmFormat, quality: FilmQuality = FilmQuality.GOOD) -> Path:
    plan = plan_of(name, kind, quality)
    assert len(plan.segments) == 3
    segments = write_segments(tmp_path, kind, plan, quality)
    out = tmp_path / f"film.{kind.value}"
    join_segments(segments, out, kind, plan, overwrite=False, cancel=CancelToken())
    return out


@pytest.mark.parametrize("name", TIMES)
@pytest.mark.parametrize(
    ("kind", "within_s"),
    [(FilmFormat.MP4, 6e-6), (FilmFormat.WEBM, 6e-4), (FilmFormat.GIF, 6e-3)],
    ids=["mp4", "webm", "gif"],
)
def test_every_picture_is_there_once_at_its_time(tmp_path, name, kind, within_s):
    if kind is FilmFormat.GIF and name == "60":
        pytest.skip("no gif is that fast")
    with av.open(str(joined(tmp_path, name, kind))) as film:
        frames = list(film.decode(video=0))
    shades = [frame.to_ndarray(format="rgb24").mean() for frame in frames]
    np.testing.assert_allclose(shades, 5 * np.arange(COUNT), atol=4)
    times = [float(frame.pts * frame.time_base) for frame in frames]
    np.testing.assert_allclose(times, TIMES[name][1], atol=within_s)


@pytest.mark.parametrize("kind", [FilmFormat.MP4, FilmFormat.WEBM])
def test_streams_are_joined_without_a_decoder(tmp_path, monkeypatch, kind):
    known, really_open = [], av.open

    def spy(path, mode="r", **options):
        container = really_open(path, mode, **options)
        if mode == "r":
            known.append(container.streams.video[0].codec_context.pix_fmt)
        return container

    plan = plan_of("10", kind)
    segments = write_segments(tmp_path, kind, plan, FilmQuality.GOOD)
    monkeypatch.setattr(av, "open", spy)
    join_segments(segments, tmp_path / "film", kind, plan, overwrite=False, cancel=CancelToken())
    assert known and set(known) == {None}  # which is known of a picture that was decoded


@pytest.mark.parametrize("quality", FilmQuality)
@pytest.mark.parametrize("name", RATES)
def test_an_mp4_states_its_rate_exactly_whatever_the_encoder_does(tmp_path, name, quality):
    out = joined(tmp_path, name, FilmFormat.MP4, quality)
    with av.open(str(out)) as film:
        stream = film.streams.video[0]
        assert (stream.average_rate, stream.frames) == (RATES[name], COUNT)
        assert (stream.codec_context.name, stream.pix_fmt) == ("h264", "yuv420p")
        assert float(film.duration / av.time_base) == pytest.approx(float(COUNT / RATES[name]), abs=1e-3)
        packets = [packet for packet in film.demux(stream) if packet.size]
    decoding = [packet.dts for packet in packets]
    assert decoding == sorted(set(decoding))
    assert all(packet.dts <= packet.pts for packet in packets)
    assert sum(packet.is_keyframe for packet in packets) >= 3
    data = out.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


def test_a_segment_that_lacks_pictures_is_noticed(tmp_path):
    plan = plan_of("10", FilmFormat.MP4)
    segments = write_segments(tmp_path, FilmFormat.MP4, plan, FilmQuality.DRAFT)
    longer = replace(
        plan,
        frames=(*plan.frames, COUNT),
        ticks=(*plan.ticks, COUNT),
        segments=(*plan.segments[:2], range(plan.segments[2].start, COUNT + 1)),
    )
    with pytest.raises(OutputError, match="do not hold"):
        join_segments(segments, tmp_path / "film.mp4", FilmFormat.MP4, longer, overwrite=False, cancel=CancelToken())
    assert not (tmp_path / "film.mp4").exists()


def test_a_damaged_segment_is_an_error_in_a_sentence(tmp_path):
    plan = plan_of("10", FilmFormat.MP4)
    segments = write_segments(tmp_path, FilmFormat.MP4, plan, FilmQuality.DRAFT)
    segments[1].write_bytes(b"nonsense")
    with pytest.raises(OutputError, match="cannot be put together"):
        join_segments(segments, tmp_path / "film.mp4", FilmFormat.MP4, plan, overwrite=False, cancel=CancelToken())


def test_joining_stops_when_asked(tmp_path):
    plan, cancel = plan_of("10", FilmFormat.WEBM), CancelToken()
    segments = write_segments(tmp_path, FilmFormat.WEBM, plan, FilmQuality.DRAFT)
    cancel.set()
    with pytest.raises(Cancelled):
        join_segments(segments, tmp_path / "film.webm", FilmFormat.WEBM, plan, overwrite=False, cancel=cancel)
    assert not (tmp_path / "film.webm").exists()
