from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from l3rocc_studio import app
from tests.ui.fake_engine import FakeEngine


def test_without_a_display_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(sys, "platform", "linux")
    assert app.main([]) == app.EXIT_NO_DISPLAY
    message = capsys.readouterr().err
    assert message.count("\n") == 1
    assert "needs a display" in message
    assert "l3rocc process" in message


def test_help_needs_neither_display_nor_toolkit(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        app.main(["--help"])
    assert stop.value.code == 0
    assert "--screenshot" in capsys.readouterr().out


def run_studio(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "L3ROCC_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-W", "error", "-m", "l3rocc_studio.app", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_the_program_opens_a_video_takes_a_picture_and_ends(tmp_path: Path, display: str) -> None:
    picture = tmp_path / "window.png"
    done = run_studio(tmp_path, str(FakeEngine(tmp_path).video), "--screenshot", str(picture))
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    assert picture.stat().st_size > 10_000


def test_the_program_tells_what_it_cannot_open(tmp_path: Path, display: str) -> None:
    done = run_studio(tmp_path, str(tmp_path / "gone.mp4"), "--screenshot", str(tmp_path / "window.png"))
    assert done.returncode == 2
    assert "gone.mp4 does not exist" in done.stderr


def test_no_slow_library_is_loaded_before_the_window_shows() -> None:
    program = (
        "import sys; import l3rocc_studio.ui.studio; "
        "print([name for name in ('torch', 'vtkmodules', 'pyvista', 'cv2', 'av', 'pycolmap', 'numba', 'scipy') "
        "if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
