"""``l3rocc export``: a finished run as files for other programs, or as another dataset."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from l3rocc_engine import dataset
from l3rocc_engine.dataset.layout import PROFILES
from l3rocc_engine.errors import ConfigError
from l3rocc_engine.interchange import (
    ColmapForm,
    PointChoice,
    forecast_colmap,
    forecast_glb,
    forecast_ply,
    write_colmap,
    write_glb,
    write_ply,
)
from l3rocc_engine.interchange.colmap import CLOUD_POINTS
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.run import Run
from l3rocc_studio.cli.console import Reporter
from l3rocc_studio.cli.dataset_labels import add_label_options, labels_of
from l3rocc_studio.cli.destination import check_file
from l3rocc_studio.cli.episode import add_episode_option, chosen_episode
from l3rocc_studio.cli.frame_option import frame_numbers
from l3rocc_studio.cli.visual_files import add_visual_options, write_visual_files

SUFFIXES = {"ply": ".ply", "glb": ".glb"}
Write = Callable[[Run, Path, argparse.Namespace, Reporter, CancelToken], None]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("run", type=Path, help="trajectory folder written by 'l3rocc process'")
    parser.add_argument(
        "--out", type=Path, required=True, metavar="PATH", help="file (ply, glb) or folder (all others) to write"
    )
    parser.add_argument(
        "--format",
        choices=tuple(WRITERS),
        help="ply: the cloud with normals, colours and confidence; glb: cloud and camera path for the web, Y up; "
        "colmap: cameras and points for splatting; visual: one file a frame, as the original writes them; "
        "lerobot, interndata: the dataset in this profile "
        "(default: what the suffix of --out says)",
    )
    parser.add_argument(
        "--frames",
        metavar="FIRST:LAST[:STEP]",
        help="only these frames, both ends included; not for ply and glb (default: keyframes for colmap, else all)",
    )
    add_episode_option(parser)
    parser.add_argument(
        "--max-points", type=int, metavar="N", help="ply, glb, colmap: keep at most N points of the cloud, evenly"
    )
    cloud = parser.add_argument_group("ply and glb")
    cloud.add_argument(
        "--normals", action=argparse.BooleanOptionalAction, default=True, help="ply: estimate normals (default yes)"
    )
    cloud.add_argument(
        "--path", action=argparse.BooleanOptionalAction, default=True, help="glb: the camera's path (default yes)"
    )
    cloud.add_argument("--frusta", type=int, default=0, metavar="N", help="glb: draw N cameras (default none)")
    colmap = parser.add_argument_group("colmap")
    colmap.add_argument("--text", action="store_true", help="text files instead of binary ones")
    colmap.add_argument("--images", action="store_true", help="write the frames as JPEG pictures as well")
    colmap.add_argument(
        "--points",
        choices=[choice.value for choice in PointChoice],
        default=PointChoice.AUTO.value,
        help="points of structure from motion with their observations (tracks), or of the dense cloud without; "
        "auto takes tracks where the run has them (default %(default)s)",
    )
    add_visual_options(parser)
    add_label_options(parser)
    parser.add_argument(
        "--overwrite", action=argparse.BooleanOptionalAction, default=False, help="replace an older export"
    )


def run(arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken) -> int:
    """Write one format."""
    out: Path = arguments.out.absolute()
    name = arguments.format or _format_of(out)
    if name in SUFFIXES:
        check_file(out, suffix=SUFFIXES[name], overwrite=arguments.overwrite)
    opened = dataset.open_dataset(arguments.run, episode_idx=chosen_episode(arguments, arguments.run, reporter))
    try:
        WRITERS[name](opened, out, arguments, reporter, cancel)
    finally:
        opened.source.close()
    size = out.stat().st_size if out.is_file() else sum(p.stat().st_size for p in out.rglob("*") if p.is_file())
    reporter.result(f"{out}  {name}, {size:,} bytes", {"out": str(out), "format": name, "bytes": size})
    return 0


def _format_of(out: Path) -> str:
    """The format that a file's suffix names."""
    for name, suffix in SUFFIXES.items():
        if out.suffix.lower() == suffix:
            return name
    raise ConfigError(f"{out.name} does not say which format to write.", f"Add --format {'|'.join(WRITERS)}.")


def _write_ply(opened: Run, out: Path, arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken) -> None:
    reporter.remark(
        f"The file will take {forecast_ply(opened, normals=arguments.normals, max_points=arguments.max_points)}."
    )
    write_ply(
        opened,
        out,
        normals=arguments.normals,
        max_points=arguments.max_points,
        overwrite=arguments.overwrite,
        events=reporter.event,
        cancel=cancel,
    )


def _write_glb(opened: Run, out: Path, arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken) -> None:
    if arguments.frusta < 0:
        raise ConfigError(f"--frusta must be 0 or more, not {arguments.frusta}.")
    reporter.remark(f"The file will take {forecast_glb(opened, max_points=arguments.max_points)}.")
    write_glb(
        opened,
        out,
        max_points=arguments.max_points,
        trajectory=arguments.path,
        num_frusta=arguments.frusta,
        overwrite=arguments.overwrite,
        events=reporter.event,
        cancel=cancel,
    )


def _write_colmap(
    opened: Run, out: Path, arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken
) -> None:
    form = ColmapForm.TEXT if arguments.text else ColmapForm.BINARY
    points = PointChoice(arguments.points)
    max_points = CLOUD_POINTS if arguments.max_points is None else arguments.max_points
    frames = frame_numbers(arguments.frames, opened.num_frames)
    forecast = forecast_colmap(
        opened, form=form, points=points, max_points=max_points, frames=frames, images=arguments.images
    )
    reporter.remark(f"The model will take {forecast}.")
    write_colmap(
        opened,
        out,
        form=form,
        points=points,
        max_points=max_points,
        frames=frames,
        images=arguments.images,
        overwrite=arguments.overwrite,
        events=reporter.event,
        cancel=cancel,
    )


def _write_visual(
    opened: Run, out: Path, arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken
) -> None:
    write_visual_files(opened, out, arguments, reporter, cancel, overwrite=arguments.overwrite)


def _write_dataset(
    opened: Run, out: Path, arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken
) -> None:
    frames = frame_numbers(arguments.frames, opened.num_frames)
    if frames is not None and frames.step != 1:
        raise ConfigError(
            f"--frames {arguments.frames} leaves frames out; those of a dataset follow one another.",
            "Write FIRST:LAST.",
        )
    forecast = dataset.forecast_dataset(opened, profile=arguments.format, frames=frames)
    reporter.remark(f"The dataset will take {forecast}.")
    dataset.write_dataset(
        opened,
        out,
        profile=arguments.format,
        frames=frames,
        **labels_of(arguments),
        overwrite=arguments.overwrite,
        events=reporter.event,
        cancel=cancel,
    )


WRITERS: dict[str, Write] = {
    "ply": _write_ply,
    "glb": _write_glb,
    "colmap": _write_colmap,
    "visual": _write_visual,
    **dict.fromkeys(PROFILES, _write_dataset),
}
