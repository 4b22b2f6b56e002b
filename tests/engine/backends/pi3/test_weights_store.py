"""Our own folder of weights: how they come there, are checked, and go."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from l3rocc_engine.backends.pi3 import download, weights_store
from l3rocc_engine.backends.pi3.weights import LOCK_FILE, file_problem, find_weights
from l3rocc_engine.errors import Cancelled, InputError, OutputError
from l3rocc_engine.progress import CancelToken
from tests.engine.backends.pi3.weights_server import FileOffer, store_of


def test_a_download_is_checked_pinned_and_found(offer: FileOffer, tmp_path: Path) -> None:
    wanted = store_of(tmp_path / "weights", offer)
    seen: list[tuple[int, int]] = []
    path = wanted.download(progress=lambda done, total: seen.append((done, total)))
    assert path.read_bytes() == offer.content
    assert seen[-1] == (len(offer.content), len(offer.content))
    assert wanted.pinned_sha256 == hashlib.sha256(offer.content).hexdigest()
    assert find_weights(wanted.folder, wanted.spec) == path
    assert sorted(item.name for item in wanted.folder.iterdir()) == ["model.safetensors", "weights.json"]
    wanted.download()
    assert offer.ranges == [None], "what is there is not fetched again"


def test_a_file_of_the_users_is_checked_and_copied(content: bytes, offer: FileOffer, tmp_path: Path) -> None:
    mine = tmp_path / "mine.safetensors"
    mine.write_bytes(content)
    wanted = store_of(tmp_path / "weights", offer)
    assert wanted.add(mine).read_bytes() == content
    assert mine.exists()
    assert wanted.verify() == hashlib.sha256(content).hexdigest()
    assert wanted.remove() > len(content)
    assert find_weights(wanted.folder, wanted.spec) is None


def test_a_flipped_bit_is_found_by_verify(offer: FileOffer, tmp_path: Path) -> None:
    wanted = store_of(tmp_path, offer)
    path = wanted.download()
    path.write_bytes(offer.content[:-1] + bytes([offer.content[-1] ^ 1]))
    assert file_problem(path, wanted.spec) is None
    with pytest.raises(InputError, match="SHA-256"):
        wanted.verify()


def test_a_folder_that_cannot_be_made_is_said(offer: FileOffer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be written"):
        store_of(tmp_path / "file" / "weights", offer).download()


def test_a_place_without_room_or_rights_is_told_before_anybody_is_asked(
    offer: FileOffer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = store_of(tmp_path / "weights", offer)
    assert wanted.place_problem == ""
    mine = tmp_path / "mine.safetensors"
    mine.write_bytes(offer.content)
    monkeypatch.setattr(download, "free_bytes", lambda _folder: 300_000)
    assert "room for 300 kB" in wanted.place_problem
    for attempt in (wanted.download, lambda: wanted.add(mine)):
        with pytest.raises(OutputError, match="300 kB") as refused:
            attempt()
        assert "L3ROCC_WEIGHTS" in refused.value.hint
    for is_there in (True, False):  # a folder that may not be written; a drive that is not there
        monkeypatch.setattr(weights_store.os, "access", lambda _path, mode, here=is_there: here and mode == os.F_OK)
        assert "cannot be written" in wanted.place_problem
        with pytest.raises(OutputError, match="cannot be written"):
            wanted.download()
    assert offer.ranges == []
    assert not wanted.path.exists()


def test_a_stopped_copy_leaves_nothing_and_keeps_the_unfinished_download(offer: FileOffer, tmp_path: Path) -> None:
    mine, folder, cancel = tmp_path / "mine.safetensors", tmp_path / "weights", CancelToken()
    mine.write_bytes(offer.content)
    folder.mkdir()
    part = folder / "model.safetensors.part"
    part.write_bytes(offer.content[:1000])
    wanted = store_of(folder, offer)
    seen: list[tuple[int, int]] = []

    def stop(done: int, total: int) -> None:
        seen.append((done, total))
        cancel.set()

    with pytest.raises(Cancelled):
        wanted.add(mine, copy_progress=stop, cancel=cancel)
    assert seen == [(len(offer.content), len(offer.content))]
    assert [item.name for item in folder.iterdir()] == [part.name]
    assert wanted.unfinished_bytes == 1000
    wanted.add(mine)
    assert sorted(item.name for item in folder.iterdir()) == ["model.safetensors", "weights.json"]


def test_whether_somebody_is_at_work_is_known(offer: FileOffer, tmp_path: Path) -> None:
    wanted = store_of(tmp_path, offer)
    seen: list[bool] = []
    assert not wanted.is_busy
    wanted.download(progress=lambda _done, _total: seen.append(wanted.is_busy))
    assert seen and all(seen)
    (tmp_path / LOCK_FILE).touch()  # as a killed program leaves it
    assert not wanted.is_busy


def test_a_file_of_the_hubs_cache_is_compared_with_its_name(content: bytes, offer: FileOffer, tmp_path: Path) -> None:
    digest = hashlib.sha256(content).hexdigest()
    wanted, link = store_of(tmp_path / "none", offer), tmp_path / "model.safetensors"
    for name, data in ((digest, content), ("ab" * 32, content)):
        (tmp_path / name).write_bytes(data)
        link.unlink(missing_ok=True)
        link.symlink_to(tmp_path / name)
        assert wanted.expected_sha256(link) == name
        if name == digest:
            assert wanted.verify(link) == digest
        else:
            with pytest.raises(InputError, match="SHA-256"):
                wanted.verify(link)
    assert wanted.expected_sha256(tmp_path / "plain.safetensors") is None
