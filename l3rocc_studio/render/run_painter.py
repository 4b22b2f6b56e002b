"""Composed pictures of a run, one frame after another, without a window."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.run import Run
from l3rocc_studio.model.view import CameraPose, ViewKind
from l3rocc_studio.render.composer import ComposeStyle, Layout, compose, plan_layout
from l3rocc_studio.render.environment import prepare_drawing
from l3rocc_studio.render.layered_view import LayeredView
from l3rocc_studio.render.occupancy_scene import OccupancyScene
from l3rocc_studio.render.offscreen import OffscreenView
from l3rocc_studio.render.scene import Scene
from l3rocc_studio.render.world_scene import WorldScene

MAX_DEFAULT_HEIGHT_PX = 720


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmLook:
    """What a film shows and how.

    Attributes
    ----------
    style
        How the panels are put together.
    view
        How the world panel looks at the scene.
    world_pose
        A view of the world panel saved earlier; replaces ``view``.
    has_world_occupancy
        Whether the world panel shows what was found occupied so far, as dark cubes.
    has_history
        Whether the occupancy panel shows what earlier frames saw.
    """

    style: ComposeStyle = field(default_factory=ComposeStyle)
    view: ViewKind = ViewKind.GODS_EYE
    world_pose: CameraPose | None = None
    has_world_occupancy: bool = False
    has_history: bool = True


class RunPainter:
    """Draws composed pictures of one run; a context manager that owns its scenes and windows.

    Parameters
    ----------
    run
        What to draw.
    height_px
        Height of the panels; None takes the source's, at most 720.
    look
        What to show and how.

    Raises
    ------
    OutputError
        If nothing on this machine can draw.
    ConfigError
        If the height is too small.
    """

    def __init__(self, run: Run, *, height_px: int | None = None, look: FilmLook | None = None) -> None:
        prepare_drawing()
        look = look or FilmLook()
        wanted_px = height_px if height_px is not None else min(run.source.size_px[1], MAX_DEFAULT_HEIGHT_PX)
        self._layout = plan_layout(run.source.size_px, wanted_px, look.style)
        world, occupancy = WorldScene(), OccupancyScene()
        self._scenes: tuple[Scene, ...] = (world, occupancy)
        _, world_width_px, occupancy_width_px = self._layout.widths_px
        height_px = self._layout.panel_height_px
        self._views = (
            LayeredView(world, world_width_px, height_px),
            OffscreenView(occupancy, occupancy_width_px, height_px),
        )
        for scene in self._scenes:
            scene.set_background(look.style.background)
        world.set_occupancy_visible(is_visible=look.has_world_occupancy)
        world.set_run(run)
        world.set_view(look.view if look.world_pose is None else ViewKind.FREE)
        if look.world_pose is not None:
            world.set_camera_pose(look.world_pose)
        occupancy.set_history_visible(is_visible=look.has_history)
        occupancy.set_run(run)

    @property
    def layout(self) -> Layout:
        """Sizes of the panels and of the whole."""
        return self._layout

    def paint(self, frame_idx: int, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The composed picture (H, W, 3) of one frame; ``picture`` is the source's frame."""
        panels = [picture]
        for scene, view in zip(self._scenes, self._views, strict=True):
            scene.show_frame(frame_idx)
            panels.append(view.draw())
        return compose(panels, self._layout)

    def close(self) -> None:
        """Free scenes and windows."""
        for scene, view in zip(self._scenes, self._views, strict=True):
            view.close()
            scene.close()

    def __enter__(self) -> RunPainter:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()
