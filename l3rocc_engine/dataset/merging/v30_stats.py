"""Statistics of a v3.0 dataset: of each episode as columns, and of the whole as one object with quantiles."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from l3rocc_engine.dataset.merging.part import HINT
from l3rocc_engine.errors import InputError
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.storage.parquet import open_parquet

STATISTICS = ("min", "max", "mean", "std", "count")
QUANTILES = {"q01": 0.01, "q10": 0.10, "q50": 0.50, "q90": 0.90, "q99": 0.99}
_PICTURES = ("video", "image")
_KINDS = {"bool": np.bool_, "float32": np.float64, "float64": np.float64}

Features = Mapping[str, Mapping[str, Any]]
Stats = Mapping[str, Any]


def stats_columns(features: Features, stats: Sequence[Stats]) -> dict[str, pa.Array]:
    """``stats/<feature>/<statistic>``, one value an episode; features that some episode has none of are left out.

    Parameters
    ----------
    features
        Of ``info.json``.
    stats
        Of each episode, as ``episodes_stats.jsonl`` holds them.
    """
    columns = {}
    for key in features:
        entries = [episode.get(key) for episode in stats]
        for name in STATISTICS:
            values = [_array(features[key], name, entry) for entry in entries if isinstance(entry, Mapping)]
            if len(values) == len(stats) and len({value.shape for value in values}) == 1:
                columns[f"stats/{key}/{name}"] = pa.array([value.tolist() for value in values])
    return columns


def _array(feature: Mapping[str, Any], name: str, entry: Mapping[str, Any]) -> NDArray[Any]:
    """One statistic in one type for all episodes: JSON does not tell 1 from 1.0."""
    kind: type = _KINDS.get(str(feature.get("dtype")), np.int64)
    if name == "count":
        kind = np.int64
    elif name in ("mean", "std") or feature.get("dtype") in _PICTURES:
        kind = np.float64
    try:
        return np.asarray(entry.get(name), dtype=kind)
    except (TypeError, ValueError) as error:
        raise InputError(f"A dataset states {name} as {entry.get(name)!r}, which are not numbers.", HINT) from error


def dataset_stats(
    features: Features, stats: Sequence[Stats], tables: Sequence[Path], cancel: CancelToken
) -> dict[str, Any]:
    """``stats.json``.

    Smallest and largest values, mean and deviation follow from those of the episodes, weighted by their counts (Chan,
    Golub and LeVeque 1983). Quantiles of columns are exact, from all rows, one column in memory at a time; those of
    pictures would need every video decoded and are left out, as LeRobot's own converter does, and rows of different
    lengths have none.

    Raises
    ------
    InputError
        The episodes' statistics are no numbers, or do not fit together.
    Cancelled
        If asked to stop.
    """
    merged: dict[str, Any] = {}
    for key, feature in features.items():
        cancel.check()
        entries = [episode[key] for episode in stats if isinstance(episode.get(key), Mapping)]
        if len(entries) != len(stats):
            continue
        merged[key] = _aggregate(key, feature, entries)
        if feature.get("dtype") not in _PICTURES:
            merged[key].update(_quantiles(key, tables))
    return merged


def _aggregate(key: str, feature: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    stacked = []
    for name in STATISTICS:
        values = [_array(feature, name, entry) for entry in entries]
        if len({value.shape for value in values}) != 1:
            raise InputError(f"The datasets state {name} of {key} in different shapes.", HINT)
        stacked.append(np.stack(values))
    lows, highs, means, stds, counts = stacked
    weights = counts.reshape(len(entries), *[1] * (means.ndim - 1))
    total = int(counts.sum())
    if total < 1 or not lows.shape == highs.shape == means.shape == stds.shape:
        raise InputError(f"The statistics of {key} count no frames, or differ in shape.", HINT)
    mean = (means * weights).sum(axis=0) / total
    variance = ((stds**2 + (means - mean) ** 2) * weights).sum(axis=0) / total
    return {
        "min": lows.min(axis=0).tolist(),
        "max": highs.max(axis=0).tolist(),
        "mean": mean.tolist(),
        "std": np.sqrt(variance).tolist(),
        "count": [total],
    }


def _quantiles(key: str, tables: Sequence[Path]) -> dict[str, Any]:
    parts = [_numbers(_column(key, path)) for path in tables]
    numbers = [part for part in parts if part is not None]
    if len(numbers) != len(parts):
        return {}
    found = np.quantile(np.concatenate(numbers).astype(np.float64), list(QUANTILES.values()), axis=0)
    return {name: np.atleast_1d(value).tolist() for name, value in zip(QUANTILES, found, strict=True)}


def _column(key: str, path: Path) -> pa.ChunkedArray:
    with open_parquet(path) as file:
        return file.read(columns=[key]).column(0)


def _numbers(column: pa.ChunkedArray) -> NDArray[Any] | None:
    """Rows of numbers or of nested lists of one shape as (T, ...); None if they are neither."""
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks)
    shape = [len(array)]
    while pa.types.is_list(array.type) or pa.types.is_fixed_size_list(array.type) or pa.types.is_large_list(array.type):
        inner = array.flatten()
        shape.append(len(inner) // max(1, len(array)))
        array = inner
    if not (pa.types.is_integer(array.type) or pa.types.is_floating(array.type) or pa.types.is_boolean(array.type)):
        return None
    return array.to_numpy(zero_copy_only=False).reshape(shape) if math.prod(shape) == len(array) else None
