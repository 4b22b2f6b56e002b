from __future__ import annotations

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
