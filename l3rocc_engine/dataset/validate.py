"""Checks a dataset folder, ours or anybody's, against LeRobot v2.1 or v3.0 and the occupancy formats."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from l3rocc_engine.dataset.folder import DatasetFolder
from l3rocc_engine.dataset.folder_v30 import V30Folder, is_v30
from l3rocc_engine.dataset.layout import BATCH, INFO
from l3rocc_engine.dataset.report import Finding, ValidationReport
from l3rocc_engine.dataset.rules.metadata import METADATA_RULES
from l3rocc_engine.dataset.rules.occupancy import OCCUPANCY_RULES
from l3rocc_engine.dataset.rules.rule import Rule
from l3rocc_engine.dataset.rules.run import RUN_RULES
from l3rocc_engine.dataset.rules.schema import SCHEMA_RULES
from l3rocc_engine.dataset.rules.stats import STATS_RULES
from l3rocc_engine.dataset.rules.table import TABLE_RULES
from l3rocc_engine.dataset.rules.v30 import V30_RULES, in_words_of_v30
from l3rocc_engine.dataset.rules.video import VIDEO_RULES
from l3rocc_engine.errors import InputError
from l3rocc_engine.progress import CancelToken, EventSink, no_events, steps_of

RULES = (
    *RUN_RULES,
    *METADATA_RULES,
    *SCHEMA_RULES,
    *STATS_RULES,
    *TABLE_RULES,
    *VIDEO_RULES,
    *OCCUPANCY_RULES,
)
RULES_V30 = tuple(V30_RULES.get(rule.name, rule) for rule in RULES)


def validate_dataset(
    path: Path, *, events: EventSink = no_events, cancel: CancelToken | None = None
) -> ValidationReport:
    """Check a folder, rule by rule, and tell every contradiction with file and row.

    Parameters
    ----------
    path
        Folder that holds ``meta/info.json``.
    events, cancel
        Progress (stage ``check``) and the wish to stop, asked between rules.

    Raises
    ------
    InputError
        If ``path`` is no dataset folder at all.
    Cancelled
        If asked to stop.
    """
    if not (path / INFO).is_file():
        raise InputError(f"{path} is not a dataset folder: it has no {INFO}.", "Give the folder that holds meta/.")
    if is_v30(path):
        found = _findings(V30Folder(path, cancel), RULES_V30, events)
        return ValidationReport(path=path, findings=tuple(in_words_of_v30(finding) for finding in found))
    folder = DatasetFolder(path, cancel)
    findings, original = tuple(_findings(folder, RULES, events)), _original_of(folder)
    if original is None:
        return ValidationReport(path=path, findings=findings)
    before = set(_findings(DatasetFolder(original, cancel), RULES, no_events))
    both = tuple(finding for finding in findings if finding in before)
    return ValidationReport(path=path, findings=findings, original=original, in_original=both)


def _original_of(folder: DatasetFolder) -> Path | None:
    """The dataset that a batch has labelled, if this folder came of it and the original is still there."""
    manifest = folder.read_json(BATCH)
    source = manifest.get("source") if isinstance(manifest, dict) else None
    original = Path(source) if isinstance(source, str) and source else None
    if original is None or not (original / INFO).is_file() or original.resolve() == folder.root.resolve():
        return None
    return original


def _findings(folder: DatasetFolder, rules: Sequence[Rule], events: EventSink) -> Iterator[Finding]:
    report = steps_of(events, "check")
    for done, rule in enumerate(rules, start=1):
        folder.check_cancel()
        yield from rule.findings(folder)
        report(done, len(rules))
