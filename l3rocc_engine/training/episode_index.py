"""Which labelled episodes there are below some folders; nothing large is opened."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from l3rocc_engine.dataset import layout
from l3rocc_engine.dataset.finder import find_datasets
from l3rocc_engine.dataset.folder import DatasetFolder
from l3rocc_engine.dataset.merging.sidecars import find_sidecars, part_statement
from l3rocc_engine.errors import ConfigError, InputError
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.progress import CancelToken
from l3rocc_engine.storage.npz_stream import NpzStream

HINT = "Run 'l3rocc validate' to see what is wrong with it."
NEEDED = (layout.OCC_FILE, layout.MASK_FILE)


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexedEpisode:
    """One episode with occupancy.

    Attributes
    ----------
    root, number
        Its dataset and its number there.
    length
        Frames.
    table
        Its rows.
    video
        The declared video, or None where the dataset declares none.
    occupied, visible
        The two sequences.
    poses
        Poses in full precision, or None where there is only the table.
    """

    root: Path
    number: int
    length: int
    table: Path
    video: Path | None
    occupied: Path
    visible: Path
    poses: Path | None

    @property
    def place(self) -> str:
        """How sentences call it."""
        return f"Episode {self.number} of {self.root}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeIndex:
    """The episodes and the grid that they share.

    Attributes
    ----------
    episodes
        In the order of folders and numbers.
    grid
        The same for all.
    left_out
        Episodes without occupancy.
    """

    episodes: tuple[IndexedEpisode, ...]
    grid: GridSpec
    left_out: int


def index_episodes(
    places: Sequence[Path], *, skip_unlabelled: bool = False, cancel: CancelToken | None = None
) -> EpisodeIndex:
    """List the episodes of datasets of either profile, labelled datasets and merged ones.

    Parameters
    ----------
    places
        Datasets, or folders above them.
    skip_unlabelled
        Leave episodes without occupancy out instead of refusing them.
    cancel
        The wish to stop.

    Raises
    ------
    InputError
        There is no dataset, one is damaged, an episode has no occupancy, or grids differ.
    Cancelled
        If asked to stop.
    """
    cancel = cancel or CancelToken()
    episodes: list[IndexedEpisode] = []
    grid: tuple[GridSpec, Path] | None = None
    left_out = 0
    for root in find_datasets(places, cancel=cancel):
        cancel.check()
        folder = DatasetFolder(root, cancel)
        found = list(_labelled(folder))
        missing = len(folder.lengths) - len(found)
        if missing and not skip_unlabelled:
            raise InputError(
                f"{root} has {missing} episodes without occupancy.",
                "Run 'l3rocc batch' on it, or leave them out with skip_unlabelled=True.",
            )
        left_out += missing
        if not found:
            continue
        stated = _grid_of(folder, found[0])
        if grid is not None and grid[0] != stated:
            raise InputError(f"{grid[1]} and {root} have different grids: {grid[0]} and {stated}.", "Load them apart.")
        grid = grid or (stated, root)
        episodes += found
    if grid is None:
        raise InputError(f"There is no episode with occupancy in {', '.join(map(str, places))}.", "Run 'l3rocc batch'.")
    return EpisodeIndex(episodes=tuple(episodes), grid=grid[0], left_out=left_out)


def _labelled(folder: DatasetFolder) -> Iterator[IndexedEpisode]:
    root, lengths = folder.root, folder.lengths
    version = str(folder.info.get("codebase_version"))
    if version != layout.CODEBASE_VERSION:
        raise InputError(
            f"{root} is a dataset of the version {version}; this reads {layout.CODEBASE_VERSION}.",
            "Give the v2.1 datasets that it was made of.",
        )
    if not lengths:
        raise InputError(f"{root / layout.EPISODES} lists no episode.", HINT)
    keys = folder.video_keys
    for number, length in sorted(lengths.items()):
        if length < 1:
            raise InputError(f"{root / layout.EPISODES} gives episode {number} the length {length}.", HINT)
        sidecars = find_sidecars(root, number, is_alone=len(lengths) == 1)
        if not all(name in sidecars for name in NEEDED):
            continue
        yield IndexedEpisode(
            root=root,
            number=number,
            length=length,
            table=folder.table_path(number),
            video=folder.video_path(number, keys[0]) if keys else None,
            occupied=sidecars[layout.OCC_FILE],
            visible=sidecars[layout.MASK_FILE],
            poses=sidecars.get(layout.POSES_FILE),
        )


def _grid_of(folder: DatasetFolder, episode: IndexedEpisode) -> GridSpec:
    """What the metadata state, else what the mask file does; the shipped one where neither says it (the original)."""
    stated: Any = part_statement(folder).get("grid") or {}
    values, voxel_size = stated.get("range"), stated.get("voxel_size")
    if values is None or voxel_size is None:
        with NpzStream(episode.visible) as npz:
            if not {"range", "voxel_size"} <= npz.names():
                return GridSpec()
            values, voxel_size = npz.array("range").tolist(), npz.array("voxel_size").item()
    try:
        x0, y0, z0, x1, y1, z1 = (float(value) for value in values)
        return GridSpec(pc_range=(x0, y0, z0, x1, y1, z1), voxel_size=float(voxel_size))
    except (TypeError, ValueError, ConfigError) as error:
        raise InputError(f"{folder.root} states no usable grid: {error}.", HINT) from error
