"""Stop signals to a real process that is in native code and cannot be asked."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from l3rocc_engine.progress import CancelToken
from l3rocc_studio.cli.stopping import STOP_SIGNALS, stop_signals_ask

pytestmark = pytest.mark.skipif(os.name == "nt", reason="signals of this kind are POSIX")

DEAF = """
import ctypes, subprocess, sys
from pathlib import Path
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.storage.atomic import atomic_folder
from l3rocc_studio.cli.stopping import stop_signals_ask

asking = stop_signals_ask(CancelToken(), grace_s=0.2, kept_text="Stages are beside it.")
with asking, atomic_folder(Path(sys.argv[1]) / "run") as folder:
    (folder / "half.txt").write_text("half")
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    print(child.pid, flush=True)
    native = ctypes.CDLL(None)
    for _ in range(600):
        native.sleep(600)  # comes back when a signal arrives, and nobody asks whether to go on
"""


@pytest.mark.parametrize("wanted", [signal.SIGINT, signal.SIGTERM])
def test_a_process_in_native_code_ends_without_remains(tmp_path: Path, wanted: signal.Signals) -> None:
    deaf = subprocess.Popen(
        [sys.executable, "-c", DEAF, str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert deaf.stdout is not None
    child = psutil.Process(int(deaf.stdout.readline()))
    deaf.send_signal(wanted)
    _, said = deaf.communicate(timeout=60)
    assert deaf.returncode == 130
    assert "Stages are beside it. Run the same command again" in said
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(psutil.Error):
        child.wait(timeout=10)
        psutil.Process(child.pid)


def test_what_was_set_before_is_set_again() -> None:
    before = [signal.getsignal(wanted) for wanted in STOP_SIGNALS]
    cancel = CancelToken()
    with stop_signals_ask(cancel, grace_s=60.0):
        signal.raise_signal(signal.SIGTERM)
        assert cancel.is_set()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)
    assert [signal.getsignal(wanted) for wanted in STOP_SIGNALS] == before
    assert signal.set_wakeup_fd(-1) == -1
