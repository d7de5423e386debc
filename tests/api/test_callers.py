"""Who may do what: every route with every caller, by cookie and by bearer token."""

from __future__ import annotations

import pytest

from server.api import BASE
from server.operations.staff import ROLES
from tests.api.hall import KINDS, NOBODY, Caller, documented_path
from tests.builders import BIRTH, create_official, open_session

ANYONE = ("nobody", *KINDS, *ROLES)
WORKS = ("official", "reception", "supervisor", "admin")
READS = (*WORKS, "auditor")
ISSUES = ("kiosk", "reception", "supervisor", "admin")
COUNTER = "/counters/18"
RULES = ("supervisor", "admin")
MINDS = ("reception", "supervisor", "admin")
ASKED = {
    "form": "form-of-a-test",
    "services": ["poa"],
    "category": "bedridden",
    "name": "Səkinə Vəliyeva",
    "telephone": "+994502223344",
    "address": "Nizami 5",
}

WATCHES, ACTS = ("supervisor", "admin", "auditor"), ("supervisor", "admin")

SUBSCRIPTION = {"endpoint": "https://fcm.googleapis.com/1", "keys": {"p256dh": "x", "auth": "y"}}

ROUTES = [
    ("POST", "/auth/token", {"username": "nobody", "password": "x" * 8}, ANYONE),
    ("GET", "/me", None, ROLES),
    ("GET", "/services", None, ANYONE),
    ("GET", "/services/now", None, ANYONE),
    ("POST", "/visits/order", {"services": [BIRTH, "passport"]}, ANYONE),
    ("POST", f"/services/{BIRTH}/availability", {"open": True}, ("supervisor", "admin")),
    ("POST", "/kiosk/staff", {"code": "135790"}, ("kiosk",)),
    ("POST", "/kiosk/availability", {"staff": "x", "service": BIRTH, "open": True}, ("kiosk",)),
    ("POST", "/kiosk/test-print", {"staff": "x"}, ("kiosk",)),
    ("POST", "/tickets", {"service": BIRTH}, ISSUES),
    ("GET", "/tickets/unknown", None, ANYONE),
    ("POST", "/check-ins", {"code": "K7QW2M"}, ISSUES),
    ("GET", "/tickets/unknown/why", None, ANYONE),
    ("POST", "/tickets/unknown/cancel", {}, ANYONE),
    ("POST", "/tickets/unknown/postpone", {"minutes": 10}, ANYONE),
    ("POST", "/tickets/unknown/rejoin", {}, ANYONE),
    ("POST", "/tickets/unknown/push", SUBSCRIPTION, ANYONE),
    ("POST", "/tickets/unknown/push-off", {"endpoint": "https://push.example/1"}, ANYONE),
    ("POST", "/ratings/unknown", {"score": 5}, ANYONE),
    ("GET", "/slots/days?service=passport", None, ANYONE),
    ("GET", "/slots?service=passport&day=2026-11-25", None, ANYONE),
    ("POST", "/appointments", {"service": "passport", "slot_at": "2026-11-25T10:00:00+04:00"}, ISSUES),
    ("GET", "/appointments", None, MINDS),
    ("POST", "/appointments/of-day/8/cancel", {}, MINDS),
    ("POST", "/appointments/of-day/8/move", {"slot_at": "2026-11-25T10:00:00+04:00"}, MINDS),
    ("GET", "/appointments/unknown", None, ANYONE),
    ("POST", "/appointments/unknown/move", {"slot_at": "2026-11-25T10:00:00+04:00"}, ANYONE),
    ("POST", "/appointments/unknown/cancel", {}, ANYONE),
    ("GET", "/results", None, WORKS),
    ("POST", "/results", {"service": "ready_doc", "reference": "A-1"}, WORKS),
    ("POST", "/results/import", {"csv": "service,reference\nready_doc,B-1"}, WORKS),
    ("POST", "/results/5/withdraw", {}, WORKS),
    ("GET", "/alarms", None, ("supervisor", "admin", "auditor")),
    ("GET", "/counters", None, READS),
    ("GET", COUNTER, None, READS),
    ("POST", f"{COUNTER}/open", {}, WORKS),
    ("POST", f"{COUNTER}/next", {}, WORKS),
    ("POST", f"{COUNTER}/call", {"ticket": "R001", "reason": "unwell"}, WORKS),
    ("POST", f"{COUNTER}/recall", {}, WORKS),
    ("POST", f"{COUNTER}/start", {}, WORKS),
    ("POST", f"{COUNTER}/add-service", {"service": BIRTH}, WORKS),
    ("POST", f"{COUNTER}/hold", {}, WORKS),
    ("POST", f"{COUNTER}/resume", {"ticket": "R001"}, WORKS),
    ("POST", f"{COUNTER}/transfer", {"service": BIRTH}, WORKS),
    ("POST", f"{COUNTER}/finish", {}, WORKS),
    ("POST", f"{COUNTER}/no-show", {}, WORKS),
    ("POST", f"{COUNTER}/note", {"text": "needs an interpreter"}, WORKS),
    ("POST", f"{COUNTER}/pause", {"reason": "lunch"}, WORKS),
    ("POST", f"{COUNTER}/close", {}, WORKS),
    ("GET", "/printers", None, MINDS),
    ("POST", "/printers/kiosk-1/test", {}, MINDS),
    ("GET", "/print-jobs", None, MINDS),
    ("GET", "/print-jobs/7", None, MINDS),
    ("POST", "/print-jobs/7/reprint", {}, MINDS),
    ("POST", "/print-jobs/7/cancel", {}, MINDS),
    ("POST", "/print-jobs/7/redirect", {"printer": "zone-a"}, MINDS),
    ("POST", "/reception/tickets", {"service": BIRTH}, MINDS),
    ("GET", "/reception/tickets?find=R001", None, MINDS),
    ("POST", "/reception/tickets/9/change", {"language": "ru"}, MINDS),
    ("POST", "/reception/tickets/9/priority", {"category": "age_70", "evidence": True}, MINDS),
    ("POST", "/reception/tickets/9/print", {}, MINDS),
    ("GET", "/reception/appointments", None, MINDS),
    ("GET", "/outreach", None, ANYONE),
    ("POST", "/outreach/visits", ASKED, ANYONE),
    ("GET", "/outreach/visits/unknown", None, ANYONE),
    ("POST", "/outreach/visits/unknown/cancel", {}, ANYONE),
    ("GET", "/outreach/requests", None, MINDS),
    ("GET", "/outreach/plan", None, MINDS),
    ("POST", "/outreach/requests/6/confirm", {}, MINDS),
    ("POST", "/outreach/requests/6/decline", {"reason": "out_of_area"}, MINDS),
    ("POST", "/outreach/requests/6/plan", {"team": "justice", "slot_at": "2026-11-24T10:00:00+04:00"}, MINDS),
    ("POST", "/teams/justice/day", {}, WORKS),
    ("POST", "/teams/justice/acts", {"official": 1, "acts": []}, WORKS),
    ("GET", "/room", None, WATCHES),
    ("GET", "/room/advice", None, WATCHES),
    ("GET", "/room/flow", None, WATCHES),
    ("POST", "/room/alerts/acknowledge", {"alert": "late/birth"}, ACTS),
    ("POST", "/room/officials/move", {"official": 1, "counter": 19}, ACTS),
    ("POST", "/room/counters/18/end", {}, ACTS),
    ("GET", "/hall", None, ANYONE),
    ("GET", "/messages", None, RULES),
    ("POST", "/messages", {"kind": "message", "preset": "suspended"}, RULES),
    ("POST", "/messages/4/end", {}, RULES),
    ("GET", "/devices", None, RULES),
    ("POST", "/devices", {"code": "K7QW2M", "name": "board", "kind": "display"}, RULES),
    ("POST", "/devices/5/rename", {"name": "board"}, RULES),
    ("POST", "/devices/5/move", {"zone": "b"}, RULES),
    ("POST", "/devices/5/restart", {}, RULES),
    ("POST", "/devices/5/revoke", {}, RULES),
    ("GET", "/users", None, WATCHES),
    ("POST", "/users", {"username": "nigar", "role": "official"}, ACTS),
    ("POST", "/users/1/change", {"name": "Aygün"}, ACTS),
    ("POST", "/users/1/disable", {}, ACTS),
    ("POST", "/users/1/enable", {}, ACTS),
    ("POST", "/users/1/password", {}, ACTS),
    ("POST", "/users/1/second-factor/remove", {}, ACTS),
    ("POST", "/users/1/passkeys/remove", {}, ACTS),
    ("GET", "/users/1/sessions", None, WATCHES),
    ("POST", "/users/1/sessions/end", {}, ACTS),
    ("POST", "/users/1/sessions/2/end", {}, ACTS),
    ("GET", "/public/statistics", None, ANYONE),
    ("GET", "/public/policies", None, ANYONE),
    ("GET", "/presence", None, ("display", "kiosk", *MINDS)),
    ("GET", "/voice/call?number=R001&counter=18&language=az", None, ANYONE),
    ("POST", "/voice", {"text": "Xoş gəlmisiniz", "language": "az"}, ("kiosk", "display")),
    ("GET", "/log/checkpoint", None, ANYONE),
    ("GET", "/log/key", None, ANYONE),
    ("GET", "/log/entries", None, ANYONE),
    ("GET", "/log/consistency", None, ANYONE),
    ("GET", "/tickets/unknown/proof", None, ANYONE),
]
# Whose body holds a credential that is not good here.
ASK_MORE = ("/auth/token", "/kiosk/staff", "/kiosk/availability", "/kiosk/test-print")
WAYS = ["nobody", *(name + way for name in (*KINDS, *ROLES) for way in ("", " by cookie"))]


def role_of(way):
    return way.removesuffix(" by cookie")


def name_route(value):
    return value if isinstance(value, str) else ""


REFUSED = [
    (method, path, body, allowed, way)
    for method, path, body, allowed in ROUTES
    for way in WAYS
    if role_of(way) not in allowed
]


@pytest.mark.parametrize(("method", "path", "body", "allowed", "way"), REFUSED, ids=name_route)
def test_other_callers_are_refused_and_change_nothing(still_hall, method, path, body, allowed, way):
    role = role_of(way)
    before = still_hall.rows()

    answer = still_hall.ask(method, path, body, by=way)

    assert answer.status_code == (401 if role == "nobody" or is_of_another_kind(role, way, allowed) else 403)
    assert still_hall.rows() == before


def is_of_another_kind(role, way, allowed):
    """A device's cookie is no staff cookie: where no device is let in, it is not even looked at."""
    return role in KINDS and way.endswith("cookie") and not set(KINDS) & set(allowed)


@pytest.mark.parametrize(("method", "path", "body", "allowed"), ROUTES, ids=name_route)
def test_each_of_its_callers_gets_through(hall, method, path, body, allowed):
    ways = [way for way in WAYS if role_of(way) in allowed]
    # A password's hash takes its time.
    for way in ways[:2] if path == "/auth/token" else ways:
        answer = hall.ask(method, path, body, by=way)

        assert answer.status_code not in (400, 403, 422), f"{way}: {answer.text}"
        assert answer.status_code != 401 or path in ASK_MORE, way


def test_every_route_of_the_interface_stands_in_the_table(still_hall):
    routed = {
        (method, documented_path(rule.rule).removeprefix(BASE))
        for rule in still_hall.app.url_map.iter_rules()
        if rule.rule.startswith(BASE) and "openapi" not in rule.rule
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    listed = {
        (
            method,
            path.partition("?")[0]
            .replace("/unknown", "/{token}")
            .replace("/users/1", "/users/{user}")
            .replace("/sessions/2", "/sessions/{session}")
            .replace("/9", "/{ticket}")
            .replace("/6", "/{request}")
            .replace("/justice", "/{team}")
            .replace("/18", "/{counter}")
            .replace("/results/5", "/results/{result}")
            .replace("/5", "/{device}")
            .replace("/4", "/{message}")
            .replace("/7", "/{job}")
            .replace("/8", "/{appointment}")
            .replace("/kiosk-1", "/{printer}")
            .replace(f"/{BIRTH}", "/{service}"),
        )
        for method, path, *_ in ROUTES
    }

    assert listed == routed


@pytest.mark.parametrize(
    "authorization", ["Bearer", "Bearer ", "Bearer unknown", "Basic b2ZmaWNpYWw6eA==", "bearer\tx"]
)
def test_a_credential_that_is_none_is_refused_even_beside_a_good_cookie(still_hall, authorization):
    cookie = still_hall.callers["official by cookie"]

    answer = still_hall.ask("GET", "/me", by=cookie, headers={"Authorization": authorization})

    assert answer.status_code == 401


def test_a_cookie_is_no_bearer_token_and_the_other_way_round(still_hall):
    bearer = still_hall.callers["official"].headers["Authorization"].partition(" ")[2]
    cookie = still_hall.callers["official by cookie"].headers["Cookie"].partition("=")[2]

    as_cookie = still_hall.ask("GET", "/me", headers={"Cookie": f"navbat_staff={bearer}"})
    as_bearer = still_hall.ask("GET", "/me", headers={"Authorization": f"Bearer {cookie}"})

    assert (as_cookie.status_code, as_bearer.status_code) == (401, 401)


def test_a_revoked_device_is_refused_at_once(hall):
    hall.post("/tickets", {"service": BIRTH}, by="kiosk")
    hall.queue.devices.revoke("kiosk-9")

    answers = [
        hall.ask("POST", "/tickets", {"service": BIRTH}, by=way) for way in ("kiosk", "kiosk by cookie")
    ]

    assert [answer.status_code for answer in answers] == [401, 401]


def test_a_session_ends_with_its_time_and_with_the_sign_out(hall, clock):
    cookie = hall.callers["official by cookie"]
    token = cookie.headers["Cookie"].partition("=")[2]

    hall.queue.sessions.sign_out(token)
    assert hall.ask("GET", "/me", by=cookie).status_code == 401
    assert hall.ask("GET", "/me", by="official").status_code == 200

    clock.advance(hours=13)
    assert hall.ask("GET", "/me", by="official").status_code == 401


def test_an_official_of_one_counter_cannot_work_at_anothers(hall):
    hall.post("/counters/18/open", by="official")
    hall.post("/tickets", {"service": BIRTH}, by="kiosk")
    before = hall.rows()

    for act in ("next", "close", "start", "finish"):
        assert hall.ask("POST", f"/counters/18/{act}", by="reception").status_code == 409

    assert hall.rows() == before


def test_an_official_of_another_agency_sees_and_does_nothing_at_a_counter(hall):
    other = create_official(hall.queue, "other", agencies=["moi"])
    bearer = Caller(
        "other", "official", {"Authorization": f"Bearer {open_session(hall.queue, other, 'bearer')[0]}"}
    )
    hall.post("/counters/18/open", by="official")
    hall.post("/tickets", {"service": BIRTH}, by="kiosk")
    hall.post("/counters/18/next", by="official")
    before = hall.rows()

    assert hall.ask("GET", "/counters/18", by=bearer).status_code == 404
    for method, path, body, _ in ROUTES:
        if path.startswith(f"{COUNTER}/"):
            assert hall.ask(method, path, body, by=bearer).status_code in (404, 409), path
    assert hall.rows() == before


def test_a_disabled_account_is_refused_at_once(hall):
    reception, admin = hall.queue.staff.find("reception"), hall.queue.staff.find("admin")
    hall.queue.accounts.disable(admin, reception.id)
    before = hall.rows()

    for method, path, body, allowed in ROUTES:
        if "reception" in allowed and "nobody" not in allowed:
            for way in ("reception", "reception by cookie"):
                assert hall.ask(method, path, body, by=way).status_code == 401, path
    assert hall.rows() == before


def test_a_browser_that_is_enrolled_and_signed_in_asks_as_whichever_may(hall):
    device, staff = hall.callers["kiosk by cookie"], hall.callers["reception by cookie"]
    both = {"Cookie": f"{device.headers['Cookie']}; {staff.headers['Cookie']}"}

    by_touch = hall.ask("POST", "/tickets", {"service": BIRTH}, headers=both)
    by_page = hall.ask(
        "POST", "/counters/18/open", headers=both | {"X-CSRF-Token": staff.headers["X-CSRF-Token"]}
    )

    assert (by_touch.status_code, by_page.status_code) == (201, 200)


# What another site may make a browser do: nothing.

UNSAFE = [("/tickets", {"service": BIRTH}, "reception"), ("/counters/18/open", {}, "official")]


@pytest.mark.parametrize(("path", "body", "role"), UNSAFE)
def test_a_staff_cookie_without_the_pages_csrf_token_does_nothing(still_hall, path, body, role):
    cookie = still_hall.callers[f"{role} by cookie"]
    other = still_hall.callers["supervisor by cookie"].headers["X-CSRF-Token"]
    before = still_hall.rows()

    missing = still_hall.ask("POST", path, body, by=cookie.without("X-CSRF-Token"))
    wrong = [
        still_hall.ask("POST", path, body, by=cookie, headers={"X-CSRF-Token": token})
        for token in ("", "wrong", other)
    ]

    for answer in (missing, *wrong):
        assert (answer.status_code, answer.json["type"]) == (403, "urn:navbat:problem:not_same_origin")
    assert still_hall.rows() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:81"},
        {"Origin": "http://localhost.elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
    ids=lambda headers: " ".join(headers.values()),
)
@pytest.mark.parametrize("way", ["kiosk by cookie", "reception by cookie"])
def test_a_page_of_another_site_cannot_take_a_ticket(still_hall, headers, way):
    before = still_hall.rows()

    answer = still_hall.ask("POST", "/tickets", {"service": BIRTH}, by=way, headers=headers)

    assert (answer.status_code, answer.json["type"]) == (403, "urn:navbat:problem:not_same_origin")
    assert still_hall.rows() == before


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://localhost"}, {"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}],
)
def test_a_page_of_this_site_can(hall, headers):
    hall.post("/tickets", {"service": BIRTH}, by="kiosk by cookie", headers=headers)


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/enrol", "/t/unknown/cancel", "/r/unknown"])
def test_no_form_can_be_sent_by_another_site(still_hall, path):
    before = still_hall.rows()

    answer = still_hall.page(path, method="POST", data={}, headers={"Origin": "https://elsewhere.example"})

    assert answer.status_code == 403
    assert still_hall.rows() == before


def test_nobody_reads_who_is_signed_in(still_hall):
    assert still_hall.ask("GET", "/me", by=NOBODY).status_code == 401
