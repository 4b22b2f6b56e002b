from __future__ import annotations

import numpy as np
import pytest

from l3rocc_engine.geometry.strokes import StrokeMesh, segments, tube

RADIUS, SIDES = 0.1, 6


def helix(num: int = 200) -> np.ndarray:
    turn = np.linspace(0.0, 6.0, num)
    return np.stack([np.cos(turn), np.sin(turn), 0.3 * turn], axis=1)


def outwardness(mesh: StrokeMesh) -> np.ndarray:
    """How far each triangle's own normal agrees with the outward direction at its corners."""
    a, b, c = (mesh.vertices[mesh.triangles[:, i]].astype(float) for i in range(3))
    normals = np.cross(b - a, c - a)
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    return (normals * mesh.outward[mesh.triangles].mean(axis=1)).sum(axis=1)


def test_a_tube_has_a_ring_around_each_point_and_does_not_twist() -> None:
    line = helix()
    mesh = tube(line, RADIUS, SIDES)
    rings = mesh.vertices.reshape(len(line), SIDES, 3)
    np.testing.assert_allclose(rings.mean(axis=1), line, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(rings - line[:, None], axis=2), RADIUS, atol=1e-6)
    along = np.linalg.norm(np.diff(rings, axis=0), axis=2)
    assert along.max() < 1.5 * np.linalg.norm(np.diff(line, axis=0), axis=1).max()
    assert len(mesh.triangles) == 2 * SIDES * (len(line) - 1)


def test_triangles_face_outward() -> None:
    assert outwardness(tube(helix(), RADIUS, SIDES)).min() > 0.7
    ends = np.random.default_rng(0).normal(size=(20, 2, 3))
    assert outwardness(segments(ends, 0.01, SIDES)).min() > 0.7


@pytest.mark.parametrize("line", [np.zeros((3, 3)), np.repeat(np.eye(3)[:2], 4, axis=0)])
def test_a_camera_that_stands_still_is_no_trouble(line: np.ndarray) -> None:
    mesh = tube(line, RADIUS, SIDES)
    assert np.isfinite(mesh.vertices).all()
    np.testing.assert_allclose(np.linalg.norm(mesh.outward, axis=1), 1.0, atol=1e-5)


def test_segments_join_their_ends() -> None:
    ends = np.random.default_rng(1).normal(size=(5, 2, 3))
    mesh = segments(ends, RADIUS, SIDES)
    np.testing.assert_allclose(mesh.vertices.reshape(5, 2, SIDES, 3).mean(axis=2), ends, atol=1e-6)
    joined = mesh.triangles.reshape(5, -1)
    assert (joined // (2 * SIDES) == np.arange(5)[:, None]).all()
