"""A panel of a film: its scene, its camera, and what is done to the drawn picture."""

from __future__ import annotations

from typing import Protocol

from l3rocc_studio.model.film_spec import FilmSpec
from l3rocc_studio.render.camera_path import CameraPath
from l3rocc_studio.render.composer import Picture
from l3rocc_studio.render.film_layout import PanelBox
from l3rocc_studio.render.layered_view import LayeredView
from l3rocc_studio.render.occupancy_scene import OccupancyScene
from l3rocc_studio.render.offscreen import OffscreenView
from l3rocc_studio.render.world_scene import WorldScene


class FilmView(Protocol):
    """Pictures of one panel."""

    def draw(self, frame_idx: int) -> Picture:
        """The panel at a frame, (H, W, 3) RGB or (H, W, 4) RGBA."""
        ...

    def close(self) -> None:
        """Free the scene and its window."""
        ...


class WorldFilmView:
    """The world seen along a camera path."""

    def __init__(self, scene: WorldScene, path: CameraPath, box: PanelBox, spec: FilmSpec) -> None:
        self._scene, self._path = scene, path
        self._view = LayeredView(scene, box.width_px, box.height_px)

    def draw(self, frame_idx: int) -> Picture:
        """The world at a frame."""
        self._scene.show_frame(frame_idx)
        self._scene.set_camera_pose(self._path.pose(frame_idx))
        return self._view.draw()

    def close(self) -> None:
        """Free the scene and its window."""
        self._view.close()
        self._scene.close()


class OccupancyFilmView:
    """The egocentric occupancy from behind the recording camera."""

    def __init__(self, scene: OccupancyScene, box: PanelBox, spec: FilmSpec) -> None:
        self._scene = scene
        self._view = OffscreenView(scene, box.width_px, box.height_px)
        scene.fit()
        if spec.camera.occupancy_view is not None:
            scene.set_camera_pose(spec.camera.occupancy_view)

    def draw(self, frame_idx: int) -> Picture:
        """The occupancy of a frame."""
        self._scene.show_frame(frame_idx)
        return self._view.draw()

    def close(self) -> None:
        """Free the scene and its window."""
        self._view.close()
        self._scene.close()
