"""The whole network (Wang et al., "π³: Permutation-Equivariant Visual Geometry Learning", arXiv 2507.13347)."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike
from typing import cast

import torch
from torch import Tensor, nn

from pi3.blocks import Block
from pi3.config import NUM_REGISTERS, PATCH, Pi3Config
from pi3.encoder import Encoder
from pi3.heads import CameraHead, HeadDecoder, PixelHead, points_from_maps
from pi3.rope import Rotation, grid_positions, rotation_table
from pi3.steps import Counter, OnStep, StepSize, no_step, parts, run_frames, run_scene, scene_room
from pi3.weights import load_strictly

NUM_HEADS = 3


@dataclass(frozen=True, slots=True)
class Pi3Output:
    """What the network says of N frames, all float32, in one arbitrary world and at one arbitrary scale.

    Attributes
    ----------
    local_points
        (B, N, H, W, 3), camera frame; the last coordinate is depth.
    conf
        (B, N, H, W, 1), logits.
    camera_poses
        (B, N, 4, 4), camera-to-world, OpenCV axes.
    """

    local_points: Tensor
    conf: Tensor
    camera_poses: Tensor

    @property
    def points(self) -> Tensor:
        """(B, N, H, W, 3), world frame; computed at each call, so that nobody pays who does not ask."""
        rotation, centre = self.camera_poses[..., :3, :3], self.camera_poses[..., :3, 3]
        return torch.einsum("bnij,bnhwj->bnhwi", rotation, self.local_points) + centre[:, :, None, None]


class Pi3(nn.Module):
    """Frames in any order to points, confidence and poses; no frame is special. For inference only.

    Parameters
    ----------
    config
        Sizes; those of the published model if not given.
    """

    image_mean: Tensor
    image_std: Tensor

    def __init__(self, config: Pi3Config | None = None) -> None:
        super().__init__()
        self.config = config = config or Pi3Config()
        self.register_buffer("image_mean", torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1))
        self.register_buffer("image_std", torch.tensor([0.229, 0.224, 0.225]).view(1, 3, 1, 1))
        self.encoder = Encoder(config)
        self.register_token = nn.Parameter(torch.zeros(1, 1, NUM_REGISTERS, config.width))
        self.decoder = nn.ModuleList(
            Block(config.width, config.num_heads, has_qk_norm=True, has_scale=True) for _ in range(config.decoder_depth)
        )
        self.point_decoder = HeadDecoder(config, config.width)
        self.conf_decoder = HeadDecoder(config, config.width)
        self.camera_decoder = HeadDecoder(config, config.camera_width)
        self.point_head = PixelHead(config.width, 3)
        self.conf_head = PixelHead(config.width, 1)
        self.camera_head = CameraHead(config.camera_width)

    @classmethod
    def from_pretrained(
        cls,
        path: str | PathLike[str],
        *,
        device: str | torch.device = "cpu",
        dtype: torch.dtype = torch.float32,
        config: Pi3Config | None = None,
    ) -> Pi3:
        """Load a ``model.safetensors``, memory-mapped, with every tensor's name and shape checked.

        Parameters
        ----------
        path
            The file.
        device
            Where the weights go, each tensor straight from the file.
        dtype
            Of the linears of encoder, decoder and head decoders: float32, or bfloat16 where the hardware has it.
            Norms, layer scales, learned tokens, the residual stream and the three output heads stay float32.

        Raises
        ------
        Pi3WeightsError
            The file is missing, truncated, or of another model; the message says which.
        """
        with torch.device("meta"):
            model = cls(config)
        load_strictly(model, path, torch.device(device), dict.fromkeys(model.trunk_weights(), dtype))
        return model.eval().requires_grad_(False)

    def trunk_weights(self) -> list[str]:
        """Names of the tensors that may be kept in a short dtype."""
        heads = ("point_head.", "conf_head.", "camera_head.")
        layers = {name: layer for name, layer in self.named_modules() if isinstance(layer, nn.Linear | nn.Conv2d)}
        return [f"{name}.{part}" for name in layers if not name.startswith(heads) for part in ("weight", "bias")]

    def cast_trunk(self, dtype: torch.dtype) -> Pi3:
        """Bring the linears of the trunk to a dtype, as :meth:`from_pretrained` does while it loads."""
        for name in self.trunk_weights():
            tensor = self.get_parameter(name)
            tensor.data = tensor.data.to(dtype)
        return self

    def compile_blocks(self) -> Pi3:
        """Compile what the blocks do to tokens with the inductor; needs a C++ compiler, or Triton on a GPU.

        The first call then takes minutes, later ones are faster. Results differ within rounding.
        """
        for block in (module for module in self.modules() if isinstance(module, Block)):
            block.prepare = torch.compile(block.prepare)  # type: ignore[method-assign]
            block.finish = torch.compile(block.finish)  # type: ignore[method-assign]
        return self

    @torch.inference_mode()
    def forward(
        self,
        frames: Tensor,
        *,
        step: StepSize | None = None,
        on_step: OnStep = no_step,
        output_device: torch.device | None = None,
    ) -> Pi3Output:
        """Run the network.

        Parameters
        ----------
        frames
            (B, N, 3, H, W), RGB, float in [0, 1] or uint8, H and W multiples of 14. They may lie on another device
            than the weights; each part is moved when its turn comes.
        step
            How much is done at once; the device's own if not given. Does not change the result.
        on_step
            Called with (done, total) after each part of the work; may raise to stop it.
        output_device
            Where the result goes, part by part; the weights' device if not given.

        Raises
        ------
        ValueError
            If the frames' size is not a multiple of 14.
        """
        batch, count, _, height, width = frames.shape
        if height % PATCH or width % PATCH:
            raise ValueError(f"Frames must be multiples of {PATCH} pixels in size, not {width}x{height}.")
        device = self.register_token.device
        patches = (height // PATCH) * (width // PATCH)
        step = step or StepSize.for_device(device, NUM_REGISTERS + patches, count)
        counter = Counter(on_step, batch * count * self._units(), device)
        rotation = rotation_table(grid_positions(height // PATCH, width // PATCH, device), self.config.head_width)
        scenes = []
        for scene in frames:
            kept, tokens = self._decode(self._encode(scene, step, counter), rotation, step, counter)
            scenes.append(
                self._read_out(kept, tokens, (height, width), rotation, step, counter, output_device or device)
            )
        local_points, conf, poses = (torch.stack(parts) for parts in zip(*scenes, strict=True))
        return Pi3Output(local_points=local_points, conf=conf, camera_poses=poses)

    def _units(self) -> int:
        """Blocks that a frame goes through."""
        config = self.config
        return config.encoder_depth + config.decoder_depth + NUM_HEADS * config.head_depth

    def _encode(self, pictures: Tensor, step: StepSize, counter: Counter) -> Tensor:
        """Pictures (F, 3, H, W) to the decoder's tokens (F, T, C), registers in front."""
        frames, _, height, width = pictures.shape
        table = self.encoder.position_table(height // PATCH, width // PATCH)
        num_patches = table.shape[1] - 1
        device = self.register_token.device
        tokens = torch.empty(frames, NUM_REGISTERS + num_patches, self.config.width, device=device)
        tokens[:, :NUM_REGISTERS] = self.register_token[0]
        for part in parts(frames, step.frames):
            chunk = pictures[part].to(device)
            chunk = chunk.float() / 255 if chunk.dtype == torch.uint8 else chunk.float()
            size = part.stop - part.start
            tokens[part, NUM_REGISTERS:] = self.encoder(
                (chunk - self.image_mean) / self.image_std, table, lambda size=size: counter.advance(size)
            )
        return tokens

    def _decode(self, tokens: Tensor, rotation: Rotation, step: StepSize, counter: Counter) -> tuple[Tensor, Tensor]:
        """Tokens of one scene through alternating frame-wise and global blocks; the last two outputs."""
        frames = len(tokens)
        whole = Rotation(rotation.cos.repeat(frames, 1, 1), rotation.sin.repeat(frames, 1, 1))
        blocks = cast("list[Block]", self.decoder)
        kept, room = tokens, scene_room(blocks[0], tokens)
        for number, block in enumerate(blocks):
            if number == len(self.decoder) - 1:
                kept = tokens.clone()
            if number % 2 == 0:
                run_frames(block, tokens, rotation, step, counter)
            else:
                run_scene(block, tokens, whole, step, counter, room)
        return kept, tokens

    def _read_out(
        self,
        kept: Tensor,
        tokens: Tensor,
        size: tuple[int, int],
        rotation: Rotation,
        step: StepSize,
        counter: Counter,
        output_device: torch.device,
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Decoded tokens (F, T, C) twice to local points (F, H, W, 3), logits (F, H, W, 1) and poses (F, 4, 4)."""
        frames, (height, width) = len(tokens), size
        local_points = torch.empty(frames, height, width, 3, device=output_device)
        conf = torch.empty(frames, height, width, 1, device=output_device)
        poses = torch.empty(frames, 4, 4, device=output_device)
        for part in parts(frames, step.frames):
            both = torch.cat([kept[part], tokens[part]], dim=-1)
            done = part.stop - part.start

            def decoded(decoder: HeadDecoder, both: Tensor = both, done: int = done) -> Tensor:
                out: Tensor = decoder(both, rotation, lambda: counter.advance(done))
                return out

            grid = height // PATCH, width // PATCH
            local_points[part] = points_from_maps(self.point_head(decoded(self.point_decoder), *grid)).to(output_device)
            conf[part] = self.conf_head(decoded(self.conf_decoder), *grid).to(output_device)
            poses[part] = self.camera_head(decoded(self.camera_decoder)).to(output_device)
        return local_points, conf, poses
