"""An HTTP answer read block by block in a thread of its own, so that waiting for a slow server can be stopped."""

from __future__ import annotations

import http.client
import queue
import re
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message
from typing import IO

from l3rocc_engine.progress import CancelToken

BLOCK_BYTES = 1 << 18
TIMEOUT_S = 30.0
_POLL_S = 0.2
_QUEUED_BLOCKS = 16


@dataclass(frozen=True, slots=True)
class AnswerHead:
    """Status and headers of an answer.

    Attributes
    ----------
    status, headers
        Of the server that sends the file.
    sha256
        Digest of the whole file if a server on the way announced it, as the Hugging Face hub does.
    """

    status: int
    headers: Message
    sha256: str | None = None


class _DigestListener(urllib.request.HTTPRedirectHandler):
    """Follows redirects and notes the digest that the hub sends along with them."""

    def __init__(self) -> None:
        self.sha256: str | None = None

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """Note, then do as always."""
        self.note(headers)
        return super().redirect_request(req, fp, code, msg, headers, newurl)

    def note(self, headers: Message) -> None:
        tag = headers.get("X-Linked-ETag", "").strip('"').lower()
        if re.fullmatch("[0-9a-f]{64}", tag):
            self.sha256 = tag


class HttpBlocks:
    """One request; use as a context manager, ask for the head, then iterate over the blocks."""

    def __init__(self, request: urllib.request.Request, cancel: CancelToken) -> None:
        self._request = request
        self._cancel = cancel
        self._queue: queue.Queue[AnswerHead | bytes | Exception | None] = queue.Queue(_QUEUED_BLOCKS)
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._read, name="download", daemon=True)

    def __enter__(self) -> HttpBlocks:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._is_over.set()

    def head(self) -> AnswerHead:
        """Wait for the server.

        Raises
        ------
        OSError, http.client.HTTPException, ValueError
            What the connection says; ``urllib.error.HTTPError`` for a refusal, the last for an address that is none.
        Cancelled
            If asked to stop meanwhile.
        """
        head = self._next()
        if not isinstance(head, AnswerHead):
            raise http.client.HTTPException("the server sent no answer")
        return head

    def __iter__(self) -> Iterator[bytes]:
        """Blocks as they come; ends at the end of the answer or where the connection breaks off."""
        while isinstance(block := self._next(), bytes):
            yield block

    def _next(self) -> AnswerHead | bytes | None:
        while True:
            self._cancel.check()
            try:
                item = self._queue.get(timeout=_POLL_S)
            except queue.Empty:
                continue
            if isinstance(item, Exception):
                raise item
            return item

    def _read(self) -> None:
        try:
            listener = _DigestListener()
            with urllib.request.build_opener(listener).open(self._request, timeout=TIMEOUT_S) as answer:
                listener.note(answer.headers)
                self._put(AnswerHead(answer.status, answer.headers, listener.sha256))
                while not self._is_over.is_set():
                    block = _read_block(answer)
                    if not block:
                        break
                    self._put(block)
            self._put(None)
        except (OSError, http.client.HTTPException, ValueError) as error:  # the last of a name that is none
            self._put(error)

    def _put(self, item: AnswerHead | bytes | Exception | None) -> None:
        while not self._is_over.is_set():
            try:
                self._queue.put(item, timeout=_POLL_S)
            except queue.Full:
                continue
            return


def _read_block(answer: http.client.HTTPResponse) -> bytes:
    try:
        return answer.read1(BLOCK_BYTES)
    except http.client.IncompleteRead as cut:
        return cut.partial
