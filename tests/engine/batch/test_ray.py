"""A batch on a real Ray cluster of several nodes on this machine; skips where Ray is not installed."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from l3rocc_engine.batch.ray_cluster import RayCluster, connect
from l3rocc_engine.batch.report import Outcome
from l3rocc_engine.batch.result import UnitResult, unit_place
from l3rocc_engine.batch.runner import run_batch
from l3rocc_engine.batch.settings import BatchSettings
from l3rocc_engine.batch.unit import list_targets
from l3rocc_engine.batch.work import UnitTask
from l3rocc_engine.batch.workers import Workers
from l3rocc_engine.dataset import write_dataset
from l3rocc_engine.errors import Cancelled, ConfigError, InputError
from l3rocc_engine.progress import CancelToken
from tests.engine.batch import program
from tests.engine.batch.tree import contents, fast_perform, write_tree
from tests.synthetic.run_factory import CONFIG, make_run

ray = pytest.importorskip("ray")
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore"), pytest.mark.timeout(900)]

MEMORY_BYTES = 64 << 20
SETTINGS = BatchSettings(config=CONFIG)
COUNT = 8


def work_there(task: UnitTask) -> UnitResult:
    """What a node does in these tests."""
    return program.fast_work(lambda _event: None, task)


def fail_there(task: UnitTask) -> UnitResult:
    raise InputError(f"{task.unit.name} is no good.", "Take another.")


def meet_a_bug_there(task: UnitTask) -> UnitResult:
    raise KeyError("bug")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ray")
    write_tree(folder / "tree", folder / "video", COUNT)
    write_dataset(make_run(folder / "other video"), folder / "run", profile="interndata")
    return folder


@pytest.fixture(scope="module")
def cluster(made: Path) -> Iterator[Any]:
    from ray.cluster_utils import Cluster

    environment = {
        program.RUN: str(made / "run"),
        program.SLOWNESS: "2.0",
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parents[3]), os.environ.get("PYTHONPATH", "")]),
        "RAY_DISABLE_IMPORT_WARNING": "1",
        "RAY_USAGE_STATS_ENABLED": "0",
    }
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        nodes = Cluster(
            initialize_head=True,
            head_node_args={"num_cpus": 0, "memory": MEMORY_BYTES, "object_store_memory": 80 << 20},
        )
        for _ in range(2):
            nodes.add_node(num_cpus=1, memory=2 * MEMORY_BYTES, object_store_memory=80 << 20)
        nodes.wait_for_nodes()
        yield nodes
        ray.shutdown()
        nodes.shutdown()


def there(cluster: Any, work: Any = work_there) -> RayCluster:
    connect(cluster.address, memory_each_bytes=MEMORY_BYTES)
    return RayCluster(ray, 0.0, MEMORY_BYTES, work)


def one_task(made: Path, out: Path) -> UnitTask:
    unit = list_targets(made / "tree")[0].units[0]
    unit_place(out, unit).folder.mkdir(parents=True, exist_ok=True)  # as whoever claims it does
    return UnitTask(unit=unit, settings=SETTINGS, out=out, input_hash="0" * 32)


def test_as_many_at_once_as_the_nodes_have_room_for(cluster: Any) -> None:
    assert there(cluster).workers() == Workers(count=2, threads_each=1)
    with pytest.raises(ConfigError, match="No node of the Ray cluster has room"):
        RayCluster(ray, 1.0, MEMORY_BYTES).workers()
    with pytest.raises(ConfigError, match="No node of the Ray cluster has room"):
        RayCluster(ray, 0.0, 100 * MEMORY_BYTES).workers()
    with pytest.raises(ConfigError, match=r"1\.5 GPUs"):
        connect(cluster.address, gpus_each=1.5)


def test_a_node_that_dies_at_work_costs_no_more_than_its_run(cluster: Any, made: Path, tmp_path: Path) -> None:
    targets, whole, out = list_targets(made / "tree"), tmp_path / "whole", tmp_path / "out"
    here = Workers(count=1, threads_each=1)
    run_batch(targets, whole, SETTINGS, here, perform=fast_perform(made / "one more video"))
    doomed = cluster.add_node(num_cpus=1, memory=2 * MEMORY_BYTES, object_store_memory=80 << 20)
    cluster.wait_for_nodes()
    remote = there(cluster)
    assert remote.workers().count == 3
    ended: list[Outcome] = []
    killing = threading.Thread(target=_kill_once_at_work, args=(cluster, doomed))
    killing.start()
    summary = run_batch(targets, out, SETTINGS, remote.workers(), perform=remote, on_outcome=ended.append)
    killing.join()
    assert [outcome.result.message for outcome in summary.outcomes if outcome.result.message] == []
    assert len(ended) == COUNT
    assert contents(out) == contents(whole)
    assert sum(node["Alive"] for node in ray.nodes()) == 3


def _kill_once_at_work(cluster: Any, doomed: Any) -> None:
    """Not before a run is on it."""
    until_s = time.monotonic() + 120
    while _is_idle(doomed.node_id) and time.monotonic() < until_s:
        time.sleep(0.1)
    time.sleep(1.0)
    cluster.remove_node(doomed, allow_graceful=False)


def _is_idle(node_id: str) -> bool:
    free = ray._private.state.available_resources_per_node().get(node_id, {})
    return bool(free.get("CPU", 0.0) >= 1.0)


def test_what_goes_wrong_there_is_a_sentence_here(cluster: Any, made: Path, tmp_path: Path) -> None:
    from l3rocc_engine.isolation import ChildCrashed

    with pytest.raises(InputError, match="is no good") as told:
        there(cluster, fail_there)(one_task(made, tmp_path), lambda _event: None, CancelToken())
    assert told.value.hint == "Take another."
    with pytest.raises(ChildCrashed, match="KeyError"):
        there(cluster, meet_a_bug_there)(one_task(made, tmp_path), lambda _event: None, CancelToken())


def test_stopping_ends_the_run_there(cluster: Any, made: Path, tmp_path: Path) -> None:
    cancel = CancelToken()
    threading.Timer(1.0, cancel.set).start()
    with pytest.raises(Cancelled):
        there(cluster)(one_task(made, tmp_path), lambda _event: None, cancel)


def test_an_address_without_a_cluster_is_a_sentence(cluster: Any) -> None:
    ray.shutdown()
    with pytest.raises(ConfigError, match=r"There is no Ray cluster at 127\.0\.0\.1:1:"):
        connect("127.0.0.1:1")
