"""Words in other languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from l3rocc_studio.model import words
from l3rocc_studio.model.words import ENGLISH, LANGUAGES, set_language, tr
from scripts.translations import collect


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    yield
    set_language(ENGLISH)


def test_english_is_as_it_is_written() -> None:
    assert set_language(ENGLISH) == ENGLISH
    assert tr("Export") == "Export"
    assert tr("") == ""


@pytest.mark.parametrize("code", sorted(set(LANGUAGES) - {ENGLISH}))
def test_a_translation_covers_the_window_and_keeps_the_places_for_values(code: str) -> None:
    assert set_language(code) == code
    texts = [message.id for message in collect() if message.id]
    translated = [text for text in texts if tr(text) != text]
    assert len(translated) > 0.9 * len(texts)
    for text in texts:
        fields = sorted(part.split("}")[0] for part in text.split("{")[1:])
        assert sorted(part.split("}")[0] for part in tr(text).split("{")[1:]) == fields, text


def test_an_unknown_language_is_english() -> None:
    assert set_language("xx_XX") == ENGLISH
    assert tr("Export") == "Export"


def test_the_systems_language_is_used_where_it_is_translated(monkeypatch: pytest.MonkeyPatch) -> None:
    for found, expected in (("zh_CN", "zh_CN"), ("zh_TW", "zh_CN"), ("de_DE", ENGLISH), (None, ENGLISH)):
        monkeypatch.setattr(words.locale, "getlocale", lambda found=found: (found, "UTF-8"))
        assert words.system_language() == expected
