"""The world scene taken apart by how often its things change, so that pictures of some can be kept."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from enum import Enum

from vtkmodules.vtkRenderingCore import vtkActor

from l3rocc_studio.render.camera_layers import CameraLayers
from l3rocc_studio.render.hiding import hidden
from l3rocc_studio.render.mark_layer import MarkLayer
from l3rocc_studio.render.point_layer import PointLayer
from l3rocc_studio.render.world_voxel_layer import WorldVoxelLayer


class WorldPart(Enum):
    """Parts of the scene by how often they change.

    The still part is the cloud, what never moves, and the cubes; the moving part is the way and the present camera.
    What the points and the cubes stand in is the still part without them.
    """

    STILL = "still"
    MOVING = "moving"
    CLOUD = "cloud"
    CUBES = "cubes"
    AROUND = "around"
    WAY = "way"
    CAMERA = "camera"


class WorldParts:
    """What belongs to which part.

    Parameters
    ----------
    points, voxels, cameras, marks
        Everything in the scene.
    """

    def __init__(self, points: PointLayer, voxels: WorldVoxelLayer, cameras: CameraLayers, marks: MarkLayer) -> None:
        self._points, self._voxels, self._cameras, self._marks = points, voxels, cameras, marks

    def actors_of(self, part: WorldPart) -> list[vtkActor]:
        """What belongs to a part, visible or not."""
        way = self._cameras.way_actors()
        if part is WorldPart.WAY:
            return way
        if part in (WorldPart.MOVING, WorldPart.CAMERA):
            moving = [*self._cameras.moving_actors(), *self._marks.actors()]
            return moving if part is WorldPart.MOVING else [actor for actor in moving if actor not in way]
        if part is WorldPart.AROUND:
            return self._cameras.still_actors()
        cloud = [] if part is WorldPart.CUBES else [*self._points.actors(), *self._cameras.still_actors()]
        return cloud if part is WorldPart.CLOUD else [*cloud, *self._voxels.actors()]

    @contextmanager
    def only(self, part: WorldPart) -> Iterator[None]:
        """Hide the other parts for a while."""
        shown = {id(actor) for actor in self.actors_of(part)}
        everything = [*self.actors_of(WorldPart.STILL), *self.actors_of(WorldPart.MOVING)]
        with hidden([actor for actor in everything if id(actor) not in shown]):
            yield

    def still_key(self, part: WorldPart) -> Hashable:
        """Equal as long as the still part, or one of its own parts, looks the same from one place."""
        return (
            self._points.shown_key() if part in (WorldPart.STILL, WorldPart.CLOUD) else None,
            self._voxels.shown_key() if part in (WorldPart.STILL, WorldPart.CUBES) else None,
            tuple((id(actor), actor.GetVisibility()) for actor in self._cameras.still_actors()),
        )

    def has_place(self, part: WorldPart) -> bool:
        """Whether a still part looks another from elsewhere; a background does not."""
        return part is not WorldPart.AROUND or any(actor.GetVisibility() for actor in self._cameras.still_actors())
