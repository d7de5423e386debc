"""How a print agent is enrolled: it has no screen, so it says its code where it was started."""

from __future__ import annotations

import json
import os
import time
from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from server.errors import StartError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

ASK_EVERY_S = 2.0
ANSWER_S = 10.0
GONE = 410
TOKEN_FILE = "token"


def kept_token(folder: Path) -> str | None:
    """Read the token that an earlier pairing has brought."""
    try:
        return (folder / TOKEN_FILE).read_text("ascii").strip() or None
    except FileNotFoundError:
        return None


def pair(server: str, folder: Path, say: Callable[[str], object], *, every_s: float = ASK_EVERY_S) -> str:
    """
    Show a code until somebody has typed it at `/devices`, and keep the token that comes.

    Args:
        server: Its address, without a slash at the end.
        folder: Where the token is kept, readable by its owner only.

    Raises:
        StartError: The server does not answer, or gives no code.
    """
    while True:
        _, body, cookies = _post(f"{server}/enrol/code", {})
        code, secret = body["code"], cookies["navbat_pairing"]
        say(f"type {code[:3]} {code[3:]} at {server}/devices")
        while True:
            status, _, cookies = _post(f"{server}/enrol/collect", {"navbat_pairing": secret})
            if status == GONE:
                break
            if token := cookies.get("navbat_device"):
                _keep(folder, token)
                return token
            time.sleep(every_s)


def _post(url: str, cookies: dict[str, str]) -> tuple[int, Any, dict[str, str]]:
    """Ask without a body; returns status, JSON, and the cookies that were set."""
    headers = {"Accept": "application/json", "Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())}
    request = Request(url, data=b"", headers=headers, method="POST")
    try:
        with urlopen(request, timeout=ANSWER_S) as answer:
            told = [SimpleCookie(each) for each in answer.headers.get_all("Set-Cookie", [])]
            found = {name: morsel.value for each in told for name, morsel in each.items()}
            return answer.status, json.load(answer), found
    except HTTPError as error:
        if error.code == GONE:
            return GONE, None, {}
        raise StartError(f"{url} answers {error.code}") from error
    except (URLError, OSError, ValueError) as error:
        raise StartError(f"{url} does not answer: {error}") from error


def _keep(folder: Path, token: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / TOKEN_FILE, "w", encoding="ascii", opener=_for_the_owner) as file:
        file.write(token)


def _for_the_owner(path: str, flags: int) -> int:
    return os.open(path, flags, mode=0o600)
