"""What a rule is: a name, a sentence that holds if all is well, and a search for what is not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from l3rocc_engine.dataset.folder import DatasetFolder
from l3rocc_engine.dataset.report import Finding, Outcome

MOST_FINDINGS = 5
"""Problems of one rule that are told one by one; more of them are counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something that breaks a rule.

    Attributes
    ----------
    sentence
        What is wrong, with both numbers where two contradict each other.
    file, row
        Where, as in :class:`Finding`.
    is_warning
        True if the public loader gets along with it.
    """

    sentence: str
    file: str = ""
    row: int | None = None
    is_warning: bool = False


Problems = Iterator[Problem]


class NotApplicable(Exception):
    """Raised by a search when the folder has nothing that the rule could look at; says what is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A named check."""

    name: str
    sentence: str
    search: Callable[[DatasetFolder], Problems]

    def findings(self, folder: DatasetFolder) -> list[Finding]:
        """One OK, one that says why nothing was checked, or one a problem."""
        problems: list[Problem] = []
        outcome, sentence = Outcome.OK, self.sentence
        try:
            problems.extend(self.search(folder))  # keeps what was found before a search gave up
        except NotApplicable as reason:
            outcome, sentence = Outcome.SKIPPED, f"Not checked: {reason}."
        if not problems:
            return [Finding(rule=self.name, outcome=outcome, sentence=sentence)]
        told = [
            Finding(
                rule=self.name,
                outcome=Outcome.WARNING if problem.is_warning else Outcome.FAIL,
                sentence=problem.sentence,
                file=problem.file,
                row=problem.row,
            )
            for problem in sorted(problems, key=lambda problem: problem.is_warning)
        ]
        rest = told[MOST_FINDINGS:]
        if rest:
            outcome = Outcome.FAIL if any(f.outcome is Outcome.FAIL for f in rest) else Outcome.WARNING
            told[MOST_FINDINGS:] = [
                Finding(rule=self.name, outcome=outcome, sentence=f"{len(rest)} more problems of this kind.")
            ]
        return told
