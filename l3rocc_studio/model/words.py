"""The words that people read, in their language; English where there is no translation.

``tr`` looks a sentence up when it is shown; ``N_`` marks one that is written down before the language is known.
``retell`` has what the engine said, such as errors and notes, in the window's words: in the chosen language, and
without sending a person of the window to the command line.
"""

from __future__ import annotations

import gettext
import json
import locale
from functools import lru_cache

from l3rocc_studio.model.resource import resource, resource_text
from l3rocc_studio.model.retelling import Retelling

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "zh_CN": "简体中文"}
"""Languages by code, each in its own words."""
SYSTEM = "system"
_FOLDER, _FILE, _ENGINE_FILE = "translations", "studio.mo", "engine.json"
_chosen: gettext.NullTranslations = gettext.NullTranslations()
_code = ENGLISH


def tr(text: str) -> str:
    """A sentence in the chosen language."""
    return _chosen.gettext(text) if text else text


@lru_cache(maxsize=512)
def retell(text: str) -> str:
    """What the engine said, in the window's words; as it is, where it is not known.

    Parameters
    ----------
    text
        One or more English sentences of the engine: of an error, a note, a reason, saved ones too.
    """
    return _retelling(_code)(text)


def N_(text: str) -> str:  # noqa: N802  (gettext's customary name)
    """The sentence itself, marked to be translated where it is shown."""
    return text


def set_language(code: str) -> str:
    """Choose a language, ``system`` for that of the system; the code of the one that is used now."""
    global _chosen, _code  # noqa: PLW0603  (one language for the whole program, as gettext has it)
    _code = language_of(code)
    _chosen = _load(_code)
    retell.cache_clear()
    return _code


def language_of(code: str) -> str:
    """What a choice comes to: ``system`` is the system's language, one without a translation English."""
    wanted = system_language() if code == SYSTEM else code
    return wanted if wanted in LANGUAGES else ENGLISH


def language_in_use() -> str:
    """Code of the language that is used now."""
    return _code


def system_language() -> str:
    """The language of the system, if there is a translation; else English."""
    found = (locale.getlocale()[0] or "").split("_")[0].lower()
    return next((code for code in LANGUAGES if found and code.split("_")[0] == found), ENGLISH)


def _load(code: str) -> gettext.NullTranslations:
    place = resource(_FOLDER, code, _FILE)
    if not place.is_file():
        return gettext.NullTranslations()
    with place.open("rb") as file:
        return gettext.GNUTranslations(file)


@lru_cache(maxsize=1)
def _retelling(code: str) -> Retelling:
    place = resource(_FOLDER, code, _ENGINE_FILE)
    pairs = json.loads(resource_text(_FOLDER, code, _ENGINE_FILE)) if place.is_file() else {}
    return Retelling(pairs.items())
