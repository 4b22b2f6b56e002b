from __future__ import annotations

import json
from typing import Any

import pytest

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import InputError
from l3rocc_studio.model.measurements import Measurement
from l3rocc_studio.model.project_parts import ProjectMeasurements
from l3rocc_studio.model.session import Session

ONE = Measurement(first=(0.0, 1.0, 2.0), second=(3.0, 4.0, 5.5))


def test_distances_are_kept_with_a_project() -> None:
    written, read = Session(PipelineConfig()), Session(PipelineConfig())
    written.measurements.add(ONE)
    values = json.loads(json.dumps(ProjectMeasurements(written).to_dict()))
    ProjectMeasurements(read).from_dict(values)
    assert read.measurements.items == (ONE,)
    ProjectMeasurements(read).from_dict({})
    assert read.measurements.items == ()


@pytest.mark.parametrize(
    "values", [{"distances": 3}, {"distances": [[1, 2]]}, {"distances": [[[0, 0, "x"], [1, 1, 1]]]}]
)
def test_damaged_distances_are_refused_and_change_nothing(values: dict[str, Any]) -> None:
    session = Session(PipelineConfig())
    session.measurements.add(ONE)
    with pytest.raises(InputError):
        ProjectMeasurements(session).from_dict(values)
    assert session.measurements.items == (ONE,)
