"""Single sign-on against a provider of OpenID Connect that runs here, over real HTTP."""

from __future__ import annotations

import json
import secrets
import threading
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.jose import JsonWebKey, jwt
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask import Flask, Response, redirect, request
from werkzeug.serving import make_server

from server.app import create_app
from server.config import SignIn, SingleSignOn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

    from server.config import Config
    from tests.conftest import FixedClock

CLIENT, SECRET = "navbat", "known-to-both"


class Provider:
    """
    The provider: somebody is signed in there already.

    Attributes:
        claims: What it says of them.
        twist: Changes the claims of a token just before it is signed.
    """

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {"sub": "42", "preferred_username": "leyla"}
        self.twist: Callable[[dict[str, Any]], None] = lambda claims: None
        self.key = JsonWebKey.generate_key("RSA", 2048, {"kid": "1"}, is_private=True)
        self.signs_with = self.key
        self.codes: dict[str, dict[str, str]] = {}
        self.app = Flask("provider")
        self.app.add_url_rule("/.well-known/openid-configuration", view_func=self.describe)
        self.app.add_url_rule("/authorize", view_func=self.authorize)
        self.app.add_url_rule("/token", view_func=self.token, methods=["POST"])
        self.app.add_url_rule("/keys", view_func=self.keys)
        self.server = make_server("127.0.0.1", 0, self.app, threaded=True)
        self.issuer = f"http://127.0.0.1:{self.server.port}"

    def describe(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256"],
        }

    def authorize(self) -> Any:
        code = secrets.token_urlsafe(8)
        self.codes[code] = dict(request.args)
        return redirect(f"{request.args['redirect_uri']}?code={code}&state={request.args['state']}")

    def token(self) -> Any:
        asked = self.codes.pop(request.form["code"])
        challenge = create_s256_code_challenge(request.form["code_verifier"])
        if challenge != asked["code_challenge"] or request.authorization is None:
            return Response(json.dumps({"error": "invalid_grant"}), 400, mimetype="application/json")
        assert (request.authorization.username, request.authorization.password) == (CLIENT, SECRET)
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": asked["nonce"]}
        claims |= self.claims
        self.twist(claims)
        signed = jwt.encode({"alg": "RS256", "kid": "1"}, claims, self.signs_with).decode()
        return {"access_token": "x", "token_type": "Bearer", "expires_in": 60, "id_token": signed}

    def keys(self) -> dict[str, Any]:
        return {"keys": [self.key.as_dict(is_private=False)]}


@pytest.fixture
def provider() -> Iterator[Provider]:
    provider = Provider()
    threading.Thread(target=provider.server.serve_forever, daemon=True).start()
    yield provider
    provider.server.shutdown()


@pytest.fixture
def app(config: Config, clock: FixedClock, tmp_path: Path, provider: Provider) -> Iterator[Flask]:
    single = SingleSignOn(name="ASAN Login", issuer=provider.issuer, client_id=CLIENT)
    changed = config.model_copy(update={"sign_in": SignIn(single_sign_on=single)})
    app = create_app(changed, data_dir=tmp_path, clock=clock, limits=False, sso_secret=SECRET)
    app.extensions["queue"].staff.add("leyla", role="official", password=None)
    app.extensions["queue"].staff.add("rashad", role="official", password=None)
    yield app
    app.extensions["queue"].context.database.close()


def go(browser: FlaskClient, to: str = "/counter/18") -> Any:
    """Follow the browser out to the provider and back again."""
    out = browser.get(f"/sign-in/with?next={to}")
    assert out.status_code == 302, out.text

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    try:
        urllib.request.build_opener(Stay).open(out.headers["Location"], timeout=10)
    except urllib.error.HTTPError as answer:
        back = urlsplit(answer.headers["Location"])
    assert back.path == "/sign-in/back"
    return browser.get(f"{back.path}?{back.query}")


def who(browser: FlaskClient) -> str | None:
    answer = browser.get("/api/v1/me")
    return answer.json["username"] if answer.status_code == 200 else None


def test_the_provider_says_who_it_is_and_the_visitor_goes_on(app: Flask) -> None:
    browser = app.test_client()

    answer = go(browser)

    assert (answer.status_code, answer.headers["Location"]) == (303, "/counter/18")
    assert who(browser) == "leyla"


def test_the_account_is_known_by_its_subject_from_then_on(app: Flask, provider: Provider) -> None:
    go(app.test_client())
    provider.claims = {"sub": "42", "preferred_username": "leyla.new-name"}
    renamed = app.test_client()
    go(renamed)
    provider.claims = {"sub": "43", "preferred_username": "leyla"}
    heir = app.test_client()

    answer = go(heir)

    assert who(renamed) == "leyla"
    assert (answer.status_code, who(heir)) == (401, None)


def _another_key(provider: Provider) -> None:
    provider.signs_with = JsonWebKey.generate_key("RSA", 2048, {"kid": "1"}, is_private=True)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda provider: setattr(provider, "claims", {"sub": "7", "preferred_username": "nobody"}),
        lambda provider: setattr(provider, "claims", {"sub": "7"}),
        lambda provider: setattr(provider, "twist", lambda claims: claims.update(aud="another")),
        lambda provider: setattr(provider, "twist", lambda claims: claims.update(nonce="another")),
        lambda provider: setattr(
            provider, "twist", lambda claims: claims.update(iss="https://other.example")
        ),
        lambda provider: setattr(provider, "twist", lambda claims: claims.update(exp=1)),
        _another_key,
    ],
    ids=["no account", "no name", "for another", "another nonce", "another issuer", "too old", "another key"],
)
def test_what_cannot_be_believed_opens_nothing(app: Flask, provider: Provider, spoil: Any) -> None:
    spoil(provider)
    browser = app.test_client()

    answer = go(browser)

    assert answer.status_code == 401
    assert "ASAN Login" in answer.text
    assert who(browser) is None


def test_an_answer_that_this_browser_did_not_ask_for_opens_nothing(app: Flask, provider: Provider) -> None:
    asked = app.test_client()
    out = asked.get("/sign-in/with")
    query = parse_qs(urlsplit(out.headers["Location"]).query)
    provider.codes["stolen"] = {name: values[0] for name, values in query.items()}
    other = app.test_client()

    answer = other.get(f"/sign-in/back?code=stolen&state={query['state'][0]}")

    assert (answer.status_code, who(other)) == (401, None)


def test_a_provider_that_is_away_leaves_the_password(app: Flask, provider: Provider) -> None:
    provider.server.shutdown()
    provider.server.server_close()

    answer = app.test_client().get("/sign-in/with")

    assert answer.status_code == 401
    assert 'name="password"' in answer.text


def test_without_a_provider_there_is_no_such_door(config: Config, tmp_path: Path) -> None:
    app = create_app(config, data_dir=tmp_path, limits=False)

    assert app.test_client().get("/sign-in/with").status_code == 404
    assert "/sign-in/with" not in app.test_client().get("/sign-in").text
    app.extensions["queue"].context.database.close()
