"""A small writer of binary glTF 2.0 (.glb): buffers, accessors and the two chunks.

Source: Khronos Group, "glTF 2.0 Specification", sections 3.6 (binary data) and 4 (GLB file format).
"""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from l3rocc_engine.progress import CancelToken
from l3rocc_engine.storage.array_stream import write_values

MAGIC, VERSION = b"glTF", 2
JSON_CHUNK, BINARY_CHUNK = b"JSON", b"BIN\x00"
LARGEST_FILE = 2**32 - 1
"""The header states the length in 32 bits."""
FLOAT, UNSIGNED_SHORT, UNSIGNED_INT = 5126, 5123, 5125
ARRAY_BUFFER, ELEMENT_ARRAY_BUFFER = 34962, 34963
POINTS, TRIANGLES = 0, 4


class GlbBuilder:
    """Collects a scene; :meth:`write` makes the file."""

    def __init__(self, generator: str) -> None:
        self._json: dict[str, Any] = {"asset": {"version": "2.0", "generator": generator}}
        self._parts: list[NDArray[np.generic]] = []
        self._num_bytes = 0

    @property
    def num_bytes(self) -> int:
        """Bytes of array data so far."""
        return self._num_bytes

    def add(self, kind: str, item: dict[str, Any]) -> int:
        """Append to one of the document's lists, such as ``"nodes"``; returns the index."""
        items: list[dict[str, Any]] = self._json.setdefault(kind, [])
        items.append(item)
        return len(items) - 1

    def add_children(self, node: int, children: list[int]) -> None:
        """Hang nodes below another."""
        self._json["nodes"][node]["children"] = children

    def set(self, key: str, value: Any) -> None:
        """Set a property of the document, such as ``"scene"``."""
        self._json[key] = value

    def positions(self, points: NDArray[np.floating]) -> int:
        """Accessor of positions (N, 3), float32, with the bounds that glTF requires."""
        values = np.ascontiguousarray(points, dtype="<f4")
        bounds = {"min": values.min(axis=0).tolist(), "max": values.max(axis=0).tolist()}
        return self._accessor(values, FLOAT, "VEC3", bounds)

    def indices(self, triangles: NDArray[np.int32]) -> int:
        """Accessor of the vertices of triangles (F, 3)."""
        values = triangles.reshape(-1).astype("<u4")
        return self._accessor(values, UNSIGNED_INT, "SCALAR", {}, ELEMENT_ARRAY_BUFFER)

    def colors(self, colors: NDArray[np.uint8]) -> int:
        """Accessor of vertex colours (N, 3) sRGB; glTF stores them linear, here in 16 bits, lest shadows show steps."""
        table = np.rint(_linear(np.arange(256) / 255.0) * 65535.0).astype("<u2")
        values = np.full((len(colors), 4), 65535, dtype="<u2")
        values[:, :3] = table[colors]
        return self._accessor(values, UNSIGNED_SHORT, "VEC4", {"normalized": True})

    def unlit_material(self, color: tuple[int, int, int] = (255, 255, 255)) -> int:
        """Material whose colour is shown as it is, whatever the viewer's lights."""
        used = self._json.setdefault("extensionsUsed", [])
        if "KHR_materials_unlit" not in used:
            used.append("KHR_materials_unlit")
        linear = [float(v) for v in _linear(np.array(color) / 255.0)]
        pbr = {"baseColorFactor": [*linear, 1.0], "metallicFactor": 0.0, "roughnessFactor": 1.0}
        return self.add("materials", {"pbrMetallicRoughness": pbr, "extensions": {"KHR_materials_unlit": {}}})

    def _accessor(
        self,
        values: NDArray[np.generic],
        component: int,
        kind: str,
        more: dict[str, Any],
        target: int = ARRAY_BUFFER,
    ) -> int:
        view = {"buffer": 0, "byteOffset": self._num_bytes, "byteLength": values.nbytes, "target": target}
        self._parts.append(values)
        self._num_bytes += values.nbytes  # all element sizes are multiples of 4, as alignment wants
        at = self.add("bufferViews", view)
        return self.add(
            "accessors", {"bufferView": at, "componentType": component, "count": len(values), "type": kind, **more}
        )

    def write(self, stream: BinaryIO, cancel: CancelToken | None = None) -> None:
        """Write header, JSON chunk and binary chunk."""
        if self._num_bytes:
            self.set("buffers", [{"byteLength": self._num_bytes}])
        text = json.dumps(self._json, separators=(",", ":"), allow_nan=False).encode()
        text += b" " * (-len(text) % 4)
        binary = 8 + self._num_bytes if self._num_bytes else 0
        stream.write(MAGIC + struct.pack("<II", VERSION, 12 + 8 + len(text) + binary))
        stream.write(struct.pack("<I", len(text)) + JSON_CHUNK + text)
        if binary:
            stream.write(struct.pack("<I", self._num_bytes) + BINARY_CHUNK)
        for part in self._parts:
            write_values(stream, part, cancel)


def _linear(srgb: NDArray[np.float64]) -> NDArray[np.float64]:
    """sRGB in [0, 1] to linear light (IEC 61966-2-1)."""
    return np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
