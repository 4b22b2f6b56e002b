"""From a wish for another frame until all three panels are painted, in the studio's own window. Part of ``benchmarks``.

The bundled sample is processed with its true depth (reconstruction would take minutes and change nothing here) and
opened in a real window, under Xvfb where there is no screen. The clock runs from posting the event that moves the
timeline until ``Presenter.shown``, which comes after both 3D panels have drawn the frame and the picture is set.
Nothing is left out: decoding, the voxels' mesh, drawing by whatever draws here. "Drag" is the playhead in hand, which
draws voxels coarsely where drawing is slow; "jump" goes anywhere in full detail.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.measure import Row, peak_mb

if TYPE_CHECKING:
    from l3rocc_studio.ui.studio import Studio

PATIENCE_S = 120.0
WINDOW_PX = (1440, 900)


def rows(*, is_quick: bool) -> list[Row]:
    """Nothing where there is no screen to be had."""
    from l3rocc_studio.app import has_display

    screen = [] if has_display() else ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24"]
    if screen and shutil.which(screen[0]) is None:
        return []
    with tempfile.TemporaryDirectory() as name:
        dataset = _sample_dataset(Path(name), is_quick=is_quick)
        command = [*screen, sys.executable, "-m", "benchmarks.bench_scrub", str(dataset), "8" if is_quick else "60"]
        places = {**os.environ, "L3ROCC_HOME": str(Path(name) / "home")}
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=places)
    if done.returncode:
        raise SystemExit(f"The window did not do it: {done.stderr}")
    found = json.loads(done.stdout.splitlines()[-1])
    return [row for kind, times_ms in found["times_ms"].items() for row in _percentiles(kind, times_ms, found)]


def _percentiles(kind: str, times_ms: list[tuple[float, float]], found: dict[str, float | str]) -> list[Row]:
    """The median and the slowest twentieth of (wall, CPU) times."""
    cuts, cpu_cuts = (statistics.quantiles(times, n=20, method="inclusive") for times in zip(*times_ms, strict=True))
    text = f"sample, {found['window']}, {found['drawing']}"
    return [
        Row(
            name=f"{kind}, {name}",
            value=cuts[n],
            unit="ms",
            input=text,
            note=f"{cpu_cuts[n]:.0f} ms CPU, neighbours made ahead included; {len(times_ms)} frames",
            peak_mb=float(found["peak_mb"]),
        )
        for name, n in (("median", 9), ("95 %", 18))
    ]


def _sample_dataset(folder: Path, *, is_quick: bool) -> Path:
    """The sample, processed with its true depth, as a dataset folder."""
    from benchmarks.bench_pipeline import QUICK_VOXEL_M, TruthBackend
    from l3rocc_engine.config import PipelineConfig
    from l3rocc_engine.dataset import write_dataset
    from l3rocc_engine.frames.opener import open_source
    from l3rocc_engine.pipeline import process_source
    from l3rocc_engine.sample import sample_video_path

    config = PipelineConfig(voxel_size=QUICK_VOXEL_M) if is_quick else PipelineConfig()
    source = open_source(sample_video_path())
    run = process_source(source, config, folder / "work", choose=lambda *_: (TruthBackend(), "for the benchmark"))
    write_dataset(run, folder / "dataset", profile="interndata")
    source.close()
    return folder / "dataset"


def measure_window(dataset: Path, num_frames: int) -> dict[str, object]:
    """Show the window, open the dataset, and time frames; runs in a process of its own."""
    from PySide6.QtWidgets import QApplication

    from l3rocc_studio.render.environment import prepare_drawing
    from l3rocc_studio.services.log_tail import keep_log_tail
    from l3rocc_studio.services.workspace import default_workspace
    from l3rocc_studio.ui.panels.gl_format import set_default_format
    from l3rocc_studio.ui.studio import Studio
    from l3rocc_studio.ui.theme import Theme

    set_default_format()
    app = QApplication(["bench-scrub"])
    studio = Studio(default_workspace(), Theme(app, "dark"), keep_log_tail())
    ready: list[bool] = []
    studio.ready.connect(lambda: ready.append(True))
    studio.show()
    studio.window.resize(*WINDOW_PX)
    _wait(lambda: bool(ready))
    studio.opener.open(dataset)
    _wait(lambda: studio.session.run is not None and studio.is_settled)
    times_ms = _times_ms(studio, num_frames)
    size = studio.window.size()
    found = {
        "times_ms": times_ms,
        "window": f"{size.width()}x{size.height()}",
        "drawing": prepare_drawing().name,
        "peak_mb": peak_mb(),
    }
    studio.window.close()
    _wait(lambda: studio.is_closed)
    return found


def _times_ms(studio: Studio, num_frames: int) -> dict[str, list[tuple[float, float]]]:
    timeline, chance = studio.session.timeline, random.Random(0)
    last = timeline.num_frames - 1
    jumps = [_shown_ms(studio, chance.randrange(last + 1)) for _ in range(num_frames)]
    steps = [_shown_ms(studio, (timeline.current + 1) % (last + 1)) for _ in range(num_frames)]
    timeline.begin_scrub()
    _wait(lambda: studio.is_settled)
    drags = []
    for n in range(num_frames):
        pace = 3 if (n // 20) % 2 == 0 else -3  # to and fro, some frames at a time, as a hand does
        drags.append(_shown_ms(studio, min(max(timeline.current + pace, 0), last)))
    timeline.end_scrub()
    _wait(lambda: studio.is_settled)
    return {"jump to a frame": jumps, "step to the next frame": steps, "drag the playhead": drags}


def _shown_ms(studio: Studio, frame_idx: int) -> tuple[float, float]:
    """Milliseconds until a frame is on all panels, and those that all threads worked meanwhile."""
    from PySide6.QtCore import QTimer

    timeline, shown = studio.session.timeline, []
    if frame_idx == timeline.current:
        frame_idx = frame_idx + 1 if frame_idx + 1 < timeline.num_frames else frame_idx - 1
    connection = studio.presenter.shown.connect(shown.append)
    started, worked = time.perf_counter(), time.process_time()
    QTimer.singleShot(0, studio, lambda: timeline.seek(frame_idx))
    _wait(lambda: frame_idx in shown)
    taken_ms = 1e3 * (time.perf_counter() - started), 1e3 * (time.process_time() - worked)
    studio.presenter.shown.disconnect(connection)
    _wait(lambda: studio.is_settled)
    return taken_ms


def _wait(is_done) -> None:
    """Handle events until something holds."""
    from PySide6.QtCore import QEventLoop
    from PySide6.QtWidgets import QApplication

    end = time.monotonic() + PATIENCE_S
    while not is_done():
        if time.monotonic() > end:
            raise SystemExit("Nothing happened for a long time.")
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents, 20)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("dataset", type=Path)
    parser.add_argument("num_frames", type=int)
    arguments = parser.parse_args()
    print(json.dumps(measure_window(arguments.dataset, arguments.num_frames)))
