import base64
import hashlib
import json
import os
import re
import time

import pytest
from flask import Blueprint, Flask, render_template_string

from server import assets

LOCK = json.loads(assets.LOCK.read_text("utf-8"))
FILES = [file for package in LOCK["packages"] for file in package["files"]]


@pytest.fixture
def app(tmp_path):
    (tmp_path / "screen.css").write_text("body { margin: 0 }")
    app = Flask("server")
    app.register_blueprint(
        Blueprint("kiosk", "server", static_folder=str(tmp_path), static_url_path="/kiosk/static")
    )
    app.add_url_rule("/page", "page", lambda: render_template_string("{{ import_map() }}"))
    app.add_url_rule(
        "/own",
        "own",
        lambda: ("kept", {"Cache-Control": "private, max-age=5", "X-Frame-Options": "SAMEORIGIN"}),
    )
    assets.secure(app)
    return app


@pytest.mark.parametrize("file", FILES, ids=lambda file: file["local"])
def test_a_vendored_file_is_what_the_lock_says(file):
    content = (assets.STATIC / file["local"]).read_bytes()

    assert file["sha384"] == "sha384-" + base64.b64encode(hashlib.sha384(content).digest()).decode()


def test_every_file_in_the_vendor_folders_is_in_the_lock():
    found = {
        path.relative_to(assets.STATIC).as_posix()
        for folder in ("vendor", "fonts")
        for path in (assets.STATIC / folder).rglob("*")
        if path.is_file()
    }

    assert found - {"vendor/vendor.lock", "fonts/fonts.css"} == {file["local"] for file in FILES}


@pytest.mark.parametrize("package", LOCK["packages"], ids=lambda package: package["name"])
def test_every_vendored_package_brings_its_licence(package):
    assert package["licence"] in {"MIT", "Apache-2.0", "OFL-1.1"}
    assert any(file["path"] == "LICENSE" for file in package["files"])


def test_the_lock_names_no_address():
    assert "//" not in re.sub(r"sha384-\S+", "", assets.LOCK.read_text("utf-8"))


def test_the_font_style_sheet_names_files_that_exist():
    named = re.findall(r'url\("([^"]+)"\)', (assets.STATIC / "fonts" / "fonts.css").read_text("utf-8"))

    assert len(named) == 4
    assert all((assets.STATIC / "fonts" / name).is_file() for name in named)


def test_the_import_map_gives_every_module_its_url_and_hash():
    import_map = json.loads(assets.import_map())

    assert set(import_map["imports"]) == {"preact", "preact/hooks", "htm", "socket.io-client", "uplot"}
    assert set(import_map["imports"].values()) == set(import_map["integrity"])


def test_the_urls_of_the_import_map_are_those_of_asset(app):
    import_map = json.loads(assets.import_map())

    with app.test_request_context():
        assert import_map["imports"]["preact"] == assets.asset("vendor/preact/preact.js")


def test_the_policy_allows_the_import_map_as_it_stands_in_the_page(app):
    response = app.test_client().get("/page")

    digest = base64.b64encode(hashlib.sha256(response.data).digest()).decode()
    assert f"script-src 'self' 'sha256-{digest}'" in response.headers["Content-Security-Policy"]


def test_the_policy_allows_nothing_unsafe():
    assert "unsafe" not in assets.content_security_policy()
    assert "*" not in assets.content_security_policy()


@pytest.mark.parametrize("path", ["/page", "/missing", "/static/missing.js", "/static/icon.svg"])
def test_every_page_carries_the_security_headers(app, path):
    headers = app.test_client().get(path).headers

    assert headers["Content-Security-Policy"] == assets.content_security_policy()
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"


@pytest.mark.parametrize("path", ["/page", "/missing", "/static/missing.js"])
def test_pages_and_errors_are_not_stored(app, path):
    assert app.test_client().get(path).headers["Cache-Control"] == "no-store"


def test_a_view_may_decide_for_itself(app):
    headers = app.test_client().get("/own").headers

    assert headers["Cache-Control"] == "private, max-age=5"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"


def test_a_file_with_its_hash_is_kept_for_good(app):
    with app.test_request_context():
        url = assets.asset("vendor/htm/htm.js")

    response = app.test_client().get(url)

    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert response.mimetype == "text/javascript"


@pytest.mark.parametrize("query", ["", "?v=", "?v=ofanolderone"])
def test_a_file_without_its_hash_is_asked_for_again(app, query):
    client = app.test_client()
    first = client.get(f"/static/vendor/htm/htm.js{query}")

    again = client.get(f"/static/vendor/htm/htm.js{query}", headers={"If-None-Match": first.headers["ETag"]})

    assert first.headers["Cache-Control"] == again.headers["Cache-Control"] == "no-cache"
    assert again.status_code == 304


def test_the_files_of_a_screen_carry_their_hash_too(app, tmp_path):
    with app.test_request_context():
        url = assets.asset("screen.css", "kiosk")
        plain = app.url_for("kiosk.static", filename="screen.css")

    assert url == plain == f"/kiosk/static/screen.css?v={assets.version(tmp_path / 'screen.css')}"
    assert "immutable" in app.test_client().get(url).headers["Cache-Control"]


def test_a_changed_file_gets_another_hash(tmp_path):
    file = tmp_path / "screen.css"
    file.write_text("a")
    before = assets.version(file)

    file.write_text("b")
    os.utime(file, (time.time() + 2, time.time() + 2))

    assert assets.version(file) != before


@pytest.mark.parametrize(
    ("path", "screen"), [("missing.css", None), ("../assets.py", None), ("a.css", "kiosk")]
)
def test_a_page_is_not_sent_with_a_dead_link(app, path, screen):
    with app.test_request_context(), pytest.raises(FileNotFoundError):
        assets.asset(path, screen)


def test_the_parts_of_a_page_carry_only_the_policies_that_concern_parts(app):
    for path in ("js/html.js", "base.css"):
        headers = app.test_client().get(f"/static/{path}").headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert "Content-Security-Policy" not in headers

    # A picture of this kind can be opened as a page, and hold a script.
    assert "Content-Security-Policy" in app.test_client().get("/static/icon.svg").headers
