"""Single sign-on by OpenID Connect: out to the provider, and back with its word of who it is."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, cast

from flask import current_app, request, session, url_for

from counter.blueprint import blueprint
from counter.pages import inside
from counter.signing_in import browser_name, sign_in_page, signed_in
from server.api.callers import queue
from server.errors import NotFound, SingleSignOnFailed
from server.limits import limit_sign_in
from server.reading import reader_words

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

log = logging.getLogger(__name__)

EXTENSION = "navbat.single_sign_on"
NEXT = "single_sign_on_next"
TIMEOUT_S = 10


@blueprint.get("/sign-in/with")
@limit_sign_in
def go_to_provider() -> ResponseReturnValue:
    """Lead the browser to the provider."""
    client = _client()
    session[NEXT] = inside(request.args.get("next"))
    try:
        away: ResponseReturnValue = client.authorize_redirect(
            url_for("counter.come_from_provider", _external=True)
        )
    except Exception:  # the provider is away, or is none: the library and its transport raise a dozen kinds
        log.exception("single sign-on: the provider does not answer")
        return _failed()
    return away


@blueprint.get("/sign-in/back")
@limit_sign_in
def come_from_provider() -> ResponseReturnValue:
    """Take the provider's word, and open the session."""
    client = _client()
    to = inside(session.pop(NEXT, None))
    settings = queue().config.sign_in.single_sign_on
    try:
        # Checks state, nonce, issuer, audience, times and the signature.
        claims = client.authorize_access_token()["userinfo"]
        opened = queue().single_sign_on.sign_in(
            issuer=str(claims["iss"]),
            subject=str(claims["sub"]),
            username=cast("str | None", claims.get(cast("Any", settings).claim)),
            browser=browser_name(),
        )
    except SingleSignOnFailed:
        return _failed()
    except Exception:
        log.exception("single sign-on: the answer is none that can be believed")
        return _failed()
    session.clear()
    return signed_in(opened, to)


def _failed() -> ResponseReturnValue:
    words = reader_words(queue().config)
    message = words.text("errors.single_sign_on_failed")
    return sign_in_page(inside(None), wrong={"single": message}), SingleSignOnFailed.status


def _client() -> Any:
    """Make the provider's client, once; its keys and addresses are asked of it at the first sign-in."""
    settings = queue().config.sign_in.single_sign_on
    if settings is None:
        raise NotFound
    if EXTENSION not in current_app.extensions:
        from authlib.integrations.flask_client import OAuth

        clients = OAuth(current_app)
        clients.register(
            "provider",
            client_id=settings.client_id,
            client_secret=current_app.config["SSO_SECRET"] or settings.client_secret,
            server_metadata_url=f"{settings.issuer.rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile",
                "code_challenge_method": "S256",
                "timeout": TIMEOUT_S,
            },
        )
        current_app.extensions[EXTENSION] = clients
    return current_app.extensions[EXTENSION].provider
