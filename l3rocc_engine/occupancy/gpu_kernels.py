"""A batch of frames by tables on a CUDA device: the same bits as ``sweep`` and ``dda``.

Neighbouring threads work on neighbouring frames, not on neighbouring rays: the rays' tables are the same in every
frame, so that a warp reads each entry once for all its frames, and ``words[number, frame]`` lies in a row.

Rounding follows ``rounding`` step by step. A CUDA compiler fuses products and sums unless it is told not to, which
would move points near a face into another voxel. Products and sums of coordinates are therefore libdevice's ``fmul_rn``
and ``fadd_rn``, which are never fused (CUDA C Programming Guide, "Intrinsic Functions"); all else is whole numbers and
exact. Bits are only ever added to words, so the order in which threads do it changes nothing. By this rule no voxel
differs between CPU and GPU, those on a boundary included.

Checked: every kernel against the plain traversal in numba's simulator, and compiled to PTX (libNVVM 12), in which no
operation is fused.
Not run on a GPU yet.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import config, cuda
from numba.cuda import libdevice

_ZERO, _ONE = np.uint64(0), np.uint64(1)
_LOW, _SHIFT = np.uint64(0xFFFFFFFF), np.uint64(32)
_BYTE = np.uint64(255)

if config.ENABLE_CUDASIM:  # The simulator has no libdevice; numpy's float32 scalars round each step by themselves.

    @cuda.jit(device=True)
    def _times(a: Any, b: Any) -> Any:
        return a * b

    @cuda.jit(device=True)
    def _plus(a: Any, b: Any) -> Any:
        return a + b

else:

    @cuda.jit(device=True)
    def _times(a: Any, b: Any) -> Any:
        return libdevice.fmul_rn(a, b)

    @cuda.jit(device=True)
    def _plus(a: Any, b: Any) -> Any:
        return libdevice.fadd_rn(a, b)


@cuda.jit(device=True)
def _coordinate(affine: Any, frame: Any, axis: Any, x: Any, y: Any, z: Any) -> Any:
    """Step 4 of ``rounding``."""
    first = _plus(_times(affine[frame, axis, 0], x), _times(affine[frame, axis, 1], y))
    return _plus(_plus(first, _times(affine[frame, axis, 2], z)), affine[frame, axis, 3])


@cuda.jit(device=True)
def _may_be_seen(spheres: Any, cell: Any, affine: Any, frame: Any, reach: Any) -> bool:
    """Whether a cell of points is near enough to some ray to be looked at."""
    if spheres[cell, 3] != np.float32(0.0):
        return True
    x, y, z = spheres[cell, 0], spheres[cell, 1], spheres[cell, 2]
    eighth, two = np.float32(0.125), np.float32(2.0)
    u = _times(_coordinate(affine, frame, 0, x, y, z), eighth)
    v = _times(_coordinate(affine, frame, 1, x, y, z), eighth)
    w = _times(_coordinate(affine, frame, 2, x, y, z), eighth)
    if not (u >= -two and v >= -two and w >= -two):
        return False
    if not (u < np.float32(reach.shape[0] - 2) and v < np.float32(reach.shape[1] - 2)):
        return False
    if not w < np.float32(reach.shape[2] - 2):
        return False
    return reach[np.int64(_plus(u, two)), np.int64(_plus(v, two)), np.int64(_plus(w, two))] != 0


@cuda.jit(cache=True)
def clear(words: Any) -> None:
    """Set a (M, N) array to zero."""
    for place in range(cuda.grid(1), words.shape[0] * words.shape[1], cuda.gridsize(1)):
        words[place // words.shape[1], place % words.shape[1]] = 0


@cuda.jit(cache=True)
def fill_words(
    xs: Any, ys: Any, zs: Any, cell_starts: Any, spheres: Any, affine: Any, reach: Any, must_visit_all: Any,
    shape: Any, parts: Any, compact: Any, occupied: Any,
) -> None:  # fmt: skip
    """Set the occupied bits of all points that some ray could meet; one block a cell (x) and frame (y).

    Parameters
    ----------
    xs, ys, zs, cell_starts, spheres, parts, compact
        As for ``sweep.fill_words``.
    affine
        (F, 3, 4) float32.
    reach
        As there, uint8.
    must_visit_all
        (F,) uint8.
    shape
        (3,) int64.
    occupied
        (W, F) uint64.
    """
    cell, frame = cuda.blockIdx.x, cuda.blockIdx.y
    if must_visit_all[frame] == 0 and not _may_be_seen(spheres, cell, affine, frame, reach):
        return
    zero = np.float32(0.0)
    for n in range(cell_starts[cell] + cuda.threadIdx.x, cell_starts[cell + 1], cuda.blockDim.x):
        x = _coordinate(affine, frame, 0, xs[n], ys[n], zs[n])
        y = _coordinate(affine, frame, 1, xs[n], ys[n], zs[n])
        z = _coordinate(affine, frame, 2, xs[n], ys[n], zs[n])
        if not (x >= zero and x < np.float32(shape[0]) and y >= zero and y < np.float32(shape[1])):
            continue
        if not (z >= zero and z < np.float32(shape[2])):
            continue
        column_x, column_y = np.int64(x), shape[0] + np.int64(y)
        column_z = shape[0] + shape[1] + np.int64(z)
        for code in range(8):
            part_x, part_y = parts[code >> 2, column_x], parts[(code >> 1) & 1, column_y]
            part_z = parts[code & 1, column_z]
            if part_x < 0 or part_y < 0 or part_z < 0:
                continue
            part = part_x + part_y + part_z
            place = compact[part >> 6]
            if place >= 0:
                cuda.atomic.or_(occupied, (place, frame), _ONE << np.uint64(part & 63))


@cuda.jit(cache=True)
def lift_own(own_words: Any, own_bits: Any, occupied: Any, own: Any) -> None:
    """Take the bits of the voxels that hold the camera out of the words, and keep them; one thread a frame.

    Parameters
    ----------
    own_words, own_bits
        (K,) int64 and uint64.
    own
        (K, F) uint64, receives the bits.
    """
    frame = cuda.grid(1)
    if frame >= occupied.shape[1]:
        return
    for k in range(len(own_words)):
        bit = _ONE << own_bits[k]
        own[k, frame] = occupied[own_words[k], frame] & bit
        occupied[own_words[k], frame] &= ~bit


@cuda.jit(cache=True)
def restore_own(own_words: Any, own: Any, occupied: Any) -> None:
    """Put them back."""
    frame = cuda.grid(1)
    if frame >= occupied.shape[1]:
        return
    for k in range(len(own_words)):
        occupied[own_words[k], frame] |= own[k, frame]


@cuda.jit(device=True)
def _add_bits(words: Any, place: Any, frame: Any, bits: Any) -> None:
    """Or bits into a word; spared where they are there already, since bits are never taken away."""
    if words[place, frame] & bits != bits:
        cuda.atomic.or_(words, (place, frame), bits)


@cuda.jit(cache=True)
def sweep_beams(
    steps: Any, masks: Any, ray_sets: Any, beam_ends: Any, beam_rays: Any, occupied: Any, seen: Any
) -> None:
    """Mark what the beams see, as ``sweep.sweep_beams``; threads (x: frame, y: beam).

    Parameters
    ----------
    occupied, seen
        (W, F) uint64.
    """
    frame = cuda.threadIdx.x
    beam = cuda.blockIdx.x * cuda.blockDim.y + cuda.threadIdx.y
    if beam >= len(beam_ends):
        return
    step, pair_base = np.int64(0), np.int64(0)
    if beam > 0:
        step, pair_base = beam_ends[beam - 1, 0], beam_ends[beam - 1, 1]
    end, pair, alive = beam_ends[beam, 0], pair_base, beam_rays[beam]
    while step < end:
        head, union = steps[step, 0], steps[step, 1]
        place = np.int64(head & _LOW)
        if occupied[place, frame] & union != _ZERO:
            break
        _add_bits(seen, place, frame, union)
        pair = pair_base + np.int64(head >> _SHIFT)
        step += 1
    while step < end and alive != _ZERO:
        head = steps[step, 0]
        place, pair_end = np.int64(head & _LOW), pair_base + np.int64(head >> _SHIFT)
        filled, found, stopped = occupied[place, frame], _ZERO, _ZERO
        for p in range(pair, pair_end):
            if ray_sets[p] & alive == _ZERO:
                continue
            hit = filled & masks[p]
            if hit == _ZERO:
                found |= masks[p]
            else:
                found |= masks[p] & (hit ^ (hit - _ONE))
                stopped |= ray_sets[p]
        if found != _ZERO:
            _add_bits(seen, place, frame, found)
        alive &= ~stopped
        pair = pair_end
        step += 1


@cuda.jit(device=True)
def _put(word: Any, place: Any, step_x: Any, step_y: Any, out: Any, frame: Any) -> None:
    """Write a word's eight rows of eight bits into a packed buffer (F, bytes / 4) uint32."""
    for row in range(8):
        byte = np.int64((word >> np.uint64(8 * row)) & _BYTE)
        if byte != 0:
            bit = place + (row >> 2) * step_x + (row & 3) * step_y
            both = byte << (8 - (bit & 7))
            for part in range(2):
                value = (both >> 8) if part == 0 else (both & 255)
                at = (bit >> 3) + part
                if value != 0:
                    cuda.atomic.or_(out, (frame, at >> 2), np.uint32(value << (8 * (at & 3))))


@cuda.jit(device=True)
def _reversed_bytes(word: Any) -> Any:
    """Each byte's bits in reverse order."""
    four, two = np.uint64(4), np.uint64(2)
    nibbles, pairs, singles = (
        np.uint64(0x0F0F0F0F0F0F0F0F),
        np.uint64(0x3333333333333333),
        np.uint64(0x5555555555555555),
    )
    word = ((word >> four) & nibbles) | ((word & nibbles) << four)
    word = ((word >> two) & pairs) | ((word & pairs) << two)
    return ((word >> _ONE) & singles) | ((word & singles) << _ONE)


@cuda.jit(cache=True)
def pack_words(occupied: Any, seen: Any, places: Any, octants: Any, shape: Any, visible: Any, hits: Any) -> None:
    """Write what is seen, and what is seen and occupied, into packed buffers; threads (x: word), blocks (y: frame).

    Parameters
    ----------
    places, octants
        As for ``pack_kernels.pack_words``.
    visible, hits
        (F, bytes / 4) uint32, zero on entry; the bytes of the little-endian numbers are those of the CPU's buffers.
    """
    number, frame = cuda.grid(2)
    if number >= occupied.shape[0]:
        return
    view = seen[number, frame]
    if view == _ZERO:
        return
    octant = np.int64(octants[number])
    step_x, step_y = shape[1] * shape[2], shape[2]
    if octant & 4:
        step_x = -step_x
    if octant & 2:
        step_y = -step_y
    both = occupied[number, frame] & view
    if octant & 1 == 0:
        view, both = _reversed_bytes(view), _reversed_bytes(both)
    _put(view, places[number], step_x, step_y, visible, frame)
    _put(both, places[number], step_x, step_y, hits, frame)
