"""What a film is encoded with; who only asks for that need not import what draws and encodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import av
from PIL import __version__ as PIL_VERSION  # noqa: N812  (a constant, as it is used here)

from l3rocc_studio.model.film_spec import FilmFormat, FilmQuality

_QUICK = {
    "preset": "superfast",
    "x264-params": "bframes=0:aq-mode=0:subme=0:me=dia:cabac=0:weightp=0:scenecut=0"
    ":8x8dct=0:no-deblock=1:partitions=none:no-dct-decimate=1:chroma-qp-offset=3",
}
"""CAVLC instead of CABAC is a twentieth of the size for a third of the work; a constant quantizer gives what crf gives
without looking at each picture twice; whole blocks at a finer quantizer cost a fifth less than blocks cut up, for a
tenth of the size. A coarser one for colours is not seen. Neither larger transforms nor softened blocks pay there."""
H264_OPTIONS = {
    # As good as the preset "ultrafast" at crf 25, and as large, in less time.
    FilmQuality.DRAFT: {"qp": "27", **_QUICK},
    # On drawn pictures as good as the plain preset at crf 20 (45 dB), in a third of its time.
    FilmQuality.GOOD: {"qp": "21", **_QUICK},
    FilmQuality.BEST: {"crf": "16", "preset": "medium"},
}
VP9_OPTIONS = {
    FilmQuality.DRAFT: {"crf": "38", "cpu-used": "8", "deadline": "realtime"},
    FilmQuality.GOOD: {"crf": "29", "cpu-used": "7", "deadline": "realtime"},
    FilmQuality.BEST: {"crf": "22", "cpu-used": "3", "deadline": "good"},
}
ENCODER_THREADS = 1
"""The drawing beside it takes the other cores. Never the machine's count: the bits would depend on it."""
PNG_EFFORT = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """What makes a stream of pictures.

    Attributes
    ----------
    name, pixels, options
        FFmpeg's names.
    """

    name: str
    pixels: str
    options: dict[str, str]


def codec_of(kind: FilmFormat, quality: FilmQuality, *, is_clear: bool) -> Codec:
    """The codec of a film that is no folder of pictures; ``is_clear`` where its pictures have opacity."""
    if kind is FilmFormat.MP4:
        return Codec(name="libx264", pixels="yuv420p", options=H264_OPTIONS[quality])
    if kind is FilmFormat.GIF:
        return Codec(name="ffv1", pixels="bgr0", options={})
    options = {**VP9_OPTIONS[quality], "row-mt": "1", "b": "0"}
    if is_clear:
        return Codec(name="libvpx-vp9", pixels="yuva420p", options={**options, "auto-alt-ref": "0"})
    return Codec(name="libvpx-vp9", pixels="yuv420p", options=options)


def segment_suffix(kind: FilmFormat) -> str:
    """Ending of a segment's name; a gif gets its colours at the end, from a segment that lost nothing."""
    return {FilmFormat.MP4: ".mp4", FilmFormat.WEBM: ".webm", FilmFormat.GIF: ".mkv", FilmFormat.PNG: ""}[kind]


def takes_planes(kind: FilmFormat, *, is_clear: bool) -> bool:
    """Whether a film's pictures are best given as planes."""
    return kind is FilmFormat.MP4 or (kind is FilmFormat.WEBM and not is_clear)


def encoding_facts(kind: FilmFormat, quality: FilmQuality, *, is_clear: bool) -> tuple[Any, ...]:
    """Everything that a segment's bytes depend on besides its pictures, as plain values: segments agree if these do."""
    libraries = sorted(av.library_versions.items())
    if kind is FilmFormat.PNG:
        return ("png", PNG_EFFORT, PIL_VERSION)
    codec = codec_of(kind, quality, is_clear=is_clear)
    return (codec.name, codec.pixels, sorted(codec.options.items()), ENCODER_THREADS, av.__version__, libraries)
