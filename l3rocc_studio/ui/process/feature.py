"""The forecast, the presets and the stages of the Process page."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QWidget

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import L3roccError
from l3rocc_studio.model.edits import Edit
from l3rocc_studio.model.outlook import Outlook
from l3rocc_studio.model.setting_presets import SETTING_PRESETS
from l3rocc_studio.model.setting_words import changed_settings
from l3rocc_studio.model.stage_track import StageTracker
from l3rocc_studio.model.words import retell, tr
from l3rocc_studio.services.outlook_service import OutlookService
from l3rocc_studio.services.preset_store import load_presets, save_presets
from l3rocc_studio.ui.actions.setting import PROCESS_FIELDS
from l3rocc_studio.ui.opening import OpenRequest
from l3rocc_studio.ui.process.outlook_keeper import OutlookKeeper
from l3rocc_studio.ui.process.stage_board import StageBoard

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio


class Forecasting:
    """Wires the page to the session."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._session, self._panel = studio.session, studio.window.process_panel
        self._life = QObject(studio.window)
        self._uninformed: tuple[StageTracker, PipelineConfig] | None = None
        self.keeper = OutlookKeeper(studio.session, OutlookService(studio.workspace), self._life)
        self.keeper.changed.connect(self._show_outlook)
        self.keeper.failed.connect(
            lambda error: studio.window.say(tr("No forecast: {message}").format(message=retell(error.message)))
        )
        self.presets = load_presets(studio.workspace.presets_file, SETTING_PRESETS)
        panel = self._panel
        for name, field in zip(PROCESS_FIELDS, panel.form.main_fields, strict=True):
            studio.actions.on(f"field_{name}", partial(self._show_field, field))
        panel.form.config_edited.connect(self._edit_settings)
        panel.presets.use_presets(self.presets)
        panel.presets.chosen.connect(self._take_preset)
        panel.presets.refused.connect(lambda error: studio.messages.show_error(tr("Apply the preset"), error))
        panel.forecast.proposal_taken.connect(self._change_settings)
        studio.processor.make_tracker = self._make_tracker
        studio.permissions.add_rule("process", self._refusal)
        self._disconnects = [
            self._session.source_changed.connect(self._offer_processing),
            self._session.source_changed.connect(self._ask_for_rate),
            self.presets.changed.connect(self._presets_changed),
            self._session.config_changed.connect(self._show_preset),
            self._session.config_changed.connect(self._show_next_step),
            self._session.run_changed.connect(self._show_next_step),
        ]
        self._stages = StageBoard(self._session, self.keeper, panel)
        self._show_preset()

    def shut_down(self) -> None:
        """Stop and wait."""
        for disconnect in self._disconnects:
            disconnect()
        self._stages.shut_down()
        self.keeper.shut_down()

    def _make_tracker(self) -> StageTracker:
        """Follows the run that starts now; what is expected of it is told as soon as it is known."""
        tracker = StageTracker()
        self._uninformed = tracker, self._session.config
        self._inform(self.keeper.outlook)
        return tracker

    def _inform(self, outlook: Outlook | None) -> None:
        if self._uninformed is None or outlook is None or outlook.forecast is None:
            return
        tracker, config = self._uninformed
        if outlook.config == config:
            tracker.expect(outlook.forecast.stage_s, outlook.kept_steps, outlook.slowdown)
            self._uninformed = None

    def _offer_processing(self) -> None:
        """What is open without a result is there to be processed."""
        if self._session.source is not None and self._session.run is None:
            self._studio.window.sidebar.show_page("process")

    def _ask_for_rate(self) -> None:
        """Plain pictures bring no times; videos and trajectories do."""
        source = self._session.source
        is_needed = source is not None and source.video_path is None and source.cameras is None
        self._panel.form.show_rate(is_needed=is_needed)

    def _show_field(self, field: QWidget) -> None:
        """Bring a setting into view, and put the keyboard on it."""
        self._studio.window.sidebar.show_page("process")
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _refusal(self) -> str:
        """Why to process would be in vain, as far as that is known beforehand."""
        outlook = self.keeper.outlook
        return retell(outlook.refusal) if outlook is not None and outlook.is_in_vain else ""

    def _show_outlook(self, outlook: Outlook | None) -> None:
        self._panel.show_outlook(outlook)
        self._show_next_step()
        self._studio.permissions.update_one("process")
        self._inform(outlook)

    def _show_next_step(self) -> None:
        run, outlook = self._session.run, self.keeper.outlook
        is_same = run is not None and not changed_settings(run.config, self._session.config)
        is_up_to_date = is_same and not (outlook is not None and any(outlook.changed.values()))
        self._panel.show_up_to_date(is_up_to_date=is_up_to_date)

    def _show_preset(self) -> None:
        # The rate belongs to the pictures that are open, not to a preset.
        self._panel.presets.show_value(self._session.config.with_changes({"fps": PipelineConfig().fps}))

    def _take_preset(self, config: PipelineConfig) -> None:
        self._change_settings(config.with_changes({"fps": self._session.config.fps}))

    def _edit_settings(self, config: PipelineConfig) -> None:
        """A field was edited; edits of the same field in a row are taken back together."""
        source = self._session.source
        if config.fps != self._session.config.fps and source is not None:
            # All times change: the pictures are opened again, which asks first where work would be lost.
            self._panel.form.show_config(self._session.config)
            self._studio.opener.request(OpenRequest(path=source.path, config=config))
            return
        was, now = self._session.config.to_dict(), config.to_dict()
        changed = [key for key in now if now[key] != was[key]]
        self._change_settings(config, merges_with=f"setting {' '.join(changed)}")

    def _change_settings(self, config: PipelineConfig, merges_with: str = "") -> None:
        """Other settings, so that the change can be taken back."""
        was = self._session.config
        if config == was:
            return
        edit = Edit(
            label=tr("Change {settings}").format(settings=changed_settings(was, config)),
            redo=lambda: self._session.set_config(config),
            undo=lambda: self._session.set_config(was),
            merges_with=merges_with,
        )
        self._session.edits.do(edit)

    def _presets_changed(self) -> None:
        self._show_preset()
        try:
            save_presets(self.presets, self._studio.workspace.presets_file)
        except L3roccError as error:
            self._studio.messages.show_error(tr("Save the preset"), error)
