from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from l3rocc_engine.errors import OutputError
from l3rocc_studio.render import environment
from l3rocc_studio.render.environment import WINDOW_VARIABLE, DrawingSystem, prepare_drawing


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch):
    """A Linux machine that has just the given systems."""

    def pretend(*present: DrawingSystem) -> None:
        monkeypatch.setattr(environment.sys, "platform", "linux")
        systems = (DrawingSystem.X11, DrawingSystem.EGL, DrawingSystem.OSMESA)
        checks = {system: (lambda there=system in present: there) for system in systems}
        monkeypatch.setattr(environment, "_CHECKS", checks)
        monkeypatch.setenv(WINDOW_VARIABLE, "")

    return pretend


def test_a_display_comes_before_egl_and_egl_before_osmesa(machine, monkeypatch):
    machine(DrawingSystem.X11, DrawingSystem.EGL, DrawingSystem.OSMESA)
    assert prepare_drawing() is DrawingSystem.X11
    machine(DrawingSystem.EGL, DrawingSystem.OSMESA)
    assert prepare_drawing() is DrawingSystem.EGL
    machine(DrawingSystem.OSMESA)
    assert prepare_drawing() is DrawingSystem.OSMESA
    assert environment.os.environ[WINDOW_VARIABLE] == "vtkOSOpenGLRenderWindow"


def test_the_users_choice_is_kept_if_it_works(machine, monkeypatch):
    machine(DrawingSystem.X11, DrawingSystem.EGL)
    monkeypatch.setenv(WINDOW_VARIABLE, "vtkEGLRenderWindow")
    assert prepare_drawing() is DrawingSystem.EGL
    monkeypatch.setenv(WINDOW_VARIABLE, "vtkOSOpenGLRenderWindow")
    assert prepare_drawing() is DrawingSystem.X11


def test_a_machine_that_cannot_draw_gets_the_line_to_install(machine):
    machine()
    with pytest.raises(OutputError, match="apt-get install"):
        prepare_drawing()


def test_other_systems_draw_natively(monkeypatch):
    monkeypatch.setattr(environment.sys, "platform", "darwin")
    assert prepare_drawing() is DrawingSystem.NATIVE


def test_no_display_variable_means_no_display(monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    assert not environment.has_display()
    monkeypatch.setenv("DISPLAY", ":9876")
    assert not environment.has_display()


def test_missing_libraries_are_not_there(monkeypatch):
    monkeypatch.setattr(environment, "_load", lambda *_names: None)
    assert not environment.has_egl()
    assert not environment.has_osmesa()


DRAW = """
import sys
from l3rocc_engine.errors import OutputError
from l3rocc_studio.render.environment import prepare_drawing
try:
    system = prepare_drawing()
except OutputError as error:
    print(error, error.hint)
    sys.exit(3)
from l3rocc_studio.render.offscreen import OffscreenView
from l3rocc_studio.render.world_scene import WorldScene
with OffscreenView(WorldScene(), 96, 64) as view:
    picture = view.draw()
print(system.name, len(set(picture.reshape(-1, 3).sum(axis=1).tolist())))
"""
EGL, OSMESA = ("libEGL.so.1",), environment.OSMESA_NAMES


def drawn_without(folder: Path, *names: str) -> subprocess.CompletedProcess[str]:
    """Draw in a process of its own with no display, where some libraries are broken."""
    for name in names:
        (folder / name).write_text("no library")
    places = {key: value for key, value in os.environ.items() if key not in ("DISPLAY", WINDOW_VARIABLE)}
    places["LD_LIBRARY_PATH"] = str(folder)
    return subprocess.run(
        [sys.executable, "-c", DRAW], env=places, check=False, capture_output=True, text=True, timeout=120
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems draw natively")
@pytest.mark.parametrize(
    ("broken", "system", "is_here"),
    [((), "EGL", environment.has_egl), (EGL, "OSMESA", environment.has_osmesa)],
)
def test_what_is_there_really_draws(tmp_path, broken, system, is_here):
    if not is_here():
        pytest.skip(f"{system} is not installed")
    drawn = drawn_without(tmp_path, *broken)
    assert drawn.returncode == 0, drawn.stderr
    name, num_colors = drawn.stdout.split()
    assert name == system
    assert int(num_colors) > 10


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="other systems draw natively")
def test_with_nothing_to_draw_with_the_line_to_install_is_said(tmp_path):
    drawn = drawn_without(tmp_path, *EGL, *OSMESA)
    assert drawn.returncode == 3, drawn.stderr
    assert "no display, no EGL and no OSMesa" in drawn.stdout
    assert "apt-get install -y libegl1 libgl1-mesa-dri" in drawn.stdout
