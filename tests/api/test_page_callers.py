"""Who may see and send what of the staff's pages: every one with every caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from server.operations.staff import ROLES
from tests.api.hall import KINDS, Caller, Hall, open_copy
from tests.builders import create_official, open_session
from tests.conftest import FixedClock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from server.config import Config

ANYONE = ("nobody", *KINDS, *ROLES)
WORKS = ("official", "reception", "supervisor", "admin")
MINDS = ("reception", "supervisor", "admin")
ANSWERS = ("supervisor", "admin")
WATCHES = (*ANSWERS, "auditor")
OFFICIAL, SPARE = 1, 6  # accounts of the template, in the order of ROLES, and one more

PAGES: list[tuple[str, str, dict[str, Any], tuple[str, ...]]] = [
    ("GET", "/staff", {}, ROLES),
    ("GET", "/staff/start", {}, ROLES),
    ("GET", "/counter", {}, ROLES),
    ("GET", "/counter/18", {}, ROLES),
    ("GET", "/account", {}, ROLES),
    ("POST", "/account/password", {"old": "x", "new": "battery staple", "again": "battery staple"}, ROLES),
    ("GET", "/account/code", {}, ROLES),
    ("POST", "/account/code", {"key": "x", "code": "123456"}, ROLES),
    ("POST", "/account/code/remove", {"password": "x"}, ROLES),
    ("POST", "/account/passkeys/options", {}, ROLES),
    ("POST", "/account/passkeys", {}, ROLES),
    ("POST", "/account/passkeys/7/remove", {}, ROLES),
    ("POST", "/account/sessions/999/end", {}, ROLES),
    ("POST", "/account/sessions/end", {}, ROLES),
    ("GET", "/supervisor", {}, WATCHES),
    ("GET", "/supervisor/lab", {}, WATCHES),
    ("POST", "/supervisor/lab/adopt", {"walk_in": "12", "note": "x"}, ANSWERS),
    ("GET", "/reception", {}, MINDS),
    ("GET", "/team", {}, WORKS),
    ("GET", "/team/justice", {}, WORKS),
    ("GET", "/print-desk", {}, MINDS),
    ("POST", "/print-desk/jobs/7/reprint", {}, MINDS),
    ("POST", "/print-desk/jobs/7/cancel", {}, MINDS),
    ("POST", "/print-desk/jobs/7/redirect", {"printer": "zone-a"}, MINDS),
    ("POST", "/print-desk/printers/kiosk-1/test", {}, MINDS),
    ("GET", "/admin/users", {}, WATCHES),
    ("GET", "/admin/users/new", {}, ANSWERS),
    ("POST", "/admin/users/new", {"username": "nigar", "role": "official"}, ANSWERS),
    ("GET", f"/admin/users/{OFFICIAL}", {}, WATCHES),
    ("POST", f"/admin/users/{SPARE}", {"name": "Else", "role": "official", "agencies_are": "all"}, ANSWERS),
    *[
        ("POST", f"/admin/users/{SPARE}/{act}", {}, ANSWERS)
        for act in ("disable", "enable", "password", "second-factor", "passkeys", "sessions")
    ],
    ("GET", "/admin/users.csv", {}, WATCHES),
    ("GET", "/admin/users/import", {}, ANSWERS),
    ("POST", "/admin/users/import", {}, ANSWERS),
    ("GET", "/admin/centre", {}, WATCHES),
    ("GET", "/admin/centre/policy", {}, WATCHES),
    ("GET", "/admin/centre/services.csv", {}, WATCHES),
    ("GET", "/admin/centre/versions", {}, WATCHES),
    ("GET", "/admin/centre/versions/1", {}, WATCHES),
    ("GET", "/admin/centre/versions/1.zip", {}, ("admin",)),
    ("GET", "/admin/centre/versions/compare?a=1&b=2", {}, WATCHES),
    ("GET", "/admin/centre/versions/draft", {}, WATCHES),
    ("POST", "/admin/centre/versions/begin", {}, ANSWERS),
    ("POST", "/admin/centre/versions/draft/publish", {"revision": "1", "note": "x"}, ("admin",)),
    ("POST", "/admin/centre/versions/draft/discard", {"revision": "1"}, ANSWERS),
    ("POST", "/admin/centre/versions/1/again", {"note": "x"}, ("admin",)),
    *[
        ("GET", f"/admin/centre/edit{path}", {}, WATCHES)
        for path in (
            "",
            "/policy",
            "/counters/one",
            "/counters/one?id=1",
            "/counters/remove?id=1",
            "/counters.csv",
            "/counters/import",
            "/policy/yaml",
            "/names",
            "/upload",
        )
    ],
    ("POST", "/admin/centre/edit/policy", {"revision": "0"}, ANSWERS),
    ("POST", "/admin/centre/edit/counters/one", {"revision": "0", "number": "99"}, ANSWERS),
    ("POST", "/admin/centre/edit/counters/remove", {"revision": "0", "id~": "1"}, ANSWERS),
    ("POST", "/admin/centre/edit/counters/import", {"revision": "0"}, ANSWERS),
    ("POST", "/admin/centre/edit/policy/yaml", {"revision": "0", "text": "policy: {}"}, ANSWERS),
    ("POST", "/admin/centre/edit/names", {"revision": "0"}, ANSWERS),
    ("POST", "/admin/centre/edit/upload", {"revision": "0"}, ANSWERS),
    ("GET", "/collection", {}, WORKS),
    ("POST", "/collection", {}, WORKS),
    ("POST", "/collection/one", {"service": "ready_doc", "reference": "A-1"}, WORKS),
    ("POST", "/collection/5/print", {}, WORKS),
    ("POST", "/collection/5/withdraw", {}, WORKS),
    ("GET", "/collection/codes.csv", {}, WORKS),
    ("GET", "/devices", {}, ANSWERS),
    ("POST", "/devices", {"code": "K7QW2M", "name": "board", "kind": "display"}, ANSWERS),
    ("POST", "/devices/5", {"act": "restart"}, ANSWERS),
    ("GET", "/messages", {}, ANSWERS),
    ("POST", "/messages", {"kind": "message", "preset": "suspended"}, ANSWERS),
    ("POST", "/messages/4/end", {}, ANSWERS),
    ("GET", "/documents", {}, (*MINDS, "auditor")),  # who reads reports finds them there
    ("GET", "/documents/zones/a.pdf", {}, MINDS),
    ("GET", "/documents/appointments.pdf", {}, MINDS),
    ("GET", "/documents/ticket.pdf?number=R001", {}, MINDS),
    ("GET", "/documents/report?day=2026-11-24&format=csv", {}, WATCHES),
    ("GET", "/slips", {}, ANSWERS),
    ("GET", "/slips/kiosk-1/none.png", {}, ANSWERS),
    ("GET", "/slips/preview", {}, ANSWERS),
    ("GET", "/slips/preview.png", {}, ANSWERS),
]
# Who comes here is nobody yet, or needs to be nobody: the way in, the way out, and a script.
OPEN = {
    "/sign-in",
    "/sign-in/back",
    "/sign-in/code",
    "/sign-in/passkey",
    "/sign-in/passkey/options",
    "/sign-in/with",
    "/sign-out",
    "/team/worker.js",
    "/counter/static/<path:filename>",
    "/tickets/<token>.pdf",
}
OURS = ("counter", "collection", "desk", "documents")


@pytest.fixture(scope="module")
def busy(config: Config, template: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """A hall that the tests of this module share, and in which they do what may be done."""
    folder = tmp_path_factory.mktemp("busy")
    hall = open_copy(config, FixedClock(), template[0], folder, template[1])
    assert create_official(hall.queue, "spare").id == SPARE
    yield hall
    hall.close()


def name_route(value: Any) -> str:
    return value if isinstance(value, str) else ""


def send(hall: Hall, method: str, path: str, form: dict[str, Any], caller: Caller) -> Any:
    token = caller.headers.get("X-CSRF-Token", "none")
    headers = {"Accept": "text/html", **caller.headers}
    data = {"csrf_token": token, **form} if method == "POST" else None
    return hall.client.open(path, method=method, data=data, headers=headers)


def is_refused(answer: Any) -> bool:
    to_sign_in = answer.status_code == 303 and answer.headers["Location"].startswith("/sign-in")
    return to_sign_in or answer.status_code in (401, 403)


def signed_in(hall: Hall, role: str) -> Caller:
    official = hall.queue.staff.find(role)
    assert official is not None
    cookie, csrf = open_session(hall.queue, official, "cookie")
    return Caller(role, role, {"Cookie": f"navbat_staff={cookie}", "X-CSRF-Token": csrf})


@pytest.mark.parametrize(("method", "path", "form", "allowed"), PAGES, ids=name_route)
def test_a_page_refuses_all_others_and_then_changes_nothing(
    still_hall: Hall, method: str, path: str, form: dict[str, Any], allowed: tuple[str, ...]
) -> None:
    before = still_hall.rows()

    for role in (each for each in ANYONE if each not in allowed):
        caller = still_hall.callers["nobody" if role == "nobody" else f"{role} by cookie"]
        answer = send(still_hall, method, path, form, caller)
        assert is_refused(answer), f"{role}: {answer.status_code} {answer.headers.get('Location')}"
        assert answer.status_code == 403 or role not in ROLES, role
    assert still_hall.rows() == before


@pytest.mark.parametrize(("method", "path", "form", "allowed"), PAGES, ids=name_route)
def test_a_page_lets_its_own_in(
    busy: Hall, method: str, path: str, form: dict[str, Any], allowed: tuple[str, ...]
) -> None:
    for role in allowed:
        answer = send(busy, method, path, form, signed_in(busy, role))
        if path == "/account/passkeys" and answer.status_code == 401:
            continue  # let in, and what it sent is no passkey
        assert not is_refused(answer), f"{role}: {answer.status_code} {answer.text[:300]}"
        assert answer.status_code < 500, role


@pytest.mark.parametrize(
    ("method", "path", "form", "allowed"), [each for each in PAGES if each[0] == "POST"], ids=name_route
)
def test_a_form_without_the_token_of_its_page_does_nothing(
    still_hall: Hall, method: str, path: str, form: dict[str, Any], allowed: tuple[str, ...]
) -> None:
    before = still_hall.rows()

    for role in allowed:
        caller = still_hall.callers[f"{role} by cookie"]
        for headers in (caller.without("X-CSRF-Token"), still_hall.callers["official by cookie"]):
            token = headers.headers.get("X-CSRF-Token", "")
            stranger = Caller(role, role, {"Cookie": caller.headers["Cookie"], "X-CSRF-Token": token})
            if token == caller.headers["X-CSRF-Token"]:
                continue
            answer = send(still_hall, method, path, form, stranger)
            assert answer.status_code == 403, role
    assert still_hall.rows() == before


def test_every_page_of_the_staff_stands_in_the_table(still_hall: Hall) -> None:
    adapter = still_hall.app.url_map.bind("localhost")
    listed = {
        (method, adapter.match(path.partition("?")[0], method, return_rule=True)[0].rule)
        for method, path, *_ in PAGES
    }
    routed = {
        (method, rule.rule)
        for rule in still_hall.app.url_map.iter_rules()
        if rule.endpoint.partition(".")[0] in OURS or rule.rule.startswith("/slips")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule not in OPEN
    }

    assert listed == routed
