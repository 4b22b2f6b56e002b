"""One unit from its pictures to its finished files; runs in a process of its own."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from l3rocc_engine.batch.lease import is_held_by
from l3rocc_engine.batch.result import UnitResult, UnitStatus, failed_result, sizes_below, unit_place
from l3rocc_engine.batch.settings import BatchSettings
from l3rocc_engine.batch.unit import BatchUnit
from l3rocc_engine.errors import Cancelled, InputError, L3roccError, ReconstructionError
from l3rocc_engine.progress import CancelToken, ProgressEvent
from l3rocc_engine.storage.atomic import atomic_folder, writing
from l3rocc_engine.storage.folders import anchored, make_folders

if TYPE_CHECKING:
    from l3rocc_engine.backends.protocol import Backend
    from l3rocc_engine.config import PipelineConfig
    from l3rocc_engine.frames.source import FrameSource
    from l3rocc_engine.run import Run

Say = Callable[[ProgressEvent], None]
Process = Callable[..., "Run"]
_FINAL = (InputError.__name__, ReconstructionError.__name__)
"""Failures that finished stages do not help."""
_THREAD_VARIABLES = ("NUMBA_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitTask:
    """What a worker is given.

    Attributes
    ----------
    unit, settings, out
        What to do, how, and the batch's output folder.
    input_hash
        Of the unit's input, as it was found; None where it cannot be read.
    num_threads
        Threads that the libraries may use; 0 leaves it to them.
    gpu
        The one GPU that may be used; empty leaves it to the system.
    claim
        Name of the claim that it is done under; empty where nobody else could be at it.
    """

    unit: BatchUnit
    settings: BatchSettings
    out: Path
    input_hash: str | None
    num_threads: int = 0
    gpu: str = ""
    claim: str = ""

    @property
    def settings_digest(self) -> str:
        """Hash of what the settings decide about this unit."""
        return self.settings.digest(is_dataset=self.unit.is_episode)


def work_on(say: Say, task: UnitTask, process: Process | None = None) -> UnitResult:
    """Process a unit and write its result, or note why there is none.

    Called in a fresh process, before the libraries that count their threads once are imported. The unit's folder is
    there, made by whoever claimed it; where it is gone with its share it is not made again.

    Parameters
    ----------
    say
        Told of the progress.
    task
        What to do.
    process
        Turns a source into a run, given settings and a folder for its stages; None takes the pipeline.

    Returns
    -------
    UnitResult
        Done or failed; it is on disk as well.

    Raises
    ------
    OutputError
        If not even the failure can be written.
    Cancelled
        Another machine has taken the unit over, since this one slept or was cut off for too long.
    """
    _limit(task)
    place = unit_place(task.out, task.unit)
    started_s = time.monotonic()
    with anchored(place.folder):
        result = _result_of(say, task, process)
        result = replace(
            result,
            settings_digest=task.settings_digest,
            input_hash=task.input_hash,
            seconds=round(time.monotonic() - started_s, 2),
        )
        _require_claim(task)
        if result.status is UnitStatus.FAILED:
            shutil.rmtree(place.result, ignore_errors=True)
            if result.error in _FINAL:  # a full disk or little memory pass: then the finished stages are used again
                shutil.rmtree(place.work, ignore_errors=True)
        place.write(result)
    return result


def _result_of(say: Say, task: UnitTask, process: Process | None) -> UnitResult:
    unit = task.unit
    try:
        return _process(say, task, process)
    except L3roccError as error:
        return failed_result(unit, type(error).__name__, error.message, error.hint)
    except MemoryError:
        return failed_result(
            unit, "MemoryError", "There is not enough memory.", "Run fewer workers, or coarser voxels."
        )
    except OSError as error:
        where = error.filename or unit.path
        return failed_result(
            unit, "OSError", f"{where}: {error.strerror or error}.", "Check the disk and the network share."
        )


def _require_claim(task: UnitTask) -> None:
    """Whoever lost the unit must not touch what the next one leaves.

    Raises
    ------
    Cancelled
        If it is somebody else's by now.
    """
    if task.claim and not is_held_by(unit_place(task.out, task.unit).lease, task.claim):
        raise Cancelled(f"Another machine has taken over {task.unit.name}.")


def _limit(task: UnitTask) -> None:
    if task.num_threads:
        os.environ.update(dict.fromkeys(_THREAD_VARIABLES, str(task.num_threads)))
    if task.gpu:
        os.environ["CUDA_VISIBLE_DEVICES"] = task.gpu


def _process(say: Say, task: UnitTask, process: Process | None) -> UnitResult:
    from l3rocc_engine.frames.opener import open_source

    unit, config, place = task.unit, task.settings.config, unit_place(task.out, task.unit)
    _forget_other_work(place.work, f"{task.input_hash} {task.settings_digest}")
    source = open_source(unit.path, fps=config.fps, episode=unit.episode)
    try:
        _require_usable_poses(source)
        run = (process or _pipeline())(source, config, place.work, events=say)
        _require_alignment(run, source)
        with atomic_folder(place.result, overwrite=True) as folder:
            labels = _write(say, task, run, folder)
            _require_claim(task)
        facts = _facts(run)
    finally:
        source.close()
    shutil.rmtree(place.work, ignore_errors=True)
    return UnitResult(
        unit=unit.name,
        status=UnitStatus.DONE,
        facts=facts,
        labels=labels,
        files=sizes_below(place.result),
    )


def _pipeline() -> Process:
    """The real one, which also tells how much of the unit is done.

    Imported late: the libraries behind it count their threads once.
    """
    from l3rocc_engine.backends.registry import choose_backend
    from l3rocc_engine.batch.portion import Portion
    from l3rocc_engine.pipeline import process_source
    from l3rocc_engine.pipeline.workload import workload_of

    def process(source: FrameSource, config: PipelineConfig, workdir: Path, *, events: Say) -> Run:
        portion = Portion(events)

        def choose(source: FrameSource, config: PipelineConfig) -> tuple[Backend, str]:
            backend, reason = choose_backend(source, config)
            portion.expect(workload_of(source, config, backend.name))
            return backend, reason

        return process_source(source, config, workdir, events=portion, choose=choose)

    return process


def _forget_other_work(work: Path, stamp: str) -> None:
    """Stages of another input must not be met again; those of this one go on where they stopped."""
    mark = work / "input"
    with writing(work):
        if mark.is_file() and mark.read_bytes() == stamp.encode():
            return
        shutil.rmtree(work, ignore_errors=True)
        make_folders(work)
        mark.write_bytes(stamp.encode())


def _require_usable_poses(source: FrameSource) -> None:
    """A dataset whose recorded poses are broken must not come out with a scale of its own.

    Raises
    ------
    ReconstructionError
        The poses or intrinsics that came along cannot be used.
    """
    from l3rocc_engine.frames.interndata import NO_INTRINSICS, NO_POSES

    for reason in (NO_POSES, NO_INTRINSICS):
        if reason in source.warnings:
            raise ReconstructionError(reason, "Mend the table, or process the video alone.")


def _require_alignment(run: Run, source: FrameSource) -> None:
    """Where the dataset has poses, the result lies in its world, or there is none.

    Raises
    ------
    ReconstructionError
        The run could not be aligned to the poses that came along.
    """
    if source.cameras is None or run.scale.is_metric:
        return
    reasons = [note for note in run.record.notes if "set no scale" in note]
    reason = reasons[0] if reasons else "The run cannot be aligned to the dataset's camera poses."
    raise ReconstructionError(reason, "Use the dataset backend, which takes those poses as they are.")


def _write(say: Say, task: UnitTask, run: Run, folder: Path) -> dict[str, Any] | None:
    if not task.unit.is_episode:
        from l3rocc_engine.dataset import write_dataset

        settings = task.settings
        write_dataset(
            run,
            folder,
            profile=settings.profile,
            task=settings.task,
            robot_type=settings.robot_type,
            overwrite=True,
            events=say,
        )
        return None
    from l3rocc_engine.dataset.labels import label_files, write_labels
    from l3rocc_engine.frames.dataset_meta import read_dataset_meta
    from l3rocc_engine.frames.episode_files import find_episode_files

    root, number = task.unit.path, task.unit.episode_idx
    found = find_episode_files(root, read_dataset_meta(root), task.unit.episode)
    if found.table is None:
        raise InputError(f"Episode {number} of {root} has no table in data/.", "Copy the dataset again.")
    table = PurePosixPath(found.table.relative_to(root).as_posix())
    files = label_files(table, found.episode, is_alone=task.unit.episode is None)
    return write_labels(run, root, folder, files, found.episode, events=say, cancel=CancelToken()).to_dict()


def _facts(run: Run) -> dict[str, Any]:
    return {
        "backend": run.record.backend,
        "reason": run.record.reason,
        "frames": run.num_frames,
        "keyframes": len(run.record.keyframes),
        "points": run.cloud.num_points,
        "scale": run.scale.sim3.scale,
        "scale_method": run.scale.method.value,
        "residual_m": run.scale.residual,
        "peak_memory_bytes": run.record.peak_memory_bytes,
        "stage_s": dict(run.record.stage_s),
        "notes": list(run.record.notes),
    }
