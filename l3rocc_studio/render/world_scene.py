"""The world panel: cloud, camera path, and what was found occupied so far."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkActor

from l3rocc_studio.model.looks import CloudLook
from l3rocc_studio.model.view import CameraPose, ViewKind
from l3rocc_studio.model.view_keyframe import ViewKeyframe
from l3rocc_studio.render.camera_layers import CameraLayers
from l3rocc_studio.render.cloud_measures import CloudMeasures
from l3rocc_studio.render.colormaps import Background
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.ground_grid import GroundGrid
from l3rocc_studio.render.point_layer import PointLayer
from l3rocc_studio.render.point_style import point_style
from l3rocc_studio.render.prepared_world import PreparedWorld, prepare_world
from l3rocc_studio.render.range_box import RangeBox
from l3rocc_studio.render.scene import Scene
from l3rocc_studio.render.scene_frame import SceneFrame
from l3rocc_studio.render.styled_points import ShownPoints
from l3rocc_studio.render.trajectory_layer import FRUSTUM_REACH
from l3rocc_studio.render.voxel_surface import VoxelSurface
from l3rocc_studio.render.world_parts import WorldPart, WorldParts
from l3rocc_studio.render.world_view import WorldView, is_at_head, with_range
from l3rocc_studio.render.world_voxel_layer import WorldVoxelLayer

if TYPE_CHECKING:
    from l3rocc_engine.run import Run


class WorldScene(Scene):
    """Shows a run in the world frame."""

    def __init__(self) -> None:
        super().__init__()
        self._points = PointLayer(self.renderer)
        self._voxels = WorldVoxelLayer(self.renderer)
        self.cameras = CameraLayers(self.renderer)
        self._ground = GroundGrid(self.renderer, self.background.line)
        self._run: Run | None = None
        self._frame: SceneFrame | None = None
        self._frame_idx = 0
        self._view = WorldView()
        self._parts = WorldParts(self._points, self._voxels, self.cameras, self.marks)
        self._look = CloudLook()
        self._ready: PreparedWorld | None = None
        self.set_run(None)

    @property
    def scene_frame(self) -> SceneFrame | None:
        """Measures of the scene shown, for other views of it."""
        return self._frame

    @property
    def prepared(self) -> PreparedWorld | None:
        """The run as it was made ready."""
        return self._ready

    @property
    def measures(self) -> CloudMeasures | None:
        """What colours and filters of the points go by, in order of the run's cloud."""
        return None if self._ready is None else self._ready.measures

    @property
    def view(self) -> ViewKind:
        """How the scene is looked at."""
        return self._view.kind

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
        self._ready = None if run is None else prepared or prepare_world(run)
        self._ground.set_visible(run is None)
        self._show_voxels()
        if self._ready is None:
            self._points.set_cloud(None)
            self.cameras.set_cameras(None)
            self.set_camera_pose(self._ground.pose)
            return
        self._frame = self._ready.frame
        self._points.set_cloud(self._ready.cloud)
        self._points.set_style(point_style(self._look, self._ready.measures))
        self.cameras.set_cameras(self._ready.cameras)
        self.set_view(ViewKind.GODS_EYE)
        self.show_frame(0)

    def show_growth(self, growth: PreparedWorld) -> None:
        """Show a cloud without a run, from God's eye unless the person moved the camera."""
        if self._frame is None:
            self._view.kind = ViewKind.GODS_EYE
        self._frame = growth.frame
        self._ground.set_visible(False)
        self._points.set_cloud(growth.cloud)
        self.cameras.set_cameras(growth.cameras)
        self.set_view(self.view)

    def show_frame(self, frame_idx: int) -> None:
        """Show one moment; only what changed is touched."""
        self._frame_idx = frame_idx
        self.cameras.show_frame(frame_idx)
        self._voxels.show_until(frame_idx)
        if self._look.is_growing:
            self._points.show_until(frame_idx)
        if self._look.depends_on_frame:
            self._set_depths()
        self._follow_view()

    def set_view(self, kind: ViewKind) -> None:
        """Look in another way; FREE leaves the camera where it is."""
        self._view.kind = kind
        pose = self._standing_pose()
        if pose is not None:
            self.set_camera_pose(pose)
        self.cameras.set_first_person(is_first_person=kind is ViewKind.FIRST_PERSON)
        self._follow_view()

    def set_keyframes(self, keyframes: Sequence[ViewKeyframe], frames: range) -> None:
        """Views that the keyframed view travels along; see :class:`KeyframedView`."""
        self._view.set_keyframes(keyframes, frames)
        if self.view is ViewKind.KEYFRAMES:
            self._follow_view()

    def _standing_pose(self) -> CameraPose | None:
        if self._frame is None:
            return None
        shown = with_range(self._frame, self.cameras.trajectory, self.range_box)
        return self._view.standing_pose(shown, aspect=self.aspect)

    def fit(self) -> None:
        """Bring the whole scene into the picture, for instance after the panel changed its shape."""
        self.set_view(ViewKind.GODS_EYE if self.view is ViewKind.FREE else self.view)

    @property
    def range_box(self) -> RangeBox:
        """The box of the next run's range, around the present camera."""
        return self.cameras.range_box

    def set_range_visible(self, *, is_visible: bool) -> None:
        """Show or hide that box, with its handles, all of it in the picture of a view that stands."""
        was_visible = self.range_box.is_visible
        self.cameras.set_range_visible(is_visible=is_visible)
        if self.range_box.is_visible != was_visible and self._view.is_standing:
            self.set_view(self.view)

    @property
    def look(self) -> CloudLook:
        """How the run is shown."""
        return self._look

    def set_look(self, look: CloudLook) -> None:
        """Show the run in another way; its backdrop is left to the host, who knows the theme."""
        before, self._look = self._look, look
        self._points.set_style(point_style(look, None if self._ready is None else self._ready.measures))
        self._points.set_backs_hidden(is_hidden=look.hides_backs)
        self._points.show_until(self._frame_idx if look.is_growing else None)
        self._set_depths()
        self.cameras.set_look(look)
        self.cameras.show_frame(self._frame_idx)
        if look.has_occupancy != before.has_occupancy:
            self._show_voxels()

    def set_picture(self, picture: NDArray[np.uint8] | None) -> None:
        """The picture of the frame that is shown, (H, W, 3) uint8 RGB, to stand in the present camera."""
        self.cameras.set_picture(picture)

    def _show_voxels(self) -> None:
        is_wanted = self._look.has_occupancy and self._ready is not None
        self._voxels.set_voxels(self._ready.voxels if is_wanted and self._ready is not None else None)
        self._voxels.show_until(self._frame_idx)

    def _set_depths(self) -> None:
        trajectory = self.cameras.trajectory
        if trajectory is not None:
            origin_idx = self._frame_idx if self._look.depends_on_frame else 0
            self._points.set_depth_from(trajectory.world_from_cam[origin_idx])

    def set_detail(self, detail: Detail) -> None:
        """Coarse while something moves, full at rest."""
        self._points.set_detail(detail)
        self.set_smooth(is_smooth=detail is Detail.FULL)

    def set_background(self, background: Background) -> None:
        """Change the background and the colour of the path ahead."""
        super().set_background(background)
        self._ground.set_color(background.line)
        self.cameras.set_background(background)
        self.cameras.show_frame(self._frame_idx)

    @property
    def has_voxels(self) -> bool:
        """Whether occupancy in the world is shown; it grows from frame to frame."""
        return self._look.has_occupancy

    def shown_points(self) -> ShownPoints | None:
        """The points as they are shown in full detail, for who paints them; None if there are none."""
        return self._points.shown()

    def shown_voxels(self) -> VoxelSurface | None:
        """Likewise what is shown as occupied."""
        voxels = None if self._ready is None else self._ready.voxels
        return voxels.surface_until(self._frame_idx) if voxels is not None and self.has_voxels else None

    @property
    def has_moving_view(self) -> bool:
        """Whether the camera moves from frame to frame."""
        return self._view.is_moving

    @property
    def can_keep_still(self) -> bool:
        """Whether the cloud stays as it is from frame to frame, so that a picture of it can be kept."""
        return self._run is not None and not self.has_moving_view and not self._look.depends_on_frame

    def still_key(self, part: WorldPart = WorldPart.STILL) -> Hashable:
        """Equal as long as the still part, or one of its own parts, looks the same."""
        place = (self.camera_pose(), self._reach()) if self._parts.has_place(part) else None
        return (id(self._run), self._parts.still_key(part), self.background, self.renderer.GetSize(), place)

    def actors_of(self, part: WorldPart) -> list[vtkActor]:
        """What belongs to a part, visible or not."""
        return self._parts.actors_of(part)

    @contextmanager
    def only(self, part: WorldPart) -> Iterator[None]:
        """Hide the other parts for a while; the moving part alone is drawn without smoothing."""
        is_smooth = bool(self.renderer.GetUseFXAA())
        self.set_smooth(is_smooth=is_smooth and part is WorldPart.STILL)
        try:
            with self._parts.only(part):
                yield
        finally:
            self.set_smooth(is_smooth=is_smooth)

    @contextmanager
    def steady_clipping(self) -> Iterator[None]:
        """Clip at distances that hold for all frames of this view, so that depths can be compared between them."""
        was_fixed = self._has_fixed_clipping
        if not was_fixed and self._frame is not None:
            self._fix_clipping(self._frame)
        try:
            yield
        finally:
            self._has_fixed_clipping = was_fixed

    def _fix_clipping(self, frame: SceneFrame) -> None:
        """From the bounds of everything that any frame may show; the frustum adds a little around the path."""
        camera = self.renderer.GetActiveCamera()
        forward, eye = np.array(camera.GetDirectionOfProjection()), np.array(camera.GetPosition())
        reach = self._reach()
        (x0, y0, z0), (x1, y1, z1) = frame.low - reach, frame.high + reach
        corners = np.array([[x, y, z] for x in (x0, x1) for y in (y0, y1) for z in (z0, z1)])
        distances = (corners - eye) @ forward
        far = max(float(distances.max()), 1e-3 * frame.radius)
        camera.SetClippingRange(max(float(distances.min()), 1e-3 * far), far)
        self._has_fixed_clipping = True

    def _reach(self) -> float:
        """How far what is around a camera may stand out of the bounds of cloud and way."""
        radius = 0.0 if self._frame is None else self._frame.radius
        return max(FRUSTUM_REACH * self._look.camera_scale * radius, self.cameras.range_box.reach)

    def _follow_view(self) -> None:
        if self._run is None or self._frame is None:
            return
        pose = self._view.moving_pose(self._frame, self._run, self._frame_idx, aspect=self.aspect)
        if pose is None:
            return
        self.set_camera_pose(pose)
        if self.view is ViewKind.KEYFRAMES:
            self.cameras.set_first_person(is_first_person=self.is_at_head(pose))

    def is_at_head(self, pose: CameraPose) -> bool:
        """Whether one looks out of the recording camera, whose own signs would be in the way."""
        trajectory = self.cameras.trajectory
        if self._frame is None or trajectory is None:
            return False
        return is_at_head(pose, self._frame, trajectory, self._frame_idx)

    def _on_start(self, caller: object, event: str) -> None:
        self._voxels.bring()
        super()._on_start(caller, event)

    def _before_drawing(self) -> None:
        self._points.update_view(self._px_per_unit())
        self.cameras.range_box.update_view(self._px_per_unit())
