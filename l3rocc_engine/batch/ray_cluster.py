"""The same runs on an existing Ray cluster, whose machines share the input and the output folder.

The batch's own threads hand each unit to the cluster and wait; claims, results and publishing are those of one machine,
so that losing a node, or the whole cluster, loses no more than the runs that it was at.
"""

from __future__ import annotations

import math
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from l3rocc_engine.batch.result import UnitResult
from l3rocc_engine.batch.work import UnitTask
from l3rocc_engine.batch.workers import MEMORY_EACH_BYTES, Workers
from l3rocc_engine.errors import Cancelled, ConfigError, L3roccError
from l3rocc_engine.isolation import ChildCrashed
from l3rocc_engine.progress import CancelToken, EventSink

RETRIES = 3
"""Times that a run is started again when its node is lost."""
CPUS_EACH = 1
"""Processors that a run reserves on its node, and threads that its libraries may use."""
_POLL_S, _PROBE_S = 0.5, 5.0


def connect(address: str, *, gpus_each: float = 0.0, memory_each_bytes: int = MEMORY_EACH_BYTES) -> RayCluster:
    """Something that works on units on a cluster.

    Parameters
    ----------
    address
        Of the cluster, as ``ray start`` prints it; ``auto`` for the one of this machine.
    gpus_each
        Share of a GPU that each run gets.
    memory_each_bytes
        Memory that each run reserves on its node.

    Raises
    ------
    ConfigError
        The share makes no sense, Ray is not installed, there is no cluster at the address, or none of its nodes has
        room for one run.
    """
    if not (math.isfinite(gpus_each) and gpus_each >= 0.0) or (gpus_each > 1.0 and not gpus_each.is_integer()):
        raise ConfigError(f"A run cannot have {gpus_each:g} GPUs.", "Give a share such as 0.5, or a whole number.")
    try:
        import ray
    except ImportError as error:
        raise ConfigError("Ray is not installed here.", "Install it with: pip install 'l3rocc-studio[ray]'") from error
    if not ray.is_initialized():
        _join(ray, address)
    return RayCluster(ray, gpus_each, memory_each_bytes)


def _join(ray: Any, address: str) -> None:
    try:
        _probe(address)
        ray.init(address=address, log_to_driver=False, logging_level="ERROR", configure_logging=False)
    except Exception as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        hint = "Start one with 'ray start --head', and give the address that it prints, or 'auto' on that machine."
        raise ConfigError(f"There is no Ray cluster at {address}: {reason}.", hint) from error


def _probe(address: str) -> None:
    """Whether anybody listens there: Ray itself tries for a minute and more, and then ends the whole process.

    Raises
    ------
    OSError
        Nobody does.
    """
    host, separator, port = address.rpartition(":")
    if separator and host and port.isdigit() and "//" not in host:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=_PROBE_S):
            pass


class RayCluster:
    """A cluster that this process has joined; calling it works on one unit there.

    Parameters
    ----------
    ray
        The library.
    gpus_each, memory_each_bytes
        What each run reserves.
    work
        What is done with a unit there.
    """

    def __init__(
        self,
        ray: Any,
        gpus_each: float,
        memory_each_bytes: int,
        work: Callable[[UnitTask], UnitResult] | None = None,
    ) -> None:
        self._ray, self._gpus_each, self._memory_each_bytes = ray, gpus_each, memory_each_bytes
        remote = ray.remote(
            num_cpus=CPUS_EACH,
            num_gpus=gpus_each,
            memory=memory_each_bytes,
            max_retries=RETRIES,
            max_calls=1,  # a fresh process each, as on one machine: the libraries count their threads once
        )
        self._remote = remote(work or work_quietly)

    def workers(self) -> Workers:
        """As many runs at once as the cluster has room for now; more nodes may join, which the next batch uses.

        Raises
        ------
        ConfigError
            No node has room for one run.
        """
        count = sum(self._fitting(node["Resources"]) for node in self._ray.nodes() if node["Alive"])
        if not count:
            gpus = f" and {self._gpus_each:g} GPU" if self._gpus_each else ""
            raise ConfigError(
                f"No node of the Ray cluster has room for a run: {CPUS_EACH} processor, "
                f"{self._memory_each_bytes / 2**30:.1f} GiB of memory{gpus}.",
                "Add nodes, or start them with more resources.",
            )
        return Workers(count=count, threads_each=CPUS_EACH)

    def _fitting(self, resources: dict[str, float]) -> int:
        shares = [
            resources.get("CPU", 0.0) / CPUS_EACH,
            resources.get("memory", 0.0) / self._memory_each_bytes,
        ]
        if self._gpus_each:
            shares.append(resources.get("GPU", 0.0) / self._gpus_each)
        return int(min(shares) + 1e-9)

    def __call__(self, task: UnitTask, events: EventSink, cancel: CancelToken) -> UnitResult:
        """Hand a unit to the cluster and wait for it; progress does not come back from there.

        Raises
        ------
        Cancelled
            ``cancel`` was set; the run there is ended.
        L3roccError
            What the run raised of that kind.
        ChildCrashed
            The cluster gave the run up.
        """
        ray = self._ray
        reference = self._remote.remote(task)
        try:
            while not ray.wait([reference], timeout=_POLL_S)[0]:
                cancel.check()
            result: UnitResult = ray.get(reference)
        except Cancelled:
            with suppress(ray.exceptions.RayError):
                ray.cancel(reference, force=True)
            raise
        except ray.exceptions.RayTaskError as error:
            cause = error.cause
            if isinstance(cause, L3roccError):
                raise cause from error
            raise ChildCrashed(f"The run failed on the cluster: {type(cause).__name__}: {cause}") from error
        except ray.exceptions.RayError as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise ChildCrashed(f"The cluster gave the run up: {reason}") from error
        return result


def work_quietly(task: UnitTask) -> UnitResult:
    """What a node does; module-level, so that nodes find it by its name in the package that they have installed."""
    from l3rocc_engine.batch.work import work_on

    return work_on(lambda _event: None, task)
