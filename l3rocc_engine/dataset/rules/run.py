"""The rule on ``meta/run.json``, for folders of ours."""

from __future__ import annotations

from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.folder import DatasetFolder
from l3rocc_engine.dataset.manifest import missing_files, read_manifest
from l3rocc_engine.dataset.rules.rule import NotApplicable, Problem, Problems, Rule
from l3rocc_engine.errors import InputError


def _manifest(folder: DatasetFolder) -> Problems:
    if not (folder.root / layout.RUN).is_file():
        raise NotApplicable(f"there is no {layout.RUN}, so the folder was not finished by this program")
    try:
        for sentence in missing_files(folder.root, read_manifest(folder.root)):
            yield Problem(sentence=sentence, file=layout.RUN)
    except InputError as error:
        yield Problem(sentence=error.message, file=layout.RUN)


RUN_RULES = (Rule(name="run.manifest", sentence="All files of the run are there in full.", search=_manifest),)
