"""A hall behind Flask's test client: every kind of caller, and every answer held against the published document."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from server.api import (
    BASE,
    booking_schemas,
    device_schemas,
    kiosk_schemas,
    log_schemas,
    outreach_schemas,
    phone_schemas,
    policy_schemas,
    print_schemas,
    reception_schemas,
    room_schemas,
    schemas,
    user_schemas,
    voice_schemas,
)
from server.app import create_app
from server.db.models import metadata
from server.operations.staff import ROLES
from tests.builders import open_session

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from flask import Flask
    from werkzeug.test import TestResponse

    from server.clock import Clock
    from server.config import Config
    from server.operations import Queue

PASSWORD = "növbə və qapı"
KINDS = ("kiosk", "display", "printer")
# Where the shapes of answers are, by their names in the document.
SHAPES = (
    schemas,
    booking_schemas,
    kiosk_schemas,
    log_schemas,
    outreach_schemas,
    phone_schemas,
    device_schemas,
    policy_schemas,
    print_schemas,
    reception_schemas,
    room_schemas,
    user_schemas,
    voice_schemas,
)


@dataclass(frozen=True)
class Caller:
    """Who asks, and what its requests carry; a browser's staff cookie comes with the page's CSRF token."""

    name: str
    role: str | None = None
    headers: dict[str, str] = field(default_factory=dict)

    def without(self, header: str) -> Caller:
        """Leave a header out."""
        return Caller(self.name, self.role, {k: v for k, v in self.headers.items() if k != header})

    def __str__(self) -> str:
        return self.name


NOBODY = Caller("nobody")


class Hall:
    """The application on its own database; `ask` sends a request and checks the answer's shape."""

    def __init__(self, app: Flask, callers: dict[str, Caller]) -> None:
        self.app = app
        self.queue: Queue = app.extensions["queue"]
        self.callers = callers
        self.client = app.test_client(use_cookies=False)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        by: str | Caller = NOBODY,
        key: str | None = None,
        headers: dict[str, str] | None = None,
        **kwargs: Any,
    ) -> TestResponse:
        """
        Send a request.

        Args:
            path: Within the interface, such as "/tickets".
            by: A caller, or the name of one: "kiosk", "official", "official by cookie".
            key: The `Idempotency-Key`.
        """
        caller = self.callers[by] if isinstance(by, str) else by
        sent = {**caller.headers, **({"Idempotency-Key": key} if key else {}), **(headers or {})}
        if method != "GET" and "data" not in kwargs:
            kwargs["json"] = {} if body is None else body
        answer = self.client.open(BASE + path, method=method, headers=sent, **kwargs)
        check_answer(self.app, method, BASE + path, answer)
        return answer

    def get(self, path: str, **kwargs: Any) -> Any:
        """Read; the answer must be a good one."""
        answer = self.ask("GET", path, **kwargs)
        assert answer.status_code == 200, answer.text
        return answer.json

    def post(self, path: str, body: Any = None, **kwargs: Any) -> Any:
        """Do; the answer must be a good one."""
        answer = self.ask("POST", path, body, **kwargs)
        assert answer.status_code in (200, 201, 204), answer.text
        return answer.json if answer.status_code != 204 else None

    def page(self, path: str, *, by: str | Caller = NOBODY, **kwargs: Any) -> TestResponse:
        """Ask for a page as a browser does."""
        caller = self.callers[by] if isinstance(by, str) else by
        headers = {"Accept": "text/html", **caller.headers, **kwargs.pop("headers", {})}
        return self.client.open(path, method=kwargs.pop("method", "GET"), headers=headers, **kwargs)

    def rows(self) -> dict[str, list[tuple[Any, ...]]]:
        """Read the whole database."""
        return database_rows(self.queue)

    def close(self) -> None:
        """Close the database."""
        self.queue.context.database.close()


def database_rows(queue: Queue) -> dict[str, list[tuple[Any, ...]]]:
    """Read every row of every table."""
    with queue.context.database.read() as connection:
        return {
            table.name: [tuple(row) for row in connection.execute(select(table))]
            for table in metadata.sorted_tables
        }


def make_template(config: Config, clock: Clock, folder: Path) -> dict[str, Caller]:
    """
    Make a database with an account of each role and a device of each kind.

    Returns:
        How each of them asks. Only the official has a password.
    """
    app = create_app(config, data_dir=folder, clock=clock, limits=False)
    queue: Queue = app.extensions["queue"]
    callers: dict[str, Caller] = {"nobody": NOBODY}
    for kind in KINDS:
        _, token = queue.devices.add(f"{kind}-9", kind=kind, printer=config.kiosk.printer)
        queue.devices.identify(token)  # "last seen" is written now, so that no refusal below has to
        _add(callers, kind, kind, token, {"Cookie": f"navbat_device={token}"})
    for role in ROLES:
        password = PASSWORD if role == "official" else None
        official = queue.staff.add(role, role=role, password=password)
        bearer, _ = open_session(queue, official, "bearer")
        cookie, csrf = open_session(queue, official, "cookie")
        _add(callers, role, role, bearer, {"Cookie": f"navbat_staff={cookie}", "X-CSRF-Token": csrf})
    queue.context.database.close()
    return callers


def _add(callers: dict[str, Caller], name: str, role: str, token: str, by_cookie: dict[str, str]) -> None:
    callers[name] = Caller(name, role, {"Authorization": f"Bearer {token}"})
    callers[f"{name} by cookie"] = Caller(f"{name} by cookie", role, by_cookie)


def open_copy(
    config: Config, clock: Clock, template: Path, folder: Path, callers: dict[str, Caller], **kwargs: Any
) -> Hall:
    """Open an application of its own on a copy of the template."""
    shutil.copytree(template, folder, dirs_exist_ok=True)
    make: Callable[..., Flask] = create_app
    return Hall(make(config, data_dir=folder, clock=clock, **({"limits": False} | kwargs)), callers)


def check_answer(app: Flask, method: str, path: str, answer: TestResponse) -> None:
    """Hold an answer against the document: its status, its type, each key and each type of its body."""
    rule = _rule(app, method, path)
    if rule is None:
        assert answer.mimetype == "application/problem+json", answer.text
        check_shape(schemas.Problem, answer.text)
        return
    documented = _document(app)["paths"][rule][method.lower()]["responses"]
    assert str(answer.status_code) in {*documented, "413", "415"}, f"{answer.status_code} is not documented"
    if answer.status_code == 204:
        assert answer.data == b""
    elif answer.status_code >= 400:
        assert answer.mimetype == "application/problem+json"
        assert answer.json["status"] == answer.status_code
        check_shape(schemas.Problem, answer.text)
    else:
        assert answer.mimetype == "application/json"
        schema = documented[str(answer.status_code)]["content"]["application/json"]["schema"]
        name = schema["$ref"].rpartition("/")[2]
        models = (getattr(module, name, None) for module in SHAPES)
        check_shape(next(filter(None, models)), answer.text)


def check_shape(model: Any, text: str) -> None:
    """Fail for a key that the model does not know, one that it misses, and a value of another type."""
    value = json.loads(text)
    read = model.model_validate_json(text, strict=True)
    assert read.model_dump(mode="json", exclude_unset=True) == value


def _rule(app: Flask, method: str, path: str) -> str | None:
    from werkzeug.exceptions import HTTPException

    try:
        rule, _ = app.url_map.bind("localhost").match(path.partition("?")[0], method, return_rule=True)
    except HTTPException:
        return None
    return documented_path(rule.rule)


def documented_path(rule: str) -> str:
    """Write a route as the document does."""
    return rule.replace("<int:", "{").replace("<", "{").replace(">", "}")


def _document(app: Flask) -> dict[str, Any]:
    document: dict[str, Any] | None = app.extensions.get("tests_document")
    if document is None:
        document = app.extensions["tests_document"] = app.test_client().get("/openapi.json").json
    return document
