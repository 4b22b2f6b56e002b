"""What the validator found, rule by rule."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any


class Outcome(Enum):
    """How a rule ended.

    ``WARNING``: the public loader opens the dataset, but something else that people use does not like it.
    ``SKIPPED``: there was nothing to look at.
    """

    OK = "ok"
    SKIPPED = "skipped"
    WARNING = "warning"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One outcome.

    Attributes
    ----------
    rule
        Stable name such as ``data.time``.
    sentence
        What is so, or what is wrong and where.
    file
        Relative to the dataset's folder; empty if it is about no single file.
    row
        Row of a table, line of a text file or frame, from 0; None if it is about none.
    """

    rule: str
    outcome: Outcome
    sentence: str
    file: str = ""
    row: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "rule": self.rule,
            "outcome": self.outcome.value,
            "file": self.file,
            "row": self.row,
            "sentence": self.sentence,
        }

    def text(self) -> str:
        """One line for people."""
        place = self.file + (f", row {self.row}" if self.row is not None else "")
        head = f"{self.outcome.value.upper():<7} {self.rule:<18} "
        return head + (f"{place}: {self.sentence}" if place else self.sentence)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationReport:
    """All findings on one folder, in the order of the rules.

    Attributes
    ----------
    path
        The folder.
    findings
        One or more of each rule.
    original
        The dataset that a batch labelled, where this is the result of it and the original is still there.
    in_original
        Findings that are true of the original as well, word for word.
    """

    path: Path
    findings: tuple[Finding, ...]
    original: Path | None = None
    in_original: tuple[Finding, ...] = ()

    @property
    def failures(self) -> tuple[Finding, ...]:
        """What is wrong."""
        return tuple(finding for finding in self.findings if finding.outcome is Outcome.FAIL)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """What some programs do not like."""
        return tuple(finding for finding in self.findings if finding.outcome is Outcome.WARNING)

    @property
    def ok(self) -> bool:
        """Whether no rule failed."""
        return not self.failures

    @property
    def is_strict(self) -> bool:
        """Whether no rule failed or warned."""
        return self.ok and not self.warnings

    def summary(self) -> str:
        """One sentence."""
        passed = sum(finding.outcome is Outcome.OK for finding in self.findings)
        verdict = "valid" if self.ok else "not valid"
        text = (
            f"{self.path} is {verdict}: {passed} rules passed, {len(self.warnings)} warnings, "
            f"{len(self.failures)} failures."
        )
        inherited = [finding for finding in self.in_original if finding.outcome is Outcome.FAIL]
        if self.original is None or not self.failures:
            return text
        share = "All" if len(inherited) == len(self.failures) else f"{len(inherited)}"
        return f"{text} {share} of the failures were there before it was labelled, in {self.original}."

    def text(self) -> str:
        """All findings and the summary, for people."""
        return "\n".join([*(finding.text() for finding in self.findings), self.summary()])

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "path": str(self.path),
            "ok": self.ok,
            "strict": self.is_strict,
            "original": None if self.original is None else str(self.original),
            "findings": [
                {**finding.to_dict(), "in_original": finding in self.in_original} for finding in self.findings
            ],
        }
