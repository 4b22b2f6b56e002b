"""How points are coloured, sized and filtered on the graphics side: numbers for the shader, nothing in the arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from l3rocc_studio.model.looks import CloudColor, CloudLook
from l3rocc_studio.model.view import Vector, as_vector
from l3rocc_studio.render.cloud_measures import CloudMeasures
from l3rocc_studio.render.colormaps import PALETTES, Rgb
from l3rocc_studio.render.point_levels import FACING, MEASURES

NUM_STOPS = 16
MIN_SPLAT_PX, MAX_SPLAT_PX = 1.5, 20.0
USUAL_HEIGHT_PX = 700
"""In a picture that is higher than this, points may be larger in proportion, so that it shows the same."""
BACK_COSINE = -0.12
"""A surface counts as seen from behind below this cosine; a little below 0, as normals are estimates."""
BEHIND: Rgb = (0.42, 0.44, 0.47)
"""Of points behind the camera that depths are measured from."""
_NO_LIMIT = 3e38
_MODES = {color: number for number, color in enumerate(CloudColor)}

ATTRIBUTES = {"seenFacing": FACING, "pointMeasures": MEASURES}
VERTEX_DECLARATION = (
    "//VTK::Normal::Dec\n"
    "in vec4 seenFacing;\n"
    "in vec4 pointMeasures;\n"
    "vec3 onScale(float value)\n"
    "{\n"
    "  float at = clamp((value - scaleLow) / (scaleHigh - scaleLow), 0.0, 1.0)"
    f" * {NUM_STOPS - 1:.1f};\n"
    f"  int i = 3 * min(int(at), {NUM_STOPS - 2});\n"
    "  vec3 low = vec3(scaleStops[i], scaleStops[i + 1], scaleStops[i + 2]);\n"
    "  vec3 high = vec3(scaleStops[i + 3], scaleStops[i + 4], scaleStops[i + 5]);\n"
    "  return mix(low, high, at - float(i / 3));\n"
    "}\n"
)
VERTEX_PLACE = (
    "//VTK::PositionVC::Impl\n"
    f"  gl_PointSize = clamp(splatPx / gl_Position.w, {MIN_SPLAT_PX:.1f}, mostSplatPx) * pointScale;\n"
    "  vec3 towardsEye = normalize(eyeWorld - vertexMC.xyz);\n"
    "  float heightUp = dot(upWorld, vertexMC.xyz);\n"
    f"  if (dot(seenFacing.xyz, towardsEye) < {BACK_COSINE:.2f} || pointMeasures.x < leastConfidence\n"
    "      || pointMeasures.y > mostEdge || pointMeasures.z > mostDistance\n"
    "      || heightUp < leastHeight || heightUp > mostHeight) gl_Position = vec4(2.0, 2.0, 2.0, 1.0);\n"
)
VERTEX_COLOR = (
    "//VTK::Color::Impl\n"
    "  if (colorMode == 1) vertexColorVSOutput.rgb = onScale(dot(upWorld, vertexMC.xyz));\n"
    "  if (colorMode == 2) {\n"
    "    float depth = dot(depthAxis, vertexMC.xyz) - depthStart;\n"
    f"    vertexColorVSOutput.rgb = depth > 0.0 ? onScale(depth) : vec3({BEHIND[0]}, {BEHIND[1]}, {BEHIND[2]});\n"
    "  }\n"
    "  if (colorMode == 3) vertexColorVSOutput.rgb = onScale(pointMeasures.x);\n"
    "  if (colorMode == 4) vertexColorVSOutput.rgb = onScale(seenFacing.w);\n"
    "  if (colorMode == 5) vertexColorVSOutput.rgb = onScale(pointMeasures.w);\n"
)


def most_splat_px(height_px: int) -> float:
    """Largest point in a picture of a height."""
    return MAX_SPLAT_PX * max(1.0, height_px / USUAL_HEIGHT_PX)


@dataclass(frozen=True, slots=True, kw_only=True)
class PointStyle:
    """Values for the shader of the points; equal styles look the same.

    Attributes
    ----------
    mode
        Place of the colour in :class:`CloudColor`.
    span
        Ends of the colour scale.
    stops
        Its colours, ``3 * NUM_STOPS`` numbers.
    up
        Direction of heights, world.
    limits
        Least confidence, strongest edge, largest distance, lowest and greatest height that are shown.
    point_scale
        Size over the usual one.
    """

    mode: int = 0
    span: tuple[float, float] = (0.0, 1.0)
    stops: tuple[float, ...] = (0.0,) * (3 * NUM_STOPS)
    up: Vector = (0.0, 0.0, 1.0)
    limits: tuple[float, float, float, float, float] = (0.0, _NO_LIMIT, _NO_LIMIT, -_NO_LIMIT, _NO_LIMIT)
    point_scale: float = 1.0

    def apply(self, uniforms: Any) -> None:
        """Hand the values to the shader of one actor."""
        uniforms.SetUniformi("colorMode", self.mode)
        uniforms.SetUniformf("scaleLow", self.span[0])
        uniforms.SetUniformf("scaleHigh", self.span[1])
        uniforms.SetUniform1fv("scaleStops", len(self.stops), self.stops)
        uniforms.SetUniform3f("upWorld", self.up)
        names = ("leastConfidence", "mostEdge", "mostDistance", "leastHeight", "mostHeight")
        for name, limit in zip(names, self.limits, strict=True):
            uniforms.SetUniformf(name, limit)
        uniforms.SetUniformf("pointScale", self.point_scale)


def point_style(look: CloudLook, measures: CloudMeasures | None) -> PointStyle:
    """The style of a look for one cloud; a colour by what was not noted shows the points' own colours."""
    if measures is None:
        return PointStyle(point_scale=look.point_scale)
    has_values = measures.values(look.color) is not None
    filters = look.filters
    limits = (filters.max_edge, filters.max_distance, filters.min_height, filters.max_height)
    edge, distance, low, high = (
        default if limit is None else limit
        for limit, default in zip(limits, (_NO_LIMIT, _NO_LIMIT, -_NO_LIMIT, _NO_LIMIT), strict=True)
    )
    return PointStyle(
        mode=_MODES[look.color] if has_values else 0,
        span=measures.span(look.color) if has_values else (0.0, 1.0),
        stops=_stops(look),
        up=as_vector(measures.up),
        limits=(filters.min_confidence, edge, distance, low, high),
        point_scale=look.point_scale,
    )


def _stops(look: CloudLook) -> tuple[float, ...]:
    colors = PALETTES[look.palette.value].colors(np.linspace(0.0, 1.0, NUM_STOPS), near=0.0, far=1.0)
    return tuple(colors.ravel().tolist())
