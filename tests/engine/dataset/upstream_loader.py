"""Opens a dataset with the public LeRobot library and tells what it gave; run by an interpreter that has lerobot.

python upstream_loader.py ROOT [--episodes 0,1]
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import warnings

# `datasets` keeps copies of local tables; an old copy would hide what is really on the disk.
os.environ["HF_HOME"] = tempfile.mkdtemp(prefix="l3rocc_hf_")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_DATASETS_DISABLE_PROGRESS_BARS"] = "1"
warnings.filterwarnings("ignore")

import torch  # noqa: E402


def allow_torchvision_without_its_kernels() -> None:
    """A torchvision whose compiled part does not fit torch imports once the operators it looks for are declared."""
    library = torch.library.Library("torchvision", "FRAGMENT")
    for operator in ("nms", "qnms"):
        library.define(f"{operator}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    allow_torchvision_without_its_kernels.library = library  # type: ignore[attr-defined]


try:
    import torchvision
except RuntimeError:
    for module in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
        del sys.modules[module]
    allow_torchvision_without_its_kernels()
    import torchvision  # noqa: F401

from lerobot.datasets.lerobot_dataset import CODEBASE_VERSION, LeRobotDataset  # noqa: E402
from lerobot.datasets.utils import dataset_to_policy_features  # noqa: E402


def main() -> None:
    """Read everything once and print one JSON object."""
    root = sys.argv[1]
    episodes = [int(number) for number in sys.argv[3].split(",")] if len(sys.argv) > 3 else None
    dataset = LeRobotDataset("local/check", root=root, episodes=episodes, video_backend="pyav")
    shapes: dict[str, list[int]] = {}
    indices, means = [], []
    for batch in torch.utils.data.DataLoader(dataset, batch_size=5):
        indices += batch["index"].tolist()
        for key, value in batch.items():
            if isinstance(value, torch.Tensor):
                shapes[key] = list(value.shape[1:])
            if isinstance(value, torch.Tensor) and value.ndim == 4 and value.shape[1] == 3:
                means += value.mean(dim=(1, 2, 3)).tolist()
    key = next(iter(dataset.meta.video_keys))
    window = LeRobotDataset(
        "local/check",
        root=root,
        episodes=episodes,
        video_backend="pyav",
        delta_timestamps={key: [-1 / dataset.fps, 0.0], "action": [0.0, 1 / dataset.fps]},
    )[3]
    facts = {
        "version": CODEBASE_VERSION,
        "length": len(dataset),
        "fps": dataset.fps,
        "indices": indices,
        "shapes": shapes,
        "picture_means": means,
        "task": dataset[0]["task"],
        "action": dataset[1]["action"].flatten().tolist(),
        "window": {name: list(window[name].shape) for name in (key, "action")},
        "stats": {name: list(entry["mean"].shape) for name, entry in dataset.meta.stats.items()},
        "policy": sorted(dataset_to_policy_features(dataset.meta.features)),
    }
    print(json.dumps(facts))  # noqa: T201


main()
