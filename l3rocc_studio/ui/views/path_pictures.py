"""Small pictures of the views on the camera path, painted in a thread."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QSize, Signal
from PySide6.QtGui import QImage

from l3rocc_engine.progress import CancelToken
from l3rocc_studio.model.session import Session
from l3rocc_studio.model.view_keyframe import Ease, ViewKeyframe
from l3rocc_studio.ui.newest_job import NewestJob
from l3rocc_studio.ui.panels.rgb_panel import image_from_rgb

if TYPE_CHECKING:
    from l3rocc_engine.run import Run
    from l3rocc_studio.model.looks import CloudLook
    from l3rocc_studio.render.colormaps import Background
    from l3rocc_studio.render.prepared_world import PreparedWorld
    from l3rocc_studio.ui.panels.cloud_panel import CloudPanel

PICTURE_SIZE = QSize(104, 64)
_Scenery = tuple["Run", "PreparedWorld", "CloudLook", "Background"]
"""All that the pictures depend on besides their views."""


class PathPictures(QObject):
    """Keeps a picture of each view of the path as the cloud panel would show it.

    Signals
    -------
    changed
        There are other pictures.
    """

    changed = Signal()

    def __init__(self, session: Session, panel: CloudPanel, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._panel = session, panel
        self._scenery: _Scenery | None = None
        self._is_stale = False
        self._pictures: dict[ViewKeyframe, QImage] = {}
        self._job = NewestJob(self)
        self._job.done.connect(self._take)
        panel.staged.connect(self._follow)
        panel.painted.connect(self._look_again)
        self._disconnect = session.view_keyframes.changed.connect(self._follow)

    @property
    def is_idle(self) -> bool:
        """Whether every view that can be painted is."""
        return self._job.is_idle

    def picture(self, keyframe: ViewKeyframe) -> QImage | None:
        """What a view, at a frame of the timeline, shows; None while it is not painted."""
        wanted = self._in_run(keyframe)
        return None if wanted is None else self._pictures.get(wanted)

    def shut_down(self) -> None:
        """Stop listening and wait for the thread."""
        self._disconnect()
        self._panel.staged.disconnect(self._follow)
        self._panel.painted.disconnect(self._look_again)
        self._job.shut_down()

    def _in_run(self, keyframe: ViewKeyframe) -> ViewKeyframe | None:
        """What its picture depends on; None outside of the run."""
        frame_idx = self._session.run_frame(keyframe.frame_idx)
        return None if frame_idx is None else replace(keyframe, frame_idx=frame_idx, ease=Ease.SMOOTH)

    def _look_again(self) -> None:
        """The panel was painted: something about it may be another."""
        if self._session.view_keyframes.items and not _is_same(self._present_scenery(), self._scenery):
            self._follow()

    def _present_scenery(self) -> _Scenery | None:
        scene, run = self._panel.scene, self._session.run
        if scene is None or run is None or scene.prepared is None:
            return None
        return run, scene.prepared, scene.look, scene.background

    def _follow(self) -> None:
        """Have what is missing painted; what is there stays until it is replaced."""
        scenery = self._present_scenery()
        if not _is_same(scenery, self._scenery):
            self._scenery, self._is_stale = scenery, True
        known = () if self._is_stale else self._pictures
        wanted = {keyframe for keyframe in map(self._in_run, self._session.view_keyframes.items) if keyframe}
        wanted.difference_update(known)
        if not wanted or scenery is None:
            self._job.drop()
            return

        def paint(cancel: CancelToken) -> object:
            from l3rocc_studio.render.view_picture import ViewPictures

            pictures = ViewPictures(*scenery, (PICTURE_SIZE.width(), PICTURE_SIZE.height()))
            made: dict[ViewKeyframe, NDArray[np.uint8]] = {}
            for keyframe in wanted:
                cancel.check()
                made[keyframe] = pictures.picture(keyframe)
            return scenery, made

        self._job.start(paint)

    def _take(self, result: object) -> None:
        scenery, made = cast("tuple[_Scenery, dict[ViewKeyframe, NDArray[np.uint8]]]", result)
        if not _is_same(scenery, self._scenery):
            return
        if self._is_stale:
            self._is_stale, self._pictures = False, {}
        self._pictures |= {keyframe: image_from_rgb(picture) for keyframe, picture in made.items()}
        self.changed.emit()


def _is_same(here: _Scenery | None, there: _Scenery | None) -> bool:
    """Whether pictures of the two are the same; arrays are compared by identity."""
    if here is None or there is None:
        return here is there
    return here[0] is there[0] and here[1] is there[1] and here[2:] == there[2:]
