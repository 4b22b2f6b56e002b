"""Picking in the 3D panels: what lies there, how far apart things are, and how large they are in truth."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QGuiApplication

from l3rocc_engine.errors import L3roccError
from l3rocc_studio.model.job import JobKind
from l3rocc_studio.model.measurements import length_text
from l3rocc_studio.model.pick import PickedPlace, PickFacts
from l3rocc_studio.model.saved_view import ViewPanel
from l3rocc_studio.model.scale_wish import HeightWish, TwoPointWish
from l3rocc_studio.model.view import as_vector
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.services.pick_facts import frames_seeing, gather_facts
from l3rocc_studio.ui.escaping import Exit
from l3rocc_studio.ui.picking.fact_texts import fact_rows, facts_json, frame_links
from l3rocc_studio.ui.picking.marking import Marking, unit_of
from l3rocc_studio.ui.picking.measuring import Measuring
from l3rocc_studio.ui.picking.page import MeasurePage
from l3rocc_studio.ui.picking.picker import NewestJob
from l3rocc_studio.ui.picking.scale_form import NO_DISTANCE
from l3rocc_studio.ui.picking.scaling import EDIT_LABEL, TITLE, Scaling
from l3rocc_studio.ui.picking.scene_hand import SceneHand

if TYPE_CHECKING:
    from l3rocc_engine.run import Run
    from l3rocc_studio.ui.studio import Studio

FIRST_PLACE_URGENCY, MEASURING_URGENCY, PICK_URGENCY = 40, 30, 20
PAGE = "measure"
NOTHING_PICKED = N_("Click a point or a voxel first.")


class Picking:
    """Everything that a click into a scene can start."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._window, self._session, self._actions = studio.window, studio.session, studio.actions
        self.page = MeasurePage(studio.actions, studio.theme, studio.window)
        self._window.sidebar.add_page(PAGE, tr("Measure"), "ruler", self.page)
        self.hand = SceneHand(studio.window, studio.session)
        self.measuring = Measuring(studio.session, studio.window)
        self.scaling = Scaling(studio.session, studio.jobs, studio.processor, studio.window)
        self._marking = Marking(studio.window, studio.session)
        self._facts_job, self._frames_job = NewestJob(studio.window), NewestJob(studio.window)
        self._facts: PickFacts | None = None
        self._frames: tuple[int, ...] | None = None
        self._run: Run | None = None
        self._is_for_scale = False
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
        self.scaling.shut_down()
        self.hand.shut_down()
        self._facts_job.shut_down()
        self._frames_job.shut_down()

    # Wiring

    def _connect(self) -> None:
        session, page, messages = self._session, self.page, self._studio.messages
        self._disconnects: list[Callable[[], None]] = [
            session.run_changed.connect(self._show_run),
            session.measurements.changed.connect(self._show_measurements),
            session.job_changed.connect(self._show_job),
        ]
        self.hand.picked.connect(self._picked)
        self.hand.double_clicked.connect(self._turn_about)
        self.measuring.changed.connect(self._show_measuring)
        for part in (self.measuring, self.scaling):
            part.refused.connect(messages.show_error)
        for job in (self.hand, self._facts_job, self._frames_job):
            job.failed.connect(self._failed)
        self._facts_job.done.connect(self._show_facts)
        self._frames_job.done.connect(self._show_frames)
        self._window.occupancy_panel.presented.connect(lambda _frame_idx: self._follow_frame())
        page.frame_wanted.connect(session.timeline.seek)
        page.distances.currentRowChanged.connect(session.measurements.choose)
        page.distances.delete_wanted.connect(session.measurements.remove)
        page.delete.clicked.connect(lambda _checked=False: self._delete_chosen())
        page.scale.length_given.connect(self._scale_by_length)
        page.scale.height_given.connect(lambda metres: self.scaling.set_scale(HeightWish(metres=metres)))

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
        # Another scale while one is being set would be lost.
        add("undo", lambda: self.scaling.refusal() if edits.undo_label == EDIT_LABEL else "")
        add("redo", lambda: self.scaling.refusal() if edits.redo_label == EDIT_LABEL else "")

    # Picking

    def clear(self) -> None:
        """Pick nothing."""
        self._facts, self._frames = None, None
        self._facts_job.drop()
        self._frames_job.drop()
        self.page.show_picked([])
        self._mark()
        self._studio.permissions.update()

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
            self._mark()
            self._studio.permissions.update()

    def _show_frames(self, found: object) -> None:
        if isinstance(found, tuple):
            self._frames = found[1]
            links = frame_links(found[1], self._first_frame)
            self.page.show_frames(tr("Frames that saw it occupied<br>{links}").format(links=links) if links else "")
            self._studio.permissions.update()

    def _failed(self, error: L3roccError) -> None:
        self._window.say(str(error))

    def _follow_frame(self) -> None:
        """Another frame: the picked place is elsewhere in its camera."""
        frame_idx = self._session.run_frame(self._session.timeline.current)
        if self._facts is not None and frame_idx is not None and frame_idx != self._facts.place.frame_idx:
            self._look_up(replace(self._facts.place, frame_idx=frame_idx))
        self._mark()
        self._studio.permissions.update()

    def _copy(self) -> None:
        if self._facts is not None:
            QGuiApplication.clipboard().setText(facts_json(self._facts, self._frames, self._first_frame))
            self._window.say(tr("Copied what is known of the picked place as JSON"))

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
        return "" if self._next_sight(direction) is not None else tr("No other frame on this side saw it.")

    @property
    def _first_frame(self) -> int:
        """Frame of the timeline that is the run's first."""
        return self._session.run_frames.start

    def _mark(self) -> None:
        self._marking.show(self._facts, self.measuring.first)

    # Distances and scale

    def _show_measuring(self) -> None:
        self._actions["measure"].setChecked(self.measuring.is_on)
        self._is_for_scale &= self.measuring.is_on
        self.hand.set_measuring(is_measuring=self.measuring.is_on)
        self.page.show_step(self.measuring.step)
        if self.measuring.step:
            self._window.say(self.measuring.step)
        self._studio.permissions.update()
        self._mark()

    def _show_measurements(self) -> None:
        run, measurements = self._session.run, self._session.measurements
        texts = []
        if run is not None:
            scale, unit = run.scale.sim3, unit_of(run)
            texts = [f"{n}    {length_text(item.length(scale), unit)}" for n, item in enumerate(measurements.items, 1)]
        if len(texts) > self.page.distances.count():
            self._window.say(tr("Distance {number}").format(number=texts[-1]))
        self.page.distances.show_texts(texts, measurements.chosen)
        has_chosen = measurements.chosen is not None
        self.page.delete.setEnabled(has_chosen)
        self.page.delete.setToolTip(tr("Delete this distance (Del)") if has_chosen else tr("Choose a distance first."))
        self._allow_scale()
        self._mark()
        self._studio.permissions.update()
        if self._is_for_scale and has_chosen:
            self._is_for_scale = False
            self.measuring.set_on(is_on=False)
            self.page.scale.ask_for_length()

    def _delete_chosen(self) -> None:
        chosen = self._session.measurements.chosen
        if chosen is not None:
            self._session.measurements.remove(chosen)

    def _show_job(self, kind: JobKind) -> None:
        job = self._session.job(kind)
        if kind is JobKind.PROCESS:
            self._allow_scale()
            if job.title == TITLE:
                self.page.show_job(job)

    def _allow_scale(self) -> None:
        run, measurements, form = self._session.run, self._session.measurements, self.page.scale
        refusal, chosen = self.scaling.refusal(), measurements.chosen
        text = ""
        if run is not None and chosen is not None:
            length = length_text(measurements.items[chosen].length(run.scale.sim3), unit_of(run))
            text = tr("Distance {number} is {length} now. Its true length").format(number=chosen + 1, length=length)
        form.show_distance(text, refusal or ("" if chosen is not None else tr(NO_DISTANCE)))
        form.allow_height(refusal)

    def _scale_by_length(self, metres: float) -> None:
        run, measurements = self._session.run, self._session.measurements
        if run is None or measurements.chosen is None:
            return
        first, second = measurements.items[measurements.chosen].ends(run.scale.sim3)
        self.scaling.set_scale(TwoPointWish(first=first, second=second, metres=metres))

    def _lead_to_scale(self) -> None:
        """Show where the scale is set, with the tool in hand if there is nothing to set it by yet."""
        self._window.sidebar.setVisible(True)
        self._actions["sidebar"].setChecked(True)
        self._window.sidebar.show_page(PAGE)
        if self._session.measurements.chosen is None:
            self._is_for_scale = True
            self.measuring.set_on(is_on=True)
        else:
            self.page.scale.ask_for_length()

    def _show_run(self) -> None:
        """Another result: what was measured holds for it, what was picked does not."""
        before, self._run = self._run, self._session.run
        self.measuring.set_on(is_on=False)
        self.clear()
        if before is not None and self._run is not None and _is_same_scene(before, self._run):
            new_from_old = self._run.scale.sim3.after(before.scale.sim3.inverse())
            if not np.allclose(new_from_old.matrix, np.eye(4), atol=1e-12):
                self._session.views.rescale(new_from_old)
        self.page.scale.show_status(_scale_text(self._run))
        is_unscaled = self._run is not None and not self._run.scale.is_metric
        self._window.process_panel.offer_scale(is_offered=is_unscaled)
        self._show_measurements()


def _is_same_scene(old: Run, new: Run) -> bool:
    """Whether both runs stand in one world but for their scale."""
    is_same_engine = old.record.backend == new.record.backend and old.config.interval == new.config.interval
    return is_same_engine and old.source.fingerprint == new.source.fingerprint


def _scale_text(run: Run | None) -> str:
    if run is None:
        return tr("There is no result yet.")
    origin = {
        "unknown": tr("The size of the scene is not known; lengths are in units."),
        "dataset": tr("In metres, as the dataset says."),
        "ground_truth": tr("In metres, by the camera path of the source."),
        "two_point": tr("In metres, by a distance that was given."),
        "camera_height": tr("In metres, by the camera's height that was given."),
    }
    return origin[run.scale.method.value]
