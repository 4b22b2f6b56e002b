"""The report survives kills, full disks and several machines."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

from l3rocc_engine.batch.report import REPORT_FILE, Outcome, Report, last_statuses
from l3rocc_engine.batch.result import UnitResult, UnitStatus


def outcome(unit: str, status: UnitStatus = UnitStatus.DONE) -> Outcome:
    return Outcome(result=UnitResult(unit=unit, status=status))


def test_a_line_that_was_cut_off_costs_no_other(tmp_path: Path) -> None:
    path = tmp_path / REPORT_FILE
    path.write_text('{"unit": "a", "status": "done"}\n{"unit": "b", "sta', encoding="utf-8")
    Report(tmp_path).add(outcome("c"), is_new=True)
    assert last_statuses(path) == {"a": "done", "c": "done"}


def test_a_line_that_a_kill_swallowed_comes_later(tmp_path: Path) -> None:
    Report(tmp_path).add(outcome("a"), is_new=True)
    report = Report(tmp_path)
    for unit in "ab":
        report.add(outcome(unit, UnitStatus.KEPT), is_new=False)
    lines = (tmp_path / REPORT_FILE).read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["unit"] for line in lines] == ["a", "b"]


def test_many_at_once_write_whole_lines(tmp_path: Path) -> None:
    reports = [Report(tmp_path) for _ in range(2)]

    def tell(report: Report, name: str) -> None:
        for number in range(10):
            report.add(outcome(f"{name}{number}"), is_new=True)

    threads = [threading.Thread(target=tell, args=(report, name)) for report, name in zip(reports, "ab", strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(last_statuses(tmp_path / REPORT_FILE)) == 20
    assert len((tmp_path / REPORT_FILE).read_text(encoding="utf-8").splitlines()) == 20


def test_names_that_are_no_unicode_are_told(tmp_path: Path) -> None:
    name = os.fsdecode(b"clip_\xff")
    Report(tmp_path).add(outcome(name), is_new=True)
    assert last_statuses(tmp_path / REPORT_FILE) == {name: "done"}
