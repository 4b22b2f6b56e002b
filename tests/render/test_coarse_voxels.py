from __future__ import annotations

import numpy as np
import pytest

from l3rocc_engine.run import Run
from l3rocc_studio.render import voxel_surface
from l3rocc_studio.render.cell_blocks import block_shape, touched_blocks
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.occupancy_scene import OccupancyScene


def test_blocks_hold_every_voxel_and_nothing_else() -> None:
    shape = (7, 5, 9)
    rng = np.random.default_rng(0)
    voxels = rng.choice(np.prod(shape), 60, replace=False)
    blocks = np.stack(np.unravel_index(touched_blocks(voxels, shape, 2), block_shape(shape, 2)), axis=1)
    cells = np.stack(np.unravel_index(voxels, shape), axis=1)
    assert {tuple(cell) for cell in (cells // 2).tolist()} == {tuple(block) for block in blocks.tolist()}


def test_many_voxels_pass_by_as_blocks_around_them(room_run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = OccupancyScene(builds_meshes=False)
    scene.set_run(room_run)
    style, grid = scene.style(Detail.COARSE), room_run.occupancy.grid
    scene.close()
    few, counts = voxel_surface.passing_surface(room_run, 3, style)
    seen = room_run.occupancy.occupied_indices(3)
    assert few.grid == grid and few.voxels.tolist() == seen.tolist() and counts.visible == len(seen)
    monkeypatch.setattr(voxel_surface, "COARSE_VOXELS", 10)
    many, _ = voxel_surface.passing_surface(room_run, 3, style)
    assert many.grid.voxel_size == pytest.approx(2 * grid.voxel_size)
    assert len(many.voxels) < len(few.voxels)
    low = many.grid.centres(many.voxels) - grid.voxel_size
    blocks = {tuple(corner) for corner in np.round((low - grid.origin) / (2 * grid.voxel_size)).astype(int).tolist()}
    cells = np.stack(np.unravel_index(seen, grid.shape), axis=1) // 2
    assert blocks == {tuple(cell) for cell in cells.tolist()}
    assert many.palettes.shape[1] >= many.grid.shape[many.layer_axis]
