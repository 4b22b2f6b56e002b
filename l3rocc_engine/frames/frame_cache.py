"""Recently used pictures, up to a number of bytes."""

from __future__ import annotations

from collections import OrderedDict
from typing import Generic, TypeVar

Picture = TypeVar("Picture")


class FrameCache(Generic[Picture]):
    """Keeps the pictures used last; not thread safe by itself.

    Parameters
    ----------
    limit_bytes
        Oldest pictures are dropped once this is exceeded; the newest always stays.
    """

    def __init__(self, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._items: OrderedDict[int, tuple[Picture, int]] = OrderedDict()
        self._used_bytes = 0

    def __len__(self) -> int:
        return len(self._items)

    @property
    def used_bytes(self) -> int:
        """Bytes held now."""
        return self._used_bytes

    def get(self, frame_idx: int) -> Picture | None:
        """The picture, now the most recently used one, or None."""
        item = self._items.get(frame_idx)
        if item is None:
            return None
        self._items.move_to_end(frame_idx)
        return item[0]

    def put(self, frame_idx: int, picture: Picture, num_bytes: int) -> None:
        """Remember a picture and forget the oldest ones if need be."""
        old = self._items.pop(frame_idx, None)
        if old is not None:
            self._used_bytes -= old[1]
        self._items[frame_idx] = (picture, num_bytes)
        self._used_bytes += num_bytes
        while self._used_bytes > self._limit_bytes and len(self._items) > 1:
            _, (_, freed_bytes) = self._items.popitem(last=False)
            self._used_bytes -= freed_bytes

    def clear(self) -> None:
        """Forget everything."""
        self._items.clear()
        self._used_bytes = 0
