"""The same runs on an existing Ray cluster, whose machines share the input and the output folder.

The batch's own threads hand each unit to the cluster and wait; claims, results and publishing are those of one machine,
so that losing a node, or the whole cluster, loses no more than the runs that it was at.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from l3rocc_engine.batch.result import UnitResult
from l3rocc_engine.batch.runner import Perform
from l3rocc_engine.batch.work import UnitTask
from l3rocc_engine.errors import Cancelled, ConfigError
from l3rocc_engine.isolation import ChildCrashed
from l3rocc_engine.progress import CancelToken, EventSink

if TYPE_CHECKING:
    from collections.abc import Callable

RETRIES = 3
"""Times that a run is started again when its node is lost."""
CPUS_EACH = 1.0
"""Processors that a run reserves on its node."""
_POLL_S = 0.5


def perform_on(address: str, *, gpus_each: float = 0.0) -> Perform:
    """Something that works on a unit on a cluster.

    Parameters
    ----------
    address
        Of the cluster, as ``ray start`` prints it; ``auto`` for the one of this machine.
    gpus_each
        Share of a GPU that each run gets.

    Raises
    ------
    ConfigError
        Ray is not installed, or there is no cluster at the address.
    """
    remote = _Remote(address, gpus_each)
    remote.connect()
    return remote


class _Remote:
    def __init__(self, address: str, gpus_each: float) -> None:
        self._address, self._gpus_each = address, gpus_each
        self._lock = threading.Lock()
        self._ray: Any = None

    def connect(self) -> None:
        try:
            import ray
        except ImportError as error:
            raise ConfigError(
                "Ray is not installed here.", "Install it with: pip install 'l3rocc-studio[ray]'"
            ) from error
        try:
            if not ray.is_initialized():
                ray.init(address=self._address, log_to_driver=False, logging_level="ERROR")
        except (ConnectionError, RuntimeError, ValueError) as error:
            raise ConfigError(
                f"There is no Ray cluster at {self._address}: {error}.", "Start one with 'ray start --head'."
            ) from error
        self._ray = ray

    def __call__(self, task: UnitTask, events: EventSink, cancel: CancelToken) -> UnitResult:
        """Hand a unit to the cluster and wait for it; progress does not come back from there."""
        ray = self._ray
        with self._lock:
            reference = self._work().remote(task)
        while True:
            try:
                cancel.check()
            except Cancelled:
                ray.cancel(reference, force=True)
                raise
            ready, _ = ray.wait([reference], timeout=_POLL_S)
            if ready:
                break
        try:
            result: UnitResult = ray.get(reference)
        except ray.exceptions.RayError as error:
            raise ChildCrashed(f"The cluster gave the run up: {str(error).splitlines()[0]}") from error
        return result

    def _work(self) -> Any:
        remote: Callable[..., Any] = self._ray.remote(
            num_cpus=CPUS_EACH, num_gpus=self._gpus_each, max_retries=RETRIES, max_calls=1
        )
        return remote(_work_quietly)


def _work_quietly(task: UnitTask) -> UnitResult:
    """A fresh process each (``max_calls=1``), as here; what the libraries count once is set before they load."""
    from l3rocc_engine.batch.work import work_on

    return work_on(lambda _event: None, task)
