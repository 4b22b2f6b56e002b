from __future__ import annotations

import numpy as np
import pytest

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.sim3 import Sim3
from l3rocc_studio.model.edits import Edits
from l3rocc_studio.model.measurements import Measurement, Measurements, length_text, measured

TURN = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
SCALE = Sim3(scale=2.5, rotation=TURN, translation=np.array([1.0, 2.0, 3.0]))
ONE = Measurement(first=(0.0, 0.0, 0.0), second=(3.0, 4.0, 0.0))


def test_a_measurement_holds_for_every_scale() -> None:
    again = measured((1.0, 2.0, 3.0), (4.0, 6.0, 3.0), SCALE)
    assert again.length(SCALE) == pytest.approx(5.0)
    assert again.length(Sim3()) == pytest.approx(2.0)
    np.testing.assert_allclose(again.ends(SCALE), [(1.0, 2.0, 3.0), (4.0, 6.0, 3.0)], atol=1e-12)


def test_the_list_can_be_undone_and_the_newest_is_chosen() -> None:
    edits = Edits()
    measurements = Measurements(edits)
    measurements.add(ONE)
    measurements.add(Measurement(first=(0.0, 0.0, 0.0), second=(1.0, 0.0, 0.0)))
    assert measurements.chosen == 1
    measurements.choose(0)
    measurements.remove(0)
    assert len(measurements.items) == 1 and measurements.chosen == 0
    measurements.clear()
    assert measurements.chosen is None
    for _ in range(4):
        edits.undo()
    assert measurements.items == ()
    edits.redo()
    assert measurements.items == (ONE,)


def test_what_measures_nothing_is_refused() -> None:
    measurements = Measurements(Edits())
    with pytest.raises(InputError, match="same"):
        measurements.add(Measurement(first=ONE.first, second=ONE.first))
    with pytest.raises(InputError, match="finite"):
        Measurement(first=ONE.first, second=(float("nan"), 0.0, 0.0))


def test_lengths_for_people() -> None:
    texts = [length_text(length, "m") for length in (12.34567, 0.5, 0.01234)]
    assert texts == ["12.346 m", "0.500 m", "0.0123 m"]
