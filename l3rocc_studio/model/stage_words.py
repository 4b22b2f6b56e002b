"""The engine's names of stages in the chosen language."""

from __future__ import annotations

from l3rocc_engine.progress import stage_label
from l3rocc_studio.model.words import N_, tr

STAGE_WORDS = (
    N_("Downloading"),
    N_("Copying"),
    N_("Choosing a backend"),
    N_("Choosing keyframes"),
    N_("Running the network"),
    N_("Joining chunks"),
    N_("Finding features"),
    N_("Matching features"),
    N_("Solving camera poses"),
    N_("Placing other frames"),
    N_("Estimating depth"),
    N_("Cross-checking depth"),
    N_("Filling flat surfaces"),
    N_("Fusing the cloud"),
    N_("Meshing surfaces"),
    N_("Casting rays"),
    N_("Building the world map"),
    N_("Encoding video"),
    N_("Writing the dataset"),
    N_("Rendering panels"),
    N_("Writing frames"),
    N_("Writing pictures"),
    N_("Estimating normals"),
    N_("Writing"),
    N_("Checking"),
    N_("Runs"),
    N_("Merging episodes"),
)
"""The engine does not translate; what it says is marked here."""


def stage_text(stage: str) -> str:
    """What a stage does."""
    return tr(stage_label(stage))
