"""Which file is the weights: what it must be, where it is looked for, and what is known of it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from l3rocc_engine.backends.pi3 import weights
from l3rocc_engine.backends.pi3.identity import weights_identity
from l3rocc_engine.backends.pi3.weights import file_problem, find_weights, require_digest
from l3rocc_engine.errors import InputError
from tests.engine.backends.pi3.weights_server import FileOffer, spec_for, store_of


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
        store_of(tmp_path / "weights", offer).add(path)


def test_another_models_file_is_told_by_its_tensors(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "tiny.safetensors"
    path.write_bytes(content)
    assert "holds another model" in (file_problem(path) or "")


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


def test_the_settings_digest_is_compared_once_where_it_is_noted(offer: FileOffer, tmp_path: Path) -> None:
    wanted = store_of(tmp_path, offer)
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


@pytest.mark.parametrize(
    ("urls", "sha256", "words"),
    [([], "abc", "64 hexadecimal"), (["huggingface.co/x"], None, "https://"), (["file:///etc/passwd"], None, "http")],
)
def test_what_is_no_digest_or_address_is_refused_at_once(urls: list[str], sha256: str | None, words: str) -> None:
    with pytest.raises(InputError, match=words):
        weights.PUBLISHED.with_sources(urls, sha256)


def test_another_home_still_finds_what_was_downloaded_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("L3ROCC_WEIGHTS", raising=False)
    monkeypatch.setenv("L3ROCC_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(weights, "user_folder", lambda: tmp_path / "user")
    assert weights.default_folder() == tmp_path / "home" / "weights"
    places = [path.parent for path in weights.candidate_files()]
    assert places[:2] == [tmp_path / "home" / "weights", tmp_path / "user" / "weights"]
