"""Where a panel looks from, in plain values that can be saved, copied and pasted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.sim3 import Sim3

Vector = tuple[float, float, float]
MAX_NUMBER = 1e9
"""Larger numbers in a view are mistakes, and would not survive arithmetic in single precision."""


class ViewKind(Enum):
    """The ways a 3D panel can look at its scene; not every panel knows every one.

    ``BEHIND`` is the occupancy panel's own: from behind the recording camera. ``TOP``, ``FRONT`` and ``SIDE`` stand
    level or upright: ``FRONT`` looks the way the camera looked on the whole, ``SIDE`` across it from the right, ``TOP``
    down. ``KEYFRAMES`` travels along the views that a person set on the timeline.
    """

    FREE = "free"
    GODS_EYE = "gods_eye"
    FOLLOW = "follow"
    FIRST_PERSON = "first_person"
    BEHIND = "behind"
    TOP = "top"
    FRONT = "front"
    SIDE = "side"
    KEYFRAMES = "keyframes"


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraPose:
    """The camera of a 3D panel; not a camera of the recording.

    Attributes
    ----------
    position, focal_point
        In the frame that the panel shows (world, or camera for the occupancy panel).
    view_up
        Direction that points up in the picture; need not be a unit vector.
    view_angle_deg
        Vertical angle of view, above 0 and below 180.
    clipping_range
        Nearest and farthest distance drawn, or None to fit it to the scene at each drawing.
    parallel_scale
        Half the height of the view for a parallel projection, or None for perspective.
    """

    position: Vector
    focal_point: Vector
    view_up: Vector
    view_angle_deg: float = 40.0
    clipping_range: tuple[float, float] | None = None
    parallel_scale: float | None = None

    def __post_init__(self) -> None:
        numbers = [*self.position, *self.focal_point, *self.view_up, self.view_angle_deg]
        numbers += [*(self.clipping_range or ()), self.parallel_scale or 0.0]
        if not np.isfinite(numbers).all():
            raise InputError("The view holds numbers that are not finite.")
        if np.abs(numbers).max() > MAX_NUMBER:
            raise InputError(f"The view holds a number beyond {MAX_NUMBER:g}.")
        if not 0.0 < self.view_angle_deg < 180.0:
            raise InputError(f"The angle of view must be from 0 to 180 degrees, not {self.view_angle_deg}.")
        x, y, z = (ahead - here for ahead, here in zip(self.focal_point, self.position, strict=True))
        a, b, c = self.view_up
        if max(abs(y * c - z * b), abs(z * a - x * c), abs(x * b - y * a)) <= 0.0:
            raise InputError("The view has no direction: position, focal point and view-up must span a plane.")
        if self.clipping_range is not None and not 0.0 < self.clipping_range[0] < self.clipping_range[1]:
            raise InputError(f"The clipping range must be two increasing positive numbers, not {self.clipping_range}.")
        if self.parallel_scale is not None and not self.parallel_scale > 0.0:
            raise InputError(f"The parallel scale must be positive, not {self.parallel_scale}.")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "position": list(self.position),
            "focal_point": list(self.focal_point),
            "view_up": list(self.view_up),
            "view_angle": self.view_angle_deg,
            "clipping_range": None if self.clipping_range is None else list(self.clipping_range),
            "parallel_scale": self.parallel_scale,
        }


def camera_pose_from_dict(values: Mapping[str, Any]) -> CameraPose:
    """Read a view from plain values, as :meth:`CameraPose.to_dict` writes them.

    Raises
    ------
    InputError
        If a value is missing or is not what a view needs.
    """
    try:
        return CameraPose(
            position=as_vector(values["position"]),
            focal_point=as_vector(values["focal_point"]),
            view_up=as_vector(values["view_up"]),
            view_angle_deg=float(values.get("view_angle", 40.0)),
            clipping_range=_pair(values.get("clipping_range")),
            parallel_scale=None if values.get("parallel_scale") is None else float(values["parallel_scale"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        what = f"This is not a view: {error} is missing." if isinstance(error, KeyError) else "This is not a view."
        raise InputError(what, "A view has position, focal_point and view_up, three numbers each.") from error


def rescaled_pose(pose: CameraPose, new_from_old: Sim3) -> CameraPose:
    """The camera that shows the same things after its world moved and grew."""
    factor = new_from_old.scale
    position, focal_point = new_from_old.apply_points(np.array([pose.position, pose.focal_point]))
    clipping, parallel = pose.clipping_range, pose.parallel_scale
    return CameraPose(
        position=as_vector(position),
        focal_point=as_vector(focal_point),
        view_up=as_vector(new_from_old.rotation @ pose.view_up),
        view_angle_deg=pose.view_angle_deg,
        clipping_range=None if clipping is None else (factor * clipping[0], factor * clipping[1]),
        parallel_scale=None if parallel is None else factor * parallel,
    )


def as_vector(values: Iterable[Any]) -> Vector:
    """Three numbers, such as an array (3,), as a value that can be compared, hashed and saved.

    Raises
    ------
    ValueError, TypeError
        If they are not three numbers.
    """
    x, y, z = values
    return float(x), float(y), float(z)


def _pair(values: Any) -> tuple[float, float] | None:
    if values is None:
        return None
    near, far = values
    return float(near), float(far)
