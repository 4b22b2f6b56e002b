"""Rules on ``videos/``: one mp4 an episode and key, at a constant rate, of the size that is declared."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np

from l3rocc_engine.dataset.folder import DatasetFolder
from l3rocc_engine.dataset.layout import REFERENCE_VIDEO
from l3rocc_engine.dataset.rules.rule import NotApplicable, Problem, Problems, Rule
from l3rocc_engine.dataset.rules.table import TOLERANCE_S
from l3rocc_engine.dataset.video import VideoFacts

BROWSER_CODECS = ("h264", "av1", "vp9", "vp8")
LONG_GROUP = 60


def _declared(folder: DatasetFolder) -> Iterator[tuple[int, str, Path, VideoFacts | str]]:
    """Every video that the metadata promise."""
    if not folder.video_keys:
        raise NotApplicable("there are no video features")
    for episode_idx in sorted(folder.lengths):
        for key in folder.video_keys:
            path = folder.video_path(episode_idx, key)
            yield episode_idx, key, path, folder.video(path)


def _readable(folder: DatasetFolder) -> Iterator[tuple[int, str, str, VideoFacts]]:
    for episode_idx, key, path, facts in _declared(folder):
        if not isinstance(facts, str):
            yield episode_idx, key, folder.relative(path), facts


def _files(folder: DatasetFolder) -> Problems:
    for _, _, path, facts in _declared(folder):
        if isinstance(facts, str):
            yield Problem(sentence=facts, file=folder.relative(path))


def _undeclared(folder: DatasetFolder) -> Problems:
    promised = {folder.video_path(i, key) for i in folder.lengths for key in folder.video_keys}
    for path in folder.all_files:
        if path.suffix.lower() != ".mp4" or path in promised:
            continue
        here = partial(Problem, file=folder.relative(path))
        if folder.profile == "interndata" and path.name == REFERENCE_VIDEO:
            yield here(sentence="a second name of the video; LeRobot cannot record on beside it", is_warning=True)
            continue
        yield here(
            sentence="no feature declares this video, so no loader shows it",
            is_warning=path.relative_to(folder.root).parts[0] != "videos",
        )
        facts = folder.video(path)
        if isinstance(facts, str):
            continue
        if folder.fps and abs(facts.fps - folder.fps) > 1e-3:
            yield here(sentence=f"the video runs at {facts.fps:g} frames a second, but fps is {folder.fps:g}")
        for stated in {length for length in folder.lengths.values() if len(folder.lengths) == 1}:
            if facts.num_frames != stated:
                yield here(sentence=f"the video has {facts.num_frames} frames, but the episode states {stated}")


def _frames(folder: DatasetFolder) -> Problems:
    for episode_idx, _, name, facts in _readable(folder):
        table = folder.table(episode_idx)
        wanted = folder.lengths[episode_idx] if isinstance(table, str) else table.num_rows
        if facts.num_frames != wanted:
            yield Problem(sentence=f"the video has {facts.num_frames} frames for {wanted} rows", file=name)


def _clock(folder: DatasetFolder) -> Problems:
    for _, _, name, facts in _readable(folder):
        if not folder.fps:
            return
        late_s = np.abs(facts.times_s - np.arange(facts.num_frames) / folder.fps)
        wrong = np.flatnonzero(late_s > TOLERANCE_S)
        if len(wrong):
            row = int(wrong[0])
            yield Problem(
                sentence=f"the frame is shown at {facts.times_s[row]:.4f} s, not {row / folder.fps:.4f}",
                file=name,
                row=row,
            )


def _sizes(folder: DatasetFolder) -> Problems:
    for _, key, name, facts in _readable(folder):
        feature = folder.features[key]
        shape, info = feature.get("shape"), feature.get("info") or feature.get("video_info") or {}
        width, height = facts.size_px
        if isinstance(shape, list) and len(shape) == 3 and [height, width] not in (shape[:2], shape[1:]):
            yield Problem(sentence=f"the video is {width}x{height}, but the shape {shape} is declared", file=name)
        if not isinstance(info, dict):
            continue
        stated = {"video.width": width, "video.height": height, "video.fps": facts.fps, "video.codec": facts.codec}
        for entry, found in stated.items():
            if entry in info and info[entry] != found:
                yield Problem(
                    sentence=f"{entry} is declared as {info[entry]}, but is {found}",
                    file=name,
                    is_warning=entry == "video.codec",  # LeRobot's own appended episodes differ; no reader looks at it
                )


def _codecs(folder: DatasetFolder) -> Problems:
    for _, _, name, facts in _readable(folder):
        here = partial(Problem, file=name)
        if facts.codec == "hevc":
            yield here(sentence="HEVC gives wrong frame times after seeking in LeRobot's decoders")
        elif facts.codec not in BROWSER_CODECS:
            yield here(sentence=f"no browser plays {facts.codec}", is_warning=True)
        if facts.pixel_format != "yuv420p":
            yield here(sentence=f"many players need yuv420p, not {facts.pixel_format}", is_warning=True)
        if facts.num_key_frames * LONG_GROUP < facts.num_frames:
            yield here(
                sentence=f"only {facts.num_key_frames} of {facts.num_frames} frames are key frames: "
                "reading single frames is slow",
                is_warning=True,
            )


VIDEO_RULES = (
    Rule(name="video.files", sentence="Every promised video is there and readable.", search=_files),
    Rule(name="video.undeclared", sentence="There is no video that no feature declares.", search=_undeclared),
    Rule(name="video.frames", sentence="Videos have a frame a row.", search=_frames),
    Rule(name="video.time", sentence="Frame i is shown at i / fps.", search=_clock),
    Rule(name="video.size", sentence="Videos have the size, rate and codec that are declared.", search=_sizes),
    Rule(name="video.codec", sentence="The codec plays everywhere and seeks well.", search=_codecs),
)
