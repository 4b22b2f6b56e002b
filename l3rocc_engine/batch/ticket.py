"""What waits in a batch's queue."""

from __future__ import annotations

import queue
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace

from l3rocc_engine.batch.lease import Claim
from l3rocc_engine.batch.result import UnitStatus
from l3rocc_engine.batch.standing import Standing
from l3rocc_engine.batch.unit import BatchTarget, BatchUnit
from l3rocc_engine.errors import Cancelled
from l3rocc_engine.progress import CancelToken

WAIT_S = 3.0
"""Time between two looks at a unit that another machine is working on."""
_IDLE_S = 0.2


@dataclass(eq=False)
class Progress:
    """What is known of a target while a batch runs.

    Attributes
    ----------
    target
        Which.
    lock
        Held while the rest is read or changed.
    standing
        What was there when it was looked at; None before.
    statuses
        How its units ended so far, by name.
    """

    target: BatchTarget
    lock: threading.Lock = field(default_factory=threading.Lock)
    standing: Standing | None = None
    statuses: dict[str, UnitStatus] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """One unit in the queue.

    Attributes
    ----------
    progress, unit
        What to do, and the target that it belongs to.
    not_before_s
        When to look again at what another machine was working on; 0 for those not yet looked at.
    num_failures
        Times that the disk or the share failed it.
    """

    progress: Progress
    unit: BatchUnit
    not_before_s: float = 0.0
    num_failures: int = 0

    @property
    def was_elsewhere(self) -> bool:
        """Whether another machine was at it while this batch ran: what it made is not to be redone."""
        return self.not_before_s > 0.0


class TicketQueue:
    """Units in the order in which they are taken; those that others are working on come last, and not too often."""

    def __init__(self) -> None:
        self._todo: queue.SimpleQueue[Ticket] = queue.SimpleQueue()
        self._put_off: queue.SimpleQueue[Ticket] = queue.SimpleQueue()

    def put(self, ticket: Ticket) -> None:
        """Add one."""
        self._todo.put(ticket)

    def put_off(self, ticket: Ticket) -> None:
        """Add one that another machine is working on."""
        self._put_off.put(replace(ticket, not_before_s=time.monotonic() + WAIT_S))

    def take(self, cancel: CancelToken) -> Ticket | None:
        """The next one, waiting until its time has come; None if there is none, or ``cancel`` is set."""
        with suppress(queue.Empty):
            return self._todo.get_nowait()
        while not cancel.is_set():
            try:
                ticket = self._put_off.get_nowait()
            except queue.Empty:
                return None
            if time.monotonic() >= ticket.not_before_s:
                return ticket
            self._put_off.put(ticket)
            time.sleep(_IDLE_S)
        return None


class UnitCancel(CancelToken):
    """Set when the batch is to stop, or the unit is no longer ours.

    Parameters
    ----------
    batch
        Of the whole batch.
    claim
        On the unit.
    """

    def __init__(self, batch: CancelToken, claim: Claim) -> None:
        super().__init__()
        self._batch, self._claim = batch, claim

    def is_set(self) -> bool:
        """Whether to stop, for either reason."""
        return self._batch.is_set() or self._claim.lost.is_set()

    def check(self) -> None:
        """Stop here if asked to.

        Raises
        ------
        Cancelled
            For either reason.
        """
        if self.is_set():
            raise Cancelled("Stopped on request.")
