"""Things of a scene that are out of sight for a while."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from vtkmodules.vtkRenderingCore import vtkActor


@contextmanager
def hidden(actors: Sequence[vtkActor]) -> Iterator[None]:
    """Hide actors; afterwards each is as visible as it was, also after an error."""
    before = [actor.GetVisibility() for actor in actors]
    for actor in actors:
        actor.SetVisibility(False)
    try:
        yield
    finally:
        for actor, was_visible in zip(actors, before, strict=True):
            actor.SetVisibility(was_visible)
