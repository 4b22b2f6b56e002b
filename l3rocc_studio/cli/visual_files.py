"""The visual format on the command line: its options, and the call that writes it."""

from __future__ import annotations

import argparse
from pathlib import Path

from l3rocc_engine.progress import CancelToken
from l3rocc_engine.run import Run
from l3rocc_engine.storage.space import readable_size
from l3rocc_engine.visual import Background, VisualOutput, forecast_visual, write_visual
from l3rocc_studio.cli.console import Reporter
from l3rocc_studio.cli.frame_option import frame_numbers

MUCH_BYTES = 10**9
"""From here on it is said how much smaller the files could be."""
OUTPUT_NAMES = tuple(output.value for output in VisualOutput)


def add_visual_options(parser: argparse.ArgumentParser) -> None:
    """Options of the visual format, for every command that writes it."""
    group = parser.add_argument_group("visual format")
    group.add_argument(
        "--folders",
        nargs="+",
        choices=OUTPUT_NAMES,
        metavar="FOLDER",
        help=f"which of the six folders to write (default all): {', '.join(OUTPUT_NAMES)}",
    )
    group.add_argument(
        "--background",
        choices=[background.value for background in Background],
        default=Background.EACH_FRAME.value,
        help="the cloud in each frame's file, as the original has it, or once beside them, which takes far less space "
        "(default %(default)s)",
    )


def write_visual_files(
    run: Run, out: Path, arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken, *, overwrite: bool
) -> None:
    """Write the visual format of a run into ``out`` after saying how large it will be.

    Parameters
    ----------
    arguments
        With the options of :func:`add_visual_options`, and ``frames`` (see :func:`frame_numbers`) if there is one.
    """
    outputs = [VisualOutput(name) for name in arguments.folders or OUTPUT_NAMES]
    background = Background(arguments.background)
    frames = frame_numbers(getattr(arguments, "frames", None), run.num_frames)
    forecast = forecast_visual(run, outputs=outputs, background=background, frames=frames)
    reporter.remark(f"The visual format will take {forecast}.")
    if background is Background.EACH_FRAME and forecast.num_bytes > MUCH_BYTES:
        once = forecast_visual(run, outputs=outputs, background=Background.ONCE, frames=frames)
        reporter.remark(f"With --background once it would take {readable_size(once.num_bytes)}.")
    write_visual(
        run,
        out,
        outputs=outputs,
        background=background,
        frames=frames,
        overwrite=overwrite,
        events=reporter.event,
        cancel=cancel,
    )
