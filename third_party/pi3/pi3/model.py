"""The whole network (Wang et al., "π³: Permutation-Equivariant Visual Geometry Learning", arXiv 2507.13347)."""

from __future__ import annotations

from dataclasses import dataclass
from os import PathLike

import torch
from torch import Tensor, nn

from pi3.blocks import Block
from pi3.config import NUM_REGISTERS, PATCH, Pi3Config
from pi3.encoder import Encoder
from pi3.heads import CameraHead, HeadDecoder, PixelHead, points_from_maps
from pi3.rope import Rotation, grid_positions, rotation_table
from pi3.weights import load_strictly


@dataclass(frozen=True, slots=True)
class Pi3Output:
    """What the network says of N frames, all float32, in one arbitrary world and at one arbitrary scale.

    Attributes
    ----------
    points
        (B, N, H, W, 3), world frame.
    local_points
        (B, N, H, W, 3), camera frame; the last coordinate is depth.
    conf
        (B, N, H, W, 1), logits.
    camera_poses
        (B, N, 4, 4), camera-to-world, OpenCV axes.
    """

    points: Tensor
    local_points: Tensor
    conf: Tensor
    camera_poses: Tensor


class Pi3(nn.Module):
    """Frames in any order to points, confidence and poses; no frame is special.

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
        cls, path: str | PathLike[str], *, device: str | torch.device = "cpu", config: Pi3Config | None = None
    ) -> Pi3:
        """Load a ``model.safetensors``, memory-mapped, with every tensor's name and shape checked.

        Raises
        ------
        Pi3WeightsError
            The file is missing, truncated, or of another model; the message says which.
        """
        with torch.device("meta"):
            model = cls(config)
        load_strictly(model, path, torch.device(device))
        return model.eval()

    def forward(self, frames: Tensor) -> Pi3Output:
        """Run the network.

        Parameters
        ----------
        frames
            (B, N, 3, H, W) float in [0, 1], RGB, H and W multiples of 14.
        """
        batch, count, _, height, width = frames.shape
        if height % PATCH or width % PATCH:
            raise ValueError(f"Frames must be multiples of {PATCH} pixels in size, not {width}x{height}.")
        rows, cols = height // PATCH, width // PATCH
        pictures = (frames.flatten(0, 1).float() - self.image_mean) / self.image_std
        rotation = rotation_table(grid_positions(rows, cols, frames.device), self.config.head_width)
        tokens = self.decode(self.encoder(pictures), batch, rotation)
        local_points, conf, poses = self.read_out(tokens, rotation, rows, cols)
        points = torch.einsum("fij,fhwj->fhwi", poses[:, :3, :3], local_points) + poses[:, None, None, :3, 3]
        shape = (batch, count)
        return Pi3Output(
            points=points.unflatten(0, shape),
            local_points=local_points.unflatten(0, shape),
            conf=conf.unflatten(0, shape),
            camera_poses=poses.unflatten(0, shape),
        )

    def decode(self, patches: Tensor, batch: int, rotation: Rotation) -> Tensor:
        """Patch tokens (B·N, P, C) through alternating frame-wise and global blocks to (B·N, T, 2C)."""
        frames = len(patches)
        tokens = torch.cat([self.register_token[0].expand(frames, -1, -1), patches], dim=1)
        count = frames // batch
        whole = Rotation(rotation.cos.repeat(count, 1), rotation.sin.repeat(count, 1))
        kept = tokens
        for number, block in enumerate(self.decoder):
            if number % 2 == 0:
                kept = tokens = block(tokens, rotation)
            else:
                scene = block(tokens.reshape(batch, -1, tokens.shape[-1]), whole)
                tokens = scene.reshape(frames, -1, tokens.shape[-1])
        return torch.cat([kept, tokens], dim=-1)

    def read_out(self, tokens: Tensor, rotation: Rotation, rows: int, cols: int) -> tuple[Tensor, Tensor, Tensor]:
        """Decoded tokens (F, T, 2C) to local points (F, H, W, 3), logits (F, H, W, 1) and poses (F, 4, 4)."""
        decoders = (self.point_decoder, self.conf_decoder, self.camera_decoder)
        point, conf, camera = (decoder(tokens, rotation) for decoder in decoders)
        with torch.autocast(tokens.device.type, enabled=False):
            local_points = points_from_maps(self.point_head(point.float(), rows, cols))
            return local_points, self.conf_head(conf.float(), rows, cols), self.camera_head(camera.float())
