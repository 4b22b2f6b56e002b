"""The window's features, in the order they are made (and their side bar pages stand)."""

from __future__ import annotations

from l3rocc_studio.ui.camera_path.feature import CameraPathFeature
from l3rocc_studio.ui.export.feature import Exporting
from l3rocc_studio.ui.feature import Feature
from l3rocc_studio.ui.log.feature import Log
from l3rocc_studio.ui.looks.feature import LooksFeature
from l3rocc_studio.ui.machine_feature import Machine
from l3rocc_studio.ui.overlays.feature import Overlays
from l3rocc_studio.ui.palette.feature import Palette
from l3rocc_studio.ui.picking.feature import Picking
from l3rocc_studio.ui.preferences.feature import Preferences
from l3rocc_studio.ui.process.feature import Forecasting
from l3rocc_studio.ui.process.unfinished import UnfinishedRuns
from l3rocc_studio.ui.project.feature import ProjectFeature
from l3rocc_studio.ui.queue.feature import QueueFeature
from l3rocc_studio.ui.range_hint import RangeHint
from l3rocc_studio.ui.screenshots.feature import Screenshots
from l3rocc_studio.ui.timeline.feature import TimelineFeature
from l3rocc_studio.ui.undoing import Undoing
from l3rocc_studio.ui.views.feature import Views
from l3rocc_studio.ui.weights.feature import Weights

FEATURES: tuple[type[Feature], ...] = (
    Undoing,
    Machine,
    Forecasting,
    UnfinishedRuns,
    TimelineFeature,
    Overlays,
    ProjectFeature,
    QueueFeature,
    LooksFeature,
    Views,
    CameraPathFeature,
    Picking,
    RangeHint,
    Screenshots,
    Exporting,
    Log,
    Palette,
    Preferences,
    Weights,
)
