"""Parts, dtypes and inputs of the network: what they may change and what not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch

from pi3 import TINY, Pi3, Pi3WeightsError, StepSize
from tests.synthetic.tiny_pi3 import tiny_model, write_tiny_weights

FRAMES = torch.randint(0, 256, (1, 3, 3, 28, 42), dtype=torch.uint8, generator=torch.Generator().manual_seed(7))


@pytest.fixture(scope="module")
def model() -> Pi3:
    return tiny_model()


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_weights(tmp_path_factory.mktemp("weights") / "model.safetensors")


@pytest.mark.parametrize(("frames", "tokens", "queries"), [(1, 5, 3), (2, 11, 7), (3, 1000, 1000)])
def test_the_size_of_the_parts_does_not_change_the_result(model: Pi3, frames: int, tokens: int, queries: int) -> None:
    whole = model(FRAMES)
    cut = model(FRAMES, step=StepSize(frames=frames, tokens=tokens, queries=queries))
    for name in ("local_points", "conf", "camera_poses", "points"):
        assert torch.allclose(getattr(whole, name), getattr(cut, name), atol=1e-5), name


def test_bytes_and_fractions_are_the_same_pictures(model: Pi3) -> None:
    as_bytes, as_fractions = model(FRAMES), model(FRAMES.float() / 255)
    assert torch.equal(as_bytes.local_points, as_fractions.local_points)


def test_two_scenes_at_once_are_the_two_alone(model: Pi3) -> None:
    other = FRAMES.flip(1)
    both = model(torch.cat([FRAMES, other]))
    assert torch.allclose(both.camera_poses[0], model(FRAMES).camera_poses[0], atol=1e-5)
    assert torch.allclose(both.local_points[1], model(other).local_points[0], atol=1e-5)


def test_every_part_of_the_work_is_counted_and_may_be_the_last(model: Pi3) -> None:
    seen: list[tuple[int, int]] = []
    model(FRAMES, step=StepSize(frames=2, tokens=8, queries=8), on_step=lambda done, total: seen.append((done, total)))
    done = [value for value, _ in seen]
    assert done == sorted(done)
    assert seen[-1] == (3 * (2 + 4 + 3 * 2), 3 * (2 + 4 + 3 * 2))

    class Stopped(Exception):
        pass

    def stop(done: int, _total: int) -> None:
        if done > 10:
            raise Stopped

    with pytest.raises(Stopped):
        model(FRAMES, on_step=stop)


def test_short_weights_are_loaded_where_they_may_be_and_stay_near(weights: Path, model: Pi3) -> None:
    short = Pi3.from_pretrained(weights, dtype=torch.bfloat16, config=TINY)
    assert short.decoder[0].attn.qkv.weight.dtype == torch.bfloat16
    assert short.encoder.patch_embed.proj.weight.dtype == torch.bfloat16
    for name in ("decoder.0.norm1.weight", "decoder.0.ls1.gamma", "point_head.proj.weight", "register_token"):
        assert short.state_dict()[name].dtype == torch.float32, name
    exact, rounded = model(FRAMES), short(FRAMES)
    for name in ("local_points", "camera_poses"):
        want, got = getattr(exact, name), getattr(rounded, name)
        assert got.dtype == torch.float32
        assert 0 < torch.linalg.norm(got - want) < 0.03 * torch.linalg.norm(want), name
    assert torch.equal(rounded.local_points, tiny_model().cast_trunk(torch.bfloat16)(FRAMES).local_points)


def test_poses_are_rigid_and_depths_positive(model: Pi3) -> None:
    result = model(FRAMES)
    rotation = result.camera_poses[..., :3, :3]
    assert torch.allclose(rotation @ rotation.mT, torch.eye(3), atol=1e-5)
    assert torch.allclose(torch.linalg.det(rotation), torch.ones(1, 3), atol=1e-5)
    assert (result.local_points[..., 2] > 0).all()


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(Pi3WeightsError, match=r"nothing\.safetensors"):
        Pi3.from_pretrained(tmp_path / "nothing.safetensors")


def test_a_size_that_is_no_multiple_of_a_patch_is_refused(model: Pi3) -> None:
    with pytest.raises(ValueError, match="multiples of 14"):
        model(FRAMES[..., :27])


@pytest.mark.slow
@pytest.mark.skipif(not any(map(shutil.which, ("c++", "g++", "clang++"))), reason="no C++ compiler is here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning:torch.*")  # of the compiler's own parts
def test_compiled_blocks_give_the_same_result(model: Pi3) -> None:
    compiled = tiny_model().compile_blocks()
    assert torch.allclose(compiled(FRAMES).local_points, model(FRAMES).local_points, atol=1e-4)
