"""Collect the window's sentences and the engine's, and compile their translations.

``python -m scripts.translations`` brings ``resources/translations/*/studio.po`` and ``engine.po`` up to date with the
code, keeps what is translated, and writes what the program reads: ``studio.mo``, and ``engine.json`` of the engine's
templates. English has an ``engine.po`` too: there a sentence is translated where the window has other words for it than
the command line. Needs Babel (extra ``dev``).
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from scripts.engine_sentences import engine_templates, shape

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "l3rocc_studio"
TRANSLATIONS = ROOT / "resources" / "translations"
GAP = re.compile(r"\{(\w+)\}")
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


def collect_engine(known: Catalog) -> Catalog:
    """What the engine may say in a window, less what the window says with the same words and translates already."""
    catalog = Catalog(project="L3ROcc Studio", charset="utf-8")
    for template, files in sorted(engine_templates().items()):
        if template not in known:
            catalog.add(template, locations=[(name, None) for name in files])
    return catalog


def main() -> int:
    """Update and compile every language; returns the number of sentences that lack a translation."""
    windows, missing = collect(), 0
    engines = collect_engine(windows)
    for folder in sorted(path for path in TRANSLATIONS.iterdir() if path.is_dir()):
        is_english = folder.name == "en"
        studio = windows if is_english else update(folder / "studio.po", windows)
        engine = update(folder / "engine.po", engines)
        # English needs those without other words too: a sentence with other words may stand in their gaps.
        same = [studio[template] for template in engine_templates() if template in studio]
        said = [message for message in [*engine, *same] if message.id and (message.string or is_english)]
        pairs = {str(message.id): str(message.string or message.id) for message in said}
        text = json.dumps(pairs, ensure_ascii=False, indent=0, sort_keys=True)
        (folder / "engine.json").write_text(text + "\n", encoding="utf-8")
        if is_english:
            continue
        with (folder / "studio.mo").open("wb") as file:
            write_mo(file, studio)
        lacking = [message for message in [*studio, *engine] if message.id and not message.string]
        missing += len(lacking)
        sys.stdout.write(f"{folder.name}: {len(studio)} + {len(engine)} sentences, {len(lacking)} untranslated\n")
    return missing


def update(path: Path, collected: Catalog) -> Catalog:
    """Bring one file up to date with what was collected; what is translated is kept."""
    catalog = Catalog(locale=path.parent.name, charset="utf-8")
    if path.is_file():
        with path.open("rb") as file:
            catalog = read_po(file, locale=path.parent.name, charset="utf-8")
        carry_over(catalog, collected)
    catalog.update(collected, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.creation_date = catalog.revision_date = NO_DATE
    with path.open("wb") as file:
        write_po(file, catalog, width=120, omit_header=False, sort_output=True)
    return catalog


def carry_over(catalog: Catalog, collected: Catalog) -> None:
    """Keep the translation of a sentence whose gaps merely have other names now."""
    by_shape = {shape(str(message.id)): message for message in catalog if message.id and message.string}
    for wanted in [message for message in collected if message.id and message.id not in catalog]:
        before = by_shape.get(shape(str(wanted.id)))
        if before is None:
            continue
        names = dict(zip(GAP.findall(str(before.id)), GAP.findall(str(wanted.id)), strict=True))
        catalog.add(wanted.id, GAP.sub(lambda gap, names=names: f"{{{names[gap[1]]}}}", str(before.string)))


if __name__ == "__main__":
    main()
