"""
Sends text compressed: pages, style sheets, modules and the longer answers of the interface.

gzip and not Brotli, which browsers ask for only over TLS: the screens of a hall speak plain HTTP to the server, and a
proxy that ends TLS for phones may do better by itself.
"""

from __future__ import annotations

import gzip
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import request

from server.api.callers import STAFF_COOKIE
from server.assets import requested_file

if TYPE_CHECKING:
    from pathlib import Path

    from flask import Flask, Response

# Less than this fits into one packet as it is.
WORTH_IT_BYTES = 1024
TYPES = frozenset({"text/html", "text/css", "text/javascript", "application/json", "image/svg+xml"})
# Of what is made for one request the first levels save nearly all; a file is compressed once.
ANSWER_LEVEL, FILE_LEVEL = 4, 9


def compress(app: Flask) -> None:
    """Compress what `app` answers to GET, for those who accept it."""
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if not _is_worth_it(response):
        return response
    response.vary.add("Accept-Encoding")
    if request.accept_encodings.quality("gzip") <= 0:
        return response
    # The bytes now differ from those that the strong tag speaks of; a weak one still spares sending them again.
    etag, _ = response.get_etag()
    if etag is not None:
        response.set_etag(etag, weak=True)
    if response.status_code == 200:
        _pack(response)
    return response


def _is_worth_it(response: Response) -> bool:
    """
    Tell whether the answer exists in two encodings.

    An answer to a POST does not: what a kiosk or a counter waits for is short. Neither does a page of the staff: it
    holds a secret beside what its address may say, and the length would tell one by the other (BREACH).
    """
    return (
        request.method in ("GET", "HEAD")
        and response.status_code in (200, 304)
        and response.mimetype in TYPES
        and "Content-Encoding" not in response.headers
        and (response.content_length or response.calculate_content_length() or 0) >= WORTH_IT_BYTES
        and not (response.mimetype == "text/html" and STAFF_COOKIE in request.cookies)
    )


def _pack(response: Response) -> None:
    file = requested_file()
    if file is None:
        packed = gzip.compress(response.get_data(), ANSWER_LEVEL, mtime=0)
    else:
        status = file.stat()
        packed = _packed(file, status.st_mtime_ns, status.st_size)
        response.response.close()  # type: ignore[union-attr]  # the opened file
        response.direct_passthrough = False
        # Parts are parts of the file, not of this.
        response.headers.pop("Accept-Ranges", None)
    response.set_data(packed)
    response.headers["Content-Encoding"] = "gzip"


@lru_cache(maxsize=256)
def _packed(file: Path, mtime_ns: int, size: int) -> bytes:
    return gzip.compress(file.read_bytes(), FILE_LEVEL, mtime=0)
