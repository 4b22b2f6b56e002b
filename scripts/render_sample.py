"""Render the bundled sample: ``python -m scripts.render_sample`` writes resources/samples/room.mp4 and its truth.

Takes about ten minutes on two cores. ``--preview N`` writes single frames as PNG instead.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
from PIL import Image

from scripts.sample import camera
from scripts.sample.light import bake
from scripts.sample.render import depth_only, develop, render
from scripts.sample.room import furnish
from scripts.sample.truth import TruthRecorder
from scripts.sample.video import encode_under
from scripts.sample.world import make_world

ROOT = Path(__file__).resolve().parents[1]
SIZE_PX = (camera.WIDTH_PX, camera.HEIGHT_PX)
TRUTH_SIZE_PX = (160, 120)
LIMIT_BYTES = 2_900_000


def main() -> None:
    """Read the command line and render."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "resources" / "samples", help="folder to write to")
    parser.add_argument("--preview", type=int, nargs="*", help="render only these frames, as PNG")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    scene, lights = furnish()
    world = make_world(scene)
    light_map = bake(world, lights)
    print(f"{len(world.surfaces.patch)} triangles lit after {time.monotonic() - start:.0f} s")
    poses, k = camera.walk(), camera.intrinsics()
    if arguments.preview is not None:
        for i in arguments.preview:
            radiance, _ = render(world, light_map, poses[i], k, SIZE_PX)
            Image.fromarray(develop(radiance, i)).save(arguments.out / f"room_{i:03d}.png")
        return
    recorder = TruthRecorder(world, k, SIZE_PX)
    shrink = np.diag([TRUTH_SIZE_PX[0] / SIZE_PX[0], TRUTH_SIZE_PX[1] / SIZE_PX[1], 1.0])
    frames = []
    for i, pose in enumerate(poses):
        radiance, depth = render(world, light_map, pose, k, SIZE_PX)
        frames.append(develop(radiance, i))
        recorder.add_frame(pose, depth, depth_only(world, pose, shrink @ k, TRUTH_SIZE_PX))
        if i % 20 == 19:
            print(f"{i + 1} of {len(poses)} frames after {time.monotonic() - start:.0f} s", flush=True)
    crf = encode_under(arguments.out / "room.mp4", frames, camera.FPS, LIMIT_BYTES)
    recorder.save(arguments.out / "room.truth.npz", poses, camera.timestamps())
    sizes = {path.name: path.stat().st_size for path in sorted(arguments.out.glob("room.*"))}
    print(f"{recorder.is_seen.sum()} truth points; crf {crf}; bytes: {sizes}")


if __name__ == "__main__":
    main()
