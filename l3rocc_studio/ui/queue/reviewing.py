"""Looking at one result after another, and saying which are good."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from l3rocc_studio.model.edits import Edit
from l3rocc_studio.model.queue import Queue
from l3rocc_studio.model.queue_item import ItemState, QueueItem, Review
from l3rocc_studio.model.words import N_, tr

if TYPE_CHECKING:
    from l3rocc_studio.ui.queue.page import QueuePage
    from l3rocc_studio.ui.studio import Studio

NOT_OPEN = N_("Open a finished entry of the queue first.")
_LABELS = {Review.ACCEPTED: N_("Accept"), Review.REJECTED: N_("Reject")}
_SAID = {Review.ACCEPTED: N_("accepted"), Review.REJECTED: N_("rejected")}


class Reviewing:
    """Accept, reject, redo, next.

    Parameters
    ----------
    studio, queue, page
        What it is about.
    open_item
        The entry whose result is shown in the window, or None.
    show
        Opens the result of an entry.
    """

    def __init__(
        self,
        studio: Studio,
        queue: Queue,
        page: QueuePage,
        open_item: Callable[[], QueueItem | None],
        show: Callable[[QueueItem], object],
    ) -> None:
        self._queue, self._page, self._open_item, self._show = queue, page, open_item, show
        self._session, self._window = studio.session, studio.window
        commands: dict[str, Callable[[], object]] = {
            "review_accept": partial(self._review, Review.ACCEPTED),
            "review_reject": partial(self._review, Review.REJECTED),
            "review_redo": self._redo,
        }
        for key, command in commands.items():
            studio.actions.on(key, command)
            studio.permissions.add_rule(key, lambda: "" if self._to_review() else NOT_OPEN)
        studio.actions.on("review_next", self._open_next)
        nothing_left = tr("No results left to review.")
        studio.permissions.add_rule("review_next", lambda: "" if self._next_unreviewed() else nothing_left)

        def ask_again(_page: str) -> None:
            for key in commands:
                studio.permissions.update_one(key)

        self._window.sidebar.page_changed.connect(ask_again)

    def _to_review(self) -> QueueItem | None:
        """The selected entry while the queue is in front, if it is finished; elsewhere the one that is open."""
        current = self._page.current if self._window.sidebar.current == "queue" else None
        if current is None:
            return self._open_item()
        return current if current.state is ItemState.DONE else None

    def _review(self, review: Review) -> None:
        """Note a review; Undo takes it back, a stray key does not."""
        item = self._to_review()
        if item is None:
            return
        was = item.review
        if was is not review:
            edit = Edit(
                label=f"{tr(_LABELS[review])} {item.name}",
                redo=lambda: self._queue.review(item.key, review),
                undo=lambda: self._queue.review(item.key, was),
            )
            self._session.edits.do(edit)
        self._window.say(f"{item.name}: {tr(_SAID[review])}")

    def _redo(self) -> None:
        item = self._to_review()
        if item is not None:
            self._queue.redo(item.key, dict(self._session.config.to_dict()))
            self._window.say(tr("{name} is queued again with the current settings.").format(name=item.name))

    def _next_unreviewed(self) -> QueueItem | None:
        """The next finished entry without a review, after the one that is open."""
        items, current = list(self._queue.items), self._open_item()
        start = items.index(current) + 1 if current in items else 0
        left = (item for item in [*items[start:], *items[:start]] if item is not current)
        return next((item for item in left if item.state is ItemState.DONE and item.review is Review.NONE), None)

    def _open_next(self) -> None:
        item = self._next_unreviewed()
        if item is not None:
            self._page.select([item.key])
            self._show(item)
