"""The distances that were measured, and the scale that one of them or the camera's height gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from l3rocc_studio.model.job import JobKind
from l3rocc_studio.model.measurements import length_text
from l3rocc_studio.model.scale_wish import HeightWish, TwoPointWish
from l3rocc_studio.model.scale_words import SCALE_SENTENCES
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.picking.marking import unit_of
from l3rocc_studio.ui.picking.measuring import Measuring
from l3rocc_studio.ui.picking.page import MeasurePage
from l3rocc_studio.ui.picking.scale_form import NO_DISTANCE
from l3rocc_studio.ui.picking.scaling import TITLE, Scaling

if TYPE_CHECKING:
    from l3rocc_engine.run import Run
    from l3rocc_studio.ui.studio import Studio


class Distances(QObject):
    """Shows them on the page, and sets the scale by them.

    Signals
    -------
    changed
        Others were measured or chosen.
    """

    changed = Signal()

    def __init__(self, studio: Studio, page: MeasurePage, measuring: Measuring, scaling: Scaling) -> None:
        super().__init__(studio.window)
        self._window, self._session = studio.window, studio.session
        self._page, self._measuring, self._scaling = page, measuring, scaling
        self._is_for_scale = False
        self._disconnects = [
            studio.session.measurements.changed.connect(self._show),
            studio.session.job_changed.connect(self._show_job),
        ]
        measuring.changed.connect(self._show_measuring)
        page.distances.currentRowChanged.connect(studio.session.measurements.choose)
        page.distances.delete_wanted.connect(studio.session.measurements.remove)
        page.delete.clicked.connect(lambda _checked=False: self._delete_chosen())
        page.scale.length_given.connect(self._scale_by_length)
        page.scale.height_given.connect(lambda metres: scaling.set_scale(HeightWish(metres=metres)))

    def shut_down(self) -> None:
        """Stop listening."""
        for disconnect in self._disconnects:
            disconnect()

    def show_run(self) -> None:
        """Another result, or none: its scale, and the same distances in its unit."""
        run = self._session.run
        self._page.scale.show_status(_scale_text(run))
        self._window.process_panel.offer_scale(is_offered=run is not None and not run.scale.is_metric)
        self._show()

    def begin_for_scale(self) -> None:
        """Ask for the true length of the chosen distance, once there is one."""
        if self._session.measurements.chosen is None:
            self._is_for_scale = True
            self._measuring.set_on(is_on=True)
        else:
            self._page.scale.ask_for_length()

    def _show_measuring(self) -> None:
        self._is_for_scale &= self._measuring.is_on
        self._page.show_step(self._measuring.step)
        if self._measuring.step:
            self._window.say(self._measuring.step)

    def _show(self) -> None:
        run, measurements = self._session.run, self._session.measurements
        texts = []
        if run is not None:
            scale, unit = run.scale.sim3, unit_of(run)
            texts = [f"{n}    {length_text(item.length(scale), unit)}" for n, item in enumerate(measurements.items, 1)]
        if len(texts) > self._page.distances.count():
            self._window.say(tr("Distance {number}").format(number=texts[-1]))
        self._page.distances.show_texts(texts, measurements.chosen)
        has_chosen = measurements.chosen is not None
        self._page.delete.setEnabled(has_chosen)
        self._page.delete.setToolTip(tr("Delete this distance (Del)") if has_chosen else tr("Select a distance first."))
        self._allow_scale()
        self.changed.emit()
        if self._is_for_scale and has_chosen:
            self._is_for_scale = False
            self._measuring.set_on(is_on=False)
            self._page.scale.ask_for_length()

    def _delete_chosen(self) -> None:
        chosen = self._session.measurements.chosen
        if chosen is not None:
            self._session.measurements.remove(chosen)

    def _show_job(self, kind: JobKind) -> None:
        job = self._session.job(kind)
        if kind is JobKind.PROCESS:
            self._allow_scale()
            if job.title == TITLE:
                self._page.show_job(job)

    def _allow_scale(self) -> None:
        run, measurements, form = self._session.run, self._session.measurements, self._page.scale
        refusal, chosen = self._scaling.refusal(), measurements.chosen
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
        self._scaling.set_scale(TwoPointWish(first=first, second=second, metres=metres))


def _scale_text(run: Run | None) -> str:
    return tr("There is no result yet.") if run is None else tr(SCALE_SENTENCES[run.scale.method])
