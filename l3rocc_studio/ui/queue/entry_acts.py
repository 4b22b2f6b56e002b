"""What can be done with the selected entries of the queue."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from l3rocc_engine.errors import L3roccError
from l3rocc_studio.model.edits import Edit
from l3rocc_studio.model.queue import Queue
from l3rocc_studio.model.queue_item import ItemState, QueueItem
from l3rocc_studio.model.run_location import RunLocation
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.services.queue_store import QueueStore
from l3rocc_studio.ui.opening import OpenRequest
from l3rocc_studio.ui.queue.log_dialog import LogDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from l3rocc_studio.ui.queue.page import QueuePage
    from l3rocc_studio.ui.studio import Studio

NO_SELECTION = N_("Select one queue entry first.")


class EntryActs:
    """Opens, retries, moves and removes entries, and shows their logs.

    Parameters
    ----------
    studio, queue, store, page
        What it is about.
    is_open
        Whether an entry's result is what the window shows.
    """

    def __init__(
        self,
        studio: Studio,
        queue: Queue,
        store: QueueStore,
        page: QueuePage,
        is_open: Callable[[QueueItem], bool],
    ) -> None:
        self._is_open = is_open
        self._studio, self._queue, self._store, self._page = studio, queue, store, page
        self._session, self._window = studio.session, studio.window
        on, rule = studio.actions.on, studio.permissions.add_rule
        on("queue_open", lambda: self._with_current(self.open))
        on("queue_retry", lambda: queue.retry([item.key for item in page.selected]))
        on("queue_up", partial(self._move, -1))
        on("queue_down", partial(self._move, 1))
        on("queue_log", lambda: self._with_current(self._show_log))
        on("queue_remove", lambda: self._remove(page.selected))
        on("queue_clear", self._clear_finished)
        rule(
            "queue_open",
            lambda: self._refuse_current(lambda item: item.state is ItemState.DONE, tr("It has no result.")),
        )
        rule("queue_retry", lambda: self._refuse_current(lambda item: item.state.can_run_again, tr("It did not fail.")))
        for key in ("queue_log", "queue_up", "queue_down"):
            rule(key, lambda: "" if page.current else NO_SELECTION)
        rule("queue_remove", self._refuse_removal)
        rule("queue_clear", lambda: "" if queue.count(ItemState.DONE) else tr("No finished entries."))

    def _refuse_current(self, is_fit: Callable[[QueueItem], bool], why_not: str) -> str:
        item = self._page.current
        return NO_SELECTION if item is None else "" if is_fit(item) else why_not

    def _refuse_removal(self) -> str:
        chosen = self._page.selected
        if not chosen:
            return NO_SELECTION
        return tr("Stop it first.") if all(item.state is ItemState.RUNNING for item in chosen) else ""

    def open(self, item: QueueItem) -> None:
        """Show the result of a finished entry; one that is shown stays, with the marks that were set in it."""
        if item.result is None:
            return
        if self._is_open(item):
            self._window.say(tr("{name} is already open.").format(name=item.name))
            return
        location = RunLocation(path=item.path, workdir=item.result.workdir, config=item.config, episode=item.episode)
        from l3rocc_engine.config import config_from_dict

        try:
            config = config_from_dict(item.config, origin="the queue")
        except L3roccError as error:
            self._studio.messages.show_error(tr("Open {name}").format(name=item.name), error)
            return
        request = OpenRequest(path=item.path, episode=item.episode, location=location, config=config)
        self._studio.opener.request(request)

    def _with_current(self, act: Callable[[QueueItem], object]) -> None:
        item = self._page.current
        if item is not None:
            act(item)

    def _show_log(self, item: QueueItem) -> None:
        dialog = LogDialog(item.name, lambda: self._store.read_log(item.key), self._window)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _move(self, by: int) -> None:
        item = self._page.current
        if item is None:
            return
        before = [each.key for each in self._queue.items]
        self._queue.move(item.key, before.index(item.key) + by)
        self._page.select([item.key])

    def _remove(self, items: list[QueueItem]) -> None:
        doomed = [item for item in items if item.state is not ItemState.RUNNING]
        if not doomed:
            return
        before = [item.key for item in self._queue.items]
        what = doomed[0].name if len(doomed) == 1 else tr("{count} entries").format(count=len(doomed))

        def bring_back() -> None:
            self._queue.insert(len(self._queue.items), doomed)
            self._queue.order(before)

        keys = [item.key for item in doomed]
        edit = Edit(
            label=tr("Remove {what} from the queue").format(what=what),
            redo=lambda: self._queue.remove(keys),
            undo=bring_back,
        )
        self._session.edits.do(edit)

    def _clear_finished(self) -> None:
        self._remove([item for item in self._queue.items if item.state is ItemState.DONE])
