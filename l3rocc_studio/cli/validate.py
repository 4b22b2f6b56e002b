"""``l3rocc validate``: is a dataset folder what it claims to be?"""

from __future__ import annotations

import argparse
from pathlib import Path

from l3rocc_engine import dataset
from l3rocc_engine.progress import CancelToken
from l3rocc_studio.cli.console import Reporter

NOT_VALID = 4


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("dataset", type=Path, help="folder with meta/info.json")


def run(arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken) -> int:
    """Print every rule with its outcome; exit code 4 if one failed."""
    report = dataset.validate_dataset(arguments.dataset, events=reporter.event, cancel=cancel)
    reporter.result(report.text(), report.to_dict())
    return 0 if report.ok else NOT_VALID
