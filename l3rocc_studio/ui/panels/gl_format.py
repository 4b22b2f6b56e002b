"""The OpenGL format that VTK needs, set for the whole program before the first window exists."""

from __future__ import annotations

from PySide6.QtGui import QSurfaceFormat


def set_default_format() -> None:
    """Ask for a desktop OpenGL 3.2 core context with no multisampling of its own.

    A format set on a single widget would give it a context that cannot be composed with its window on some systems.
    """
    wanted = QSurfaceFormat()
    wanted.setRenderableType(QSurfaceFormat.RenderableType.OpenGL)
    wanted.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    wanted.setVersion(3, 2)
    wanted.setSwapBehavior(QSurfaceFormat.SwapBehavior.DoubleBuffer)
    wanted.setDepthBufferSize(24)
    wanted.setAlphaBufferSize(8)
    wanted.setSamples(0)
    QSurfaceFormat.setDefaultFormat(wanted)
