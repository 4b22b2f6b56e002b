"""From a wish for another frame until all three panels are painted, in the studio's own window. Part of ``benchmarks``.

The bundled sample is processed with its true depth (reconstruction would take minutes and change nothing here) and
opened in a real window, under Xvfb where there is no screen; so is a run of 480 frames, a million points and a hundred
thousand voxels (``large_run``). The clock runs from posting the event that moves the timeline until
``Presenter.shown``, which comes after all three panels have drawn the frame. Nothing is left out: decoding, the
voxels' mesh, drawing by whatever draws here. "Drag" is the mouse on the time axis, which shows frames roughly; "jump"
goes anywhere and "step" to the next frame, roughly first where a full frame takes long. "A frame in full" is from there
until the panels show all of it, the time included in which they wait whether another is wished for; "all of a frame"
until it could be turned as well, for which large frames need meshes that nobody sees yet.
"Drag without a rest" moves the mouse every 16 ms whatever the panels do, and tells how old the newest frame on them is
when it appears.
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
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.measure import Row, peak_mb

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint

    from l3rocc_studio.ui.studio import Studio

PATIENCE_S = 120.0
MOVE_S = 0.016
LOOK_MS = 4
REST_EVERY = 4
WINDOW_PX = (1440, 900)


def rows(*, is_quick: bool) -> list[Row]:
    """Nothing where there is no screen to be had."""
    from l3rocc_studio.app import has_display

    screen = [] if has_display() else ["xvfb-run", "-a", "-s", "-screen 0 1600x1000x24"]
    if screen and shutil.which(screen[0]) is None:
        return []
    with tempfile.TemporaryDirectory() as name:
        made = _rows_of("sample", _sample_dataset(Path(name), is_quick=is_quick), screen, 8 if is_quick else 60)
        if not is_quick:
            from benchmarks.large_run import write_large_dataset

            made += _rows_of("large", write_large_dataset(Path(name)), screen, 40)
    return made


def _rows_of(what: str, dataset: Path, screen: list[str], num_frames: int) -> list[Row]:
    """Rows of one run, measured in a window of its own process."""
    command = [*screen, sys.executable, "-m", "benchmarks.bench_scrub", str(dataset), str(num_frames)]
    with tempfile.TemporaryDirectory() as home:
        places = {**os.environ, "L3ROCC_HOME": home}
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=places)
    if done.returncode:
        raise SystemExit(f"The window did not do it: {done.stderr}")
    found = json.loads(done.stdout.splitlines()[-1])
    return [row for kind in found["times_ms"] for row in _percentiles(what, kind, found)]


def _percentiles(what: str, kind: str, found: dict[str, Any]) -> list[Row]:
    """The median and the slowest twentieth of (wall, CPU) times."""
    times_ms: list[tuple[float, float]] = found["times_ms"][kind]
    cuts, cpu_cuts = (statistics.quantiles(times, n=20, method="inclusive") for times in zip(*times_ms, strict=True))
    text = f"{what}, {found['window']}, {found['drawing']}"
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
    drags, fulls, rests = [], [], []
    with _mouse_down(studio, timeline.current):
        for n in range(num_frames):
            pace = 3 if (n // 20) % 2 == 0 else -3  # to and fro, some frames at a time, as a hand does
            drags.append(_shown_ms(studio, min(max(timeline.current + pace, 0), last), _move_mouse))
            if n % REST_EVERY == REST_EVERY - 1:
                full, rest = _settled_ms(studio)
                fulls.append(full)
                rests.append(rest)
    return {
        "jump to a frame": jumps,
        "step to the next frame": steps,
        "drag the playhead": drags,
        "a frame in full": fulls,
        "all of a frame": rests,
        "drag without a rest": _ages_ms(studio, num_moves=5 * num_frames),
    }


@contextmanager
def _mouse_down(studio: Studio, frame_idx: int) -> Iterator[None]:
    """The playhead in hand."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    track = studio.window.timeline_bar.track
    QTest.mousePress(track, Qt.MouseButton.LeftButton, pos=_place(studio, frame_idx))
    _wait(lambda: studio.is_settled)
    yield
    QTest.mouseRelease(track, Qt.MouseButton.LeftButton, pos=_place(studio, studio.session.timeline.current))
    _wait(lambda: studio.is_settled)


def _place(studio: Studio, frame_idx: int) -> QPoint:
    from PySide6.QtCore import QPoint

    return QPoint(round(studio.window.timeline_bar.track.scale.x_of(frame_idx)), 50)


def _move_mouse(studio: Studio, frame_idx: int) -> int:
    """Move the mouse over a frame; which one it really is, as there may be several to a pixel."""
    from PySide6.QtTest import QTest

    QTest.mouseMove(studio.window.timeline_bar.track, _place(studio, frame_idx))
    return studio.session.timeline.current


def _seek(studio: Studio, frame_idx: int) -> int:
    studio.session.timeline.seek(frame_idx)
    return frame_idx


def _ages_ms(studio: Studio, *, num_moves: int) -> list[tuple[float, float]]:
    """How long ago the person asked for each frame that appears, while the mouse does not rest; and CPU time since."""
    asked: dict[int, float] = {}
    found: list[tuple[float, float]] = []
    worked = time.process_time()

    def note(frame_idx: int) -> None:
        nonlocal worked
        if frame_idx in asked:
            found.append((1e3 * (time.perf_counter() - asked[frame_idx]), 1e3 * (time.process_time() - worked)))
        worked = time.process_time()

    last = studio.session.timeline.num_frames - 1
    connection = studio.presenter.shown.connect(note)
    with _mouse_down(studio, last):
        due = time.perf_counter()
        for n in range(num_moves):
            asked[_move_mouse(studio, abs((3 * n) % (2 * last) - last))] = time.perf_counter()
            due += MOVE_S
            _wait(lambda due=due: time.perf_counter() >= due)
    studio.presenter.shown.disconnect(connection)
    return found


def _shown_ms(studio: Studio, frame_idx: int, go: Callable[[Studio, int], int] = _seek) -> tuple[float, float]:
    """Milliseconds until a frame is on all panels, and those that all threads worked meanwhile."""
    from PySide6.QtCore import QTimer

    timeline, shown, wanted = studio.session.timeline, [], []
    if frame_idx == timeline.current:
        frame_idx = frame_idx + 1 if frame_idx + 1 < timeline.num_frames else frame_idx - 1
    connection = studio.presenter.shown.connect(shown.append)
    started, worked = time.perf_counter(), time.process_time()
    QTimer.singleShot(0, studio, lambda: wanted.append(go(studio, frame_idx)))
    _wait(lambda: bool(wanted) and wanted[0] in shown)
    taken_ms = 1e3 * (time.perf_counter() - started), 1e3 * (time.process_time() - worked)
    studio.presenter.shown.disconnect(connection)
    _wait(lambda: studio.presenter.is_idle if timeline.is_scrubbing else studio.is_settled)
    return taken_ms


def _settled_ms(studio: Studio) -> tuple[tuple[float, float], tuple[float, float]]:
    """Milliseconds until everything of the frame that is there is seen, and until there is nothing left to do."""
    started, worked = time.perf_counter(), time.process_time()

    def since() -> tuple[float, float]:
        return 1e3 * (time.perf_counter() - started), 1e3 * (time.process_time() - worked)

    _wait(lambda: not studio.window.occupancy_panel.is_coarse and studio.presenter.is_idle)
    full = since()
    _wait(lambda: studio.is_settled)
    return full, since()


def _wait(is_done) -> None:
    """Handle events until something holds; sleeps between them, since a turning loop would take the others' time."""
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    look = QTimer()
    look.start(LOOK_MS)
    end = time.monotonic() + PATIENCE_S
    flags = QEventLoop.ProcessEventsFlag
    while not is_done():
        if time.monotonic() > end:
            raise SystemExit("Nothing happened for a long time.")
        QApplication.processEvents(flags.AllEvents | flags.WaitForMoreEvents)


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("dataset", type=Path)
    parser.add_argument("num_frames", type=int)
    arguments = parser.parse_args()
    print(json.dumps(measure_window(arguments.dataset, arguments.num_frames)))
