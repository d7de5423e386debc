"""How the officials' terminals work."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from server.config.base import AsTuple, Part
from server.config.rules import Choice  # noqa: TC001 - pydantic reads the annotations at run time


class Terminal(Part):
    """
    The terminals.

    Attributes:
        start_at_call: The service begins with the call: for halls where visitors stand beside the counter.
        auto_call_s: An official may let the next visitor be called by itself so long after the last one left.
        outcomes: How a service may end besides "done", for the day's figures.
    """

    start_at_call: bool = False
    auto_call_s: Annotated[int, Field(ge=3, le=300)] = 15
    outcomes: Annotated[tuple[Choice, ...], AsTuple] = ()
