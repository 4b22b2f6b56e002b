"""Deflate for occupancy rows: matches are looked for only where the grid's own layout repeats; compiled.

Packed masks repeat one row of voxels later, one slab later, or run on; index rows repeat their upper three bytes. The
output is a plain deflate block (RFC 1951) and an empty stored one, which ends on a byte border.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from l3rocc_engine.occupancy.bits import load_u64, trailing_zeros
from l3rocc_engine.occupancy.huffman import LENGTH_CODE_ORDER, canonical_codes, code_lengths, run_lengths

MATCH, LENGTH_MASK, DISTANCE_SHIFT = 1 << 25, 0x1FF, 9
"""A token is a byte, or ``MATCH | distance << 9 | length``."""
_LONGEST, _FARTHEST, _END_OF_BLOCK = 258, 32768, 256


def _symbol_table(first: int, last: int, first_symbol: int, extra_bits: list[int]) -> np.ndarray:
    """(last + 1, 3) symbol, number of extra bits, extra bits of each length or distance (RFC 1951, section 3.2.5)."""
    table = np.zeros((last + 1, 3), dtype=np.int64)
    start = first
    for n, bits in enumerate(extra_bits):
        values = np.arange(start, min(start + (1 << bits), last + 1))
        table[values, 0], table[values, 1], table[values, 2] = first_symbol + n, bits, values - start
        start += 1 << bits
    return table


LENGTHS = _symbol_table(3, _LONGEST, 257, [max(0, n // 4 - 1) for n in range(28)])
LENGTHS[_LONGEST] = 285, 0, 0
DISTANCES = _symbol_table(1, _FARTHEST, 0, [max(0, n // 2 - 1) for n in range(30)])


@njit(nogil=True, cache=True)
def _match_length(address: Any, distance: Any, most: Any) -> Any:
    """How many bytes from ``address`` on equal those ``distance`` before."""
    length = 0
    while length < most:
        difference = load_u64(address + length) ^ load_u64(address + length - distance)
        if difference != np.uint64(0):
            return min(most, length + np.int64(trailing_zeros(difference) >> np.uint64(3)))
        length += 8
    return most


@njit(nogil=True, cache=True)
def _best_match(address: Any, position: Any, num_bytes: Any, distances: Any) -> Any:
    """Longest match among the distances: its length and which."""
    best, which = 0, 0
    most = min(_LONGEST, num_bytes - position)
    for n in range(len(distances)):
        if distances[n] <= position:
            length = _match_length(address + position, distances[n], most)
            if length > best:
                best, which = length, n
                if best == most:
                    break
    return best, which


@njit(nogil=True, cache=True)
def tokenise_bytes(data: Any, num_bytes: Any, distances: Any, tokens: Any) -> Any:
    """Cut bytes into literals and matches, one byte of looking ahead; returns the number of tokens.

    Parameters
    ----------
    data
        (num_bytes + 8 or more,) uint8; the last eight are never used but may be read.
    distances
        (D,) int64; of equally long matches the first distance wins.
    tokens
        (num_bytes,) uint32.
    """
    address = np.int64(data.ctypes.data)
    position, num = 0, 0
    while position < num_bytes:
        length, which = _best_match(address, position, num_bytes, distances)
        while 3 <= length < 16:
            next_length, next_which = _best_match(address, position + 1, num_bytes, distances)
            if next_length <= length + 1:
                break
            tokens[num] = data[position]
            num, position, length, which = num + 1, position + 1, next_length, next_which
        if length >= 3:
            tokens[num] = MATCH | (distances[which] << DISTANCE_SHIFT) | length
            position += length
        else:
            tokens[num] = data[position]
            position += 1
        num += 1
    return num


@njit(nogil=True, cache=True)
def tokenise_indices(indices: Any, tokens: Any) -> Any:
    """Cut increasing little-endian int32 numbers into tokens; returns how many.

    A number on the same page of 256 as the one before repeats its upper three bytes. Else its upper two bytes and the
    next number's lowest are looked for where that lowest byte was last seen: along a surface it comes round regularly.

    Parameters
    ----------
    indices
        (N,) int32.
    tokens
        (4 * N,) uint32.
    """
    last = np.full(256, -1, np.int64)
    num = 0
    is_low_done = False
    for n in range(len(indices)):
        value = np.int64(indices[n])
        low = value & 255
        if not is_low_done:
            tokens[num] = low
            num += 1
        is_low_done = False
        last[low] = n
        if n and value >> 8 == np.int64(indices[n - 1]) >> 8:
            tokens[num] = MATCH | (4 << DISTANCE_SHIFT) | 3
            num += 1
            continue
        tokens[num] = (value >> 8) & 255
        num += 1
        if n + 1 < len(indices):
            other = last[np.int64(indices[n + 1]) & 255]
            distance = 4 * (n + 1 - other)
            if other > 0 and distance <= _FARTHEST and np.int64(indices[other - 1]) >> 16 == value >> 16:
                tokens[num] = MATCH | (distance << DISTANCE_SHIFT) | 3
                num += 1
                is_low_done = True
                continue
        tokens[num], tokens[num + 1] = (value >> 16) & 255, (value >> 24) & 255
        num += 2
    return num


@njit(nogil=True, cache=True)
def _add(state: Any, out: Any, value: Any, num_bits: Any) -> None:
    """Append bits; ``state`` holds pending bits, their number, and the bytes written."""
    state[0] |= np.int64(value) << state[1]
    state[1] += num_bits
    while state[1] >= 8:
        out[state[2]] = state[0] & 255
        state[0] >>= 8
        state[1] -= 8
        state[2] += 1


@njit(nogil=True, cache=True)
def _write_header(lengths: Any, distance_lengths: Any, state: Any, out: Any) -> None:
    """The two codes of a dynamic block."""
    num_lengths, num_distances = 286, 30
    while num_lengths > 257 and lengths[num_lengths - 1] == 0:
        num_lengths -= 1
    while num_distances > 1 and distance_lengths[num_distances - 1] == 0:
        num_distances -= 1
    both = np.concatenate((lengths[:num_lengths], distance_lengths[:num_distances]))
    symbols, extras = np.empty(320, np.int64), np.empty(320, np.int64)
    num = run_lengths(both, symbols, extras)
    counts = np.zeros(19, np.int64)
    for n in range(num):
        counts[symbols[n]] += 1
    code_code_lengths, codes = np.zeros(19, np.int64), np.zeros(19, np.int64)
    code_lengths(counts, 7, code_code_lengths)
    canonical_codes(code_code_lengths, codes)
    last = 19
    while last > 4 and code_code_lengths[LENGTH_CODE_ORDER[last - 1]] == 0:
        last -= 1
    _add(state, out, 0b100, 3)  # not the last block; codes follow
    _add(state, out, num_lengths - 257, 5)
    _add(state, out, num_distances - 1, 5)
    _add(state, out, last - 4, 4)
    for n in range(last):
        _add(state, out, code_code_lengths[LENGTH_CODE_ORDER[n]], 3)
    for n in range(num):
        symbol = symbols[n]
        _add(state, out, codes[symbol], code_code_lengths[symbol])
        if symbol >= 16:
            _add(state, out, extras[n], 2 if symbol == 16 else (3 if symbol == 17 else 7))


@njit(nogil=True, cache=True)
def _write_tokens(
    tokens: Any, codes: Any, lengths: Any, distance_codes: Any, distance_lengths: Any, state: Any, out: Any
) -> None:
    """Token codes; pending bits are kept in registers."""
    length_bits, length_sizes = np.zeros(_LONGEST + 1, np.int64), np.zeros(_LONGEST + 1, np.int64)
    for length in range(3, _LONGEST + 1):
        symbol = LENGTHS[length, 0]
        length_bits[length] = codes[symbol] | (LENGTHS[length, 2] << lengths[symbol])
        length_sizes[length] = lengths[symbol] + LENGTHS[length, 1]
    pending, filled, place = np.uint64(state[0]), state[1], state[2]
    for token in tokens:
        if token & np.uint32(MATCH):
            distance = (np.int64(token) & (MATCH - 1)) >> DISTANCE_SHIFT
            symbol = DISTANCES[distance, 0]
            bits, size = length_bits[token & LENGTH_MASK], length_sizes[token & LENGTH_MASK]
            bits |= (distance_codes[symbol] | (DISTANCES[distance, 2] << distance_lengths[symbol])) << size
            size += distance_lengths[symbol] + DISTANCES[distance, 1]
        else:
            bits, size = codes[token], lengths[token]
        pending |= np.uint64(bits) << np.uint64(filled)  # at most 7 bits left over and 48 new ones
        filled += size
        while filled >= 8:
            out[place] = np.uint8(pending & np.uint64(255))
            pending >>= np.uint64(8)
            filled -= 8
            place += 1
    state[0], state[1], state[2] = np.int64(pending), filled, place


@njit(nogil=True, cache=True)
def _write_block(tokens: Any, state: Any, out: Any) -> None:
    """One dynamic block."""
    counts, distance_counts = np.zeros(286, np.int64), np.zeros(30, np.int64)
    counts[_END_OF_BLOCK] = 1
    for token in tokens:
        if token & np.uint32(MATCH):
            counts[LENGTHS[np.int64(token) & LENGTH_MASK, 0]] += 1
            distance_counts[DISTANCES[(np.int64(token) & (MATCH - 1)) >> DISTANCE_SHIFT, 0]] += 1
        else:
            counts[token] += 1
    lengths, codes = np.zeros(286, np.int64), np.zeros(286, np.int64)
    distance_lengths, distance_codes = np.zeros(30, np.int64), np.zeros(30, np.int64)
    code_lengths(counts, 15, lengths)
    code_lengths(distance_counts, 15, distance_lengths)
    canonical_codes(lengths, codes)
    canonical_codes(distance_lengths, distance_codes)
    _write_header(lengths, distance_lengths, state, out)
    _write_tokens(tokens, codes, lengths, distance_codes, distance_lengths, state, out)
    _add(state, out, codes[_END_OF_BLOCK], lengths[_END_OF_BLOCK])


@njit(nogil=True, cache=True)
def encode(tokens: Any, block: Any, out: Any) -> Any:
    """Write tokens as dynamic blocks of ``block`` tokens and an empty stored one; returns the number of bytes."""
    state = np.zeros(3, np.int64)
    num_blocks = max(1, (len(tokens) + block // 2) // block)
    for n in range(num_blocks):
        end = len(tokens) if n == num_blocks - 1 else (n + 1) * block
        _write_block(tokens[n * block : end], state, out)
    _add(state, out, 0, 3)
    if state[1]:
        _add(state, out, 0, 8 - state[1])
    _add(state, out, 0xFFFF0000, 32)
    return state[2]
