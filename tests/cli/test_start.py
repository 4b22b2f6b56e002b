"""What a command loads before it is known what it has to do."""

from __future__ import annotations

import subprocess
import sys

import pytest

from l3rocc_studio.cli.main import COMMANDS

SLOW = ("torch", "vtkmodules", "PySide6", "numba", "cv2", "scipy", "pyarrow", "pycolmap", "ray")
HELP = """
import sys
from l3rocc_studio.cli.main import main
try:
    main(sys.argv[2:])
except SystemExit:
    pass
sys.stderr.write("loaded " + " ".join(name for name in sys.argv[1].split() if name in sys.modules))
"""


def loaded(*arguments: str) -> list[str]:
    """Slow libraries that are there when a command has ended."""
    command = [sys.executable, "-c", HELP, " ".join(SLOW), *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "usage: l3rocc" in ended.stdout
    return ended.stderr.rpartition("loaded ")[2].split()


def test_the_commands_names_need_nothing() -> None:
    assert loaded("--help") == []


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_help_needs_no_slow_library(command: str) -> None:
    allowed = {"export": ["scipy"]}  # colmap's forms are where colmap is written
    assert loaded(command, "--help") == allowed.get(command, [])
