"""The README of a merged dataset."""

from __future__ import annotations

from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.card import CARD_HEADER, OCCUPANCY_TEXT
from l3rocc_engine.dataset.merging.plan import MergePlan

_LOADERS = {
    "v2.1": "from lerobot.datasets.lerobot_dataset import LeRobotDataset  # lerobot 0.3.x reads v2.1",
    "v3.0": "from lerobot.datasets.lerobot_dataset import LeRobotDataset  # lerobot 0.4 and newer read v3.0",
}
_TEMPLATE = """
# {num_episodes} episodes

A [LeRobot](https://github.com/huggingface/lerobot) {version} dataset of {num_episodes} episodes,
{num_frames} frames at {fps} frames a second and {num_tasks}, merged by L3ROcc Studio.

```python
{loader}
dataset = LeRobotDataset("local/name", root="path/to/this/folder", video_backend="pyav")
```

Features: {features}.
"""


def merged_card(plan: MergePlan, version: str) -> str:
    """Text of ``README.md``."""
    count = len(plan.tasks)
    text = CARD_HEADER + _TEMPLATE.format(
        num_episodes=len(plan.episodes),
        version=version,
        num_frames=plan.num_frames,
        fps=plan.fps,
        num_tasks="1 task" if count == 1 else f"{count} tasks",
        loader=_LOADERS[version],
        features=", ".join(f"`{key}`" for key in plan.features),
    )
    grid = plan.statement.get("grid")
    if not grid:
        return text
    return text + OCCUPANCY_TEXT.format(
        pc_range=grid.get("range"),
        voxel_size=grid.get("voxel_size"),
        shape=grid.get("shape"),
        sidecars=layout.SIDECAR_TEMPLATE,
        files="\n".join(f"- `{name}`: {words}" for name, words in plan.statement["files"].items()),
        occ_file=layout.OCC_FILE,
        mask_file=layout.MASK_FILE,
    )
