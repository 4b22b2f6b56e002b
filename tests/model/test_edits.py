"""Undo and redo."""

from l3rocc_studio.model.edits import MAX_EDITS, Edit, Edits


def _edit(values: list[int], old: int, new: int, merges_with: str = "") -> Edit:
    return Edit(
        label=f"Set {new}",
        redo=lambda: values.__setitem__(0, new),
        undo=lambda: values.__setitem__(0, old),
        merges_with=merges_with,
    )


def test_changes_are_taken_back_and_done_again_in_order() -> None:
    values, edits = [0], Edits()
    edits.do(_edit(values, 0, 1))
    edits.do(_edit(values, 1, 2))
    edits.undo()
    assert (values, edits.undo_label, edits.redo_label) == ([1], "Set 1", "Set 2")
    edits.undo()
    edits.undo()
    assert (values, edits.undo_label) == ([0], "")
    edits.redo()
    edits.redo()
    edits.redo()
    assert (values, edits.redo_label) == ([2], "")


def test_a_new_change_forgets_what_was_taken_back() -> None:
    values, edits = [0], Edits()
    edits.do(_edit(values, 0, 1))
    edits.undo()
    edits.do(_edit(values, 0, 5))
    assert (values, edits.redo_label) == ([5], "")


def test_a_drag_is_one_change() -> None:
    values, edits = [0], Edits()
    for old, new in ((0, 1), (1, 2), (2, 3)):
        edits.do(_edit(values, old, new, "slider"))
    edits.undo()
    assert (values, edits.undo_label) == ([0], "")
    edits.redo()
    assert values == [3]


def test_changes_are_told_and_bounded() -> None:
    values, edits, told = [0], Edits(), []
    edits.changed.connect(lambda: told.append(1))
    for number in range(MAX_EDITS + 10):
        edits.do(_edit(values, number, number + 1))
    for _ in range(MAX_EDITS + 10):
        edits.undo()
    assert values == [10]
    edits.clear()
    assert edits.redo_label == ""
    assert len(told) == 2 * MAX_EDITS + 11


def test_to_take_back_what_is_under_way_is_to_stop_it() -> None:
    values, edits, asked = [0], Edits(), []
    edits.do(_edit(values, 0, 1))
    edits.do(_edit(values, 1, 2))
    edits.undo()
    edits.begin("Set the scale", lambda: asked.append("stop"))
    assert (edits.undo_label, edits.redo_label, edits.would_stop) == ("Set the scale", "", True)
    edits.redo()
    edits.undo()
    assert (values, asked) == ([1], ["stop"]), "what was done before stays"
    edits.end()
    assert (edits.undo_label, edits.redo_label, edits.would_stop) == ("Set 1", "Set 2", False)


def test_what_was_done_since_something_is_under_way_is_taken_back_first() -> None:
    values, edits, asked = [0], Edits(), []
    edits.begin("Set the scale", lambda: asked.append("stop"))
    edits.do(_edit(values, 0, 1, merges_with="drag"))
    edits.do(_edit(values, 1, 2, merges_with="drag"))
    assert (edits.undo_label, edits.would_stop) == ("Set 2", False)
    edits.undo()
    assert (values, asked, edits.undo_label) == ([0], [], "Set the scale")
    edits.undo()
    assert asked == ["stop"]
    edits.clear()
    assert (edits.undo_label, edits.would_stop) == ("", False)
