"""Huffman codes for deflate blocks, compiled (RFC 1951, sections 3.2.2 and 3.2.7)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

LENGTH_CODE_ORDER = np.array([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15], dtype=np.int64)


@njit(nogil=True, cache=True)
def _depths(weights: Any, order: Any, lengths: Any) -> Any:
    """Lengths of an unlimited Huffman code by the two-queue method; returns the largest."""
    used = len(order)
    weight = np.empty(2 * used, np.int64)
    parent = np.zeros(2 * used, np.int64)
    for n in range(used):
        weight[n] = weights[order[n]]
    leaf, inner, end = 0, used, used
    while end < 2 * used - 1:
        total = 0
        for _ in range(2):
            if leaf < used and (inner >= end or weight[leaf] <= weight[inner]):
                node, leaf = leaf, leaf + 1
            else:
                node, inner = inner, inner + 1
            total += weight[node]
            parent[node] = end
        weight[end] = total
        end += 1
    depth = np.zeros(2 * used, np.int64)
    deepest = 0
    for node in range(end - 2, -1, -1):
        depth[node] = depth[parent[node]] + 1
        if node < used:
            lengths[order[node]] = depth[node]
            deepest = max(deepest, depth[node])
    return deepest


@njit(nogil=True, cache=True)
def code_lengths(counts: Any, limit: Any, lengths: Any) -> None:
    """Fill ``lengths`` with the code lengths of symbols seen ``counts`` times, none longer than ``limit``.

    Where the limit binds, small counts are raised until it holds; that costs a fraction of a percent.
    """
    lengths[:] = 0
    used = np.flatnonzero(counts)
    if len(used) < 2:
        # Decoders want a complete code or exactly one symbol; two symbols of one bit are always complete.
        lengths[0] = 1
        lengths[1 if len(used) == 0 or used[0] == 0 else used[0]] = 1
        return
    weights = counts.copy()
    while True:
        order = used[np.argsort(weights[used], kind="mergesort")]
        if _depths(weights, order, lengths) <= limit:
            return
        for symbol in used:
            weights[symbol] = (weights[symbol] >> 1) + 1


@njit(nogil=True, cache=True)
def canonical_codes(lengths: Any, codes: Any) -> None:
    """Codes from lengths, bits reversed, ready to be written from the lowest bit on."""
    count = np.zeros(17, np.int64)
    for n in lengths:
        count[n] += 1
    count[0] = 0
    following = np.zeros(17, np.int64)
    code = 0
    for n in range(1, 17):
        code = (code + count[n - 1]) << 1
        following[n] = code
    for symbol in range(len(lengths)):
        n = lengths[symbol]
        if n:
            code, reverse = following[n], 0
            following[n] += 1
            for _ in range(n):
                reverse = (reverse << 1) | (code & 1)
                code >>= 1
            codes[symbol] = reverse


@njit(nogil=True, cache=True)
def run_lengths(lengths: Any, symbols: Any, extras: Any) -> Any:
    """Code lengths as symbols 0..18 with their extra bits; returns how many."""
    n, num = 0, 0
    while n < len(lengths):
        run = 1
        while n + run < len(lengths) and lengths[n + run] == lengths[n]:
            run += 1
        value = lengths[n]
        n += run
        if value == 0:
            while run >= 3:
                take = min(run, 138)
                symbols[num], extras[num] = (17, take - 3) if take < 11 else (18, take - 11)
                num, run = num + 1, run - take
        else:
            symbols[num], extras[num], num, run = value, 0, num + 1, run - 1
            while run >= 3:
                take = min(run, 6)
                symbols[num], extras[num] = 16, take - 3
                num, run = num + 1, run - take
        for _ in range(run):
            symbols[num], extras[num] = value, 0
            num += 1
    return num
