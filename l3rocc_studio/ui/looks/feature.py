"""Looks of the 3D panels: the Look page, legends, filters with counts, keyframes to click, the range to drag."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer

from l3rocc_engine.errors import InputError, L3roccError
from l3rocc_studio.model.looks import CloudLook, OccupancyLook, PanelLooks, panel_looks_from_dict
from l3rocc_studio.model.looks.look_presets import LOOK_PRESETS
from l3rocc_studio.model.words import tr
from l3rocc_studio.services.preset_store import load_presets, save_presets
from l3rocc_studio.ui.looks.fields import UNITS
from l3rocc_studio.ui.looks.frame_picture import small_picture
from l3rocc_studio.ui.looks.legend import cloud_legend, occupancy_legend
from l3rocc_studio.ui.looks.legend_overlay import LegendOverlay
from l3rocc_studio.ui.looks.page import LookPage
from l3rocc_studio.ui.looks.point_counter import PointCounter
from l3rocc_studio.ui.looks.range_editing import RangeBar, RangeEditing, RangeTool

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio

SAVE_MS = 800
_log = logging.getLogger(__name__)


class LooksFeature:
    """Keeps panels, page, legends and actions in step with the session's looks."""

    def __init__(self, studio: Studio) -> None:
        self._studio, self._window, self._session = studio, studio.window, studio.session
        self._looks = studio.session.looks
        self.presets = load_presets(studio.workspace.look_presets_file, LOOK_PRESETS)
        self.page = LookPage(self.presets, studio.actions, studio.theme, studio.window)
        studio.window.sidebar.add_page("look", tr("Look"), "layers", self.page)
        self.counter = PointCounter(studio.window)
        self.counter.counted.connect(self._show_counts)
        self.range_editing = RangeEditing(studio.session)
        self.legends: dict[str, LegendOverlay] = {}
        self.range_bars: list[RangeBar] = []
        self._saving = QTimer(studio.window)
        self._saving.setSingleShot(True)
        self._saving.setInterval(SAVE_MS)
        self._saving.timeout.connect(self._save)
        self._shown = PanelLooks()
        self._connect_page()
        self._connect_actions()
        session = studio.session
        self._disconnects = [
            self._looks.changed.connect(self._show),
            self._looks.adjusting_changed.connect(studio.window.cloud_panel.set_adjusting),
            session.run_changed.connect(self._show_run),
            session.config_changed.connect(self._show_range),
            session.job_changed.connect(lambda _kind: self._show_range()),
        ]
        studio.ready.connect(self._host)
        studio.window.cloud_panel.presented.connect(self._show_picture)
        # Legends change with the panels: until then they show the old result, whose numbers have the old unit.
        studio.window.cloud_panel.staged.connect(self._show_staged)
        studio.window.occupancy_panel.staged.connect(self._show_occupancy_legend)
        studio.window.occupancy_panel.presented.connect(lambda _frame_idx: self._show_occupancy_legend())
        self._restore()

    def shut_down(self) -> None:
        """Stop listening; remember the looks."""
        self._saving.stop()
        self._save()
        self.counter.shut_down()
        for disconnect in self._disconnects:
            disconnect()
        self._disconnects = []

    # Wiring

    def _connect_page(self) -> None:
        page, looks = self.page, self._looks
        page.cloud.edited.connect(lambda look, label, key: looks.change_cloud(look, label, merges_with=key))
        page.occupancy.edited.connect(lambda look, label, key: looks.change_occupancy(look, label, merges_with=key))
        for form in (page.cloud, page.occupancy):
            form.gripped.connect(looks.begin_adjusting)
            form.let_go.connect(looks.end_adjusting)
        page.presets.chosen.connect(lambda value: looks.change(value, tr("Look")))
        page.presets.refused.connect(lambda error: self._studio.messages.show_error(tr("Apply the preset"), error))
        self.presets.changed.connect(self._presets_changed)
        page.reset.clicked.connect(lambda _checked=False: self._reset())

    def _connect_actions(self) -> None:
        for key, change in (
            ("world_voxels", self._toggle_world_voxels),
            ("history", self._toggle_history),
            ("keyframe_cameras", self._toggle_keyframes),
            ("legends", self._toggle_legends),
            ("edit_range", self._toggle_range),
        ):
            self._studio.actions.on(key, change)

    def _toggle_world_voxels(self) -> None:
        is_on = self._studio.actions["world_voxels"].isChecked()
        self._looks.change_cloud(replace(self._looks.cloud, has_occupancy=is_on), tr("Occupancy in the world"))

    def _toggle_history(self) -> None:
        is_on = self._studio.actions["history"].isChecked()
        self._looks.change_occupancy(replace(self._looks.occupancy, has_history=is_on), tr("History"))

    def _toggle_keyframes(self) -> None:
        is_on = self._studio.actions["keyframe_cameras"].isChecked()
        self._looks.change_cloud(replace(self._looks.cloud, has_keyframes=is_on), tr("Keyframe cameras"))

    def _toggle_legends(self) -> None:
        is_on, value = self._studio.actions["legends"].isChecked(), self._looks.value
        wanted = replace(
            value,
            cloud=replace(value.cloud, has_legend=is_on),
            occupancy=replace(value.occupancy, has_legend=is_on),
        )
        self._looks.change(wanted, tr("Legends"))

    def _toggle_range(self) -> None:
        is_on = self._studio.actions["edit_range"].isChecked()
        self._looks.change(replace(self._looks.value, edits_range=is_on), tr("Range handles"))

    def _reset(self) -> None:
        if self.page.panel == "cloud":
            self._looks.change_cloud(CloudLook(), tr("Reset the cloud's look"))
        else:
            self._looks.change_occupancy(OccupancyLook(), tr("Reset the occupancy's look"))

    # The 3D panels

    def _host(self) -> None:
        """The scenes are there."""
        window = self._window
        for key, panel in (("cloud", window.cloud_panel), ("occupancy", window.occupancy_panel)):
            view, scene = panel.view, panel.scene
            if view is None or scene is None:
                continue
            self.legends[key] = LegendOverlay(self._studio.theme, view)
            bar = RangeBar(self._studio.actions["process"].trigger, self.range_editing.go_back, view)
            self.range_bars.append(bar)
            view.add_tool(RangeTool(panel, scene.range_box, self.range_editing))
        if window.cloud_panel.view is not None:
            window.cloud_panel.view.clicked.connect(self._click_keyframe)
        self._apply(PanelLooks(), self._looks.value, is_forced=True)
        self._show_run()

    def _show(self) -> None:
        before, self._shown = self._shown, self._looks.value
        self._apply(before, self._shown, is_forced=False)
        self._show_in_controls()
        self._saving.start()

    def _apply(self, before: PanelLooks, after: PanelLooks, *, is_forced: bool) -> None:
        if is_forced or after.cloud != before.cloud:
            self._window.cloud_panel.set_look(after.cloud)
            self._show_cloud_legend()
            if is_forced or after.cloud.filters != before.cloud.filters:
                self._count()
        if is_forced or after.occupancy != before.occupancy:
            self._window.occupancy_panel.set_look(after.occupancy)
            self._show_occupancy_legend()
        if is_forced or after.edits_range != before.edits_range:
            self._show_range()

    def _show_in_controls(self) -> None:
        value, actions = self._looks.value, self._studio.actions
        self.page.presets.show_value(value)
        self.page.cloud.show_look(value.cloud)
        self.page.occupancy.show_look(value.occupancy)
        actions["world_voxels"].setChecked(value.cloud.has_occupancy)
        actions["history"].setChecked(value.occupancy.has_history)
        actions["keyframe_cameras"].setChecked(value.cloud.has_keyframes)
        actions["legends"].setChecked(value.cloud.has_legend and value.occupancy.has_legend)
        actions["edit_range"].setChecked(value.edits_range)

    def _show_run(self) -> None:
        run, scene = self._session.run, self._window.cloud_panel.scene
        measures = None if scene is None or run is None else scene.measures
        self.page.cloud.show_measures(measures, unit=self._unit)
        if run is None:
            self.page.occupancy.show_run(0, 1, knows_view=True)
        else:
            knows_view = run.occupancy.in_view is not None
            self.page.occupancy.show_run(run.config.history_len, run.config.history_step, knows_view=knows_view)
        self._show_range()
        self._count()

    def _show_staged(self) -> None:
        self._show_run()
        self._show_cloud_legend()

    def _show_picture(self, _frame_idx: int) -> None:
        image, scene = self._window.rgb_panel.view.image, self._window.cloud_panel.scene
        look = self._looks.cloud
        if scene is not None and image is not None and look.has_camera and look.has_picture:
            scene.set_picture(small_picture(image))

    def _click_keyframe(self, x_px: float, y_px: float) -> None:
        scene = self._window.cloud_panel.scene
        frame_idx = None if scene is None else scene.cameras.keyframes.frame_at(x_px, y_px)
        if frame_idx is not None:
            self._session.timeline.seek(self._session.run_frames.start + frame_idx)

    # Counts and legends

    @property
    def _unit(self) -> str:
        run = self._session.run
        return tr(UNITS[run is not None and run.scale.is_metric])

    def _count(self) -> None:
        scene, run = self._window.cloud_panel.scene, self._session.run
        measures = None if scene is None or run is None else scene.measures
        if measures is None:
            self.page.cloud.show_counts("")
        else:
            self.counter.count(measures, self._looks.cloud.filters)

    def _show_counts(self, num_shown: int, num_points: int) -> None:
        run = self._session.run
        if run is None or run.cloud.num_points != num_points:
            return
        is_cut = not self._looks.cloud.filters.shows_all
        text = (
            tr("{num_shown:,} of {num_points:,} points").format(num_shown=num_shown, num_points=num_points)
            if is_cut
            else tr("{num_points:,} points").format(num_points=num_points)
        )
        self.page.cloud.show_counts(text)
        self._window.cloud_panel.set_note(text)

    def _show_cloud_legend(self) -> None:
        scene = self._window.cloud_panel.scene
        if scene is not None and "cloud" in self.legends:
            self.legends["cloud"].show_legend(cloud_legend(self._looks.cloud, scene.measures, unit=self._unit))

    def _show_occupancy_legend(self) -> None:
        scene = self._window.occupancy_panel.scene
        if scene is not None and "occupancy" in self.legends:
            spans = {"depth_span": scene.depth_span, "height_span": scene.height_span}
            legend = occupancy_legend(self._looks.occupancy, scene.counts, unit=self._unit, **spans)
            self.legends["occupancy"].show_legend(legend)

    # The range

    def _show_range(self) -> None:
        config, run = self._session.config, self._session.run
        is_shown = self._looks.value.edits_range and run is not None
        for panel in (self._window.cloud_panel, self._window.occupancy_panel):
            scene, view = panel.scene, panel.view
            if scene is None or view is None:
                continue
            scene.range_box.set_range(config.pc_range, config.voxel_size)
            scene.set_range_visible(is_visible=is_shown)
            view.request_render()
        for bar in self.range_bars:
            bar.setVisible(is_shown)
            is_changed, refusal = self.range_editing.is_changed, self.range_editing.refusal
            bar.show_range(config.grid, self._unit, is_changed=is_changed, refusal=refusal)
        self.page.range_text.setText(_range_words(config.pc_range, self._unit))

    # Between starts

    def _restore(self) -> None:
        values = self._studio.settings.looks
        if values:
            try:
                self._looks.set(panel_looks_from_dict(values, origin=tr("The saved look")))
            except InputError as error:
                _log.warning("The saved look is left out: %s", error)
        self._show_in_controls()

    def _presets_changed(self) -> None:
        self.page.presets.show_value(self._looks.value)
        try:
            save_presets(self.presets, self._studio.workspace.look_presets_file)
        except L3roccError as error:
            self._studio.messages.show_error(tr("Save the preset"), error)

    def _save(self) -> None:
        self._studio.settings.looks = self._looks.value.to_dict()


def _range_words(pc_range: tuple[float, ...], unit: str) -> str:
    ends = zip("xyz", pc_range[:3], pc_range[3:], strict=True)
    return "\n".join(f"{axis}  {low:.2f} … {high:.2f} {unit}" for axis, low, high in ends)
