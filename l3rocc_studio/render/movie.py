"""Films and stills of a run, drawn without a window."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from l3rocc_engine.errors import ConfigError
from l3rocc_engine.progress import CancelToken, EventSink, ProgressEvent, no_events
from l3rocc_engine.run import Run
from l3rocc_engine.storage.atomic import atomic_file
from l3rocc_studio.model.view import CameraPose, ViewKind
from l3rocc_studio.render.composer import ComposeStyle, Layout, compose, plan_layout
from l3rocc_studio.render.environment import prepare_drawing
from l3rocc_studio.render.film_encoder import FilmEncoder, film_rate
from l3rocc_studio.render.occupancy_scene import OccupancyScene
from l3rocc_studio.render.offscreen import OffscreenView
from l3rocc_studio.render.world_scene import WorldScene

STAGE = "film"
MAX_DEFAULT_HEIGHT_PX = 720


class RunPainter:
    """Draws composed pictures of one run; scenes and windows live as long as it does.

    Parameters
    ----------
    run
        What to draw.
    height_px
        Height of the panels; None takes the source's, at most 720.
    style
        How the panels are put together.
    view
        How the world panel looks at the scene.
    world_pose
        A view saved earlier; replaces ``view``.

    Raises
    ------
    OutputError
        If nothing on this machine can draw.
    ConfigError
        If the height is too small.
    """

    def __init__(
        self,
        run: Run,
        *,
        height_px: int | None = None,
        style: ComposeStyle | None = None,
        view: ViewKind = ViewKind.GODS_EYE,
        world_pose: CameraPose | None = None,
    ) -> None:
        prepare_drawing()
        wanted_px = height_px if height_px is not None else min(run.source.size_px[1], MAX_DEFAULT_HEIGHT_PX)
        self._layout = plan_layout(run.source.size_px, wanted_px, style or ComposeStyle())
        _, world_width_px, occupancy_width_px = self._layout.widths_px
        self._scenes = (WorldScene(), OccupancyScene())
        self._views = tuple(
            OffscreenView(scene, width_px, self._layout.panel_height_px)
            for scene, width_px in zip(self._scenes, (world_width_px, occupancy_width_px), strict=True)
        )
        for scene in self._scenes:
            scene.set_background(self._layout.style.background)
            scene.set_run(run)
        self._scenes[0].set_view(view)
        if world_pose is not None:
            self._scenes[0].set_view(ViewKind.FREE)
            self._scenes[0].set_camera_pose(world_pose)

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


def render_movie(
    run: Run,
    out: Path,
    *,
    height: int | None = None,
    fps: float | None = None,
    first_frame: int = 0,
    last_frame: int | None = None,
    style: ComposeStyle | None = None,
    view: ViewKind = ViewKind.GODS_EYE,
    world_pose: CameraPose | None = None,
    events: EventSink = no_events,
    cancel: CancelToken | None = None,
) -> int:
    """Write the three-panel film of a run: H.264, yuv420p, one picture a frame.

    Parameters
    ----------
    run
        What to show.
    out
        The mp4; appears when it is complete.
    height
        Height of the panels in pixels; None takes the source's, at most 720.
    fps
        Frames a second; None takes the source's.
    first_frame, last_frame
        Range to show, both included; None means to the end.
    style, view, world_pose
        See :class:`RunPainter`.
    events
        Told of every frame, stage ``"film"``.
    cancel
        Asked before every frame.

    Returns
    -------
    int
        Number of frames written.

    Raises
    ------
    ConfigError
        If the range or the height makes no sense.
    OutputError
        If nothing here can draw, or the film cannot be written.
    Cancelled
        If asked to stop; nothing is left behind.
    """
    last = run.num_frames - 1 if last_frame is None else last_frame
    if not 0 <= first_frame <= last < run.num_frames:
        raise ConfigError(f"Frames {first_frame} to {last} are not in the run, which has {run.num_frames}.")
    if fps is not None and not 0.0 < fps <= 1000.0:
        raise ConfigError(f"The frame rate must be from 0 to 1000, not {fps}.")
    token = cancel or CancelToken()
    total = last - first_frame + 1
    events(ProgressEvent(stage=STAGE, done=0, total=total))
    with ExitStack() as stack:
        partial = stack.enter_context(atomic_file(out))
        painter = stack.enter_context(RunPainter(run, height_px=height, style=style, view=view, world_pose=world_pose))
        encoder = FilmEncoder(partial, painter.layout.size_px, film_rate(fps or run.source.fps))
        stack.enter_context(encoder)
        for done, (frame_idx, picture) in enumerate(_pictures(run, range(first_frame, last + 1), token), start=1):
            encoder.add(painter.paint(frame_idx, picture))
            events(ProgressEvent(stage=STAGE, done=done, total=total))
    return total


def _pictures(run: Run, frames: range, cancel: CancelToken) -> Iterator[tuple[int, NDArray[np.uint8]]]:
    cancel.check()
    for item in run.source.frames(frames):
        cancel.check()
        yield item


def render_still(
    run: Run,
    frame_idx: int,
    out_png: Path,
    *,
    height: int | None = None,
    style: ComposeStyle | None = None,
    view: ViewKind = ViewKind.GODS_EYE,
    world_pose: CameraPose | None = None,
) -> None:
    """Write one composed picture as PNG; parameters and errors as for :func:`render_movie`."""
    if not 0 <= frame_idx < run.num_frames:
        raise ConfigError(f"There is no frame {frame_idx}; the run has {run.num_frames}.")
    with RunPainter(run, height_px=height, style=style, view=view, world_pose=world_pose) as painter:
        picture = painter.paint(frame_idx, run.source.frame(frame_idx))
    with atomic_file(out_png) as partial:
        Image.fromarray(picture).save(partial, format="PNG")
