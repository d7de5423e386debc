"""Routes of the interface, whose part of the document is written when somebody first asks for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask_openapi import APIBlueprint
from flask_openapi.utils import parse_parameters

if TYPE_CHECKING:
    from types import FunctionType

    from flask_openapi import OpenAPI


class Blueprint(APIBlueprint):
    """
    As the library's own, but that nothing is described at the start.

    The schemas of a hundred routes took a quarter of a second of every start, for a document that most days nobody
    reads. `_collect_openapi_info` is a private name of flask-openapi: look at it when that is raised;
    `tests/api/test_document.py` is red when it has gone.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._undescribed: list[tuple[str, FunctionType, dict[str, Any]]] = []

    def _collect_openapi_info(self, rule: str, func: FunctionType, **told: Any) -> Any:
        self._undescribed.append((rule, func, told))
        return parse_parameters(func, doc_ui=False)

    def describe(self, app: OpenAPI) -> None:
        """Add what there is to say of these routes to the document of an application that has them."""
        while self._undescribed:
            rule, func, told = self._undescribed.pop(0)
            super()._collect_openapi_info(rule, func, **told)
        app.paths.update(self.paths)
        app.components_schemas.update(self.components_schemas)
        named = {tag.name for tag in app.tags}
        app.tags.extend(tag for tag in self.tags if tag.name not in named)
