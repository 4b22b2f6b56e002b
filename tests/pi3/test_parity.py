"""Outputs of the published model with name-seeded weights, reproduced (tolerances: the reference set's own)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from pi3 import TINY, Pi3, Pi3WeightsError

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "pi3" / "reference"
TOLERANCE = 3e-5

pytestmark = pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference outputs are not here")


@pytest.fixture(scope="module")
def model() -> Pi3:
    return Pi3.from_pretrained(REFERENCE / "tiny_weights.safetensors", config=TINY)


@pytest.mark.parametrize("case", ["tiny_a_2x56x70", "tiny_b_batch2_3x28x42", "tiny_c_1x28x560"])
def test_tiny_model_matches_the_published_code(model: Pi3, case: str) -> None:
    with np.load(REFERENCE / f"{case}.npz", allow_pickle=False) as wanted, torch.inference_mode():
        result = model(torch.from_numpy(wanted["images_u8"].astype(np.float32) / 255))
        for name in ("points", "local_points", "conf", "camera_poses"):
            assert np.abs(getattr(result, name).numpy() - wanted[name]).max() <= TOLERANCE, name


def test_the_stored_position_table_is_used_as_it_is_at_518_pixels(model: Pi3) -> None:
    channel, row, col = np.ogrid[:3, :518, :518]
    picture = ((7 * col + 13 * row + 29 * channel) % 256).astype(np.float32) / 255
    with np.load(REFERENCE / "tiny_d_1x518x518.npz", allow_pickle=False) as wanted, torch.inference_mode():
        result = model(torch.from_numpy(picture)[None, None])
        for name in ("points", "local_points", "conf"):
            got = getattr(result, name)[:, :, ::37, ::37].numpy()
            assert np.abs(got - wanted[name]).max() <= TOLERANCE, name
        assert np.abs(result.camera_poses.numpy() - wanted["camera_poses"]).max() <= TOLERANCE


def test_frames_may_come_in_any_order(model: Pi3) -> None:
    frames = torch.rand(1, 3, 3, 28, 42, generator=torch.Generator().manual_seed(1))
    order = [2, 0, 1]
    with torch.inference_mode():
        straight, shuffled = model(frames), model(frames[:, order])
    assert torch.allclose(straight.camera_poses[:, order], shuffled.camera_poses, atol=1e-5)
    assert torch.allclose(straight.points[:, order], shuffled.points, atol=1e-5)


def test_another_models_file_is_named_as_such() -> None:
    with pytest.raises(Pi3WeightsError, match="another model's weights"):
        Pi3.from_pretrained(REFERENCE / "tiny_weights.safetensors")


def test_a_truncated_file_is_named_as_such(tmp_path: Path) -> None:
    cut = tmp_path / "cut.safetensors"
    cut.write_bytes((REFERENCE / "tiny_weights.safetensors").read_bytes()[:1_000_000])
    with pytest.raises(Pi3WeightsError, match="damaged"):
        Pi3.from_pretrained(cut, config=TINY)
