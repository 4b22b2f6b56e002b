"""A local HTTP server that gives one file the way real ones do, and fails the way real ones fail."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from l3rocc_engine.backends.pi3.weights import WeightsSpec
from l3rocc_engine.backends.pi3.weights_store import WeightsStore
from tests.synthetic.tiny_pi3 import tiny_state


@dataclass
class FileOffer:
    """What the server does.

    Attributes
    ----------
    content
        The file.
    cut_after
        Bytes after which an answer breaks off, one entry an answer; answers beyond the list are whole.
    has_ranges
        Whether it can go on in the middle.
    has_length
        Whether it says how long the file is.
    status
        Another status than success for everything.
    announced
        Digest that it sends along with a redirect to the file, as the hub does.
    ranges
        The ranges it was asked for.
    """

    content: bytes
    cut_after: list[int] = field(default_factory=list)
    has_ranges: bool = True
    has_length: bool = True
    status: int = 200
    announced: str | None = None
    ranges: list[str | None] = field(default_factory=list)
    url: str = ""


@contextmanager
def serve(offer: FileOffer) -> Iterator[FileOffer]:
    """Serve until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if offer.announced and self.path != "/blob":
                self.send_response(302)
                self.send_header("Location", "/blob")
                self.send_header("X-Linked-ETag", f'"{offer.announced}"')
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            asked = self.headers.get("Range")
            offer.ranges.append(asked)
            if offer.status != 200:
                self.send_error(offer.status)
                return
            first = int(asked.removeprefix("bytes=").rstrip("-")) if asked and offer.has_ranges else 0
            size = len(offer.content)
            if first >= size:
                self.send_response(416)
                self.send_header("Content-Range", f"bytes */{size}")
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.send_response(206 if first else 200)
            if offer.has_length:
                self.send_header("Content-Length", str(size - first))
            self.end_headers()
            cut = offer.cut_after.pop(0) if offer.cut_after else size
            self.wfile.write(offer.content[first : first + cut])

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    offer.url = f"http://127.0.0.1:{server.server_port}/model.safetensors"
    try:
        yield offer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def spec_for(content: bytes, *urls: str, sha256: str | None = None) -> WeightsSpec:
    """What is to be expected of the tiny network's file."""
    header = 8 + int.from_bytes(content[:8], "little")
    return WeightsSpec(urls=urls, data_bytes=len(content) - header, num_tensors=len(tiny_state()), sha256=sha256)


def store_of(folder: Path, offer: FileOffer, sha256: str | None = None) -> WeightsStore:
    """A folder of weights that come from the server."""
    return WeightsStore(folder, spec_for(offer.content, offer.url, sha256=sha256))
