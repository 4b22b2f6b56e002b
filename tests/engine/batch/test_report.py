"""The report survives kills, full disks and several machines."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest

from l3rocc_engine.batch.report import REPORT_FILE, Outcome, Report, last_statuses
from l3rocc_engine.batch.result import UnitResult, UnitStatus
from l3rocc_engine.batch.unit import STATE_FOLDER
from l3rocc_engine.errors import OutputError
from l3rocc_engine.storage.folders import anchored


def outcome(unit: str, status: UnitStatus = UnitStatus.DONE) -> Outcome:
    return Outcome(result=UnitResult(unit=unit, status=status))


def add(report: Report, told: Outcome, *, is_new: bool = True) -> None:
    report.note(told, is_new=is_new)
    report.write()


def test_a_line_that_was_cut_off_costs_no_other(tmp_path: Path) -> None:
    path = tmp_path / REPORT_FILE
    path.write_text('{"unit": "a", "status": "done"}\n{"unit": "b", "sta', encoding="utf-8")
    add(Report(tmp_path), outcome("c"))
    assert last_statuses(path) == {"a": "done", "c": "done"}


def test_a_line_that_a_kill_swallowed_comes_later(tmp_path: Path) -> None:
    add(Report(tmp_path), outcome("a"))
    report = Report(tmp_path)
    for unit in "ab":
        add(report, outcome(unit, UnitStatus.KEPT), is_new=False)
    lines = (tmp_path / REPORT_FILE).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["unit"] for line in lines] == ["a", "b"]


def test_many_at_once_write_whole_lines(tmp_path: Path) -> None:
    reports = [Report(tmp_path) for _ in range(2)]

    def tell(report: Report, name: str) -> None:
        for number in range(10):
            add(report, outcome(f"{name}{number}"))

    threads = [threading.Thread(target=tell, args=(report, name)) for report, name in zip(reports, "ab", strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(last_statuses(tmp_path / REPORT_FILE)) == 20
    assert len((tmp_path / REPORT_FILE).read_text(encoding="utf-8").splitlines()) == 20


def test_names_that_are_no_unicode_are_told(tmp_path: Path) -> None:
    name = os.fsdecode(b"clip_\xff")
    add(Report(tmp_path), outcome(name))
    assert last_statuses(tmp_path / REPORT_FILE) == {name: "done"}


def test_what_could_not_be_written_is_written_later(tmp_path: Path) -> None:
    share, away = tmp_path / "share", tmp_path / "away"
    (share / STATE_FOLDER).mkdir(parents=True)
    report = Report(share)
    add(report, outcome("a"))
    share.rename(away)
    share.mkdir()  # what it was mounted on
    report.note(outcome("b"), is_new=True)
    with anchored(share / STATE_FOLDER), pytest.raises(OutputError):
        report.write()
    assert list(share.iterdir()) == []
    share.rmdir()
    away.rename(share)
    add(report, outcome("c"))
    assert list(last_statuses(share / REPORT_FILE)) == ["a", "b", "c"]
