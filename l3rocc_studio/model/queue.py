"""The queue: entries in the order in which they will be processed, and whether it moves."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Sequence

from l3rocc_studio.model.queue_item import ItemResult, ItemState, QueueItem, Review
from l3rocc_studio.model.signal import Signal


class Queue:
    """Entries, mutable; knows neither files nor threads.

    Attributes
    ----------
    changed
        No arguments: entries came, went or moved.
    item_changed
        ``(key,)``: one entry changed.
    paused_changed
        ``(is_paused,)``.
    """

    def __init__(self, items: Iterable[QueueItem] = (), *, is_paused: bool = False) -> None:
        self.changed: Signal[[]] = Signal()
        self.item_changed: Signal[[str]] = Signal()
        self.paused_changed: Signal[[bool]] = Signal()
        self._items: list[QueueItem] = list(items)
        self._is_paused = is_paused

    # What is

    @property
    def items(self) -> tuple[QueueItem, ...]:
        """All entries in order."""
        return tuple(self._items)

    @property
    def is_paused(self) -> bool:
        """Whether no further entry is begun."""
        return self._is_paused

    @property
    def running(self) -> QueueItem | None:
        """The entry that is being processed."""
        return next((item for item in self._items if item.state is ItemState.RUNNING), None)

    @property
    def next_waiting(self) -> QueueItem | None:
        """The entry that is due: none while paused or while one runs."""
        if self._is_paused or self.running is not None:
            return None
        return next((item for item in self._items if item.state is ItemState.WAITING), None)

    def item(self, key: str) -> QueueItem | None:
        """The entry of a key."""
        return next((item for item in self._items if item.key == key), None)

    def count(self, *states: ItemState) -> int:
        """How many entries are in one of these states."""
        counted = Counter(item.state for item in self._items)
        return sum(counted[state] for state in states)

    # What a person does

    def add(self, items: Sequence[QueueItem]) -> tuple[QueueItem, ...]:
        """Append entries; those that are waiting or running already are left out. Returns what was added."""
        pending = [item for item in self._items if item.state in (ItemState.WAITING, ItemState.RUNNING)]
        added: list[QueueItem] = []
        for item in items:
            if not any(item.is_same_work(other) for other in (*pending, *added)):
                added.append(item)
        if added:
            self._items.extend(added)
            self.changed.emit()
        return tuple(added)

    def insert(self, index: int, items: Sequence[QueueItem]) -> None:
        """Put entries where they were, as when a removal is taken back."""
        known = {item.key for item in self._items}
        self._items[index:index] = [item for item in items if item.key not in known]
        self.changed.emit()

    def remove(self, keys: Iterable[str]) -> None:
        """Take entries out; one that is running stays."""
        doomed = set(keys)
        kept = [item for item in self._items if item.key not in doomed or item.state is ItemState.RUNNING]
        if len(kept) != len(self._items):
            self._items = kept
            self.changed.emit()

    def move(self, key: str, index: int) -> None:
        """Put an entry at another place; beyond the ends means the nearest end."""
        item = self.item(key)
        if item is None:
            return
        rest = [other for other in self._items if other is not item]
        place = min(max(index, 0), len(rest))
        moved = [*rest[:place], item, *rest[place:]]
        if moved != self._items:
            self._items = moved
            self.changed.emit()

    def order(self, keys: Sequence[str]) -> None:
        """Put the entries into this order; those that are not named come last, as they stood."""
        rank = {key: place for place, key in enumerate(keys)}
        ordered = sorted(self._items, key=lambda item: rank.get(item.key, len(rank)))
        if ordered != self._items:
            self._items = ordered
            self.changed.emit()

    def set_paused(self, *, is_paused: bool) -> None:
        """Begin no further entry, or go on."""
        if is_paused != self._is_paused:
            self._is_paused = is_paused
            self.paused_changed.emit(is_paused)

    def retry(self, keys: Iterable[str]) -> None:
        """Let entries that ended without a result wait again."""
        for item in [item for item in map(self.item, keys) if item and item.state.can_run_again]:
            self.replace(dataclasses.replace(item, state=ItemState.WAITING, error="", hint=""))

    def redo(self, key: str, config: dict[str, object] | None = None) -> None:
        """Let an entry wait again whatever became of it, with other settings if given; its review starts over."""
        item = self.item(key)
        if item is None or item.state is ItemState.RUNNING:
            return
        self.replace(
            dataclasses.replace(
                item,
                config=dict(config) if config is not None else item.config,
                state=ItemState.WAITING,
                review=Review.NONE,
                result=None,
                error="",
                hint="",
            )
        )

    def review(self, key: str, review: Review) -> None:
        """Note what a person thinks of a finished entry; others cannot be reviewed."""
        item = self.item(key)
        if item is not None and item.state is ItemState.DONE:
            self.replace(dataclasses.replace(item, review=review))

    # What the runner does

    def begin(self, key: str) -> QueueItem | None:
        """An entry is being processed from now on."""
        return self._change(key, state=ItemState.RUNNING, error="", hint="")

    def finish(self, key: str, result: ItemResult) -> None:
        """An entry has a result."""
        self._change(key, state=ItemState.DONE, result=result)

    def fail(self, key: str, error: str, hint: str) -> None:
        """An entry could not be processed."""
        self._change(key, state=ItemState.FAILED, error=error, hint=hint)

    def stop(self, key: str) -> None:
        """An entry was stopped by a person."""
        self._change(key, state=ItemState.STOPPED)

    def interrupt(self) -> None:
        """The program ends, or ended, while an entry was being processed."""
        running = self.running
        if running is not None:
            self._change(running.key, state=ItemState.INTERRUPTED)

    def replace(self, item: QueueItem) -> None:
        """Put the newer state of an entry in its place."""
        for index, other in enumerate(self._items):
            if other.key == item.key and other != item:
                self._items[index] = item
                self.item_changed.emit(item.key)

    def _change(self, key: str, **changes: object) -> QueueItem | None:
        item = self.item(key)
        if item is None:
            return None
        changed = dataclasses.replace(item, **changes)  # type: ignore[arg-type]
        self.replace(changed)
        return changed
