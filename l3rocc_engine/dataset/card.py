"""The README of an exported dataset, with the block that the Hugging Face viewer needs to find the tables."""

from __future__ import annotations

from collections.abc import Mapping

from l3rocc_engine import __version__
from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.draft import Draft
from l3rocc_engine.dataset.features import ACTION, STATE
from l3rocc_engine.dataset.statements import scale_origin, up_origin

CARD_HEADER = """---
task_categories:
- robotics
tags:
- LeRobot
- occupancy
configs:
- config_name: default
  data_files: data/*/*.parquet
---
"""
"""What the hub needs to know, the tables among it."""

OCCUPANCY_TEXT = """
## Occupancy

Grid in the camera frame: range {pc_range} (x0, y0, z0, x1, y1, z1), voxels of {voxel_size}, shape {shape}.
Files in `{sidecars}`:

{files}

```python
import numpy as np, scipy.sparse
occupied = scipy.sparse.load_npz("{occ_file}")
masks = np.load("{mask_file}")
shape = tuple(masks["shape"])
x, y, z = np.unravel_index(occupied[0].indices, shape)  # frame 0
visible = np.unpackbits(masks["data"][0])[: np.prod(shape)].reshape(shape).astype(bool)
```
"""
"""How to read the sidecars."""

_TEMPLATE = """
# {name}

A [LeRobot](https://github.com/huggingface/lerobot) v2.1 dataset made from a video by L3ROcc Studio {version}:
{num_frames} frames at {fps} frames a second, {num_episodes}, camera poses ({backend}), and for every frame the
egocentric occupancy with its visibility mask.

```python
from lerobot.datasets.lerobot_dataset import LeRobotDataset  # lerobot 0.3.x reads v2.1
dataset = LeRobotDataset("local/{name}", root="path/to/this/folder", video_backend="pyav")
```

- `{state}` is the camera's pose in the world: x, y, z, qx, qy, qz, qw; OpenCV axes (x right, y down, z forward).
  `{action}` is the next frame's pose; the last frame repeats its own.
- Unit: {units}. Scale: {scale}. Upward direction: {up}.
"""


def dataset_card(draft: Draft, file_texts: Mapping[str, str]) -> str:
    """Text of ``README.md``."""
    run, grid, count = draft.run, draft.run.config.grid, len(draft.spans)
    return (CARD_HEADER + _TEMPLATE + OCCUPANCY_TEXT).format(
        name=run.source.name,
        version=__version__,
        num_frames=draft.num_frames,
        fps=draft.fps,
        num_episodes="1 episode" if count == 1 else f"{count} episodes",
        backend=run.record.backend,
        state=STATE,
        action=ACTION,
        units="metres" if run.scale.is_metric else "model units, distances are right relative to each other only",
        scale=scale_origin(run.scale),
        up=up_origin(run),
        pc_range=list(grid.pc_range),
        voxel_size=grid.voxel_size,
        shape=list(grid.shape),
        sidecars=layout.SIDECAR_TEMPLATE,
        files="\n".join(f"- `{name}`: {text}" for name, text in file_texts.items()),
        occ_file=layout.OCC_FILE,
        mask_file=layout.MASK_FILE,
    )
