"""``l3rocc weights``: the π³ network's weights, which come from their authors and under their terms."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from l3rocc_engine.backends.pi3.weights import (
    LICENCE_NOTICE,
    PUBLISHED,
    WeightsSpec,
    default_folder,
    file_problem,
    find_weights,
)
from l3rocc_engine.backends.pi3.weights_store import WeightsStore
from l3rocc_engine.config import PipelineConfig, load_config
from l3rocc_engine.errors import InputError
from l3rocc_engine.progress import CancelToken, steps_of
from l3rocc_engine.storage.space import readable_size
from l3rocc_studio.cli.console import Reporter
from l3rocc_studio.services.machine import free_disk_bytes

_NOT_ACCEPTED = "The weights are not fetched before their licence is accepted."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    texts = {
        "status": "tell where the weights are",
        "download": "fetch them; goes on where it was stopped",
        "add": "take a file that you have",
        "verify": "read the whole file and compare its SHA-256",
        "remove": "delete the file, an unfinished download and the noted digest",
    }
    for name, text in texts.items():
        action = actions.add_parser(name, help=text, description=text)
        action.add_argument("--folder", type=Path, help=f"where they are kept (default {default_folder()})")
        action.add_argument(
            "--json", action="store_true", default=argparse.SUPPRESS, help="one JSON object a line, for machines"
        )
        if name == "add":
            action.add_argument("file", type=Path, help="model.safetensors of yyfz233/Pi3")
        if name in ("download", "add", "verify"):
            action.add_argument("--sha256", help="digest that the file must have, instead of the noted one")
            action.add_argument("--config", type=Path, help="settings file whose weights_url and weights_sha256 count")
        if name == "download":
            action.add_argument("--url", action="append", default=[], help="mirror to fetch from; may be repeated")
        if name in ("download", "add"):
            action.add_argument(
                "--accept-licence",
                action="store_true",
                help="accept the weights' licence, CC BY-NC 4.0, without asking",
            )


def run(arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken) -> int:
    """Do the action."""
    spec = wanted_weights(arguments)
    store = WeightsStore((arguments.folder or default_folder()).absolute(), spec)
    if arguments.action in ("download", "add") and file_problem(store.path, spec) is not None:
        require_licence(arguments.accept_licence, reporter)
    actions = {"status": _status, "download": _download, "add": _add, "verify": _verify, "remove": _remove}
    text, facts = actions[arguments.action](store, arguments, reporter, cancel)
    reporter.result(text, facts)
    return 0


def wanted_weights(arguments: argparse.Namespace) -> WeightsSpec:
    """The published file, from the mirror and with the digest of the options, else of the settings file.

    Raises
    ------
    ConfigError
        The settings file cannot be read or has a wrong setting.
    """
    file = getattr(arguments, "config", None)
    settings = load_config(file) if file else PipelineConfig()
    urls = getattr(arguments, "url", []) or ([settings.weights_url] if settings.weights_url else [])
    return PUBLISHED.with_sources(urls, getattr(arguments, "sha256", None) or settings.weights_sha256)


def require_licence(is_accepted: bool, reporter: Reporter) -> None:
    """Show the notice; go on only after a yes.

    Raises
    ------
    InputError
        Nobody said yes.
    """
    reporter.remark(LICENCE_NOTICE)
    if is_accepted:
        return
    if not sys.stdin.isatty():
        raise InputError(_NOT_ACCEPTED, "Run the command again with --accept-licence.")
    reporter.remark("Do you accept these terms? Type 'yes' to go on.")
    if sys.stdin.readline().strip().lower() not in ("yes", "y"):
        raise InputError(_NOT_ACCEPTED)


def _status(
    store: WeightsStore, _arguments: argparse.Namespace, _reporter: Reporter, _cancel: CancelToken
) -> tuple[str, dict[str, Any]]:
    found = find_weights(store.folder, store.spec)
    part_bytes = store.unfinished_bytes
    own_problem = file_problem(store.path, store.spec) if store.path.exists() else None
    facts: dict[str, Any] = {
        "found": str(found) if found else None,
        "folder": str(store.folder),
        "unfinished_bytes": part_bytes,
        "wanted_bytes": store.spec.data_bytes,
        "free_bytes": free_disk_bytes(store.folder),
        "is_busy": store.is_busy,
        "sha256": store.pinned_sha256,
    }
    lines = [
        f"The weights are at {found}."
        if found
        else "The weights are not installed; get them with 'l3rocc weights download'."
    ]
    if own_problem:
        lines.append(own_problem)
        facts["problem"] = own_problem
    if facts["is_busy"]:
        lines.append(f"They are being downloaded or copied now; {readable_size(part_bytes)} so far.")
    elif part_bytes:
        lines.append(f"An unfinished download has {readable_size(part_bytes)}; 'l3rocc weights download' goes on.")
    if not found:
        lines.append(_room_text(store))
    if store.pinned_sha256:
        lines.append(f"SHA-256 noted at the first check: {store.pinned_sha256}")
    return "\n".join(lines), facts


def _room_text(store: WeightsStore) -> str:
    """What a download brings and what the disk has room for."""
    missing, free = store.spec.data_bytes - store.unfinished_bytes, free_disk_bytes(store.folder)
    text = f"The download is {readable_size(missing)}; the disk of {store.folder} has {readable_size(free)} free"
    return f"{text}, which is too little." if store.place_problem else f"{text}."


def _download(
    store: WeightsStore, _arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken
) -> tuple[str, dict[str, Any]]:
    if file_problem(store.path, store.spec) is not None and not store.place_problem:
        reporter.remark(_room_text(store))
    path = store.download(
        progress=steps_of(reporter.event, "download"),
        check_progress=steps_of(reporter.event, "check"),
        cancel=cancel,
    )
    return _there(store, path)


def _add(
    store: WeightsStore, arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken
) -> tuple[str, dict[str, Any]]:
    copying, checking = steps_of(reporter.event, "copy"), steps_of(reporter.event, "check")
    return _there(store, store.add(arguments.file, copy_progress=copying, progress=checking, cancel=cancel))


def _there(store: WeightsStore, path: Path) -> tuple[str, dict[str, Any]]:
    digest = store.pinned_sha256
    return f"{path}\n  SHA-256 {digest}", {"path": str(path), "sha256": digest}


def _verify(
    store: WeightsStore, _arguments: argparse.Namespace, reporter: Reporter, cancel: CancelToken
) -> tuple[str, dict[str, Any]]:
    path = find_weights(store.folder, store.spec) or store.path
    digest = store.verify(path, progress=steps_of(reporter.event, "check"), cancel=cancel)
    is_known = store.expected_sha256(path) is not None
    word = "as noted" if is_known else "nothing was noted to compare it with"
    return f"{path}\n  SHA-256 {digest}, {word}", {"path": str(path), "sha256": digest, "is_pinned": is_known}


def _remove(
    store: WeightsStore, _arguments: argparse.Namespace, _reporter: Reporter, _cancel: CancelToken
) -> tuple[str, dict[str, Any]]:
    freed = store.remove()
    text = f"Freed {readable_size(freed)} in {store.folder}." if freed else f"There was nothing in {store.folder}."
    return text, {"folder": str(store.folder), "freed_bytes": freed}
