"""Choosing values by name, and saving one's own: settings of a run, or looks."""

from __future__ import annotations

from typing import Generic

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QInputDialog, QMenu, QToolButton, QWidget

from l3rocc_engine.errors import L3roccError
from l3rocc_studio.model.presets import Preset, Presets, T
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.ui.calm_controls import CalmComboBox
from l3rocc_studio.ui.theme import Theme

CUSTOM = N_("Custom")


class PresetBar(QWidget, Generic[T]):
    """A list of presets and a menu to save and remove.

    Parameters
    ----------
    presets
        What is offered; the bar must be told of changes by :meth:`show_value`.
    value
        What is in use.
    tooltip
        What the presets are.
    theme, parent
        As for every widget.

    Signals
    -------
    chosen (object)
        The value with a preset applied.
    refused (L3roccError)
        A preset cannot be used or saved, and why.
    """

    chosen = Signal(object)
    refused = Signal(object)

    def __init__(
        self, presets: Presets[T], value: T, tooltip: str, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._presets, self._value = presets, value
        self.list = CalmComboBox(self)
        self.list.setAccessibleName(tr("Preset"))
        self.list.setToolTip(tooltip)
        self.list.activated.connect(self._choose)
        self.menu_button = QToolButton(self)
        self.menu_button.setToolTip(tr("Save or remove a preset"))
        self.menu_button.setAccessibleName(tr("Save or remove a preset"))
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.addAction(tr("Save as a preset…"), self._ask_for_name)
        self._remove = menu.addAction(tr("Remove this preset"), self._remove_current)
        self.menu_button.setMenu(menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.list, 1)
        row.addWidget(self.menu_button)
        self._theme = theme
        theme.changed.connect(self._tint)
        self._tint()
        self.show_value(value)

    def _tint(self) -> None:
        self.menu_button.setIcon(self._theme.icon("more"))

    @property
    def shown(self) -> str:
        """Name of the preset in use, or that it is none."""
        return self.list.currentText()

    def use_presets(self, presets: Presets[T]) -> None:
        """Offer others."""
        self._presets = presets
        self.show_value(self._value)

    def show_value(self, value: T) -> None:
        """Say which preset a value is that of."""
        self._value = value
        fitting = self._presets.fitting(value)
        names = [preset.name for preset in self._presets.all]
        self.list.clear()
        for preset in self._presets.all:
            self.list.addItem(preset.name if preset.is_own else tr(preset.name), preset.name)
        if fitting is None:
            self.list.insertItem(0, tr(CUSTOM))
            self.list.setCurrentIndex(0)
        else:
            self.list.setCurrentIndex(names.index(fitting.name))
        is_own = fitting is not None and fitting.is_own
        self._remove.setEnabled(is_own)
        self._remove.setToolTip("" if is_own else tr("Built-in presets cannot be removed."))

    def save_as(self, name: str) -> None:
        """Keep what is in use under a name."""
        try:
            self._presets.save(name, self._value)
        except L3roccError as error:
            self.refused.emit(error)

    def _choose(self, _index: int) -> None:
        preset = self._preset(self.list.currentData())
        if preset is None:
            return
        try:
            value = preset.applied(self._value)
        except L3roccError as error:
            self.show_value(self._value)
            self.refused.emit(error)
            return
        self.chosen.emit(value)
        self.show_value(value)

    def _preset(self, name: str) -> Preset[T] | None:
        return next((preset for preset in self._presets.all if preset.name == name), None)

    def _ask_for_name(self) -> None:
        dialog = QInputDialog(self)
        dialog.setWindowTitle(tr("Save a preset"))
        dialog.setLabelText(tr("Name of the preset"))
        dialog.textValueSelected.connect(self.save_as)
        dialog.finished.connect(lambda _code: dialog.deleteLater())
        dialog.open()

    def _remove_current(self) -> None:
        self._presets.remove(self.list.currentData())
