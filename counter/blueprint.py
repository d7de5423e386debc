"""The routes of staff's screens are registered here, from several modules."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint(
    "counter",
    __name__,
    template_folder="templates",
    static_folder="static",
    static_url_path="/counter/static",
)
