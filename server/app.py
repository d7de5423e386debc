"""The one place that wires the parts."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING, Any

from server.clock import Clock, Randomness, system_clock
from server.config import Config, config_digest
from server.db.engine import Database
from server.db.migrating import migrate
from server.events import EventBus
from server.hall import Demo, Hall
from server.lean import without
from server.operations import Queue, make_queue
from server.operations.configuring import apply_config, retired_names
from server.operations.context import FROM_FILE, Context
from server.operations.first_version import keep_first
from server.operations.ledger import origin
from server.push_key import can_push, load_push_key
from server.signing import load_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask

    from server.config.managed import Managed
    from server.forecasting import ForecastProcess
    from server.push_key import PushKey
    from server.pushing import Pushing
    from server.signing import SigningKey
    from server.voice.speaker import Speaker

log = logging.getLogger(__name__)

__all__ = ["Demo", "Hall", "Queue", "create_app", "open_queue"]

SECRET_FILE = "secret.key"
MAX_BODY = 256 * 1024


def create_app(
    config: Config,
    *,
    data_dir: Path,
    database_url: str | None = None,
    redis_url: str | None = None,
    public_url: str = "http://127.0.0.1:8000",
    secret_key: str | None = None,
    sso_secret: str | None = None,
    clock: Clock = system_clock,
    randomness: Randomness | None = None,
    async_mode: str = "threading",
    offload: Callable[[Callable[[], Any]], Any] = lambda work: work(),
    demo: Demo | None = None,
    limits: bool = True,
    forecaster: ForecastProcess | None = None,
    speaker: Speaker | None = None,
    managed: Managed = FROM_FILE,
) -> Flask:
    """
    Wire a hall.

    Args:
        data_dir: Keeps the SQLite file, the secret key, the log's key and the virtual printers' slips.
        database_url: A SQLite file in `data_dir` when None.
        redis_url: The bus between several processes; they also work without, a second behind.
        sso_secret: What the provider of single sign-on knows this program by.
        async_mode: "gevent" where the process is monkey-patched, else "threading".
        offload: Runs CPU work (bitmaps, password hashes) where it blocks nobody.
        limits: False lets any number of attempts through.
        forecaster: Plays the hall for the waits in a process of its own; in this one when None.
        speaker: The hall's voice; browsers use their own when None.
        managed: Where `config` comes from.

    Returns:
        The application; `extensions["hall"].start()` begins the work beside the requests.
    """
    data_dir.mkdir(parents=True, exist_ok=True)
    url = database_url or f"sqlite:///{data_dir / 'navbat.sqlite'}"
    secret = secret_key or _secret(data_dir)
    push_key = load_push_key(data_dir) if config.push.contact and can_push() else None
    queue = open_queue(
        config,
        database_url=url,
        public_url=config.centre.public_url or public_url,
        clock=clock,
        randomness=randomness or Randomness(),
        offload=offload,
        log_key=load_key(origin(config.centre.key), data_dir),
        secret=secret,
        push_key=push_key.public if push_key else None,
        forecaster=forecaster,
        managed=managed,
    )
    app = _make_flask(config, secret, redis_url, limits=limits)
    app.config["SSO_SECRET"] = sso_secret
    app.config["DATA_DIR"] = data_dir
    app.extensions["queue"] = queue
    hall = _make_hall(app, queue, data_dir, redis_url, async_mode, demo)
    hall.forecaster = forecaster
    hall.speaker = speaker
    hall.pushing = _pushing(hall, push_key) if push_key else None
    app.extensions["hall"] = hall
    return app


def open_queue(
    config: Config,
    *,
    database_url: str,
    public_url: str = "http://127.0.0.1:8000",
    clock: Clock = system_clock,
    randomness: Randomness | None = None,
    offload: Callable[[Callable[[], Any]], Any] = lambda work: work(),
    log_key: SigningKey | None = None,
    secret: str = "",
    push_key: str | None = None,
    forecaster: ForecastProcess | None = None,
    is_start: bool = True,
    managed: Managed = FROM_FILE,
) -> Queue:
    """
    Open the operations on a database: migrated, and in step with the configuration.

    Args:
        secret: Signs what phones are given; empty where none is served.
        push_key: What phones ask their push service with to be told; None: nobody is told.
        is_start: A server starts; False for an act of the command line, which applies no changed configuration.
        managed: Where `config` comes from.
    """
    randomness = randomness or Randomness()
    bus = EventBus()
    database = Database(
        database_url,
        centre=config.centre.key,
        timezone=config.centre.timezone,
        clock=clock,
        randomness=randomness,
        publish=bus.publish,
    )
    migrate(database.engine)
    if is_start:
        managed = keep_first(database, config, managed)
    apply_config(database, config, config_digest(config), first_only=not is_start)
    context = Context(
        config=config,
        database=database,
        clock=clock,
        randomness=randomness,
        bus=bus,
        public_url=public_url.rstrip("/"),
        retired_names=retired_names(database),
        offload=offload,
        log_key=log_key,
        secret=secret.encode(),
        push_key=push_key,
        managed=managed,
    )
    if forecaster is not None:
        # Its process takes a moment to start; the clock asks it for the waits in its first second.
        return make_queue(context, forecaster)
    queue = make_queue(context)
    queue.waits.refresh()
    return queue


def _make_flask(config: Config, secret_key: str, redis_url: str | None, *, limits: bool) -> Flask:
    from flask_openapi import Info, OpenAPI, SecurityScheme
    from werkzeug.middleware.proxy_fix import ProxyFix

    from counter import (  # noqa: F401 - they register their routes
        account,
        adopting,
        centre,
        edit_files,
        edit_forms,
        edit_overview,
        home,
        lab,
        outreach_views,
        print_desk,
        publishing,
        reception,
        room,
        signing_in,
        single_sign_on,
        user_files,
        users,
        versions,
        views,
    )
    from counter.blueprint import blueprint as counter
    from counter.collection import blueprint as collection
    from display import policies  # noqa: F401 - it registers its route
    from display.views import blueprint as display
    from kiosk.booking import blueprint as booking
    from kiosk.outreach_views import blueprint as outreach
    from kiosk.phone_views import blueprint as phone
    from kiosk.tablet import blueprint as tablet
    from kiosk.take_views import blueprint as take
    from kiosk.views import blueprint as kiosk
    from server import api, error_pages
    from server.api.callers import refuse_other_origins
    from server.api.openapi import VERSION, route_document
    from server.assets import secure
    from server.compressing import compress
    from server.desk import blueprint as desk
    from server.documents import blueprint as documents
    from server.enrolment import blueprint as enrolment
    from server.limits import limiter
    from server.pages import blueprint as pages

    app = OpenAPI(
        __name__,
        info=Info(title="Navbat", version=VERSION),
        security_schemes={
            "bearer": SecurityScheme(type="http", scheme="bearer"),
            "staff": SecurityScheme(**{"type": "apiKey", "in": "cookie", "name": "navbat_staff"}),
        },
        doc_ui=False,
        validation_error_callback=error_pages.bad_input,
    )
    app.openapi_version = "3.1.0"
    # Names in five scripts: escaped they would be up to three times as long.
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.config.update(
        SECRET_KEY=secret_key,
        MAX_CONTENT_LENGTH=MAX_BODY,
        # Kept between the two halves of a single sign-on, which comes back from another site.
        SESSION_COOKIE_NAME="navbat_between_sites",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=(config.centre.public_url or "").startswith("https:"),
        RATELIMIT_ENABLED=limits,
        RATELIMIT_STORAGE_URI=redis_url.replace("valkey", "redis", 1) if redis_url else "memory://",
        RATELIMIT_STORAGE_OPTIONS={"socket_timeout": 2, "socket_connect_timeout": 1} if redis_url else {},
        # A bus that is away must not keep anybody out.
        RATELIMIT_SWALLOW_ERRORS=True,
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=bool(redis_url),
    )
    if config.server.proxies:
        count = config.server.proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=count, x_proto=count, x_host=count
        )
    limiter.init_app(app)
    secure(app)
    compress(app)
    app.before_request(refuse_other_origins)
    error_pages.register(app)
    api.register(app)
    route_document(app)
    visitors = (kiosk, phone, take, tablet, outreach, booking)
    supervisors = (enrolment, desk)
    for blueprint in (pages, *supervisors, documents, *visitors, counter, collection, display):
        app.register_blueprint(blueprint)
    return app


def _make_hall(
    app: Flask, queue: Queue, data_dir: Path, redis_url: str | None, async_mode: str, demo: Demo | None
) -> Hall:
    # Its clients and message queues, which a server does without, would take 27 MiB and a fifth of the start.
    with without("aiohttp", "redis", "requests", "valkey", "websocket"):
        import flask_socketio  # noqa: F401

    from server.agents import Agents
    from server.printers import Printers
    from server.relay import Relay
    from server.sending import Sender, make_providers
    from server.sockets import Sockets
    from server.tablets import Tablets
    from server.timers import Timers

    database = queue.context.database
    sockets = Sockets(app, queue, async_mode=async_mode)
    agents = Agents(sockets.io, queue, sockets.ties)
    tablets = Tablets(sockets.io, queue, sockets.ties)
    printers = Printers(queue.context, queue.printer_states, data_dir / "slips", agents=agents)
    timers = Timers(queue, printers, on_forecast=sockets.waits_changed, one_process=database.is_sqlite)
    centre = queue.config.centre
    providers = make_providers(queue.config.messages, centre.name[centre.state_language])
    return Hall(
        queue=queue,
        printers=printers,
        sockets=sockets,
        tablets=tablets,
        timers=timers,
        relay=None if database.is_sqlite else Relay(queue.context, redis_url),
        sender=Sender(queue, providers, leads=lambda: timers.leads),
        demo=demo,
    )


def _pushing(hall: Hall, key: PushKey) -> Pushing:
    from server.pushing import Pushing

    queue = hall.queue
    return Pushing(queue, key, contact=str(queue.config.push.contact), leads=lambda: hall.timers.leads)


def _secret(data_dir: Path) -> str:
    """Read the secret key, made at the first start and readable by its owner only."""
    path = data_dir / SECRET_FILE
    try:
        return path.read_text("ascii")
    except FileNotFoundError:
        secret = secrets.token_hex(32)
        path.touch(mode=0o600)
        path.write_text(secret, "ascii")
        return secret
