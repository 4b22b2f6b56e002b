from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import psutil
import pytest

from l3rocc_engine.errors import Cancelled, OutputError
from l3rocc_engine.progress import CancelToken, EventSink, ProgressEvent
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.services.export_service import ExportService

LOCATION = RunLocation(path=Path("/videos/clip.mp4"), workdir=Path("/runs/clip"), config={"voxel_size": 0.1})


def render_well(location: RunLocation, out: Path, *, events: EventSink) -> None:
    for done in range(4):
        events(ProgressEvent(stage="render", done=done, total=3))
    out.write_text(f"{os.getpid()} {location.path}", encoding="utf-8")


def render_badly(location: RunLocation, out: Path, *, events: EventSink) -> None:
    raise OutputError(f"{out.name} cannot be written.", "Free some space.")


def die(location: RunLocation, out: Path, *, events: EventSink) -> None:
    os._exit(11)


def render_for_ever(location: RunLocation, out: Path, *, events: EventSink) -> None:
    out.write_text(str(os.getpid()), encoding="utf-8")
    events(ProgressEvent(stage="render", done=0, total=1))
    while True:
        time.sleep(0.1)


def test_the_film_is_made_in_another_process_and_reports_progress(tmp_path: Path) -> None:
    heard: list[ProgressEvent] = []
    out = tmp_path / "film.mp4"
    made = ExportService(render_well).export_film(LOCATION, out, events=heard.append, cancel=CancelToken())
    pid, path = out.read_text(encoding="utf-8").split(" ")
    assert made == out
    assert int(pid) != os.getpid()
    assert path == str(LOCATION.path)
    assert [event.done for event in heard] == [0, 1, 2, 3]


def test_a_failure_keeps_its_sentence_and_hint(tmp_path: Path) -> None:
    service = ExportService(render_badly)
    with pytest.raises(OutputError) as caught:
        service.export_film(LOCATION, tmp_path / "film.mp4", events=lambda _event: None, cancel=CancelToken())
    assert (caught.value.message, caught.value.hint) == ("film.mp4 cannot be written.", "Free some space.")


def test_a_dead_renderer_is_an_error_and_not_a_hang(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="stopped without a word"):
        ExportService(die).export_film(
            LOCATION, tmp_path / "film.mp4", events=lambda _event: None, cancel=CancelToken()
        )


def test_cancel_ends_the_renderer(tmp_path: Path) -> None:
    cancel, out = CancelToken(), tmp_path / "film.mp4"
    begun = threading.Event()

    def on_event(_event: ProgressEvent) -> None:
        begun.set()
        cancel.set()

    with pytest.raises(Cancelled):
        ExportService(render_for_ever).export_film(LOCATION, out, events=on_event, cancel=cancel)
    assert begun.is_set()
    assert not psutil.pid_exists(int(out.read_text(encoding="utf-8")))
