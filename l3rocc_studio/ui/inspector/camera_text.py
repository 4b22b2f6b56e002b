"""The view's camera as text for scripts."""

from __future__ import annotations

import json
from typing import Any

from l3rocc_studio.model.view import CameraPose

DIGITS, FEWER_DIGITS = 9, 3
KEYS = ("position", "focal_point", "view_up", "view_angle", "clipping_range")


def camera_text(pose: CameraPose) -> str:
    """JSON with the keys of saved views, one line each, in the digits that matter."""
    values = pose.to_dict()
    lines = [f"  {json.dumps(key)}: {json.dumps(_rounded(values[key]))}" for key in KEYS]
    if pose.parallel_scale is not None:
        lines.append(f'  "parallel_scale": {json.dumps(_rounded(pose.parallel_scale))}')
    return "{\n" + ",\n".join(lines) + "\n}"


def camera_facts(pose: CameraPose) -> list[tuple[str, str]]:
    """The same values by name, short enough to read while the view turns."""
    values = pose.to_dict()
    facts = [(key.replace("_", " "), _short(values[key])) for key in KEYS]
    if pose.parallel_scale is not None:
        facts.append(("parallel scale", _short(pose.parallel_scale)))
    return facts


def _short(value: Any) -> str:
    numbers = value if isinstance(value, list) else [value]
    return "fitted" if value is None else "  ".join(f"{number:.{FEWER_DIGITS}g}" for number in numbers)


def _rounded(value: Any) -> Any:
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value
