"""Which writer of the engine serves which export, and how much it will write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from l3rocc_engine.progress import CancelToken, EventSink
from l3rocc_engine.storage.space import SizeForecast
from l3rocc_studio.model.export_request import ExportFormat, ExportRequest

if TYPE_CHECKING:
    from l3rocc_engine.run import Run


def write_run(run: Run, request: ExportRequest, *, events: EventSink, cancel: CancelToken) -> Path:
    """Write anything but a film.

    Raises
    ------
    OutputError
        If it cannot be written; nothing incomplete stays behind.
    ConfigError
        If the options do not fit the run.
    Cancelled
        If ``cancel`` was set.
    """
    common: dict[str, Any] = {"overwrite": request.overwrite, "events": events, "cancel": cancel}
    out, form = request.out, request.format
    if form in (ExportFormat.LEROBOT, ExportFormat.INTERNDATA):
        from l3rocc_engine.dataset import write_dataset

        write_dataset(
            run,
            out,
            profile=form.value,
            frames=request.frame_range,
            task=request.dataset.task,
            robot_type=request.dataset.robot_type,
            **common,
        )
    elif form is ExportFormat.VISUAL:
        from l3rocc_engine.visual.writer import write_visual

        write_visual(run, out, frames=request.frame_range, **_visual_options(request), **common)
    elif form is ExportFormat.PLY:
        from l3rocc_engine.interchange.ply import write_ply

        write_ply(run, out, **_ply_options(request), **common)
    elif form is ExportFormat.GLB:
        from l3rocc_engine.interchange.glb import write_glb

        write_glb(run, out, **_glb_options(request), **common)
    else:
        from l3rocc_engine.interchange.colmap import write_colmap

        write_colmap(run, out, **_colmap_options(request), **common)
    return out


def forecast_run(run: Run, request: ExportRequest) -> SizeForecast | None:
    """How much :func:`write_run` will write; None where that is not known beforehand.

    Raises
    ------
    ConfigError
        If the options do not fit the run.
    """
    form = request.format
    if form is ExportFormat.LEROBOT or form is ExportFormat.INTERNDATA:
        from l3rocc_engine.dataset import forecast_dataset

        return forecast_dataset(run, profile=form.value, frames=request.frame_range)
    if form is ExportFormat.VISUAL:
        from l3rocc_engine.visual.writer import forecast_visual

        return forecast_visual(run, frames=request.frame_range, **_visual_options(request))
    if form is ExportFormat.PLY:
        from l3rocc_engine.interchange.ply import forecast_ply

        return forecast_ply(run, **_ply_options(request))
    if form is ExportFormat.GLB:
        from l3rocc_engine.interchange.glb import forecast_glb

        return forecast_glb(run, **_glb_options(request))
    if form is ExportFormat.COLMAP:
        from l3rocc_engine.interchange.colmap import forecast_colmap

        return forecast_colmap(run, **_colmap_options(request))
    return None


def _visual_options(request: ExportRequest) -> dict[str, Any]:
    from l3rocc_engine.visual.layout import Background, VisualOutput

    chosen = tuple(VisualOutput(name) for name in request.visual.outputs) or tuple(VisualOutput)
    background = Background.ONCE if request.visual.stores_background_once else Background.EACH_FRAME
    return {"outputs": chosen, "background": background}


def _ply_options(request: ExportRequest) -> dict[str, Any]:
    return {"normals": request.cloud.has_normals, "max_points": request.cloud.max_points}


def _glb_options(request: ExportRequest) -> dict[str, Any]:
    options = request.cloud
    return {
        "max_points": options.max_points,
        "trajectory": options.has_trajectory,
        "num_frusta": options.num_frusta,
    }


def _colmap_options(request: ExportRequest) -> dict[str, Any]:
    from l3rocc_engine.interchange.colmap import ColmapForm

    form = ColmapForm.TEXT if request.colmap.is_text else ColmapForm.BINARY
    return {"form": form, "images": request.colmap.has_images}
