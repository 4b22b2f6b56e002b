"""Between :class:`CameraPose` and VTK's camera."""

from __future__ import annotations

from vtkmodules.vtkRenderingCore import vtkCamera, vtkRenderer

from l3rocc_studio.model.view import CameraPose


def apply_pose(renderer: vtkRenderer, pose: CameraPose) -> None:
    """Look from ``pose``."""
    camera: vtkCamera = renderer.GetActiveCamera()
    camera.SetPosition(*pose.position)
    camera.SetFocalPoint(*pose.focal_point)
    camera.SetViewUp(*pose.view_up)
    camera.SetViewAngle(pose.view_angle_deg)
    camera.SetParallelProjection(pose.parallel_scale is not None)
    if pose.parallel_scale is not None:
        camera.SetParallelScale(pose.parallel_scale)
    if pose.clipping_range is None:
        renderer.ResetCameraClippingRange()
    else:
        camera.SetClippingRange(*pose.clipping_range)


def read_pose(renderer: vtkRenderer) -> CameraPose:
    """Where the renderer looks from now, with the clipping range in use."""
    camera: vtkCamera = renderer.GetActiveCamera()
    return CameraPose(
        position=camera.GetPosition(),
        focal_point=camera.GetFocalPoint(),
        view_up=camera.GetViewUp(),
        view_angle_deg=camera.GetViewAngle(),
        clipping_range=camera.GetClippingRange(),
        parallel_scale=camera.GetParallelScale() if camera.GetParallelProjection() else None,
    )
