"""Lets the cloud panel and the occupancy panel look from the same place."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from l3rocc_studio.model.session import Session
from l3rocc_studio.ui.panels.cloud_panel import CloudPanel
from l3rocc_studio.ui.panels.occupancy_panel import OccupancyPanel


class CameraLink(QObject):
    """One panel leads, the other follows through ``world_from_cam`` of the current frame.

    The panel that a person touched last leads. What moves the follower is never passed back, so nothing can go round
    in circles. While time moves the leader stays and the follower moves with the recording camera.
    """

    def __init__(self, session: Session, cloud: CloudPanel, occupancy: OccupancyPanel) -> None:
        super().__init__(cloud)
        self._session = session
        self._cloud, self._occupancy = cloud, occupancy
        self._is_on = False
        self._is_cloud_leading = True
        self._is_passing_on = False
        cloud.touched.connect(self._cloud_touched)
        occupancy.touched.connect(self._occupancy_touched)
        cloud.camera_changed.connect(lambda: self._pass_on(is_from_cloud=True))
        occupancy.camera_changed.connect(lambda: self._pass_on(is_from_cloud=False))
        # The occupancy panel takes a frame last, so both have it by then.
        occupancy.presented.connect(lambda _frame_idx: self.align())

    @property
    def is_on(self) -> bool:
        """Whether the cameras are linked."""
        return self._is_on

    def set_on(self, *, is_on: bool) -> None:
        """Link the cameras, the cloud panel leading, or leave them where they are."""
        self._is_on, self._is_cloud_leading = is_on, True
        self.align()

    def align(self) -> None:
        """Let the follower look from where the leader does."""
        world_from_cam = self._world_from_cam()
        cloud, occupancy = self._cloud.scene, self._occupancy.scene
        if not self._is_on or self._is_passing_on or world_from_cam is None or cloud is None or occupancy is None:
            return
        if not (self._cloud.has_run and self._occupancy.has_run):
            return
        from l3rocc_studio.render.camera_blend import moved_pose

        self._is_passing_on = True
        if self._is_cloud_leading:
            self._occupancy.follow_pose(moved_pose(cloud.camera_pose(), np.linalg.inv(world_from_cam)))
        else:
            self._cloud.follow_pose(moved_pose(occupancy.camera_pose(), world_from_cam))
        self._is_passing_on = False

    def _world_from_cam(self) -> NDArray[np.float64] | None:
        run, frame_idx = self._session.run, self._session.run_frame(self._session.timeline.current)
        return None if run is None or frame_idx is None else run.trajectory.world_from_cam[frame_idx]

    def _cloud_touched(self) -> None:
        if not self._is_passing_on:
            self._is_cloud_leading = True

    def _occupancy_touched(self) -> None:
        if not self._is_passing_on:
            self._is_cloud_leading = False

    def _pass_on(self, *, is_from_cloud: bool) -> None:
        if is_from_cloud is self._is_cloud_leading:
            self.align()
