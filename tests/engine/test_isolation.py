from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from typing import Any

import pytest

from l3rocc_engine.errors import Cancelled, InputError
from l3rocc_engine.isolation import ChildCrashed, ChildStarved, Say, run_isolated
from l3rocc_engine.progress import CancelToken

SEEN_AT_IMPORT = os.environ.get("L3ROCC_TEST_OF_ISOLATION")


def count(say: Say, top: int) -> int:
    for number in range(top):
        say(number)
    return top * 2


def refuse(_say: Say) -> None:
    raise InputError("clip.mp4 is empty.", "Choose another.")


def fail(_say: Say) -> None:
    raise RuntimeError("boom")


def die(_say: Say) -> None:
    os._exit(7)


def starve(_say: Say) -> None:
    raise MemoryError


def be_killed(_say: Say) -> None:
    os.kill(os.getpid(), 9)


def sleep(say: Say) -> None:
    say("started")
    time.sleep(60)


def test_messages_and_result_come_back() -> None:
    messages: list[Any] = []
    assert run_isolated(count, 3, cancel=CancelToken(), on_message=messages.append) == 6
    assert messages == [0, 1, 2]


def test_our_errors_come_back_whole() -> None:
    with pytest.raises(InputError) as caught:
        run_isolated(refuse, cancel=CancelToken())
    assert (caught.value.message, caught.value.hint) == ("clip.mp4 is empty.", "Choose another.")


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is not of Windows")
@pytest.mark.parametrize(("work", "words"), [(starve, "ran out of memory"), (be_killed, "killed from outside")])
def test_a_child_without_memory_says_so(work: Any, words: str) -> None:
    with pytest.raises(ChildStarved, match=words) as caught:
        run_isolated(work, cancel=CancelToken())
    assert "Memory" in caught.value.hint


@pytest.mark.parametrize(("work", "words"), [(fail, "RuntimeError: boom"), (die, "exit code 7")])
def test_a_failing_child_becomes_a_sentence(work: Any, words: str) -> None:
    with pytest.raises(ChildCrashed, match=words):
        run_isolated(work, cancel=CancelToken())


def test_a_program_read_from_a_pipe_can_start_a_child() -> None:
    program = """
from l3rocc_engine.isolation import run_isolated
from l3rocc_engine.progress import CancelToken
from tests.engine.test_isolation import count
print(run_isolated(count, 2, cancel=CancelToken()), __spec__)
"""
    done = subprocess.run([sys.executable, "-"], input=program, capture_output=True, text=True, check=False)
    assert done.stdout == "4 None\n", done.stderr


def test_cancel_kills_the_child() -> None:
    cancel = CancelToken()
    messages: list[Any] = []

    def on_message(message: Any) -> None:
        messages.append(message)
        threading.Timer(0.05, cancel.set).start()

    with pytest.raises(Cancelled):
        run_isolated(sleep, cancel=cancel, on_message=on_message)
    assert messages == ["started"]


def tell_environment(_say: Say) -> tuple[str | None, str | None]:
    return SEEN_AT_IMPORT, os.environ.get("L3ROCC_TEST_OF_ISOLATION")


def test_a_child_has_its_variables_before_it_imports_what_it_needs() -> None:
    variables = {"L3ROCC_TEST_OF_ISOLATION": "here"}
    assert run_isolated(tell_environment, cancel=CancelToken(), environment=variables) == ("here", "here")
    assert "L3ROCC_TEST_OF_ISOLATION" not in os.environ
    assert run_isolated(tell_environment, cancel=CancelToken()) == (None, None)
