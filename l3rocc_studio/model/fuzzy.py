"""Finding a name from a few of its letters."""

from __future__ import annotations

_START, _RUN, _LETTER = 8, 5, 1
_LETTERS_A_STRAY = 4
"""A longer query may have one letter in this many that stands alone within a word; else it is found by chance."""


def match_score(wanted: str, text: str) -> int | None:
    """How well the letters of a query are found, in order, in a text; case does not matter.

    Letters at the start of a word and letters in a row count for more, and of two equal matches the one in the shorter
    text is better.

    Parameters
    ----------
    wanted
        What was typed; blanks are ignored.
    text
        What it is looked for in.

    Returns
    -------
    int or None
        Higher is better; 0 for an empty query; None if the letters are not all there in order.
    """
    letters, hay = wanted.lower().replace(" ", ""), text.lower()
    if not letters:
        return 0
    best = [_score_from(letters, hay, start) for start in range(len(hay)) if hay[start] == letters[0]]
    found = [score for score in best if score is not None]
    return max(found) * 100 - len(text) if found else None


def _score_from(letters: str, hay: str, start: int) -> int | None:
    """The greedy match whose first letter is at ``start``; word starts are preferred for each following letter."""
    weights, last = [_weight(hay, start, -2)], start
    for letter in letters[1:]:
        at = _next(letter, hay, last + 1)
        if at is None:
            return None
        weights.append(_weight(hay, at, last))
        last = at
    is_chance = weights.count(_LETTER) > max(1, len(letters) // _LETTERS_A_STRAY)
    return None if is_chance else sum(weights)


def _next(letter: str, hay: str, begin: int) -> int | None:
    if begin < len(hay) and hay[begin] == letter:
        return begin
    places = [at for at in range(begin, len(hay)) if hay[at] == letter]
    starts = [at for at in places if _is_word_start(hay, at)]
    return next(iter(starts or places), None)


def _weight(hay: str, at: int, last: int) -> int:
    if at == last + 1:
        return _RUN
    return _START if _is_word_start(hay, at) else _LETTER


def _is_word_start(hay: str, at: int) -> bool:
    return at == 0 or not hay[at - 1].isalnum()
