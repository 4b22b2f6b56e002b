"""Bits rot and files are cut off: a damaged stage is noticed and made anew, and the result is the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from l3rocc_engine.errors import OutputError
from l3rocc_engine.geometry.point_tracks import PointTracks
from l3rocc_engine.geometry.zoom import ZoomTrack
from l3rocc_engine.pipeline import plan_stages
from l3rocc_engine.pipeline.stage import damage_of
from l3rocc_engine.pipeline.store import load_cloud, load_reconstruction
from l3rocc_engine.progress import CancelToken, ProgressEvent
from l3rocc_engine.reconstruction import Reconstruction
from l3rocc_engine.run import Run
from tests.engine.pipeline.test_process import CONFIG, process
from tests.synthetic.sources import CAMERA, ArraySource, WallBackend


@dataclass
class WallWithEverything(WallBackend):
    """Leaves every kind of file that a reconstruction may have."""

    def reconstruct(self, *arguments: Any, **options: Any) -> Reconstruction:
        made = WallBackend.reconstruct(self, *arguments, **options)
        numbers = np.tile(
            [CAMERA.fx_px, CAMERA.fy_px, CAMERA.cx_px, CAMERA.cy_px], (len(made.trajectory.timestamps_s), 1)
        )
        tracks = PointTracks(
            points_world=np.array([[0.0, 0.0, 2.0]]),
            frame_idx=np.array([0]),
            point_idx=np.array([0]),
            pixels_px=np.array([[32.0, 24.0]]),
        )
        zoom = ZoomTrack(numbers=numbers, width_px=CAMERA.width_px, height_px=CAMERA.height_px)
        return replace(made, tracks=tracks, zoom=zoom)


def flip(at: float) -> Callable[[Path], None]:
    def apply(path: Path) -> None:
        data = bytearray(path.read_bytes())
        data[min(len(data) - 1, int(at * len(data)))] ^= 0x10
        path.write_bytes(data)

    return apply


def cut(share: float) -> Callable[[Path], None]:
    def apply(path: Path) -> None:
        data = path.read_bytes()
        path.write_bytes(data[: int(share * len(data))])

    return apply


DAMAGES: dict[str, Callable[[Path], None]] = {
    "first byte": flip(0.0),
    "a byte in the middle": flip(0.5),
    "last byte": flip(1.0),
    "cut in half": cut(0.5),
    "the end missing": cut(0.98),
    "emptied": cut(0.0),
    "gone": Path.unlink,
}


def outputs(workdir: Path) -> dict[str, bytes]:
    """Every file of every stage, and what is told of the run; times are left out."""
    found = {path.relative_to(workdir).as_posix(): path.read_bytes() for path in workdir.glob("*/*/*")}
    found = {name: data for name, data in found.items() if not name.endswith("stage.json")}
    told = json.loads((workdir / "run.json").read_text(encoding="utf-8"))
    told["record"] = {key: told["record"][key] for key in ("keyframes", "measures", "notes", "backend")}
    return {**found, "run.json": json.dumps(told).encode()}


@pytest.mark.parametrize("damage", DAMAGES)
def test_every_damaged_file_is_noticed_and_made_anew(tmp_path: Path, damage: str) -> None:
    backend = WallWithEverything()
    process(tmp_path, backend)
    whole = outputs(tmp_path)
    files = sorted(tmp_path.glob("*/*/*"))
    assert {path.name for path in files} >= {"zoom.npz", "tracks.npz", "cloud.npz", "all_occ.npz", "stage.json"}
    for path in files:
        if damage == "gone" and path.name == "stage.json":
            continue  # then the stage never was
        DAMAGES[damage](path)
        told: list[ProgressEvent] = []
        process(tmp_path, backend, events=told.append)
        notes = [event.message for event in told if "is computed again" in event.message]
        assert len(notes) == 1, path
        assert path.name in notes[0] and path.parent.parent.name in notes[0]
        assert outputs(tmp_path) == whole, path


def test_a_stage_that_was_cut_off_is_planned_anew(tmp_path: Path) -> None:
    backend = WallBackend()
    process(tmp_path, backend)
    DAMAGES["cut in half"](next(tmp_path.glob("cloud/*/cloud.npz")))
    planned = plan_stages(ArraySource(), backend.name, CONFIG, tmp_path)
    assert [stage.is_finished for stage in planned] == [True, False, True]


def test_who_trusts_the_stages_gets_a_sentence(tmp_path: Path) -> None:
    process(tmp_path, WallBackend())
    (folder,) = (tmp_path / "cloud").iterdir()
    DAMAGES["a byte in the middle"](folder / "cloud.npz")
    with pytest.raises(OutputError, match=r"cloud\.npz cannot be used.*computed again"):
        process(tmp_path, WallBackend(), trusts_stages=True)
    with pytest.raises(OutputError, match="cannot be used"):
        load_cloud(folder)


def test_a_reconstruction_that_is_damaged_later_is_a_sentence(tmp_path: Path) -> None:
    """Point maps are read again and again while a run is open."""
    run: Run = process(tmp_path, WallBackend())
    (folder,) = (tmp_path / "reconstruction").iterdir()
    DAMAGES["a byte in the middle"](folder / "keyframe_000002.npz")
    with pytest.raises(OutputError, match="keyframe_000002"):
        list(run.point_maps)
    (folder / "reconstruction.json").write_text('{"intrinsics": [1]}')
    with pytest.raises(OutputError, match=r"reconstruction\.json cannot be used"):
        load_reconstruction(folder)


def test_a_whole_stage_has_no_damage(tmp_path: Path) -> None:
    process(tmp_path, WallBackend())
    for folder in tmp_path.glob("*/*"):
        assert damage_of(folder, folder.name, CancelToken()) == ""
    assert damage_of(tmp_path / "nothing", "0", CancelToken()) == ""
