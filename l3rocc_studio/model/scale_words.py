"""Where the size of a world comes from, in words."""

from __future__ import annotations

from l3rocc_engine.reconstruction import ScaleMethod
from l3rocc_studio.model.words import N_

SCALE_SENTENCES = {
    ScaleMethod.UNKNOWN: N_("The scale is unknown; lengths are in units."),
    ScaleMethod.DATASET: N_("In metres, from the dataset."),
    ScaleMethod.GROUND_TRUTH: N_("In metres, from the source's camera path."),
    ScaleMethod.TWO_POINT: N_("In metres, from a known distance."),
    ScaleMethod.CAMERA_HEIGHT: N_("In metres, from the camera's height."),
}
