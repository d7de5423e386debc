"""How the interface answers: JSON as the operations give it, problems as RFC 9457 asks."""

from __future__ import annotations

from typing import Any

from flask import Response

from server.operations.context import dumps

PROBLEM_TYPE = "application/problem+json"

PROBLEM_SHAPE = {"$ref": "#/components/schemas/Problem"}
PROBLEMS: Any = {
    status: {"description": what, "content": {PROBLEM_TYPE: {"schema": PROBLEM_SHAPE}}}
    for status, what in {
        401: "No caller, or one whose token has ended",
        403: "A caller who may not do this",
        404: "Not there",
        409: "Not possible now",
        410: "Not possible any more",
        413: "Too much was sent",
        422: "Bad input",
        429: "Too many attempts",
    }.items()
}


def json_answer(value: Any, status: int = 200) -> Response:
    """Answer with JSON."""
    return Response(dumps(value), status, mimetype="application/json")


def problem(
    *,
    key: str,
    title: str,
    detail: str,
    status: int,
    errors: list[dict[str, str]] | None = None,
    state: str | None = None,
    moments: dict[str, str] | None = None,
) -> Response:
    """
    Answer with a problem.

    Args:
        key: Names its type.
        state: Of the ticket or counter that stood in the way.
        moments: Times that a screen may tell in its own way, by their names.
    """
    body: dict[str, Any] = {
        "type": f"urn:navbat:problem:{key}",
        "title": title,
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    if state:
        body["state"] = state
    body.update(moments or {})
    return Response(dumps(body), status, mimetype=PROBLEM_TYPE)
