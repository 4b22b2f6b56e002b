"""The weights dialog, with a real local server behind it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from l3rocc_engine.backends.pi3 import download
from l3rocc_engine.backends.pi3.weights import LOCK_FILE
from l3rocc_engine.errors import InputError
from l3rocc_engine.storage.lock import holding
from l3rocc_studio.services.weights_service import WeightsService
from l3rocc_studio.ui.studio import Studio
from l3rocc_studio.ui.weights.feature import Weights
from l3rocc_studio.ui.weights.weights_dialog import BUSY_ELSEWHERE, LOOKING, NOT_ACCEPTED, WeightsDialog
from tests.engine.backends.pi3.weights_server import FileOffer, serve, spec_for
from tests.synthetic.tiny_pi3 import tiny_weights


@pytest.fixture
def offer() -> Iterator[FileOffer]:
    with serve(FileOffer(tiny_weights())) as offered:
        yield offered


@pytest.fixture
def feature(studio: Studio, offer: FileOffer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Weights:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    found = next(part for part in studio.features if isinstance(part, Weights))
    found.service = WeightsService(tmp_path / "weights", spec_for(offer.content, offer.url))
    return found


def _opened(studio: Studio, feature: Weights, qtbot: QtBot) -> WeightsDialog:
    studio.actions["weights"].trigger()
    dialog = feature.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.headline.text() != LOOKING)
    return dialog


def _idle(feature: Weights, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not feature.job.is_running and not feature._glance.is_running, timeout=20_000)


def test_nothing_is_fetched_before_the_terms_are_accepted(studio: Studio, feature: Weights, qtbot: QtBot) -> None:
    dialog = _opened(studio, feature, qtbot)
    assert "not installed" in dialog.headline.text()
    assert not dialog.download_button.isEnabled()
    assert dialog.download_button.toolTip() == NOT_ACCEPTED
    dialog.accepted_terms.setChecked(True)
    assert dialog.download_button.isEnabled()
    assert studio.settings.are_weights_terms_accepted


def test_nothing_can_be_pressed_before_it_is_known_what_is_there(qtbot: QtBot) -> None:
    dialog = WeightsDialog()
    qtbot.addWidget(dialog)
    assert dialog.headline.text() == LOOKING
    for button in (dialog.download_button, dialog.add_button, dialog.verify_button, dialog.remove_button):
        assert not button.isEnabled() and button.toolTip() == LOOKING


def test_download_verify_and_remove(studio: Studio, feature: Weights, offer: FileOffer, qtbot: QtBot) -> None:
    dialog = _opened(studio, feature, qtbot)
    dialog.accepted_terms.setChecked(True)
    dialog.download_button.click()
    assert not dialog.transfer.isHidden()
    _idle(feature, qtbot)
    qtbot.waitUntil(lambda: "can be chosen" in dialog.headline.text())
    digest = hashlib.sha256(offer.content).hexdigest()
    assert dialog.facts.facts["SHA-256"].startswith(digest[:20])
    assert dialog.download_button.toolTip() == "The weights are already installed."
    dialog.verify_button.click()
    _idle(feature, qtbot)
    assert digest in dialog.message.text()
    dialog.remove_button.click()
    _idle(feature, qtbot)
    qtbot.waitUntil(lambda: "not installed" in dialog.headline.text())
    assert "freed" in dialog.message.text()


def test_a_failure_is_told_and_the_next_try_goes_on(
    studio: Studio, feature: Weights, offer: FileOffer, qtbot: QtBot
) -> None:
    dialog = _opened(studio, feature, qtbot)
    dialog.accepted_terms.setChecked(True)
    offer.status = 503
    dialog.download_button.click()
    _idle(feature, qtbot)
    assert "503" in dialog.failure.text()
    assert not dialog.failure.isHidden()
    offer.status = 200
    dialog.sha256.setText("0" * 64)
    dialog.download_button.click()
    _idle(feature, qtbot)
    assert "SHA-256" in dialog.failure.text()
    dialog.sha256.clear()
    dialog.download_button.click()
    _idle(feature, qtbot)
    assert dialog.failure.isHidden()
    qtbot.waitUntil(lambda: "can be chosen" in dialog.headline.text())


def test_another_models_file_is_refused(studio: Studio, feature: Weights, tmp_path: Path, qtbot: QtBot) -> None:
    dialog = _opened(studio, feature, qtbot)
    other = tmp_path / "other.safetensors"
    other.write_bytes(b"not a model")
    feature.add(other)
    _idle(feature, qtbot)
    assert "other.safetensors is not a safetensors file" in dialog.failure.text()
    assert "yyfz233/Pi3" in dialog.hint.text()


def test_closing_the_dialog_lets_the_download_go_on(
    studio: Studio, feature: Weights, offer: FileOffer, qtbot: QtBot
) -> None:
    dialog = _opened(studio, feature, qtbot)
    dialog.accepted_terms.setChecked(True)
    dialog.download_button.click()
    dialog.accept()
    _idle(feature, qtbot)
    assert studio.window.status_text == "The weights are installed."
    assert (tmp := feature.service.status()).found is not None
    assert tmp.unfinished_bytes == 0


def test_a_place_without_room_is_told_before_the_download(
    studio: Studio, feature: Weights, offer: FileOffer, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "free_bytes", lambda _folder: 1000)
    dialog = _opened(studio, feature, qtbot)
    dialog.accepted_terms.setChecked(True)
    assert "room for 1.0 kB" in dialog.place.text()
    assert not dialog.place.isHidden()
    for button in (dialog.download_button, dialog.add_button):
        assert not button.isEnabled()
        assert button.toolTip() == dialog.place.text()
    monkeypatch.undo()
    feature._look()
    qtbot.waitUntil(dialog.download_button.isEnabled)
    assert dialog.place.isHidden()
    assert "after the download" in dialog.facts.facts["Free space"]


def test_what_another_program_fetches_is_watched(
    studio: Studio, feature: Weights, offer: FileOffer, qtbot: QtBot
) -> None:
    folder = feature.service.status().folder
    folder.mkdir()
    with holding(folder / LOCK_FILE, InputError("taken")):
        dialog = _opened(studio, feature, qtbot)
        dialog.accepted_terms.setChecked(True)
        assert dialog.headline.text() == dialog.download_button.toolTip() == BUSY_ELSEWHERE
        (folder / "model.safetensors").write_bytes(offer.content)
    qtbot.waitUntil(lambda: "can be chosen" in dialog.headline.text())
