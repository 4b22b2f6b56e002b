"""Opening video files with PyAV and decoding them so that every picture keeps the number of its packet."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
from av.codec.context import ThreadType
from av.error import FFmpegError
from av.stream import Disposition

from l3rocc_engine.cores import usable_cores
from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.stated_size import stated_size_bytes

MAX_DECODER_THREADS = 8
ACCEPTED = "mp4, mov, mkv, avi or webm video"
REPAIR_HINT = "Try to repair it with: ffmpeg -i INPUT -c:v libx264 -crf 18 repaired.mp4"


class VideoContainer:
    """One open video file: its picture stream, its packets, and pictures tagged with packet numbers.

    The tag takes the place of the packet's time stamp on the way through the decoder, which hands it on to the
    picture. So a picture is recognised whatever the container says about time.

    Raises
    ------
    InputError
        If the file cannot be opened or holds no video.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._first_packet: tuple[Any, ...] | None = None
        self._pending: Any = None
        self._is_at_start = True
        try:
            if not path.stat().st_size:
                raise InputError(f"{path} is empty: it has 0 bytes.", "Copy or record it again.")
            self._container: Any = av.open(str(path.absolute()), metadata_errors="ignore")
        except (FFmpegError, OSError) as error:
            raise _unopenable(path, error) from error
        try:
            self.stream: Any = self._picture_stream()
            self._prepare_decoder(frame_threads=True)
        except BaseException:
            self._container.close()
            raise

    def _picture_stream(self) -> Any:
        videos = [s for s in self._container.streams.video if not s.disposition & Disposition.attached_pic]
        if not videos:
            has_sound = bool(self._container.streams.audio)
            what = "only sound" if has_sound else "no video"
            raise InputError(f"{self.path} holds {what}, no moving picture.", f"Choose an {ACCEPTED}.")
        best = self._container.streams.best("video")
        stream = best if best in videos else videos[0]
        if stream.codec_context is None:
            raise InputError(
                f"{self.path} uses a video format that this program cannot decode.",
                "Convert it with: ffmpeg -i INPUT -c:v libx264 -crf 18 converted.mp4",
            )
        return stream

    def _prepare_decoder(self, *, frame_threads: bool) -> None:
        decoder = self.stream.codec_context
        decoder.thread_count = min(MAX_DECODER_THREADS, usable_cores())
        decoder.thread_type = "AUTO" if frame_threads else "SLICE"

    @property
    def format_names(self) -> frozenset[str]:
        """FFmpeg's names of the container format, such as ``{"mov", "mp4", …}``."""
        return frozenset(self._container.format.name.split(","))

    @property
    def size_bytes(self) -> int:
        """Size of the file."""
        return int(self._container.size)

    @property
    def is_cut_off(self) -> bool:
        """Whether the file is shorter than it says itself."""
        stated_bytes = stated_size_bytes(self.path)
        return stated_bytes is not None and stated_bytes > self.size_bytes

    def packets(self) -> Iterator[Any]:
        """The stream's packets from here on, in the order of the file; the empty ones are left out.

        Raises
        ------
        av.error.FFmpegError
            If the file is damaged at this place.
        """
        pending, self._pending = self._pending, None
        self._is_at_start = False
        if pending is not None:
            yield pending
        for packet in self._container.demux(self.stream):
            if packet.size > 0:
                self._first_packet = self._first_packet or _fields(packet)
                yield packet

    def decode_tagged(self, packet: Any, tag: int) -> list[Any]:
        """Send one packet and receive the pictures that are ready; ``frame.pts`` is the tag of their packet.

        Raises
        ------
        av.error.FFmpegError
            If the decoder refuses the packet.
        """
        packet.pts = tag
        return list(self.stream.codec_context.decode(packet))

    def decode_or_skip(self, numbered_packet: tuple[int, Any] | None) -> list[Any]:
        """Like :meth:`decode_tagged`, or :meth:`drain` for None, but what cannot be decoded gives no pictures."""
        try:
            if numbered_packet is None:
                return self.drain()
            number, packet = numbered_packet
            return self.decode_tagged(packet, number)
        except FFmpegError:
            return []

    def drain(self) -> list[Any]:
        """Receive the last pictures; afterwards only a seek makes the decoder work again."""
        return list(self.stream.codec_context.decode(None))

    def seek(self, time: int) -> None:
        """Go to the key frame at or before a time in units of the stream, and empty the decoder.

        Raises
        ------
        av.error.FFmpegError
            If the file cannot be positioned.
        """
        self._pending, self._is_at_start = None, False
        self._container.seek(time, stream=self.stream, backward=True)

    def rewind(self) -> None:
        """Go back to the first packet; where seeking does not lead there, open the file anew."""
        if not self._is_at_start and not self._seek_first_packet():
            self._open_anew(frame_threads=self.stream.codec_context.thread_type != ThreadType.SLICE)

    def _seek_first_packet(self) -> bool:
        if self._first_packet is None:
            return False
        times = [time for time in self._first_packet[:2] if time is not None]
        try:
            self.seek(min(times, default=0))
            packet = next(self.packets(), None)
        except FFmpegError:
            return False
        if packet is None or _fields(packet) != self._first_packet:
            return False
        self._pending, self._is_at_start = packet, True
        return True

    def decode_reproducibly(self) -> None:
        """Open anew without decoding pictures in parallel: slower, but errors in a damaged file hit the same ones."""
        self._open_anew(frame_threads=False)

    def _open_anew(self, *, frame_threads: bool) -> None:
        self._container.close()
        fresh = VideoContainer(self.path)
        self._container, self.stream = fresh._container, fresh.stream
        self._first_packet, self._pending, self._is_at_start = None, None, True
        self._prepare_decoder(frame_threads=frame_threads)

    def close(self) -> None:
        """Release the file."""
        self._container.close()


def _fields(packet: Any) -> tuple[Any, ...]:
    return packet.pts, packet.dts, packet.pos, packet.size


def _unopenable(path: Path, error: BaseException) -> InputError:
    try:
        size_bytes, stated_bytes = path.stat().st_size, stated_size_bytes(path)
    except OSError:
        size_bytes, stated_bytes = 0, None
    if size_bytes and stated_bytes is not None and stated_bytes > size_bytes:
        return InputError(
            f"{path} cannot be opened: it is cut off, with {size_bytes} of {stated_bytes} bytes.",
            "Copy or download it again.",
        )
    reason = str(getattr(error, "strerror", None) or error).rstrip(".")
    return InputError(
        f"{path} cannot be opened as a video: {reason}.",
        f"Choose an {ACCEPTED}. If it should be one, the file may be incomplete: copy or download it again.",
    )
