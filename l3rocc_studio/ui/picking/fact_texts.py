"""What is known of a picked place, as rows for people, as JSON for scripts, and frames as ranges."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict

from l3rocc_studio.model.counts import frames_text
from l3rocc_studio.model.pick import PickFacts, PickKind
from l3rocc_studio.model.words import N_, tr

KIND_TEXTS = {PickKind.POINT: N_("Point"), PickKind.VOXEL: N_("Voxel"), PickKind.WORLD_VOXEL: N_("Voxel of the world")}


def fact_rows(facts: PickFacts, first_frame: int) -> list[tuple[str, str]]:
    """Names and values; frames are counted from ``first_frame`` of the timeline."""
    rows = [
        (tr("What"), tr(KIND_TEXTS[facts.place.kind])),
        (tr("World ({unit})").format(unit=facts.unit), _numbers(facts.place.position_world)),
        (tr("Camera ({unit})").format(unit=facts.unit), _numbers(facts.position_cam)),
    ]
    if facts.color is not None:
        red, green, blue = facts.color
        rows.append((tr("Colour"), f"#{red:02x}{green:02x}{blue:02x}  {red} {green} {blue}"))
    if facts.confidence is not None:
        rows.append((tr("Confidence"), f"{facts.confidence:.3f}"))
    if facts.num_keyframes is not None:
        rows.append((tr("Keyframes"), tr("{num_keyframes} made this point").format(num_keyframes=facts.num_keyframes)))
    rows.append((tr("Voxel"), _voxel_text(facts)))
    if facts.state:
        rows.append((tr("In this frame"), tr(facts.state)))
    rows.append((tr("Occupied in"), _count_text(facts, first_frame)))
    return rows


def facts_json(facts: PickFacts, frames: Sequence[int] | None, first_frame: int) -> str:
    """The same for scripts; frames are those of the timeline."""
    place = facts.place
    values = {
        **{key: value for key, value in asdict(facts).items() if key != "place"},
        "kind": place.kind.value,
        "panel": place.panel.value,
        "frame": place.frame_idx + first_frame,
        "position_world": list(place.position_world),
        "frames": None if frames is None else [frame_idx + first_frame for frame_idx in frames],
    }
    for key in ("first_frame", "last_frame"):
        values[key] = None if values[key] is None else values[key] + first_frame
    return json.dumps(values, indent=2) + "\n"


def frame_links(frames: Sequence[int], first_frame: int) -> str:
    """Frames as links with their number, runs of neighbours as ranges with a link at either end."""
    parts = []
    for low, high in _runs(frames):
        ends = [low] if low == high else [low, high]
        links = (f'<a href="{end + first_frame}">{end + first_frame}</a>' for end in ends)
        parts.append("–".join(links))
    return ", ".join(parts)


def _runs(frames: Sequence[int]) -> list[tuple[int, int]]:
    runs: list[tuple[int, int]] = []
    for frame_idx in frames:
        if runs and frame_idx == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], frame_idx)
        else:
            runs.append((frame_idx, frame_idx))
    return runs


def _numbers(values: Sequence[float]) -> str:
    return "  ".join(f"{value:.3f}" for value in values)


def _voxel_text(facts: PickFacts) -> str:
    if facts.grid_xyz is None:
        return tr("outside the range")
    x, y, z = facts.grid_xyz
    return tr("{x}, {y}, {z}  (flat {flat_index})").format(x=x, y=y, z=z, flat_index=facts.flat_index)


def _count_text(facts: PickFacts, first_frame: int) -> str:
    if not facts.count or facts.first_frame is None or facts.last_frame is None:
        return tr("no frame")
    return tr("{frames}, {first} to {last}").format(
        frames=frames_text(facts.count), first=facts.first_frame + first_frame, last=facts.last_frame + first_frame
    )
