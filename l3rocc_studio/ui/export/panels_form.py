"""Which panels a film has, in which order, and how they are put together."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from l3rocc_studio.model.film_spec import MAX_GAP_PX, Backdrop, FilmLayout, FilmPanel
from l3rocc_studio.model.words import N_, tr
from l3rocc_studio.render.film_layout import PANEL_LABELS
from l3rocc_studio.ui.export.film_fields import allow, make_check, make_count, make_form
from l3rocc_studio.ui.labels import dim_label
from l3rocc_studio.ui.theme import Theme

MAX_CROP_PERCENT = 44
_ROW_PX = 30
_CROP_TIP = N_("Share of the world's picture that is cut from each side")
_ABOUT = N_("Tick what is shown; drag to reorder; double-click or F2 to write another title.")


class PanelsForm(QWidget):
    """Makes a :class:`FilmLayout`.

    Signals
    -------
    edited
        Something was changed.
    """

    edited = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        usual = FilmLayout()
        self.list = QListWidget(self)
        self.list.setObjectName("choices")
        self.list.setAccessibleName(tr("Panels from left to right"))
        self.list.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.list.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.list.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.DoubleClicked
        )
        self.list.setFixedHeight(len(FilmPanel) * _ROW_PX + 12)
        for panel in usual.panels:
            self._add(panel)
        self.up = self._tool("up", tr("Move this panel to the left"), -1, theme)
        self.down = self._tool("down", tr("Move this panel to the right"), 1, theme)
        self.gap = make_count(
            tr("Gap between panels in pixels"), self.edited.emit, self, least=0, most=MAX_GAP_PX, value=usual.gap_px
        )
        self.gap.setSuffix(tr(" px"))
        self.crop = make_count(
            tr("Crop of the world panel"),
            self.edited.emit,
            self,
            least=0,
            most=MAX_CROP_PERCENT,
            value=round(100 * usual.crop),
        )
        self.crop.setSuffix(" %")
        self.labels = make_check(tr("Panel titles"), self.edited.emit, self, is_on=usual.has_labels)
        self._lay_out()
        self.list.itemChanged.connect(lambda _item: self._change())
        self.list.model().rowsMoved.connect(lambda *_: self._change())
        self.list.currentRowChanged.connect(lambda _row: self._allow())
        self.list.setCurrentRow(0)
        self._allow()

    @property
    def panels(self) -> tuple[FilmPanel, ...]:
        """Those that are shown, from left to right."""
        return tuple(item.data(Qt.ItemDataRole.UserRole) for item in self._shown)

    def set_panels(self, panels: tuple[FilmPanel, ...]) -> None:
        """Show these, in this order, and the others not."""
        others = [panel for panel in FilmPanel if panel not in panels]
        self.list.clear()
        for panel in (*panels, *others):
            self._add(panel, is_shown=panel in panels)
        self.list.setCurrentRow(0)
        self._change()

    def layout_with(self, backdrop: Backdrop) -> FilmLayout:
        """The layout as it is chosen.

        Raises
        ------
        ConfigError
            If no panel is shown.
        """
        return FilmLayout(
            panels=self.panels,
            crop=self.crop.value() / 100.0,
            gap_px=self.gap.value(),
            has_labels=self.labels.isChecked(),
            titles=tuple(item.text().strip() or _name(item) for item in self._shown),
            backdrop=backdrop,
        )

    @property
    def _shown(self) -> list[QListWidgetItem]:
        items = [self.list.item(row) for row in range(self.list.count())]
        return [item for item in items if item.checkState() is Qt.CheckState.Checked]

    def _add(self, panel: FilmPanel, *, is_shown: bool = True) -> None:
        item = QListWidgetItem(tr(PANEL_LABELS[panel]))
        item.setData(Qt.ItemDataRole.UserRole, panel)
        item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable | Qt.ItemFlag.ItemIsUserCheckable)
        item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsDropEnabled)
        item.setCheckState(Qt.CheckState.Checked if is_shown else Qt.CheckState.Unchecked)
        item.setSizeHint(QSize(0, _ROW_PX))
        item.setToolTip(tr(_ABOUT))
        self.list.addItem(item)

    def _tool(self, icon: str, tip: str, step: int, theme: Theme) -> QToolButton:
        button = QToolButton(self)
        button.setIcon(theme.icon(icon))
        button.setAccessibleName(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda _checked=False: self._move(step))
        return button

    def _lay_out(self) -> None:
        tools = QVBoxLayout()
        tools.setSpacing(2)
        tools.addWidget(self.up)
        tools.addWidget(self.down)
        tools.addStretch(1)
        order = QHBoxLayout()
        order.setSpacing(6)
        order.addWidget(self.list, 1)
        order.addLayout(tools)
        about = dim_label(tr(_ABOUT), self)
        about.setObjectName("small")
        about.setWordWrap(True)
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addLayout(order)
        left.addWidget(about)
        left.addStretch(1)
        right = make_form(self, ((tr("Gap"), self.gap), (tr("Crop of the world"), self.crop)))
        right.addRow(self.labels)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 10, 0, 0)
        columns.setSpacing(18)
        columns.addLayout(left, 1)
        columns.addLayout(right, 1)

    def _move(self, step: int) -> None:
        row = self.list.currentRow()
        to = row + step
        if row >= 0 and 0 <= to < self.list.count():
            self.list.insertItem(to, self.list.takeItem(row))
            self.list.setCurrentRow(to)
            self._change()

    def _change(self) -> None:
        self._allow()
        self.edited.emit()

    def _allow(self) -> None:
        row, last = self.list.currentRow(), self.list.count() - 1
        for button, end in ((self.up, 0), (self.down, last)):
            allow(button, button.accessibleName(), tr("It is already at this end.") if row == end else "")
        has_world = FilmPanel.WORLD in self.panels
        allow(self.crop, tr(_CROP_TIP), "" if has_world else tr("The film does not show the world."))


def _name(item: QListWidgetItem) -> str:
    return tr(PANEL_LABELS[item.data(Qt.ItemDataRole.UserRole)])
