"""The whole backend, with a network that knows the answer and with a small real one."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.backends import registry
from l3rocc_engine.backends.builtin.backend import BuiltinBackend
from l3rocc_engine.backends.pi3 import backend as backend_module
from l3rocc_engine.backends.pi3 import device as device_module
from l3rocc_engine.backends.pi3.backend import Pi3Backend, pick_frames
from l3rocc_engine.backends.pi3.inference import CPP_COMPILERS, PassOutput, Pi3Network
from l3rocc_engine.backends.pi3.memory import Device
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import Cancelled, ConfigError, InputError, ReconstructionError
from l3rocc_engine.evaluation.trajectory import compare_trajectories
from l3rocc_engine.geometry.se3 import rotation_angle_deg
from l3rocc_engine.geometry.sim3 import Sim3
from l3rocc_engine.pipeline import process_source
from l3rocc_engine.progress import CancelToken, ProgressEvent, no_events
from l3rocc_engine.reconstruction import PointMap, Reconstruction, ScaleMethod
from pi3 import Pi3
from tests.engine.backends.pi3.oracle import CAMERA, PIXELS, ROOMY, Oracle, RoomSource
from tests.synthetic.tiny_pi3 import tiny_model

CONFIG = PipelineConfig(interval=2, voxel_size=0.1, pc_range=(-1, -1, -0.5, 1, 1, 2.5), network_pixels=PIXELS)


def backend_of(oracle: Oracle) -> Pi3Backend:
    return Pi3Backend(weights=Path("none"), load=lambda _path, _device: oracle, device=ROOMY)


def reconstruct(oracle: Oracle, chunk: int = 64, config: PipelineConfig = CONFIG) -> Reconstruction:
    wanted = replace(config, network_frames=chunk)
    return backend_of(oracle).reconstruct(oracle.source, wanted, events=no_events, cancel=CancelToken())


def truth_from_world(made: Reconstruction, source: RoomSource) -> Sim3:
    """Where the made world lies in the true one, by its first camera and the depths that this one sees."""
    first, pose, truth = made.point_maps[0], made.trajectory.world_from_cam[0], source.poses[0]
    scale = float(np.median(source.depths[0] / first.points_cam[..., 2]))
    rotation = truth[:3, :3] @ pose[:3, :3].T
    return Sim3(scale=scale, rotation=rotation, translation=truth[:3, 3] - scale * rotation @ pose[:3, 3])


def world_errors(made: Reconstruction, source: RoomSource) -> list[float]:
    """Median distance of every keyframe's world points from the truth, metres; drift counts in full."""
    alignment = truth_from_world(made, source)
    errors = []
    for point_map in made.point_maps:
        pose = made.trajectory.world_from_cam[point_map.frame_idx]
        points = alignment.apply_points(point_map.points_cam @ pose[:3, :3].T + pose[:3, 3])
        truth = source.poses[point_map.frame_idx]
        rays = CAMERA.rays_cam() * source.depths[point_map.frame_idx][..., None]
        errors.append(float(np.median(np.linalg.norm(points - (rays @ truth[:3, :3].T + truth[:3, 3]), axis=-1))))
    return errors


def test_one_exact_pass_is_reproduced() -> None:
    source = RoomSource(9)
    made = reconstruct(Oracle(source))
    keys = [point_map.frame_idx for point_map in made.point_maps]
    assert keys == [0, 2, 4, 6, 8]
    assert not made.trajectory.is_interpolated[keys].any()
    assert np.allclose(made.trajectory.world_from_cam[0], np.eye(4), atol=1e-9)
    error = compare_trajectories(made.trajectory.world_from_cam[keys], source.poses[keys])
    assert error.ate_max_m < 1e-6
    assert error.rotation_max_deg < 1e-4
    assert max(world_errors(made, source)) < 2e-3
    depths = np.concatenate([point_map.points_cam[..., 2].ravel() for point_map in made.point_maps])
    assert np.median(depths) == pytest.approx(2.0, rel=0.05)
    k = made.intrinsics
    assert (k.width_px, k.height_px) == (70, 56)
    assert (k.fx_px, k.fy_px, k.cx_px, k.cy_px) == pytest.approx((60.0, 58.0, 36.3, 27.2), abs=0.05)
    assert made.measures["camera_residual_px"] < 0.05
    assert made.scale.method is ScaleMethod.UNKNOWN


def test_the_edge_filter_is_a_live_setting_of_the_cloud(tmp_path: Path) -> None:
    oracle = Oracle(RoomSource(5))
    backend = backend_of(oracle)

    def points(**changes: float) -> int:
        config = replace(CONFIG, **changes)
        run = process_source(oracle.source, config, tmp_path, choose=lambda _source, _config: (backend, "asked for"))
        return run.cloud.num_points

    counts = [points(edge_depth_step=step) for step in (0.0, 0.3, 0.03)]
    assert counts[0] > counts[1] > counts[2] > 0.6 * counts[0]  # coarse pictures have much edge
    assert points(edge_turn_deg=60.0) > points()
    assert len(oracle.passes) == 1, "the network is asked once"
    made = reconstruct(oracle)
    assert made.has_floating_points
    assert all((point_map.confidence == np.float32(0.9)).all() for point_map in made.point_maps)


@pytest.mark.parametrize(
    ("noise", "outliers", "worst_m", "worst_deg"), [(0.0, 0.0, 1e-3, 0.01), (0.01, 0.2, 0.05, 0.3)]
)
def test_passes_join_to_one_world(noise: float, outliers: float, worst_m: float, worst_deg: float) -> None:
    source = RoomSource(41)
    oracle = Oracle(source, noise=noise, outliers=outliers)
    made = reconstruct(oracle, chunk=8)
    assert oracle.passes == [8, 8, 8, 8]
    keys = [point_map.frame_idx for point_map in made.point_maps]
    assert keys == list(range(0, 41, 2))
    aligned = truth_from_world(made, source).apply_poses(made.trajectory.world_from_cam[keys])
    assert np.linalg.norm(aligned[:, :3, 3] - source.poses[keys, :3, 3], axis=1).max() < worst_m
    assert rotation_angle_deg(aligned, source.poses[keys]).max() < worst_deg
    assert max(world_errors(made, source)) < worst_m
    seams = [made.measures[f"seam_error_{number}"] for number in (2, 3, 4)]
    assert all(seam <= 3 * noise + 1e-5 for seam in seams)
    places = [made.measures[f"seam_frame_{number}"] for number in (2, 3, 4)]
    assert places == sorted(set(places)) and set(places) <= set(keys[1:-1])
    assert made.measures["passes"] == 4


def test_passes_become_shorter_when_the_memory_runs_out() -> None:
    source = RoomSource(33)
    oracle = Oracle(source, most_frames=5)
    made = reconstruct(oracle, chunk=16)
    assert oracle.passes[:3] == [16, 8, 4]
    assert max(oracle.passes[2:]) == 4
    assert made.measures["memory_retries"] == 2
    assert any("memory ran out" in note for note in made.notes)
    assert len(made.point_maps) == 17
    assert compare_trajectories(made.trajectory.world_from_cam, source.poses).ate_per_path < 5e-3


def test_what_was_done_before_the_memory_ran_out_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    source = RoomSource(33)
    oracle = Oracle(source)
    shown: list[int] = []

    def show(point_map: PointMap, _trajectory: object) -> None:
        shown.append(point_map.frame_idx)
        oracle.most_frames = 4  # another program takes memory meanwhile

    config = replace(CONFIG, network_frames=8)
    made = backend_of(oracle).reconstruct(source, config, events=no_events, cancel=CancelToken(), on_point_map=show)
    assert oracle.passes[:3] == [8, 8, 4]
    assert shown == [point_map.frame_idx for point_map in made.point_maps]


def test_memory_that_holds_nothing_is_an_error() -> None:
    with pytest.raises(ReconstructionError, match="does not hold"):
        reconstruct(Oracle(RoomSource(9), most_frames=1))


def test_stopping_is_heard_inside_a_pass() -> None:
    source, cancel = RoomSource(9), CancelToken()

    def stop(event: ProgressEvent) -> None:
        if event.done:
            cancel.set()

    with pytest.raises(Cancelled):
        backend_of(Oracle(source)).reconstruct(source, replace(CONFIG, network_frames=4), events=stop, cancel=cancel)


def test_one_frame_is_enough() -> None:
    made = reconstruct(Oracle(RoomSource(1)))
    assert len(made.point_maps) == 1
    assert made.trajectory.num_frames == 1


def test_frames_are_every_so_many_and_the_last() -> None:
    assert pick_frames(21, 10).tolist() == [0, 10, 20]
    assert pick_frames(25, 10).tolist() == [0, 10, 20, 24]
    assert pick_frames(1, 10).tolist() == [0]


def test_the_real_network_goes_through_the_whole_pipeline(tmp_path: Path) -> None:
    source = RoomSource(5)
    network = Pi3Network(tiny_model())
    backend = Pi3Backend(weights=Path("none"), load=lambda _path, _device: network, device=ROOMY)
    config = replace(CONFIG, interval=1, voxel_size=0.25, min_confidence=0.0, edge_depth_step=0.0, network_frames=3)
    run = process_source(source, config, tmp_path, choose=lambda _source, _config: (backend, "asked for"))
    assert run.record.backend == "pi3"
    assert run.record.keyframes == (0, 1, 2, 3, 4)
    assert run.cloud.num_points > 0
    assert run.num_frames == 5
    assert run.record.measures["passes"] == 3
    assert "network" in run.record.stage_s


def test_a_damaged_file_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"nothing")
    with pytest.raises(InputError, match="damaged"):
        Pi3Network.load(path, ROOMY)


def test_numbers_that_are_none_are_refused() -> None:
    model = tiny_model()
    broken = {name: tensor * float("nan") for name, tensor in model.state_dict().items()}
    model = Pi3(model.config)
    model.load_state_dict(broken)
    with pytest.raises(ReconstructionError, match="no usable numbers"):
        Pi3Network(model).run(np.zeros((2, 3, 28, 28), np.uint8), lambda _done, _total: None)


def test_without_weights_the_named_backend_says_how_to_get_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend_module, "find_weights", lambda: None)
    source = RoomSource(3)
    with pytest.raises(ConfigError, match="l3rocc weights download"):
        registry.choose_backend(source, PipelineConfig(backend="pi3"))
    chosen, reason = registry.choose_backend(source, PipelineConfig())
    assert isinstance(chosen, BuiltinBackend)
    assert "weights are not installed" in reason


@pytest.mark.parametrize(
    ("total_gib", "tflops", "name", "words"),
    [
        (80, 50.0, "pi3", "weights are installed"),
        (7, 50.0, "builtin", "GiB of memory"),
        (80, 0.001, "builtin", "minutes"),
    ],
)
def test_auto_takes_the_network_where_it_fits(
    monkeypatch: pytest.MonkeyPatch, total_gib: int, tflops: float, name: str, words: str
) -> None:
    on_machine(monkeypatch, total_gib=total_gib, free_gib=total_gib, tflops=tflops)
    chosen, reason = registry.choose_backend(RoomSource(3), PipelineConfig())
    assert chosen.name == name
    assert words in reason


def test_memory_that_others_hold_shortens_the_passes_before_it_changes_the_choice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source, auto, asked = RoomSource(9), PipelineConfig(interval=1), PipelineConfig(interval=1, backend="pi3")
    lengths = []
    for free_gib in (40.0, 5.3):
        on_machine(monkeypatch, total_gib=48, free_gib=free_gib)
        chosen, _reason = registry.choose_backend(source, auto)
        assert isinstance(chosen, Pi3Backend)
        plan = chosen.prepare(source, auto).plan
        assert plan is not None
        lengths.append(plan.chunk)
    assert lengths[0] == 9 > lengths[1], "it only makes the passes shorter"
    on_machine(monkeypatch, total_gib=48, free_gib=3)
    with pytest.raises(InputError, match=r"3\.0 of 48\.0 GiB are free") as refused:
        registry.choose_backend(source, asked)
    assert "--backend builtin" in refused.value.hint
    chosen, reason = registry.choose_backend(source, auto)
    assert chosen.name == "builtin"
    assert "3.0 of 48.0 GiB are free" in reason
    on_machine(monkeypatch, total_gib=7, free_gib=6.9)
    assert registry.choose_backend(source, auto)[0].name == "builtin"


def on_machine(monkeypatch: pytest.MonkeyPatch, *, total_gib: float, free_gib: float, tflops: float = 50.0) -> None:
    """Weights are there, and the processor has so much memory."""
    machine = Device(
        kind="cpu",
        label="this machine",
        free_bytes=int(free_gib * 2**30),
        total_bytes=int(total_gib * 2**30),
        dtype="float32",
        tflops=tflops,
    )
    monkeypatch.setattr(backend_module, "find_weights", lambda: Path("there"))
    monkeypatch.setattr(device_module, "best_device", lambda: machine)


def test_compiling_needs_a_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(ConfigError, match="C\\+\\+ compiler"):
        Pi3Network.load(tmp_path / "model.safetensors", ROOMY, is_compiled=True)


@pytest.mark.slow
@pytest.mark.skipif(not any(map(shutil.which, CPP_COMPILERS)), reason="no C++ compiler is here")
@pytest.mark.filterwarnings("ignore::DeprecationWarning:torch.*")  # of the compiler's own parts
def test_a_compiled_network_answers_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Pi3, "from_pretrained", lambda *_arguments, **_options: tiny_model())
    pictures = np.random.default_rng(1).integers(0, 256, (3, 3, 56, 70), dtype=np.uint8)
    answers = []
    for is_compiled in (False, True):
        config = replace(CONFIG, interval=1, network_compile=is_compiled)
        network = Pi3Backend(weights=Path("none"), device=ROOMY)._network(Path("none"), ROOMY, config)
        answers.append(network.run(pictures, lambda _done, _total: None))
    for name in ("points_cam", "confidence", "world_from_cam"):
        np.testing.assert_allclose(getattr(answers[1], name), getattr(answers[0], name), atol=2e-4)


def test_another_file_of_weights_or_cut_makes_the_reconstruction_anew(tmp_path: Path) -> None:
    oracle = Oracle(RoomSource(5))
    weights = tmp_path / "model.safetensors"

    def passes(**changes: int) -> int:
        backend = Pi3Backend(weights=weights, load=lambda _path, _device: oracle, device=ROOMY)
        config = replace(CONFIG, weights_file=str(weights), **changes)
        process_source(oracle.source, config, tmp_path / "run", choose=lambda _source, _config: (backend, "asked for"))
        return len(oracle.passes)

    weights.write_bytes(b"first" * 1000)
    assert (passes(), passes()) == (1, 1)
    weights.write_bytes(b"other" * 1000)
    assert passes() == 2
    assert passes(network_frames=3) > 2
    made = len(oracle.passes)
    assert passes() == made, "the result before is still there"


def test_a_digest_in_the_settings_is_insisted_on(tmp_path: Path) -> None:
    weights = tmp_path / "model.safetensors"
    weights.write_bytes(b"weights")
    oracle = Oracle(RoomSource(3))
    backend = Pi3Backend(weights=weights, load=lambda _path, _device: oracle, device=ROOMY)
    config = replace(CONFIG, weights_sha256="ab" * 32)
    with pytest.raises(InputError, match="weights_sha256"):
        backend.reconstruct(oracle.source, config, events=no_events, cancel=CancelToken())
    right = replace(CONFIG, weights_sha256=hashlib.sha256(b"weights").hexdigest())
    assert backend.reconstruct(oracle.source, right, events=no_events, cancel=CancelToken()).backend == "pi3"


def test_a_named_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    missing = tmp_path / "none.safetensors"
    config = PipelineConfig(backend="pi3", weights_file=str(missing))
    with pytest.raises(ConfigError, match=r"none\.safetensors"):
        registry.choose_backend(RoomSource(3), config)
    chosen, reason = registry.choose_backend(RoomSource(3), replace(config, backend="auto"))
    assert isinstance(chosen, BuiltinBackend)
    assert "none.safetensors" in reason


class ZoomingOracle(Oracle):
    """Its lens becomes half as long again over the clip."""

    def run(self, pictures: np.ndarray, on_step: Callable[[int, int], None]) -> PassOutput:
        output = super().run(pictures, on_step)
        frames = [self._recognise(picture.transpose(1, 2, 0)) for picture in pictures]
        factors = 1.5 ** (np.array(frames) / (self.source.num_frames - 1))
        centre = np.array([(35.0 - CAMERA.cx_px) / CAMERA.fx_px, (28.0 - CAMERA.cy_px) / CAMERA.fy_px])
        slopes = output.points_cam[..., :2] / output.points_cam[..., 2:] - centre
        output.points_cam[..., :2] = (slopes / factors[:, None, None, None] + centre) * output.points_cam[..., 2:]
        return output


def test_a_zoom_reaches_the_rays_and_the_rows(tmp_path: Path) -> None:
    source = RoomSource(13)
    backend = backend_of(ZoomingOracle(source))
    run = process_source(source, CONFIG, tmp_path, choose=lambda _source, _config: (backend, "asked for"))
    assert run.zoom is not None
    assert run.record.measures["zoom_ratio"] == pytest.approx(1.5, rel=0.01)
    assert run.camera_rows()[:, 0] == pytest.approx(60.0 * 1.5 ** (np.arange(13) / 12), rel=0.01)
    assert any("own camera" in note for note in run.record.notes)
    seen = [len(run.occupancy.frame(t).visible) for t in range(13)]
    assert seen[12] < 0.75 * seen[0], "a longer lens sees less"
    again = process_source(source, CONFIG, tmp_path, choose=lambda _source, _config: (backend, "asked for"))
    assert again.zoom is not None
    np.testing.assert_array_equal(again.zoom.numbers, run.zoom.numbers)


def test_a_filter_that_leaves_nothing_is_named(tmp_path: Path) -> None:
    backend = backend_of(Oracle(RoomSource(3)))
    config = replace(CONFIG, edge_depth_step=1e-9, edge_turn_deg=0.0, min_confidence=0.95)
    with pytest.raises(ReconstructionError, match="edge_depth_step"):
        process_source(RoomSource(3), config, tmp_path, choose=lambda _source, _config: (backend, "asked for"))
