from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from l3rocc_engine.geometry.intrinsics import visibility_rays
from l3rocc_engine.occupancy import occupancy_sequence, world_map
from l3rocc_engine.visual.window import OccupancyWindow
from tests.synthetic.run_factory import make_run


def test_the_world_s_voxels_are_those_of_the_world_map_also_where_centres_lie_on_their_faces(tmp_path: Path) -> None:
    run = make_run(tmp_path, num_frames=2)
    config = run.config.with_changes({"voxel_size": 0.1, "pc_range": [-1.05, -1.05, 0.15, 1.05, 1.05, 3.15]})
    poses = np.tile(np.eye(4), (2, 1, 1))
    wall = np.stack(np.meshgrid(np.arange(-1, 1, 0.02), np.arange(-1, 1, 0.02), [2.0]), axis=-1).reshape(-1, 3)
    occupancy = occupancy_sequence(wall.astype(np.float32), poses, visibility_rays(run.intrinsics), config.grid)
    world = world_map(occupancy)
    assert world.num_voxels > 100
    found = OccupancyWindow(replace(run, config=config, occupancy=occupancy, world=world)).points_world(1)
    assert {tuple(row) for row in found.tolist()} == {tuple(row) for row in world.centres_world.tolist()}
