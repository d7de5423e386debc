"""The document of the interface, generated from the routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from server.api import BASE
from server.api.answers import json_answer
from server.api.blueprint import Blueprint
from server.api.schemas import Problem
from server.api.voice_schemas import SpokenText

if TYPE_CHECKING:
    from flask import Response
    from flask_openapi import OpenAPI

VERSION = "1.0.0"
DOCUMENT_ROUTES = (f"{BASE}/openapi.json", "/openapi.json")


def route_document(app: OpenAPI) -> None:
    """Serve the document, under the base and at the root, where tools look for it."""

    def document() -> Response:
        return json_answer(complete(app))

    for path in DOCUMENT_ROUTES:
        app.add_url_rule(path, endpoint=f"document{path}", view_func=document)


def complete(app: OpenAPI) -> dict[str, Any]:
    """Add the shape of problems, and to each operation who may call it, as `accept` knows it."""
    for blueprint in app.blueprints.values():
        if isinstance(blueprint, Blueprint):
            blueprint.describe(app)
    document: dict[str, Any] = app.api_doc
    problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    shapes = document["components"]["schemas"]
    shapes.update(problem.pop("$defs"))
    shapes["Problem"] = problem
    # Beside a sound, which is no model that the library would find.
    shapes["SpokenText"] = SpokenText.model_json_schema()
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        roles = getattr(view, "accepts", None)
        path = rule.rule.replace("<int:", "{").replace("<", "{").replace(">", "}")
        operations = document["paths"].get(path, {})
        for method in (rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"}:
            operation = operations.get(method.lower())
            if operation is not None and roles and "security" not in operation:
                operation["security"] = [{"bearer": []}, {"staff": []}]
                operation["description"] = f"For: {', '.join(roles)}."
    return document
