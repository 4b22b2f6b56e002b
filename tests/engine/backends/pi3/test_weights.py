"""Getting the weights, and every way in which that fails, against a local server."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from safetensors.torch import save_file

from l3rocc_engine.backends.pi3 import download, weights, weights_store
from l3rocc_engine.backends.pi3.download import partial_path
from l3rocc_engine.backends.pi3.identity import weights_identity
from l3rocc_engine.backends.pi3.weights import (
    LOCK_FILE,
    WeightsSpec,
    file_problem,
    find_weights,
    require_digest,
)
from l3rocc_engine.backends.pi3.weights_store import WeightsStore
from l3rocc_engine.errors import Cancelled, InputError, OutputError
from l3rocc_engine.progress import CancelToken
from tests.engine.backends.pi3.weights_server import FileOffer, serve
from tests.synthetic.tiny_pi3 import tiny_state


@pytest.fixture(scope="module")
def content(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("made") / "model.safetensors"
    save_file(tiny_state(), path)
    return path.read_bytes()


@pytest.fixture
def offer(content: bytes) -> Iterator[FileOffer]:
    with serve(FileOffer(content)) as offered:
        yield offered


def spec_for(content: bytes, *urls: str, sha256: str | None = None) -> WeightsSpec:
    header = 8 + int.from_bytes(content[:8], "little")
    return WeightsSpec(urls=urls, data_bytes=len(content) - header, num_tensors=len(tiny_state()), sha256=sha256)


def store(folder: Path, offer: FileOffer, sha256: str | None = None) -> WeightsStore:
    return WeightsStore(folder, spec_for(offer.content, offer.url, sha256=sha256))


def test_a_download_is_checked_pinned_and_found(offer: FileOffer, tmp_path: Path) -> None:
    wanted = store(tmp_path / "weights", offer)
    seen: list[tuple[int, int]] = []
    path = wanted.download(progress=lambda done, total: seen.append((done, total)))
    assert path.read_bytes() == offer.content
    assert seen[-1] == (len(offer.content), len(offer.content))
    assert wanted.pinned_sha256 == hashlib.sha256(offer.content).hexdigest()
    assert find_weights(wanted.folder, wanted.spec) == path
    assert sorted(item.name for item in wanted.folder.iterdir()) == ["model.safetensors", "weights.json"]
    wanted.download()
    assert offer.ranges == [None], "what is there is not fetched again"


def test_a_cut_connection_is_taken_up_where_it_broke(offer: FileOffer, tmp_path: Path) -> None:
    offer.cut_after[:] = [300_000, 1000, 200_000]
    wanted = store(tmp_path, offer)
    assert wanted.download().read_bytes() == offer.content
    assert offer.ranges == [None, "bytes=300000-", "bytes=301000-", "bytes=501000-"]


def test_a_server_without_ranges_is_read_from_the_start(offer: FileOffer, tmp_path: Path) -> None:
    offer.has_ranges = False
    offer.cut_after[:] = [300_000]
    assert store(tmp_path, offer).download().read_bytes() == offer.content


def test_a_stopped_download_goes_on_later(offer: FileOffer, tmp_path: Path) -> None:
    wanted, cancel = store(tmp_path, offer), CancelToken()

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
    assert store(tmp_path, offer).download().read_bytes() == offer.content


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
        store(tmp_path, offer).download()
    assert (tmp_path / "model.safetensors.part").stat().st_size == 300_000


def test_a_wrong_digest_is_refused_and_removed(offer: FileOffer, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="SHA-256"):
        store(tmp_path, offer, sha256="ab" * 32).download()
    assert list(tmp_path.iterdir()) == []


def test_the_digest_that_the_hub_announces_is_compared(offer: FileOffer, tmp_path: Path) -> None:
    true = hashlib.sha256(offer.content).hexdigest()
    offer.announced = true.upper()
    offer.cut_after[:] = [300_000]
    wanted = store(tmp_path, offer)
    wanted.download().unlink()
    assert wanted.pinned_sha256 == true
    assert offer.ranges == [None, "bytes=300000-"], "redirects keep the range"
    wanted.remove()
    offer.announced = "12" * 32
    with pytest.raises(InputError, match="SHA-256"):
        wanted.download()
    assert list(tmp_path.iterdir()) == []


def test_the_digest_of_the_first_download_holds_for_the_next(offer: FileOffer, tmp_path: Path) -> None:
    wanted = store(tmp_path, offer)
    wanted.download().unlink()
    offer.content = offer.content[:-4] + b"\x01\x02\x03\x04"
    with pytest.raises(InputError, match="changed at its source"):
        wanted.download()
    trusted = hashlib.sha256(offer.content).hexdigest()
    store(tmp_path, offer, sha256=trusted).download()
    assert wanted.pinned_sha256 == trusted


def test_a_page_instead_of_the_file_is_not_read(offer: FileOffer, tmp_path: Path) -> None:
    wanted = store(tmp_path, offer)
    offer.content = b"<html>please log in</html>"
    with pytest.raises(InputError, match="26 bytes"):
        wanted.download()


def test_too_little_room_is_said_before_anything_is_written(
    offer: FileOffer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "SPARE_BYTES", 1 << 62)
    with pytest.raises(OutputError, match=r"has room for .* more are needed"):
        store(tmp_path, offer).download()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_disk_that_fills_up_is_said(offer: FileOffer, tmp_path: Path) -> None:
    (tmp_path / "model.safetensors.part").symlink_to("/dev/full")
    with pytest.raises(OutputError, match="No space left"):
        store(tmp_path, offer).download()


def test_a_file_of_the_users_is_checked_and_copied(content: bytes, offer: FileOffer, tmp_path: Path) -> None:
    mine = tmp_path / "mine.safetensors"
    mine.write_bytes(content)
    wanted = store(tmp_path / "weights", offer)
    assert wanted.add(mine).read_bytes() == content
    assert mine.exists()
    assert wanted.verify() == hashlib.sha256(content).hexdigest()
    assert wanted.remove() > len(content)
    assert find_weights(wanted.folder, wanted.spec) is None


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda data: data[:-100], "is cut off"),
        (lambda data: data + b"more", "is too long"),
        (lambda data: b"PK\x03\x04" + data, "not a safetensors file"),
        (lambda data: b"", "not a safetensors file"),
        (lambda data: data[:8] + b"?" + data[9:], "header is damaged"),
    ],
)
def test_files_that_are_not_the_weights_are_told_why(content, tmp_path, offer, damage, words) -> None:
    path = tmp_path / "file.safetensors"
    path.write_bytes(damage(content))
    with pytest.raises(InputError, match=words):
        store(tmp_path / "weights", offer).add(path)


def test_another_models_file_is_told_by_its_tensors(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "tiny.safetensors"
    path.write_bytes(content)
    assert "holds another model" in (file_problem(path) or "")


def test_a_flipped_bit_is_found_by_verify(offer: FileOffer, tmp_path: Path) -> None:
    wanted = store(tmp_path, offer)
    path = wanted.download()
    path.write_bytes(offer.content[:-1] + bytes([offer.content[-1] ^ 1]))
    assert file_problem(path, wanted.spec) is None
    with pytest.raises(InputError, match="SHA-256"):
        wanted.verify()


def test_ckpt_and_hub_caches_are_recognised(
    content: bytes, offer: FileOffer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("HF_HUB_CACHE", raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hf"))
    spec, none = spec_for(content, offer.url), tmp_path / "none"
    snapshot = tmp_path / "hf" / "hub" / "models--yyfz233--Pi3" / "snapshots" / "abc" / "model.safetensors"
    assert find_weights(none, spec) is None
    for path in (snapshot, tmp_path / "ckpt" / "model.safetensors"):
        path.parent.mkdir(parents=True)
        path.write_bytes(content)
        assert find_weights(none, spec) is not None
        assert (find_weights(none, spec) or none).samefile(path)


def test_a_second_download_into_the_same_folder_is_refused_and_the_first_goes_on(
    offer: FileOffer, tmp_path: Path
) -> None:
    wanted = store(tmp_path, offer)
    (mine := tmp_path / "mine.safetensors").write_bytes(offer.content)
    said: list[str] = []

    def try_others(done: int, _total: int) -> None:
        if not said:
            for other in (wanted.download, lambda: store(tmp_path, offer).add(mine), wanted.remove):
                with pytest.raises(InputError, match="under way") as refused:
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
        with pytest.raises(InputError, match="under way"):
            store(tmp_path, offer).download()
        child.kill()
    assert store(tmp_path, offer).download().read_bytes() == offer.content


def test_a_folder_that_cannot_be_made_is_said(offer: FileOffer, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="cannot be written"):
        store(tmp_path / "file" / "weights", offer).download()


def test_the_settings_digest_is_compared_once_where_it_is_noted(offer: FileOffer, tmp_path: Path) -> None:
    wanted = store(tmp_path, offer)
    path, digest = wanted.download(), hashlib.sha256(offer.content).hexdigest()
    read: list[int] = []
    require_digest(path, "", progress=lambda done, _total: read.append(done))
    require_digest(path, digest.upper(), progress=lambda done, _total: read.append(done))
    assert read == []
    (tmp_path / "weights.json").unlink()
    require_digest(path, digest, progress=lambda done, _total: read.append(done))
    assert read[-1] == len(offer.content)
    with pytest.raises(InputError, match="weights_sha256"):
        require_digest(path, "ab" * 32)


def test_other_weights_have_another_identity(content: bytes, tmp_path: Path) -> None:
    first, same, other = (tmp_path / name for name in ("a", "b", "c"))
    first.write_bytes(content)
    same.write_bytes(content)
    changed = np.frombuffer(content, np.uint8).copy()
    changed[len(changed) // 2 :] ^= 1
    other.write_bytes(changed.tobytes())
    assert weights_identity(first) == weights_identity(same) != weights_identity(other)
    assert weights_identity(tmp_path / "none") == ""


def test_the_published_file_is_described_by_the_numbers_of_the_specification() -> None:
    assert weights.PUBLISHED.data_bytes == 3_834_786_952
    assert weights.PUBLISHED.num_tensors == 1210
    assert "CC BY-NC 4.0" in weights.LICENCE_NOTICE
    assert json.dumps(weights.PUBLISHED.urls).count("https://") == 2


def test_a_place_without_room_or_rights_is_told_before_anybody_is_asked(
    offer: FileOffer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = store(tmp_path / "weights", offer)
    assert wanted.place_problem == ""
    mine = tmp_path / "mine.safetensors"
    mine.write_bytes(offer.content)
    monkeypatch.setattr(download, "free_bytes", lambda _folder: 300_000)
    assert "room for 300 kB" in wanted.place_problem
    for attempt in (wanted.download, lambda: wanted.add(mine)):
        with pytest.raises(OutputError, match="300 kB") as refused:
            attempt()
        assert "L3ROCC_WEIGHTS" in refused.value.hint
    monkeypatch.setattr(weights_store.os, "access", lambda _path, mode: mode == os.F_OK)
    with pytest.raises(OutputError, match="cannot be written"):
        wanted.download()
    assert offer.ranges == []
    assert not wanted.path.exists()


def test_what_was_fetched_needs_no_room_again(
    offer: FileOffer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = store(tmp_path, offer)
    (tmp_path / "model.safetensors.part").write_bytes(offer.content[:-1000])
    monkeypatch.setattr(download, "free_bytes", lambda _folder: download.SPARE_BYTES + 2000)
    assert wanted.place_problem == ""
    assert wanted.download().read_bytes() == offer.content


def test_a_stopped_copy_leaves_nothing_and_keeps_the_unfinished_download(offer: FileOffer, tmp_path: Path) -> None:
    mine, folder, cancel = tmp_path / "mine.safetensors", tmp_path / "weights", CancelToken()
    mine.write_bytes(offer.content)
    folder.mkdir()
    part = folder / "model.safetensors.part"
    part.write_bytes(offer.content[:1000])
    wanted = store(folder, offer)
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


def test_a_server_that_announces_another_digest_is_not_read(offer: FileOffer, tmp_path: Path) -> None:
    offer.announced = hashlib.sha256(offer.content).hexdigest()
    (part := tmp_path / "model.safetensors.part").write_bytes(offer.content[:1000])
    with pytest.raises(InputError, match="abababab") as refused:
        store(tmp_path, offer, sha256="ab" * 32).download()
    assert "digest" in refused.value.hint
    assert part.stat().st_size == 1000, "what was fetched is kept"


@pytest.mark.parametrize(
    ("urls", "sha256", "words"),
    [([], "abc", "64 hexadecimal"), (["huggingface.co/x"], None, "https://"), (["file:///etc/passwd"], None, "http")],
)
def test_what_is_no_digest_or_address_is_refused_at_once(urls: list[str], sha256: str | None, words: str) -> None:
    with pytest.raises(InputError, match=words):
        weights.PUBLISHED.with_sources(urls, sha256)


def test_whether_somebody_is_at_work_is_known(offer: FileOffer, tmp_path: Path) -> None:
    wanted = store(tmp_path, offer)
    seen: list[bool] = []
    assert not wanted.is_busy
    wanted.download(progress=lambda _done, _total: seen.append(wanted.is_busy))
    assert seen and all(seen)
    (tmp_path / LOCK_FILE).touch()  # as a killed program leaves it
    assert not wanted.is_busy


def test_a_file_of_the_hubs_cache_is_compared_with_its_name(content: bytes, offer: FileOffer, tmp_path: Path) -> None:
    digest = hashlib.sha256(content).hexdigest()
    wanted, link = store(tmp_path / "none", offer), tmp_path / "model.safetensors"
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
