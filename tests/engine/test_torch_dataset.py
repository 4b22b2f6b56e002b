from __future__ import annotations

import multiprocessing
import pickle
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch.utils.data import DataLoader

from l3rocc_engine.dataset import PROFILES, open_dataset, write_dataset
from l3rocc_engine.dataset.merging import merge_datasets
from l3rocc_engine.errors import ConfigError, InputError
from l3rocc_engine.frames.video import VideoSource
from l3rocc_engine.run import Run
from l3rocc_engine.torch_dataset import OccupancyDataset, collate_sparse
from l3rocc_engine.training.exact_frames import ExactFrames
from tests.synthetic.run_factory import INTRINSICS, make_run, part_of


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[Run]:
    run = make_run(tmp_path_factory.mktemp("source"))
    return [run, part_of(run, 2, 8)]


@pytest.fixture(scope="module")
def tree(runs: list[Run], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One dataset of each profile."""
    root = tmp_path_factory.mktemp("tree")
    for run, profile in zip(runs, PROFILES, strict=True):
        write_dataset(run, root / "group" / profile, profile=profile)
    return root


def assert_is_frame(item: dict[str, Any], run: Run, frame_idx: int) -> None:
    truth = run.occupancy.frame(frame_idx)
    assert np.array_equal(np.flatnonzero(item["occupied"].numpy()), truth.occupied)
    assert np.array_equal(np.flatnonzero(item["visible"].numpy()), truth.visible)
    assert item["occupied"].shape == item["visible"].shape == run.config.grid.shape
    np.testing.assert_allclose(item["world_from_cam"], run.trajectory.world_from_cam[frame_idx], atol=1e-6)
    np.testing.assert_allclose(item["K"], INTRINSICS.matrix, atol=1e-4)


def test_frames_of_both_profiles_are_those_of_the_runs(tree: Path, runs: list[Run]) -> None:
    frames = OccupancyDataset(tree, images=True, history=(3, 2))
    assert len(frames) == 12 + 7
    assert frames.grid == runs[0].config.grid
    expected = [(number, t) for number, run in enumerate(runs) for t in range(run.num_frames)]
    for index in np.random.default_rng(0).permutation(len(frames)).tolist():
        item = frames[index]
        number, t = expected[index]
        assert (item["episode"], item["frame"]) == (number, t)
        assert_is_frame(item, runs[number], t)
        assert np.array_equal(np.flatnonzero(item["history"].numpy()), runs[number].occupancy.history(t, 3, 2))
        stored = open_dataset(frames.episodes[number].root).source.frame(t)
        assert np.array_equal(item["image"].permute(1, 2, 0).numpy(), stored)
    assert_is_frame(frames[-1], runs[1], 6)


def test_the_forms_say_the_same(tree: Path) -> None:
    dense = OccupancyDataset(tree)[4]
    as_float = OccupancyDataset(tree, form="float")[4]
    assert as_float["occupied"].dtype == as_float["visible"].dtype == torch.float32
    assert torch.equal(as_float["visible"].bool(), dense["visible"])
    assert torch.equal(as_float["occupied"].bool(), dense["occupied"])
    sparse = OccupancyDataset(tree, form="sparse")[4]
    assert torch.equal(sparse["occupied"], dense["occupied"].flatten().nonzero()[:, 0])
    bits = np.unpackbits(sparse["visible"].numpy(), count=dense["visible"].numel())
    assert np.array_equal(bits.astype(bool), dense["visible"].flatten().numpy())


def test_sparse_frames_become_a_batch(tree: Path) -> None:
    frames = OccupancyDataset(tree, form="sparse", history=(2, 1))
    batch = next(iter(DataLoader(frames, batch_size=3, collate_fn=collate_sparse)))
    for n in range(3):
        assert torch.equal(batch["occupied"][batch["occupied"][:, 0] == n, 1], frames[n]["occupied"])
        assert torch.equal(batch["history"][batch["history"][:, 0] == n, 1], frames[n]["history"])
    assert batch["world_from_cam"].shape == (3, 4, 4)


@pytest.mark.filterwarnings("ignore:This DataLoader will create 2 worker processes")  # more than this machine's cores
@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")  # of Python 3.12 and later
@pytest.mark.parametrize(("method", "num_workers"), [("fork", 2), ("spawn", 1)])
def test_workers_give_what_one_process_gives(tree: Path, method: str, num_workers: int) -> None:
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"there is no {method} here")
    frames = OccupancyDataset(tree, images=True)
    alone = [frames[index] for index in range(len(frames))]  # opens files before the workers start, which must not hurt
    loader = DataLoader(frames, batch_size=4, num_workers=num_workers, multiprocessing_context=method)
    seen = 0
    for batch in loader:
        for n in range(len(batch["frame"])):
            for key, value in alone[seen].items():
                assert torch.equal(torch.as_tensor(value), torch.as_tensor(batch[key][n])), key
            seen += 1
    assert seen == len(frames)


def test_only_so_many_episodes_stay_open(tree: Path) -> None:
    frames = OccupancyDataset(tree, images=True, max_open=1)
    order = [0, 15, 1, 16, 2]
    items = [frames[index] for index in order]
    assert len(frames._shelf._open) == 1
    fresh = OccupancyDataset(tree, images=True)
    assert all(torch.equal(item["image"], fresh[index]["image"]) for item, index in zip(items, order, strict=True))


def test_pickling_leaves_open_files_behind(tree: Path) -> None:
    frames = OccupancyDataset(tree, images=True)
    before = frames[3]
    copy = pickle.loads(pickle.dumps(frames))
    assert not copy._shelf._open
    assert all(torch.equal(torch.as_tensor(copy[3][key]), torch.as_tensor(before[key])) for key in before)


def test_merged_datasets_give_the_same_frames(runs: list[Run], tmp_path: Path) -> None:
    for number, run in enumerate(runs):
        write_dataset(run, tmp_path / "parts" / str(number), profile="lerobot")
    merge_datasets([tmp_path / "parts"], tmp_path / "merged")
    merged = OccupancyDataset(tmp_path / "merged", images=True)
    assert len(merged) == 19
    assert_is_frame(merged[14], runs[1], 2)
    apart = OccupancyDataset([tmp_path / "parts" / "0", tmp_path / "parts" / "1"], images=True)
    assert torch.equal(merged[14]["image"], apart[14]["image"])


def test_what_cannot_be_loaded_is_said(tree: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no dataset"):
        OccupancyDataset(tmp_path)
    with pytest.raises(ConfigError, match="no form 'dense'"):
        OccupancyDataset(tree, form="dense")  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="history"):
        OccupancyDataset(tree, history=(0, 1))
    with pytest.raises(IndexError, match="19 frames"):
        OccupancyDataset(tree)[19]
    root = Path(shutil.copytree(tree / "group" / "lerobot", tmp_path / "copy"))
    (root / "occupancy/chunk-000/episode_000000/mask_sequence.npz").unlink()
    with pytest.raises(InputError, match="1 episodes without occupancy"):
        OccupancyDataset(root)
    with pytest.raises(InputError, match="no episode with occupancy"):
        OccupancyDataset(root, skip_unlabelled=True)
    assert OccupancyDataset([root, tree / "group" / "interndata"], skip_unlabelled=True).num_left_out == 1


def test_a_damaged_video_is_named_when_it_is_met(tree: Path, tmp_path: Path) -> None:
    root = Path(shutil.copytree(tree / "group" / "lerobot", tmp_path / "copy"))
    video = next(root.rglob("*.mp4"))
    video.write_bytes(video.read_bytes()[:200])
    frames = OccupancyDataset(root, images=True)
    with pytest.raises(InputError, match=r"episode_000000\.mp4"):
        frames[0]


def test_every_picture_of_a_video_with_long_groups_is_met_exactly(samples_dir: Path) -> None:
    path = samples_dir / "man_walking_long.mp4"
    exact, whole = ExactFrames(path), VideoSource(path)
    assert exact.num_frames == whole.num_frames
    last = whole.num_frames - 1
    for frame_idx in (last, 0, last // 3, last // 3 - 1, last // 3 + 1, last // 2):
        assert np.array_equal(exact.frame(frame_idx), whole.frame(frame_idx))
    exact.close()
    whole.close()
