from __future__ import annotations

import json

import pytest
from vtkmodules.vtkRenderingCore import vtkRenderer

from l3rocc_engine.errors import InputError
from l3rocc_studio.model.view import CameraPose, camera_pose_from_dict
from l3rocc_studio.render.vtk_camera import apply_pose, read_pose

POSE = CameraPose(
    position=(1.0, -2.0, 3.5),
    focal_point=(0.0, 0.25, 0.0),
    view_up=(0.0, 0.0, 1.0),
    view_angle_deg=33.0,
    clipping_range=(0.5, 80.0),
)


def test_json_round_trip():
    assert camera_pose_from_dict(json.loads(json.dumps(POSE.to_dict()))) == POSE


def test_vtk_round_trip():
    renderer = vtkRenderer()
    apply_pose(renderer, POSE)
    assert read_pose(renderer) == POSE


@pytest.mark.parametrize("text", ["{}", "[]", '{"position": [1, 2], "focal_point": [0,0,0], "view_up": [0,0,1]}'])
def test_what_is_no_view_is_refused(text):
    with pytest.raises(InputError, match="not a view"):
        camera_pose_from_dict(json.loads(text))


@pytest.mark.parametrize(
    "changes",
    [
        {"focal_point": (1.0, -2.0, 3.5)},
        {"view_up": (0.0, 0.0, 0.0)},
        {"view_angle_deg": 0.0},
        {"clipping_range": (2.0, 1.0)},
        {"parallel_scale": -1.0},
        {"position": (float("nan"), 0.0, 0.0)},
    ],
)
def test_senseless_views_are_refused(changes):
    values = {"position": (0.0, 0.0, 0.0), "focal_point": (1.0, 0.0, 0.0), "view_up": (0.0, 0.0, 1.0), **changes}
    if "focal_point" in changes:
        values["position"] = changes["focal_point"]
    with pytest.raises(InputError):
        CameraPose(**values)
