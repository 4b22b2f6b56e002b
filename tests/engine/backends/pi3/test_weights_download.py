"""Fetching the weights, and every way in which that fails, against a local server."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from l3rocc_engine.backends.pi3 import download
from l3rocc_engine.backends.pi3.download import partial_path
from l3rocc_engine.backends.pi3.weights import LOCK_FILE, MOST_HEADER_BYTES
from l3rocc_engine.backends.pi3.weights_store import WeightsStore
from l3rocc_engine.errors import Cancelled, InputError, OutputError
from l3rocc_engine.progress import CancelToken
from tests.engine.backends.pi3.weights_server import FileOffer, serve, spec_for, store_of


def test_a_cut_connection_is_taken_up_where_it_broke(offer: FileOffer, tmp_path: Path) -> None:
    offer.cut_after[:] = [300_000, 1000, 200_000]
    wanted = store_of(tmp_path, offer)
    assert wanted.download().read_bytes() == offer.content
    assert offer.ranges == [None, "bytes=300000-", "bytes=301000-", "bytes=501000-"]


def test_a_server_without_ranges_is_read_from_the_start(offer: FileOffer, tmp_path: Path) -> None:
    offer.has_ranges = False
    offer.cut_after[:] = [300_000]
    assert store_of(tmp_path, offer).download().read_bytes() == offer.content


def test_a_stopped_download_goes_on_later(offer: FileOffer, tmp_path: Path) -> None:
    wanted, cancel = store_of(tmp_path, offer), CancelToken()

    def stop(done: int, _total: int) -> None:
        if done >= 400_000:
            cancel.set()

    with pytest.raises(Cancelled):
        wanted.download(progress=stop, cancel=cancel)
    part = tmp_path / "model.safetensors.part"
    have = part.stat().st_size
    assert 400_000 <= have < len(offer.content)
    assert not wanted.path.exists()
    assert wanted.download().read_bytes() == offer.content
    assert offer.ranges[-1] == f"bytes={have}-"


def test_a_whole_part_of_a_killed_program_is_only_checked(offer: FileOffer, tmp_path: Path) -> None:
    (tmp_path / "model.safetensors.part").write_bytes(offer.content)
    assert store_of(tmp_path, offer).download().read_bytes() == offer.content


def test_the_next_server_is_asked_where_one_fails(offer: FileOffer, content: bytes, tmp_path: Path) -> None:
    with serve(FileOffer(content, status=404)) as broken:
        spec = spec_for(content, broken.url, "http://127.0.0.1:9/none", offer.url)
        assert WeightsStore(tmp_path, spec).download().read_bytes() == content


def test_servers_that_all_fail_are_named_with_their_reasons(content: bytes, tmp_path: Path) -> None:
    with serve(FileOffer(content, status=503)) as broken:
        spec = spec_for(content, broken.url, "http://127.0.0.1:9/none")
        with pytest.raises(InputError, match=r"HTTP 503.*refused"):
            WeightsStore(tmp_path, spec).download()


def test_a_connection_that_stays_broken_is_an_error_that_keeps_the_part(offer: FileOffer, tmp_path: Path) -> None:
    offer.cut_after[:] = [300_000] + [0] * 10
    with pytest.raises(InputError, match="300,000 bytes"):
        store_of(tmp_path, offer).download()
    assert (tmp_path / "model.safetensors.part").stat().st_size == 300_000


def test_a_wrong_digest_is_refused_and_removed(offer: FileOffer, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="SHA-256"):
        store_of(tmp_path, offer, sha256="ab" * 32).download()
    assert list(tmp_path.iterdir()) == []


def test_the_digest_that_the_hub_announces_is_compared(offer: FileOffer, tmp_path: Path) -> None:
    true = hashlib.sha256(offer.content).hexdigest()
    offer.announced = true.upper()
    offer.cut_after[:] = [300_000]
    wanted = store_of(tmp_path, offer)
    wanted.download().unlink()
    assert wanted.pinned_sha256 == true
    assert offer.ranges == [None, "bytes=300000-"], "redirects keep the range"
    wanted.remove()
    offer.announced = "12" * 32
    with pytest.raises(InputError, match="SHA-256"):
        wanted.download()
    assert list(tmp_path.iterdir()) == []


def test_the_digest_of_the_first_download_holds_for_the_next(offer: FileOffer, tmp_path: Path) -> None:
    wanted = store_of(tmp_path, offer)
    wanted.download().unlink()
    offer.content = offer.content[:-4] + b"\x01\x02\x03\x04"
    with pytest.raises(InputError, match="changed at its source"):
        wanted.download()
    trusted = hashlib.sha256(offer.content).hexdigest()
    store_of(tmp_path, offer, sha256=trusted).download()
    assert wanted.pinned_sha256 == trusted


def test_a_page_instead_of_the_file_is_not_read(offer: FileOffer, tmp_path: Path) -> None:
    wanted = store_of(tmp_path, offer)
    offer.content = b"<html>please log in</html>"
    with pytest.raises(InputError, match="26 bytes"):
        wanted.download()


def test_too_little_room_is_said_before_anything_is_written(
    offer: FileOffer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "SPARE_BYTES", 1 << 62)
    with pytest.raises(OutputError, match=r"has room for .* more are needed"):
        store_of(tmp_path, offer).download()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_disk_that_fills_up_is_said(offer: FileOffer, tmp_path: Path) -> None:
    (tmp_path / "model.safetensors.part").symlink_to("/dev/full")
    with pytest.raises(OutputError, match="No space left"):
        store_of(tmp_path, offer).download()


def test_a_second_download_into_the_same_folder_is_refused_and_the_first_goes_on(
    offer: FileOffer, tmp_path: Path
) -> None:
    wanted = store_of(tmp_path, offer)
    (mine := tmp_path / "mine.safetensors").write_bytes(offer.content)
    said: list[str] = []

    def try_others(done: int, _total: int) -> None:
        if not said:
            for other in (wanted.download, lambda: store_of(tmp_path, offer).add(mine), wanted.remove):
                with pytest.raises(InputError, match="in progress") as refused:
                    other()
                said.append(str(refused.value))
        assert partial_path(wanted.path).stat().st_size >= done

    assert wanted.download(progress=try_others).read_bytes() == offer.content
    assert len(said) == 3
    assert str(tmp_path) in said[0]
    assert sorted(item.name for item in tmp_path.iterdir()) == [
        "mine.safetensors",
        "model.safetensors",
        "weights.json",
    ], "the lock goes with its holder"
    assert offer.ranges == [None]


def test_a_killed_download_leaves_no_lock_behind(offer: FileOffer, tmp_path: Path) -> None:
    holder = (
        "import sys, time; from pathlib import Path; from l3rocc_engine.errors import InputError\n"
        "from l3rocc_engine.storage.lock import holding\n"
        "with holding(Path(sys.argv[1]), InputError('taken')): print('held', flush=True); time.sleep(60)\n"
    )
    command = [sys.executable, "-c", holder, str(tmp_path / LOCK_FILE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(InputError, match="in progress"):
            store_of(tmp_path, offer).download()
        child.kill()
    assert store_of(tmp_path, offer).download().read_bytes() == offer.content


def test_what_was_fetched_needs_no_room_again(
    offer: FileOffer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = store_of(tmp_path, offer)
    (tmp_path / "model.safetensors.part").write_bytes(offer.content[:-1000])
    monkeypatch.setattr(download, "free_bytes", lambda _folder: download.SPARE_BYTES + 2000)
    assert wanted.place_problem == ""
    assert wanted.download().read_bytes() == offer.content


def test_a_server_that_announces_another_digest_is_not_read(offer: FileOffer, tmp_path: Path) -> None:
    offer.announced = hashlib.sha256(offer.content).hexdigest()
    (part := tmp_path / "model.safetensors.part").write_bytes(offer.content[:1000])
    with pytest.raises(InputError, match="abababab") as refused:
        store_of(tmp_path, offer, sha256="ab" * 32).download()
    assert "digest" in refused.value.hint
    assert part.stat().st_size == 1000, "what was fetched is kept"


@pytest.mark.parametrize(
    "url", ["http://a..b/model", "http://[::1/model", "http://" + "a" * 70 + "/model", "http://x:y/m"]
)
def test_an_address_that_no_server_can_have_is_told_at_once(content: bytes, tmp_path: Path, url: str) -> None:
    cancel = CancelToken()
    stop = threading.Timer(20.0, cancel.set)
    stop.start()
    try:
        with pytest.raises(InputError, match="cannot be downloaded"):
            WeightsStore(tmp_path, spec_for(content, url)).download(cancel=cancel)
    finally:
        stop.cancel()


def test_a_server_that_sends_without_end_is_left(offer: FileOffer, tmp_path: Path) -> None:
    wanted = store_of(tmp_path, offer)
    most = wanted.spec.data_bytes + MOST_HEADER_BYTES
    offer.content, offer.has_length = bytes(most + 5_000_000), False
    with pytest.raises(InputError, match="more than"):
        wanted.download()
    assert wanted.unfinished_bytes <= most
