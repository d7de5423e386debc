"""The shapes of what is spoken."""

from __future__ import annotations

from pydantic import BaseModel, Field

from server.api.schemas import Input

LONGEST_TEXT = 1000


class CallQuery(BaseModel):
    """Which call, in which language."""

    number: str = Field(max_length=12, description="As it is shown, such as A105")
    counter: int = Field(ge=1, le=999)
    language: str = Field(max_length=10, description="One of the centre's")


class ScreenText(Input):
    """What a screen shows."""

    text: str = Field(min_length=1, max_length=LONGEST_TEXT)
    language: str = Field(max_length=10, description="One of the centre's")


class SpokenText(BaseModel):
    """Where the server has no voice at the moment: the sentence, for the browser's own."""

    text: str
    language: str
