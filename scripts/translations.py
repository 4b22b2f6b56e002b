"""Collect the window's sentences, and compile their translations.

``python scripts/translations.py`` brings ``resources/translations/*/studio.po`` up to date with the code, keeps what is
translated, and writes the ``.mo`` files that the program reads. Needs Babel (extra ``dev``).
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "l3rocc_studio"
TRANSLATIONS = ROOT / "resources" / "translations"
FUNCTIONS = {"tr", "N_"}
NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)
"""Dates would make every run a change."""
RECORDS = {"ActionSpec": ("label", "tooltip")}
"""Records whose sentences are translated where they are shown."""


def sentences(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of every sentence that a module marks."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        marked = node.args[:1] if node.func.id in FUNCTIONS else []
        marked += [word.value for word in node.keywords if word.arg in RECORDS.get(node.func.id, ())]
        for value in marked:
            if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
                yield value.lineno, value.value


def collect() -> Catalog:
    """All sentences of the program, in order of files."""
    catalog = Catalog(project="L3ROcc Studio", charset="utf-8", header_comment="# Sentences of L3ROcc Studio.")
    for path in sorted(SOURCES.rglob("*.py")):
        for _, text in sentences(path):
            catalog.add(text, locations=[(path.relative_to(ROOT).as_posix(), None)])
    return catalog


def main() -> int:
    """Update and compile every language; returns the number of sentences that lack a translation."""
    collected, missing = collect(), 0
    for folder in sorted(path for path in TRANSLATIONS.iterdir() if path.is_dir()):
        path = folder / "studio.po"
        catalog = Catalog(locale=folder.name, charset="utf-8")
        if path.is_file():
            with path.open("rb") as file:
                catalog = read_po(file, locale=folder.name, charset="utf-8")
        catalog.update(collected, no_fuzzy_matching=True)
        catalog.obsolete.clear()
        catalog.creation_date = catalog.revision_date = NO_DATE
        with path.open("wb") as file:
            write_po(file, catalog, width=120, omit_header=False, sort_output=True)
        with (folder / "studio.mo").open("wb") as file:
            write_mo(file, catalog)
        lacking = [message for message in catalog if message.id and not message.string]
        missing += len(lacking)
        sys.stdout.write(f"{folder.name}: {len(catalog)} sentences, {len(lacking)} without translation\n")
    return missing


if __name__ == "__main__":
    main()
