"""Where the 3D panels look from, as a part of the project."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from l3rocc_engine.errors import InputError
from l3rocc_studio.model.session import Session
from l3rocc_studio.model.view import CameraPose, ViewKind, camera_pose_from_dict
from l3rocc_studio.ui.main_window import MainWindow
from l3rocc_studio.ui.panels.scene_panel import ScenePanel

_STANDING = {ViewKind.FREE, ViewKind.TOP, ViewKind.FRONT, ViewKind.SIDE}
KINDS = {
    "cloud": _STANDING | {ViewKind.GODS_EYE, ViewKind.FOLLOW, ViewKind.FIRST_PERSON},
    "occupancy": _STANDING | {ViewKind.BEHIND},
}
"""How each panel can look."""
Look = tuple[ViewKind, CameraPose]


class ProjectCameras:
    """Both cameras; they come back once the panels have the result.

    Looking from elsewhere alone is not worth asking about, so it is no unsaved change.
    """

    key = "cameras"

    def __init__(self, window: MainWindow, session: Session) -> None:
        self._panels: dict[str, ScenePanel[Any]] = {"cloud": window.cloud_panel, "occupancy": window.occupancy_panel}
        self._wanted: dict[str, Look] = {}
        self._disconnect = session.source_changed.connect(self._wanted.clear)
        for name, panel in self._panels.items():
            panel.staged.connect(partial(self._take_up, name))
            panel.touched.connect(partial(self._forget, name))

    def shut_down(self) -> None:
        """Stop listening."""
        self._disconnect()

    def to_dict(self) -> dict[str, Any]:
        """How each panel looks, or will once it has something to look at."""
        looks = dict(self._wanted)
        for name, panel in self._panels.items():
            if name not in looks and panel.has_run and panel.scene is not None:
                looks[name] = panel.scene.view, panel.scene.kept_pose()
        return {name: {"kind": _kept(name, kind).value, **pose.to_dict()} for name, (kind, pose) in looks.items()}

    def from_dict(self, values: Mapping[str, Any]) -> None:
        """Remember where to look from when the result is shown; a damaged camera loses none but itself.

        Raises
        ------
        InputError
            If one is damaged.
        """
        damage: InputError | None = None
        for name in self._panels:
            if name not in values:
                continue
            try:
                self._wanted[name] = _look(name, values[name])
            except InputError as error:
                damage = error
        if damage is not None:
            raise damage

    def connect(self, _listener: Callable[[], object]) -> Callable[[], None]:
        """Nothing here is a change to save."""
        return lambda: None

    def _take_up(self, name: str) -> None:
        panel = self._panels[name]
        if panel.has_run and name in self._wanted:
            panel.take_view(*self._wanted.pop(name))

    def _forget(self, name: str) -> None:
        self._wanted.pop(name, None)


def _kept(name: str, kind: ViewKind) -> ViewKind:
    """Travelling along the camera's path is a preview: what stays of it is where the camera has come to."""
    return kind if kind in KINDS[name] else ViewKind.FREE


def _look(name: str, values: Any) -> Look:
    try:
        kind = ViewKind(values["kind"])
    except (KeyError, TypeError, ValueError) as error:
        raise InputError("The cameras of the project are damaged.") from error
    if kind not in KINDS[name]:
        raise InputError("The cameras of the project are damaged.")
    return kind, camera_pose_from_dict(values)
