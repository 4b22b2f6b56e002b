"""A command line's grammar whose mistakes end in one sentence and a hint, as everything else that goes wrong does."""

from __future__ import annotations

import argparse
import difflib
import re
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

from l3rocc_engine.errors import InputError
from l3rocc_studio.cli.console import TerminalReporter

_LIKENESS = 0.7
_NOT_A_NUMBER = re.compile(r"argument (?P<name>.+): invalid (?P<kind>int|float) value: '(?P<value>.*)'", re.DOTALL)
_NOT_A_CHOICE = re.compile(
    r"argument (?P<name>.+): invalid choice: '(?P<value>.*)' \(choose from (?P<choices>.*)\)", re.DOTALL
)
_OTHER = re.compile(r"argument (?P<name>[^:]+): (?P<problem>.*)", re.DOTALL)
_MISSING = re.compile(r"the following arguments are required: (?P<names>.*)", re.DOTALL)
_TOO_MUCH = re.compile(r"unrecognized arguments: (?P<words>.*)", re.DOTALL)


class CommandParser(argparse.ArgumentParser):
    """Options are written out in full, and an unknown one is named before anything else that is missing."""

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **options)

    def parse_known_args(  # type: ignore[override]  # the namespace is always a plain one here
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        """Look for unknown options first; those of a command are looked for by its own parser."""
        words = list(sys.argv[1:] if args is None else args)
        if self._subparsers is None:
            for word in words[: words.index("--") if "--" in words else None]:
                name = word.partition("=")[0]
                if name.startswith("--") and name not in self._option_string_actions:
                    near = difflib.get_close_matches(name, self._option_string_actions, n=1, cutoff=_LIKENESS)
                    self._refuse(
                        f"Unknown option {name}.", f"Did you mean {near[0]!r}?" if near else self._where_to_look
                    )
        return super().parse_known_args(words, namespace)

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the words of a command."""
        if found := _NOT_A_NUMBER.fullmatch(message):
            kind = "whole number" if found["kind"] == "int" else "number"
            self._refuse(f"{found['name']} takes a {kind}, not {found['value']!r}.", self._where_to_look)
        if found := _NOT_A_CHOICE.fullmatch(message):
            choices = re.findall(r"'([^']*)'", found["choices"])
            near = difflib.get_close_matches(found["value"], choices, n=1)
            hint = f"Did you mean {near[0]!r}?" if near else f"Choose from {', '.join(choices)}."
            is_option = found["name"].startswith("-")
            sentence = f"{found['name']} cannot be {{}}." if is_option else f"Unknown {found['name'].lower()} {{}}."
            self._refuse(sentence.format(repr(found["value"])), hint)
        if found := _MISSING.fullmatch(message):
            self._refuse(f"{self.prog} needs {found['names']} as well.", self._where_to_look)
        if found := _TOO_MUCH.fullmatch(message):
            self._refuse(f"{self.prog} does not take {found['words']}.", self._where_to_look)
        if found := _OTHER.fullmatch(message):
            self._refuse(f"{found['name']}: {found['problem']}.", self._where_to_look)
        self._refuse(f"{message[:1].upper()}{message[1:].rstrip('.')}.", self._where_to_look)

    @property
    def _where_to_look(self) -> str:
        return f"See {self.prog} --help."

    @staticmethod
    def _refuse(sentence: str, hint: str) -> NoReturn:
        TerminalReporter().error(sentence, hint)
        sys.exit(InputError.exit_code)
