"""One telling picture of an input, found without going through all of it."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from l3rocc_engine.errors import InputError
from l3rocc_engine.frames.colors import rgb_of
from l3rocc_engine.frames.dataset_meta import read_dataset_meta
from l3rocc_engine.frames.episode_files import find_episode_files, is_episode_folder
from l3rocc_engine.frames.image_file import read_rgb_image
from l3rocc_engine.frames.images import list_images
from l3rocc_engine.frames.orientation import orientation_of

WHERE = 0.3
"""Share of the clip after which the picture is taken; the very first ones are often black."""


def preview_picture(path: Path, episode: int | None = None) -> NDArray[np.uint8]:
    """A picture from the first third of a video, a folder of pictures or an episode, (H, W, 3) uint8 RGB.

    Raises
    ------
    InputError
        If none can be had.
    """
    try:
        if path.is_dir() and is_episode_folder(path):
            files = find_episode_files(path, read_dataset_meta(path), episode)
            return _of_video(files.video) if files.video else _of_pictures(list(files.rgb_images))
        return _of_pictures(list_images(path)) if path.is_dir() else _of_video(path)
    except (OSError, FFmpegError) as error:
        raise InputError(f"{path} gives no picture: {error}.") from error


def _of_pictures(pictures: list[Path]) -> NDArray[np.uint8]:
    if not pictures:
        raise InputError("There are no pictures in this folder.")
    return read_rgb_image(pictures[int(WHERE * (len(pictures) - 1))])


def _of_video(path: Path) -> NDArray[np.uint8]:
    with av.open(str(path.absolute()), metadata_errors="ignore") as container:
        if not container.streams.video:
            raise InputError(f"{path} holds no moving picture.")
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        if container.duration:
            container.seek(int(WHERE * container.duration), backward=True, any_frame=False)
        frame = next(container.decode(stream), None)
        if frame is None:
            raise InputError(f"{path} gives no picture.")
        return orientation_of(frame).apply(rgb_of(frame))
