from __future__ import annotations

from l3rocc_studio.model.signal import Signal


def test_listeners_are_called_in_order_with_what_was_emitted() -> None:
    signal: Signal[[int, str]] = Signal()
    heard: list[tuple[str, int, str]] = []
    signal.connect(lambda number, text: heard.append(("first", number, text)))
    signal.connect(lambda number, text: heard.append(("second", number, text)))
    signal.emit(7, "a")
    assert heard == [("first", 7, "a"), ("second", 7, "a")]


def test_a_listener_can_leave_twice_and_while_being_called() -> None:
    signal: Signal[[]] = Signal()
    heard: list[str] = []

    def once() -> None:
        heard.append("once")
        leave()

    leave = signal.connect(once)
    signal.connect(lambda: heard.append("always"))
    signal.emit()
    signal.emit()
    leave()
    assert heard == ["once", "always", "always"]
    assert signal.num_listeners == 1
