from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from l3rocc_engine.backends.builtin.diagnosis import (
    agrees,
    describe_strangers,
    require_evidence,
    require_keyframes,
    require_trust,
)
from l3rocc_engine.backends.builtin.sfm import pairs_to_match
from l3rocc_engine.backends.builtin.sfm_job import MatchEvidence, SecondOpinion, SfmAnswer
from l3rocc_engine.errors import ReconstructionError
from l3rocc_engine.geometry.intrinsics import Intrinsics
from l3rocc_engine.geometry.sim3 import Sim3

COUNT = 20
FRAMES = np.arange(COUNT, dtype=np.int64) * 5


def evidence_of(
    *, features: int = 800, inliers: int = 300, share: float = 0.6, p80_px: float = 4.0, cuts: tuple[int, ...] = ()
) -> MatchEvidence:
    pairs = pairs_to_match(COUNT)
    scene = np.searchsorted(np.array(cuts), np.arange(COUNT), side="right")
    is_same = scene[pairs[:, 0]] == scene[pairs[:, 1]]
    return MatchEvidence(
        num_features=np.full(COUNT, features),
        pairs=pairs,
        num_inliers=np.where(is_same, inliers, 0),
        homography_share=np.where(is_same, share, np.nan),
        homography_p80_px=np.where(is_same, p80_px, np.nan),
    )


def answer_of(*, placed: int = COUNT, points_each: int = 300, focal_px: float = 400.0) -> SfmAnswer:
    rng = np.random.default_rng(0)
    poses = np.tile(np.eye(4), (placed, 1, 1))
    poses[:, :3, 3] = rng.normal(size=(placed, 3))
    rows = np.repeat(np.arange(placed), points_each)
    return SfmAnswer(
        picture_idx=np.arange(placed),
        world_from_cam=poses,
        intrinsics=Intrinsics(fx_px=focal_px, fy_px=focal_px, cx_px=240.0, cy_px=135.0, width_px=480, height_px=270),
        points_world=rng.normal(size=(points_each, 3)),
        tracks=np.column_stack([rows, np.tile(np.arange(points_each), placed)]),
        pixels_px=np.zeros((len(rows), 2)),
        reprojection_error_px=0.4,
        evidence=evidence_of(),
    )


def second_of(answer: SfmAnswer, *, focal: float = 1.0, error: float = 0.0) -> SecondOpinion:
    moved = Sim3(scale=3.0, translation=np.array([1.0, 2.0, 3.0])).apply_poses(answer.world_from_cam)
    moved[:, :3, 3] += np.random.default_rng(1).normal(scale=3.0 * error, size=(len(moved), 3))
    return SecondOpinion(picture_idx=answer.picture_idx, world_from_cam=moved, focal_px=answer.intrinsics.fx_px * focal)


def test_good_evidence_passes() -> None:
    require_evidence("clip", FRAMES, evidence_of())


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        (evidence_of(features=40), "too little detail"),
        (evidence_of(inliers=12), "do not overlap enough"),
        (evidence_of(share=0.99, p80_px=0.2), "no parallax"),
        (evidence_of(cuts=(10,)), "not one continuous take.* changes at frame 50"),
        (evidence_of(cuts=(6, 14)), "changes at frame 30, 70"),
    ],
)
def test_each_lack_of_evidence_is_named(evidence: MatchEvidence, words: str) -> None:
    with pytest.raises(ReconstructionError, match=words) as caught:
        require_evidence("clip", FRAMES, evidence)
    assert "clip" in caught.value.message and caught.value.hint


def test_a_flat_scene_with_relief_passes() -> None:
    require_evidence("clip", FRAMES, evidence_of(share=0.97, p80_px=1.2))


def test_a_short_second_scene_is_left_out_with_a_note() -> None:
    evidence = evidence_of(cuts=(16,))
    require_evidence("clip", FRAMES, evidence)
    (note,) = describe_strangers(FRAMES, evidence)
    assert "Frames 80 to 95" in note


@pytest.mark.parametrize(
    ("num_frames", "key_frames", "words"), [(2, [0, 1], "only 2 frames"), (90, [0], "hardly moves: 90 frames show 1")]
)
def test_clips_too_short_or_still_are_refused(num_frames: int, key_frames: list[int], words: str) -> None:
    with pytest.raises(ReconstructionError, match=words):
        require_keyframes("clip", num_frames, np.array(key_frames))


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (answer_of(placed=9), "only 9 of 20 keyframes"),
        (answer_of(placed=0), "no keyframes"),
        (answer_of(focal_px=60.0), "focal length"),
        (answer_of(focal_px=9000.0), "focal length"),
        (answer_of(points_each=100), "too few points"),
    ],
)
def test_weak_answers_are_refused(answer: SfmAnswer, words: str) -> None:
    with pytest.raises(ReconstructionError, match=words):
        require_trust("clip", FRAMES, answer, is_camera_known=False)


def test_good_answers_pass() -> None:
    require_trust("clip", FRAMES, answer_of(), is_camera_known=False)
    require_trust("clip", FRAMES, answer_of(points_each=100), is_camera_known=True)


def test_a_second_method_that_agrees_rescues_a_weak_answer() -> None:
    weak = answer_of(points_each=100)
    require_trust("clip", FRAMES, replace(weak, second=second_of(weak)), is_camera_known=False)
    for second in (second_of(weak, focal=1.4), second_of(weak, error=0.3)):
        with pytest.raises(ReconstructionError, match="too few points"):
            require_trust("clip", FRAMES, replace(weak, second=second), is_camera_known=False)


def test_agreement_needs_nearly_all_pictures() -> None:
    answer = answer_of()
    second = second_of(answer)
    assert agrees(answer, second)
    few = replace(second, picture_idx=second.picture_idx[:10], world_from_cam=second.world_from_cam[:10])
    assert not agrees(answer, few)
    assert not agrees(answer, None)
