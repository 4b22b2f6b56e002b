"""Picking in the 3D panels: what lies there, how far apart things are, and how large they are in truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QGuiApplication

from l3rocc_engine.errors import L3roccError
from l3rocc_studio.model.pick import PickedPlace, PickFacts
from l3rocc_studio.model.saved_view import ViewPanel
from l3rocc_studio.model.view import as_vector
from l3rocc_studio.model.words import N_, retell, tr
from l3rocc_studio.services.pick_facts import frames_seeing, gather_facts
from l3rocc_studio.ui.escaping import Exit
from l3rocc_studio.ui.newest_job import NewestJob
from l3rocc_studio.ui.picking.distances import Distances
from l3rocc_studio.ui.picking.fact_texts import fact_rows, facts_json, frame_links
from l3rocc_studio.ui.picking.marking import Marking
from l3rocc_studio.ui.picking.measure_chip import MeasureChip
from l3rocc_studio.ui.picking.measuring import Measuring
from l3rocc_studio.ui.picking.page import MeasurePage
from l3rocc_studio.ui.picking.scaling import EDIT_LABEL, Scaling
from l3rocc_studio.ui.picking.scene_hand import SceneHand

if TYPE_CHECKING:
    from l3rocc_engine.run import Run
    from l3rocc_studio.ui.studio import Studio

FIRST_PLACE_URGENCY, MEASURING_URGENCY, PICK_URGENCY = 40, 30, 20
PAGE = "measure"
NOTHING_PICKED = N_("Click a point or a voxel first.")
RULED = ("copy_pick", "look_at_pick", "next_sight", "previous_sight", "clear_measurements", "undo", "redo")
"""Actions that depend on what is picked and measured."""


class Picking:
    """Everything that a click into a scene can start."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._window, self._session, self._actions = studio.window, studio.session, studio.actions
        self.page = MeasurePage(studio.actions, studio.theme, studio.window)
        self._window.sidebar.add_page(PAGE, tr("Measure"), "ruler", self.page)
        self.hand = SceneHand(studio.window, studio.session)
        self.measuring = Measuring(studio.session, studio.window)
        self.chips: list[MeasureChip] = []
        self.scaling = Scaling(studio.session, studio.jobs, studio.processor, studio.window)
        self._distances = Distances(studio, self.page, self.measuring, self.scaling)
        self._marking = Marking(studio.window, studio.session)
        self._facts_job, self._frames_job = NewestJob(studio.window), NewestJob(studio.window)
        self._facts: PickFacts | None = None
        self._frames: tuple[int, ...] | None = None
        self._run: Run | None = None
        self._connect()
        self._connect_actions()
        self._add_rules()
        self._show_run()

    @property
    def facts(self) -> PickFacts | None:
        """What is known of the picked place; None while nothing is picked."""
        return self._facts

    @property
    def frames(self) -> tuple[int, ...] | None:
        """Frames of the run that saw it; None while they are looked for."""
        return self._frames

    @property
    def is_idle(self) -> bool:
        """Whether nothing is being looked up."""
        return self.hand.is_idle and self._facts_job.is_idle and self._frames_job.is_idle

    def shut_down(self) -> None:
        """Stop listening, wait for threads."""
        for disconnect in self._disconnects:
            disconnect()
        self._distances.shut_down()
        self.scaling.shut_down()
        self.hand.shut_down()
        self._facts_job.shut_down()
        self._frames_job.shut_down()

    # Wiring

    def _connect(self) -> None:
        session, page, messages = self._session, self.page, self._studio.messages
        self._disconnects: list[Callable[[], None]] = [
            session.run_changed.connect(self._show_run),
        ]
        self.hand.picked.connect(self._picked)
        self.hand.double_clicked.connect(self._turn_about)
        self.measuring.changed.connect(self._show_measuring)
        self._distances.changed.connect(self._renew)
        for part in (self.measuring, self.scaling):
            part.refused.connect(messages.show_error)
        for job in (self.hand, self._facts_job, self._frames_job):
            job.failed.connect(self._failed)
        self._facts_job.done.connect(self._show_facts)
        self._frames_job.done.connect(self._show_frames)
        self._window.occupancy_panel.presented.connect(lambda _frame_idx: self._follow_frame())
        self._studio.ready.connect(self._hang_chips)
        page.frame_wanted.connect(session.timeline.seek)

    def _connect_actions(self) -> None:
        on, session, exits = self._actions.on, self._session, self._studio.exits
        on("measure", lambda: self.measuring.set_on(is_on=self._actions["measure"].isChecked()))
        on("clear_measurements", session.measurements.clear)
        on("copy_pick", self._copy)
        on("look_at_pick", lambda: self._turn_about(None if self._facts is None else self._facts.place))
        on("next_sight", lambda: self._step(1))
        on("previous_sight", lambda: self._step(-1))
        on("set_scale", self._lead_to_scale)
        measuring = self.measuring
        exits.add(FIRST_PLACE_URGENCY, Exit(is_in=lambda: measuring.first is not None, leave=measuring.forget_first))
        exits.add(MEASURING_URGENCY, Exit(is_in=lambda: measuring.is_on, leave=lambda: measuring.set_on(is_on=False)))
        exits.add(PICK_URGENCY, Exit(is_in=lambda: self._facts is not None, leave=self.clear))

    def _add_rules(self) -> None:
        add, edits = self._studio.permissions.add_rule, self._session.edits
        for key in ("copy_pick", "look_at_pick"):
            add(key, lambda: "" if self._facts is not None else NOTHING_PICKED)
        add("next_sight", lambda: self._step_refusal(1))
        add("previous_sight", lambda: self._step_refusal(-1))
        add("clear_measurements", lambda: "" if self._session.measurements.items else tr("Nothing is measured."))
        # Another scale while one is being set would be lost; what is being set can be stopped.
        add("undo", lambda: self.scaling.refusal() if edits.undo_label == EDIT_LABEL and not edits.would_stop else "")
        add("redo", lambda: self.scaling.refusal() if edits.redo_label == EDIT_LABEL else "")

    # Picking

    def clear(self) -> None:
        """Pick nothing."""
        self._facts, self._frames = None, None
        self._facts_job.drop()
        self._frames_job.drop()
        self.page.show_picked([])
        self._renew()

    def _picked(self, place: object) -> None:
        if not isinstance(place, PickedPlace):
            if not self.measuring.is_on:
                self.clear()
            return
        self.measuring.take(place.position_world)
        self._look_up(place)
        run = self._session.run
        self._frames = None
        if run is not None:
            self._frames_job.start(lambda cancel: (place, frames_seeing(run, place, cancel)))
            self.page.show_frames(tr("Looking for the frames that saw it…"))

    def _look_up(self, place: PickedPlace) -> None:
        run = self._session.run
        if run is not None:
            self._facts_job.start(lambda _cancel: gather_facts(run, place))

    def _show_facts(self, facts: object) -> None:
        if isinstance(facts, PickFacts):
            self._facts = facts
            self.page.show_picked(fact_rows(facts, self._first_frame))
            self._renew()

    def _show_frames(self, found: object) -> None:
        if isinstance(found, tuple):
            self._frames = found[1]
            links = frame_links(found[1], self._first_frame)
            self.page.show_frames(tr("Frames that saw it occupied<br>{links}").format(links=links) if links else "")
            self._studio.permissions.update()

    def _failed(self, error: L3roccError) -> None:
        self._window.say(retell(str(error)))

    def _follow_frame(self) -> None:
        """Another frame: the picked place is elsewhere in its camera."""
        frame_idx = self._session.run_frame(self._session.timeline.current)
        if self._facts is not None and frame_idx is not None and frame_idx != self._facts.place.frame_idx:
            self._look_up(replace(self._facts.place, frame_idx=frame_idx))
        self._renew()

    def _copy(self) -> None:
        if self._facts is not None:
            QGuiApplication.clipboard().setText(facts_json(self._facts, self._frames, self._first_frame))
            self._window.say(tr("Copied the details of the picked point as JSON"))

    def _turn_about(self, place: object) -> None:
        """Make a place the middle that the camera of its panel turns about."""
        if not isinstance(place, PickedPlace):
            return
        is_cloud = place.panel is ViewPanel.CLOUD
        panel = self._window.cloud_panel if is_cloud else self._window.occupancy_panel
        if panel.scene is None:
            return
        pose, target = panel.scene.kept_pose(), self._marking.in_panel(place)
        way = np.subtract(target, pose.focal_point)
        position = as_vector(np.add(pose.position, way))
        panel.look_from(replace(pose, position=position, focal_point=target, clipping_range=None))

    def _step(self, direction: int) -> None:
        frame_idx = self._next_sight(direction)
        if frame_idx is not None:
            self._session.timeline.seek(frame_idx)

    def _next_sight(self, direction: int) -> int | None:
        """The nearest frame of the timeline in a direction that saw the picked place."""
        current = self._session.timeline.current
        frames = [frame_idx + self._first_frame for frame_idx in self._frames or ()]
        ahead = [frame_idx for frame_idx in frames if (frame_idx - current) * direction > 0]
        return min(ahead, key=lambda frame_idx: abs(frame_idx - current), default=None)

    def _step_refusal(self, direction: int) -> str:
        if self._facts is None:
            return NOTHING_PICKED
        return "" if self._next_sight(direction) is not None else tr("No other frame in this direction saw it.")

    @property
    def _first_frame(self) -> int:
        """Frame of the timeline that is the run's first."""
        return self._session.run_frames.start

    def _renew(self) -> None:
        """Mark what is picked and measured now, and allow what can be done with it."""
        self._marking.show(self._facts, self.measuring.first)
        for key in RULED:
            self._studio.permissions.update_one(key)
        self._studio.permissions.update_soon()

    # Distances and scale

    def _show_measuring(self) -> None:
        self._actions["measure"].setChecked(self.measuring.is_on)
        self.hand.set_measuring(is_measuring=self.measuring.is_on)
        for chip in self.chips:
            chip.show_step(is_on=self.measuring.is_on, has_first=self.measuring.first is not None)
        self._renew()

    def _hang_chips(self) -> None:
        """The 3D panels are there."""
        for panel in self._window.scene_panels:
            if panel.view is not None:
                end = partial(self.measuring.set_on, is_on=False)
                self.chips.append(MeasureChip(end, self._studio.theme, panel.view))

    def _lead_to_scale(self) -> None:
        """Show where the scale is set, with the tool in hand if there is nothing to set it by yet."""
        self._window.sidebar.setVisible(True)
        self._actions["sidebar"].setChecked(True)
        self._window.sidebar.show_page(PAGE)
        self._distances.begin_for_scale()

    def _show_run(self) -> None:
        """Another result: what was measured holds for it, what was picked does not."""
        before, self._run = self._run, self._session.run
        self.measuring.set_on(is_on=False)
        self.clear()
        if before is not None and self._run is not None and _is_same_scene(before, self._run):
            new_from_old = self._run.scale.sim3.after(before.scale.sim3.inverse())
            if not np.allclose(new_from_old.matrix, np.eye(4), atol=1e-12):
                self._session.views.rescale(new_from_old)
                self._session.view_keyframes.rescale(new_from_old)
        self._distances.show_run()


def _is_same_scene(old: Run, new: Run) -> bool:
    """Whether both runs stand in one world but for their scale."""
    is_same_engine = old.record.backend == new.record.backend and old.config.interval == new.config.interval
    return is_same_engine and old.source.fingerprint == new.source.fingerprint
