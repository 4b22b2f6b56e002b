"""The queue in the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog

from l3rocc_engine.errors import L3roccError
from l3rocc_studio.model.queue import Queue
from l3rocc_studio.model.queue_item import ItemState, QueueItem
from l3rocc_studio.model.stage_track import StageTrack
from l3rocc_studio.model.words import N_, retell, tr
from l3rocc_studio.services.job_service import episode_number
from l3rocc_studio.services.outlook_service import OutlookService
from l3rocc_studio.services.queue_store import QueueStore, write_report
from l3rocc_studio.ui.queue.adding import Adding
from l3rocc_studio.ui.queue.badge import QueueBadge
from l3rocc_studio.ui.queue.entry_acts import EntryActs
from l3rocc_studio.ui.queue.page import QueuePage
from l3rocc_studio.ui.queue.queue_list import QueueList
from l3rocc_studio.ui.queue.reviewing import Reviewing
from l3rocc_studio.ui.queue.row_painter import RowPainter
from l3rocc_studio.ui.queue.runner import QueueRunner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from l3rocc_studio.ui.studio import Studio

ELSEWHERE = N_("The queue is in use by another open window of this program.")


class QueueFeature:
    """Puts the model, the runner and the page together."""

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._session, self._window = studio.session, studio.window
        self.store = QueueStore(studio.workspace.queue_dir)
        self.queue = self.store.load() if self.store.take() else Queue(is_paused=True)
        self._pause_what_was_left()
        self._life = QObject(studio.window)
        outlooks = OutlookService(studio.workspace)
        self.runner = QueueRunner(self.queue, self.store, studio.jobs, outlooks, studio.session, self._life)
        self._entries = QueueList(self.queue)
        painter = RowPainter(studio.theme, studio.thumbnails, self._progress, self._is_open)
        self.page = QueuePage(self.queue, self._entries, painter, studio.actions, studio.theme, studio.window)
        self.badge = QueueBadge(studio.theme, studio.window)
        self.adding = Adding(studio, self.queue, self._refusal, self._show_added, self._life)
        self.acts = EntryActs(studio, self.queue, self.store, self.page, self._is_open)
        Reviewing(studio, self.queue, self.page, lambda: self.open_item, self.acts.open)
        studio.window.sidebar.add_page("queue", tr("Queue"), "queue", self.page)
        studio.window.statusBar().addPermanentWidget(self.badge)
        self._soon = QTimer(self._life)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._show)
        self._wire()
        self._add_rules()
        self._show()

    def shut_down(self) -> None:
        """Stop what runs, and write the queue."""
        for disconnect in self._disconnects:
            disconnect()
        self._soon.stop()
        self.adding.shut_down()
        self.runner.shut_down()
        self._entries.shut_down()

    # What is

    @property
    def open_item(self) -> QueueItem | None:
        """The entry whose result is shown in the window."""
        return next((item for item in self.queue.items if self._is_open(item)), None)

    def _is_open(self, item: QueueItem) -> bool:
        location = self._session.run_location
        return (
            item.result is not None
            and location is not None
            and location.workdir == item.result.workdir
            and location.config == item.config
        )

    def _progress(self) -> tuple[StageTrack, bool]:
        return self.runner.track, self.runner.is_stopping

    def _refusal(self) -> str:
        return "" if self.store.is_ours else ELSEWHERE

    def _show_added(self, added: Sequence[QueueItem]) -> None:
        self._show_page()
        self.page.select([added[0].key])

    def _pause_what_was_left(self) -> None:
        """Entries of the last time wait for a person: what ended the program might do so again."""
        if self.queue.count(ItemState.WAITING, ItemState.INTERRUPTED):
            self.queue.set_paused(is_paused=True)

    # Wiring

    def _wire(self) -> None:
        on, studio = self._studio.actions.on, self._studio
        on("queue_pause", self._toggle_pause)
        on("queue_retry_failed", lambda: self.queue.retry([item.key for item in self.queue.items]))
        on("queue_report", self._ask_for_report)
        on("queue_stop", self.runner.stop)
        self.page.selection_changed.connect(self._soon.start)
        self.badge.clicked.connect(self._show_page)
        self.runner.progressed.connect(self._show_progress)
        self.runner.ended.connect(self._tell_ended)
        self.runner.not_saved.connect(self._tell_not_saved)
        studio.thumbnails.arrived.connect(self._show_thumbnail)
        self._disconnects = [
            self.queue.changed.connect(self._soon.start),
            self.queue.item_changed.connect(lambda _key: self._soon.start()),
            self.queue.paused_changed.connect(lambda _is_paused: self._soon.start()),
            self._session.run_changed.connect(self._soon.start),
        ]

    def _add_rules(self) -> None:
        rule = self._studio.permissions.add_rule
        rule("queue_stop", lambda: "" if self.queue.running else tr("No queue entry is running."))
        rule("queue_retry_failed", lambda: "" if self._can_retry() else tr("No failed entries."))
        rule("queue_report", lambda: "" if self.queue.items else tr("The queue is empty."))
        rule("queue_pause", lambda: "" if self.queue.items else tr("The queue is empty."))
        rule("process", self._refuse_processing)

    def _refuse_processing(self) -> str:
        """Two jobs must not work in one folder."""
        running, source = self.queue.running, self._session.source
        is_same = (
            running is not None
            and source is not None
            and running.path == source.path
            and running.episode in (None, episode_number(source))
        )
        return tr("The queue is processing this input right now.") if is_same else ""

    def _can_retry(self) -> bool:
        return any(item.state.can_run_again for item in self.queue.items)

    # The queue

    def _toggle_pause(self) -> None:
        self.queue.set_paused(is_paused=not self.queue.is_paused)
        if not self.queue.is_paused:
            left = [item.key for item in self.queue.items if item.state is ItemState.INTERRUPTED]
            self.queue.retry(left)

    def _ask_for_report(self) -> None:
        suggestion = str(Path(self._studio.settings.folder("export")) / "queue-report.csv")
        chosen, _ = QFileDialog.getSaveFileName(
            self._window, tr("Save the report"), suggestion, tr("Table (*.csv);;JSON (*.json)")
        )
        if chosen:
            path = Path(chosen) if Path(chosen).suffix else Path(chosen).with_suffix(".csv")
            self.save_report(path)

    def save_report(self, path: Path) -> None:
        """Write what became of each entry."""
        try:
            write_report(self.queue.items, path)
        except L3roccError as error:
            self._studio.messages.show_error(tr("Saving the report"), error)
            return
        self._studio.settings.set_folder("export", path.parent)
        self._window.say(tr("Saved {path}").format(path=path))

    # Showing

    def _show(self) -> None:
        self.page.show_elsewhere(self._refusal())
        self.page.show_counts(tr("Paused") if self.queue.is_paused and self.queue.items else self._holding_note())
        self.page.show_selected()
        action = self._studio.actions["queue_pause"]
        action.setChecked(self.queue.is_paused)
        self._studio.permissions.update()
        self._show_face()
        self._show_progress()
        self.page.view.viewport().update()
        self.page.follow_actions()

    def _show_face(self) -> None:
        """Pause turns to Resume."""
        actions, action = self._studio.actions, self._studio.actions["queue_pause"]
        if self.queue.is_paused:
            actions.show_as("queue_pause", "play", tr("Resume the queue"))
        else:
            actions.show_as("queue_pause", "pause", tr("Let the running entry finish, but start no others"))
        if not action.isEnabled():
            action.setToolTip(tr("The queue is empty."))

    def _holding_note(self) -> str:
        return tr("Waits until the open source is processed") if self.runner.is_held_back else ""

    def _show_progress(self) -> None:
        track, is_stopping = self._progress()
        self.badge.show_queue(self.queue, track, is_stopping=is_stopping)
        running = self.queue.running
        if running is not None:
            self._entries.refresh(running.key)

    def _show_thumbnail(self, path: Path) -> None:
        for item in self.queue.items:
            if item.path == path:
                self._entries.refresh(item.key)

    def _show_page(self) -> None:
        if self._session.source is None:
            self._window.show_desk(is_shown=True)
        self._window.sidebar.setVisible(True)
        self._studio.actions["sidebar"].setChecked(True)
        self._window.sidebar.show_page("queue")

    def _tell_ended(self, key: str) -> None:
        item = self.queue.item(key)
        words = {ItemState.DONE: tr("done"), ItemState.FAILED: tr("failed"), ItemState.STOPPED: tr("stopped")}
        if item is not None and item.state in words:
            self._window.say(tr("Queue: {name} {state}").format(name=item.name, state=words[item.state]))

    def _tell_not_saved(self, error: L3roccError) -> None:
        self._window.say(tr("The queue could not be saved: {message}").format(message=retell(error.message)))
