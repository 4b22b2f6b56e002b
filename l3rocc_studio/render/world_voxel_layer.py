"""What was found occupied in the world up to a frame, as dark cubes."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer

from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.occupancy.world import WorldMap
from l3rocc_studio.render import colormaps
from l3rocc_studio.render.voxel_layer import VoxelLayer
from l3rocc_studio.render.voxel_mesh import VoxelMesh
from l3rocc_studio.render.voxel_surface import VoxelSurface, mesh_of

MAX_CELLS = 300_000_000
MAX_VOXELS = 40_000
MAX_CHUNKS = 24
EDGE_STRENGTH = 0.35
FACE_SHADE = np.array([0.80, 0.88, 0.74, 0.94, 0.66, 1.0], dtype=np.float32)


def coarsen(
    cells: NDArray[np.int64], first_frame: NDArray[np.int32], factor: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Cells (N, 3) merged by a whole factor, each with the earliest frame of its parts, in order of frames."""
    merged = cells // factor
    # One number a cell, as there are few enough of them, sorts many times faster than three.
    shifted = merged - merged.min(axis=0)
    keys = np.ravel_multi_index(tuple(shifted.T), tuple(shifted.max(axis=0) + 1))
    _, rows = np.unique(keys, return_index=True)
    # The input is in order of frames, so the first row of each merged cell is its earliest.
    rows.sort()
    return merged[rows], first_frame[rows]


def display_factor(cells: NDArray[np.int64]) -> int:
    """By how much cells must be merged so that they can be drawn fluently: 1, 2, 4, ..."""
    factor, low, high = 1, cells.min(axis=0), cells.max(axis=0)
    while True:
        spans = high // factor - low // factor + 1
        # Merging by two leaves about a quarter of the cells of a surface.
        if len(cells) / factor**2 <= MAX_VOXELS and float(np.prod(spans.astype(np.float64))) <= MAX_CELLS:
            return factor
        factor *= 2


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class WorldVoxels:
    """A world map made ready to draw.

    Attributes
    ----------
    surface
        Cubes in order of the frame that first saw them.
    starts, ends
        (C,) int64 for each chunk its first frame, increasing, and how many cubes there are up to its end.
    meshes
        The cubes of each chunk; None if they are only made when they are drawn.
    """

    surface: VoxelSurface
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    meshes: tuple[VoxelMesh, ...] | None

    def surface_until(self, frame_idx: int) -> VoxelSurface:
        """What was occupied up to a frame, to the chunk; faces between cubes are hidden from the start."""
        num_chunks = int(np.count_nonzero(self.starts <= frame_idx))
        return replace(self.surface, num_shown=int(self.ends[num_chunks - 1]) if num_chunks else 0)


def prepare_voxels(world: WorldMap, *, has_meshes: bool = True) -> WorldVoxels | None:
    """A world map as cubes in chunks by first frame, None if there are none; any thread may do it.

    Large maps are drawn with larger cubes; the map itself stays as it is. Who paints the cubes needs no meshes.
    """
    if world.num_voxels == 0:
        return None
    cells = np.floor(world.centres_world.astype(np.float64) / world.voxel_size).astype(np.int64)
    factor = display_factor(cells)
    cells, first = coarsen(cells, world.first_frame, factor)
    frames = np.unique(first)
    starts = frames[:: -(-len(frames) // MAX_CHUNKS)].astype(np.int64)
    voxels = WorldVoxels(
        surface=_surface(cells, voxel_size=factor * world.voxel_size),
        starts=starts,
        ends=np.append(np.searchsorted(first, starts[1:]), len(first)),
        meshes=None,
    )
    return replace(voxels, meshes=_meshes(voxels)) if has_meshes else voxels


def _meshes(voxels: WorldVoxels) -> tuple[VoxelMesh, ...]:
    mesh = mesh_of(voxels.surface)
    cuts = [0, *np.searchsorted(mesh.owners, voxels.ends).tolist()]
    return tuple(_part(mesh, begin, end) for begin, end in pairwise(cuts))


class WorldVoxelLayer:
    """Draws a prepared world map; a frame change only switches chunks on and off."""

    def __init__(self, renderer: vtkRenderer) -> None:
        self._renderer = renderer
        self._chunks: list[tuple[int, VoxelLayer]] = []
        self._unmade: WorldVoxels | None = None

    def set_voxels(self, voxels: WorldVoxels | None) -> None:
        """Show another map, or nothing."""
        for _, layer in self._chunks:
            layer.remove()
        self._chunks, self._unmade = [], None
        if voxels is None:
            return
        starts = voxels.starts.tolist()
        self._chunks = [(start, VoxelLayer(self._renderer, edge_strength=EDGE_STRENGTH)) for start in starts]
        if voxels.meshes is None:
            self._unmade = voxels
        else:
            self._set_meshes(voxels.meshes)

    def _set_meshes(self, meshes: tuple[VoxelMesh, ...]) -> None:
        for (_, layer), mesh in zip(self._chunks, meshes, strict=True):
            layer.set_mesh(mesh)

    def bring(self) -> None:
        """Make the meshes that are about to be drawn, if nobody did."""
        if self._unmade is not None and any(actor.GetVisibility() for actor in self.actors()):
            self._set_meshes(_meshes(self._unmade))
            self._unmade = None

    def actors(self) -> list[vtkActor]:
        """Everything that the layer draws."""
        return [layer.actor for _, layer in self._chunks]

    def shown_key(self) -> Hashable:
        """Equal as long as the same cubes are shown."""
        return tuple((id(layer), layer.actor.GetVisibility()) for _, layer in self._chunks)

    def show_until(self, frame_idx: int) -> None:
        """Show what was occupied up to a frame, to the chunk."""
        for start, layer in self._chunks:
            layer.set_visible(start <= frame_idx)


def _surface(cells: NDArray[np.int64], *, voxel_size: float) -> VoxelSurface:
    low, spans = cells.min(axis=0), np.ptp(cells, axis=0) + 1
    (x0, y0, z0), (x1, y1, z1) = (low * voxel_size).tolist(), ((low + spans) * voxel_size).tolist()
    grid = GridSpec(pc_range=(x0, y0, z0, x1, y1, z1), voxel_size=voxel_size)
    return VoxelSurface(
        grid=grid,
        voxels=np.ravel_multi_index(tuple((cells - low).T), grid.shape).astype(np.int32),
        groups=np.zeros(len(cells), dtype=np.uint8),
        palettes=np.tile(np.array(colormaps.WORLD_OCCUPANCY, dtype=np.float32), (1, grid.shape[2], 1)),
        layer_axis=2,
        face_shade=FACE_SHADE,
    )


def _part(mesh: VoxelMesh, begin: int, end: int) -> VoxelMesh:
    return VoxelMesh(
        corners=mesh.corners[4 * begin : 4 * end],
        colors=mesh.colors[4 * begin : 4 * end],
        owners=mesh.owners[begin:end],
    )
