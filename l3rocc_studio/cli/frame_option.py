"""``--frames``, as several commands take it."""

from __future__ import annotations

from l3rocc_engine.errors import ConfigError


def frame_numbers(text: str | None, num_frames: int) -> range | None:
    """Frames from ``FIRST:LAST`` or ``FIRST:LAST:STEP``, both ends included; either end may be left out.

    Raises
    ------
    ConfigError
        If the text is something else.
    """
    if text is None:
        return None
    parts = text.split(":")
    try:
        numbers = [int(part) if part else None for part in parts]
    except ValueError:
        numbers = []
    if len(numbers) == 1 and numbers[0] is not None:
        numbers = [numbers[0], numbers[0]]
    step = numbers[2] if len(numbers) == 3 else 1
    if len(numbers) not in (2, 3) or step is None or step < 1:
        raise ConfigError(
            f"--frames {text} is not a range of frames.", "Write FIRST:LAST or FIRST:LAST:STEP, as in 0:99."
        )
    first = 0 if numbers[0] is None else numbers[0]
    last = num_frames - 1 if numbers[1] is None else numbers[1]
    if last < first:
        raise ConfigError(f"--frames {text}: the last frame comes before the first.", "Write FIRST:LAST, as in 0:99.")
    return range(first, last + 1, step)
