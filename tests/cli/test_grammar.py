"""What is wrong with the words of a command is told in a sentence, with what was probably meant."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest
from PIL import Image

from l3rocc_engine import pipeline
from l3rocc_engine.config import PipelineConfig
from l3rocc_engine.errors import ReconstructionError
from l3rocc_engine.frames.source import FrameSource
from l3rocc_studio.cli.main import COMMANDS, EXAMPLES, build_parser, main


@pytest.mark.parametrize(
    ("words", "sentence", "hint"),
    [
        ("proces clip.mp4", "Unknown command 'proces'.", "Did you mean 'process'?"),
        ("process --out o --in clip.mp4", "Unknown option --in.", "See l3rocc process --help."),
        ("process clip.mp4 --outt o", "Unknown option --outt.", "Did you mean '--out'?"),
        ("process clip.mp4", "l3rocc process needs --out as well.", "--help"),
        ("process clip.mp4 --out o --voxel-size 2cm", "--voxel-size takes a number, not '2cm'.", "--help"),
        ("process clip.mp4 --out o --interval 2.5", "--interval takes a whole number, not '2.5'.", "--help"),
        ("process clip.mp4 --out o --backend magic", "--backend cannot be 'magic'.", "Choose from auto, builtin"),
        ("process clip.mp4 --out o --pc-range 1 2", "--pc-range: expected 6 arguments.", "--help"),
        ("info one two", "l3rocc does not take two.", "--help"),
        ("weights fetch", "Unknown action 'fetch'.", "Choose from status, download"),
        ("weights download --bogus", "Unknown option --bogus.", "l3rocc weights download --help"),
    ],
)
def test_a_mistake_ends_in_a_sentence(capsys: pytest.CaptureFixture[str], words: str, sentence: str, hint: str) -> None:
    with pytest.raises(SystemExit) as ended:
        main(shlex.split(words))
    said = capsys.readouterr()
    assert ended.value.code == 2
    assert said.out == ""
    told, way_out = said.err.splitlines()
    assert told == f"error {sentence}"
    assert hint in way_out


def test_words_after_two_dashes_are_no_options(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["info", "--", "--odd.mp4"]) == 2
    assert "--odd.mp4" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--frames", "20:5"], "--frames 20:5: the last frame comes before the first."),
        (["--interval", "0"], "--interval must be 1 or more, not 0."),
        (["--scale-distance", "3"], "--scale-distance needs two different points in --scale-points."),
    ],
)
def test_settings_are_told_in_the_words_of_the_command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, options: list[str], sentence: str
) -> None:
    assert main(["process", str(tmp_path / "a.mp4"), "--out", str(tmp_path / "o"), *options]) == 2
    assert capsys.readouterr().err.splitlines()[0] == f"error {sentence}"


def test_without_words_there_is_help_that_says_where_to_start(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    said = capsys.readouterr().out
    assert "usage: l3rocc" in said
    assert said.index("l3rocc process walk.mp4") < said.index("l3rocc render runs/walk") < said.index("exit codes")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_an_example_that_can_be_typed(capsys: pytest.CaptureFixture[str], name: str) -> None:
    program, *words = shlex.split(EXAMPLES[name])
    assert program == "l3rocc"
    assert build_parser(name).parse_args(words).command == name
    with pytest.raises(SystemExit):
        main([name, "--help"])
    assert f"example: {EXAMPLES[name]}" in capsys.readouterr().out


def test_the_rate_of_pictures_can_be_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for number in range(4):
        Image.new("RGB", (64, 48), (40 * number, 90, 120)).save(pictures / f"{number}.png")
    seen: list[float] = []

    def stop(source: FrameSource, config: PipelineConfig, *_args: object, **_more: object) -> None:
        seen.append(source.fps)
        raise ReconstructionError(f"{config.fps:g} seen.")

    monkeypatch.setattr(pipeline, "process_source", stop)
    words = ["process", str(pictures), "--out", str(tmp_path / "out")]
    assert main(words) == main([*words, "--input-fps", "5"]) == 3
    said = capsys.readouterr().err
    assert seen == [30.0, 5.0]
    assert said.count("30 a second are assumed; --input-fps tells another") == 1
    assert main([*words, "--input-fps", "0"]) == 2
    assert "--input-fps must be from 0 to 1000" in capsys.readouterr().err
