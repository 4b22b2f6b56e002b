from __future__ import annotations

from fractions import Fraction

import av
import numpy as np
import pytest
from PIL import Image

from l3rocc_engine.errors import Cancelled, ConfigError, OutputError
from l3rocc_engine.progress import CancelToken
from l3rocc_studio.model.view import ViewKind
from l3rocc_studio.render.composer import ComposeStyle
from l3rocc_studio.render.film_encoder import FilmEncoder, film_rate
from l3rocc_studio.render.movie import render_movie, render_still
from l3rocc_studio.render.run_painter import FilmLook, RunPainter

HEIGHT = 96


def decoded(path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_the_film_has_every_frame_and_plays_everywhere(room_run, tmp_path):
    out = tmp_path / "sub" / "film.mp4"
    events = []
    assert render_movie(room_run, out, height=HEIGHT, events=events.append) == room_run.num_frames
    with av.open(str(out)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.codec.canonical_name == "h264"
        assert stream.pix_fmt == "yuv420p"
        assert stream.average_rate == room_run.source.fps
        times = [packet.pts * packet.time_base for packet in container.demux(stream) if packet.pts is not None]
    assert sorted(times) == [Fraction(i, int(room_run.source.fps)) for i in range(room_run.num_frames)]
    data = out.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert [event.done for event in events] == list(range(room_run.num_frames + 1))
    assert {event.total for event in events} == {room_run.num_frames}
    assert [path.name for path in out.parent.iterdir()] == ["film.mp4"]


def test_the_input_panel_is_the_source_frame_for_frame(room_run, tmp_path):
    look = FilmLook(style=ComposeStyle(has_labels=False))
    render_movie(room_run, tmp_path / "film.mp4", height=64, look=look)
    for frame_idx, picture in enumerate(decoded(tmp_path / "film.mp4")):
        errors = [np.abs(picture[:64, :96].astype(int) - room_run.source.frame(i)).mean() for i in range(6)]
        assert int(np.argmin(errors)) == frame_idx
        assert errors[frame_idx] < 8


def test_a_range_gives_just_that_range(room_run, tmp_path):
    render_movie(room_run, tmp_path / "film.mp4", height=HEIGHT, first_frame=2, last_frame=4, fps=25)
    assert len(decoded(tmp_path / "film.mp4")) == 3


def test_cancel_leaves_nothing_behind(room_run, tmp_path):
    cancel = CancelToken()

    def stop_after_two(event) -> None:
        if event.done == 2:
            cancel.set()

    with pytest.raises(Cancelled):
        render_movie(room_run, tmp_path / "film.mp4", height=HEIGHT, events=stop_after_two, cancel=cancel)
    assert list(tmp_path.iterdir()) == []


def test_an_old_film_stays_until_the_new_one_is_complete(room_run, tmp_path):
    out = tmp_path / "film.mp4"
    out.write_bytes(b"old")
    cancel = CancelToken()
    cancel.set()
    with pytest.raises(Cancelled):
        render_movie(room_run, out, height=HEIGHT, cancel=cancel)
    assert out.read_bytes() == b"old"


@pytest.mark.parametrize(
    "changes",
    [{"first_frame": 3, "last_frame": 1}, {"last_frame": 6}, {"first_frame": -1}, {"fps": 0.0}, {"height": 8}],
)
def test_senseless_requests_are_refused(room_run, tmp_path, changes):
    with pytest.raises(ConfigError):
        render_movie(room_run, tmp_path / "film.mp4", **{"height": HEIGHT, **changes})
    assert list(tmp_path.iterdir()) == []


def test_a_failing_encoder_is_reported(tmp_path):
    with (
        pytest.raises(OutputError, match="cannot be encoded"),
        FilmEncoder(tmp_path / "missing" / "film.mp4", (64, 64), Fraction(10)) as encoder,
    ):
        for _ in range(20):
            encoder.add(np.zeros((64, 64, 3), dtype=np.uint8))


@pytest.mark.parametrize(
    ("fps", "rate"),
    [
        (30.0, Fraction(30)),
        (10.0, Fraction(10)),
        (1.0, Fraction(1)),
        (29.97, Fraction(30000, 1001)),
        (30000 / 1001, Fraction(30000, 1001)),
        (23.976, Fraction(24000, 1001)),
        (59.94, Fraction(60000, 1001)),
        (12.5, Fraction(25, 2)),
    ],
)
def test_rates_are_the_ones_that_players_expect(fps, rate):
    assert film_rate(fps) == rate


def test_a_still_is_the_films_frame(room_run, tmp_path):
    look = FilmLook(view=ViewKind.FOLLOW, has_world_occupancy=True)
    render_still(room_run, 3, tmp_path / "still.png", height=HEIGHT, look=look)
    still = np.asarray(Image.open(tmp_path / "still.png"))
    with RunPainter(room_run, height_px=HEIGHT, look=look) as painter:
        painter.paint(0, room_run.source.frame(0))
        np.testing.assert_array_equal(painter.paint(3, room_run.source.frame(3)), still)


def test_a_still_of_no_frame_is_refused(room_run, tmp_path):
    with pytest.raises(ConfigError):
        render_still(room_run, 99, tmp_path / "still.png")
