"""What every page carries, and that nothing in it needs an exception from the policy."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from html.parser import HTMLParser

import pytest

from server.app import Demo
from tests.builders import BIRTH

URL_ATTRIBUTES = {"src", "href", "action", "formaction"}


@pytest.fixture(scope="module")
def served(config, template, tmp_path_factory):
    """A hall as a demonstration, with a ticket served and another waiting, and the address of each page."""
    from tests.api.hall import open_copy
    from tests.conftest import FixedClock

    demo = Demo(
        accounts=[{"username": "a", "password": "<b>", "role": "admin"}],
        devices=[{"name": "k", "kind": "kiosk", "token": "t", "to": "/kiosk"}],
    )
    hall = open_copy(
        config, FixedClock(), template[0], tmp_path_factory.mktemp("pages"), template[1], demo=demo
    )
    hall.post("/counters/18/open", by="official")
    tickets = [hall.post("/tickets", {"service": BIRTH}, by="kiosk") for _ in range(3)]
    for act in ("next", "start", "finish", "next", "start", "finish"):
        hall.post(f"/counters/18/{act}", by="official")
    ratings = [hall.get(f"/tickets/{each['token']}")["services"][0]["rating_token"] for each in tickets[:2]]
    hall.post(f"/ratings/{ratings[0]}", {"score": 4})
    hall.pages = {
        "index": "/",
        "enrol": "/enrol",
        "slips": "/slips",
        "docs": "/docs",
        "sign-in": "/sign-in",
        "choose": "/counter?choose=1",
        "terminal": "/counter/18",
        "zones": "/display",
        "board": "/display?zone=b",
        "small": "/display/counter/18",
        "kiosk": "/kiosk",
        "waiting": f"/t/{tickets[2]['token']}",
        "served": f"/t/{tickets[0]['token']}",
        "rating": f"/r/{ratings[1]}",
        "rated": f"/r/{ratings[0]}",
        "not found": "/nothing",
        "no ticket": "/t/unknown",
        "no rating": "/r/unknown",
    }
    yield hall
    hall.close()


PAGES = [
    "index",
    "enrol",
    "slips",
    "docs",
    "sign-in",
    "choose",
    "terminal",
    "zones",
    "board",
    "small",
    "kiosk",
    "waiting",
    "served",
    "rating",
    "rated",
    "not found",
    "no ticket",
    "no rating",
]
BY = {"choose": "official by cookie", "terminal": "official by cookie", "kiosk": "kiosk by cookie"}


@pytest.fixture(params=PAGES)
def page(request, served):
    answer = served.page(served.pages[request.param], by=BY.get(request.param, "nobody"))
    assert answer.status_code == (404 if request.param.startswith("no") else 200)
    return answer


class Elements(HTMLParser):
    """Lists elements with their attributes, and the text of scripts and styles."""

    def __init__(self, html):
        super().__init__()
        self.found, self._inside = [], None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs), []))
        self._inside = self.found[-1][2] if tag in ("script", "style") else None

    def handle_data(self, data):
        if self._inside is not None:
            self._inside.append(data)

    def handle_endtag(self, tag):
        self._inside = None


def test_a_page_carries_the_security_headers(page):
    headers = page.headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))

    assert policy["default-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Frame-Options"] == "DENY"


def test_a_page_has_no_inline_script_style_or_handler(page):
    policy = page.headers["Content-Security-Policy"]

    for tag, attributes, text in Elements(page.text).found:
        assert tag not in ("style", "base", "iframe", "object", "embed"), tag
        assert "style" not in attributes, f"{tag} {attributes}"
        assert not [name for name in attributes if name.startswith("on")], f"{tag} {attributes}"
        for name in URL_ATTRIBUTES & set(attributes):
            url = attributes[name] or ""
            assert not url.lower().startswith(("javascript:", "http:", "https:", "//")), f"{tag} {url}"
        if tag == "script" and "src" not in attributes:
            inline = "".join(text)
            if attributes.get("type") == "application/json":
                json.loads(inline)
            else:
                digest = b64encode(hashlib.sha256(inline.encode()).digest()).decode()
                assert f"'sha256-{digest}'" in policy, inline[:80]


def test_a_page_says_its_language_and_has_a_title(page):
    elements = Elements(page.text).found
    html = next(attributes for tag, attributes, _ in elements if tag == "html")

    assert html["lang"] in ("az", "uz", "ru", "en", "tr")
    assert re.search(r"<title>\s*\S", page.text)


def test_every_file_that_a_page_names_is_there(page, served):
    for tag, attributes, _ in Elements(page.text).found:
        url = attributes.get("src") or (attributes.get("href") if tag == "link" else None)
        if url and url.startswith("/"):
            assert served.client.get(url).status_code == 200, url


def test_what_the_demonstration_shows_is_escaped(served):
    assert "<b>" not in served.page("/").text


def test_a_cookie_cannot_be_read_by_scripts_nor_sent_from_elsewhere(hall):
    token = hall.callers["kiosk"].headers["Authorization"].partition(" ")[2]
    enrolled = hall.page("/enrol", method="POST", data={"token": token, "to": "/kiosk"})
    form = {"username": "official", "password": "növbə və qapı"}
    signed_in = hall.page("/sign-in", method="POST", data=form)

    for answer, same_site in ((enrolled, "Strict"), (signed_in, "Lax")):
        cookie = answer.headers["Set-Cookie"]
        assert answer.status_code == 303
        assert "HttpOnly" in cookie
        assert f"SameSite={same_site}" in cookie
        assert "Path=/" in cookie


@pytest.mark.parametrize("to", ["https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example"])
@pytest.mark.parametrize("path", ["/enrol", "/sign-in"])
def test_a_form_leads_nowhere_else(hall, path, to):
    token = hall.callers["kiosk"].headers["Authorization"].partition(" ")[2]
    form = {"username": "official", "password": "növbə və qapı", "token": token, "to": to, "next": to}

    answer = hall.page(path, method="POST", data=form)

    assert answer.status_code == 303
    assert "elsewhere" not in answer.headers["Location"]


@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/readyz", 503), ("/metrics", 200)])
def test_health_and_figures_answer_programs(still_hall, path, status):
    answer = still_hall.client.get(path)

    assert answer.status_code == status  # the clock of this hall was never started, and readyz says so
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_metrics_are_for_the_configured_networks(still_hall):
    answer = still_hall.client.get("/metrics", environ_overrides={"REMOTE_ADDR": "203.0.113.9"})

    assert answer.status_code == 403


@pytest.mark.parametrize("way", ["nobody", "official by cookie", "kiosk by cookie", "supervisor by cookie"])
def test_slips_outside_the_demonstration_are_for_those_who_answer_for_them(still_hall, way):
    answer = still_hall.page("/slips", by=way)

    assert answer.status_code == {"nobody": 401, "kiosk by cookie": 401, "official by cookie": 403}.get(
        way, 200
    )


def test_a_slip_is_served_by_its_own_name_only(still_hall):
    for path in (
        "/slips/kiosk-1/../../secret.key",
        "/slips/kiosk-1/%2e%2e%2fsecret.key",
        "/slips/x/secret.key",
    ):
        assert still_hall.page(path, by="admin by cookie").status_code == 404
