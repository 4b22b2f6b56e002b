from __future__ import annotations

from l3rocc_engine.progress import STAGE_LABELS
from l3rocc_studio.model.stage_words import STAGE_WORDS, stage_text


def test_every_stage_of_the_engine_is_marked_for_translation_and_nothing_else() -> None:
    assert sorted(STAGE_WORDS) == sorted(STAGE_LABELS.values())


def test_a_stage_that_nobody_named_is_shown_as_it_is() -> None:
    assert stage_text("some_new_step") == "Some new step"
