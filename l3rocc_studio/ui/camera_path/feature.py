"""Sets views along the timeline, visits them, and lets the cloud panel travel along them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from l3rocc_studio.model.marks import neighbour
from l3rocc_studio.model.view import CameraPose, ViewKind
from l3rocc_studio.model.view_keyframe import Ease, WorldPreset
from l3rocc_studio.model.view_keyframes import view_name
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.camera_path.path_files import PathFiles

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio

NO_VIEWS = N_("Set a view on the timeline first (V).")
NO_VIEW_HERE = N_("There is no view of the camera path at this frame.")
OUTSIDE = N_("This frame was not processed.")
ALL_OUTSIDE = N_("The views are at frames that were not processed.")
EASE_KEYS = {Ease.SMOOTH: "path_smooth", Ease.LINEAR: "path_linear", Ease.HOLD: "path_hold"}
REPLACE_WORDS = (
    N_("Replace the v&iew at this frame"),
    N_("Let the camera path pass through what the cloud panel shows now instead of the view that it has here"),
)
HERE_KEYS = ("remove_path_view", *EASE_KEYS.values())
VISIT_KEYS = ("previous_path_view", "next_path_view", "clear_path")
PATH_KEYS = ("preview_path", "copy_path", "save_path")
MOVING_VIEWS = {ViewKind.FOLLOW: WorldPreset.FOLLOW, ViewKind.FIRST_PERSON: WorldPreset.FIRST_PERSON}


class CameraPathFeature:
    """The person's way to the views along the timeline."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._session, self._actions, self._window = studio.session, studio.actions, studio.window
        self._panel = studio.window.cloud_panel
        self._path = studio.session.view_keyframes
        self.files = PathFiles(studio)
        self._connect_actions()
        self._add_rules()
        self._panel.view_changed.connect(self._show_view_kind)
        self._panel.hosted.connect(self._pass_on)
        timeline = studio.session.timeline
        self._disconnects = [
            self._path.changed.connect(self._path_changed),
            studio.session.run_changed.connect(self._pass_on),
            timeline.structure_changed.connect(self._pass_on),
            timeline.frame_changed.connect(lambda _frame_idx, _cause: self._show_here()),
        ]
        self._show_here()

    def shut_down(self) -> None:
        """Stop listening."""
        for disconnect in self._disconnects:
            disconnect()
        self.files.shut_down()

    def _connect_actions(self) -> None:
        on = self._actions.on
        on("set_path_view", self.set_view)
        on("remove_path_view", lambda: self._path.remove(self._session.timeline.current))
        on("previous_path_view", partial(self._visit, -1))
        on("next_path_view", partial(self._visit, 1))
        for ease, key in EASE_KEYS.items():
            on(key, partial(self._set_ease, ease))
        on("preview_path", self._preview)
        on("copy_path", self.files.copy)
        on("save_path", self.files.ask_where_to_save)
        on("load_path", self.files.ask_what_to_load)
        on("paste_path", self.files.paste)
        on("clear_path", self._path.clear)

    def _add_rules(self) -> None:
        allow, session = self._studio.permissions.add_rule, self._session
        allow("set_path_view", lambda: OUTSIDE if session.run_frame(session.timeline.current) is None else "")
        for key in HERE_KEYS:
            allow(key, lambda: "" if self._path.at(session.timeline.current) else NO_VIEW_HERE)
        for key in VISIT_KEYS:
            allow(key, lambda: "" if self._path.items else NO_VIEWS)
        for key in PATH_KEYS:
            allow(key, self._path_refusal)

    def _path_refusal(self) -> str:
        if not self._path.items:
            return NO_VIEWS
        return "" if self._session.run_view_keyframes else ALL_OUTSIDE

    # What a person does

    def set_view(self) -> None:
        """Let the path pass through what the cloud panel shows now."""
        view, frame_idx = self._present_view(), self._session.timeline.current
        if view is None:
            return
        self._path.put(frame_idx, view)
        keyframe = self._path.at(frame_idx)
        if keyframe is not None:
            self._window.say(
                tr("Camera path at frame {frame_idx}: {view}").format(frame_idx=frame_idx, view=view_name(keyframe))
            )

    def _present_view(self) -> CameraPose | WorldPreset | None:
        """A view that moves by itself is kept as what it is, any other as where the camera stands."""
        scene, mover = self._panel.scene, self._panel.mover
        if scene is None or mover is None:
            return None
        if mover.is_orbiting:
            return WorldPreset.ORBIT
        pose = mover.destination or scene.kept_pose()
        return MOVING_VIEWS.get(scene.view) or replace(pose, clipping_range=None)

    def _set_ease(self, ease: Ease) -> None:
        self._path.set_ease(self._session.timeline.current, ease)
        self._show_here()  # an action that was checked already has unchecked itself

    def _visit(self, direction: int) -> None:
        timeline = self._session.timeline
        found = neighbour(self._path.frames, timeline.current, direction)
        if found is None:
            later, earlier = tr("There is no later view on the path."), tr("There is no earlier view on the path.")
            self._window.say(later if direction > 0 else earlier)
        else:
            timeline.pause()
            timeline.seek(found)

    def _preview(self) -> None:
        """Travel along the path, or stay where the camera has come to."""
        panel, timeline = self._panel, self._session.timeline
        if self._actions["preview_path"].isChecked():
            self._pass_on()
            panel.set_view_kind(ViewKind.KEYFRAMES)
            timeline.play()
        elif panel.scene is not None:
            timeline.pause()
            panel.look_from(panel.scene.kept_pose())
        self._show_view_kind()

    # What is shown

    def _path_changed(self) -> None:
        self._pass_on()
        self._show_here()
        for key in (*VISIT_KEYS, *PATH_KEYS):
            self._studio.permissions.update_one(key)

    def _pass_on(self) -> None:
        first, last = self._session.selected_run_frames
        self._panel.set_keyframes(self._session.run_view_keyframes, range(first, last + 1))

    def _show_here(self) -> None:
        """What there is at the frame that the timeline has come to."""
        here = self._path.at(self._session.timeline.current)
        self._actions.word_as("set_path_view", None if here is None else REPLACE_WORDS)
        for ease, key in EASE_KEYS.items():
            self._actions[key].setChecked(here is not None and here.ease is ease)
        for key in ("set_path_view", *HERE_KEYS):
            self._studio.permissions.update_one(key)

    def _show_view_kind(self, _kind: object = None) -> None:
        scene = self._panel.scene
        self._actions["preview_path"].setChecked(scene is not None and scene.view is ViewKind.KEYFRAMES)
