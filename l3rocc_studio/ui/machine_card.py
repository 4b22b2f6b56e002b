"""What this machine can do, on the start page."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

from l3rocc_engine.storage.space import readable_size
from l3rocc_studio.model.words import retell, tr
from l3rocc_studio.services.machine import MachineFacts
from l3rocc_studio.ui.facts_table import FactsTable


class MachineCard(QFrame):
    """Processor, graphics, memory, disk, weights."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(tr("This machine"))
        title = QLabel(tr("THIS MACHINE"), self)
        title.setObjectName("section")
        self._facts = FactsTable(self)
        self.weights_button = QPushButton(tr("Weights…"), self)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 14)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(self._facts)
        column.addWidget(self.weights_button)
        column.addStretch(1)
        self._facts.show_facts([(tr("Looking…"), "")])

    @property
    def text(self) -> str:
        """Everything that is said."""
        return "\n".join(word for fact in self._facts.facts.items() for word in fact)

    def show_machine(self, facts: MachineFacts) -> None:
        """Tell what there is."""
        cores = tr("{num_cores} cores").format(num_cores=facts.num_cores) if facts.num_cores > 1 else tr("1 core")
        self._facts.show_facts(
            [
                (tr("CPU"), f"{facts.cpu}, {cores}"),
                (tr("Graphics"), facts.gpu or tr("Not used: {gpu_note}").format(gpu_note=retell(facts.gpu_note))),
                (
                    tr("Memory"),
                    tr("{free} of {total} free").format(
                        free=readable_size(facts.free_memory_bytes), total=readable_size(facts.memory_bytes)
                    ),
                ),
                (tr("Disk"), tr("{size} free").format(size=readable_size(facts.free_disk_bytes))),
                (
                    tr("π³ network"),
                    tr("Weights installed")
                    if facts.weights
                    else tr("Not installed; the built-in engine needs no weights"),
                ),
            ]
        )
        self.weights_button.setText(tr("Weights…") if facts.weights else tr("Get the weights…"))
        self.weights_button.setToolTip(str(facts.weights) if facts.weights else tr("Optional: 3.8 GB, non-commercial"))

    def show_problem(self, text: str) -> None:
        """Tell why nothing is known."""
        self._facts.show_facts([(tr("Unknown"), retell(text))])
