"""``l3rocc render``: the three-panel film of a finished run."""

from __future__ import annotations

import argparse
from pathlib import Path

from l3rocc_engine.dataset import open_dataset
from l3rocc_engine.errors import ConfigError
from l3rocc_engine.progress import CancelToken
from l3rocc_studio.cli.console import Reporter
from l3rocc_studio.cli.destination import check_file
from l3rocc_studio.model.film_spec import FilmOutput, FilmSpec

HEIGHTS_PX = range(64, 2161)
"""Panels that can be read, up to films that H.264 players take."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("run", type=Path, help="trajectory folder written by 'l3rocc process'")
    parser.add_argument("--out", type=Path, required=True, help="film to write, .mp4")
    parser.add_argument("--height", type=int, default=480, help="height of the panels in pixels (default %(default)s)")
    parser.add_argument("--still", type=Path, help="also write one frame as PNG")
    parser.add_argument(
        "--overwrite", action=argparse.BooleanOptionalAction, default=False, help="replace FILE if it exists"
    )


def run(arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken) -> int:
    """Render with or without a display."""
    out: Path = arguments.out.absolute()
    if not HEIGHTS_PX.start <= arguments.height < HEIGHTS_PX.stop:
        raise ConfigError(
            f"--height must be from {HEIGHTS_PX.start} to {HEIGHTS_PX.stop - 1} pixels, not {arguments.height}."
        )
    check_file(out, suffix=".mp4", overwrite=arguments.overwrite)
    if arguments.still:
        check_file(arguments.still.absolute(), suffix=".png", overwrite=arguments.overwrite)
    opened = open_dataset(arguments.run)
    # VTK is slow to import and aborts without any OpenGL, so it is loaded only once the input is known to be good.
    from l3rocc_studio.render.movie import render_movie, render_still

    try:
        spec = FilmSpec(output=FilmOutput(height_px=arguments.height))
        render_movie(opened, out, spec, events=reporter.event, cancel=cancel)
        if arguments.still:
            render_still(opened, opened.num_frames // 2, arguments.still, spec)
    finally:
        opened.source.close()
    reporter.result(f"{out}  {opened.num_frames} frames", {"out": str(out), "frames": opened.num_frames})
    return 0
