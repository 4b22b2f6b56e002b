"""Draws the world scene into a window and keeps what stands still between frames."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Protocol

from vtkmodules.vtkRenderingOpenGL2 import vtkOpenGLFramebufferObject, vtkOpenGLRenderWindow

from l3rocc_studio.render.world_parts import WorldPart
from l3rocc_studio.render.world_scene import WorldScene

_UNSIGNED_CHAR = 3  # VTK_UNSIGNED_CHAR
_BITS_OF_DEPTH_FORMAT = {0x81A5: 16, 0x81A6: 24, 0x81A7: 32}
_READ_FRAMEBUFFER, _DRAW_FRAMEBUFFER = 0x8CA8, 0x8CA9
_COLOR_AND_DEPTH = 0x4000 | 0x0100
_NEAREST = 0x2600
_SCISSOR_TEST = 0x0C11


class Drawing(Protocol):
    """How a scene gets into its window."""

    def draw(self, window: vtkOpenGLRenderWindow) -> None:
        """Draw it; the window's context is current."""
        ...

    def forget(self) -> None:
        """Nothing that was drawn before can be used any more."""
        ...


class KeptLayer:
    """Keeps colours and depths of the cloud on the graphics side as long as it looks the same.

    Another frame then costs a copy and the few actors that move; this matters most in software, where the cloud is
    nearly all of the work. :class:`l3rocc_studio.render.film_view.WorldFilmView` does the same for films.
    """

    def __init__(self, scene: WorldScene) -> None:
        self._scene = scene
        self._kept: vtkOpenGLFramebufferObject | None = None
        self._key: Hashable = None
        self._is_possible = True
        self.num_still_drawings = 0
        """How often the cloud was really drawn."""

    def draw(self, window: vtkOpenGLRenderWindow) -> None:
        """Draw the scene as it is."""
        if not (self._is_possible and self._scene.can_keep_still):
            self._key = None
            window.Render()
            return
        with self._scene.steady_clipping():
            key = (self._scene.still_key(), window.GetSize())
            if key != self._key:
                with self._scene.only(WorldPart.STILL):
                    window.Render()
                self._keep(window)
                self._key = key
                self.num_still_drawings += 1
            else:
                self._bring_back(window)
            self._draw_moving(window)

    def forget(self) -> None:
        """The context is gone, and the picture with it."""
        self._kept, self._key = None, None

    def _draw_moving(self, window: vtkOpenGLRenderWindow) -> None:
        renderer = self._scene.renderer
        renderer.PreserveColorBufferOn()
        renderer.PreserveDepthBufferOn()
        with self._scene.only(WorldPart.MOVING):
            window.Render()
        renderer.PreserveColorBufferOff()
        renderer.PreserveDepthBufferOff()

    def _keep(self, window: vtkOpenGLRenderWindow) -> None:
        width, height = window.GetSize()
        if self._kept is None:
            self._kept = vtkOpenGLFramebufferObject()
            self._kept.SetContext(window)
            # A copy of depths needs the same format on both sides.
            bits = _depth_bits(window.GetRenderFramebuffer())
            self._is_possible = bits is not None
            self._kept.PopulateFramebuffer(width, height, True, 1, _UNSIGNED_CHAR, True, bits or 24, 0, False)
        self._kept.Resize(width, height)
        _copy(window, window.GetRenderFramebuffer(), self._kept)

    def _bring_back(self, window: vtkOpenGLRenderWindow) -> None:
        if self._kept is not None:
            _copy(window, self._kept, window.GetRenderFramebuffer())


def _depth_bits(framebuffer: vtkOpenGLFramebufferObject) -> int | None:
    """Bits of its depths; None for a format that we cannot make a second time."""
    texture = framebuffer.GetDepthAttachmentAsTextureObject()
    made_as = texture.GetInternalFormat(texture.GetVTKDataType(), texture.GetComponents(), False)
    return _BITS_OF_DEPTH_FORMAT.get(made_as)


def _copy(
    window: vtkOpenGLRenderWindow, source: vtkOpenGLFramebufferObject, target: vtkOpenGLFramebufferObject
) -> None:
    width, height = window.GetSize()
    state, extent = window.GetState(), (0, width, 0, height)
    state.PushFramebufferBindings()
    source.Bind(_READ_FRAMEBUFFER)
    source.ActivateReadBuffer(0)
    target.Bind(_DRAW_FRAMEBUFFER)
    target.ActivateDrawBuffer(0)
    state.vtkglDisable(_SCISSOR_TEST)
    vtkOpenGLFramebufferObject.Blit(extent, extent, _COLOR_AND_DEPTH, _NEAREST)
    state.PopFramebufferBindings()
