from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from l3rocc_studio.services.export_service import ExportService
from l3rocc_studio.services.job_service import JobService
from l3rocc_studio.services.log_tail import keep_log_tail
from l3rocc_studio.services.workspace import Workspace
from l3rocc_studio.ui.panels.gl_format import set_default_format
from l3rocc_studio.ui.studio import Studio
from l3rocc_studio.ui.theme import Theme
from tests.ui.fake_engine import FakeEngine, write_fake_film


@pytest.fixture(scope="session")
def qapp_args(display: str) -> list[str]:
    """The display and the OpenGL format must be there before the application is."""
    assert display is not None
    set_default_format()
    return ["l3rocc-studio-tests"]


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    return Theme(qapp, "dark")


@pytest.fixture(autouse=True)
def no_thread_survives(qapp: QApplication) -> Iterator[None]:
    """Every thread that a test starts has ended when it is over."""
    before = set(threading.enumerate())
    yield
    # Logging from a QThread leaves a stand-in behind that is no thread.
    known = {*before, *(thread for thread in threading.enumerate() if isinstance(thread, threading._DummyThread))}
    left = [thread for thread in threading.enumerate() if thread not in known]
    assert not left, f"threads left behind: {left}"


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    return FakeEngine(tmp_path / "fake")


@pytest.fixture
def build_studio(tmp_path: Path, theme: Theme, engine: FakeEngine, qtbot: QtBot) -> Iterator[Callable[[], Studio]]:
    """Makes studios with a fake engine that nobody shows yet; they are closed after the test."""
    studios: list[Studio] = []

    def make() -> Studio:
        workspace = Workspace(root=tmp_path / "home")
        jobs = JobService(workspace, engine)
        studio = Studio(workspace, theme, keep_log_tail(), jobs, ExportService(write_fake_film, engine.load_run))
        studios.append(studio)
        return studio

    yield make
    engine.go_on.set()
    for studio in studios:
        close(studio, qtbot)
    theme.choose("dark")


@pytest.fixture
def make_studio(build_studio: Callable[[], Studio], qtbot: QtBot) -> Callable[[], Studio]:
    """Makes shown studios with a fake engine; they are closed after the test."""

    def make() -> Studio:
        studio = build_studio()
        with qtbot.waitSignal(studio.ready, timeout=60_000):
            studio.show()
        return studio

    return make


def close(studio: Studio, qtbot: QtBot) -> None:
    """Close a studio's window and let Qt delete it; once is enough."""
    if studio.is_closed and not isValid(studio.window):
        return
    if studio.session.is_busy:
        studio.closing.stop_and_close()
    else:
        if studio.project.path is None:
            studio.project.start_over()  # a changed result would be asked about
        studio.window.close()
    qtbot.waitUntil(lambda: studio.is_closed, timeout=30_000)
    studio.window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()


@pytest.fixture
def studio(make_studio: Callable[[], Studio]) -> Studio:
    return make_studio()
