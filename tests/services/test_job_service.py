from __future__ import annotations

from pathlib import Path

import pytest

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import Cancelled, InputError
from l3rocc_engine.progress import CancelToken, ProgressEvent, no_events
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.services.engine import LocalEngine
from l3rocc_studio.services.job_service import JobService, load_run
from l3rocc_studio.services.workspace import Workspace
from tests.ui.fake_engine import FakeEngine


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    return FakeEngine(tmp_path / "fake")


def test_processing_works_in_the_sources_own_folder(tmp_path: Path, engine: FakeEngine) -> None:
    service = JobService(Workspace(root=tmp_path / "home"), engine)
    source = service.open_source(engine.video, 30.0, events=no_events, cancel=CancelToken())
    heard: list[ProgressEvent] = []
    config = PipelineConfig(voxel_size=0.05)
    finished = service.process(source, config, events=heard.append, cancel=CancelToken())
    assert finished.run.source is source
    assert finished.location.workdir is not None
    assert finished.location.workdir.parent == tmp_path / "home" / "runs"
    assert finished.location.path == source.path
    assert finished.location.config == config.to_dict()
    assert {event.stage for event in heard} == {"poses", "depth", "occupancy"}


def test_a_dataset_folder_is_its_own_location(tmp_path: Path, engine: FakeEngine) -> None:
    finished = JobService(Workspace(root=tmp_path), engine).open_run(tmp_path)
    assert finished.location.is_dataset
    assert finished.location.path == tmp_path


def test_errors_and_cancel_pass_through(tmp_path: Path, engine: FakeEngine) -> None:
    service = JobService(Workspace(root=tmp_path / "home"), engine)
    empty = tmp_path / "empty.mp4"
    empty.touch()
    with pytest.raises(InputError, match="empty"):
        service.open_source(empty, 30.0, events=no_events, cancel=CancelToken())
    cancel = CancelToken()
    cancel.set()
    with pytest.raises(Cancelled):
        service.process(engine.run.source, PipelineConfig(), events=no_events, cancel=cancel)


class ClosableSource:
    """Notes that it was let go."""

    is_closed = False

    def close(self) -> None:
        self.is_closed = True


def test_a_run_that_cannot_be_loaded_leaves_its_source_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = ClosableSource()

    def refuse(*_wishes: object, **_options: object) -> None:
        raise InputError("The stages are damaged.", "Process it again.")

    monkeypatch.setattr(LocalEngine, "open_source", lambda *_wishes, **_options: source)
    monkeypatch.setattr("l3rocc_engine.pipeline.process_source", refuse)
    location = RunLocation(path=tmp_path / "room.mp4", workdir=tmp_path, config=PipelineConfig().to_dict())
    with pytest.raises(InputError, match="damaged"):
        load_run(location)
    assert source.is_closed
