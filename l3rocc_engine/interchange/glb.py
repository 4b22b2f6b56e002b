"""The cloud, the camera's path and frusta as one .glb file for the web.

glTF wants metres and +Y up. Points keep the run's world coordinates; the scene's root node turns them so that up is +Y
and the first camera looks along -Z. ``extras`` of the asset say what the unit really is, since the size of a run is
not always known.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine import __version__
from l3rocc_engine.errors import OutputError
from l3rocc_engine.geometry.se3 import transform
from l3rocc_engine.geometry.strokes import StrokeMesh, segments, tube
from l3rocc_engine.interchange import gltf
from l3rocc_engine.interchange.thinning import kept_rows
from l3rocc_engine.progress import CancelToken, EventSink, no_events, steps_of
from l3rocc_engine.run import Run
from l3rocc_engine.storage.atomic import atomic_file
from l3rocc_engine.storage.replacing import check_new_file
from l3rocc_engine.storage.space import SizeForecast, require_space

PATH_COLOR, FRUSTUM_COLOR = (47, 111, 222), (229, 56, 59)
POINT_BYTES = 12 + 8
JSON_BYTES = 4000
FRUSTUM_EDGES = ((0, 1), (0, 2), (0, 3), (0, 4), (1, 2), (2, 3), (3, 4), (4, 1))
FRUSTUM_SHARE, PATH_SHARE, EDGE_SHARE = 0.04, 0.0016, 0.001
"""Depth of a frustum, and radius of the path and of a frustum's edges, over the diagonal of the box around the path and
the middle of the cloud."""
SIDES = 6
RING_BYTES = SIDES * 12
"""Of a point on a stroke; between two there are twice as many."""


def write_glb(
    run: Run,
    path: Path,
    *,
    max_points: int | None = None,
    trajectory: bool = True,
    num_frusta: int = 0,
    overwrite: bool = False,
    events: EventSink = no_events,
    cancel: CancelToken | None = None,
) -> Path:
    """Write a .glb that every glTF 2.0 viewer opens, Y up.

    Parameters
    ----------
    run
        What to write.
    path
        The .glb to make.
    max_points
        Keep at most so many points, chosen evenly; all if None.
    trajectory
        Whether the camera's path is there, as a thin tube: viewers draw lines a pixel wide, or not at all.
    num_frusta
        How many cameras to draw, spread evenly over the run; 0 for none.
    overwrite
        Replace the file if it exists.
    events, cancel
        Progress (stage ``export``) and the wish to stop.

    Returns
    -------
    Path
        ``path``.

    Raises
    ------
    ConfigError
        If ``max_points`` is not positive.
    OutputError
        If the file is in the way, would be larger than a .glb can be, the disk has not enough room, or it cannot be
        written.
    Cancelled
        If asked to stop; nothing is left behind.
    """
    check_new_file(path, overwrite=overwrite)
    _require_room(path, forecast_glb(run, max_points=max_points, trajectory=trajectory, num_frusta=num_frusta))
    report = steps_of(events, "export")
    report(0, 1)
    builder = _build(run, max_points=max_points, trajectory=trajectory, num_frusta=num_frusta)
    with atomic_file(path) as partial, partial.open("wb") as stream:
        builder.write(stream, cancel)
    report(1, 1)
    return path


def _require_room(path: Path, forecast: SizeForecast) -> None:
    """In the format, which states lengths in 32 bits, and on the disk."""
    if forecast.num_bytes > gltf.LARGEST_FILE:
        most = (gltf.LARGEST_FILE - JSON_BYTES) // POINT_BYTES
        raise OutputError(
            f"{path.name} would take {forecast}, but a .glb can have 4.3 GB at most.",
            f"Keep {most:,} points or fewer.",
        )
    require_space(path, forecast)


def forecast_glb(
    run: Run, *, max_points: int | None = None, trajectory: bool = True, num_frusta: int = 0
) -> SizeForecast:
    """How much :func:`write_glb` will write.

    Raises
    ------
    ConfigError
        If ``max_points`` is not positive.
    """
    num_points = len(kept_rows(run.cloud.num_points, max_points))
    num_bytes = JSON_BYTES + num_points * POINT_BYTES
    num_bytes += run.num_frames * 3 * RING_BYTES if trajectory else 0
    num_bytes += min(num_frusta, run.num_frames) * len(FRUSTUM_EDGES) * 4 * RING_BYTES
    return SizeForecast(num_bytes=num_bytes, num_files=1, is_exact=True)


def _build(run: Run, *, max_points: int | None, trajectory: bool, num_frusta: int) -> gltf.GlbBuilder:
    builder = gltf.GlbBuilder(f"L3ROcc Studio {__version__}")
    children = []
    if run.cloud.num_points:
        rows = kept_rows(run.cloud.num_points, max_points)
        primitive = {
            "attributes": {
                "POSITION": builder.positions(run.cloud.points_world[rows]),
                "COLOR_0": builder.colors(run.cloud.colors[rows]),
            },
            "mode": gltf.POINTS,
            "material": builder.unlit_material(),
        }
        children.append(_node(builder, "cloud", primitive))
    size = scene_size(run)
    if trajectory and run.num_frames > 1:
        path = tube(run.trajectory.centres_world, PATH_SHARE * size, SIDES)
        children.append(_strokes(builder, "camera path", path, PATH_COLOR))
    if num_frusta > 0:
        ends = frusta(run, num_frusta, FRUSTUM_SHARE * size)
        edges = segments(ends.reshape(-1, 2, 3), EDGE_SHARE * size, SIDES)
        children.append(_strokes(builder, "cameras", edges, FRUSTUM_COLOR))
    matrix = gltf_from_world(run).T.ravel().tolist()  # glTF lists columns first
    root = builder.add("nodes", {"name": run.source.name, "matrix": matrix, "extras": _extras(run)})
    if children:
        builder.add_children(root, children)
    builder.set("scenes", [{"nodes": [root]}])
    builder.set("scene", 0)
    return builder


def _node(builder: gltf.GlbBuilder, name: str, primitive: dict[str, Any]) -> int:
    mesh = builder.add("meshes", {"name": name, "primitives": [primitive]})
    return builder.add("nodes", {"name": name, "mesh": mesh})


def _strokes(builder: gltf.GlbBuilder, name: str, mesh: StrokeMesh, color: tuple[int, int, int]) -> int:
    """Triangles rather than lines: MeshLab takes lines for triangles and crashes, Open3D leaves them out."""
    primitive = {
        "attributes": {"POSITION": builder.positions(mesh.vertices)},
        "indices": builder.indices(mesh.triangles),
        "mode": gltf.TRIANGLES,
        "material": builder.unlit_material(color),
    }
    return _node(builder, name, primitive)


def _extras(run: Run) -> dict[str, Any]:
    """What a reader should know and glTF has no words for."""
    return {
        "unit": "metre" if run.scale.is_metric else "model unit",
        "is_metric": run.scale.is_metric,
        "children": "coordinates of the run's world; this node's matrix turns them to glTF's Y up",
        "world_up": None if run.world_up is None else list(run.world_up),
    }


def gltf_from_world(run: Run) -> NDArray[np.float64]:
    """Rotation (4, 4) from the run's world to Y up, with the first camera looking along -Z as far as up allows."""
    first = run.trajectory.world_from_cam[0, :3, :3]
    up = -first[:, 1] if run.world_up is None else np.array(run.world_up, dtype=np.float64)
    up = up / np.linalg.norm(up)
    ahead = first[:, 2] - (first[:, 2] @ up) * up
    if np.linalg.norm(ahead) < 1e-6:  # looking straight up or down: what is up in its picture lies ahead
        ahead = -first[:, 1] - (-first[:, 1] @ up) * up
    back = -ahead / np.linalg.norm(ahead)
    matrix = np.eye(4)
    matrix[:3, :3] = np.stack([np.cross(up, back), up, back])
    return matrix


def frusta(run: Run, num_frusta: int, depth: float) -> NDArray[np.float64]:
    """Ends (E, 3) of the edges of evenly spread cameras of some depth, two rows an edge, world frame."""
    count = min(num_frusta, run.num_frames)
    at = np.unique(np.linspace(0, run.num_frames - 1, count).round().astype(int))
    k = run.intrinsics
    x = np.array([0.0, k.width_px, k.width_px, 0.0]) - k.cx_px
    y = np.array([0.0, 0.0, k.height_px, k.height_px]) - k.cy_px
    corners = np.concatenate([np.zeros((1, 3)), np.stack([x / k.fx_px, y / k.fy_px, np.ones(4)], axis=1)]) * depth
    ends = corners[np.array(FRUSTUM_EDGES).ravel()]
    return np.concatenate([transform(pose, ends) for pose in run.trajectory.world_from_cam[at]])


def scene_size(run: Run) -> float:
    """Diagonal of the box around the path and the middle nine tenths of the cloud."""
    ends = [run.trajectory.centres_world]
    if run.cloud.num_points:
        ends.append(np.percentile(run.cloud.points_world, (5, 95), axis=0))
    every = np.concatenate(ends)
    return float(np.linalg.norm(every.max(axis=0) - every.min(axis=0))) or 1.0
