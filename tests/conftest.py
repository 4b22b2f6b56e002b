from __future__ import annotations

import os
import select
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"
XVFB_PATIENCE_S = 20.0


@pytest.fixture(scope="session")
def samples_dir() -> Path:
    """Real clips kept beside the project; tests that need them skip where they are absent."""
    if not SAMPLES.is_dir():
        pytest.skip("the real sample clips are not here")
    return SAMPLES


@pytest.fixture(scope="session")
def display() -> Iterator[str]:
    """A screen for windows: the one that is there, else an Xvfb of our own for the time of the tests."""
    if os.environ.get("DISPLAY") or os.name == "nt" or os.uname().sysname == "Darwin":
        yield os.environ.get("DISPLAY", "")
        return
    if shutil.which("Xvfb") is None:
        pytest.skip("there is no display and no Xvfb; install xvfb to run the window's tests")
    read_end, write_end = os.pipe()
    command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1920x1080x24", "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(command, pass_fds=[write_end], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(write_end)
    try:
        is_there, _, _ = select.select([read_end], [], [], XVFB_PATIENCE_S)
        number = os.read(read_end, 32).decode().strip() if is_there else ""
        if not number:
            pytest.skip("Xvfb did not start")
        os.environ["DISPLAY"] = f":{number}"
        yield os.environ["DISPLAY"]
    finally:
        os.environ.pop("DISPLAY", None)
        os.close(read_end)
        server.terminate()
        server.wait()
