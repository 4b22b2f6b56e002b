"""``l3rocc demo``: the bundled sample, in the studio where there is a display, else as files."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from l3rocc_engine import dataset as datasets
from l3rocc_engine import pipeline
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.sample import sample_video_path
from l3rocc_studio.cli.console import Reporter
from l3rocc_studio.cli.destination import work_folder_of
from l3rocc_studio.cli.process import facts_text, run_facts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument(
        "--out", type=Path, default=Path("out/demo"), metavar="DIR", help="folder for the files (default %(default)s)"
    )
    parser.add_argument("--headless", action="store_true", help="make the files even where there is a display")


def has_display() -> bool:
    """Whether a window could be shown."""
    if sys.platform != "linux":
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def run(arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken) -> int:
    """Open the studio on the sample, or make a dataset, a film and a picture of it."""
    if has_display() and not arguments.headless:
        reporter.close()
        return show_studio(cancel)
    if not has_display():
        reporter.remark("There is no display: making the demo's files instead of opening the studio.")
    return make_files(arguments.out.absolute(), reporter, cancel)


def show_studio(cancel: CancelToken) -> int:
    """Open the window in a process of its own, which ends with this one."""
    studio = subprocess.Popen([sys.executable, "-m", "l3rocc_studio.app", "--demo"])
    try:
        while studio.poll() is None:
            cancel.check()
            time.sleep(0.1)
    finally:
        if studio.poll() is None:
            studio.terminate()
            studio.wait()
    return studio.returncode


def make_files(out: Path, reporter: Reporter, cancel: CancelToken) -> int:
    """Process the sample and leave ``dataset/``, ``demo.mp4`` and ``demo.png`` in ``out``."""
    from l3rocc_engine.frames.opener import open_source
    from l3rocc_studio.render.movie import render_movie, render_still

    dataset, film, still = out / "dataset", out / "demo.mp4", out / "demo.png"
    sample = sample_video_path()
    datasets.check_destination(dataset, sample, overwrite=True)
    source = open_source(sample)
    try:
        with work_folder_of(dataset) as work:
            finished = pipeline.process_source(source, PipelineConfig(), work, events=reporter.event, cancel=cancel)
            datasets.write_dataset(
                finished, dataset, profile="interndata", overwrite=True, events=reporter.event, cancel=cancel
            )
            render_movie(finished, film, events=reporter.event, cancel=cancel)
            render_still(finished, finished.num_frames // 2, still)
            facts = run_facts(finished, dataset)
    finally:
        source.close()
    made = {"dataset": str(dataset), "film": str(film), "picture": str(still)}
    lines = "\n".join(f"  {name:<8} {path}" for name, path in made.items())
    reporter.result(f"{facts_text(facts)}\nMade:\n{lines}", {**facts, **made})
    return 0
