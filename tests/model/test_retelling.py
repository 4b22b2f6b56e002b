"""The engine's sentences in the window's words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import ConfigError, InputError
from l3rocc_engine.frames.opener import open_source
from l3rocc_studio.model.resource import resource_text
from l3rocc_studio.model.retelling import Retelling
from l3rocc_studio.model.words import ENGLISH, LANGUAGES, retell, set_language, tr
from scripts.engine_sentences import engine_templates, shape

GAP = re.compile(r"\{(\w+)\}")
TO_THE_COMMAND_LINE = re.compile(r"(?<![\w.])l3rocc (?!Studio)|(^|\s|\()--[a-z]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")
OTHERS = sorted(set(LANGUAGES) - {ENGLISH})
INSPECTION = "l3rocc_engine/inspection/"
"""Its window is opened by a command only."""


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    yield
    set_language(ENGLISH)


@cache
def said() -> dict[str, list[str]]:
    return engine_templates()


def filled(template: str) -> tuple[str, dict[str, str]]:
    values = {name: f"{number}.5" for number, name in enumerate(GAP.findall(template))}
    return GAP.sub(lambda gap: values[gap[1]], template), values


def test_values_are_put_into_the_other_words() -> None:
    retelling = Retelling([("{path} has {count} frames.", "{count} : {path}"), ("It is over.", "vorbei")])
    assert retelling("a b.mp4 has 3 frames.") == "3 : a b.mp4"
    assert retelling("It is over.") == "vorbei"
    assert retelling("Nobody says this.") == "Nobody says this."
    assert retelling("") == ""


def test_what_fills_a_gap_is_retold_too() -> None:
    retelling = Retelling([("{path} cannot be read: {problem}.", "{path}? {problem}!"), ("the disk is full", "voll")])
    assert retelling("a.npz cannot be read: the disk is full.") == "a.npz? voll!"
    assert retelling("a cannot be read: the disk is full; the disk is full.") == "a? voll; voll!"
    assert retelling("b.npz: x: the disk is full.") == "b.npz: x: voll."
    assert retelling("a cannot be read: the disk is full; who knows.") == "a? voll; who knows!"


def test_sentences_are_told_apart_even_where_a_path_looks_like_their_end() -> None:
    retelling = Retelling([("{path} is gone.", "{path} weg."), ("Copy {what} again.", "Kopiere {what}.")])
    assert retelling("/a. B/c is gone. Copy it again.") == "/a. B/c weg. Kopiere it."
    assert retelling("a is gone. Nobody says this.") == "a weg. Nobody says this."


def test_what_merely_looks_like_a_template_of_few_letters_is_left_alone() -> None:
    retelling = Retelling([("{size} in {files}", "{files}: {size}"), ("all files", "alle")])
    assert retelling("3 MB in 5") == "5: 3 MB"
    assert retelling("3 MB in all files") == "alle: 3 MB"
    assert retelling("Something in Qt that nobody knows") == "Something in Qt that nobody knows"


def test_parts_of_a_sentence_keep_the_space_before_them() -> None:
    retelling = Retelling([("Open {listed}{more}.", "Öffne {listed}{more}."), (" and others", " und andere")])
    assert retelling("Open a, b and others.") == "Öffne a, b and others."
    assert retelling(" and others") == " und andere"
    assert retelling(" nothing known ") == " nothing known "


def test_the_template_that_states_most_is_taken() -> None:
    retelling = Retelling([("{a} becomes {b}", "1"), ("{a} becomes no file", "2"), ("{a} becomes {b} of {c}", "3")])
    assert [retelling(text) for text in ("x becomes y", "x becomes no file", "x becomes y of z")] == ["1", "2", "3"]


@pytest.mark.parametrize("code", OTHERS)
def test_nearly_everything_the_engine_says_is_in_the_catalogue(code: str) -> None:
    """A sentence that is new since ``python -m scripts.translations`` may be lacking; a few are no reason to fail."""
    set_language(code)
    known = {shape(template) for template in json.loads(resource_text("translations", code, "engine.json"))}
    wanted = [template for template in said() if tr(template) == template]
    lacking = [template for template in wanted if shape(template) not in known]
    assert len(wanted) > 600
    assert len(lacking) <= 0.01 * len(wanted), lacking


@pytest.mark.parametrize("code", OTHERS)
def test_every_template_is_recognised_as_itself_and_keeps_its_values(code: str) -> None:
    set_language(code)
    for said, retold in json.loads(resource_text("translations", code, "engine.json")).items():
        text, values = filled(said)
        assert set(GAP.findall(retold)) <= set(values), said
        assert retell(text) == GAP.sub(lambda gap, values=values: values[gap[1]], retold.strip()), said
        assert CHINESE.search(retold) or not re.search(r"[a-z]{3,} [a-z]{3,}", retold), said


@pytest.mark.parametrize("code", sorted(LANGUAGES))
def test_a_window_sends_nobody_to_the_command_line(code: str) -> None:
    set_language(code)
    for template, files in said().items():
        if any(name.startswith(INSPECTION) for name in files):
            continue
        assert not TO_THE_COMMAND_LINE.search(retell(filled(template)[0])), template


def test_real_errors_are_retold_with_their_values(tmp_path: Path) -> None:
    set_language("zh_CN")
    with pytest.raises(InputError) as lost:
        open_source(tmp_path / "gone.mp4")
    assert str(lost.value.message).endswith("gone.mp4.")
    assert retell(lost.value.message) == f"{tmp_path / 'gone.mp4'} 处什么也没有。"
    assert CHINESE.search(retell(lost.value.hint))
    with pytest.raises(ConfigError) as wrong:
        PipelineConfig().with_changes({"voxel_size": -1})
    told = retell(str(wrong.value))
    assert "-1" in told and CHINESE.search(told)


def test_english_is_the_engines_but_for_the_command_line() -> None:
    set_language(ENGLISH)
    assert retell("a.mp4 is empty: it has 0 bytes.") == "a.mp4 is empty: it has 0 bytes."
    reason = "The source has no camera poses, and no network is used: its weights are not installed"
    reason += " (l3rocc weights download)."
    assert retell(reason).endswith("its weights are not installed (Process › π³ weights…).")
