"""Edge filters and camera matrices against the published code's own results."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from pi3.edges import depth_edges, depth_normal_edges, normal_edges, surface_normals
from pi3.intrinsics import camera_matrix

REFERENCE = Path(__file__).resolve().parents[3] / "shared" / "pi3" / "reference"
needs_reference = pytest.mark.skipif(not REFERENCE.is_dir(), reason="the reference outputs are not here")


@pytest.fixture(scope="module")
def reference() -> dict[str, np.ndarray]:
    with np.load(REFERENCE / "geometry.npz", allow_pickle=False) as arrays:
        return dict(arrays)


@needs_reference
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("edge_rtol003", {}),
        ("edge_atol01", {"atol": 0.1, "rtol": None}),
        ("edge_atol01_rtol01", {"atol": 0.1, "rtol": 0.1}),
        ("edge_rtol003_k5", {"window": 5}),
    ],
)
def test_depth_edges_are_those_of_the_published_code(
    reference: dict[str, np.ndarray], name: str, options: dict[str, float]
) -> None:
    assert np.array_equal(depth_edges(reference["depth"], **options), reference[name])


@needs_reference
def test_masked_depth_edges_are_those_of_the_published_code(reference: dict[str, np.ndarray]) -> None:
    edges = depth_edges(reference["depth"], mask=reference["mask"])
    assert np.array_equal(edges, reference["edge_rtol003_mask"])


@needs_reference
def test_normals_are_those_of_the_published_code(reference: dict[str, np.ndarray]) -> None:
    points = reference["points"]
    valid = reference["mask"] & np.isfinite(points).all(axis=-1)
    for mask, suffix, frames in ((valid, "mask", 2), (valid[:1] | True, "nomask_frame0", 1)):
        normals, has_normal = surface_normals(points[:frames], mask[:frames])
        assert (has_normal == reference[f"normals_valid_{suffix}"]).all()
        known = has_normal & np.isfinite(normals).all(axis=-1)
        assert known.sum() >= 0.999 * has_normal.sum(), "only the planted NaN and infinity have none"
        assert np.abs(normals[known] - reference[f"normals_{suffix}"][known]).max() < 1e-4
    normals, has_normal = surface_normals(points, valid)
    assert (normal_edges(normals, has_normal) == reference["normal_edge_5deg_mask"]).all()


@needs_reference
def test_depth_normal_edges_are_those_of_the_published_code(reference: dict[str, np.ndarray]) -> None:
    masked = depth_normal_edges(reference["points"], reference["mask"])
    assert (masked == reference["depth_normal_edge_rtol003_mask"]).mean() >= 0.999
    free = depth_normal_edges(reference["points"][:1])
    assert (free == reference["depth_normal_edge_rtol003_nomask_frame0"]).mean() >= 0.999
    assert free.any()


@needs_reference
def test_camera_matrices_are_those_of_the_published_code(reference: dict[str, np.ndarray]) -> None:
    rays = reference["rays"][0]
    for name, centred, ndc in (("K_free", False, False), ("K_centered", True, False), ("K_ndc_centered", True, True)):
        assert np.allclose(camera_matrix(rays, is_centred=centred, is_ndc=ndc), reference[name][0], rtol=1e-4), name


def test_a_step_is_an_edge_and_a_slope_is_none() -> None:
    rows, cols = np.mgrid[:20, :20].astype(np.float32)
    rays = np.stack([(cols - 10) / 20, (rows - 10) / 20, np.ones_like(cols)], axis=-1)
    slope = rays * (2.0 / (1.0 - 1.5 * rays[..., :1]))
    assert (np.abs(np.diff(slope[..., 2], axis=1)) > 0.03 * slope[:, 1:, 2]).any(), "steep enough to look like a jump"
    assert not depth_normal_edges(slope)[2:-2, 2:-2].any()
    step = rays * np.where(cols < 10, 1.0, 3.0)[..., None].astype(np.float32)
    edges = depth_normal_edges(step)
    assert edges[:, 9:11].all()
    assert not edges[:, :8].any()
    assert not edges[:, 12:].any()
