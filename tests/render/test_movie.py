from __future__ import annotations

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from l3rocc_engine.errors import Cancelled, ConfigError, OutputError
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.run import Run
from l3rocc_studio.model import film_plan
from l3rocc_studio.model.film_camera import CameraKind, FilmCamera
from l3rocc_studio.model.film_spec import (
    Backdrop,
    FilmFormat,
    FilmLayout,
    FilmMarks,
    FilmOutput,
    FilmPanel,
    FilmQuality,
    FilmSpec,
)
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.render import film_codec
from l3rocc_studio.render.film_codec import encoding_facts
from l3rocc_studio.render.film_store import FilmStore, discard_film, film_folder
from l3rocc_studio.render.movie import render_film, render_movie, render_still
from l3rocc_studio.render.run_painter import RunPainter
from tests.synthetic.run_factory import make_run

SMALL = FilmSpec(output=FilmOutput(height_px=96))
NUM_FRAMES = 6
LOCATION = RunLocation(path=Path("room"), workdir=None, config={})


def load_room(location: RunLocation) -> Run:
    return make_run(location.path, num_frames=NUM_FRAMES)


def load_nothing(location: RunLocation) -> Run:
    raise OutputError("The run is gone.", "Make it again.")


@pytest.fixture(autouse=True)
def _short_segments(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film_plan, "SEGMENT_PICTURES", 2)


def of(kind: FilmFormat, **changes) -> FilmSpec:
    return FilmSpec(output=FilmOutput(format=kind, height_px=96), **changes)


def decoded(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_the_film_has_every_frame_and_plays_everywhere(room_run, tmp_path):
    out = tmp_path / "sub" / "film.mp4"
    events = []
    assert render_movie(room_run, out, SMALL, events=events.append) == room_run.num_frames
    with av.open(str(out)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.codec.canonical_name == "h264"
        assert stream.pix_fmt == "yuv420p"
        assert stream.width % 2 == stream.height % 2 == 0
        assert stream.average_rate == room_run.source.fps
        assert stream.frames == room_run.num_frames
        packets = [packet for packet in container.demux(stream) if packet.pts is not None]
    times = sorted(packet.pts * packet.time_base for packet in packets)
    assert times == [Fraction(i, int(room_run.source.fps)) for i in range(room_run.num_frames)]
    assert all(packet.dts <= packet.pts for packet in packets)
    data = out.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    assert [event.done for event in events] == list(range(room_run.num_frames + 1))
    assert {event.total for event in events} == {room_run.num_frames}
    assert [path.name for path in out.parent.iterdir()] == ["film.mp4"]


def test_the_input_panel_is_the_source_frame_for_frame(room_run, tmp_path):
    spec = FilmSpec(
        layout=FilmLayout(panels=(FilmPanel.RGB, FilmPanel.OCCUPANCY), has_labels=False),
        output=FilmOutput(height_px=64),
    )
    render_movie(room_run, tmp_path / "film.mp4", spec)
    for frame_idx, picture in enumerate(decoded(tmp_path / "film.mp4")):
        errors = [np.abs(picture[:64, :96].astype(int) - room_run.source.frame(i)).mean() for i in range(6)]
        assert int(np.argmin(errors)) == frame_idx
        assert errors[frame_idx] < 8


@pytest.mark.parametrize("kind", [FilmFormat.MP4, FilmFormat.GIF])
def test_a_name_that_looks_like_a_protocol_is_a_file(room_run, tmp_path, monkeypatch, kind):
    monkeypatch.chdir(tmp_path)
    out = Path(f"kitchen:2.{kind.value}")
    spec = FilmSpec(output=FilmOutput(format=kind, height_px=64, last_frame=0))
    assert render_movie(room_run, out, spec) == 1
    assert out.is_file()


def test_webm_and_gif_have_every_frame_at_its_time(room_run, tmp_path):
    for kind, codec in ((FilmFormat.WEBM, "vp9"), (FilmFormat.GIF, "gif")):
        out = tmp_path / f"film.{kind.value}"
        render_movie(room_run, out, of(kind))
        with av.open(str(out)) as container:
            stream = container.streams.video[0]
            assert stream.codec_context.codec.canonical_name == codec
            times = [float(frame.pts * frame.time_base) for frame in container.decode(stream)]
        assert times == pytest.approx([i / 10 for i in range(6)])


def test_a_png_sequence_is_the_pictures_themselves(room_run, tmp_path):
    out = tmp_path / "frames"
    render_movie(room_run, out, of(FilmFormat.PNG))
    assert [path.name for path in sorted(out.iterdir())] == [f"frame_{i:06d}.png" for i in range(6)]
    with RunPainter(room_run, of(FilmFormat.PNG)) as painter:
        picture = painter.paint(4, room_run.source.frame(4))
    np.testing.assert_array_equal(np.asarray(Image.open(out / "frame_000004.png")), picture)


def test_a_transparent_sequence_is_clear_around_the_scene_and_solid_on_the_input(room_run, tmp_path):
    spec = of(FilmFormat.PNG, layout=FilmLayout(backdrop=Backdrop.TRANSPARENT))
    render_movie(room_run, tmp_path / "frames", spec)
    picture = np.asarray(Image.open(tmp_path / "frames" / "frame_000000.png"))
    with RunPainter(room_run, spec) as painter:
        rgb, world = painter.layout.box(FilmPanel.RGB), painter.layout.box(FilmPanel.WORLD)
    assert (picture[rgb.rows, rgb.columns, 3] == 255).all()
    cover = picture[world.rows, world.columns, 3]
    assert (cover == 0).mean() > 0.05
    assert (cover == 255).mean() > 0.2


def test_a_range_and_each_second_frame(room_run, tmp_path):
    output = FilmOutput(height_px=96, first_frame=1, last_frame=5, every=2)
    assert render_movie(room_run, tmp_path / "film.mp4", FilmSpec(output=output)) == 3
    with av.open(str(tmp_path / "film.mp4")) as container:
        assert container.streams.video[0].average_rate == 5


def test_a_title_card_comes_first_and_its_pictures_count(room_run, tmp_path):
    spec = FilmSpec(marks=FilmMarks(title="A room", title_s=0.5), output=FilmOutput(height_px=96))
    assert render_movie(room_run, tmp_path / "film.mp4", spec) == 11
    pictures = decoded(tmp_path / "film.mp4")
    assert len(pictures) == 11
    assert pictures[2].mean() > 200 > pictures[5].mean()


def test_cancel_keeps_finished_segments_and_the_same_call_goes_on(room_run, tmp_path):
    out, cancel, events = tmp_path / "film.mp4", CancelToken(), []

    def stop_after_three(event) -> None:
        if event.done == 3:
            cancel.set()

    with pytest.raises(Cancelled):
        render_movie(room_run, out, SMALL, events=stop_after_three, cancel=cancel)
    assert [path.name for path in tmp_path.iterdir()] == [film_folder(out).name]
    render_movie(room_run, out, SMALL, events=events.append)
    assert events[0].done == 2
    render_movie(room_run, tmp_path / "at_once.mp4", SMALL)
    for there, wanted in zip(decoded(out), decoded(tmp_path / "at_once.mp4"), strict=True):
        np.testing.assert_array_equal(there, wanted)
    assert not film_folder(out).exists()


def test_other_wishes_do_not_use_the_segments_of_before(room_run, tmp_path):
    out, cancel, events = tmp_path / "film.mp4", CancelToken(), []
    with pytest.raises(Cancelled):
        render_movie(room_run, out, SMALL, events=lambda e: cancel.set() if e.done == 3 else None, cancel=cancel)
    render_movie(room_run, out, FilmSpec(output=FilmOutput(height_px=64)), events=events.append)
    assert events[0].done == 0


@pytest.mark.parametrize("name", ["options", "threads", "segments"])
def test_another_encoder_does_not_use_the_segments_of_before(room_run, tmp_path, monkeypatch, name):
    out, cancel, events = tmp_path / "film.mp4", CancelToken(), []
    with pytest.raises(Cancelled):
        render_movie(room_run, out, SMALL, events=lambda e: cancel.set() if e.done == 3 else None, cancel=cancel)
    if name == "options":
        options = film_codec.H264_OPTIONS[FilmQuality.GOOD] | {"crf": "31"}
        monkeypatch.setitem(film_codec.H264_OPTIONS, FilmQuality.GOOD, options)
    elif name == "threads":
        monkeypatch.setattr(film_codec, "ENCODER_THREADS", 2)
    else:
        monkeypatch.setattr(film_plan, "SEGMENT_PICTURES", 3)
    render_movie(room_run, out, SMALL, events=events.append)
    assert events[0].done == 0


@pytest.mark.parametrize("kind", list(FilmFormat))
def test_what_the_encoder_is_told_is_known_for_every_format(kind):
    facts = {json.dumps(encoding_facts(kind, quality, is_clear=False)) for quality in FilmQuality}
    assert len(facts) == (3 if kind in (FilmFormat.MP4, FilmFormat.WEBM) else 1)


def test_a_stopped_film_can_be_forgotten(room_run, tmp_path):
    out, cancel = tmp_path / "film.mp4", CancelToken()
    with pytest.raises(Cancelled):
        render_movie(room_run, out, SMALL, events=lambda e: cancel.set() if e.done == 3 else None, cancel=cancel)
    discard_film(out)
    assert list(tmp_path.iterdir()) == []


def test_the_same_film_is_not_made_twice_at_once(room_run, tmp_path):
    refused = []

    def try_again(event) -> None:
        if event.done == 1:
            with pytest.raises(OutputError, match="already") as caught:
                render_movie(room_run, tmp_path / "film.mp4", SMALL)
            refused.append(caught.value)

    assert render_movie(room_run, tmp_path / "film.mp4", SMALL, events=try_again) == NUM_FRAMES
    assert len(refused) == 1


def test_an_old_film_stays_until_the_new_one_is_complete(room_run, tmp_path):
    out = tmp_path / "film.mp4"
    out.write_bytes(b"old")
    cancel = CancelToken()
    cancel.set()
    with pytest.raises(Cancelled):
        render_movie(room_run, out, SMALL, cancel=cancel)
    assert out.read_bytes() == b"old"


def test_a_range_that_is_not_in_the_run_is_refused(room_run, tmp_path):
    with pytest.raises(ConfigError, match="are not in the run"):
        render_movie(room_run, tmp_path / "film.mp4", FilmSpec(output=FilmOutput(last_frame=6)))
    assert list(tmp_path.iterdir()) == []


def test_children_make_the_same_film_as_one_process(room_run, tmp_path):
    location = RunLocation(path=tmp_path / "room", workdir=None, config={})
    events = []
    render_film(location, tmp_path / "two.mp4", SMALL, load_run=load_room, workers=2, events=events.append)
    render_movie(room_run, tmp_path / "one.mp4", SMALL)
    assert (tmp_path / "two.mp4").read_bytes() == (tmp_path / "one.mp4").read_bytes()
    assert [event.done for event in events] == list(range(7))


def test_a_segment_is_taken_by_one_and_free_again_for_the_next_call(room_run, tmp_path):
    plan = film_plan.plan_film(film_plan.film_facts(room_run), SMALL)
    one, other = (FilmStore(tmp_path / "film.mp4", SMALL, plan) for _ in range(2))
    one.prepare("key")
    assert one.take(1)
    assert not other.take(1)
    assert other.take(2)
    one.close(is_done=False)
    one.prepare("key")
    assert other.take(1)


def test_several_films_can_be_made_at_once(room_run, tmp_path):
    location = RunLocation(path=tmp_path / "room", workdir=None, config={})
    make_run(location.path, num_frames=NUM_FRAMES)
    specs = [SMALL, FilmSpec(layout=FilmLayout(panels=(FilmPanel.WORLD,)), output=FilmOutput(height_px=64))]
    with ThreadPoolExecutor(max_workers=2) as pool:
        made = [
            pool.submit(render_film, location, tmp_path / f"{i}.mp4", spec, load_run=load_room, workers=1)
            for i, spec in enumerate(specs)
        ]
        assert [film.result() for film in made] == [NUM_FRAMES, NUM_FRAMES]
    for i, spec in enumerate(specs):
        render_movie(room_run, tmp_path / "alone.mp4", spec)
        assert (tmp_path / f"{i}.mp4").read_bytes() == (tmp_path / "alone.mp4").read_bytes()


def test_what_a_child_meets_is_told(tmp_path):
    with pytest.raises(OutputError, match="The run is gone"):
        render_film(LOCATION, tmp_path / "film.mp4", SMALL, load_run=load_nothing)


KILLED = """
import os, sys
from pathlib import Path
from l3rocc_studio.model import film_plan
from l3rocc_studio.render.movie import render_movie
from tests.render.test_movie import SMALL, make_run
film_plan.SEGMENT_PICTURES = 2
folder = Path(sys.argv[1])
run = make_run(folder / "room", num_frames=6)
render_movie(run, folder / "film.mp4", SMALL, events=lambda e: os.kill(os.getpid(), 9) if e.done == 5 else None)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no kill -9")
def test_a_killed_render_goes_on_where_it_was(room_run, tmp_path):
    child = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False, timeout=120)
    assert child.returncode == -9
    events = []
    render_movie(room_run, tmp_path / "film.mp4", SMALL, events=events.append)
    assert events[0].done == 4
    render_movie(room_run, tmp_path / "whole.mp4", SMALL)
    assert (tmp_path / "film.mp4").read_bytes() == (tmp_path / "whole.mp4").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["film.mp4", "room", "whole.mp4"]


def test_cancel_ends_the_children_at_once(tmp_path):
    cancel, stopped_s = CancelToken(), []

    def stop(event) -> None:
        cancel.set()
        stopped_s.append(time.monotonic())

    location = RunLocation(path=tmp_path / "room", workdir=None, config={})
    with pytest.raises(Cancelled):
        render_film(location, tmp_path / "film.mp4", SMALL, load_run=load_room, workers=1, events=stop, cancel=cancel)
    assert not (tmp_path / "film.mp4").exists()


def test_a_still_is_the_films_frame(room_run, tmp_path):
    spec = FilmSpec(camera=FilmCamera(kind=CameraKind.FOLLOW), output=FilmOutput(height_px=96))
    render_still(room_run, 3, tmp_path / "still.png", spec)
    still = np.asarray(Image.open(tmp_path / "still.png"))
    with RunPainter(room_run, spec) as painter:
        painter.paint(0, room_run.source.frame(0))
        np.testing.assert_array_equal(painter.paint(3, room_run.source.frame(3)), still)


def test_a_still_of_no_frame_is_refused(room_run, tmp_path):
    with pytest.raises(ConfigError):
        render_still(room_run, 99, tmp_path / "still.png")
