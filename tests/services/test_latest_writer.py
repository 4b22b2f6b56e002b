from __future__ import annotations

import threading

import pytest

from l3rocc_engine.errors import L3roccError, OutputError
from l3rocc_studio.services.latest_writer import LatestWriter


@pytest.mark.parametrize("failure", [OutputError("The disk is full."), TypeError("no JSON")])
def test_after_a_failure_it_goes_on_writing(failure: Exception) -> None:
    written: list[int] = []
    told: list[L3roccError] = []
    has_failed = threading.Event()

    def write(value: int) -> None:
        if value == 1:
            raise failure
        written.append(value)

    def note(error: L3roccError) -> None:
        told.append(error)
        has_failed.set()

    writer = LatestWriter(write, note)
    writer.put(1)
    assert has_failed.wait(30)
    writer.put(2)
    writer.close()
    assert written == [2]
    assert str(failure) in str(told[0])


def test_the_newest_value_is_written_even_when_closing_at_once() -> None:
    written: list[int] = []
    writer: LatestWriter[int] = LatestWriter(written.append, pytest.fail)
    for value in range(50):
        writer.put(value)
    writer.close()
    assert written[-1] == 49
