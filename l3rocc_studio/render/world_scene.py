"""The world panel: cloud, camera path, and what was found occupied so far."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor

from l3rocc_studio.model.view import CameraPose, ViewKind
from l3rocc_studio.render import camera_rig, colormaps
from l3rocc_studio.render.camera_rig import SceneFrame
from l3rocc_studio.render.colormaps import Background
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.ground_grid import GroundGrid
from l3rocc_studio.render.point_layer import PointLayer
from l3rocc_studio.render.point_levels import PreparedCloud, prepare_cloud
from l3rocc_studio.render.scene import Scene
from l3rocc_studio.render.trajectory_layer import (
    FRUSTUM_REACH,
    PreparedTrajectory,
    TrajectoryLayer,
    prepare_trajectory,
)
from l3rocc_studio.render.world_voxel_layer import WorldVoxelLayer

if TYPE_CHECKING:
    from l3rocc_engine.cloud.point_cloud import PointCloud
    from l3rocc_engine.geometry.trajectory import Trajectory
    from l3rocc_engine.run import Run

SPLAT_GROWTH = 1.5
"""A drawn point is this much wider than the distance to its neighbour, so that surfaces close."""
GROWTH_SPACING = 0.006
"""Distance between the points of a growing cloud as a share of the scene's radius; nothing better is known yet."""


_STANDING_VIEWS = {
    ViewKind.GODS_EYE: camera_rig.gods_eye,
    ViewKind.TOP: camera_rig.top,
    ViewKind.FRONT: camera_rig.front,
    ViewKind.SIDE: camera_rig.side,
}
"""Views that stay where they are from frame to frame."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedWorld:
    """A run made ready for the world scene; see :func:`prepare_world`."""

    frame: SceneFrame
    cloud: PreparedCloud
    trajectory: PreparedTrajectory | None = None


def prepare_world(run: Run) -> PreparedWorld:
    """The slow part of :meth:`WorldScene.set_run`; touches no renderer, so any thread may do it."""
    last = run.trajectory.num_frames - 1
    seen_from = run.trajectory.centres_world[np.clip(run.cloud.first_frame, 0, last)]
    frame = camera_rig.measure_scene(run.cloud.points_world, run.trajectory, run.world_up)
    return PreparedWorld(
        frame=frame,
        cloud=prepare_cloud(run.cloud, spacing=run.config.voxel_size, splat_growth=SPLAT_GROWTH, seen_from=seen_from),
        trajectory=prepare_trajectory(run.trajectory, run.intrinsics, scene_radius=frame.radius),
    )


def prepare_growth(cloud: PointCloud, trajectory: Trajectory) -> PreparedWorld:
    """A growing cloud in any unit made ready for :meth:`WorldScene.show_growth`; any thread may do it."""
    frame = camera_rig.measure_scene(cloud.points_world, trajectory, None)
    seen_from = trajectory.centres_world[cloud.first_frame]
    spacing = GROWTH_SPACING * frame.radius
    return PreparedWorld(
        frame=frame, cloud=prepare_cloud(cloud, spacing=spacing, splat_growth=SPLAT_GROWTH, seen_from=seen_from)
    )


class WorldPart(Enum):
    """Parts of the scene by how often they change."""

    STILL = "still"
    MOVING = "moving"


class WorldScene(Scene):
    """Shows a run in the world frame."""

    def __init__(self) -> None:
        super().__init__()
        self._points = PointLayer(self.renderer)
        self._voxels = WorldVoxelLayer(self.renderer)
        self._trajectory = TrajectoryLayer(self.renderer)
        self._ground = GroundGrid(self.renderer, self.background.line)
        self._run: Run | None = None
        self._frame: SceneFrame | None = None
        self._frame_idx = 0
        self._view = ViewKind.GODS_EYE
        self._grows = False
        self._has_voxels = False
        self.set_run(None)

    @property
    def scene_frame(self) -> SceneFrame | None:
        """Measures of the scene shown, for other views of it."""
        return self._frame

    @property
    def view(self) -> ViewKind:
        """How the scene is looked at."""
        return self._view

    def set_run(self, run: Run | None, prepared: PreparedWorld | None = None) -> None:
        """Show another run from God's eye, or nothing.

        Parameters
        ----------
        run
            What to show.
        prepared
            From :func:`prepare_world` of the same run, made in another thread; None does it here and now.
        """
        self._run, self._frame, self._frame_idx = run, None, 0
        self._voxels.set_world(None)
        self._ground.set_visible(run is None)
        if run is None:
            self._points.set_cloud(None)
            self._trajectory.clear()
            self.set_camera_pose(self._ground.pose)
            return
        ready = prepared or prepare_world(run)
        self._frame = ready.frame
        self._points.set_cloud(ready.cloud)
        if ready.trajectory is not None:
            self._trajectory.set_trajectory(ready.trajectory)
        if self._has_voxels:
            self._voxels.set_world(run.world)
        self.set_view(ViewKind.GODS_EYE)
        self.show_frame(0)

    def show_growth(self, growth: PreparedWorld) -> None:
        """Show a cloud without a run, from God's eye unless the person moved the camera."""
        if self._frame is None:
            self._view = ViewKind.GODS_EYE
        self._frame = growth.frame
        self._ground.set_visible(False)
        self._points.set_cloud(growth.cloud)
        self.set_view(self._view)

    def show_frame(self, frame_idx: int) -> None:
        """Show one moment; only what changed is touched."""
        self._frame_idx = frame_idx
        self._trajectory.show_frame(frame_idx)
        self._voxels.show_until(frame_idx)
        if self._grows:
            self._points.show_until(frame_idx)
        self._follow_view()

    def set_view(self, kind: ViewKind) -> None:
        """Look in another way; FREE leaves the camera where it is."""
        self._view = kind
        if self._frame is not None and kind in _STANDING_VIEWS:
            self.set_camera_pose(_STANDING_VIEWS[kind](self._frame, aspect=self.aspect))
        self._trajectory.set_frustum_visible(kind is not ViewKind.FIRST_PERSON)
        self._follow_view()

    def fit(self) -> None:
        """Bring the whole scene into the picture, for instance after the panel changed its shape."""
        self.set_view(ViewKind.GODS_EYE if self._view is ViewKind.FREE else self._view)

    def set_growing(self, *, grows: bool) -> None:
        """Show the cloud only as far as it was seen up to the current frame, or all of it."""
        self._grows = grows
        self._points.show_until(self._frame_idx if grows else None)

    def set_occupancy_visible(self, *, is_visible: bool) -> None:
        """Show or hide what was found occupied up to the current frame, as dark cubes."""
        self._has_voxels = is_visible
        self._voxels.set_world(self._run.world if is_visible and self._run is not None else None)
        self._voxels.show_until(self._frame_idx)

    def set_backs_hidden(self, *, is_hidden: bool) -> None:
        """Whether surfaces vanish when looked at from behind, so that one sees into rooms from outside."""
        self._points.set_backs_hidden(is_hidden=is_hidden)

    def set_detail(self, detail: Detail) -> None:
        """Coarse while something moves, full at rest."""
        self._points.set_detail(detail)
        self.set_smooth(is_smooth=detail is Detail.FULL)

    def set_background(self, background: Background) -> None:
        """Change the background and the colour of the path ahead."""
        super().set_background(background)
        self._ground.set_color(background.line)
        ahead = colormaps.PATH_FUTURE_ON_DARK if background.is_dark else colormaps.PATH_FUTURE
        self._trajectory.set_future_color(ahead)
        self._trajectory.show_frame(self._frame_idx)

    @property
    def has_voxels(self) -> bool:
        """Whether occupancy in the world is shown; it grows from frame to frame."""
        return self._has_voxels

    @property
    def has_moving_view(self) -> bool:
        """Whether the camera moves from frame to frame."""
        return self._view in (ViewKind.FOLLOW, ViewKind.FIRST_PERSON)

    @property
    def can_keep_still(self) -> bool:
        """Whether the cloud stays as it is from frame to frame, so that a picture of it can be kept."""
        return self._run is not None and not self.has_moving_view

    def still_key(self) -> Hashable:
        """Equal as long as everything but the path, the head and the frustum looks the same."""
        shown = (self._points.shown_key(), self._voxels.shown_key())
        return (id(self._run), shown, self.background, self.camera_pose(), self.renderer.GetSize())

    @contextmanager
    def only(self, part: WorldPart) -> Iterator[None]:
        """Hide the other part for a while; the moving part alone is drawn without smoothing."""
        is_smooth = bool(self.renderer.GetUseFXAA())
        hidden = self._trajectory.actors() if part is WorldPart.STILL else self._still_actors()
        before = [actor.GetVisibility() for actor in hidden]
        for actor in hidden:
            actor.SetVisibility(False)
        self.set_smooth(is_smooth=is_smooth and part is WorldPart.STILL)
        yield
        self.set_smooth(is_smooth=is_smooth)
        for actor, was_visible in zip(hidden, before, strict=True):
            actor.SetVisibility(was_visible)

    @contextmanager
    def steady_clipping(self) -> Iterator[None]:
        """Clip at distances that hold for all frames of this view, so that depths can be compared between them."""
        was_fixed = self._has_fixed_clipping
        if not was_fixed and self._frame is not None:
            self._fix_clipping(self._frame)
        yield
        self._has_fixed_clipping = was_fixed

    def _fix_clipping(self, frame: SceneFrame) -> None:
        """From the bounds of everything that any frame may show; the frustum adds a little around the path."""
        camera = self.renderer.GetActiveCamera()
        forward, eye = np.array(camera.GetDirectionOfProjection()), np.array(camera.GetPosition())
        reach = FRUSTUM_REACH * frame.radius
        (x0, y0, z0), (x1, y1, z1) = frame.low - reach, frame.high + reach
        corners = np.array([[x, y, z] for x in (x0, x1) for y in (y0, y1) for z in (z0, z1)])
        distances = (corners - eye) @ forward
        far = max(float(distances.max()), 1e-3 * frame.radius)
        camera.SetClippingRange(max(float(distances.min()), 1e-3 * far), far)
        self._has_fixed_clipping = True

    def _still_actors(self) -> list[vtkActor]:
        return [*self._points.actors(), *self._voxels.actors()]

    def _follow_view(self) -> None:
        pose = self._moving_pose()
        if pose is not None:
            self.set_camera_pose(pose)

    def _moving_pose(self) -> CameraPose | None:
        if self._run is None or self._frame is None:
            return None
        if self._view is ViewKind.FOLLOW:
            return camera_rig.follow(self._frame, self._run.trajectory, self._frame_idx)
        if self._view is ViewKind.FIRST_PERSON:
            return camera_rig.first_person(
                self._run.trajectory, self._run.intrinsics_at(self._frame_idx), self._frame_idx
            )
        return None

    def _before_drawing(self) -> None:
        self._points.update_view(self._px_per_unit())
