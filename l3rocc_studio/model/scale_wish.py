"""How large something is in truth, as a person says it."""

from __future__ import annotations

from dataclasses import dataclass

from l3rocc_engine.errors import InputError
from l3rocc_studio.model.view import Vector


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoPointWish:
    """Two places of the shown run's world lie ``metres`` apart."""

    first: Vector
    second: Vector
    metres: float

    def __post_init__(self) -> None:
        if not 0.0 < self.metres < 1e6:
            raise InputError(f"A true length must be a positive number of metres, not {self.metres}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class HeightWish:
    """The camera is typically ``metres`` above the floor."""

    metres: float

    def __post_init__(self) -> None:
        if not 0.0 < self.metres < 1000.0:
            raise InputError(f"The camera's height must be a positive number of metres, not {self.metres}.")


ScaleWish = TwoPointWish | HeightWish
