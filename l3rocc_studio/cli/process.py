"""``l3rocc process``: a video, folder of images or trajectory into a dataset folder."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

from l3rocc_engine import dataset, pipeline
from l3rocc_engine.dataset.layout import PROFILES, Profile
from l3rocc_engine.progress import CancelToken
from l3rocc_studio.cli.console import Reporter, duration
from l3rocc_studio.cli.dataset_labels import add_label_options, labels_of
from l3rocc_studio.cli.destination import work_folder_of
from l3rocc_studio.cli.settings_options import add_settings, config_of

if TYPE_CHECKING:
    from l3rocc_engine.run import Run


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("input", type=Path, help="video file, folder of images, or trajectory folder")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="becomes the trajectory folder itself")
    parser.add_argument(
        "--profile", choices=PROFILES, default=PROFILES[0], help="layout to write (default %(default)s)"
    )
    parser.add_argument(
        "--overwrite", action=argparse.BooleanOptionalAction, default=False, help="replace DIR if it exists"
    )
    parser.add_argument(
        "--frames",
        dest="source_frames",
        metavar="FIRST:LAST",
        help="process these frames only, counted from 0, both ends included",
    )
    add_label_options(parser)
    add_settings(parser)


def run(arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken) -> int:
    """Process the input as the options say."""
    facts = process_into(arguments, arguments.out.absolute(), reporter, cancel, profile=arguments.profile)
    film = shlex.quote(f"{arguments.out.name}.mp4")
    hint = f"  next: l3rocc render {shlex.quote(str(arguments.out))} --out {film}"
    reporter.result(f"{facts_text(facts)}\n{hint}", facts)
    return 0


def process_into(
    arguments: argparse.Namespace,
    out: Path,
    reporter: Reporter,
    cancel: CancelToken,
    *,
    profile: Profile = PROFILES[0],
) -> dict[str, Any]:
    """Process the input, write the dataset, remove the stages; an interrupted run keeps them."""
    from l3rocc_engine.config import PipelineConfig
    from l3rocc_engine.frames.images import ImageFolderSource
    from l3rocc_engine.frames.opener import open_source

    config, labels = config_of(arguments), labels_of(arguments)
    dataset.check_destination(out, arguments.input, overwrite=arguments.overwrite)
    source = open_source(arguments.input, fps=config.fps)
    try:
        for warning in (*config.warnings, *source.warnings):
            reporter.remark(warning)
        if isinstance(source, ImageFolderSource) and config.fps == PipelineConfig().fps:
            reporter.remark(f"Pictures bring no times: {config.fps:g} a second are assumed; --input-fps tells another.")
        with work_folder_of(out) as work:
            if pipeline.has_finished_stage(work):
                reporter.remark("An earlier run was interrupted: its finished stages are used where they fit.")
            finished = pipeline.process_source(source, config, work, events=reporter.event, cancel=cancel)
            for note in finished.record.notes[len(config.warnings) + len(source.warnings) :]:
                reporter.remark(note)
            dataset.write_dataset(
                finished,
                out,
                profile=profile,
                **labels,
                overwrite=arguments.overwrite,
                events=reporter.event,
                cancel=cancel,
            )
            facts = run_facts(finished, out)
    finally:
        source.close()
    return facts


def run_facts(finished: Run, out: Path) -> dict[str, Any]:
    """What a machine wants to know of a finished run."""
    record = finished.record
    return {
        "out": str(out),
        "backend": record.backend,
        "reason": record.reason,
        "frames": finished.num_frames,
        "keyframes": len(record.keyframes),
        "points": finished.cloud.num_points,
        "world_voxels": len(finished.world.centres_world),
        "metric": finished.scale.is_metric,
        "stage_s": record.stage_s,
        "peak_memory_bytes": record.peak_memory_bytes,
        "measures": record.measures,
    }


def facts_text(facts: dict[str, Any]) -> str:
    """The same for people."""
    unit = "metric" if facts["metric"] else "no metric scale"
    stages = ", ".join(f"{name} {duration(seconds)}" for name, seconds in facts["stage_s"].items())
    return (
        f"{facts['out']}\n"
        f"  {facts['frames']} frames, {facts['keyframes']} keyframes, {facts['points']:,} points, "
        f"{facts['world_voxels']:,} world voxels, {unit}\n"
        f"  {facts['backend']}: {facts['reason']}\n"
        f"  {stages}; peak memory {facts['peak_memory_bytes'] / 2**20:,.0f} MiB"
    )
