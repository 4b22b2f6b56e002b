from __future__ import annotations

import logging

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import InputError
from l3rocc_studio.services.log_tail import LogTail, keep_log_tail
from l3rocc_studio.services.report import error_report


def test_a_report_tells_what_why_and_where() -> None:
    error = InputError("clip.mp4 is broken.", "Copy it again.")
    error.__cause__ = OSError("unexpected end")
    text = error_report(error, PipelineConfig(voxel_size=0.05), "/videos/clip.mp4", ["line one", "line two"])
    for part in (
        "InputError: clip.mp4 is broken.",
        "Hint: Copy it again.",
        "Caused by OSError: unexpected end",
        "/videos/clip.mp4",
        '"voxel_size": 0.05',
        "numpy 2",
        "line one\nline two",
    ):
        assert part in text


def test_the_tail_keeps_the_newest_lines() -> None:
    tail = LogTail(max_entries=3)
    logger = logging.getLogger("l3rocc_studio.test_tail")
    logger.addHandler(tail)
    try:
        for number in range(5):
            logger.warning("line %d", number)
    finally:
        logger.removeHandler(tail)
    assert [line.rsplit(" ", 1)[1] for line in tail.lines] == ["2", "3", "4"]


def test_there_is_one_tail() -> None:
    assert keep_log_tail() is keep_log_tail()
