"""Find the sentences of the engine that a person of the window can meet.

The engine writes plain English (``f"{path} cannot be read: {problem}."``) and knows no catalogue. Here each such string
becomes a template with named gaps (``{path} cannot be read: {problem}.``), which the studio recognises and retells
(``l3rocc_studio.model.retelling``).
"""

from __future__ import annotations

import ast
import errno
import os
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ENGINE = ROOT / "l3rocc_engine"
STUDIO_PARTS = tuple(ROOT / "l3rocc_studio" / name for name in ("model", "render", "services"))
WINDOW = ROOT / "l3rocc_studio" / "ui"
COMMAND_LINE_ONLY = (
    "batch",
    "dataset/merging",
    "dataset/report.py",
    "dataset/rules",
    "dataset/validate.py",
    "evaluation",
    "torch_dataset.py",
    "training",
)
"""Parts of the engine that no window uses."""
WRITTEN_TO_FILES = (
    "dataset/card.py",
    "dataset/interndata.py",
    "dataset/lerobot.py",
    "dataset/provenance.py",
    "dataset/statements.py",
    "interchange/colmap_files.py",
    "late_imports.py",
    "storage/world_comment.py",
)
"""Parts whose words are for whoever reads the file, in English."""
NOT_SAID = {
    "allocate memory",
    "comment {line}",
    "could not create a primitive",
    "element vertex {points}",
    "format binary_little_endian 1.0",
    "l3rocc visual",
    "look {merges_with} {drags}",
    "match again",
    "match surface",
    "property {type_names} {name}",
    "right and bottom edge",
    "world_from_cam, OpenCV camera axes; times are those of the source",
    "world frame",
    "coordinates of the run's world; this node's matrix turns them to glTF's Y up",
    "L3ROcc Studio {version}",
}
"""Words that nobody is told: keys, formats, what a library's error holds."""
SYSTEM_REASONS = {
    *(errno.EACCES, errno.EBUSY, errno.EDQUOT, errno.EEXIST, errno.EFBIG, errno.EINVAL, errno.EIO, errno.EISDIR),
    *(errno.ELOOP, errno.EMFILE, errno.ENAMETOOLONG, errno.ENODEV, errno.ENOENT, errno.ENOMEM, errno.ENOSPC),
    *(errno.ENOTDIR, errno.ENOTEMPTY, errno.EPERM, errno.EROFS, errno.ESTALE, errno.ETXTBSY),
    *(errno.ETIMEDOUT, errno.ECONNREFUSED, errno.ECONNRESET, errno.EHOSTUNREACH, errno.ENETUNREACH),
}
"""What the system gives as the reason in many sentences."""
SINGLE_WORDS = ("video", "nothing")
"""Words that fill a gap of a sentence all by themselves."""
MARKED = {"tr", "N_", "retell"}
"""What is marked belongs to the other catalogue."""
SILENT_CALLS = {
    "add_argument",
    "compile",
    "debug",
    "error",
    "exception",
    "getenv",
    "info",
    "replace",
    "startswith",
    "warning",
}
"""Calls whose strings are patterns, or go to the log."""
SILENT_PARENTS = (ast.Assert, ast.Compare, ast.Subscript)
_WORDS = re.compile(r"[^\W\d_]{2,}[’”\"',:;)]* [(“\"']?[^\W\d_]|\} [a-z]{2,}|[^\W\d_]{2,}:? \{")
_GAP = re.compile(r"\{\w+\}")
_NO_WORDS = re.compile(r"[\n\t\\|<>]|^[\w.-]+/\S*$|_\{|^#|^-|vec[234]")


def engine_templates() -> dict[str, list[str]]:
    """Every template, and the files that it stands in."""
    named_elsewhere = (*(os.strerror(number) for number in SYSTEM_REASONS), *SINGLE_WORDS)
    found: dict[str, list[str]] = {text: ["system"] for text in named_elsewhere}
    named: dict[str, str] = {}
    for path in _modules():
        name = path.relative_to(ROOT).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for template in templates(tree, are_errors_only=path.is_relative_to(WINDOW)):
            # The same words with gaps of other names are the same sentence.
            files = found.setdefault(named.setdefault(shape(template), template), [])
            if name not in files:
                files.append(name)
    return found


def shape(template: str) -> str:
    """The words without the names of the gaps; who renames a variable changes no sentence."""
    return _GAP.sub("{}", template)


def templates(tree: ast.Module, *, are_errors_only: bool = False) -> Iterator[str]:
    """The templates of one module, in the order of the tree; of errors only, where the rest is marked."""
    silent = _docstrings(tree)
    todo: list[ast.AST] = [*_error_calls(tree)] if are_errors_only else [tree]
    while todo:
        node = todo.pop(0)
        if id(node) in silent or _is_silent(node):
            continue
        if isinstance(node, ast.Constant | ast.JoinedStr):
            template = _template(node)
            if template not in NOT_SAID and _WORDS.search(template) and not _NO_WORDS.search(template):
                yield template
        todo += [
            child
            for child in ast.iter_child_nodes(node)
            if not (isinstance(node, ast.JoinedStr) and isinstance(child, ast.Constant))
        ]


def _modules() -> Iterator[Path]:
    for path in sorted(ENGINE.rglob("*.py")):
        name = path.relative_to(ENGINE).as_posix()
        if not any(name == part or name.startswith(f"{part}/") for part in COMMAND_LINE_ONLY + WRITTEN_TO_FILES):
            yield path
    for folder in (*STUDIO_PARTS, WINDOW):
        yield from sorted(folder.rglob("*.py"))


def _error_calls(tree: ast.Module) -> Iterator[ast.Call]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith("Error"):
            yield node


def _is_silent(node: ast.AST) -> bool:
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        return name in MARKED | SILENT_CALLS
    return isinstance(node, SILENT_PARENTS)


def _docstrings(tree: ast.Module) -> set[int]:
    return {id(node) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)}


def _template(node: ast.Constant | ast.JoinedStr) -> str:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) and "{" not in node.value else ""
    text, used = "", set[str]()
    for part in node.values:
        if isinstance(part, ast.Constant):
            text += str(part.value)
        elif isinstance(part, ast.FormattedValue):
            name = _gap(part.value)
            number = next(n for n in range(1, 99) if (name if n == 1 else f"{name}{n}") not in used)
            used.add(name if number == 1 else f"{name}{number}")
            text += "{" + (name if number == 1 else f"{name}{number}") + "}"
    return text


def _gap(value: ast.expr) -> str:
    """A name for a gap: the last word of what fills it."""
    if isinstance(value, ast.Name):
        return value.id.strip("_").lower() or "value"
    if isinstance(value, ast.Attribute):
        return value.attr.strip("_").lower() if value.attr not in {"name", "message"} else _gap(value.value)
    if isinstance(value, ast.Call):
        inner = value.args or ([value.func.value] if isinstance(value.func, ast.Attribute) else [])
        return _gap(inner[0]) if inner and not isinstance(inner[0], ast.Constant) else "value"
    if isinstance(value, ast.IfExp):
        return "words"
    if isinstance(value, ast.BinOp):
        return _gap(value.left) if not isinstance(value.left, ast.Constant) else _gap(value.right)
    if isinstance(value, ast.BoolOp):
        return _gap(value.values[0])
    if isinstance(value, ast.Subscript):
        return _gap(value.value)
    return "value"
