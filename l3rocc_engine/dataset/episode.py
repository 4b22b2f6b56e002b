"""Which frames of a run make up which episode of a dataset."""

from __future__ import annotations

from dataclasses import dataclass

from l3rocc_engine.occupancy.rows import Piece, RowStore
from l3rocc_engine.occupancy.sequence import OccupancySequence

LONGEST_EPISODE_S = 1000
"""float32 timestamps stay within the public loader's tolerance for 1024 s at the worst of the usual rates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EpisodeSpan:
    """Source frames ``start`` to ``stop`` (not included)."""

    episode_idx: int
    start: int
    stop: int

    @property
    def num_frames(self) -> int:
        """Frames of the episode."""
        return self.stop - self.start


def split_into_episodes(frames: range, fps: int) -> tuple[EpisodeSpan, ...]:
    """As few episodes as possible of nearly equal length, none of which reaches 1000 s."""
    num_frames = len(frames)
    count = max(1, -(-num_frames // (LONGEST_EPISODE_S * fps)))
    borders = [frames.start + num_frames * i // count for i in range(count + 1)]
    return tuple(EpisodeSpan(episode_idx=i, start=borders[i], stop=borders[i + 1]) for i in range(count))


class _RowRange:
    """A run of another store's rows."""

    def __init__(self, rows: RowStore, start: int, stop: int) -> None:
        self._rows, self._start, self._stop = rows, start, stop

    def __len__(self) -> int:
        return self._stop - self._start

    def num_bytes(self, row_idx: int) -> int:
        """Length of one row before compression."""
        return self._rows.num_bytes(self._start + row_idx)

    def piece(self, row_idx: int) -> Piece:
        """One row, still compressed."""
        return self._rows.piece(self._start + row_idx)

    def row(self, row_idx: int) -> bytes:
        """One row."""
        return self._rows.row(self._start + row_idx)


def occupancy_of(span: EpisodeSpan, occupancy: OccupancySequence) -> OccupancySequence:
    """One episode's part of a sequence; nothing is copied or decompressed."""
    if span.num_frames == occupancy.num_frames:
        return occupancy
    return OccupancySequence(
        grid=occupancy.grid,
        world_from_cam=occupancy.world_from_cam[span.start : span.stop],
        occupied_rows=_RowRange(occupancy.occupied_rows, span.start, span.stop),
        visible_rows=_RowRange(occupancy.visible_rows, span.start, span.stop),
        in_view=occupancy.in_view,
        notes=occupancy.notes,
    )
