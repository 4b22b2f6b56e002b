"""The words that people read, in their language; English where there is no translation.

``tr`` looks a sentence up when it is shown; ``N_`` marks one that is written down before the language is known.
Sentences of the engine, such as errors, stay English.
"""

from __future__ import annotations

import gettext
import locale

from l3rocc_studio.model.resource import resource

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "zh_CN": "简体中文"}
"""Languages by code, each in its own words."""
SYSTEM = "system"
_FOLDER, _FILE = "translations", "studio.mo"
_chosen: gettext.NullTranslations = gettext.NullTranslations()


def tr(text: str) -> str:
    """A sentence in the chosen language."""
    return _chosen.gettext(text) if text else text


def N_(text: str) -> str:  # noqa: N802  (gettext's customary name)
    """The sentence itself, marked to be translated where it is shown."""
    return text


def set_language(code: str) -> str:
    """Choose a language, ``system`` for that of the system; the code of the one that is used now."""
    global _chosen  # noqa: PLW0603  (one language for the whole program, as gettext has it)
    wanted = system_language() if code == SYSTEM else code
    _chosen = _load(wanted)
    return wanted if wanted in LANGUAGES else ENGLISH


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
