"""Composed pictures of a run, one frame after another, without a window."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.run import Run
from l3rocc_studio.model.film_plan import film_facts
from l3rocc_studio.model.film_spec import FilmPanel, FilmSpec
from l3rocc_studio.model.view import ViewKind
from l3rocc_studio.render.camera_path import CameraPath, plan_camera
from l3rocc_studio.render.composer import BACKGROUNDS, Composer, Picture
from l3rocc_studio.render.environment import prepare_drawing
from l3rocc_studio.render.extent import Extent, measure_extent
from l3rocc_studio.render.film_layout import Layout, PanelBox, plan_layout
from l3rocc_studio.render.film_view import FilmView, WorldFilmView
from l3rocc_studio.render.occupancy_film_view import OccupancyFilmView
from l3rocc_studio.render.occupancy_scene import OccupancyScene
from l3rocc_studio.render.pixel_box import PixelBox
from l3rocc_studio.render.planar import PlanarPicture
from l3rocc_studio.render.planar_composer import PlanarComposer
from l3rocc_studio.render.prepared_world import PreparedWorld, prepare_world
from l3rocc_studio.render.world_scene import WorldScene


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedRun:
    """What painters of one run share: the slow part of making one."""

    world: PreparedWorld
    extent: Extent


def prepare_run(run: Run) -> PreparedRun:
    """Look at a run once, for any number of painters."""
    return PreparedRun(world=prepare_world(run, is_painted=True), extent=measure_extent(run.occupancy))


class RunPainter:
    """Draws composed pictures of one run; a context manager that owns its scenes and windows.

    Each picture depends on nothing but the run, the wishes and its frame, so that a film can be drawn in parts.

    Parameters
    ----------
    run
        What to draw.
    spec
        What to show and how.
    prepared
        From :func:`prepare_run`; None makes it here and now.

    Raises
    ------
    OutputError
        If nothing on this machine can draw.
    ConfigError
        If the panels do not fit.
    """

    def __init__(self, run: Run, spec: FilmSpec | None = None, prepared: PreparedRun | None = None) -> None:
        prepare_drawing()
        spec = spec or FilmSpec()
        self._layout = plan_layout(run.source.size_px, spec.layout, spec.output)
        facts = film_facts(run)
        self._composer = Composer(self._layout, spec.layout.backdrop, spec.marks, facts.caption)
        self._views: dict[FilmPanel, FilmView] = {}
        self._planar: PlanarComposer | None = None
        self._changed: list[PixelBox] | None = None
        self._composed_by: Composer | PlanarComposer | None = None
        for panel, make in ((FilmPanel.WORLD, _world_view), (FilmPanel.OCCUPANCY, _occupancy_view)):
            box = self._layout.box(panel)
            if box is not None:
                self._views[panel] = make(run, spec, box, prepared)

    @property
    def layout(self) -> Layout:
        """Sizes of the panels and of the whole."""
        return self._layout

    def paint(self, frame_idx: int, picture: NDArray[np.uint8]) -> Picture:
        """The composed picture (H, W, 3 or 4) of one frame; ``picture`` is the source's frame."""
        return self._composer.compose(self._draw(frame_idx, picture, self._composer))

    def paint_planes(self, frame_idx: int, picture: NDArray[np.uint8]) -> PlanarPicture:
        """The same as planes, without opacity, until so many more are painted as are in work at once."""
        composer = self._planar_composer()
        return composer.compose(self._draw(frame_idx, picture, composer), self._changed)

    def _planar_composer(self) -> PlanarComposer:
        if self._planar is None:
            self._planar = PlanarComposer(self._composer)
        return self._planar

    def _draw(
        self, frame_idx: int, picture: NDArray[np.uint8], composer: Composer | PlanarComposer
    ) -> dict[FilmPanel, Picture]:
        panels = {panel: view.draw(frame_idx, picture) for panel, view in self._views.items()}
        is_next = self._composed_by is composer
        self._changed = [self._changed_part(box) for box in self._layout.boxes] if is_next else None
        self._composed_by = composer
        return {FilmPanel.RGB: picture, **panels}

    @property
    def changed(self) -> list[PixelBox] | None:
        """Where the last picture differs from the one before it; None if anywhere."""
        return self._changed

    def _changed_part(self, box: PanelBox) -> PixelBox:
        view = self._views.get(box.panel)
        part = None if view is None else view.changed
        return box if part is None else part.beyond(box)

    def paint_title(self, share: float) -> Picture:
        """The title card when a share of its time is over."""
        self._changed = self._composed_by = None
        return self._composer.title(share)

    def close(self) -> None:
        """Free scenes and windows."""
        for view in self._views.values():
            view.close()

    def __enter__(self) -> RunPainter:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()


def _world_view(run: Run, spec: FilmSpec, box: PanelBox, prepared: PreparedRun | None) -> FilmView:
    scene = WorldScene()
    scene.set_background(BACKGROUNDS[spec.layout.backdrop])
    scene.set_run(run, prepared.world if prepared else prepare_world(run, is_painted=True))
    scene.set_look(spec.look.cloud_look)
    scene.set_view(ViewKind.FREE)
    return WorldFilmView(scene, _camera_path(run, scene, spec, box), box, spec)


def _camera_path(run: Run, scene: WorldScene, spec: FilmSpec, box: PanelBox) -> CameraPath:
    frame = scene.scene_frame
    assert frame is not None
    last = run.num_frames - 1 if spec.output.last_frame is None else spec.output.last_frame
    return plan_camera(
        spec.camera, frame, run, frames=range(spec.output.first_frame, last + 1), aspect=box.width_px / box.height_px
    )


def _occupancy_view(run: Run, spec: FilmSpec, box: PanelBox, prepared: PreparedRun | None) -> FilmView:
    scene = OccupancyScene(builds_meshes=False)
    scene.set_background(BACKGROUNDS[spec.layout.backdrop])
    scene.set_run(run, prepared.extent if prepared else None)
    scene.set_look(spec.look.occupancy_look)
    return OccupancyFilmView(scene, run, box, spec)
