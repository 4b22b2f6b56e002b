"""Something goes wrong in the middle of each stage of a run: it ends with a sentence, and the next one goes on from it.

Each fault is followed by another one further on, so that every run also goes on from what the one before left.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from l3rocc_engine.dataset.video import write_video
from l3rocc_engine.frames.opener import open_source
from tests.hostile.faulty_process import COMMAND, DISK, FAULTS, WALL, build_failing_disk, failing_environment
from tests.synthetic.run_factory import make_run

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the failing disk is a library for Linux")

GRID = ("--voxel-size", "0.1")
TRAJECTORY = "small_vln_n1/traj_data/matterport3d_zed/1LXtFkjw3qL/trajectory_1"
STAGES = (
    "keyframes",
    "features",
    "matching",
    "poses",
    "tracking",
    "depth",
    "consistency",
    "fill",
    "cloud",
    "occupancy",
    "world",
    "dataset",
)
IN_CHILD = ("features", "matching", "poses")
NO_MEMORY = ("memory", "Memory")
SAYS = {
    "out of memory": NO_MEMORY,
    "child killed": NO_MEMORY,
    "disk full": ("No space left on device", "disk is full"),
    "disk broken": ("Input/output error",),
    "share gone": ("Stale file handle",),
    "read-only": ("Read-only file system",),
}


@pytest.fixture(scope="module")
def failing_disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = build_failing_disk(tmp_path_factory.mktemp("failing_disk"))
    if library is None:
        pytest.skip("there is no C compiler for the failing disk")
    return library


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a run ended."""

    code: int
    words: str
    was_reached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An input, and the folder that its result and everything temporary go into."""

    source: Path
    folder: Path
    library: Path
    options: tuple[str, ...] = ()
    wall: bool = False

    @property
    def out(self) -> Path:
        return self.folder / "out"

    @property
    def arming(self) -> Path:
        return self.folder.with_name(f"{self.folder.name}.arming")

    def run(self, stage: str = "", fault: str = "") -> Ended:
        """Process, with a fault or without."""
        (self.folder / "tmp").mkdir(parents=True, exist_ok=True)
        command = ["process", str(self.source), "--out", str(self.out), *GRID, *self.options]
        environment = {
            **os.environ,
            **failing_environment(self.library, self.arming, self.folder),
            "TMPDIR": str(self.folder / "tmp"),
            WALL: "1" if self.wall else "",
        }
        ended = subprocess.run(
            [*COMMAND, stage, fault, str(self.arming), *command],
            env=environment,
            capture_output=True,
            text=True,
            timeout=1000,
            check=False,
            cwd=Path(__file__).parents[2],
        )
        was_reached = self.arming.exists()
        self.arming.unlink(missing_ok=True)
        words = ended.stderr[ended.stderr.find("error ") :] if "error " in ended.stderr else ended.stderr
        return Ended(code=ended.returncode, words=" ".join(words.split()), was_reached=was_reached)


def outcome_of(folder: Path) -> dict[str, Any]:
    """Every file of a result; of what is told of the run the times are left out."""
    found: dict[str, Any] = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    run = json.loads(found["meta/run.json"])
    record = run["record"]
    for times in ("stage_s", "peak_memory_bytes"):
        record.pop(times)
    record["measures"] = {name: value for name, value in record["measures"].items() if not name.endswith("_cpu_s")}
    found["meta/run.json"] = run
    return found


def check_fault(place: Place, stage: str, fault: str) -> Ended:
    """One run with a fault: a sentence and no traceback, and nothing that looks finished."""
    ended = place.run(stage, fault)
    where = f"{fault} in {stage}: {ended}"
    assert "Traceback" not in ended.words, where
    if fault == "kill -9":
        assert ended.code == -signal.SIGKILL, where
    else:
        assert ended.code == 1, where
        assert any(words in ended.words for words in SAYS[fault]), where
    assert fault not in DISK or ended.was_reached, where
    assert not place.out.exists(), where
    return ended


def note(rows: list[str], fault: str, stage: str, ended: Ended, place: Place) -> None:
    kept = sorted(mark.parts[-3] for mark in place.folder.glob(".out.l3rocc-work/*/*/stage.json"))
    rows.append(f"{fault} | {stage} | {ended.code} | {', '.join(kept) or 'nothing'} | {ended.words[:160]}")


def write_rows(rows: list[str], name: str) -> None:
    """The table, where somebody asks for it."""
    folder = os.environ.get("L3ROCC_FAULT_TABLE")
    if folder:
        Path(folder, f"{name}.txt").write_text("\n".join(rows) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def wall_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wall")
    make_run(folder, num_frames=6)
    return folder / "room.mp4"


@pytest.mark.parametrize("first", [0, pytest.param(3, marks=pytest.mark.long)])
def test_faults_in_the_stages_that_follow_a_backend(
    wall_video: Path, tmp_path: Path, failing_disk: Path, first: int
) -> None:
    """Quick: a backend that sees a wall, and each stage with another fault."""
    whole = Place(source=wall_video, folder=tmp_path / "whole", library=failing_disk, wall=True)
    broken = Place(source=wall_video, folder=tmp_path / "broken", library=failing_disk, wall=True)
    assert whole.run().code == 0
    for number, stage in enumerate(("depth", "cloud", "occupancy", "world", "dataset")):
        check_fault(broken, stage, FAULTS[(number + first) % len(FAULTS)])
    assert broken.run().code == 0
    assert outcome_of(broken.out) == outcome_of(whole.out)
    assert list(broken.folder.glob(".out*")) == []
    assert list((broken.folder / "tmp").iterdir()) == []


@pytest.fixture(scope="module")
def small_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight frames of the bundled sample, a quarter as large."""
    from l3rocc_engine.sample import sample_video_path

    source = open_source(sample_video_path())
    frames = [(number, picture[::2, ::2]) for number, (_, picture) in enumerate(source.frames(list(range(0, 72, 9))))]
    source.close()
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    write_video(
        path, [(number, np.ascontiguousarray(picture)) for number, picture in frames], size_px=(320, 240), fps=5
    )
    return path


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("fault", ["kill -9", "out of memory", "disk full", "disk broken", "child killed"])
def test_one_fault_in_every_stage(small_clip: Path, tmp_path: Path, failing_disk: Path, fault: str) -> None:
    """The real thing from keyframes to the dataset, by the built-in engine."""
    check_every_stage(small_clip, tmp_path, failing_disk, fault, ())


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_faults_in_a_trajectory_with_poses(samples_dir: Path, tmp_path: Path, failing_disk: Path) -> None:
    """The dataset backend, each stage with another fault."""
    check_every_stage(samples_dir / TRAJECTORY, tmp_path, failing_disk, "", ("--frames", "0:5", "--backend", "dataset"))


def check_every_stage(source: Path, tmp_path: Path, failing_disk: Path, fault: str, options: tuple[str, ...]) -> None:
    whole = Place(source=source, folder=tmp_path / "whole", library=failing_disk, options=options)
    broken = Place(source=source, folder=tmp_path / "broken", library=failing_disk, options=options)
    assert whole.run().code == 0
    rows: list[str] = []
    for number, stage in enumerate(IN_CHILD if fault == "child killed" else STAGES):
        if "dataset" in options and stage == "tracking":
            continue  # its poses came along
        this = fault or FAULTS[number % len(FAULTS)]
        note(rows, this, stage, check_fault(broken, stage, this), broken)
        write_rows(rows, f"{'dataset' if options else 'builtin'} {fault or 'each'}")
    assert broken.run().code == 0
    assert outcome_of(broken.out) == outcome_of(whole.out)
    shutil.rmtree(broken.folder / "tmp")
    assert [path.name for path in broken.folder.iterdir()] == ["out"]
