from __future__ import annotations

import numpy as np
import pytest

from l3rocc_studio.model.looks import CloudLook
from l3rocc_studio.model.view import ViewKind
from l3rocc_studio.render.detail import Detail
from l3rocc_studio.render.offscreen import OffscreenView
from l3rocc_studio.render.prepared_world import prepare_world
from l3rocc_studio.render.world_scene import WorldScene
from l3rocc_studio.render.world_voxel_layer import coarsen, prepare_voxels


def test_cubes_that_nobody_made_are_made_when_they_are_drawn(room_run):
    pictures = {}
    for is_painted in (False, True):
        prepared = prepare_world(room_run, is_painted=is_painted)
        assert prepared.voxels is not None and (prepared.voxels.meshes is None) is is_painted
        assert set(prepared.cloud.levels) == ({Detail.FULL} if is_painted else set(Detail))
        scene = WorldScene()
        scene.set_run(room_run, prepared)
        scene.set_look(CloudLook(has_occupancy=True, hides_backs=False))
        scene.set_view(ViewKind.TOP)
        with OffscreenView(scene, 120, 90) as view:
            pictures[is_painted] = [(scene.show_frame(frame_idx), view.draw())[1] for frame_idx in (0, 5)]
            scene.set_look(CloudLook(has_occupancy=False, hides_backs=False))
            pictures[is_painted].append(view.draw())
        scene.close()
    np.testing.assert_array_equal(pictures[True], pictures[False])
    assert (pictures[True][1] != pictures[True][2]).any(), "there are cubes"


def test_chunks_hold_the_faces_of_their_own_cubes(room_run):
    voxels = prepare_voxels(room_run.world)
    assert voxels is not None and voxels.meshes is not None
    assert len(voxels.meshes) == len(voxels.starts) == len(voxels.ends) > 1
    begin = 0
    for mesh, end in zip(voxels.meshes, voxels.ends, strict=True):
        assert ((mesh.owners >= begin) & (mesh.owners < end)).all()
        begin = end
    assert begin == len(voxels.surface.voxels)


@pytest.mark.parametrize("factor", [1, 2, 4])
def test_a_merged_cell_has_the_earliest_frame_of_its_parts(factor):
    rng = np.random.default_rng(5)
    cells = np.unique(rng.integers(-9, 9, (400, 3)), axis=0)
    rng.shuffle(cells)
    first = np.sort(rng.integers(0, 30, len(cells))).astype(np.int32)
    merged, frames = coarsen(cells, first, factor)
    wanted: dict[tuple[int, ...], int] = {}
    for cell, frame in zip(cells // factor, first, strict=True):
        wanted.setdefault(tuple(cell.tolist()), int(frame))
    assert dict(zip(map(tuple, merged.tolist()), frames.tolist(), strict=True)) == wanted
    assert (np.diff(frames) >= 0).all()
