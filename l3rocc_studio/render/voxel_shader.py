"""The look of voxels on the graphics side: thin edges, cells as outlines, and the shade of a cube's faces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

# Four vertices a quad in a fixed order, so the corner is known from the vertex number. The line is one pixel wide at
# most and fades out where voxels become smaller than a few pixels: no moire from afar.
_CORNER = (
    "  int corner = gl_VertexID & 3;\n"
    "  cornerVS = vec2(corner == 1 || corner == 2 ? 1.0 : 0.0, corner >= 2 ? 1.0 : 0.0);\n"
)
_EDGES = (
    "  vec2 cellsPerPx = max(fwidth(cornerVS), vec2(1e-6));\n"
    "  vec2 toEdgePx = min(cornerVS, 1.0 - cornerVS) / cellsPerPx;\n"
    "  float line = 1.0 - smoothstep(0.35, 1.15, min(toEdgePx.x, toEdgePx.y));\n"
    "  float near = 1.0 - smoothstep(0.15, 0.45, max(cellsPerPx.x, cellsPerPx.y));\n"
    "  if (wireOnly > 0.5) { if (line * near < 0.4) discard; }\n"
    "  else fragOutput0.rgb *= 1.0 - edgeStrength * line * near;\n"
)


def add_voxel_shader(shader: Any, *, face_shades: Sequence[float] = ()) -> None:
    """Give an actor's shader property edges, and shades to the faces of a cube of four vertices each.

    Parameters
    ----------
    shader
        A ``vtkShaderProperty``.
    face_shades
        Brightness of the faces, in order of the vertices; none where the colours have it already.
    """
    varyings = {"vec2": "cornerVS"} | ({"float": "faceShadeVS"} if face_shades else {})
    place, shade = _CORNER, _EDGES
    if face_shades:
        numbers = ", ".join(f"{value:.3f}" for value in face_shades)
        place += f"  const float shades[{len(face_shades)}] = float[{len(face_shades)}]({numbers});\n"
        place += f"  faceShadeVS = shades[(gl_VertexID / 4) % {len(face_shades)}];\n"
        shade += "  fragOutput0.rgb *= faceShadeVS;\n"
    names = [f"{kind} {name};\n" for kind, name in varyings.items()]
    # Not the same tag twice: the shader of repeated shapes has fewer of them.
    declared_vs, declared_fs = ("".join(f"{direction} {name}" for name in names) for direction in ("out", "in"))
    shader.AddVertexShaderReplacement("//VTK::Normal::Dec", True, f"//VTK::Normal::Dec\n{declared_vs}", False)
    shader.AddFragmentShaderReplacement("//VTK::ValuePass::Dec", True, f"//VTK::ValuePass::Dec\n{declared_fs}", False)
    shader.AddVertexShaderReplacement("//VTK::PositionVC::Impl", True, f"//VTK::PositionVC::Impl\n{place}", False)
    shader.AddFragmentShaderReplacement("//VTK::Light::Impl", False, f"//VTK::Light::Impl\n{shade}", False)
    set_wire(shader, is_wire=False)


def set_wire(shader: Any, *, is_wire: bool) -> None:
    """Only the outlines of the cells, or all of their faces."""
    shader.GetFragmentCustomUniforms().SetUniformf("wireOnly", float(is_wire))


def set_edge_strength(shader: Any, strength: float) -> None:
    """How dark the edges are, 0 for none."""
    shader.GetFragmentCustomUniforms().SetUniformf("edgeStrength", strength)
