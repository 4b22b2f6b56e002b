from __future__ import annotations

from pathlib import Path

import pytest

from l3rocc_engine.errors import OutputError
from l3rocc_engine.progress import CancelToken, EventSink, ProgressEvent
from l3rocc_studio.model.film_spec import FilmOutput, FilmSpec
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.services.export_service import ExportService

LOCATION = RunLocation(path=Path("/videos/clip.mp4"), workdir=Path("/runs/clip"), config={"voxel_size": 0.1})


def render_well(location: RunLocation, out: Path, spec: FilmSpec, *, events: EventSink, cancel: CancelToken) -> None:
    for done in range(4):
        events(ProgressEvent(stage="film", done=done, total=3))
    out.write_text(f"{location.path} {spec.output.every}", encoding="utf-8")


def render_badly(location: RunLocation, out: Path, spec: FilmSpec, *, events: EventSink, cancel: CancelToken) -> None:
    raise OutputError(f"{out.name} cannot be written.", "Free some space.")


def test_the_film_is_made_as_wished_and_reports_progress(tmp_path: Path) -> None:
    heard: list[ProgressEvent] = []
    out, spec = tmp_path / "film.mp4", FilmSpec(output=FilmOutput(every=3))
    made = ExportService(render_well).export_film(
        LOCATION, out, spec=spec, events=heard.append, cancel=CancelToken()
    )  # fmt: skip
    assert made == out
    assert out.read_text(encoding="utf-8") == f"{LOCATION.path} 3"
    assert [event.done for event in heard] == [0, 1, 2, 3]


def test_a_failure_keeps_its_sentence_and_hint(tmp_path: Path) -> None:
    service = ExportService(render_badly)
    with pytest.raises(OutputError) as caught:
        service.export_film(LOCATION, tmp_path / "film.mp4", events=lambda _event: None, cancel=CancelToken())
    assert (caught.value.message, caught.value.hint) == ("film.mp4 cannot be written.", "Free some space.")
