"""The row codec against zlib as an independent reader."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from l3rocc_engine.errors import InputError
from l3rocc_engine.occupancy.checksum import appended_crc32
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.occupancy.row_packer import RowPacker, mask_distances
from l3rocc_engine.occupancy.rows import END_OF_STREAM, Piece, pack_row
from tests.engine.occupancy.scenes import cases

GRID = GridSpec(pc_range=(0.0, 0.0, 0.0, 20.0, 15.0, 24.0), voxel_size=1.0)
ODD = GridSpec(pc_range=(0.0, 0.0, 0.0, 7.0, 5.0, 3.0), voxel_size=1.0)


def inflate(piece: Piece) -> bytes:
    reader = zlib.decompressobj(wbits=-15)
    raw = reader.decompress(piece.data + END_OF_STREAM) + reader.flush()
    assert reader.eof and not reader.unused_data
    assert (zlib.crc32(raw), len(raw)) == (piece.crc32, piece.num_bytes)
    return raw


@settings(max_examples=cases(200), deadline=None)
@given(st.integers(0, 2**32 - 1), st.sampled_from([0.0, 0.001, 0.1, 0.5, 0.999, 1.0]), st.booleans())
def test_any_mask_comes_back(seed: int, density: float, is_odd: bool) -> None:
    grid = ODD if is_odd else GRID
    rng = np.random.default_rng(seed)
    bits = rng.random(grid.shape) < density
    if rng.random() < 0.5:
        bits[:] = bits[:1]  # slabs that repeat
    mask = np.packbits(bits.ravel())
    assert inflate(RowPacker(grid).pack_mask(mask)) == mask.tobytes()


@settings(max_examples=cases(200), deadline=None)
@given(hnp.arrays(np.int32, st.integers(0, 400), elements=st.integers(0, 2**31 - 1), unique=True))
def test_any_indices_come_back(values: np.ndarray) -> None:
    indices = np.sort(values)
    assert inflate(RowPacker(ODD).pack_indices(indices)) == indices.tobytes()


@pytest.mark.parametrize("step", [1, 3, 200, 256, 25_000, 70_000])
def test_regular_indices_come_back(step: int) -> None:
    indices = np.arange(0, 30_000 * step, step, dtype=np.int64)
    indices = indices[indices < 2**31 - 1].astype(np.int32)
    piece = RowPacker(ODD).pack_indices(indices)
    assert inflate(piece) == indices.tobytes()


def test_a_smooth_frame_is_about_as_small_as_with_zlib() -> None:
    grid = GridSpec()
    x, y, z = np.indices(grid.shape) - np.array([100, 75, 25]).reshape(3, 1, 1, 1)
    depth = 120 + 20 * np.sin(x / 9) + 15 * (y > 10)
    cone = (np.abs(x) < 0.76 * z) & (np.abs(y) < 0.58 * z) & (z < depth)
    mask = np.packbits(cone.ravel())
    surface = np.flatnonzero((cone & (z + 1 >= depth)).ravel()).astype(np.int32)
    packer = RowPacker(grid)
    assert len(packer.pack_mask(mask).data) < 1.05 * len(pack_row(mask).data)
    assert len(packer.pack_indices(surface).data) < 1.05 * len(pack_row(surface).data)


def test_repeats_are_looked_for_where_the_grid_repeats() -> None:
    assert mask_distances(GridSpec()).tolist() == [1, 25, 3125]
    assert mask_distances(ODD).tolist() == [1, 3, 15]


@settings(max_examples=cases(50), deadline=None)
@given(st.lists(st.binary(max_size=300), max_size=8))
def test_checksums_join(parts: list[bytes]) -> None:
    crc = 0
    for part in parts:
        crc = appended_crc32(crc, zlib.crc32(part), len(part))
    assert crc == zlib.crc32(b"".join(parts))


def test_damage_is_noticed() -> None:
    piece = pack_row(np.arange(1000))
    damaged = Piece(data=piece.data[:-20], crc32=piece.crc32, num_bytes=piece.num_bytes)
    with pytest.raises(InputError, match="some file is damaged"):
        damaged.unpack("some file")
