"""The rule on the manifests of runs and batches, for folders of ours."""

from __future__ import annotations

from functools import partial

from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.folder import DatasetFolder
from l3rocc_engine.dataset.manifest import missing_files, read_manifest
from l3rocc_engine.dataset.rules.rule import NotApplicable, Problem, Problems, Rule
from l3rocc_engine.errors import InputError
from l3rocc_engine.storage.space import file_size


def _manifest(folder: DatasetFolder) -> Problems:
    if (folder.root / layout.RUN).is_file():
        try:
            for sentence in missing_files(folder.root, read_manifest(folder.root)):
                yield Problem(sentence=sentence, file=layout.RUN)
        except InputError as error:
            yield Problem(sentence=error.message, file=layout.RUN)
    elif (folder.root / layout.BATCH).is_file():
        yield from _labelled(folder)
    else:
        raise NotApplicable(
            f"there is neither {layout.RUN} nor {layout.BATCH}, which tell what a run or a batch of this program wrote"
        )


def _labelled(folder: DatasetFolder) -> Problems:
    """A dataset that a batch has labelled: every file with the size that it had when it was finished."""
    manifest, here = folder.read_json(layout.BATCH), partial(Problem, file=layout.BATCH)
    files = manifest.get("files") if isinstance(manifest, dict) else None
    if not isinstance(files, dict):
        yield here(sentence="the file is damaged: it lists no files")
        return
    for name, size in files.items():
        found = file_size(folder.root / name)
        if not isinstance(size, int):
            yield here(sentence=f"the size of {name} is given as {size!r}, which is not a number of bytes")
        elif found is None:
            yield here(sentence=f"{name} is missing")
        elif found != size:
            yield here(sentence=f"{name} has {found:,} bytes, not {size:,}")


RUN_RULES = (Rule(name="run.manifest", sentence="All files of the run or batch are there in full.", search=_manifest),)
