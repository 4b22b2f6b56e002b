"""A text that tells a developer what a person's machine was doing when something failed."""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterable
from importlib import metadata
from typing import TYPE_CHECKING

import psutil

from l3rocc_engine.errors import L3roccError

if TYPE_CHECKING:
    from l3rocc_engine.config import PipelineConfig

_LIBRARIES = ("l3rocc-studio", "PySide6-Essentials", "vtk", "numpy", "numba", "av", "pycolmap", "torch")


def error_report(error: L3roccError, config: PipelineConfig, input_name: str, log_lines: Iterable[str]) -> str:
    """Versions, machine, settings, the chain of causes and the end of the log, as plain text."""
    memory = psutil.virtual_memory()
    parts = [
        f"{type(error).__name__}: {error.message}",
        f"Hint: {error.hint}" if error.hint else "",
        *(f"Caused by {type(cause).__name__}: {cause}" for cause in _causes(error)),
        "",
        f"Input: {input_name or '-'}",
        f"System: {platform.platform()}, Python {sys.version.split()[0]}, {os.cpu_count()} cores, "
        f"{memory.available / 2**30:.1f} of {memory.total / 2**30:.1f} GiB free",
        "Libraries: " + ", ".join(f"{name} {_version(name)}" for name in _LIBRARIES),
        "Settings: " + json.dumps(config.to_dict()),
        "",
        "Log:",
        *log_lines,
    ]
    return "\n".join(part for index, part in enumerate(parts) if part or index > 1) + "\n"


def _causes(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = []
    cause = error.__cause__
    while cause is not None:
        chain.append(cause)
        cause = cause.__cause__
    return chain


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "-"
