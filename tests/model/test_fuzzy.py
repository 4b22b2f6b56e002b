"""Finding a name from a few letters."""

import pytest

from l3rocc_studio.model.fuzzy import match_score


@pytest.mark.parametrize(
    ("wanted", "better", "worse"),
    [
        ("exp", "Export dataset", "Follow the export"),
        ("ge", "God's eye", "Range of the edges"),
        ("next", "Next frame", "Next keyframe"),
        ("play", "Play", "Playback speed"),
        ("lr", "LeRobot", "Follow later"),
    ],
)
def test_the_expected_name_comes_first(wanted: str, better: str, worse: str) -> None:
    first, second = match_score(wanted, better), match_score(wanted, worse)
    assert first is not None
    assert second is None or first > second


def test_letters_must_be_there_in_order() -> None:
    assert match_score("xyz", "Export") is None
    assert match_score("pe", "Export") is None
    assert match_score("EXPORT", "export") is not None
    assert match_score("ex port", "Export") == match_score("export", "Export")
    assert match_score("", "anything") == 0


def test_letters_that_only_happen_to_be_there_are_no_match() -> None:
    assert match_score("chinese", "Save screenshot in the folder above, see") is None
    assert match_score("scrnshot", "Save screenshot…") is not None
