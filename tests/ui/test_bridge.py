from __future__ import annotations

import threading
import time

from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from l3rocc_engine.errors import InputError, L3roccError
from l3rocc_engine.progress import CancelToken, EventSink, ProgressEvent, StageStatus
from l3rocc_studio.ui.bridge import Job, Latest


def test_work_runs_elsewhere_and_its_result_comes_back_here(qtbot: QtBot, qapp: QApplication) -> None:
    job = Job()
    where: list[object] = []

    def work(_events: EventSink, _cancel: CancelToken) -> object:
        where.append(threading.get_ident())
        return 42

    results: list[object] = []
    job.succeeded.connect(results.append)
    job.succeeded.connect(lambda _result: where.append(QThread.currentThread() is qapp.thread()))
    with qtbot.waitSignal(job.finished):
        job.start(work)
    assert results == [42]
    assert where[0] != threading.get_ident()
    assert where[1] is True
    assert not job.is_running


def test_progress_is_coalesced_and_ends_with_the_newest(qtbot: QtBot) -> None:
    job = Job()
    heard: list[StageStatus] = []
    job.progressed.connect(heard.append)

    def work(events: EventSink, _cancel: CancelToken) -> object:
        for done in range(5001):
            events(ProgressEvent(stage="depth", done=done, total=5000))
        return None

    with qtbot.waitSignal(job.finished):
        job.start(work)
    assert 1 <= len(heard) < 100
    assert heard[-1].event.done == 5000


def test_cancel_is_its_own_outcome(qtbot: QtBot) -> None:
    job = Job()

    def work(_events: EventSink, cancel: CancelToken) -> object:
        while True:
            cancel.check()
            time.sleep(0.01)

    job.start(work)
    with qtbot.waitSignal(job.cancelled):
        job.cancel()


def test_errors_come_with_their_sentence_and_bugs_as_a_report(qtbot: QtBot) -> None:
    job = Job()
    errors: list[L3roccError] = []
    job.failed.connect(errors.append)

    def refuse(_events: EventSink, _cancel: CancelToken) -> object:
        raise InputError("clip.mp4 is broken.")

    def stumble(_events: EventSink, _cancel: CancelToken) -> object:
        raise KeyError("forgotten")

    for work in (refuse, stumble):
        with qtbot.waitSignal(job.finished):
            job.start(work)
    assert errors[0].message == "clip.mp4 is broken."
    assert "KeyError" in errors[1].message


def test_shutting_down_waits_and_announces_nothing(qtbot: QtBot) -> None:
    job = Job()
    heard: list[str] = []
    job.finished.connect(lambda: heard.append("finished"))
    ended = threading.Event()

    def work(_events: EventSink, cancel: CancelToken) -> object:
        while not cancel.is_set():
            time.sleep(0.01)
        ended.set()
        return None

    job.start(work)
    job.shut_down()
    assert ended.is_set()
    qtbot.wait(50)
    assert heard == []


def test_only_the_newest_value_arrives(qtbot: QtBot) -> None:
    carrier = Latest()
    heard: list[object] = []
    carrier.arrived.connect(heard.append)

    def send() -> None:
        for value in range(1, 1001):
            carrier.put(value)

    thread = threading.Thread(target=send)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: bool(heard))
    qtbot.wait(20)
    assert heard == [1000]
