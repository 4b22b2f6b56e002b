"""What a panel asks of a scene, whatever it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from l3rocc_studio.model.view import CameraPose, ViewKind

if TYPE_CHECKING:
    from vtkmodules.vtkRenderingCore import vtkRenderer

    from l3rocc_studio.render.colormaps import Background


class Scene3D(Protocol):
    """What every panel needs of a scene of :mod:`l3rocc_studio.render`."""

    renderer: vtkRenderer

    @property
    def view(self) -> ViewKind:
        """How the scene is looked at."""
        ...

    def set_view(self, kind: ViewKind) -> None:
        """Look in another way; FREE leaves the camera where it is."""
        ...

    def camera_pose(self) -> CameraPose:
        """Where the scene is looked at from."""
        ...

    def kept_pose(self) -> CameraPose:
        """The same, with a clipping range only if one was asked for."""
        ...

    def set_camera_pose(self, pose: CameraPose) -> None:
        """Look from another place."""
        ...

    def release_clipping(self) -> None:
        """Fit the clipping range to the scene again."""
        ...

    def set_background(self, background: Background) -> None:
        """Change the background."""
        ...

    def fit(self) -> None:
        """Bring everything into the picture."""
        ...

    def close(self) -> None:
        """Let go of everything in VTK."""
        ...
