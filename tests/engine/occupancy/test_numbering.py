"""Numbers for values, against numpy."""

from __future__ import annotations

from math import factorial

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from l3rocc_engine.occupancy.beam_tables import BeamTables
from l3rocc_engine.occupancy.blocks import SHIFTS
from l3rocc_engine.occupancy.numbering import Numbering

PARTS = st.lists(st.lists(st.one_of(st.integers(0, 2**64 - 1), st.integers(0, 30)), max_size=60), max_size=8)


@settings(max_examples=200, deadline=None)
@given(PARTS)
def test_numbers_give_back_the_values_and_none_twice(parts: list[list[int]]) -> None:
    numbering = Numbering()
    arrays = [np.array(part, dtype=np.uint64) for part in parts]
    numbers = [numbering.number(array) for array in arrays]
    values = numbering.values
    assert len(np.unique(values)) == len(values)
    for array, given_numbers in zip(arrays, numbers, strict=True):
        assert (values[given_numbers] == array).all()


def test_more_values_than_there_was_room_for() -> None:
    numbering, rng = Numbering(), np.random.default_rng(0)
    arrays = [rng.integers(0, 2**63, 20_000, dtype=np.uint64) for _ in range(4)]
    numbers = [numbering.number(array) for array in arrays]
    for array, given_numbers in zip(arrays, numbers, strict=True):
        assert (numbering.values[given_numbers] == array).all()


def test_sixteen_bits_are_enough_for_every_path_through_a_block() -> None:
    """A path is where it starts and in which order it steps, never back, along the three axes."""
    count = 0
    sizes = [1 << shift for shift in SHIFTS]
    for steps in np.ndindex(*sizes):
        orders = factorial(sum(steps))
        for one in steps:
            orders //= factorial(one)
        starts = np.prod([size - step for size, step in zip(sizes, steps, strict=True)])
        count += orders * int(starts)
    assert count == 17_988 < np.iinfo(np.uint16).max
    assert BeamTables.__annotations__["mask_numbers"] == "NDArray[np.uint16]"
