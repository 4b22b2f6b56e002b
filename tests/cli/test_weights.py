"""``l3rocc weights`` from its arguments to its exit codes, against a local server and a small network's file."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from l3rocc_studio.cli import weights as command
from l3rocc_studio.cli.main import main
from tests.engine.backends.pi3.weights_server import FileOffer, serve, spec_for
from tests.synthetic.tiny_pi3 import write_tiny_weights


@pytest.fixture
def offer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileOffer]:
    with serve(FileOffer(write_tiny_weights(tmp_path / "source.safetensors").read_bytes())) as offered:
        monkeypatch.setattr(command, "PUBLISHED", spec_for(offered.content, offered.url))
        monkeypatch.setenv("L3ROCC_WEIGHTS", str(tmp_path / "weights"))
        monkeypatch.setenv("HF_HOME", str(tmp_path / "none"))
        monkeypatch.chdir(tmp_path)
        yield offered


def last_json(capsys: pytest.CaptureFixture[str]) -> dict:
    return json.loads(capsys.readouterr().out.splitlines()[-1])


def test_the_life_of_the_weights(offer: FileOffer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["weights", "status", "--json"]) == 0
    assert last_json(capsys)["found"] is None
    assert main(["weights", "download", "--accept-licence", "--json"]) == 0
    said = last_json(capsys)
    assert said["sha256"] == hashlib.sha256(offer.content).hexdigest()
    assert Path(said["path"]).read_bytes() == offer.content
    assert main(["weights", "verify", "--json"]) == 0
    assert last_json(capsys)["is_pinned"] is True
    assert main(["weights", "status"]) == 0
    assert "The weights are at" in capsys.readouterr().out
    assert main(["weights", "remove", "--json"]) == 0
    assert last_json(capsys)["freed_bytes"] > len(offer.content)
    assert main(["weights", "verify"]) == 2


def test_the_weights_are_kept_in_the_program_s_own_folder(
    offer: FileOffer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("L3ROCC_WEIGHTS")
    monkeypatch.setenv("L3ROCC_HOME", str(tmp_path / "home"))
    assert main(["weights", "status"]) == 0
    said = capsys.readouterr().out
    assert f"the disk of {tmp_path / 'home' / 'weights'} has " in said and " free." in said
    assert main(["weights", "verify"]) == 2
    said = capsys.readouterr().err
    assert "There is no file" in said and "l3rocc weights download" in said and "Remove" not in said


def test_nothing_is_fetched_before_a_yes(
    offer: FileOffer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))  # no terminal: nobody can be asked
    assert main(["weights", "download"]) == 2
    said = capsys.readouterr().err
    assert "CC BY-NC 4.0" in said
    assert "--accept-licence" in said
    assert offer.ranges == []


@pytest.mark.parametrize(("answer", "code"), [("yes\n", 0), ("no\n", 2), ("", 2)])
def test_a_person_is_asked(
    offer: FileOffer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], answer: str, code: int
) -> None:
    terminal = io.StringIO(answer)
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stdin", terminal)
    assert main(["weights", "download"]) == code
    assert "Do you accept" in capsys.readouterr().err
    assert bool(offer.ranges) == (code == 0)


def test_a_mirror_and_a_digest_can_be_given(
    offer: FileOffer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with serve(FileOffer(offer.content)) as mirror:
        wrong = ["weights", "download", "--accept-licence", "--url", mirror.url, "--sha256", "cd" * 32]
        assert main(wrong) == 2
        assert "SHA-256" in capsys.readouterr().err
        assert main(["weights", "download", "--accept-licence", "--url", mirror.url]) == 0
    assert offer.ranges == []
    assert len(mirror.ranges) == 2


def test_a_wrong_file_is_a_sentence(offer: FileOffer, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = tmp_path / "picture.png"
    wrong.write_bytes(b"\x89PNG not weights")
    assert main(["weights", "add", str(wrong), "--accept-licence"]) == 2
    said = capsys.readouterr().err
    assert "picture.png" in said
    assert "Traceback" not in said
    assert main(["weights", "add", str(tmp_path / "source.safetensors"), "--accept-licence"]) == 0


def test_mirror_and_digest_come_from_a_settings_file(
    offer: FileOffer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "mine.yaml"
    with serve(FileOffer(offer.content)) as mirror:
        settings.write_text(f"weights_url: {mirror.url}\nweights_sha256: {'cd' * 32}\n")
        fetch = ["weights", "download", "--accept-licence", "--config", str(settings)]
        assert main(fetch) == 2
        assert "cdcdcd" in capsys.readouterr().err
        digest = hashlib.sha256(offer.content).hexdigest()
        settings.write_text(f"weights_url: {mirror.url}\nweights_sha256: {digest}\n")
        assert main(fetch) == 0
    assert (len(mirror.ranges), offer.ranges) == (2, [])
    settings.write_text("weights_url: 5\n")
    assert main([*fetch[:-1], str(settings)]) == 2
    assert "weights_url" in capsys.readouterr().err
