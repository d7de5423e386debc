"""Text goes out compressed to those who accept it, and what must be quick does not."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest

from server.app import create_app
from server.assets import STATIC
from tests.builders import BIRTH, create_official, create_ticket, open_session

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from flask import Flask
    from flask.testing import FlaskClient

    from server.config import Config
    from server.operations import Queue
    from tests.conftest import FixedClock

GZIP = {"Accept-Encoding": "gzip, deflate"}
STYLE = "/static/base.css"


@pytest.fixture
def app(config: Config, clock: FixedClock, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(config, data_dir=tmp_path, clock=clock, limits=False)
    yield app
    app.extensions["queue"].context.database.close()


@pytest.fixture
def queue(app: Flask) -> Queue:
    queue: Queue = app.extensions["queue"]
    return queue


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.mark.parametrize(
    "path", ["/", STYLE, "/static/js/wording.js", "/kiosk/static/phone.css", "/api/v1/services"]
)
def test_text_is_the_same_when_unpacked_and_half_as_long_at_most(client: FlaskClient, path: str) -> None:
    plain, packed = client.get(path), client.get(path, headers=GZIP)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 2
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("accepted", ["", "identity", "br", "gzip;q=0, br"])
def test_who_does_not_accept_it_gets_it_plain(client: FlaskClient, accepted: str) -> None:
    answer = client.get(STYLE, headers={"Accept-Encoding": accepted})

    assert "Content-Encoding" not in answer.headers
    assert answer.data == (STATIC / "base.css").read_bytes()


def test_a_packed_file_is_known_again_and_not_sent_twice(client: FlaskClient) -> None:
    first = client.get(STYLE, headers=GZIP)

    again = client.get(STYLE, headers=GZIP | {"If-None-Match": first.headers["ETag"]})

    assert first.headers["ETag"].startswith("W/")
    assert again.status_code == 304
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in again.headers
    assert again.data == b""


def test_part_of_a_file_is_a_part_of_the_plain_one(client: FlaskClient) -> None:
    answer = client.get(STYLE, headers=GZIP | {"Range": "bytes=0-9"})

    assert answer.status_code == 206
    assert answer.data == (STATIC / "base.css").read_bytes()[:10]


def test_a_changed_file_is_packed_anew(app: Flask, tmp_path: Path) -> None:
    app.static_folder = str(tmp_path)
    client = app.test_client()
    (tmp_path / "own.css").write_text("a" * 2000)
    client.get("/static/own.css", headers=GZIP)

    (tmp_path / "own.css").write_text("b" * 2001)

    assert gzip.decompress(client.get("/static/own.css", headers=GZIP).data) == b"b" * 2001


def test_an_issue_is_answered_as_it_is(client: FlaskClient, queue: Queue) -> None:
    _, token = queue.devices.add("kiosk-9", kind="kiosk")

    answer = client.post(
        "/api/v1/tickets", json={"service": BIRTH}, headers=GZIP | {"Authorization": f"Bearer {token}"}
    )

    assert answer.status_code == 201
    assert len(answer.data) > 1024
    assert "Content-Encoding" not in answer.headers


def test_what_is_short_is_sent_as_it_is(client: FlaskClient) -> None:
    answer = client.get("/healthz", headers=GZIP)

    assert "Content-Encoding" not in answer.headers
    assert "Vary" not in answer.headers


def test_a_page_with_a_secret_of_the_staff_is_not_compressed(client: FlaskClient, queue: Queue) -> None:
    token, csrf = open_session(queue, create_official(queue), "cookie")
    client.set_cookie("navbat_staff", token)

    answer = client.get("/counter?choose", headers=GZIP)

    assert csrf in answer.text
    assert "Content-Encoding" not in answer.headers


def test_letters_stand_in_a_page_as_they_are(client: FlaskClient, queue: Queue) -> None:
    ticket = create_ticket(queue, BIRTH)

    page = client.get(f"/t/{ticket['token']}").text

    assert "\\u01" not in page
    assert "Doğumun qeydə alınması" in page.split('id="state"')[1]
