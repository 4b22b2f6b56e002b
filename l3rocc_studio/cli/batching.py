"""Runs a batch as the options say, and tells of it."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from l3rocc_engine.batch.forecast import BatchForecast, forecast_batch
from l3rocc_engine.batch.publish import recover_in_place
from l3rocc_engine.batch.report import REPORT_FILE, BatchSummary
from l3rocc_engine.batch.result import UnitStatus
from l3rocc_engine.batch.runner import run_batch
from l3rocc_engine.batch.settings import BatchSettings, Carry
from l3rocc_engine.batch.standing import Need, look_at, need_of
from l3rocc_engine.batch.unit import BatchTarget, BatchUnit, list_targets
from l3rocc_engine.batch.workers import Workers, choose_workers
from l3rocc_engine.dataset import check_destination
from l3rocc_engine.errors import ConfigError, InputError, L3roccError
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.storage.space import free_bytes, readable_size
from l3rocc_studio.cli.batch_board import BatchBoard
from l3rocc_studio.cli.console import Reporter, duration
from l3rocc_studio.cli.dataset_labels import labels_of
from l3rocc_studio.cli.merge import merge_finished
from l3rocc_studio.cli.settings_options import config_of

if TYPE_CHECKING:
    from l3rocc_engine.batch.ray_cluster import RayCluster

_TABLE_ROWS = 40


def run_as_asked(arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken) -> int:
    """List, forecast, process."""
    settings = _settings(arguments)
    out = _out(arguments)
    if arguments.merge is not None:
        check_destination(arguments.merge, arguments.root, overwrite=False)
    if settings.in_place and not arguments.dry_run:
        recover_in_place(out)
    targets = _targets(arguments.root, settings, reporter, cancel)
    if (settings.task or settings.robot_type) and all(target.is_dataset for target in targets):
        reporter.remark("Task and robot type are for plain videos; these datasets keep their own.")
    cluster = _cluster(arguments, settings)
    workers = _workers(arguments, settings, cluster)
    if arguments.dry_run:
        return _dry_run(targets, settings, workers, out, reporter, cancel)
    units = sum(len(target.units) for target in targets)
    reporter.remark(f"{units} runs into {len(targets)} folders, {workers.count} at once")
    board = BatchBoard(reporter, units)
    summary = run_batch(
        targets,
        out,
        settings,
        workers,
        on_outcome=board.add,
        follow=board.follow,
        cancel=cancel,
        perform=cluster,
    )
    try:
        if arguments.merge is not None:
            merge_finished(summary.outcomes, arguments.merge.absolute(), reporter, cancel)
    finally:
        _tell(summary, out, reporter)
    return L3roccError.exit_code if summary.has_failed else 0


def _settings(arguments: argparse.Namespace) -> BatchSettings:
    return BatchSettings(
        config=config_of(arguments),
        profile=arguments.profile,
        **labels_of(arguments),
        carry=Carry(arguments.carry),
        overwrite=arguments.overwrite,
        retry_failed=arguments.retry_failed,
        in_place=arguments.in_place,
    )


def _out(arguments: argparse.Namespace) -> Path:
    root: Path = arguments.root.absolute()
    if arguments.gpus_each is not None and arguments.ray is None:
        raise ConfigError("--gpus-each is for --ray; on one machine each run has one GPU.", "Leave out --gpus-each.")
    if arguments.in_place:
        if arguments.out is not None:
            raise ConfigError("--in-place labels the datasets where they are.", "Leave out --out.")
        return root
    if arguments.out is None:
        raise ConfigError("No output folder given.", "Give --out DIR, or --in-place.")
    out: Path = arguments.out.absolute()
    if out.resolve().is_relative_to(root.resolve()):
        raise ConfigError(f"{out} lies in the input {root}.", "Choose a folder beside it, or --in-place.")
    if out.exists() and not out.is_dir():
        raise ConfigError(f"{out} is a file; the output is a folder.", "Give the name of a folder.")
    return out


def _targets(root: Path, settings: BatchSettings, reporter: Reporter, cancel: CancelToken) -> Sequence[BatchTarget]:
    def tell(error: OSError) -> None:
        reporter.remark(f"{error.filename} cannot be listed and is left out: {error.strerror}.")

    targets = list_targets(root, cancel=cancel, on_unreadable=tell)
    if not settings.in_place:
        return targets
    datasets = [target for target in targets if target.is_dataset]
    if len(datasets) < len(targets):
        reporter.remark(f"{len(targets) - len(datasets)} videos are left out: --in-place labels datasets only.")
    if not datasets:
        raise InputError(f"{root} holds no dataset to label in place.", "Give --out DIR for videos and pictures.")
    return datasets


def _cluster(arguments: argparse.Namespace, settings: BatchSettings) -> RayCluster | None:
    if arguments.ray is None:
        return None
    from l3rocc_engine.batch.ray_cluster import connect

    gpus_each = arguments.gpus_each
    if gpus_each is None:
        gpus_each = 1.0 if settings.config.backend == "pi3" else 0.0
    return connect(arguments.ray, gpus_each=gpus_each)


def _workers(arguments: argparse.Namespace, settings: BatchSettings, cluster: RayCluster | None) -> Workers:
    here = choose_workers(arguments.workers, uses_gpu=settings.config.backend == "pi3" and cluster is None)
    if cluster is None:
        return here
    there = cluster.workers()
    return there if arguments.workers is None else Workers(count=arguments.workers, threads_each=there.threads_each)


def _dry_run(
    targets: Sequence[BatchTarget],
    settings: BatchSettings,
    workers: Workers,
    out: Path,
    reporter: Reporter,
    cancel: CancelToken,
) -> int:
    units = [unit for target in targets for unit in target.units]
    rows = [_row(target, out, settings, cancel) for target in targets]
    todo = [unit for row in rows for unit in row.todo]
    forecast = forecast_batch(todo, settings, workers, cancel=cancel)
    kinds = Counter(unit.kind.value for unit in units)
    facts = {
        "units": len(units),
        "folders": len(targets),
        "kinds": dict(kinds),
        "workers": workers.count,
        "seconds": round(forecast.seconds),
        "disk_bytes": forecast.disk_bytes,
        "free_bytes": free_bytes(out),
        "todo": len(todo),
        "targets": [
            {"output": str(row.target.name), "runs": len(row.target.units), "standing": row.words} for row in rows
        ],
        "looked_at": [
            {
                "unit": glance.unit.name,
                "frames": glance.num_frames,
                "backend": glance.backend,
                "problem": glance.problem,
            }
            for glance in forecast.glances
        ],
    }
    reporter.result(_dry_text(rows, forecast, workers, out), facts)
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A line of the table: a folder that comes out, what there is of it, and what is still to do."""

    target: BatchTarget
    words: str
    todo: tuple[BatchUnit, ...]


def _row(target: BatchTarget, out: Path, settings: BatchSettings, cancel: CancelToken) -> _Row:
    cancel.check()
    try:
        standing = look_at(target, out, settings)
    except L3roccError as error:
        return _Row(target=target, words=error.message, todo=())
    needs = {unit: need_of(standing, unit, out, settings) for unit in target.units}
    counts = Counter(needs.values())
    words = ", ".join(need.value if len(counts) == 1 else f"{number} {need.value}" for need, number in counts.items())
    return _Row(target=target, words=words, todo=tuple(unit for unit, need in needs.items() if need is Need.WORK))


def _dry_text(rows: Sequence[_Row], forecast: BatchForecast, workers: Workers, out: Path) -> str:
    width = min(60, max(len(str(row.target.name)) for row in rows))
    lines = [_line(row, width) for row in rows[:_TABLE_ROWS]]
    if len(rows) > _TABLE_ROWS:
        lines.append(f"  … and {len(rows) - _TABLE_ROWS} more")
    looked = [
        f"  {glance.unit.name}: {glance.problem or f'{glance.num_frames} frames, {glance.backend}'}"
        for glance in forecast.glances
    ]
    size, free = readable_size(forecast.disk_bytes), readable_size(free_bytes(out))
    return "\n".join(
        [
            f"  {'folder':<{width}}  kind      runs  standing",
            *lines,
            *([f"Looked at {len(forecast.glances)} of {forecast.num_units} to do:"] if looked else []),
            *looked,
            f"{forecast.num_units} runs to do, {workers.count} at once: about {duration(forecast.seconds)} and {size} "
            f"({free} free); nothing was written.",
        ]
    )


def _line(row: _Row, width: int) -> str:
    units = row.target.units
    name = _shortened(str(row.target.name), width)
    return f"  {name:<{width}}  {units[0].kind.value:<8}  {len(units):>4}  {row.words}"


def _shortened(name: str, width: int) -> str:
    """The end of a long name, which tells more than its beginning."""
    return name if len(name) <= width else f"…{name[1 - width :]}"


def _way_on(summary: BatchSummary) -> str:
    """What to do about failures; a file that cannot be read fails again until it is another one."""
    is_input = [failure.error == InputError.__name__ for failure in summary.failures]
    if all(is_input):
        return "Repair or remove these inputs; --retry-failed tries them again."
    if any(is_input):
        return "Repair or remove the inputs that cannot be read; --retry-failed tries all of these again."
    return "Run the same command with --retry-failed to try these again."


def _tell(summary: BatchSummary, out: Path, reporter: Reporter) -> None:
    counts = {status.value: number for status, number in summary.counts.items()}
    words = {
        UnitStatus.DONE: "done",
        UnitStatus.KEPT: "finished before",
        UnitStatus.FAILED: "failed",
    }
    parts = [f"{summary.counts[status]} {word}" for status, word in words.items() if summary.counts[status]]
    lines = [f"{out}", f"  {', '.join(parts) or 'nothing to do'}"]
    lines += [
        f"  {failure.unit}: {failure.message} {failure.hint}".rstrip() for failure in summary.failures[:_TABLE_ROWS]
    ]
    if len(summary.failures) > _TABLE_ROWS:
        lines.append(f"  … and {len(summary.failures) - _TABLE_ROWS} more, all in {REPORT_FILE}")
    if summary.failures:
        lines.append(f"  {_way_on(summary)}")
    failed: list[dict[str, Any]] = [
        {"unit": failure.unit, "error": failure.error, "message": failure.message} for failure in summary.failures
    ]
    facts = {"out": str(out), "report": str(out / REPORT_FILE), "counts": counts, "failed": failed}
    reporter.result("\n".join(lines), facts)
