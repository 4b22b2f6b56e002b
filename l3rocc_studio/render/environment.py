"""Finds a way to draw before VTK is asked to: VTK ends the process if there is none."""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from enum import Enum

from l3rocc_engine.errors import OutputError

WINDOW_VARIABLE = "VTK_DEFAULT_OPENGL_WINDOW"
OSMESA_NAMES = ("libOSMesa.so.8", "libOSMesa.so.6", "libOSMesa.so")
_EGL_PLATFORM_DEVICE = 0x313F


class DrawingSystem(Enum):
    """What draws; the value is the class that VTK is told to use, empty where it needs no telling."""

    NATIVE = ""
    X11 = "vtkXOpenGLRenderWindow"
    EGL = "vtkEGLRenderWindow"
    OSMESA = "vtkOSOpenGLRenderWindow"


def prepare_drawing() -> DrawingSystem:
    """Choose how to draw and tell VTK; call it before the first render window is made.

    A display that answers comes first, then EGL (a GPU with no display, or Mesa), then OSMesa. A choice that the user
    made in ``VTK_DEFAULT_OPENGL_WINDOW`` is kept if it can work.

    Raises
    ------
    OutputError
        If nothing on this machine can draw.
    """
    if not sys.platform.startswith("linux"):
        return DrawingSystem.NATIVE
    for system in _candidates():
        if _CHECKS[system]():
            os.environ[WINDOW_VARIABLE] = system.value
            return system
    raise OutputError(
        "Nothing on this machine can draw 3D pictures: there is no display, no EGL and no OSMesa.",
        "Install one with: apt-get install -y libegl1 libgl1-mesa-dri (or libosmesa6).",
    )


def _candidates() -> Iterator[DrawingSystem]:
    wanted = os.environ.get(WINDOW_VARIABLE, "")
    order = (DrawingSystem.X11, DrawingSystem.EGL, DrawingSystem.OSMESA)
    yield from (system for system in order if system.value == wanted)
    yield from (system for system in order if system.value != wanted)


def _load(*names: str) -> ctypes.CDLL | None:
    for name in names:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None


def has_display() -> bool:
    """Whether an X display answers and its libraries are here."""
    if not os.environ.get("DISPLAY"):
        return False
    x11 = _load("libX11.so.6")
    if x11 is None or _load("libGL.so.1") is None:
        return False
    x11.XOpenDisplay.restype = ctypes.c_void_p
    x11.XOpenDisplay.argtypes = [ctypes.c_char_p]
    display = x11.XOpenDisplay(None)
    if not display:
        return False
    x11.XCloseDisplay.argtypes = [ctypes.c_void_p]
    x11.XCloseDisplay(display)
    return True


def has_egl() -> bool:
    """Whether EGL opens a display, the default one or that of a device."""
    egl = _load("libEGL.so.1")
    if egl is None:
        return False
    egl.eglGetDisplay.restype = ctypes.c_void_p
    egl.eglGetDisplay.argtypes = [ctypes.c_void_p]
    egl.eglInitialize.argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p]
    display = egl.eglGetDisplay(None)
    if display and egl.eglInitialize(display, None, None):
        return True
    return any(egl.eglInitialize(display, None, None) for display in _egl_device_displays(egl))


def _egl_device_displays(egl: ctypes.CDLL) -> list[int]:
    egl.eglGetProcAddress.restype = ctypes.c_void_p
    egl.eglGetProcAddress.argtypes = [ctypes.c_char_p]
    query, open_display = (egl.eglGetProcAddress(n) for n in (b"eglQueryDevicesEXT", b"eglGetPlatformDisplayEXT"))
    if not query or not open_display:
        return []
    devices, count = (ctypes.c_void_p * 16)(), ctypes.c_int(0)
    query_devices = ctypes.CFUNCTYPE(ctypes.c_uint, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)(query)
    if not query_devices(16, devices, ctypes.byref(count)):
        return []
    opener = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p)(open_display)
    displays = (opener(_EGL_PLATFORM_DEVICE, devices[i], None) for i in range(count.value))
    return [display for display in displays if display]


def has_osmesa() -> bool:
    """Whether Mesa's off-screen library is here."""
    return _load(*OSMESA_NAMES) is not None


_CHECKS = {DrawingSystem.X11: has_display, DrawingSystem.EGL: has_egl, DrawingSystem.OSMESA: has_osmesa}
