"""The Process page: what is open, the settings of the next run, the job that runs, and what the last run found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from l3rocc_engine.config import PipelineConfig
from l3rocc_studio.model.outlook import Outlook
from l3rocc_studio.model.presets import Presets
from l3rocc_studio.model.setting_presets import SETTING_PRESETS
from l3rocc_studio.model.stage_groups import StageGroup
from l3rocc_studio.model.words import tr
from l3rocc_studio.ui.actions.action_set import ActionSet
from l3rocc_studio.ui.card import make_card
from l3rocc_studio.ui.config_form import ConfigForm
from l3rocc_studio.ui.facts_table import FactsTable
from l3rocc_studio.ui.job_card import JobCard
from l3rocc_studio.ui.labels import hidden_label, show_text
from l3rocc_studio.ui.notes import Notes
from l3rocc_studio.ui.preset_bar import PresetBar
from l3rocc_studio.ui.process.forecast_view import ForecastView
from l3rocc_studio.ui.process.stage_list import StageList
from l3rocc_studio.ui.scroll_page import ScrollPage
from l3rocc_studio.ui.start_page import action_button, make_primary
from l3rocc_studio.ui.theme import Theme


class ProcessPanel(QWidget):
    """The Process page. Its cards scroll where there is little room; Process, Cancel and the progress always stay."""

    def __init__(self, config: PipelineConfig, actions: ActionSet, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Process"))
        self.form = ConfigForm(config, self)
        self.presets = PresetBar(Presets(SETTING_PRESETS), config, tr("Presets of settings"), theme, self)
        self.forecast = ForecastView(self)
        self.stages = StageList(theme, self)
        self._is_running = self._is_up_to_date = False
        self.job_card = JobCard(self)
        self.process_button = action_button(actions, "process", tr("Process"), self, is_primary=True)
        self.export_button = action_button(actions, "export", tr("Export…"), self)
        self.export_button.setVisible(False)
        self.cancel_button = action_button(actions, "cancel", tr("Cancel"), self)
        self.cancel_button.setVisible(False)
        self._source_name = QLabel("", self)
        self._source_name.setObjectName("title")
        self._source_name.setWordWrap(True)
        self._source_facts = hidden_label("small", self)
        self.source_notes = Notes(tr("Notes on the source"), self)
        self._stale = hidden_label("warning", self)
        self._results = FactsTable(self)
        self.scale_button = action_button(actions, "set_scale", tr("Set the scale to get metres…"), self)
        self.scale_button.setVisible(False)
        self.result_notes = Notes(tr("Notes on the result"), self)
        self._lay_out()

    def _lay_out(self) -> None:
        content = QWidget(self)
        cards = QVBoxLayout(content)
        cards.setContentsMargins(4, 0, 4, 0)
        cards.setSpacing(8)
        cards.addWidget(make_card(self, tr("SOURCE"), self._source_name, self._source_facts, self.source_notes))
        self._settings_card = make_card(self, tr("SETTINGS"), self.presets, self.form)
        cards.addWidget(self._settings_card)
        self._result_card = make_card(self, tr("RESULT"), self._results, self.scale_button, self.result_notes)
        cards.addWidget(self._result_card)
        cards.addStretch(1)
        self._page = ScrollPage(content, self)
        self.stages.setVisible(False)
        told = (self._stale, self.stages, self.forecast)
        buttons = QWidget(self)
        pair = QHBoxLayout(buttons)
        pair.setContentsMargins(0, 0, 0, 0)
        pair.setSpacing(8)
        for button in (self.export_button, self.process_button, self.cancel_button):
            pair.addWidget(button, 1)
        foot = make_card(self, "", *told, buttons, self.job_card)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._page)
        row = QVBoxLayout()
        row.setContentsMargins(4, 0, 4, 0)
        row.addWidget(foot)
        column.addLayout(row)
        column.addStretch(1)
        self.show_result([], ())

    def show_source(self, name: str, facts: str, warnings: tuple[str, ...]) -> None:
        """Say what is open and what is odd about it."""
        self._source_name.setText(name)
        show_text(self._source_facts, facts)
        self.source_notes.show_notes(warnings)

    def offer_scale(self, *, is_offered: bool) -> None:
        """Show the way to metres, where the result has none."""
        self.scale_button.setVisible(is_offered)

    def show_result(self, facts: Sequence[tuple[str, str]], notes: Sequence[str]) -> None:
        """Say what the last run found, and bring it into view; no facts hide the card."""
        self._results.show_facts(facts)
        self.result_notes.show_notes(notes)
        self._result_card.setVisible(bool(facts))
        if facts:
            # Once the layout has made room for it.
            QTimer.singleShot(0, self._page, self._show_result_card)

    def _show_result_card(self) -> None:
        self._page.ensureWidgetVisible(self._result_card, 0, 0)

    @property
    def stale_text(self) -> str:
        """What is said about a result that does not match the settings; empty while it does."""
        return self._stale.text()

    def show_stale(self, text: str) -> None:
        """Say that the result does not match the settings; empty hides it."""
        show_text(self._stale, text)

    def show_running(self, *, is_running: bool) -> None:
        """Swap Process for Cancel."""
        self.process_button.setVisible(not is_running)
        self.cancel_button.setVisible(is_running)
        self._is_running = is_running
        self._show_next_step()
        self._settings_card.setVisible(not is_running)
        self.forecast.setVisible(not is_running and bool(self.forecast.text))

    def show_up_to_date(self, *, is_up_to_date: bool) -> None:
        """What is most likely wanted next: to export a result that the settings would make again, else to process."""
        self._is_up_to_date = is_up_to_date
        self._show_next_step()

    def _show_next_step(self) -> None:
        self.export_button.setVisible(self._is_up_to_date and not self._is_running)
        make_primary(self.export_button, is_primary=self._is_up_to_date)
        make_primary(self.process_button, is_primary=not self._is_up_to_date)

    def show_outlook(self, outlook: Outlook | None) -> None:
        """Tell what a run would do and cost, and what Automatic stands for."""
        self.forecast.show_outlook(outlook)
        self.forecast.setVisible(not self._is_running and bool(self.forecast.text))
        self.form.show_reason(outlook.reason if outlook else "", outlook.backend if outlook else "")

    def show_stages(self, groups: tuple[StageGroup, ...], reasons: Mapping[str, str]) -> None:
        """Show where every stage stands, and why; none hide the list."""
        self.stages.show_groups(groups, reasons)
        self.stages.setVisible(bool(groups))
