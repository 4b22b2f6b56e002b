"""``meta/run.json``: what made a dataset folder, and the list of its files. A folder without it is not complete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from l3rocc_engine import __version__
from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.statements import sim3_statement, world_statement
from l3rocc_engine.errors import InputError
from l3rocc_engine.storage.atomic import write_json
from l3rocc_engine.storage.json_file import read_json
from l3rocc_engine.storage.space import file_size

if TYPE_CHECKING:  # what writes datasets is slow to import, and readers need none of it
    from l3rocc_engine.dataset.draft import Draft

FORMAT = "l3rocc-run"
FORMAT_VERSION = 1
FACTS = ("config", "record", "source", "video", "intrinsics", "sim3", "world", "notes")
"""What a manifest says of a run; of several runs in one folder each episode may have its own."""


def write_manifest(folder: Path, draft: Draft, notes: Sequence[str]) -> None:
    """Write ``meta/run.json`` last of all files."""
    run, source, k = draft.run, draft.run.source, draft.run.intrinsics
    write_json(
        folder / layout.RUN,
        {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "program_version": __version__,
            "profile": draft.profile,
            "config": run.config.to_dict(),
            "record": run.record.to_dict(),
            "source": {
                "name": source.name,
                "fps": source.fps,
                "size_px": list(source.size_px),
                "num_frames": draft.num_frames,
                "fingerprint": source.fingerprint,
                "warnings": list(source.warnings),
            },
            "video": {"fps": draft.fps, "size_px": list(draft.video_size_px), "padding": "right and bottom edge"},
            "intrinsics": [k.fx_px, k.fy_px, k.cx_px, k.cy_px, k.width_px, k.height_px],
            "sim3": sim3_statement(run.scale),
            "world": world_statement(run),
            "notes": list(notes),
            "episodes": [{"start": span.start, "stop": span.stop} for span in draft.spans],
            "files": list_files(folder),
        },
    )


def write_merged_manifest(folder: Path, episodes: Sequence[tuple[Mapping[str, Any], tuple[int, int]]]) -> None:
    """Write ``meta/run.json`` of a folder whose episodes come from several runs, last of all files.

    What all episodes have in common stands where a single run has it; the rest stands with each of them.

    Parameters
    ----------
    folder
        The dataset, in the lerobot profile.
    episodes
        :func:`episode_facts` of each and its frames ``(start, stop)`` in its own run.
    """
    first = episodes[0][0]
    shared = {key: first[key] for key in FACTS if all(facts.get(key) == first.get(key) for facts, _ in episodes)}
    entries = [
        {
            "start": start,
            "stop": stop,
            "facts": {key: facts[key] for key in FACTS if key in facts and key not in shared},
        }
        for facts, (start, stop) in episodes
    ]
    write_json(
        folder / layout.RUN,
        {
            "format": FORMAT,
            "format_version": FORMAT_VERSION,
            "program_version": __version__,
            "profile": "lerobot",
            **shared,
            "episodes": entries,
            "files": list_files(folder),
        },
    )


def episode_facts(manifest: Mapping[str, Any], episode_idx: int) -> dict[str, Any]:
    """What made one episode, by the names in :data:`FACTS`: its own facts, else those of the whole folder."""
    own = manifest["episodes"][episode_idx].get("facts") or {}
    return {key: value for key, value in {**manifest, **own}.items() if key in FACTS}


def list_files(folder: Path) -> list[dict[str, Any]]:
    """Path and size of every file below a folder, in order of names."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [{"path": path.relative_to(folder).as_posix(), "size_bytes": path.stat().st_size} for path in files]


def read_manifest(folder: Path) -> Mapping[str, Any]:
    """Read ``meta/run.json``.

    Raises
    ------
    InputError
        If it is missing, damaged, or of another version.
    """
    path = folder / layout.RUN
    try:
        manifest = read_json(path)
    except OSError as error:
        raise InputError(f"{folder} is not a finished result: it has no {layout.RUN}.", _hint(folder)) from error
    except ValueError as error:
        raise InputError(f"{path} is damaged.", str(error)) from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise InputError(f"{path} was not written by this program.")
    if manifest.get("format_version") != FORMAT_VERSION:
        raise InputError(
            f"{path} has the format version {manifest.get('format_version')}; this program reads {FORMAT_VERSION}.",
            "Update the program.",
        )
    if not _has_lists(manifest):
        raise InputError(f"{path} is damaged: its lists of files and episodes are not what they should be.")
    return manifest


def _hint(folder: Path) -> str:
    if (folder / Path(layout.RUN).name).is_file():
        return "These are the stages of a run: open its source in the window that made it, and export it from there."
    return "Give a folder that 'l3rocc process' has made."


def _has_lists(manifest: Mapping[str, Any]) -> bool:
    """Whether the files and episodes are listed as :func:`write_manifest` lists them."""
    files, episodes = manifest.get("files"), manifest.get("episodes")
    if not isinstance(files, list) or not isinstance(episodes, list):
        return False
    return all(isinstance(episode, dict) for episode in episodes) and all(
        isinstance(file, dict) and isinstance(file.get("path"), str) and isinstance(file.get("size_bytes"), int)
        for file in files
    )


def missing_files(folder: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Files of the manifest that are not there, or have another size.

    The tables of contents that LeRobot itself rewrites when somebody records on may have grown.
    """
    rewritten = (layout.INFO, layout.EPISODES, layout.EPISODES_STATS, layout.TASKS, layout.README)
    missing = []
    for entry in manifest["files"]:
        size = file_size(folder / entry["path"])
        if size is None:
            missing.append(f"{entry['path']} is missing")
        elif entry["path"] not in rewritten and size != entry["size_bytes"]:
            missing.append(f"{entry['path']} has {size:,} bytes, not {entry['size_bytes']:,}")
    return missing
