"""The numbers that shape the network."""

from __future__ import annotations

from dataclasses import dataclass

PATCH = 14
NUM_REGISTERS = 5
"""Learned tokens in front of the patches of every frame in the decoder and the head decoders."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pi3Config:
    """Sizes of the network; the defaults are those of the only published model.

    Attributes
    ----------
    width
        Channels of encoder and decoder tokens.
    num_heads
        Attention heads everywhere.
    encoder_depth, decoder_depth, head_depth
        Blocks of the encoder, of the alternating decoder, and of each head decoder.
    camera_width
        Channels of the camera head.
    encoder_registers
        Register tokens of the encoder.
    table_side
        Side of the square grid of learned positions.
    """

    width: int = 1024
    num_heads: int = 16
    encoder_depth: int = 24
    decoder_depth: int = 36
    head_depth: int = 5
    camera_width: int = 512
    encoder_registers: int = 4
    table_side: int = 37

    @property
    def head_width(self) -> int:
        """Channels of one attention head."""
        return self.width // self.num_heads


TINY = Pi3Config(width=64, num_heads=2, encoder_depth=2, decoder_depth=4, head_depth=2, camera_width=32)
"""A model of the same structure, small enough to test with."""
