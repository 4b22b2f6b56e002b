"""Everything in the program that reads a file, with a good one to start from."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from l3rocc_engine.batch.publish import read_batch_manifest
from l3rocc_engine.batch.report import last_statuses
from l3rocc_engine.batch.result import RESULT_FILE, UnitPlace, UnitResult, UnitStatus
from l3rocc_engine.config import load_config
from l3rocc_engine.dataset import layout, open_dataset, validate_dataset, write_dataset
from l3rocc_engine.dataset.poses import load_optics, load_poses
from l3rocc_engine.dataset.tracks import load_tracks, save_tracks
from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.opener import open_source
from l3rocc_engine.geometry.point_tracks import PointTracks
from l3rocc_engine.inspection.opener import open_inspected
from l3rocc_engine.inspection.surroundings import look_around
from l3rocc_engine.occupancy import load_sequence, load_world_map
from l3rocc_engine.pipeline.stage import damage_of, empty_stage, finish_stage, finished_stage
from l3rocc_engine.pipeline.store import load_cloud, load_reconstruction, save_cloud, save_reconstruction
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.reconstruction import Reconstruction
from l3rocc_engine.run import Run
from l3rocc_engine.storage.ply import read_ply
from l3rocc_engine.visual import write_visual
from l3rocc_studio.model.queue import Queue
from l3rocc_studio.model.saved_view import views_from_text
from l3rocc_studio.model.setting_presets import SETTING_PRESETS
from l3rocc_studio.model.view_keyframe import read_keyframes
from l3rocc_studio.services.cost_history import past_runs
from l3rocc_studio.services.preset_store import load_presets
from l3rocc_studio.services.project_file import load_project, save_project
from l3rocc_studio.services.queue_store import queue_from_dict, queue_to_dict
from tests.engine.batch.tree import write_trajectory
from tests.synthetic.run_factory import make_run

OCCUPIED = "videos/chunk-000/observation.occ.view/occ_sequence.npz"
VISIBLE = "videos/chunk-000/observation.occ.mask/mask_sequence.npz"
TABLE = "data/chunk-000/episode_000000.parquet"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One way to read one file.

    Attributes
    ----------
    file
        The one that is damaged, below the folder of good ones.
    read
        Reads as the program does, given that folder.
    kind
        ``bytes``, ``json`` or ``zip``: what else than bytes can be wrong.
    count
        Damaged copies.
    """

    file: str
    read: Callable[[Path], object]
    kind: str = "bytes"
    count: int = 12


def write_good_files(folder: Path) -> None:
    """One of everything."""
    run = make_run(folder / "made")
    (folder / "clip.mp4").write_bytes((folder / "made" / "room.mp4").read_bytes())
    for suffix in ("png", "jpg"):
        (folder / suffix).mkdir()
        for number in range(3):
            picture = Image.fromarray(np.full((48, 64, 3), 60 * number + 40, np.uint8))
            picture.save(folder / suffix / f"{number}.{suffix}")
    write_trajectory(run, folder / "trajectory")
    write_dataset(run, folder / "run", profile="interndata")
    write_dataset(run, folder / "lerobot", profile="lerobot")
    save_tracks(folder / "tracks.npz", _tracks())
    np.save(folder / "points.npy", np.random.default_rng(0).normal(size=(50, 7)).astype(np.float32))
    ascii_ply = (
        "ply\nformat ascii 1.0\nelement vertex 3\nproperty float x\nproperty float y\nproperty float z\nend_header\n"
    )
    (folder / "ascii.ply").write_text(ascii_ply + "0 0 1\n1 2 3\n4 5 6\n", encoding="ascii")
    (folder / "config.yaml").write_text("pc_range: [-2, -1.5, -0.5, 2, 1, 3.5]\nvoxel_size: 0.02\ninterval: 10\n")
    result = UnitResult(unit="a", status=UnitStatus.DONE, files={"x": 1}, facts={"frames": 2})
    (folder / "unit").mkdir()
    (folder / "unit" / RESULT_FILE).write_text(json.dumps(result.to_dict()))
    (folder / "published" / "meta").mkdir(parents=True)
    manifest = {"format": "l3rocc-batch", "format_version": 1, "settings": "x", "units": {"a": {}}, "files": {"x": 1}}
    (folder / "published" / "meta" / "l3rocc_batch.json").write_text(json.dumps(manifest))
    weights = {"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}
    header = json.dumps(weights).encode()
    (folder / "weights.safetensors").write_bytes(len(header).to_bytes(8, "little") + header + bytes(8))
    source = {"path": str(folder / "clip.mp4"), "relative": {"path": "clip.mp4"}}
    save_project({"source": source, "timeline": {"frame": 3}}, folder / "mine.l3rocc")
    view = {"position": [0, 0, 1], "focal_point": [0, 0, 0], "view_up": [0, 1, 0], "name": "a"}
    (folder / "views.json").write_text(json.dumps({"views": [view]}))
    (folder / "queue.json").write_text(json.dumps(queue_to_dict(Queue())))
    view_keyframes = [{"frame": 0, "view": view}, {"frame": 9, "preset": "orbit", "ease": "hold"}]
    (folder / "cameras.json").write_text(json.dumps({"keyframes": view_keyframes}))
    write_visual(run, folder / "visual", frames=range(2))
    _write_stages(run, folder / "work")
    (folder / "report.jsonl").write_text('{"unit": "a", "status": "done"}\n{"unit": "b", "status": "failed"}\n')


def _write_stages(run: Run, work: Path) -> None:
    """Two finished stages, as a run leaves them in the workspace, and what it notes of itself."""
    reconstruction = Reconstruction(
        point_maps=(),
        trajectory=run.trajectory,
        intrinsics=run.intrinsics,
        backend="builtin",
        world_up=(0.0, -1.0, 0.0),
        notes=("a",),
        measures={"b": 1.0},
    )
    for name, save in (("reconstruction", lambda at: save_reconstruction(reconstruction, at)),
                       ("cloud", lambda at: save_cloud(run.cloud, at))):  # fmt: skip
        empty_stage(work / name / "key")
        save(work / name / "key")
        finish_stage(work / name / "key", "key", {"a": 1.0}, CancelToken())
    (work / "run.json").write_bytes((work.parent / "run" / layout.RUN).read_bytes())


def _tracks() -> PointTracks:
    return PointTracks(
        points_world=np.zeros((2, 3)),
        frame_idx=np.array([0, 1, 0, 1]),
        point_idx=np.array([0, 0, 1, 1]),
        pixels_px=np.ones((4, 2)),
    )


def _source(path: Path) -> None:
    source = open_source(path)
    try:
        _ = source.fingerprint
        for number in {0, source.num_frames // 2, source.num_frames - 1}:
            source.frame(number)
        _ = source.cameras
    finally:
        source.close()


def _run(path: Path) -> None:
    run = open_dataset(path)
    run.occupancy.frame(0)
    run.occupancy.frame(run.num_frames - 1)
    _ = run.cloud.num_points, run.tracks, run.zoom


def _sequence(folder: Path) -> None:
    poses = np.tile(np.eye(4), (12, 1, 1))
    sequence = load_sequence(folder / "run" / OCCUPIED, folder / "run" / VISIBLE, poses)
    for number in (0, 5, 11):
        _ = sequence.frame(number).occupied, sequence.frame(number).free


def _poses(path: Path) -> None:
    load_poses(path)
    load_optics(path, (96, 64))


def _inspected(path: Path) -> None:
    opened = open_inspected(path)
    opened.frame(0)


def _unit(folder: Path) -> None:
    place = UnitPlace(folder=folder)
    left = place.read()
    if left is not None:
        left.matches("a", "b")
        json.dumps(left.to_dict())


def _project(path: Path) -> None:
    load_project(path)


def _views(path: Path) -> None:
    text = path.read_text(encoding="utf-8", errors="replace")
    views_from_text(text)


def _queue(path: Path) -> None:
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise InputError("no JSON") from error
    queue_from_dict(values)


def _stage(folder: Path) -> None:
    finished_stage(folder, "key")
    damage_of(folder, "key", CancelToken())


def _record(path: Path) -> None:
    past_runs(path.parent.parent)
    look_around(path)


def _weights(path: Path) -> None:
    from l3rocc_engine.backends.pi3.weights import file_problem

    problem = file_problem(path)
    if problem is not None:
        raise InputError(problem)


READERS = {
    "video": Reader(file="clip.mp4", read=lambda at: _source(at / "clip.mp4"), count=30),
    "png": Reader(file="png/1.png", read=lambda at: _source(at / "png")),
    "jpg": Reader(file="jpg/0.jpg", read=lambda at: _source(at / "jpg")),
    "table of an episode": Reader(file=f"trajectory/{TABLE}", read=lambda at: _source(at / "trajectory"), count=30),
    "info of an episode": Reader(
        file=f"trajectory/{layout.INFO}", read=lambda at: _source(at / "trajectory"), kind="json", count=30
    ),
    "lines of an episode": Reader(
        file=f"trajectory/{layout.EPISODES}", read=lambda at: _source(at / "trajectory"), kind="json", count=30
    ),
    "occupancy": Reader(file=f"run/{OCCUPIED}", read=_sequence, kind="zip", count=30),
    "masks": Reader(file=f"run/{VISIBLE}", read=_sequence, kind="zip", count=30),
    "world": Reader(
        file="run/data/chunk-000/all_occ.npz",
        read=lambda at: load_world_map(at / "run/data/chunk-000/all_occ.npz"),
        kind="zip",
        count=30,
    ),
    "poses": Reader(file="run/meta/poses.npz", read=lambda at: _poses(at / "run/meta/poses.npz"), kind="zip", count=30),
    "tracks": Reader(file="tracks.npz", read=lambda at: load_tracks(at / "tracks.npz"), kind="zip"),
    "ply": Reader(
        file="run/data/chunk-000/origin_pcd.ply",
        read=lambda at: read_ply(at / "run/data/chunk-000/origin_pcd.ply"),
        count=30,
    ),
    "ascii ply": Reader(file="ascii.ply", read=lambda at: read_ply(at / "ascii.ply"), count=30),
    "manifest of a run": Reader(file=f"run/{layout.RUN}", read=lambda at: _run(at / "run"), kind="json", count=40),
    "table of a run": Reader(file=f"run/{TABLE}", read=lambda at: _run(at / "run")),
    "info checked": Reader(
        file=f"lerobot/{layout.INFO}", read=lambda at: validate_dataset(at / "lerobot"), kind="json", count=20
    ),
    "lines checked": Reader(
        file=f"lerobot/{layout.EPISODES_STATS}", read=lambda at: validate_dataset(at / "lerobot"), kind="json"
    ),
    "table checked": Reader(file=f"lerobot/{TABLE}", read=lambda at: validate_dataset(at / "lerobot")),
    "manifest checked": Reader(
        file=f"run/{layout.RUN}", read=lambda at: validate_dataset(at / "run"), kind="json", count=20
    ),
    "settings": Reader(file="config.yaml", read=lambda at: load_config(at / "config.yaml"), count=30),
    "unit": Reader(file=f"unit/{RESULT_FILE}", read=lambda at: _unit(at / "unit"), kind="json", count=20),
    "manifest of a batch": Reader(
        file="published/meta/l3rocc_batch.json", read=lambda at: read_batch_manifest(at / "published"), kind="json"
    ),
    "report": Reader(file="report.jsonl", read=lambda at: last_statuses(at / "report.jsonl"), kind="json"),
    "weights": Reader(file="weights.safetensors", read=lambda at: _weights(at / "weights.safetensors"), count=20),
    "project": Reader(file="mine.l3rocc", read=lambda at: _project(at / "mine.l3rocc"), kind="json", count=20),
    "views": Reader(file="views.json", read=lambda at: _views(at / "views.json"), kind="json", count=20),
    "queue": Reader(file="queue.json", read=lambda at: _queue(at / "queue.json"), kind="json", count=20),
    "cameras": Reader(file="cameras.json", read=lambda at: read_keyframes(at / "cameras.json"), kind="json", count=40),
    "mark of a stage": Reader(
        file="work/cloud/key/stage.json", read=lambda at: _stage(at / "work/cloud/key"), kind="json", count=30
    ),
    "stored facts": Reader(
        file="work/reconstruction/key/reconstruction.json",
        read=lambda at: load_reconstruction(at / "work/reconstruction/key"),
        kind="json",
        count=40,
    ),
    "stored trajectory": Reader(
        file="work/reconstruction/key/trajectory.npz",
        read=lambda at: load_reconstruction(at / "work/reconstruction/key"),
        kind="zip",
    ),
    "stored cloud": Reader(
        file="work/cloud/key/cloud.npz", read=lambda at: load_cloud(at / "work/cloud/key"), kind="zip"
    ),
    "record of a run": Reader(
        file="work/run.json", read=lambda at: _record(at / "work/run.json"), kind="json", count=60
    ),
    "presets": Reader(
        file="cameras.json", read=lambda at: load_presets(at / "cameras.json", SETTING_PRESETS), kind="json"
    ),
    "visual facts": Reader(
        file="visual/visual.json",
        read=lambda at: _inspected(at / "visual/occ_only_cam_npy/occ_0000.npy"),
        kind="json",
        count=40,
    ),
    "visual npy": Reader(
        file="visual/merge_npy_sequence_world/frame_0000_world.npy",
        read=lambda at: _inspected(at / "visual/merge_npy_sequence_world/frame_0000_world.npy"),
        count=30,
    ),
    "visual ply": Reader(
        file="visual/occ_only_cam_ply/occ_0000.ply",
        read=lambda at: _inspected(at / "visual/occ_only_cam_ply/occ_0000.ply"),
        count=30,
    ),
    "inspected npy": Reader(file="points.npy", read=lambda at: _inspected(at / "points.npy"), count=20),
    "inspected occupancy": Reader(
        file=f"run/{OCCUPIED}", read=lambda at: _inspected(at / "run" / OCCUPIED), kind="zip"
    ),
    "inspected masks": Reader(file=f"run/{VISIBLE}", read=lambda at: _inspected(at / "run" / VISIBLE), kind="zip"),
    "inspected world": Reader(
        file="run/data/chunk-000/all_occ.npz",
        read=lambda at: _inspected(at / "run/data/chunk-000/all_occ.npz"),
        kind="zip",
    ),
    "inspected ply": Reader(file="ascii.ply", read=lambda at: _inspected(at / "ascii.ply"), count=20),
}
