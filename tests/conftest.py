from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
from pathlib import Path

import hypothesis
import pytest

SAMPLES = Path(__file__).resolve().parents[2] / "shared" / "samples"
XVFB_PATIENCE_S = 20.0
_SERVERS: list[subprocess.Popen[bytes]] = []

# The same examples everywhere, however slow the machine is, and with no file beside the tests, which may be read-only.
hypothesis.settings.register_profile("alike", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("alike")


@pytest.fixture(scope="session")
def samples_dir() -> Path:
    """Real clips kept beside the project; tests that need them skip where they are absent."""
    if not SAMPLES.is_dir():
        pytest.skip("the real sample clips are not here")
    return SAMPLES


@pytest.fixture(autouse=True)
def _no_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Choices must not depend on what this machine has downloaded; tests of the network bring their own weights."""
    monkeypatch.setattr("l3rocc_engine.backends.pi3.backend.find_weights", lambda: None)


@pytest.fixture(autouse=True)
def _own_servers_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers of the tests are on this machine, where a proxy that the system asks for does not look."""
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.setenv(name, "127.0.0.1,localhost")


@pytest.fixture(scope="session")
def display() -> str:
    """A screen for windows: the one that is there, else an Xvfb of our own for the time of the tests."""
    if os.environ.get("DISPLAY") or sys.platform in ("win32", "darwin"):
        return os.environ.get("DISPLAY", "")
    if shutil.which("Xvfb") is None:
        pytest.skip("there is no display and no Xvfb; install xvfb to run the window's tests")
    number = start_xvfb()
    if not number:
        pytest.skip("Xvfb did not start")
    os.environ["DISPLAY"] = f":{number}"
    return os.environ["DISPLAY"]


def start_xvfb() -> str:
    """Start a server that ends when this process does, however it ends; the number of its display, or nothing.

    It must outlive the application object, which is deleted after the last fixture: so nobody stops it here. A shell
    holds it and waits for the end of a pipe from us.
    """
    number_end, server_end = os.pipe()
    life_end, _our_end = os.pipe()
    server = f"Xvfb -displayfd {server_end} -screen 0 1920x1080x24 -nolisten tcp -noreset"
    _SERVERS.append(
        subprocess.Popen(
            ["sh", "-c", f"{server} & cat >/dev/null; kill $!"],
            stdin=life_end,
            pass_fds=[server_end],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    )
    _SERVERS[-1].returncode = 0  # _our_end is left open on purpose: nobody waits for this child
    os.close(server_end)
    os.close(life_end)
    with os.fdopen(number_end) as answer:
        # The whole line: closing after half of it would kill the server.
        is_there, _, _ = select.select([answer], [], [], XVFB_PATIENCE_S)
        return answer.readline().strip() if is_there else ""
