"""Single pictures of a dataset's video, in any order, with one thread and little memory.

A data loader has many processes and wants pictures from everywhere: so a file is opened in a few milliseconds, decodes
without threads of its own and keeps nothing. :class:`l3rocc_engine.frames.video.VideoSource` looks into damaged and odd
files as well, but opens them slower; here such files are refused.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av

from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.colors import rgb_of
from l3rocc_engine.frames.orientation import orientation_of
from l3rocc_engine.frames.source import RgbImage

HINT = "Run 'l3rocc validate' to see what is wrong with the dataset."


class ExactFrames:
    """Pictures of one video by number, in order of presentation.

    A picture is recognised by its own time stamp, so that seeking cannot give a neighbour.

    Parameters
    ----------
    path
        The video.

    Raises
    ------
    InputError
        If it is no readable video, or its frames have no different times.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._container: Any = av.open(str(path.absolute()), metadata_errors="ignore")
        except (av.FFmpegError, OSError) as error:
            raise InputError(f"{path} is not a readable video: {error}.", HINT) from error
        try:
            self._stream, self._times = self._read_times()
        except BaseException:
            self._container.close()
            raise

    def _read_times(self) -> tuple[Any, list[int]]:
        """The picture track and its frames' time stamps in order, from the packets; nothing is decoded."""
        if not self._container.streams.video:
            raise InputError(f"{self._path} has no picture track.", HINT)
        stream = self._container.streams.video[0]
        stream.thread_type, stream.codec_context.thread_count = "NONE", 1
        try:
            times = sorted(p.pts for p in self._container.demux(stream) if p.pts is not None and p.size)
        except (av.FFmpegError, OSError) as error:
            raise self._damaged(str(error)) from error
        if not times or len(set(times)) != len(times):
            raise self._damaged("its frames have no times of their own")
        return stream, times

    @property
    def num_frames(self) -> int:
        """Number of pictures."""
        return len(self._times)

    def frame(self, frame_idx: int) -> RgbImage:
        """One picture, (H, W, 3) uint8 RGB.

        Raises
        ------
        InputError
            If there is no such picture, or it cannot be decoded.
        """
        if not 0 <= frame_idx < self.num_frames:
            raise InputError(f"{self._path} has {self.num_frames} frames; there is no frame {frame_idx}.")
        wanted = self._times[frame_idx]
        picture = self._decode(wanted, wanted) or self._decode(wanted, self._times[0])
        if picture is None:
            raise self._damaged(f"frame {frame_idx} does not decode")
        return orientation_of(picture).apply(rgb_of(picture))

    def _decode(self, wanted: int, start: int) -> Any | None:
        """The picture with a time stamp, looked for from the key frame before ``start``; None if it is not met."""
        try:
            self._container.seek(start, stream=self._stream, backward=True)
            for picture in self._container.decode(self._stream):
                if picture.pts is not None and picture.pts >= wanted:
                    return picture if picture.pts == wanted else None
        except (av.FFmpegError, OSError) as error:
            raise self._damaged(str(error)) from error
        return None

    def _damaged(self, problem: str) -> InputError:
        return InputError(f"{self._path} cannot be read frame by frame: {problem}.", HINT)

    def close(self) -> None:
        """Release the file."""
        self._container.close()
