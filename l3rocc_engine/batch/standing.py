"""What is there already of a target when a batch comes to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from l3rocc_engine.batch.input_hash import input_hashes
from l3rocc_engine.batch.publish import MANIFEST, is_published, published_place, result_folder
from l3rocc_engine.batch.result import UnitResult, UnitStatus, unit_place
from l3rocc_engine.batch.settings import BatchSettings
from l3rocc_engine.batch.unit import BatchTarget, BatchUnit
from l3rocc_engine.errors import OutputError
from l3rocc_engine.storage.replacing import check_folder


class Need(Enum):
    """What a unit needs."""

    NOTHING = "finished"
    WORK = "to do"
    PUBLISHING = "to be published"
    A_NEW_TRY = "failed before"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is there of one target.

    Attributes
    ----------
    target, place
        Which, and its folder.
    hashes
        Of its units' inputs by name; None where one cannot be read.
    is_published
        Whether the folder is there, whole, and made of these inputs with these settings.
    """

    target: BatchTarget
    place: Path
    hashes: Mapping[str, str | None]
    is_published: bool


def look_at(target: BatchTarget, out: Path, settings: BatchSettings) -> Standing:
    """Look at the input and at what comes out, without opening either.

    Raises
    ------
    OutputError
        If something that no batch made is in the way.
    """
    place = published_place(target, out, settings)
    if not (settings.in_place and target.is_dataset):
        if target.root.resolve().is_relative_to(place.resolve()):
            raise OutputError(f"{place} would take the place of its own input.", "Choose another output folder.")
        check_folder(place, mark=MANIFEST, kind="the output of a batch", overwrite=True)
    hashes = input_hashes(target)
    is_there = is_published(target, place, settings, hashes)
    return Standing(target=target, place=place, hashes=hashes, is_published=is_there)


def left_of(standing: Standing, unit: BatchUnit, out: Path, settings: BatchSettings) -> UnitResult | None:
    """How an earlier try of a unit ended, if that still counts: finished and whole, or failed by its own fault."""
    left, found_hash = unit_place(out, unit).read(), standing.hashes[unit.name]
    if left is None or found_hash is None or not left.matches(settings.digest(is_dataset=unit.is_episode), found_hash):
        return None
    if left.status is UnitStatus.FAILED:
        return None if left.is_passing else left
    return left if result_folder(left, unit, out, standing.place) is not None else None


def need_of(standing: Standing, unit: BatchUnit, out: Path, settings: BatchSettings) -> Need:
    """What a batch with these settings would do with a unit."""
    if settings.overwrite:
        return Need.WORK
    if standing.is_published:
        return Need.NOTHING
    left = left_of(standing, unit, out, settings)
    if left is None:
        return Need.WORK
    if left.status is UnitStatus.FAILED:
        return Need.WORK if settings.retry_failed else Need.A_NEW_TRY
    return Need.PUBLISHING
