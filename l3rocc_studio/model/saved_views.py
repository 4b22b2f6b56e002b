"""The views that a person keeps of what is open, in their order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from l3rocc_engine.errors import InputError
from l3rocc_studio.model.edited_views import EditedViews
from l3rocc_studio.model.edits import Edits
from l3rocc_studio.model.saved_view import MAX_NAME_LENGTH, SavedView, rescaled_view
from l3rocc_studio.model.words import tr

MAX_VIEWS = 200


class SavedViews(EditedViews[SavedView]):
    """The list; changes can be taken back."""

    def __init__(self, edits: Edits) -> None:
        super().__init__(edits, rescaled_view)

    def free_name(self) -> str:
        """A name for the next view that no other has."""
        names = {item.name for item in self._items}
        number = len(self._items) + 1
        while tr("View {number}").format(number=number) in names:
            number += 1
        return tr("View {number}").format(number=number)

    def add_copies(self, views: Sequence[SavedView]) -> None:
        """Put views at the end that may be copies of those here: each keeps its name, if need be with a word more.

        Raises
        ------
        InputError
            If there would be too many.
        """
        names = {item.name for item in self._items}
        copies = []
        for view in views:
            name, number = view.name, 1
            while name in names:
                ending = tr("copy") if number == 1 else tr("copy {number}").format(number=number)
                name, number = f"{view.name[: MAX_NAME_LENGTH - len(ending) - 1]} {ending}", number + 1
            names.add(name)
            copies.append(replace(view, name=name))
        self.add(copies)

    def add(self, views: Sequence[SavedView]) -> None:
        """Put views at the end.

        Raises
        ------
        InputError
            If there would be too many.
        """
        if len(self._items) + len(views) > MAX_VIEWS:
            raise InputError(f"At most {MAX_VIEWS} views can be kept.", "Delete some first.")
        label = (
            tr("Save the view “{name}”").format(name=views[0].name)
            if len(views) == 1
            else tr("Add {count} views").format(count=len(views))
        )
        self._change(label, (*self._items, *views))

    def replace(self, index: int, view: SavedView, label: str = "") -> None:
        """Put another view in the place of one."""
        items = list(self._items)
        items[index] = view
        self._change(label or tr("Update the view “{name}”").format(name=view.name), items)

    def rename(self, index: int, name: str) -> None:
        """Call a view something else.

        Raises
        ------
        InputError
            If the name is none.
        """
        old = self._items[index]
        if name != old.name:
            self.replace(
                index,
                replace(old, name=name),
                tr("Rename the view “{name}” to “{name2}”").format(name=old.name, name2=name),
            )

    def remove(self, index: int) -> None:
        """Delete a view."""
        items = list(self._items)
        gone = items.pop(index)
        self._change(tr("Delete the view “{name}”").format(name=gone.name), items)

    def move(self, index: int, to: int) -> None:
        """Put a view in another place; beyond the ends means the nearest end."""
        items = list(self._items)
        view = items.pop(index)
        items.insert(min(max(to, 0), len(items)), view)
        if items != list(self._items):
            self._change(tr("Move the view “{name}”").format(name=view.name), items)

    def set_thumbnail(self, index: int, png: bytes) -> None:
        """Show another small picture for a view; this is no edit."""
        items = list(self._items)
        items[index] = replace(items[index], thumbnail_png=png)
        self.load(items)
