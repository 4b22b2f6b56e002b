"""The π³ network against the published way of computing it: same weights, same input, same run, turn by turn.

``python -m benchmarks --only network``, or with other sizes and the full table of differences
``python -m benchmarks.bench_network --size 490x518 --frames 1 2 4 --repeats 1``. The weights are name-seeded
noise of the full 959 million parameters, since their values do not matter for speed; the quick way takes the tiny
network. Memory is that of the weights plus what a call adds to it.
"""

from __future__ import annotations

import argparse
import gc
import math
import statistics
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import torch

from benchmarks.measure import Cost, Row, cost_of
from benchmarks.published_network import PublishedNetwork
from benchmarks.table import print_rows
from pi3 import TINY, Pi3, Pi3Config
from pi3.config import PATCH

SIZE_PX = (252, 252)
FRAMES = (2, 4)
REPEATS = 3
DTYPES = ("float32", "bfloat16")
A_SIXTH = Pi3Config(encoder_depth=4, decoder_depth=6, head_depth=1)
"""A sixth of the blocks at full width in nearly the same proportions: the same ratios in a sixth of the time."""


def rows(*, is_quick: bool) -> list[Row]:
    """Both dtypes at a few numbers of frames."""
    if is_quick:
        return compare(TINY, (28, 42), (2,), repeats=1)
    return compare(Pi3Config(), SIZE_PX, FRAMES, repeats=REPEATS)


def compare(
    config: Pi3Config,
    size_px: tuple[int, int],
    counts: tuple[int, ...],
    *,
    repeats: int,
    dtypes: tuple[str, ...] = DTYPES,
) -> list[Row]:
    """Rows of both networks and their ratios; ``size_px`` is (height, width)."""
    found = []
    for dtype in dtypes:
        is_bf16 = dtype == "bfloat16"
        published = PublishedNetwork(filled(config), is_bf16=is_bf16)
        ours = filled(config).cast_trunk(torch.bfloat16) if is_bf16 else published.model
        for count in counts:
            found += _pair(ours, published, count, size_px, repeats, dtype)
        del ours, published
        gc.collect()
    return found


def _pair(
    ours: Pi3, published: PublishedNetwork, count: int, size_px: tuple[int, int], repeats: int, dtype: str
) -> list[Row]:
    generator = torch.Generator().manual_seed(count)
    frames = torch.rand(1, count, 3, *size_px, generator=generator)
    networks = {published: published.model, ours: ours}
    costs: dict[object, list[Cost]] = {network: [] for network in networks}
    answers: dict[object, object] = {}
    for network in networks:
        network(frames[:, :1, :, :PATCH, :PATCH])  # the first call of all prepares libraries
    for _ in range(repeats):  # turn by turn, so that a busy machine weighs on both
        for network, model in networks.items():
            answers.pop(network, None)

            def work(network: Callable[[torch.Tensor], object] = network) -> None:
                answers[network] = network(frames)

            costs[network].append(_cost(work, model))
    text = f"{count} frames of {size_px[1]}x{size_px[0]}"
    theirs, mine = _median(costs[published]), _median(costs[ours])
    note = f"{theirs.cpu_ms / mine.cpu_ms:.2f} times less CPU, {theirs.wall_ms / mine.wall_ms:.2f} less time; "
    return [
        theirs.row(f"{dtype}, published way", input=text),
        mine.row(f"{dtype}, ours", input=text, note=note + _difference(answers[ours], answers[published])),
    ]


def _cost(work: Callable[[], object], model: Pi3) -> Cost:
    before_mb = psutil.Process().memory_info().rss / 1e6
    cost = cost_of(work, 1)
    weights_mb = sum(tensor.nbytes for tensor in model.state_dict().values()) / 1e6
    return replace(cost, peak_mb=weights_mb + cost.peak_mb - before_mb)


def _median(costs: list[Cost]) -> Cost:
    return Cost(
        cpu_ms=statistics.median(cost.cpu_ms for cost in costs),
        wall_ms=statistics.median(cost.wall_ms for cost in costs),
        peak_mb=max(cost.peak_mb for cost in costs),
    )


def _difference(ours: object, published: object) -> str:
    """How far the answers are apart, so that nothing is compared that computes something else."""
    a, b = (getattr(answer, "local_points").double() for answer in (ours, published))  # noqa: B009
    return f"points differ by {float((a - b).norm() / b.norm()):.1e}"


def filled(config: Pi3Config) -> Pi3:
    """A network whose weights depend on their names only."""
    with torch.device("meta"):
        model = Pi3(config)
    state = {name: torch.from_numpy(_fill(name, tuple(t.shape))) for name, t in model.state_dict().items()}
    model.load_state_dict(state, strict=True, assign=True)
    return model.eval().requires_grad_(False)


def _fill(name: str, shape: tuple[int, ...]) -> np.ndarray:
    if name in ("image_mean", "image_std"):
        values = (0.485, 0.456, 0.406) if name == "image_mean" else (0.229, 0.224, 0.225)
        return np.array(values, np.float32).reshape(shape)
    noise = np.random.Generator(np.random.PCG64(zlib.crc32(name.encode()))).random(shape, np.float32) * 2 - 1
    if name.endswith(".gamma"):
        return 0.2 + np.float32(0.05) * noise
    if name.endswith(".weight") and len(shape) == 1:
        return 1.0 + np.float32(0.1) * noise
    if name.endswith(".weight"):
        return noise * np.float32(1.0 / math.sqrt(math.prod(shape[1:])))
    return np.float32(0.1) * noise


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="252x252", metavar="HxW", help="pixels, multiples of 14")
    parser.add_argument("--frames", type=int, nargs="+", default=list(FRAMES))
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--dtypes", nargs="+", choices=DTYPES, default=list(DTYPES))
    parser.add_argument("--sixth", action="store_true", help="a network of a sixth of the blocks, at full width")
    parser.add_argument("--write-weights", type=Path, help="only write the full-size weights to this file")
    arguments = parser.parse_args()
    if arguments.write_weights:
        from safetensors.torch import save_file

        save_file(filled(Pi3Config()).state_dict(), arguments.write_weights)
        return
    height, width = (int(side) for side in arguments.size.split("x"))
    for dtype in arguments.dtypes:
        for count in arguments.frames:
            config = A_SIXTH if arguments.sixth else Pi3Config()
            found = compare(config, (height, width), (count,), repeats=arguments.repeats, dtypes=(dtype,))
            print_rows("π³ network", found)


if __name__ == "__main__":
    main()
