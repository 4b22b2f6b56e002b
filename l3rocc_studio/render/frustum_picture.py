"""The current frame's picture, standing in the frustum of its camera."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import numpy_to_vtk
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPolyData
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer, vtkTexture

from l3rocc_studio.render import polydata
from l3rocc_studio.render.shape_painter import Poster
from l3rocc_studio.render.stroke_mesh import flat_actor


class FrustumPicture:
    """A textured quad; without a picture nothing shows.

    Parameters
    ----------
    renderer
        The renderer to draw into.
    """

    def __init__(self, renderer: vtkRenderer) -> None:
        self._renderer = renderer
        self._texture = vtkTexture()
        self._texture.InterpolateOn()
        self._texture.SetColorModeToDirectScalars()
        self._image = vtkImageData()
        self._texture.SetInputData(self._image)
        self._data = vtkPolyData()
        self._actor = flat_actor(self._data, (1.0, 1.0, 1.0))
        self._actor.SetTexture(self._texture)
        self._actor.SetVisibility(False)
        self._is_wanted = True
        self._corners, self._picture = np.zeros((4, 3)), np.zeros((1, 1, 3), dtype=np.uint8)
        self._has_picture = False
        renderer.AddActor(self._actor)

    @property
    def actor(self) -> vtkActor:
        """What is drawn."""
        return self._actor

    def set_corners(self, corners: NDArray[np.float64]) -> None:
        """Corners (4, 3) of the picture in the camera's frame, from the top left clockwise."""
        self._corners = corners
        polydata.set_points(self._data, corners.astype(np.float32))
        self._data.SetPolys(polydata.cells(np.array([0, 1, 2, 0, 2, 3], dtype=np.int32), 3))
        places = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=np.float32)
        self._data.GetPointData().SetTCoords(numpy_to_vtk(places))
        self._data.Modified()

    def set_picture(self, picture: NDArray[np.uint8] | None) -> None:
        """Show another picture, (H, W, 3) uint8 RGB; a few hundred pixels a side are plenty."""
        self._has_picture = picture is not None
        if picture is not None:
            self._picture, (height, width) = picture, picture.shape[:2]
            self._image.SetDimensions(width, height, 1)
            self._image.GetPointData().SetScalars(numpy_to_vtk(np.ascontiguousarray(picture).reshape(-1, 3)))
            self._image.Modified()
        self._update()

    def poster(self, world_from_cam: NDArray[np.float64]) -> Poster | None:
        """What is visible with the camera at a pose (4, 4), sized, for who draws without a graphics library."""
        if not self._actor.GetVisibility():
            return None
        corners = self._corners @ world_from_cam[:3, :3].T + world_from_cam[:3, 3]
        return Poster(corners=corners, picture=self._picture)

    def set_matrix(self, matrix: vtkMatrix4x4) -> None:
        """Where the camera stands."""
        self._actor.SetUserMatrix(matrix)

    def set_visible(self, *, is_visible: bool) -> None:
        """Show the picture, where there is one, or hide it."""
        self._is_wanted = is_visible
        self._update()

    def _update(self) -> None:
        self._actor.SetVisibility(self._is_wanted and self._has_picture)
