"""Damaged and hostile files: every reader gives a right result or a sentence, in time, with little memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("limits of memory and time are set as POSIX has them", allow_module_level=True)

from tests.hostile.program import COMMAND
from tests.hostile.readers import READERS

ESCAPED = (Path("/tmp/escaped"), Path("/tmp/escaped.npy"), Path("/tmp/pwned"))


@pytest.fixture(scope="module")
def problems(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What was wrong, by reader; one process for all, which is gone if one of them brings it down."""
    folder = tmp_path_factory.mktemp("hostile")
    ended = subprocess.run(
        [*COMMAND, str(folder)], capture_output=True, cwd=Path(__file__).parents[2], timeout=280, check=False
    )
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    assert lines, ended.stderr.decode(errors="replace")[-2000:]
    found: dict[str, list[str]] = {}
    for line in lines:
        told = found.setdefault(line.get("reader", ""), [])
        if line.get("problem"):
            told.append(f"{line['what']}: {line['problem']}")
    if not lines[-1].get("finished"):
        found[lines[-1]["reader"]].append(f"{lines[-1]['what']}: the process died ({ended.returncode})")
    return found


@pytest.mark.parametrize("name", READERS)
def test_a_right_result_or_a_sentence(problems: dict[str, list[str]], name: str) -> None:
    assert name in problems, "the process died before"
    assert problems[name] == []


def test_nothing_is_written_elsewhere_and_nothing_is_run(problems: dict[str, list[str]]) -> None:
    assert problems
    assert not any(path.exists() for path in ESCAPED)
