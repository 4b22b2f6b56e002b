from __future__ import annotations

import pytest

from l3rocc_engine.errors import ConfigError
from l3rocc_studio.model.film_camera import CameraKind, FilmCamera
from l3rocc_studio.model.film_spec import (
    Backdrop,
    FilmFormat,
    FilmLayout,
    FilmMarks,
    FilmOutput,
    FilmPanel,
    FilmSpec,
)
from l3rocc_studio.model.view import CameraPose
from l3rocc_studio.model.view_keyframe import ViewKeyframe, WorldPreset

VIEW = CameraPose(position=(0.0, 0.0, 1.0), focal_point=(0.0, 0.0, 0.0), view_up=(0.0, 1.0, 0.0))


@pytest.mark.parametrize(
    "make",
    [
        lambda: FilmLayout(panels=()),
        lambda: FilmLayout(panels=(FilmPanel.RGB, FilmPanel.RGB)),
        lambda: FilmLayout(crop=0.5),
        lambda: FilmLayout(gap_px=-1),
        lambda: FilmCamera(kind=CameraKind.SAVED),
        lambda: FilmCamera(view=VIEW),
        lambda: FilmCamera(kind=CameraKind.KEYFRAMES),
        lambda: FilmCamera(
            kind=CameraKind.KEYFRAMES, keyframes=(ViewKeyframe(frame_idx=3, view=VIEW),) * 2
        ),
        lambda: FilmMarks(title_s=0.0),
        lambda: FilmOutput(height_px=8),
        lambda: FilmOutput(height_px=480, fit_px=(640, 480)),
        lambda: FilmOutput(fit_px=(640, 20)),
        lambda: FilmOutput(is_padded=True),
        lambda: FilmOutput(fps=0.0),
        lambda: FilmOutput(every=0),
        lambda: FilmOutput(first_frame=4, last_frame=3),
    ],
)  # fmt: skip
def test_senseless_wishes_are_refused(make) -> None:
    with pytest.raises(ConfigError):
        make()


@pytest.mark.parametrize("kind", FilmFormat)
def test_only_some_formats_are_transparent(kind: FilmFormat) -> None:
    layout, output = FilmLayout(backdrop=Backdrop.TRANSPARENT), FilmOutput(format=kind)
    if kind.can_be_transparent:
        assert FilmSpec(layout=layout, output=output).output.format is kind
    else:
        with pytest.raises(ConfigError, match="transparent"):
            FilmSpec(layout=layout, output=output)


def test_a_camera_knows_whether_one_preset_holds_throughout() -> None:
    assert FilmCamera(kind=CameraKind.ORBIT).preset is WorldPreset.ORBIT
    assert FilmCamera(kind=CameraKind.DIRECTOR).preset is None
    assert FilmCamera(kind=CameraKind.SAVED, view=VIEW).preset is None
