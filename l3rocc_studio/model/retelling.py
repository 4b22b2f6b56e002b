"""The engine's sentences in other words.

The engine writes plain English and knows no window. Its sentences are recognised here by their templates (``{path}
cannot be read: {problem}.``), wherever they come from: an error just raised, a note of an old run, the failure of a
queue's entry read from a file. What fills the gaps is put into the other words, and retold itself where it is a
sentence too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

_GAP = re.compile(r"\{(\w+)\}")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z“\"'{\d])")
_NUMBER = re.compile(r"[\d.,]+")
_FEW_LETTERS = 5
_PLACE, _WIDE_PLACE = ": ", "："
_LIST, _WIDE_LIST = "; ", "；"
_FIRST_WIDE = "\u2e80"  # Chinese, Japanese and Korean signs and stops begin here
_ENDS_WIDE = ("。", "：", "；", "！", "？")


@dataclass(frozen=True, kw_only=True)
class Template:
    """One sentence of the engine.

    Attributes
    ----------
    said
        The English, with named gaps.
    retold
        The other words; may leave gaps out.
    """

    said: str
    retold: str

    @cached_property
    def literals(self) -> tuple[str, ...]:
        """What stands between the gaps."""
        return tuple(_GAP.split(self.said)[::2])

    @cached_property
    def anchor(self) -> str:
        """The longest piece that must be there."""
        return max(self.literals, key=len)

    @cached_property
    def is_faint(self) -> bool:
        """Whether it states so little (``{low} to {high}``) that other texts look like it."""
        letters = sum(sign.isalpha() for literal in self.literals for sign in literal)
        return letters < _FEW_LETTERS and not self.literals[0]

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Recognises the sentence."""
        return re.compile("(.*?)".join(map(re.escape, self.literals)), re.DOTALL)

    def values(self, text: str) -> dict[str, str] | None:
        """What fills the gaps, if the text is this sentence."""
        if self.anchor not in text:
            return None
        found = self.pattern.fullmatch(text)
        return dict(zip(_GAP.findall(self.said), found.groups(), strict=True)) if found else None


class Retelling:
    """Retells sentences in one language.

    Parameters
    ----------
    pairs
        Templates and their other words.
    """

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        templates = [Template(said=said.strip(), retold=retold.strip()) for said, retold in pairs if retold]
        self._exact = {template.said: template.retold for template in templates if not _GAP.search(template.said)}
        # The more is stated, the surer it is; a template of nearly nothing but gaps comes last.
        self._templates = sorted(
            (template for template in templates if template.said not in self._exact),
            key=lambda template: -sum(map(len, template.literals)),
        )

    def __call__(self, text: str) -> str:
        """The text in the other words; as it is, where it is not known.

        Parameters
        ----------
        text
            One or more sentences.
        """
        bare = text.strip()
        if not bare:
            return text
        told = self._all(bare) or self._piece_by_piece(bare)
        before, _, after = text.partition(bare)
        return ("" if told[0] >= _FIRST_WIDE else before) + told + after

    def _all(self, text: str) -> str | None:
        """The whole text; values that hold the end of a sentence are tried last."""
        return self._whole(text, is_strict=True) or self._in_turn(text) or self._whole(text, is_strict=False)

    def _in_turn(self, text: str) -> str | None:
        for end in _SENTENCE_END.finditer(text):
            first = self._whole(text[: end.start()], is_strict=False)
            rest = self._all(text[end.end() :]) if first is not None else None
            if first is not None and rest is not None:
                return _join(first, end.group(), rest)
        return None

    def _piece_by_piece(self, text: str) -> str:
        """What is known of a text that is not known as a whole."""
        end = _SENTENCE_END.search(text)
        if end is None:
            return self._at_a_place(text)
        first = text[: end.start()]
        return _join(self._all(first) or self._at_a_place(first), end.group(), self(text[end.end() :]))

    def _at_a_place(self, text: str) -> str:
        """``PLACE: PROBLEM.``, where the problem is known."""
        place, _, problem = text.rpartition(_PLACE)
        stop = "." if problem.endswith(".") else ""
        told = self._all(problem.removesuffix(".")) if place else None
        if told is None:
            return text
        is_wide = any(sign >= _FIRST_WIDE for sign in told)
        return place + (_WIDE_PLACE if is_wide else _PLACE) + told + ("。" if stop and is_wide else stop)

    def _whole(self, text: str, *, is_strict: bool) -> str | None:
        if text in self._exact:
            return self._exact[text]
        for template in self._templates:
            values = template.values(text)
            if values is not None and template.is_faint and not self._is_sure(values):
                continue
            if values is None or (is_strict and any(_SENTENCE_END.search(value) for value in values.values())):
                continue
            return _GAP.sub(lambda gap, values=values: self._value(values, gap), template.retold)  # type: ignore[misc]
        return None

    def _is_sure(self, values: dict[str, str]) -> bool:
        """Whether a match of nearly nothing is one: what comes last is a number, or known itself."""
        last = list(values.values())[-1]
        return _NUMBER.fullmatch(last) is not None or self(last) != last

    def _value(self, values: dict[str, str], gap: re.Match[str]) -> str:
        value = values.get(gap.group(1))
        if value is None:
            return gap.group()
        parts = value.split(_LIST)
        told = [self(part) for part in parts]
        if len(parts) == 1 or told == parts:
            return self(value)
        is_wide = any(sign >= _FIRST_WIDE for part in told for sign in part)
        return (_WIDE_LIST if is_wide else _LIST).join(told)


def _join(first: str, space: str, rest: str) -> str:
    """One sentence after another; wide stops need no space behind them."""
    return first + ("" if first.endswith(_ENDS_WIDE) and space == " " else space) + rest
