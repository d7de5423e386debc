"""
What a browser may load: the import map, the security headers, and how long each file may be kept.

`secure(app)` installs all of it. Templates get two globals:

    <script type="importmap">{{ import_map() }}</script>
    <link rel="stylesheet" href="{{ asset('base.css') }}">
    <script type="module" src="{{ asset('kiosk.js', 'kiosk') }}"></script>
"""

from __future__ import annotations

import base64
import hashlib
import json
import mimetypes
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import current_app, request, url_for
from markupsafe import Markup

if TYPE_CHECKING:
    from flask import Flask, Response

STATIC = Path(__file__).parent / "static"
LOCK = STATIC / "vendor" / "vendor.lock"
A_YEAR_S = 365 * 24 * 3600
# What is never a page of its own is under the policy of the page that it is part of. Sent with each of twenty small
# files the policies would weigh as much as the files.
PARTS = (".js", ".css", ".woff2")
OF_PARTS = ("X-Content-Type-Options", "Cross-Origin-Resource-Policy")
NEEDLESS_OF_FILES = ("Content-Disposition", "Last-Modified")

# Hosts differ in what they know, and with nosniff a module of an unknown type is not run.
for _type, _suffix in (("text/javascript", ".js"), ("text/css", ".css"), ("font/woff2", ".woff2")):
    mimetypes.add_type(_type, _suffix)


@lru_cache(maxsize=1)
def import_map() -> str:
    """
    Return the import map of the vendored modules as JSON, safe to stand inside a script element.

    Put nothing else into that element, not even a space: the policy allows exactly these bytes.
    """
    imports, integrity = {}, {}
    for package in json.loads(LOCK.read_text("utf-8"))["packages"]:
        for file in package["files"]:
            if module := file.get("module"):
                url = f"/static/{file['local']}?v={_short(file['sha384'].removeprefix('sha384-'))}"
                imports[module] = url
                integrity[url] = file["sha384"]
    text = json.dumps({"imports": imports, "integrity": integrity}, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))


@lru_cache(maxsize=1)
def content_security_policy() -> str:
    """
    Return the policy of every page: own files only, and of inline scripts the import map alone.

    Scripts of type application/json are data, which the policy does not concern. `'self'` in
    connect-src covers the websocket to the same host in every browser that knows import maps.
    """
    digest = hashlib.sha256(import_map().encode("utf-8")).digest()
    inline = base64.b64encode(digest).decode("ascii")
    return "; ".join(
        (
            "default-src 'self'",
            f"script-src 'self' 'sha256-{inline}'",
            "style-src 'self'",
            "img-src 'self' data: blob:",
            "connect-src 'self'",
            "media-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
            "form-action 'self'",
        )
    )


def asset(path: str, screen: str | None = None) -> str:
    """
    Return the URL of a static file, with its hash, so that browsers may keep it for good.

    Args:
        path: Within server/static, or within the static folder of `screen`.
        screen: The blueprint that owns the file: "kiosk", "counter" or "display".

    Raises:
        FileNotFoundError: There is no such file; a page must not be sent with a dead link.
    """
    endpoint = f"{screen}.static" if screen else "static"
    file = _file(current_app, endpoint, path)
    if file is None:
        raise FileNotFoundError(f"no static file {path!r} of {screen or 'server'}")
    return url_for(endpoint, filename=path, v=version(file))


def version(file: Path) -> str:
    """Return a short hash of the file's content; read again only when the file has changed."""
    status = file.stat()
    return _version(file, status.st_mtime_ns, status.st_size)


def secure(app: Flask) -> None:
    """Give every response of `app` its security and caching headers, and its templates the globals."""
    app.jinja_env.globals.update(import_map=import_map, asset=asset)
    app.url_defaults(_add_version)
    app.after_request(_add_headers)


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    """Let a plain `url_for("kiosk.static", filename=...)` carry the hash as `asset` does."""
    if "v" in values or "filename" not in values:
        return
    file = _file(current_app, endpoint, values["filename"])
    if file is not None:
        values["v"] = version(file)


def _add_headers(response: Response) -> Response:
    headers = response.headers
    present = {name.lower() for name in headers.keys()}  # noqa: SIM118
    file = requested_file()
    for name, value in _policies():
        if name.lower() in present or (file is not None and file.suffix in PARTS and name not in OF_PARTS):
            continue
        headers.add(name, value)
    if file is not None:
        # Browsers show files inline anyway, and know them again by their ETag: a phone would pay for it with each file.
        for name in NEEDLESS_OF_FILES:
            headers.remove(name)
        _keep(response, file)
    elif "cache-control" not in present:
        headers.add("Cache-Control", "no-store")
    return response


@lru_cache(maxsize=1)
def _policies() -> tuple[tuple[str, str], ...]:
    return (
        ("Content-Security-Policy", content_security_policy()),
        ("X-Content-Type-Options", "nosniff"),
        ("X-Frame-Options", "DENY"),
        # Not no-referrer: browsers would then send "Origin: null" with our own forms, which are checked by it.
        # Across sites nothing is sent, since the address of a ticket page is its key.
        ("Referrer-Policy", "same-origin"),
        ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
        ("Cross-Origin-Opener-Policy", "same-origin"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
    )


def _keep(response: Response, file: Path) -> None:
    """
    Say how long a static file may be kept.

    For good only where the URL carries the hash of these very bytes: a page of an older release must
    not fix today's content to its URL. Modules import each other without a hash and are asked for
    again each time, which costs a 304.
    """
    if response.status_code in (200, 206, 304) and request.args.get("v") == version(file):
        response.headers["Cache-Control"] = f"public, max-age={A_YEAR_S}, immutable"
    else:
        response.headers["Cache-Control"] = "no-cache"


def requested_file() -> Path | None:
    """Find the static file that the request asks for; None where it asks for something else."""
    if request.endpoint is None or not request.view_args or "filename" not in request.view_args:
        return None
    return _file(current_app, request.endpoint, request.view_args["filename"])


def _file(app: Flask, endpoint: str, filename: str) -> Path | None:
    """Find the file behind a static URL; None where the endpoint is no static one or the file is missing."""
    blueprint, _, name = endpoint.rpartition(".")
    if name != "static":
        return None
    owner = app.blueprints.get(blueprint) if blueprint else app
    if owner is None or owner.static_folder is None:
        return None
    folder = Path(owner.static_folder).resolve()
    file = (folder / filename).resolve()
    return file if file.is_relative_to(folder) and file.is_file() else None


@lru_cache(maxsize=1024)
def _version(file: Path, mtime_ns: int, size: int) -> str:
    digest = hashlib.sha384(file.read_bytes()).digest()
    return _short(base64.b64encode(digest).decode("ascii"))


def _short(base64_hash: str) -> str:
    """
    Return the first 72 bits of a hash in letters that need no quoting in a URL.

    >>> _short("k/EbA8To4I3ncNvT4R+JKSGf")
    'k_EbA8To4I3n'
    """
    return base64_hash[:12].replace("/", "_").replace("+", "-")
