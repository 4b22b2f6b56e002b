"""The full-size network, 959 million parameters, with name-seeded weights against the published model's outputs."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import pytest
import torch

from pi3 import Pi3

SHARED = Path(__file__).resolve().parents[3] / "shared" / "pi3"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the reference outputs are not here"),
]


@pytest.fixture(scope="module")
def model() -> Pi3:
    spec = importlib.util.spec_from_file_location("fill", SHARED / "fill.py")
    assert spec is not None
    assert spec.loader is not None
    fill = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fill)
    with torch.device("meta"):
        model = Pi3()
    names = model.state_dict()
    assert len(names) == 1210
    filled = {name: torch.from_numpy(fill.deterministic_tensor(name, t.shape)) for name, t in names.items()}
    model.load_state_dict(filled, strict=True, assign=True)
    return model.eval()


@pytest.mark.parametrize("case", ["large_2x3x56x70", "large_3x3x112x84"])
def test_full_size_model_matches_the_published_code(model: Pi3, case: str) -> None:
    with np.load(SHARED / "reference" / f"{case}.npz", allow_pickle=False) as wanted, torch.inference_mode():
        result = model(torch.from_numpy(wanted["images_u8"].astype(np.float32) / 255))
        for name in ("points", "local_points", "conf", "camera_poses"):
            got, want = getattr(result, name).numpy(), wanted[name]
            print(case, name, np.abs(got - want).max(), np.linalg.norm(got - want) / np.linalg.norm(want))  # noqa: T201
            assert np.abs(got - want).max() <= 5e-5, name
            assert np.linalg.norm(got - want) <= 1e-5 * np.linalg.norm(want), name
