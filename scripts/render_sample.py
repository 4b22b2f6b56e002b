"""Render the bundled sample: ``python -m scripts.render_sample`` writes resources/samples/room.mp4 and its truth.

Takes about ten minutes on two cores. ``--preview N`` writes single frames as PNG instead.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from PIL import Image

from l3rocc_engine.sample import TRUTH_NAME, VIDEO_NAME
from scripts.sample import camera
from scripts.sample.light import LightMap, bake
from scripts.sample.render import develop, render, trace_depth
from scripts.sample.room import furnish
from scripts.sample.truth import TruthRecorder
from scripts.sample.video import encode_under
from scripts.sample.world import World, make_world

ROOT = Path(__file__).resolve().parents[1]
SIZE_PX = (camera.WIDTH_PX, camera.HEIGHT_PX)
TRUTH_SIZE_PX = (160, 120)
LIMIT_BYTES = 2_900_000


def main() -> None:
    """Read the command line and render."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "resources" / "samples", help="folder to write to")
    parser.add_argument("--preview", type=int, nargs="*", default=[], help="render only these frames, as PNG")
    parser.add_argument("--truth-only", action="store_true", help="leave the video as it is")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    scene, lights = furnish()
    world = make_world(scene)
    print(f"{len(world.surfaces.patch)} triangles after {time.monotonic() - start:.0f} s", flush=True)
    if not arguments.truth_only:
        write_pictures(world, bake(world, lights), arguments.out, arguments.preview)
    if not arguments.preview:
        write_truth(world, arguments.out)
    print(f"done after {time.monotonic() - start:.0f} s")


def write_pictures(world: World, light_map: LightMap, out: Path, preview: list[int]) -> None:
    """Render the video, or single frames as PNG."""
    poses, k = camera.walk(), camera.intrinsics()
    frames = []
    for i in preview or range(len(poses)):
        frames.append(develop(render(world, light_map, poses[i], k, SIZE_PX), i))
        if preview:
            Image.fromarray(frames[-1]).save(out / f"room_{i:03d}.png")
        elif i % 20 == 19:
            print(f"{i + 1} of {len(poses)} frames", flush=True)
    if not preview:
        crf = encode_under(out / VIDEO_NAME, frames, camera.FPS, LIMIT_BYTES)
        print(f"rate factor {crf}, {(out / VIDEO_NAME).stat().st_size} bytes")


def write_truth(world: World, out: Path) -> None:
    """Trace the depth of every frame, find which points are seen, and write cameras, depth and points."""
    poses, k = camera.walk(), camera.intrinsics()
    recorder = TruthRecorder(world, k, SIZE_PX)
    shrink = np.diag([TRUTH_SIZE_PX[0] / SIZE_PX[0], TRUTH_SIZE_PX[1] / SIZE_PX[1], 1.0])
    for pose in poses:
        recorder.add_frame(pose, trace_depth(world, pose, shrink @ k, TRUTH_SIZE_PX))
    recorder.save(out / TRUTH_NAME, poses, camera.timestamps())
    print(f"{recorder.is_seen.sum()} truth points, {(out / TRUTH_NAME).stat().st_size} bytes")


if __name__ == "__main__":
    main()
