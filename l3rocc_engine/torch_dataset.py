"""Occupancy for training: a PyTorch dataset of single frames from any number of labelled episodes.

.. code-block:: python

    from torch.utils.data import DataLoader
    from l3rocc_engine.torch_dataset import OccupancyDataset

    frames = OccupancyDataset("labelled/", images=True)
    for batch in DataLoader(frames, batch_size=8, shuffle=True, num_workers=4):
        batch["image"], batch["occupied"], batch["visible"], batch["world_from_cam"], batch["K"]

The only module that imports torch when it is imported itself.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset, default_collate

from l3rocc_engine.errors import ConfigError
from l3rocc_engine.occupancy.grid import GridSpec
from l3rocc_engine.training.episode_index import IndexedEpisode, index_episodes
from l3rocc_engine.training.open_episode import EpisodeShelf

Form = Literal["bool", "float", "sparse"]
FORMS: tuple[Form, ...] = ("bool", "float", "sparse")
SPARSE_KEYS = ("occupied", "history")
Places = str | os.PathLike[str] | Sequence[str | os.PathLike[str]]


class OccupancyDataset(Dataset[dict[str, Any]]):
    """Frames of trajectories in either profile, of labelled datasets, and of merged ones.

    A frame is a dictionary of tensors:

    ``occupied``
        (X, Y, Z) bool or float32: voxels that the frame sees occupied. As ``"sparse"``: sorted flat indices, int64.
    ``visible``
        (X, Y, Z) bool or float32: voxels that it sees, free or occupied. As ``"sparse"``: the packed bits, uint8, most
        significant bit first.
    ``history``
        Like ``occupied``, what earlier frames saw, in this frame's grid; only if asked for.
    ``world_from_cam``
        (4, 4) float32, OpenCV camera axes; the unit is that of the episode's world.
    ``K``
        (3, 3) float32, pixels of the picture.
    ``image``
        (3, H, W) uint8 RGB; only if asked for.
    ``episode``, ``frame``
        Numbers: of the episode in :attr:`episodes`, and of the frame in it.

    Files are opened when a frame is first asked for, in each worker process anew, and only so many stay open. The
    dataset can be pickled, so that workers may be forked or spawned. All forms but ``"sparse"`` go through torch's
    ``default_collate``; that one needs :func:`collate_sparse`.

    Parameters
    ----------
    places
        A dataset, a folder above some, or several of these.
    form
        Of the voxels.
    images
        Whether pictures are decoded.
    history
        ``(length, step)`` as in the settings, or None.
    max_open
        Episodes that each process keeps open; a few megabytes each.
    skip_unlabelled
        Leave episodes without occupancy out instead of refusing them.

    Raises
    ------
    InputError
        There is no labelled episode, a dataset is damaged, or the grids differ.
    ConfigError
        An argument makes no sense.
    """

    def __init__(
        self,
        places: Places,
        *,
        form: Form = "bool",
        images: bool = False,
        history: tuple[int, int] | None = None,
        max_open: int = 32,
        skip_unlabelled: bool = False,
    ) -> None:
        if form not in FORMS:
            raise ConfigError(f"There is no form {form!r}.", f"Choose one of {', '.join(FORMS)}.")
        if history is not None and (history[0] < 1 or history[1] < 1):
            raise ConfigError(f"A history needs a length and a step of 1 or more, not {history}.")
        if max_open < 1:
            raise ConfigError(f"max_open must be 1 or more, not {max_open}.")
        listed = [places] if isinstance(places, str | os.PathLike) else places
        index = index_episodes([Path(place) for place in listed], skip_unlabelled=skip_unlabelled)
        self.episodes: tuple[IndexedEpisode, ...] = index.episodes
        self.grid: GridSpec = index.grid
        self.num_left_out = index.left_out
        self._form, self._images, self._history = form, images, history
        self._ends = np.cumsum([episode.length for episode in index.episodes])
        self._shelf = EpisodeShelf(index.grid, with_images=images, max_open=max_open)

    def __len__(self) -> int:
        return int(self._ends[-1])

    def locate(self, index: int) -> tuple[int, int]:
        """Numbers of the episode and of the frame in it.

        Raises
        ------
        IndexError
            If there is no such frame.
        """
        if not -len(self) <= index < len(self):
            raise IndexError(f"There are {len(self)} frames; there is no frame {index}.")
        index %= len(self)
        episode = int(np.searchsorted(self._ends, index, side="right"))
        return episode, index - (int(self._ends[episode - 1]) if episode else 0)

    def __getitem__(self, index: int) -> dict[str, Any]:
        """One frame.

        Raises
        ------
        IndexError
            If there is no such frame.
        InputError
            If a file is missing or damaged.
        """
        number, frame_idx = self.locate(index)
        episode = self._shelf.get(self.episodes[number])
        item: dict[str, Any] = {
            "occupied": self._voxels(episode.occupied(frame_idx)),
            "visible": self._mask(episode.visible(frame_idx)),
            "world_from_cam": torch.from_numpy(episode.world_from_cam[frame_idx].astype(np.float32)),
            "K": torch.from_numpy(episode.intrinsics[frame_idx].astype(np.float32)),
            "episode": number,
            "frame": frame_idx,
        }
        if self._history is not None:
            item["history"] = self._voxels(episode.history(frame_idx, *self._history))
        if self._images:
            item["image"] = torch.from_numpy(np.ascontiguousarray(episode.image(frame_idx).transpose(2, 0, 1)))
        return item

    def _voxels(self, indices: NDArray[np.int32]) -> torch.Tensor:
        if self._form == "sparse":
            return torch.from_numpy(indices.astype(np.int64))
        dense: NDArray[Any] = np.zeros(self.grid.num_voxels, dtype=np.bool_ if self._form == "bool" else np.float32)
        dense[indices] = 1
        return torch.from_numpy(dense.reshape(self.grid.shape))

    def _mask(self, packed: NDArray[np.uint8]) -> torch.Tensor:
        if self._form == "sparse":
            return torch.from_numpy(packed.copy())
        bits = np.unpackbits(packed, count=self.grid.num_voxels).reshape(self.grid.shape)
        return torch.from_numpy(bits.view(np.bool_) if self._form == "bool" else bits.astype(np.float32))


def collate_sparse(items: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Put frames of the form ``"sparse"`` into a batch.

    ``occupied`` and ``history`` become (N, 2) int64: number in the batch and flat index, as ``torch.sparse`` takes them
    (transposed). All else goes through ``default_collate``.
    """
    sparse = {
        key: torch.cat([torch.stack([torch.full_like(item[key], n), item[key]], dim=1) for n, item in enumerate(items)])
        for key in SPARSE_KEYS
        if key in items[0]
    }
    rest = default_collate([{k: v for k, v in item.items() if k not in SPARSE_KEYS} for item in items])
    return {**rest, **sparse}
