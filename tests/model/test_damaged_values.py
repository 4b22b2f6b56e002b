"""What a person or a bad disk may have written into projects, presets and views."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import L3roccError
from l3rocc_engine.storage.atomic import json_text
from l3rocc_studio.model.looks import panel_looks_from_dict
from l3rocc_studio.model.looks.look_presets import LOOK_PRESETS
from l3rocc_studio.model.presets import presets_from_dict
from l3rocc_studio.model.project import Project
from l3rocc_studio.model.project_parts import location_of, session_parts
from l3rocc_studio.model.saved_view import views_from_text, views_to_text
from l3rocc_studio.model.session import Session
from l3rocc_studio.model.setting_presets import SETTING_PRESETS
from l3rocc_studio.model.view_keyframe import keyframes_from_values, keyframes_to_values
from tests.hostile.mutations import mutated_json

VIEW = {"position": [0.0, 0.0, 1.0], "focal_point": [0.0, 0.0, 0.0], "view_up": [0.0, 1.0, 0.0], "view_angle": 40.0}
NAMED = {**VIEW, "name": "a", "panel": "cloud", "thumbnail": "", "clipping_range": [0.1, 9.0], "parallel_scale": 2.0}
KEYFRAMES = {"keyframes": [{"frame": 0, "view": VIEW}, {"frame": 9, "preset": "orbit", "ease": "hold"}]}
LOOKS = Session(PipelineConfig()).looks.value.to_dict()
PARTS = {
    "settings": PipelineConfig().to_dict(),
    "timeline": {
        "frame": 3, "range": [1, 8], "speed": 2.0, "is_looping": False, "marks": [{"frame": 2, "name": "m"}]
    },
    "looks": LOOKS,
    "views": {"views": [NAMED]},
    "camera_path": KEYFRAMES,
    "measurements": {"distances": [[[0.0, 0.0, 0.0], [1.0, 2.0, 2.0]]]},
}  # fmt: skip
LOCATION = {"path": "/a/clip.mp4", "episode": 1, "workdir": "/b", "run_config": {"interval": 2}, "has_run": True}
NUM_FRAMES, CASES = 12, 200


def project_of(values: Any) -> Project:
    session, project = Session(PipelineConfig()), Project()
    session.timeline.load([0.1 * number for number in range(NUM_FRAMES)])
    for part in session_parts(session, lambda: None):
        project.register(part)
    if isinstance(values, dict):
        project.load(values, None)
    return project


def project_again(values: Any) -> None:
    """What was taken over can be written, and read without a complaint."""
    if not isinstance(values, dict):
        return  # load_project says what is wrong with it
    first = project_of(values)
    written = json.loads(json_text(first.to_dict()).encode())
    kept = [key for key in PARTS if json.dumps(written[key]) == json.dumps(values.get(key))]
    assert project_of({}).load({key: written[key] for key in PARTS if key not in kept}, None) == []


def views_again(values: Any) -> None:
    text = views_to_text(views_from_text(json.dumps(values)))
    assert views_to_text(views_from_text(text)) == text


def keyframes_again(values: Any) -> None:
    found = keyframes_from_values(values, origin="A file")
    assert keyframes_from_values(json.loads(json_text(keyframes_to_values(found))), origin="A file") == found


def presets_again(values: Any) -> None:
    settings, looks = presets_from_dict(SETTING_PRESETS, values), presets_from_dict(LOOK_PRESETS, values)
    json_text([settings.to_dict(), looks.to_dict()]).encode()
    settings.fitting(PipelineConfig())
    looks.fitting(Session(PipelineConfig()).looks.value)


READERS: dict[str, tuple[Any, Callable[[Any], object]]] = {
    **{f"project, {key}": (part, lambda values, key=key: project_again({key: values})) for key, part in PARTS.items()},
    "project": (PARTS, project_again),
    "location": (LOCATION, lambda values: isinstance(values, dict) and location_of(values)),
    "view": (NAMED, views_again),
    "keyframes": (KEYFRAMES, keyframes_again),
    "looks": (LOOKS, lambda values: panel_looks_from_dict(values, origin="A file")),
    "presets": ({"presets": [{"name": "a", "changes": {"interval": 3}}]}, presets_again),
}


@pytest.mark.parametrize("name", READERS)
def test_damaged_values_are_taken_over_or_refused_in_a_sentence(name: str) -> None:
    good, read = READERS[name]
    read(good)
    problems = []
    for what, data in mutated_json(json.dumps(good), CASES, random.Random(name)):
        try:
            values = json.loads(data)
        except (ValueError, RecursionError):
            continue
        try:
            read(values)
        except L3roccError as error:
            if not 0 < len(str(error)) < 1000:
                problems.append(f"{what}: a sentence of {len(str(error))} characters")
        except Exception as error:  # noqa: BLE001  that is what is looked for
            problems.append(f"{what}: {error!r}"[:300])
    assert problems == []
