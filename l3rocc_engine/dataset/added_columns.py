"""A table of somebody else's with columns of ours behind its own, which stay as they are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from l3rocc_engine.dataset.features import Feature
from l3rocc_engine.dataset.table import Columns, arrow_array, hub_type
from l3rocc_engine.errors import InputError, OutputError
from l3rocc_engine.storage.folders import make_folders
from l3rocc_engine.storage.parquet import READ_ERRORS, open_parquet, write_parquet

_HUB_KEY = b"huggingface"


def write_with_columns(original: Path, target: Path, columns: Columns, features: Sequence[Feature]) -> None:
    """Copy a parquet file and append columns; a column of that name is replaced.

    Values, types, order and metadata of the other columns stay the same. The hub's description of the columns, where
    there is one, gets entries for the new ones.

    Parameters
    ----------
    original, target
        Files to read and to make.
    columns
        New values by key, (T, ...) with as many rows as the table.
    features
        Type and shape of each.

    Raises
    ------
    InputError
        The table cannot be read.
    OutputError
        Rows and values do not fit together.
    """
    try:
        with open_parquet(original) as file:
            table = file.read()
    except READ_ERRORS as error:
        raise InputError(f"The table {original} cannot be read: {error}.", "Copy the episode again.") from error
    for feature in features:
        array = arrow_array(feature, columns)
        if len(array) != table.num_rows:
            raise OutputError(f"{original.name} has {table.num_rows} rows, and {feature.key} has {len(array)}.")
        if feature.key in table.column_names:
            table = table.set_column(table.column_names.index(feature.key), feature.key, array)
        else:
            table = table.append_column(feature.key, array)
    make_folders(target.parent)
    write_parquet(table.replace_schema_metadata(_described(table.schema.metadata, features)), target)


def _described(metadata: dict[bytes, bytes] | None, features: Sequence[Feature]) -> dict[bytes, bytes] | None:
    if metadata is None or _HUB_KEY not in metadata:
        return metadata
    try:
        description = json.loads(metadata[_HUB_KEY])
        listed = description["info"]["features"]
        listed.update({feature.key: hub_type(feature) for feature in features})
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return metadata
    return {**metadata, _HUB_KEY: json.dumps(description).encode()}
