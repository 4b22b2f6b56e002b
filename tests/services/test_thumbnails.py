from __future__ import annotations

from pathlib import Path

from PIL import Image

from l3rocc_studio.services.thumbnails import SIZE_PX, Thumbnails
from tests.synthetic.run_factory import make_run


def test_thumbnails_are_made_once_and_again_when_the_input_changes(tmp_path: Path) -> None:
    run = make_run(tmp_path / "room")
    video = run.source.video_path
    assert video is not None
    thumbnails = Thumbnails(tmp_path / "cache")
    made = thumbnails.make(video)
    assert made is not None
    with Image.open(made) as picture:
        assert picture.size == SIZE_PX
    assert thumbnails.make(video) == made
    video.touch()
    assert thumbnails.make(video) != made
    assert thumbnails.make(tmp_path / "gone.mp4") is None
    (tmp_path / "notes.mp4").write_text("no video", encoding="utf-8")
    assert thumbnails.make(tmp_path / "notes.mp4") is None
