"""Rules on the ``features`` of ``info.json``: what is declared, and which names and shapes break other programs."""

from __future__ import annotations

from functools import partial
from itertools import pairwise
from typing import Any

from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.features import ACTION, DEFAULT_FEATURES, STATE, TIMESTAMP
from l3rocc_engine.dataset.folder import DatasetFolder
from l3rocc_engine.dataset.rules.rule import Problem, Problems, Rule

VISUAL = ("video", "image")
POLICY_PREFIXES = ("observation", "action")
MOST_AXES = 5

here = partial(Problem, file=layout.INFO)


def _declared(folder: DatasetFolder) -> Problems:
    for key, feature in folder.features.items():
        shape = feature.get("shape")
        if "/" in key:
            yield here(sentence=f"the feature name {key!r} holds a slash")
        if not isinstance(feature.get("dtype"), str):
            yield here(sentence=f"{key} has no dtype")
        if not isinstance(shape, list) or not shape or not all(isinstance(n, int) and n > 0 for n in shape):
            yield here(sentence=f"{key} has the shape {shape!r}, which is not a list of whole numbers")
        elif len(shape) > MOST_AXES:
            yield here(sentence=f"{key} has {len(shape)} axes; the loader knows up to {MOST_AXES}")


def _defaults(folder: DatasetFolder) -> Problems:
    for wanted in DEFAULT_FEATURES:
        found = folder.features.get(wanted.key)
        if found is None:
            yield here(sentence=f"the feature {wanted.key} is missing")
        elif (found.get("dtype"), found.get("shape")) != (wanted.dtype, list(wanted.shape)):
            yield here(
                sentence=f"{wanted.key} is {found.get('dtype')} {found.get('shape')}, "
                f"not {wanted.dtype} {list(wanted.shape)}"
            )


def _pictures(folder: DatasetFolder) -> Problems:
    for key, feature in folder.features.items():
        dtype, names, shape = feature.get("dtype"), feature.get("names"), feature.get("shape")
        if dtype not in VISUAL:
            if "image" in key:
                yield here(sentence=f"{key} has 'image' in its name, so the loader wants statistics of shape (3, 1, 1)")
            continue
        if not isinstance(names, list) or len(names) != 3 or not {"channel", "channels"} & {names[0], names[-1]}:
            yield here(sentence=f"{key} needs names such as height, width, channels, not {names!r}")
        if not isinstance(shape, list) or len(shape) != 3:
            yield here(sentence=f"{key} needs the shape [height, width, channels], not {shape!r}")
        if dtype == "video" and not isinstance(feature.get("info") or feature.get("video_info"), dict):
            yield here(sentence=f"{key} has no info about its video; viewers show it", is_warning=True)


def _policies(folder: DatasetFolder) -> Problems:
    for key in (ACTION, STATE):
        shape = folder.features.get(key, {}).get("shape")
        if isinstance(shape, list) and len(shape) != 1:
            yield here(sentence=f"{key} has {len(shape)} axes; the rerun viewer wants a vector", is_warning=True)
    for key, feature in folder.features.items():
        if feature.get("dtype") == "string" and key.startswith(POLICY_PREFIXES):
            yield here(sentence=f"{key} is a text, which becomes a policy's input without statistics", is_warning=True)
    columns = [
        (key, feature)
        for key, feature in folder.features.items()
        if feature.get("dtype") in ("float32", "int32") and key != TIMESTAMP
    ]
    for (first, a), (second, b) in pairwise(columns):
        if _is_matrix(a) and _is_matrix(b):
            yield here(
                sentence=f"the matrices {first} and {second} follow each other, which stops the HTML viewer",
                is_warning=True,
            )
            return


def _is_matrix(feature: dict[str, Any]) -> bool:
    shape = feature.get("shape")
    return isinstance(shape, list) and len(shape) > 1


SCHEMA_RULES = (
    Rule(name="schema.features", sentence="Every feature has a type and a shape.", search=_declared),
    Rule(name="schema.defaults", sentence="The five default features are declared as they must be.", search=_defaults),
    Rule(
        name="schema.pictures", sentence="Video and image features are named and shaped for policies.", search=_pictures
    ),
    Rule(name="schema.policies", sentence="Viewers and policies can use state and action.", search=_policies),
)
