"""Views that a person keeps: a name, a panel and a camera, as values that go through a clipboard or a file."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from l3rocc_engine.errors import InputError
from l3rocc_engine.geometry.sim3 import Sim3
from l3rocc_studio.model.pasted import json_of_text
from l3rocc_studio.model.view import CameraPose, camera_pose_from_dict, rescaled_pose

MAX_NAME_LENGTH = 80
_LIST_KEY = "views"


class ViewPanel(Enum):
    """The panel whose camera a view is of; it also says in which frame the view's numbers are."""

    CLOUD = "cloud"
    OCCUPANCY = "occupancy"


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A view with a name.

    Attributes
    ----------
    name
        What a person calls it; not empty.
    pose
        The camera: world frame for the cloud panel, the recording camera's frame for the occupancy panel.
    panel
        Whose camera it is.
    thumbnail_png
        A small picture of what it shows, encoded as PNG; empty until it was drawn once.
    """

    name: str
    pose: CameraPose
    panel: ViewPanel = ViewPanel.CLOUD
    thumbnail_png: bytes = b""

    def __post_init__(self) -> None:
        if not self.name.strip() or len(self.name) > MAX_NAME_LENGTH or not self.name.isprintable():
            raise InputError(f"A view needs a name of 1 to {MAX_NAME_LENGTH} characters on one line.")

    def to_dict(self, *, has_thumbnail: bool = False) -> dict[str, Any]:
        """Plain values for JSON: name and panel, and those of :meth:`CameraPose.to_dict`.

        Parameters
        ----------
        has_thumbnail
            Whether the picture goes along, as base64 under ``thumbnail``.
        """
        values = {"name": self.name, "panel": self.panel.value, **self.pose.to_dict()}
        if has_thumbnail and self.thumbnail_png:
            values["thumbnail"] = base64.b64encode(self.thumbnail_png).decode("ascii")
        return values


def saved_view_from_dict(values: Mapping[str, Any], *, name: str = "View") -> SavedView:
    """Read a view from plain values, as :meth:`SavedView.to_dict` writes them; keys that it does not know are ignored.

    Parameters
    ----------
    values
        At least position, focal_point and view_up.
    name
        Taken where the values bring none.

    Raises
    ------
    InputError
        If a value is missing or is not what a view needs.
    """
    if not isinstance(values, Mapping):
        raise InputError("This is not a view.", "A view is a JSON object with position, focal_point and view_up.")
    given, panel = values.get("name", name), values.get("panel", ViewPanel.CLOUD.value)
    if not isinstance(given, str):
        raise InputError("The name of a view must be text.")
    try:
        of_panel = ViewPanel(panel)
    except ValueError as error:
        known = " or ".join(item.value for item in ViewPanel)
        raise InputError(f"The panel of a view must be {known}, not {str(panel)[:40]!r}.") from error
    pose = camera_pose_from_dict(values)
    return SavedView(name=given, pose=pose, panel=of_panel, thumbnail_png=_thumbnail(values.get("thumbnail")))


def rescaled_view(view: SavedView, new_from_old: Sim3) -> SavedView:
    """The view of the same things after the world moved and grew; cameras of the recording only grow."""
    moved = new_from_old if view.panel is ViewPanel.CLOUD else Sim3(scale=new_from_old.scale)
    return replace(view, pose=rescaled_pose(view.pose, moved))


def _thumbnail(text: object) -> bytes:
    if text is None:
        return b""
    try:
        if not isinstance(text, str):
            raise TypeError(text)
        return base64.b64decode(text, validate=True)
    except (binascii.Error, TypeError, ValueError) as error:
        raise InputError("The thumbnail of a view is not base64.") from error


def views_to_text(views: Sequence[SavedView]) -> str:
    """Views as the JSON that :func:`views_from_text` reads: one object, or several under ``views``."""
    plain = [view.to_dict() for view in views]
    return json.dumps(plain[0] if len(plain) == 1 else {_LIST_KEY: plain}, indent=2, ensure_ascii=False) + "\n"


def views_from_text(text: str) -> tuple[SavedView, ...]:
    """Views of pasted text: one JSON object, a list of them, or an object with a list named ``views``.

    Raises
    ------
    InputError
        If the text is not JSON or holds something that is no view; the sentence says which and why.
    """
    values = json_of_text(text, hint="Copy a view as JSON first.")
    listed = values.get(_LIST_KEY, values) if isinstance(values, dict) else values
    if not isinstance(listed, list):
        return (saved_view_from_dict(listed),)
    if not listed:
        raise InputError("The text holds no views.")
    return tuple(_numbered(number, item) for number, item in enumerate(listed, start=1))


def _numbered(number: int, values: Mapping[str, Any]) -> SavedView:
    """A view of a list; what is wrong with it names its number."""
    try:
        return saved_view_from_dict(values, name=f"View {number}")
    except InputError as error:
        raise InputError(f"View {number}: {error.message}", error.hint) from error
